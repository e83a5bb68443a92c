#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The image of packaging/oci: what is in it, how it runs, and that a stop or a replacement loses no mail.

It is built from the sources as they are. Postfix and HAProxy are those of this machine, with the packaged
configuration; the milters before or behind them are containers.
"""
import json
import os
import pathlib
import re
import shutil
import sys
import tarfile
import threading
import types
import unittest

import containers

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "mta"))

# pylint: disable=wrong-import-position
import lab
import mails
import milter_wire
import sender
import test_haproxy
from mail_site import need_mta, without_trace
from postfix import Postfix

USER = 10938
# In place of a test: what is cleaned up once the program is over.
PROGRAM = types.SimpleNamespace(addCleanup=unittest.addModuleCleanup)
GONE = re.compile(r"(^|/)s?bin/(sh|bash|dash|busybox|apt|apt-get|dpkg|perl|login|su|mount)$")


def prepare():
    """The image, built once for the program: its store. A machine that runs no container skips the
    test, also where continuous integration allows no other skip."""
    reason = containers.missing()
    lab.need(reason is None, reason)
    if prepare.unable is not None:
        raise unittest.SkipTest(prepare.unable)
    if prepare.store is None:
        prepare.unable = "the image could not be built"
        store = containers.Store(PROGRAM, lab.scratch_folder(PROGRAM))
        store.make_base()
        prepare.unable = store.unable()
        if prepare.unable is not None:
            raise unittest.SkipTest(prepare.unable)
        prepare.unable = "the image could not be built"
        store.build(containers.IMAGE, containers.OCI / "Containerfile", lab.ROOT,
                    f"--build-arg=BASE={containers.BASE}")
        prepare.store, prepare.unable = store, None
    return prepare.store


prepare.store = prepare.unable = None


def tcp_container(case, folder):
    """A started container at a port of its own, with the settings of the image."""
    port = lab.free_port()
    container = containers.Container(
        prepare(), folder, containers.OCI / "calmend.conf",
        ["--network=host", *containers.RESTRICTED], ["--socket", f"inet:{port}@127.0.0.1"],
        f"inet:{port}@127.0.0.1")
    add = case.addClassCleanup if isinstance(case, type) else case.addCleanup
    add(container.finish)
    return container.start()


def json_lines(container):
    return [json.loads(line) for line in container.log.read_text().splitlines()]


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = prepare()
        cls.container = tcp_container(cls, lab.scratch_folder(cls) / "one")

    def test_has_no_shell(self):
        name = "export"
        self.store.run("podman", "create", f"--name={name}", containers.IMAGE)
        archive = self.store.folder / "image.tar"
        self.store.run("podman", "export", f"--output={archive}", name)
        with tarfile.open(archive) as tar:
            names = tar.getnames()
        self.assertIn("usr/sbin/calmend-milter", names)
        self.assertEqual([name for name in names if GONE.search(name)], [])
        known = {pathlib.Path(name).name for name in names if "dpkg/status.d/" in name}
        self.assertLessEqual({"libc6", "libgmime-3.0-0t64", "libical3t64"}, known)
        self.assertLess(archive.stat().st_size, 150_000_000)

    def test_says_how_it_is_run(self):
        config = json.loads(self.store.run("podman", "inspect", "--type=image",
                                           containers.IMAGE)[1])[0]
        self.assertEqual(config["User"], f"{USER}:{USER}")
        self.assertEqual(config["Config"]["StopSignal"], "SIGTERM")
        self.assertEqual(config["HealthCheck" if "HealthCheck" in config else "Healthcheck"]["Test"][:2],
                         ["CMD", "/usr/bin/calmend"])

    def test_health(self):
        code, text = self.store.run("podman", "exec", self.container.name, "/usr/bin/calmend",
                                    "probe", "--health", self.container.socket)
        self.assertIn("CALMEND OK", text)
        self.assertEqual(code, 0)

    def test_rights(self):
        """By what the kernel says of the process."""
        number = self.store.run("podman", "inspect", "--format={{.State.Pid}}",
                                self.container.name)[1].strip()
        status = pathlib.Path(f"/proc/{number}/status").read_text()
        self.assertRegex(status, rf"(?m)^Uid:\t{USER}\t{USER}\t{USER}\t{USER}$")
        self.assertRegex(status, r"(?m)^CapBnd:\t0+$")
        self.assertRegex(status, r"(?m)^NoNewPrivs:\t1$")
        root = [line.split() for line in
                pathlib.Path(f"/proc/{number}/mountinfo").read_text().splitlines()
                if line.split()[4] == "/"]
        self.assertIn("ro", root[-1][5].split(","))

    def test_repairs_and_logs_json(self):
        self.container.switch_on()
        sent = mails.reply_mail()
        outcome = milter_wire.one_message(self.container.socket, sent, queue_id=b"OCI1")
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        self.assertTrue(outcome.replies)
        lab.wait_until(lambda: b"OCI1" in self.container.log.read_bytes(), "the event")
        events = [event for event in json_lines(self.container) if event.get("queue_id") == "OCI1"]
        self.assertEqual([event["event_id"] for event in events], [327])

    def test_stop_waits_for_the_message_under_way(self):
        container = tcp_container(self, lab.scratch_folder(self) / "stopped")
        container.switch_on()
        fields, body = milter_wire.split_mail(mails.reply_mail())
        codes = []
        with milter_wire.open_session(container.socket) as connection:
            connection.envelope(queue_id=b"DRAIN")
            connection.head(fields, b"DRAIN")
            stop = threading.Thread(target=lambda: codes.append(container.stop()))
            stop.start()
            self.wait_for_refusal(container)
            outcome = milter_wire.Outcome()
            connection.body(body, outcome)
            connection.end(outcome, b"DRAIN")
        stop.join()
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        self.assertTrue(outcome.replies)
        self.assertEqual(codes, [0])
        self.assertEqual([event["event_id"] for event in json_lines(container)
                          if event.get("queue_id") == "DRAIN"], [327])

    @staticmethod
    def wait_for_refusal(container):
        """Until the gate is closed: new messages are put off."""
        def refused():
            with milter_wire.open_session(container.socket) as connection:
                try:
                    connection.envelope(queue_id=b"LATE")
                except AssertionError:  # what calmend answers is no continue
                    return True
                return False
        lab.wait_until(refused, "new messages to be put off", 2 * lab.PATIENCE)


class SharedSocket(unittest.TestCase):
    """The quadlet's way: a Postfix in its chroot, and a container with no network and that socket."""

    @classmethod
    def setUpClass(cls):
        need_mta(Postfix)
        store = prepare()
        from receiver import Receiver
        folder = lab.scratch_folder(cls)
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.stop)
        cls.mta = Postfix(folder / "mta", cls.receiver.port, "unix")
        place = pathlib.Path(cls.mta.milter_socket.removeprefix("unix:")).parent
        os.chown(place, USER, -1)
        shutil.chown(place, group="postfix")
        place.chmod(0o2710)
        cls.container = containers.Container(
            store, folder / "quadlet", containers.OCI / "quadlet/calmend.conf",
            ["--network=none", f"--volume={place}:/run/calmend", *containers.RESTRICTED],
            socket=cls.mta.milter_socket)
        cls.addClassCleanup(cls.container.finish)
        cls.container.start()
        cls.addClassCleanup(cls.mta.stop)
        cls.mta.start()

    def deliver(self, recipient):
        reply = sender.send(self.mta.submit_port, mails.reply_mail(), recipient)
        self.assertEqual(reply.code, 250, reply)
        return without_trace(self.receiver.wait_for(recipient)[0])

    def test_switch(self):
        lab.assert_octets_equal(self.deliver("off@example.org"), mails.reply_mail())
        self.container.switch_on()
        lab.assert_octets_equal(self.deliver("on@example.org"), mails.reply_mail(True))


class Replacement(test_haproxy.Behind):
    """Two containers behind HAProxy, and a Postfix before it, under load."""

    test_one_hangs = test_one_that_is_gone_is_passed_over = test_all_are_gone = None

    @classmethod
    def setUpClass(cls):
        prepare()
        super().setUpClass()

    @classmethod
    def start_milter(cls, folder):
        container = tcp_container(cls, folder)
        container.switch_on()
        return container

    def repaired_by(self, name):
        return self.milters[name].log.read_bytes().count(b'"event_id":327,')

    def test_rolling_replacement(self):
        """One after the other by a stop and a new container, with nobody told before."""
        load = self.begin_load()
        for name, other in (test_haproxy.SERVERS, test_haproxy.SERVERS[::-1]):
            self.wait_for_work(*test_haproxy.SERVERS)
            self.assertEqual(self.milters[name].stop(), 0)
            self.proxy.wait_state(name, "DOWN")
            self.wait_for_work(other)
            self.milters[name].start()
            self.proxy.wait_state(name, "UP")
        self.wait_for_work(*test_haproxy.SERVERS)
        self.check(load)


if __name__ == "__main__":
    lab.TIME_LIMIT = containers.SECONDS
    lab.run_tests()
