#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Bad neighbours at the milter's socket do not keep Postfix's mail from it.

500 connections that stall in the middle of a message, noise and half packets (those of
tests/protocol/test_garbage.py), and connections without end where the process may open few files.
"""
import contextlib
import resource
import unittest

from fault_site import Account, FaultSite, ROUNDS, Traffic, lab, mails, milter_wire
from test_garbage import PACKETS, RAW

STALLED = 500
DESCRIPTORS = 128
TOO_MANY = 300


class Neighbours(unittest.TestCase):
    """Under traffic, with one Postfix."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls)
        cls.milter = cls.site.milter

    def attempt(self, text, fault, times=1):
        traffic = Traffic(self.site)
        account = self.site.attempt(Account(text, times), traffic, lambda: fault(traffic))
        self.assertEqual(account.repaired, account.taken)
        return account

    def stall(self, number, mail):
        """A connection in the middle of its body, and the rest of it."""
        connection = milter_wire.open_session(self.milter.socket)
        self.addCleanup(connection.close)
        fields, body = milter_wire.split_mail(mail)
        connection.envelope(queue_id=b"STALL%d" % number)
        connection.head(fields)
        connection.body(body[:len(body) // 2], milter_wire.Outcome())
        return connection, body[len(body) // 2:]

    def test_stalled(self):
        """Each of them ends well, too."""
        mail = mails.reply_mail()

        def stall_all(traffic):
            stalled = [self.stall(number, mail) for number in range(STALLED)]
            traffic.wait_for_more(10 * ROUNDS)
            for connection, rest in stalled:
                outcome = milter_wire.Outcome()
                connection.body(rest, outcome)
                self.assertEqual(connection.end(outcome).codes(), "bi")
        account = self.attempt(f"{STALLED} connections stall within a message", stall_all)
        self.assertEqual(account.put_off, 0)

    def test_noise(self):
        """Whole and half packets of every kind, and none hangs up politely."""
        def noise(_traffic):
            for octets in RAW.values():
                with milter_wire.Connection(self.milter.socket) as connection:
                    with contextlib.suppress(OSError):
                        connection.socket.sendall(octets)
            for packets in PACKETS.values():
                with milter_wire.open_session(self.milter.socket) as connection:
                    with contextlib.suppress(OSError):
                        for packet in packets:
                            connection.send(*packet)
        account = self.attempt("noise and half packets at the socket", lambda traffic: [
            noise(traffic) for _ in range(ROUNDS)], ROUNDS)
        self.assertEqual(account.put_off, 0)

    def test_descriptors(self):
        """Connections beyond are closed at once, and Postfix then puts off its mail."""
        seen = len(self.milter.events())
        limits = (DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        before = resource.prlimit(self.milter.process.pid, resource.RLIMIT_NOFILE, limits)
        self.addCleanup(resource.prlimit, self.milter.process.pid, resource.RLIMIT_NOFILE, before)

        def use_up(traffic):
            with contextlib.ExitStack() as stack:
                for _ in range(TOO_MANY):
                    stack.enter_context(milter_wire.Connection(self.milter.socket))
                traffic.wait_for_refusals()
            traffic.wait_for_more()
        account = self.attempt("descriptors used up by other connections", use_up)
        self.assertGreater(account.put_off, 0)
        self.assertIn("open files", self.milter.wait_event(346, seen)["description"])


if __name__ == "__main__":
    lab.run_tests()
