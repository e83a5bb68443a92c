#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The account counts what it says: each fate of a message, made up, is found in its figures."""
import types
import unittest

from fault_site import Account, lab
from traffic import Fate

MAIL, MENDED = b"A: b\r\n\r\nbroken", b"A: b\r\n\r\nmended"
STAMPED = b"Received: here\r\nX-Calmend: rule\r\n" + MENDED
TAKEN, REFUSED = Fate(taken=True), Fate(refused=True)

# The fate of one message, what arrived for it, and the figures that are not 0.
CASES = {
    "repaired": (TAKEN, [STAMPED], {"sent": 1, "taken": 1, "once": 1, "repaired": 1}),
    "as_it_came": (TAKEN, [MAIL], {"sent": 1, "taken": 1, "once": 1, "as_it_came": 1}),
    "lost": (TAKEN, [], {"sent": 1, "taken": 1, "lost": 1}),
    "doubled": (TAKEN, [STAMPED] * 3, {"sent": 1, "taken": 1, "repaired": 1, "doubled": 2}),
    "wrong": (TAKEN, [MENDED + b"!"], {"sent": 1, "taken": 1, "once": 1, "wrong": 1}),
    "refused": (REFUSED, [], {"sent": 1, "bounced": 1}),
    "never_taken": (Fate(put_off=7), [], {"sent": 1, "put_off": 7}),
}
GOOD = ("repaired", "as_it_came")


def traffic_of(fate, arrived, bounces=0):
    """A traffic of one message that is over, and its site."""
    receiver = types.SimpleNamespace(messages={"r@example.org": arrived}, count=lambda _: bounces)
    site = types.SimpleNamespace(receiver=receiver,
                                 mta=types.SimpleNamespace(waiting=lambda: 0))
    return types.SimpleNamespace(site=site, mail=MAIL, mended=MENDED, sender="s@example.com",
                                 fates={"r@example.org": fate}, problems=[])


class Figures(unittest.TestCase):
    """A test for each of CASES."""

    def setUp(self):
        self.account = Account("made up", table="none")
        self.account.say = lambda: None

    def check(self, fate, arrived, figures):
        self.account.settle(traffic_of(fate, arrived))
        self.assertEqual(self.account, Account("made up", table="none", **figures))

    def check_verdict(self, name):
        traffic = traffic_of(*CASES[name][:2])
        if name in GOOD:
            self.account.close(traffic)
        else:
            self.assertRaises(AssertionError, self.account.close, traffic)

    def test_bounce_that_came_to_the_sender(self):
        self.assertRaises(AssertionError, self.account.close, traffic_of(TAKEN, [STAMPED], 1))
        self.assertEqual(self.account.bounced, 1)


def _add_tests():
    for name, case in CASES.items():
        setattr(Figures, f"test_{name}", lambda self, case=case: self.check(*case))
        setattr(Figures, f"test_verdict_of_{name}",
                lambda self, name=name: self.check_verdict(name))


_add_tests()

if __name__ == "__main__":
    lab.run_tests()
