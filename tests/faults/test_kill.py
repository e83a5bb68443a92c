#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""kill -9 of the milter at each step of the milter protocol, under load, with Postfix.

A proxy between Postfix and the milter kills at the exact packet, FAULT_ROUNDS times for each step.
With the packaged lines (default_action=tempfail) the message that was hit is put off and comes
again: none is lost, none comes twice, and each arrives repaired.
"""
import unittest

from fault_site import Account, FaultSite, ROUNDS, Traffic, lab
from kill_steps import STEPS, kill_at, mail_of_steps


class Kill(unittest.TestCase):
    """A test for each of STEPS."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls, proxied=True)

    def check(self, step):
        caught = self.site.proxy.caught
        caught.clear()
        traffic = Traffic(self.site, mail_of_steps(), mail_of_steps(True))
        account = self.site.attempt(Account(f"kill -9 {step.text}", ROUNDS), traffic, lambda: [
            kill_at(self.site, step, traffic) for _ in range(ROUNDS)])
        self.assertEqual(account.repaired, account.taken)
        self.assertEqual(len(caught), ROUNDS)
        if step.put_off:
            self.assertGreaterEqual(account.put_off, ROUNDS)
            for recipient in sum(caught, []):
                self.assertGreater(traffic.fates[recipient].put_off, 0, recipient)


def _add_tests():
    for name, step in STEPS.items():
        setattr(Kill, f"test_{name}", lambda self, step=step: self.check(step))


_add_tests()

if __name__ == "__main__":
    lab.run_tests()
