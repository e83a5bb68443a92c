#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Mails larger than any that people send: repaired to the octet, or left to the octet.

Each goes to a milter of its own over the milter protocol and through `calmend repair`, and those
that Postfix carries as they are go through Postfix, too. Time and peak memory are told, not judged.
"""
import re
import time
import unittest

from fault_site import Account, FaultSite, Traffic, lab, mails, milter_process, milter_wire, say
from giants import GIANTS

HEADER = 100 << 20
LONG = 120.0


class Giants(unittest.TestCase):
    """A test for each of GIANTS."""

    def setUp(self):
        self.milter = milter_process.started(self)
        self.milter.switch_on()

    def peak(self):
        """The most memory that the milter had so far, in octets."""
        with open(f"/proc/{self.milter.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) * 1024

    def send(self, mail):
        """Its outcome, and how long the end of the message took."""
        fields, body = milter_wire.split_mail(mail)
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.socket.settimeout(LONG)
            connection.envelope(queue_id=b"GIANT")
            connection.head(fields, b"GIANT")
            outcome = milter_wire.Outcome()
            connection.body(body, outcome)
            begin = time.monotonic()
            connection.end(outcome, b"GIANT")
            seconds = time.monotonic() - begin
            connection.quit()
        return outcome, seconds

    def check(self, giant):
        mail = giant.build(False)
        outcome, seconds = self.send(mail)
        fate = "repaired"
        if giant.left is None:
            lab.assert_octets_equal(mails.without_fields(outcome.apply(mail), "X-Calmend"),
                                    giant.build(True))
        else:
            fate = self.check_left(outcome, giant.left)
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        self.check_command(mail, outcome)
        say({"table": "giants", "fault": giant.name, "octets": len(mail), "fate": fate,
             "seconds": round(seconds, 2), "peak": self.peak()},
            f"{giant.name}: {len(mail)} octets, {fate}, {seconds:.2f} s at the end of the message,"
            f" peak {self.peak() >> 20} MiB")

    def check_left(self, outcome, words):
        """Nothing was changed, and the event says why."""
        self.assertEqual(outcome.replies, [])
        if not words:
            self.assertEqual(self.milter.events_of("GIANT"), [])
            return "not read"
        event, = self.milter.wait_events_of("GIANT", [329])
        self.assertIn(words, event["description"])
        return "left, event 329"

    def check_command(self, mail, outcome):
        """`calmend repair` does the same."""
        lab.assert_octets_equal(
            mails.without_fields(milter_process.repaired(mail, self.milter.config), "X-Calmend"),
            mails.without_fields(outcome.apply(mail), "X-Calmend"))

    def test_header_field_of_100_mib(self):
        """More than any MTA hands over: the connection ends, and the next one is served."""
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope()
            with self.assertRaises((OSError, EOFError)):
                connection.send(b"L", b"X-Large\0" + b"a" * HEADER + b"\0")
                connection.receive()
        self.assertEqual(milter_wire.one_message(self.milter.socket, mails.reply_mail()).codes(),
                         "bi")
        say({"table": "giants", "fault": "a header field of 100 MiB", "octets": HEADER,
             "fate": "connection closed", "seconds": 0, "peak": self.peak()},
            f"a header field of 100 MiB: connection closed, peak {self.peak() >> 20} MiB")


class ThroughPostfix(unittest.TestCase):
    """All of them one after the other, with one Postfix."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls)

    def test_each_arrives_once(self):
        for giant in GIANTS:
            if giant.by_postfix:
                with self.subTest(giant=giant.name):
                    self.check(giant)

    def check(self, giant):
        mail = giant.build(False)
        traffic = Traffic(self.site, mail, giant.build(giant.left is None), clients=1, once=True)
        account = Account(f"{giant.name}, through Postfix").close(traffic.finish(LONG))
        self.assertEqual(account.repaired if giant.left is None else account.as_it_came, 1)


def _add_tests():
    for giant in GIANTS:
        name = "test_" + re.sub(r"\W+", "_", giant.name)
        setattr(Giants, name, lambda self, giant=giant: self.check(giant))


_add_tests()

if __name__ == "__main__":
    lab.run_tests()
