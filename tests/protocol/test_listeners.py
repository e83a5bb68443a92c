#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""[service] socket as a list: each of them serves, whatever kind the first is, and all at once.

Modes, groups and peers hold for each; a connection that is open keeps none of the others waiting;
one socket that is gone ends the process, and after a stop none is left.
"""
import concurrent.futures
import socket
import stat
import unittest

import lab
import mails
import milter_process
import milter_wire


class Listeners(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.one, self.two = self.folder / "one.sock", self.folder / "two.sock"
        self.specs = [f"unix:{self.one}", f"unix:{self.two}", f"inet:{lab.free_port()}@127.0.0.1"]
        if lab.has_ipv6():
            self.specs.append(f"inet6:{lab.free_port()}@::1")

    def start(self, specs, settings=None):
        """A milter at a list of sockets; it is there once it is found at the last."""
        milter = milter_process.MilterProcess(self.folder, settings, ", ".join(specs))
        milter.socket = specs[-1]
        milter.switch_on()
        self.addCleanup(milter.finish)
        return milter.start()

    def check_serves(self, specs):
        for spec in specs:
            with self.subTest(spec=spec):
                outcome = milter_wire.one_message(spec, mails.reply_mail())
                self.assertEqual((outcome.verdict, outcome.codes()), (milter_wire.CONTINUE, "bi"))

    def refused(self, specs):
        milter = milter_process.MilterProcess(self.folder, None, ", ".join(specs))
        code, _, err = milter_process.run(lab.MILTER, "--foreground", "--config", milter.config)
        self.assertEqual(code, 2)
        return err.decode()

    def test_each_serves_whichever_is_first(self):
        for number in range(len(self.specs)):
            specs = self.specs[number:] + self.specs[:number]
            milter = self.start(specs)
            self.check_serves(specs * 3)
            self.assertEqual(milter.stop(), 0)

    def test_all_at_once(self):
        self.start(self.specs)
        sessions = [milter_wire.open_session(spec) for spec in self.specs * 3]
        for session in sessions:
            self.addCleanup(session.close)

        def send(session):
            return {session.message(mails.reply_mail(), queue_id=b"N%d" % number).codes()
                    for number in range(50)}
        with concurrent.futures.ThreadPoolExecutor(len(sessions)) as pool:
            self.assertEqual(set().union(*pool.map(send, sessions)), {"bi"})

    def test_busy_one_does_not_starve_another(self):
        """Connections come to the second without an end, and the first still gets its turn."""
        self.start(self.specs[:2])
        stop = []

        def flood():
            while not stop:
                try:
                    milter_wire.Connection(self.specs[1]).close()
                except BlockingIOError:
                    continue  # as many wait as may
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            done = pool.submit(flood)
            try:
                self.check_serves(self.specs[:1] * 20)
            finally:
                stop.append(True)
            done.result()

    def test_told_at_the_start(self):
        milter = self.start(self.specs)
        self.assertTrue(milter.wait_event(340)["description"].endswith(", ".join(self.specs)))

    def test_mode_of_each(self):
        self.start(self.specs[:2], {"service": {"socket-mode": "0604"}})
        self.assertEqual({stat.S_IMODE(path.stat().st_mode) for path in (self.one, self.two)},
                         {0o604})

    def test_gone_after_the_stop(self):
        milter = self.start(self.specs)
        milter_wire.one_message(self.specs[1], mails.plain_mail())
        self.assertEqual(milter.stop(), 0)
        self.assertFalse(self.one.exists() or self.two.exists())

    def test_gone_after_a_kill(self):
        milter = self.start(self.specs)
        milter.process.kill()
        milter.process.wait()
        milter.start()
        self.check_serves(self.specs)

    def test_one_is_removed(self):
        milter = self.start(self.specs)
        self.two.unlink()
        self.assertIn(str(self.two), milter.wait_event(348)["description"])
        self.assertEqual(milter.process.wait(lab.PATIENCE), 2)
        self.assertFalse(self.one.exists())

    def test_second_in_use(self):
        """Nothing is left of the first."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            spec = f"inet:{taken.getsockname()[1]}@127.0.0.1"
            self.assertIn(f"socket {spec}: ", self.refused([self.specs[0], spec]))
        self.assertFalse(self.one.exists())

    def test_same_twice(self):
        self.assertIn("a program listens there already",
                      self.refused([self.specs[0], self.specs[0]]))

    def test_file_at_the_second(self):
        self.two.write_bytes(b"precious")
        self.assertIn(f"{self.two}: something that is no socket", self.refused(self.specs))
        self.assertEqual(self.two.read_bytes(), b"precious")

    def test_what_is_no_address(self):
        for specs in ([self.specs[0], ""], [self.specs[0], "tcp:1"]):
            self.assertIn("unix:, local:, inet: or inet6:", self.refused(specs))

    def test_peers_are_needed_for_each(self):
        self.assertIn("peers", self.refused([self.specs[0], "inet:8891@0.0.0.0"]))

    def test_no_hang_on_the_way(self):
        """TCP_NODELAY and a queue as the first has them: many connections at once are taken."""
        self.start(self.specs)
        waiting = [milter_wire.Connection(self.specs[2]) for _ in range(100)]
        for connection in waiting:
            self.addCleanup(connection.close)
        for connection in waiting:
            connection.negotiate()


if __name__ == "__main__":
    lab.run_tests()
