#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two milters behind HAProxy, with the packaged configuration, and a Postfix in front of it.

Clients send without a pause while hosts die, hang, and are taken out for maintenance. Every message
that was taken arrives once and repaired. HAProxy runs as an ordinary user; of its configuration
only addresses, the user and the interval of the check are changed.
"""
import csv
import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import unittest

from mail_site import lab, mails, milter_process, need_mta, sender, without_trace
from postfix import Postfix
from test_life import Load

PACKAGED = lab.ROOT / "packaging" / "haproxy" / "haproxy.cfg"
SERVERS = ("mx-a", "mx-b")
USER = "haproxy"
ROUNDS = 2
MESSAGES = 6

CHANGES = (  # pattern, replacement: what a private HAProxy has of its own
    (r"(?m)^    (user|group|chroot) .*\n", ""),
    (r"log /dev/log local0 notice", "log stdout format raw local0"),
    (r"/run/haproxy/", "{folder}/"),
    (r"bind \S+", "bind 127.0.0.1:{port}"),
    (r"inter 2s", "inter 200ms"),
    (r"timeout check 3s", "timeout check 1s"),
)


def private_config(folder, port, ports):
    """The packaged configuration for HAProxy in `folder` at `port`, before servers at `ports`."""
    text = PACKAGED.read_text()
    changes = CHANGES + tuple((rf"(?<=server {name} )\S+", f"127.0.0.1:{server}")
                              for name, server in zip(SERVERS, ports))
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement.format(folder=folder, port=port), text)
        assert count > 0, f"{PACKAGED} has no {pattern}"
    return text


class Haproxy:
    """An HAProxy in `folder` before two milters."""

    def __init__(self, folder, port, ports):
        folder.mkdir()
        shutil.chown(folder, USER, USER)
        self.socket = folder / "calmend.sock"
        self.log = folder / "log"
        config = folder / "haproxy.cfg"
        config.write_text(private_config(folder, port, ports))
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups",
                 "haproxy", "-db", "-f", config], cwd=folder, stdout=log, stderr=log)

    @staticmethod
    def missing():
        """Why it cannot run here, or None."""
        for program in ("haproxy", "setpriv"):
            if not shutil.which(program):
                return f"{program} is not installed"
        return None

    def command(self, text):
        """Its answer to a command on the stats socket."""
        with socket.socket(socket.AF_UNIX) as stats:
            stats.settimeout(lab.PATIENCE)
            stats.connect(str(self.socket))
            stats.sendall(text.encode() + b"\n")
            return b"".join(iter(lambda: stats.recv(65536), b"")).decode()

    def statistics(self, name):
        """The row of a server, by the names of the columns."""
        text = self.command("show stat").lstrip("# ")
        return next(row for row in csv.DictReader(text.splitlines()) if row["svname"] == name)

    def wait_state(self, name, state):
        """Waits until a server is in that state, and returns its row."""
        def look():
            assert self.process.poll() is None, self.log.read_text()
            row = self.statistics(name)
            return row if row["status"] == state else None
        return lab.wait_until(look, f"{name} to be {state}")

    def stop(self):
        """Ends it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=lab.PATIENCE)


class Behind(unittest.TestCase):
    """The site: Postfix, HAProxy, two milters, and the server behind them."""

    @classmethod
    def setUpClass(cls):
        need_mta(Postfix)
        lab.need(Haproxy.missing() is None, Haproxy.missing())
        from receiver import Receiver
        folder = lab.scratch_folder(cls)
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.stop)
        cls.mta = Postfix(folder / "mta", cls.receiver.port, "inet")
        cls.milters = {name: cls.start_milter(folder / name) for name in SERVERS}
        cls.proxy = Haproxy(folder / "haproxy", cls.port_of(cls.mta.milter_socket),
                            [cls.port_of(milter.socket) for milter in cls.milters.values()])
        cls.addClassCleanup(cls.proxy.stop)
        lab.wait_until(cls.proxy.socket.exists, "HAProxy")
        cls.addClassCleanup(cls.mta.stop)
        cls.mta.start()

    @classmethod
    def start_milter(cls, folder):
        folder.mkdir()
        milter = milter_process.started(cls, None, f"inet:{lab.free_port()}@127.0.0.1", folder)
        milter.switch_on()
        return milter

    @staticmethod
    def port_of(spec):
        return int(re.match(r"inet:(\d+)@", spec)[1])

    def setUp(self):
        for name, milter in self.milters.items():
            if not milter.alive():
                milter.start()
            self.proxy.wait_state(name, "UP")

    def begin_load(self):
        load = Load(self)
        self.addCleanup(load.finish)
        load.wait_for_more()
        return load

    def repaired_by(self, name):
        return self.milters[name].log.read_bytes().count(b"; Event ID: 327; ")

    def wait_for_work(self, *names):
        """Until each of these has repaired another message."""
        before = {name: self.repaired_by(name) for name in names}
        lab.wait_until(lambda: all(self.repaired_by(name) > before[name] for name in names),
                       f"work for {names}")

    def check(self, load):
        """What was taken has arrived, once and repaired."""
        load.wait_for_more()
        load.finish()
        self.assertEqual(load.problems, [])
        lab.wait_until(lambda: self.mta.waiting() == 0, "the queue to run empty")
        for recipient in load.taken:
            arrived = self.receiver.wait_for(recipient)
            self.assertEqual(len(arrived), 1, recipient)
            lab.assert_octets_equal(without_trace(arrived[0]), mails.reply_mail(True))

    def test_one_is_killed_and_comes_back(self):
        load = self.begin_load()
        for _ in range(ROUNDS):
            for name, other in (SERVERS, SERVERS[::-1]):
                self.wait_for_work(*SERVERS)
                self.milters[name].stop(signal.SIGKILL)
                self.proxy.wait_state(name, "DOWN")
                self.wait_for_work(other)
                self.milters[name].start()
                self.proxy.wait_state(name, "UP")
        self.wait_for_work(*SERVERS)
        self.check(load)
        log = self.proxy.log.read_text()
        for name in SERVERS:
            self.assertRegex(log, rf"Server calmend/{name} is DOWN")
            self.assertRegex(log, rf"Server calmend/{name} is UP")

    def test_one_hangs(self):
        """It takes connections and answers none of them: nobody waits for it longer than it takes
        to find out."""
        name, other = SERVERS
        load = self.begin_load()
        process = self.milters[name].process
        self.addCleanup(process.send_signal, signal.SIGCONT)
        process.send_signal(signal.SIGSTOP)
        row = self.proxy.wait_state(name, "DOWN")
        self.assertEqual(row["check_status"], "L7TOUT")
        self.wait_for_work(other)
        lab.wait_until(lambda: self.proxy.statistics(name)["scur"] == "0", "its sessions to end")
        process.send_signal(signal.SIGCONT)
        self.proxy.wait_state(name, "UP")
        self.wait_for_work(*SERVERS)
        self.check(load)

    def test_one_that_is_gone_is_passed_over(self):
        """Before any check has found out, the MTA does not notice."""
        name = SERVERS[0]
        self.proxy.command(f"disable health calmend/{name}")
        self.addCleanup(self.proxy.command, f"enable health calmend/{name}")
        self.milters[name].stop(signal.SIGKILL)
        for number in range(MESSAGES):
            recipient = f"passed{number}@example.org"
            reply = sender.send(self.mta.submit_port, mails.reply_mail(), recipient)
            self.assertEqual(reply.code, 250, reply)
            arrived = self.receiver.wait_for(recipient)
            lab.assert_octets_equal(without_trace(arrived[0]), mails.reply_mail(True))
        row = self.proxy.statistics(name)
        self.assertEqual(row["status"], "no check")
        self.assertGreater(int(row["wredis"]), 0)

    def test_maintenance_puts_nothing_off(self):
        load = self.begin_load()
        for name in SERVERS:
            self.proxy.command(f"set server calmend/{name} state drain")
            self.addCleanup(self.proxy.command, f"set server calmend/{name} state ready")
            lab.wait_until(lambda: self.proxy.statistics(name)["scur"] == "0", "it to run empty")
            self.assertEqual(self.milters[name].stop(), 0)
            load.wait_for_more()
            self.milters[name].start()
            self.proxy.command(f"set server calmend/{name} state ready")
            self.proxy.wait_state(name, "UP")
            self.wait_for_work(name)
        self.check(load)
        self.assertEqual(load.put_off, 0)

    def test_all_are_gone(self):
        for name, milter in self.milters.items():
            milter.stop(signal.SIGKILL)
            self.proxy.wait_state(name, "DOWN")
        reply = sender.send(self.mta.submit_port, mails.reply_mail(), "gone@example.org")
        self.assertEqual(reply.code // 100, 4, reply)
        self.assertEqual(self.receiver.count("gone@example.org"), 0)
        for milter in self.milters.values():
            milter.start()
        lab.wait_until(lambda: sender.send(self.mta.submit_port, mails.reply_mail(),
                                           "gone@example.org").code == 250, "Postfix to take it")
        self.assertEqual(len(self.receiver.wait_for("gone@example.org")), 1)


class Check(unittest.TestCase):
    """The packaged file, and what its check takes for a milter."""

    def setUp(self):
        lab.need(Haproxy.missing() is None, Haproxy.missing())
        self.folder = lab.scratch_folder(self)

    def test_file_as_it_is(self):
        code, out, err = milter_process.run("haproxy", "-c", "-f", PACKAGED)
        self.assertEqual((code, err), (0, b""), out)

    def answering(self, answer):
        """The port of a server that reads once, says `answer`, and hangs up."""
        class Peer(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(100)
                self.request.sendall(answer)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Peer)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    def test_what_is_no_calmend_gets_no_mail(self):
        """An SMTP server, and a milter that may not edit."""
        lab.need(os.geteuid() == 0, "only root can become the user of HAProxy")
        other_milter = bytes.fromhex("0000000d4f000000060000000100000000")
        ports = [self.answering(b"220 mx.example.com ESMTP\r\n"), self.answering(other_milter)]
        proxy = Haproxy(self.folder / "haproxy", lab.free_port(), ports)
        self.addCleanup(proxy.stop)
        lab.wait_until(proxy.socket.exists, "HAProxy")
        for name in SERVERS:
            self.assertEqual(proxy.wait_state(name, "DOWN")["check_status"], "L7RSP")


if __name__ == "__main__":
    lab.run_tests()
