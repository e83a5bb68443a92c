#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The life of the service under load: reload, restart, stop and start while mail comes in.

Clients send without a pause, and send again what they are told to send again. Every message that
was taken arrives once, and repaired.
"""
import itertools
import signal
import smtplib
import threading
import time
import unittest

from mail_site import MTAS, Site, lab, mails, sender, without_trace

CLIENTS = 4
RELOADS = 30
RESTARTS = 3
AWAY = 0.5
BETWEEN = 0.3
AGAIN_AFTER = 0.05

_numbers = itertools.count(1)


class Load:
    """Clients of `site` that send broken responses until `finish`."""

    def __init__(self, site):
        self.site = site
        self.taken = []
        self.put_off = 0
        self.problems = []
        self.over = False
        self.threads = [threading.Thread(target=self.play) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def play(self):
        while not self.over:
            recipient = f"life{next(_numbers)}@example.org"
            while not self.try_once(recipient):
                time.sleep(AGAIN_AFTER)

    def try_once(self, recipient):
        """FALSE when the message is to be sent again."""
        try:
            reply = sender.send(self.site.mta.submit_port, mails.reply_mail(), recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.problems.append(error)
            return True
        if reply.code == 250:
            self.taken.append(recipient)
        elif reply.code // 100 == 4:
            self.put_off += 1
            return False
        else:
            self.problems.append(reply)
        return True

    def wait_for_more(self, messages=CLIENTS):
        """Until some more messages were taken."""
        before = len(self.taken)
        lab.wait_until(lambda: len(self.taken) >= before + messages or self.problems, "mail")

    def finish(self):
        self.over = True
        for thread in self.threads:
            thread.join()


class Life:
    """The tests of one MTA."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)
        cls.site.milter.switch_on()

    def setUp(self):
        self.load = Load(self.site)
        self.addCleanup(self.load.finish)

    def check(self):
        """What was taken has arrived, once and repaired."""
        self.load.wait_for_more()
        self.load.finish()
        self.assertEqual(self.load.problems, [])
        for recipient in self.load.taken:
            arrived = self.site.receiver.wait_for(recipient)
            self.assertEqual(len(arrived), 1, recipient)
            lab.assert_octets_equal(without_trace(arrived[0]), mails.reply_mail(True))

    def test_reload(self):
        milter = self.site.milter
        for number in range(RELOADS):
            milter.reload({"limits": {"parts": 100 + number},
                           "service": {"socket-group": self.mta.GROUP, "drain-seconds": 5}})
            time.sleep(BETWEEN / 10)
        self.check()
        self.assertEqual(self.load.put_off, 0)

    def test_restart(self):
        for _ in range(RESTARTS):
            self.load.wait_for_more()
            self.assertEqual(self.site.milter.stop(), 0)
            self.site.milter.start()
        self.check()

    def test_stop_and_start(self):
        for _ in range(RESTARTS):
            self.load.wait_for_more()
            self.assertEqual(self.site.milter.stop(), 0)
            time.sleep(AWAY)
            self.site.milter.start()
        self.check()
        self.assertGreater(self.load.put_off, 0)

    def test_kill_and_start(self):
        for _ in range(RESTARTS):
            self.load.wait_for_more()
            self.site.milter.stop(signal.SIGKILL)
            self.site.milter.start()
        self.check()


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA."""
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(
            type(f"{mta.NAME}Life", (Life, unittest.TestCase), {"mta": mta})) for mta in MTAS)


if __name__ == "__main__":
    lab.run_tests()
