#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Memory runs out: the process may die, and the message that it died of waits, as all mail does.

The milter's address space is bounded (RLIMIT_AS) so that one large message does not fit. It is
started again whenever it has died, as a service manager does. The large message is put off each
time, or passes as it came with event 331 where its file cannot even be mapped; small mail beside it
is repaired, and once there is memory large mail is, too.
"""
import threading
import unittest

from fault_site import Account, FaultSite, Traffic, lab, mails, run_under

ADDRESS_SPACE = 150 << 20
STACK = 1 << 20  # of each thread: it counts, used or not, as does each arena of glibc
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
        run_under(self.milter, "env", "MALLOC_ARENA_MAX=1", "prlimit", f"--as={ADDRESS_SPACE}",
                  f"--stack={STACK}", "--core=0")
        keeper = Keeper(self.site)
        self.addCleanup(keeper.close)
        small = Traffic(self.site)
        large = Traffic(self.site, large_mail(), large_mail(True), clients=1)
        try:
            lab.wait_until(lambda: keeper.deaths >= DEATHS, "the milter to die", 3 * lab.PATIENCE)
            small.wait_for_more()
            keeper.close()
            run_under(self.milter)
            large.wait_for_more(2)
        finally:
            small.finish()
            large.finish()
        self.check(small, large, keeper.deaths)

    def check(self, small, large, deaths):
        account = Account("memory runs out: small mail beside it", deaths).close(small)
        self.assertEqual(account.repaired, account.taken)
        account = Account("memory runs out: large mail", deaths).close(large)
        self.assertGreater(account.put_off, 0)
        self.assertGreater(account.repaired, 0)
        told = [line for line in self.milter.lines() if b"Event ID: 331;" in line]
        self.assertGreaterEqual(len(told), account.as_it_came)


if __name__ == "__main__":
    lab.run_tests()
