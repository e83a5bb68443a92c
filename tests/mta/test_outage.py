#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The milter is away: mail waits at the sending site and comes through repaired afterwards.

An MTA without a milter plays the sending site and relays to the MTA under test. Nothing is lost,
nothing arrives twice, and nothing slips through as it came.
"""
import signal
import unittest

from mail_site import MTAS, Site, lab, mails, sender, without_trace

MESSAGES = 5
LOG_TAIL = 6000  # octets of a log that a failure shows


class Outage:
    """The tests of one MTA."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)
        cls.outside = cls.mta(cls.site.folder / "outside", cls.site.mta.submit_port,
                              host="out.lab.example")
        cls.addClassCleanup(cls.outside.stop)
        cls.outside.start()
        cls.site.milter.switch_on()

    def setUp(self):
        if not self.site.milter.alive():
            self.site.milter.start()

    def test_client_is_told_to_try_again(self):
        self.site.milter.stop()
        recipient, reply = self.site.send(mails.reply_mail())
        self.assertEqual(reply.code // 100, 4, reply)
        self.assertEqual(self.site.receiver.count(recipient), 0)

    def test_plain_mail_waits_too(self):
        """With default_action=tempfail all mail waits, not only calendars."""
        self.site.milter.stop()
        _, reply = self.site.send(mails.plain_mail())
        self.assertEqual(reply.code // 100, 4, reply)

    def queue_while_away(self, prefix):
        """Hands mails to the sending site; all of them end up waiting there."""
        recipients = [f"{prefix}{number}@example.org" for number in range(MESSAGES)]
        for recipient in recipients:
            reply = sender.send(self.outside.submit_port, mails.reply_mail(), recipient)
            self.assertEqual(reply.code, 250, reply)
        lab.wait_until(lambda: self.outside.deferred() == MESSAGES, "mail to be deferred")
        self.assertEqual([self.site.receiver.count(recipient) for recipient in recipients],
                         [0] * MESSAGES)
        return recipients

    def all_arrive_mended(self, recipients):
        """Each is there once, repaired, and the sending site's queue is empty."""
        self.outside.retry()
        try:
            lab.wait_until(lambda: self.outside.waiting() == 0, "the queue to run empty")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\nsending site:\n{self.outside.log_text()[-LOG_TAIL:]}"
                                 f"\nMTA:\n{self.site.mta.log_text()[-LOG_TAIL:]}") from None
        for recipient in recipients:
            arrived = self.site.receiver.wait_for(recipient)
            self.assertEqual(len(arrived), 1)
            lab.assert_octets_equal(without_trace(arrived[0]), mails.reply_mail(True))

    def test_stopped_then_started(self):
        self.assertEqual(self.site.milter.stop(), 0)
        recipients = self.queue_while_away("stopped")
        self.site.milter.start()
        self.all_arrive_mended(recipients)

    def test_killed_then_started(self):
        self.site.milter.stop(signal.SIGKILL)
        recipients = self.queue_while_away("killed")
        self.site.milter.start()
        self.all_arrive_mended(recipients)


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA."""
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(
            type(f"{mta.NAME}Outage", (Outage, unittest.TestCase), {"mta": mta})) for mta in MTAS)


if __name__ == "__main__":
    lab.run_tests()
