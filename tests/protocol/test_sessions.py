#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""More connections than the milter may have: messages wait, nothing is lost, no processor spins."""
import os
import resource
import time
import unittest

import lab
import mails
import milter_process
import milter_wire

# Room for (128 - 64) / 2 sessions; what is beyond another 32 descriptors is closed at once.
DESCRIPTORS = 128
SOFT = 32  # the limit at the start, which the process raises to the hard one
CLOSED_BEYOND = 64


def data(connection):
    """The reply to DATA of a message that begins; the message is broken off again."""
    connection.step(b"M", b"<a@example.com>\0")
    connection.step(b"R", b"<b@example.org>\0")
    reply = connection.step(b"T")
    connection.send(b"A")
    return reply


class Sessions(unittest.TestCase):
    def session(self, milter):
        connection = milter_wire.open_session(milter.socket)
        self.addCleanup(connection.close)
        return connection

    def start(self, places):
        return milter_process.started(self, {"service": {"max-sessions": places}})

    def test_message_beyond_is_put_off_until_there_is_a_place(self):
        milter = self.start(2)
        first, second, third = (self.session(milter) for _ in range(3))
        self.assertEqual([data(first), data(second), data(third)],
                         [milter_wire.CONTINUE, milter_wire.CONTINUE, milter_wire.TEMPFAIL])
        self.assertEqual(milter.wait_event(346)["type"], "Warning")
        first.quit()
        lab.wait_until(lambda: data(third) == milter_wire.CONTINUE, "a place")
        self.assertEqual(data(second), milter_wire.CONTINUE)

    def test_reported_once(self):
        milter = self.start(1)
        self.session(milter)
        beyond = self.session(milter)
        for _ in range(20):
            self.assertEqual(data(beyond), milter_wire.TEMPFAIL)
        milter.stop()
        numbers = [event["id"] for event in milter.events()]
        self.assertEqual(numbers.count(346), 1)
        self.assertRegex(milter.wait_event(341)["description"], "put off 20$")

    def test_reload_makes_room(self):
        milter = self.start(1)
        self.session(milter)
        beyond = self.session(milter)
        self.assertEqual(data(beyond), milter_wire.TEMPFAIL)
        milter.reload({"service": {"max-sessions": 2}})
        milter.wait_event(344)
        self.assertEqual(data(beyond), milter_wire.CONTINUE)

    def test_exempt_message_needs_no_place(self):
        milter = milter_process.started(
            self, {"service": {"max-sessions": 1}, "exempt": {"senders": "@example.com"}})
        self.session(milter)
        self.assertEqual(data(self.session(milter)), milter_wire.ACCEPT)

    def test_connections_that_only_look_take_no_place(self):
        milter = self.start(1)
        silent = [milter_wire.Connection(milter.socket) for _ in range(5)]
        self.assertEqual(data(self.session(milter)), milter_wire.CONTINUE)
        for connection in silent:
            connection.close()


class Descriptors(unittest.TestCase):
    def setUp(self):
        milter = milter_process.MilterProcess(lab.scratch_folder(self))
        self.addCleanup(milter.finish)
        command = milter.command
        milter.command = lambda options: ["prlimit", f"--nofile={SOFT}:{DESCRIPTORS}",
                                          *command(options)]
        self.milter = milter.start()
        milter.switch_on()

    def connect(self, number):
        connections = [milter_wire.Connection(self.milter.socket) for _ in range(number)]
        for connection in connections:
            self.addCleanup(connection.close)
        return connections

    def processor_seconds(self):
        """Processor time of the milter so far."""
        with open(f"/proc/{self.milter.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def check_idle(self):
        before = self.processor_seconds()
        time.sleep(1.0)
        self.assertLess(self.processor_seconds() - before, 0.3)

    def check_serves(self):
        outcome = milter_wire.one_message(self.milter.socket, mails.reply_mail())
        self.assertEqual(outcome.codes(), "bi")

    def test_limit_is_raised_to_the_hard_one(self):
        self.assertEqual(resource.prlimit(self.milter.process.pid, resource.RLIMIT_NOFILE),
                         (DESCRIPTORS, DESCRIPTORS))

    def test_too_few_for_the_setting_is_reported_at_the_start(self):
        self.assertIn("open files", self.milter.wait_event(346)["description"])

    def test_connections_beyond_are_closed_at_once(self):
        seen = len(self.milter.events())
        connections = self.connect(3 * DESCRIPTORS)
        self.milter.wait_event(346, seen)
        closed = [item for item in connections if self.is_closed(item)]
        self.assertGreaterEqual(len(closed), 3 * DESCRIPTORS - CLOSED_BEYOND)
        self.assertLess(len(closed), 3 * DESCRIPTORS)
        self.check_idle()
        for connection in connections:
            connection.close()
        lab.wait_until(self.serves_again, "the milter to serve again")
        self.check_serves()

    def is_closed(self, connection):
        try:
            connection.socket.settimeout(0.05)
            connection.negotiate()
            return False
        except (EOFError, OSError):
            return True

    def serves_again(self):
        try:
            self.check_serves()
            return True
        except (EOFError, OSError):
            return False

    def test_accept_that_fails_does_not_spin(self):
        """The limit falls below what is open already, so that accept(2) gives EMFILE."""
        pid = self.milter.process.pid
        seen = len(self.milter.events())
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (10, DESCRIPTORS))
        waiting = self.connect(5)
        self.milter.wait_event(346, seen)
        self.check_idle()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        for connection in waiting:
            self.assertEqual(connection.negotiate().version, 6)


if __name__ == "__main__":
    lab.run_tests()
