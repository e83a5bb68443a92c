#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Exempt mail through a real MTA: it arrives as it came, and the milter has not read it."""
import unittest

from mail_site import MTAS, Site, lab, mails, without_trace

# What the settings exempt, the envelope of an exempt message, and that of one that is not.
CASES = {
    "sender": ({"senders": "ada@example.com"}, {"sender": "ada@example.com"}, {}),
    "sender_below": ({"senders": ".example.net"}, {"sender": "ada@mail.example.net"}, {}),
    "recipients": ({"recipients": "@example.org"}, {}, None),
    "client": ({"clients": "127.0.0.0/8"}, {}, None),
    "client_elsewhere": ({"clients": "192.0.2.0/24, 2001:db8::/32"}, None, {}),
    "login": ({"authenticated": "yes"}, None, {}),
}


class Exempt:
    """The tests of one MTA."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)
        cls.site.milter.switch_on()

    def put_in_force(self, exempt):
        milter = self.site.milter
        seen = len(milter.events())
        milter.reload({"service": {"socket-group": self.mta.GROUP}, "exempt": exempt})
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


def _add_case(name, case):
    setattr(Exempt, f"test_{name}", lambda self: self.check(*case))


for _name, _case in CASES.items():
    _add_case(_name, _case)


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA."""
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(
            type(f"{mta.NAME}Exempt", (Exempt, unittest.TestCase), {"mta": mta})) for mta in MTAS)


if __name__ == "__main__":
    lab.run_tests()
