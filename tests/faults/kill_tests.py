# SPDX-License-Identifier: BSD-2-Clause
"""kill_tests: kill -9 of the milter at each step of the milter protocol, under load.

A proxy between MTA and milter kills at the exact packet, FAULT_ROUNDS times for each step. With the
packaged lines (default_action=tempfail of Postfix, F=T of Sendmail) the message that was hit is put
off and comes again: none is lost, none comes twice, and each arrives repaired.
"""
import unittest

from fault_site import Account, FaultSite, ROUNDS, Traffic
from kill_steps import STEPS, kill_at, mail_of_steps


class Kill:
    """The tests of one MTA, one for each of STEPS."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls, cls.mta, proxied=True)

    def check(self, step):
        caught = self.site.proxy.caught
        caught.clear()
        traffic = Traffic(self.site, mail_of_steps(), mail_of_steps(True))
        account = Account(f"{self.mta.NAME}: kill -9 {step.text}", ROUNDS)
        self.site.attempt(account, traffic, lambda: [
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


def case_of(mta):
    """The class of tests of one MTA."""
    return type(f"{mta.NAME}Kill", (Kill, unittest.TestCase), {"mta": mta})
