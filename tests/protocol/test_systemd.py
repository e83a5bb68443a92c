#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What systemd is told, the socket that it passes, and the units.

The test plays systemd: a datagram socket for sd_notify(3), descriptor 3 for sd_listen_fds(3).
"""
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import unittest

import lab
import mails
import milter_process
import milter_wire

# A libmilter that knows unix, inet and inet6, as upstream's, in front of the one that is there.
OTHER_LIBMILTER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

static int known;

int smfi_setconn(char *spec)
{
    known = strncmp(spec, "fd:", 3) != 0;
    return ((int (*)(char *))dlsym(RTLD_NEXT, "smfi_setconn"))(spec);
}

int smfi_opensocket(int rmsocket)
{
    return known ? ((int (*)(int))dlsym(RTLD_NEXT, "smfi_opensocket"))(rmsocket) : -1;
}
"""

WATCHDOG_SECONDS = 4
EXPOSURE_MAX = 1.5
MIB = 1 << 20
UNITS = lab.ROOT / "packaging" / "systemd"


def need_libsystemd():
    config = lab.BUILD / "config.h"
    lab.need(config.exists() and "#define HAVE_SYSTEMD 1" in config.read_text(),
             "built without libsystemd")


class Case(unittest.TestCase):
    def setUp(self):
        need_libsystemd()
        self.folder = lab.scratch_folder(self)
        self.milter = milter_process.MilterProcess(self.folder)
        self.addCleanup(self.milter.finish)

    def set_environment(self, **values):
        for name, value in values.items():
            os.environ[name] = str(value)
            self.addCleanup(os.environ.pop, name, None)

    def check_serves(self):
        self.milter.switch_on()
        outcome = milter_wire.one_message(self.milter.socket, mails.reply_mail())
        self.assertEqual(outcome.codes(), "bi")


class Notify(Case):
    def setUp(self):
        super().setUp()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(str(self.folder / "notify"))
        self.manager.settimeout(lab.PATIENCE)
        self.set_environment(NOTIFY_SOCKET=self.folder / "notify")

    def next_of(self, *names):
        """The next word that is one of these: (name, value)."""
        while True:
            for line in self.manager.recv(4096).decode().splitlines():
                name, _, value = line.partition("=")
                if name in names:
                    return name, value

    def test_ready_reload_stop(self):
        states = ("READY", "RELOADING", "STOPPING")
        self.milter.start()
        self.assertEqual(self.next_of(*states), ("READY", "1"))
        self.milter.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.next_of(*states), ("RELOADING", "1"))
        self.assertEqual(self.next_of(*states), ("READY", "1"))
        self.assertEqual(self.milter.stop(), 0)
        self.assertEqual(self.next_of(*states), ("STOPPING", "1"))

    def test_ready_comes_when_it_serves(self):
        """Whoever is started after READY finds the socket."""
        with open(self.milter.log, "ab") as log:
            self.milter.process = subprocess.Popen(self.milter.command([]), stderr=log)
        self.assertEqual(self.next_of("READY"), ("READY", "1"))
        self.check_serves()

    def test_refused_reload_ends_too(self):
        self.milter.start()
        self.milter.reload("[nonsense]\n")
        self.assertEqual(self.next_of("RELOADING"), ("RELOADING", "1"))
        self.assertEqual(self.next_of("READY"), ("READY", "1"))
        self.milter.wait_event(345)

    def test_status_has_counts(self):
        self.milter.start()
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.message(mails.reply_mail())
            text = lab.wait_until(self.status_with_message, "a status with the message")
        self.assertRegex(text, r"^connections 1, messages 1, examined 1\b")

    def status_with_message(self):
        text = self.next_of("STATUS")[1]
        return text if "messages 1" in text else None

    def test_watchdog(self):
        self.set_environment(WATCHDOG_USEC=WATCHDOG_SECONDS * 1000000)
        self.milter.start()
        self.manager.settimeout(WATCHDOG_SECONDS / 2 + 0.5)
        for _ in range(3):
            self.next_of("WATCHDOG")

    def test_stop_announces_how_long_it_may_take(self):
        self.milter.write_config({"service": {"drain-seconds": 300}})
        self.milter.start()
        self.milter.stop()
        self.assertGreater(int(self.next_of("EXTEND_TIMEOUT_USEC")[1]), 300 * 1000000)


class PassedSocket(Case):
    def start_with(self, *listeners):
        """Starts the milter with these sockets as descriptors from 3 on."""
        # First far away from where they are to go, so that none is written over.
        away = [fcntl.fcntl(item.fileno(), fcntl.F_DUPFD, 50) for item in listeners]

        def pass_sockets():
            for number, descriptor in enumerate(away, 3):
                os.dup2(descriptor, number)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(away)))

        with open(self.milter.log, "ab") as log:
            process = subprocess.Popen(self.milter.command([]), close_fds=False, stderr=log,
                                       stdin=subprocess.DEVNULL, preexec_fn=pass_sockets)
        for descriptor in away:
            os.close(descriptor)
        return process

    def listener(self, path):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(path))
        listener.listen()
        return listener

    def test_unix_socket_is_served(self):
        path = self.folder / "passed.sock"
        self.milter.process = self.start_with(self.listener(path))
        self.milter.socket = f"unix:{path}"
        self.check_serves()
        self.assertIn(str(path), self.milter.wait_event(340)["description"])
        self.assertFalse((self.folder / "milter.sock").exists())
        self.assertEqual(self.milter.stop(), 0)
        self.assertTrue(path.is_socket(), "the socket is systemd's")

    def test_listeners_that_are_not_opened_are_told(self):
        other = self.folder / "other.sock"
        self.milter.write_config({"listener a": {"socket": f"unix:{other}"},
                                  "listener b": {"socket": "unix:/nowhere/b.sock"}})
        self.milter.process = self.start_with(self.listener(self.folder / "passed.sock"))
        event = self.milter.wait_event(340)
        self.assertTrue(event["description"].endswith("none is opened: a, b"), event)
        self.assertFalse(other.exists())

    def test_inet_socket_is_served(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        self.milter.process = self.start_with(server)
        self.milter.socket = f"inet:{server.getsockname()[1]}@127.0.0.1"
        self.check_serves()
        self.assertIn("127.0.0.1", self.milter.wait_event(340)["description"])
        self.assertNotEqual(server.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), 0)

    def test_removed_while_it_is_served(self):
        """Nobody can reach it any more, and only a restart of the socket makes it anew."""
        path = self.folder / "passed.sock"
        self.milter.process = self.start_with(self.listener(path))
        self.milter.socket = f"unix:{path}"
        self.check_serves()
        path.unlink()
        self.assertEqual(self.milter.process.wait(lab.PATIENCE), 2)
        self.assertIn(str(path), self.milter.wait_event(348)["description"])

    def test_removed_before_the_start(self):
        path = self.folder / "passed.sock"
        listener = self.listener(path)
        path.unlink()
        self.assertIn("restart calmend.socket", self.refused(self.start_with(listener)))

    def test_abstract_socket_has_nothing_to_remove(self):
        listener = self.listener(f"\0calmend-test-{os.getpid()}")
        self.milter.process = self.start_with(listener)
        self.milter.socket = f"unix:\0calmend-test-{os.getpid()}"
        self.check_serves()

    def test_inet_socket_that_others_can_reach(self):
        server = socket.create_server(("0.0.0.0", 0))
        self.addCleanup(server.close)
        self.assertIn("peers", self.refused(self.start_with(server)))

    def refused(self, process):
        self.assertEqual(process.wait(timeout=lab.PATIENCE), 2)
        return self.milter.log.read_text()

    def test_what_is_no_listener_is_refused(self):
        plain = socket.socket(socket.AF_UNIX)
        self.addCleanup(plain.close)
        self.assertIn("descriptor 3", self.refused(self.start_with(plain)))

    def test_two_are_refused(self):
        one = self.listener(self.folder / "one.sock")
        two = self.listener(self.folder / "two.sock")
        self.assertIn("one is enough", self.refused(self.start_with(one, two)))

    def test_libmilter_that_takes_none(self):
        """The error says what to do, and without the socket the same library serves."""
        lab.need(shutil.which("cc"), "cc is not installed")
        source, library = self.folder / "other.c", self.folder / "other.so"
        source.write_text(OTHER_LIBMILTER)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        command = self.milter.command
        self.milter.command = lambda options: ["env", f"LD_PRELOAD={library}", *command(options)]
        said = self.refused(self.start_with(self.listener(self.folder / "passed.sock")))
        self.assertIn("disable calmend.socket", said)
        self.milter.log.unlink()
        self.milter.start()
        self.check_serves()


class Units(unittest.TestCase):
    def setUp(self):
        lab.need(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
        folder = lab.scratch_folder(self)
        text = (UNITS / "calmend.service.in").read_text()
        self.service = folder / "calmend.service"
        self.socket = folder / "calmend.socket"
        self.service.write_text(text.replace("@sbindir@/calmend-milter", lab.MILTER))
        shutil.copy(UNITS / "calmend.socket", self.socket)

    def test_verified(self):
        code, out, err = milter_process.run("systemd-analyze", "verify", "--man=no", self.service,
                                            self.socket)
        self.assertEqual((code, out, err), (0, b"", b""))

    def test_exposure(self):
        code, out, err = milter_process.run("systemd-analyze", "security", "--offline=true",
                                            "--no-pager", self.service)
        self.assertEqual(code, 0, err)
        level = re.search(r"exposure level for calmend\.service: (\d+\.\d+)", out.decode())
        self.assertLessEqual(float(level[1]), EXPOSURE_MAX)

    def test_every_remaining_point_is_explained(self):
        out = milter_process.run("systemd-analyze", "security", "--offline=true", "--no-pager",
                                 self.service)[1].decode()
        text = self.service.read_text()
        for name in re.findall(r"^✗ (\w+)=", out, re.MULTILINE):
            self.assertRegex(text, rf"(?m)^#.*{name}", name)

    def default(self, key):
        """The number that a setting has by default."""
        empty = self.service.with_name("empty.conf")
        empty.write_text("")
        text = milter_process.run(lab.MILTER, "--print-config", "--config", empty)[1]
        return int(re.search(rf"^{key} = (\d+)$", text.decode(), re.MULTILINE)[1])

    def test_lets_the_drain_end(self):
        stop = int(re.search(r"TimeoutStopSec=(\d+)", self.service.read_text())[1])
        self.assertGreater(stop, self.default("drain-seconds"))

    def test_has_descriptors_for_every_session(self):
        files = int(re.search(r"LimitNOFILE=(\d+)", self.service.read_text())[1])
        self.assertGreater(files, 2 * self.default("max-sessions") + 64)

    def test_reload_looks_at_the_file_first(self):
        """What systemd runs, in its order, ends at the first that fails; only the second reloads."""
        check, hup = re.findall(r"(?m)^ExecReload=(.*)$", self.service.read_text())
        self.assertEqual(check, f"{lab.MILTER} --check-config")
        self.assertIn("kill -HUP $MAINPID", hup)

    def test_memory_is_what_the_limits_let_it_need(self):
        """The arithmetic of doc/capacity.md, which says for how many processors."""
        page = (lab.ROOT / "doc/capacity.md").read_text()
        processors = int(re.search(r"`MemoryMax=4G`[^|]*?\b(\d+) processors", page)[1])
        plan = 4 * self.default("message-bytes") + 32 * MIB
        bodies = self.default("max-sessions") * self.default("memory-bytes")
        need = 16 * MIB + processors * plan + bodies + self.default("pool-bytes")
        self.assertRegex(self.service.read_text(), r"(?m)^MemoryMax=4G$")
        self.assertLessEqual(need, 4096 * MIB)
        self.assertGreater(need + plan, 4096 * MIB, "one more processor is too many")

    def test_large_bodies_are_on_a_disk(self):
        self.assertRegex(self.service.read_text(), r"(?m)^Environment=TMPDIR=/var/tmp$")

    def test_socket_has_no_option_of_another_kind(self):
        """systemd warns at each start of an option that a unix socket does not take."""
        text = self.socket.read_text()
        self.assertEqual(re.findall(r"(?m)^ListenStream=(.)", text), ["/"])
        self.assertNotRegex(text, r"(?m)^(NoDelay|KeepAlive|Priority|FreeBind)=")


if __name__ == "__main__":
    lab.run_tests()
