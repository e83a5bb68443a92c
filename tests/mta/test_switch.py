#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The switch file turned on and off under a running milter and MTA.

Each change holds from the next message on, without a restart, and is an event of its own.
"""
import unittest

from mail_site import MTAS, Site, lab, mails, without_trace


class Switch:
    """The tests of one MTA."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)
        cls.milter = cls.site.milter

    def arrives(self, mended):
        """Sends the same REPLY again; it must arrive as `mended` says."""
        arrived, _ = self.site.deliver(mails.alternative_mail())
        lab.assert_octets_equal(without_trace(arrived), mails.alternative_mail(mended))

    def numbers(self):
        return [event["id"] for event in self.milter.events()]

    def test_flipped_while_running(self):
        pid = self.milter.process.pid
        self.arrives(mended=False)
        self.milter.switch_on()
        self.arrives(mended=True)
        self.arrives(mended=True)
        self.milter.switch.write_bytes(b"0\n")
        self.arrives(mended=False)
        self.milter.switch.write_bytes(b"1\n")
        self.arrives(mended=True)
        self.milter.switch_off()
        self.arrives(mended=False)
        self.assertEqual(self.numbers(), [340, 328, 342, 327, 327, 343, 328, 342, 327, 343, 328])
        self.assertEqual(self.milter.process.pid, pid)
        self.assertTrue(self.milter.alive())


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA."""
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(
            type(f"{mta.NAME}Switch", (Switch, unittest.TestCase), {"mta": mta})) for mta in MTAS)


if __name__ == "__main__":
    lab.run_tests()
