#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Exempt mail through a real MTA: it arrives as it came, and the milter has not read it."""
import unittest

from mail_site import MTAS, Site, lab, mails, without_trace
from metrics_file import value, wait
from postfix import Postfix

# What the settings exempt, the envelope of an exempt message, and that of one that is not.
CASES = {
    "sender": ({"senders": "ada@example.com"}, {"sender": "ada@example.com"}, {}),
    "sender_below": ({"senders": ".example.net"}, {"sender": "ada@mail.example.net"}, {}),
    "recipients": ({"recipients": "@example.org"}, {}, None),
    "client": ({"clients": "127.0.0.0/8"}, {}, None),
    "client_elsewhere": ({"clients": "192.0.2.0/24, 2001:db8::/32"}, None, {}),
    "login": ({"authenticated": "yes"}, None, {}),
}

# The same of clients from elsewhere, as a proxy in front of Postfix tells of them.
FOUR, FOUR_OUTSIDE = {"xclient": "ADDR=192.0.2.9"}, {"xclient": "ADDR=198.51.100.9"}
SIX, SIX_OUTSIDE = {"xclient": "ADDR=IPV6:2001:db8::25"}, {"xclient": "ADDR=IPV6:2001:db9::25"}
LOGIN = {"xclient": "ADDR=198.51.100.9 LOGIN=ben"}
XCLIENT_CASES = {
    "client_four": ({"clients": "192.0.2.0/24"}, FOUR, FOUR_OUTSIDE),
    "client_six": ({"clients": "2001:db8::/32"}, SIX, SIX_OUTSIDE),
    "client_login": ({"authenticated": "yes"}, LOGIN, FOUR_OUTSIDE),
}


class Exempt:
    """The tests of one MTA."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)
        cls.site.milter.switch_on()
        cls.metrics = cls.site.folder / "calmend.prom"

    def put_in_force(self, exempt):
        milter = self.site.milter
        seen = len(milter.events())
        milter.reload({"service": {"socket-group": self.mta.GROUP}, "exempt": exempt,
                       "metrics": {"textfile": self.metrics, "interval": 1}})
        milter.wait_event(344, seen)

    def check(self, exempt, exempt_envelope, envelope):
        self.put_in_force(exempt)
        if exempt_envelope is not None:
            arrived, queue_id = self.site.deliver(mails.reply_mail(), **exempt_envelope)
            lab.assert_octets_equal(without_trace(arrived), mails.reply_mail())
            self.assertEqual(self.site.milter.events_of(queue_id), [])
        if envelope is not None:
            arrived, queue_id = self.site.deliver(mails.reply_mail(), **envelope)
            lab.assert_octets_equal(without_trace(arrived), mails.reply_mail(True))
            self.site.milter.wait_events_of(queue_id, [327])

    def counted(self, series, outcome):
        return value(series, "calmend_messages_total", outcome=outcome)

    def test_body_is_not_sent(self):
        """The octets of bodies that the milter got are those of the message that is not exempt."""
        self.put_in_force({"senders": "ada@example.com"})
        before = wait(self.metrics, bool, "the metrics")
        self.site.deliver(mails.alternative_mail(), sender="ada@example.com")
        self.site.deliver(mails.reply_mail())
        after = wait(self.metrics, lambda series: self.counted(series, "repaired")
                     == self.counted(before, "repaired") + 1, "the repair to be counted")
        self.assertEqual(self.counted(after, "exempt"), self.counted(before, "exempt") + 1)
        octets = [value(series, "calmend_body_bytes_total") for series in (before, after)]
        body = mails.reply_mail().partition(b"\r\n\r\n")[2]
        self.assertEqual(octets[1] - octets[0], len(body))


def _add_case(body, name, case):
    def run(self):
        if case[1] is SIX and not lab.has_ipv6():
            raise unittest.SkipTest("no IPv6 on the loopback interface")
        self.check(*case)
    body[f"test_{name}"] = run


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA."""
    suite = unittest.TestSuite()
    for mta in MTAS:
        body = {"mta": mta}
        for name, case in (CASES | (XCLIENT_CASES if mta is Postfix else {})).items():
            _add_case(body, name, case)
        suite.addTests(loader.loadTestsFromTestCase(
            type(f"{mta.NAME}Exempt", (Exempt, unittest.TestCase), body)))
    return suite


if __name__ == "__main__":
    lab.run_tests()
