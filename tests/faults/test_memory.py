#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Memory runs out: the process may die, and the message that it died of waits, as all mail does.

The milter's address space is bounded (RLIMIT_AS) so that one large message does not fit. It is
started again whenever it has died, as a service manager does. The large message is put off each
time, small mail beside it is repaired, and once there is memory the large one is, too.
"""
import threading
import unittest

from fault_site import Account, FaultSite, Traffic, lab, mails, run_under

ADDRESS_SPACE = 320 << 20
LINES = 300000  # of a description, each 70 octets
DEATHS = 3


def large_mail(mended=False):
    """A response with a description that has to be held several times over."""
    text = b"DESCRIPTION:" + b"\r\n ".join([b"a" * 70] * LINES) + b"\r\n"
    calendar = mails.reply_calendar(mended).replace(b"STATUS:", text + b"STATUS:")
    return mails.mail(mails.part(mails.calendar_type(), calendar, "base64"))


class Keeper(threading.Thread):
    """Starts the milter of a site whenever it has died, until close()."""

    def __init__(self, site):
        super().__init__(name="keeper", daemon=True)
        self.site = site
        self.deaths = 0
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.02):
            if not self.site.milter.alive():
                self.deaths += 1
                self.site.restart()

    def close(self):
        """Leaves the milter as it is."""
        self.over.set()
        self.join(lab.PATIENCE)


class Memory(unittest.TestCase):
    """With one Postfix."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls)
        cls.milter = cls.site.milter

    def test_too_little(self):
        run_under(self.milter, "prlimit", f"--as={ADDRESS_SPACE}", "--core=0")
        keeper = Keeper(self.site)
        self.addCleanup(keeper.close)
        small = Traffic(self.site)
        large = Traffic(self.site, large_mail(), large_mail(True), clients=1)
        try:
            lab.wait_until(lambda: keeper.deaths >= DEATHS, "the milter to die", 3 * lab.PATIENCE)
            small.wait_for_more()
            self.assertEqual(large.taken(), 0)
            keeper.close()
            run_under(self.milter)
            large.wait_for_more(1)
        finally:
            small.finish()
            large.finish()
        for traffic, text in ((small, "small mail beside it"), (large, "large mail")):
            account = Account(f"memory runs out: {text}", keeper.deaths).close(traffic)
            self.assertEqual(account.repaired, account.taken)


if __name__ == "__main__":
    lab.run_tests()
