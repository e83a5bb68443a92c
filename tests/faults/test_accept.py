#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What default_action=accept costs: the loss that the packaged lines prevent, measured.

The milter is killed as in test_kill. Postfix then takes each message that was hit: as it came
where no edit had begun, and spoilt where one had, so that its queue file is thrown away. Mail that
was not hit is not lost here either. One client, so that each kill hits one message.
"""
import unittest

from fault_site import Account, FaultSite, ROUNDS, Traffic, lab
from kill_steps import STEPS, kill_at, mail_of_steps

LOSING = ("body_edits", "header_edits")
PASSING = ("envelope", "body", "planning")


class Accept(unittest.TestCase):
    """Postfix with default_action=accept."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls, proxied=True, action="accept")

    def measure(self, name):
        """The account after kills at that step, and the recipients of what was hit."""
        step = STEPS[name]
        caught = self.site.proxy.caught
        caught.clear()
        traffic = Traffic(self.site, mail_of_steps(), mail_of_steps(True), clients=1)
        account = Account(f"kill -9 {step.text}", ROUNDS, table="accept")
        self.site.make(traffic, lambda: [kill_at(self.site, step, traffic) for _ in range(ROUNDS)])
        account.settle(traffic).say()
        return account, sum(caught, [])

    def test_losing_steps(self):
        for name in LOSING:
            with self.subTest(step=name):
                account, hit = self.measure(name)
                self.assertEqual(len(hit), ROUNDS)
                self.assertEqual(account.lost + account.wrong + account.bounced, ROUNDS)

    def test_passing_steps(self):
        for name in PASSING:
            with self.subTest(step=name):
                account, hit = self.measure(name)
                self.assertEqual(len(hit), ROUNDS)
                self.assertGreaterEqual(account.as_it_came, ROUNDS)
                self.assertEqual((account.lost, account.wrong), (0, 0))


if __name__ == "__main__":
    lab.run_tests()
