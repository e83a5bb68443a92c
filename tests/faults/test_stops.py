#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stops under load: no message is broken off, whatever the MTA does without a milter.

With default_action=tempfail mail waits for the milter, with accept it passes as it came meanwhile.
A message that a stop broke off between its edits would be lost with accept. FAULT_ROUNDS is how
often the milter is stopped and started.
"""
import unittest

from fault_site import Account, FaultSite, ROUNDS, Traffic, lab


class Stops(unittest.TestCase):
    """Under traffic, with a Postfix of each kind."""

    def check(self, action):
        site = FaultSite(type(self), action=action)
        traffic = Traffic(site)

        def stop_and_start():
            for _ in range(ROUNDS):
                self.wait_for_repair(site)
                self.assertEqual(site.milter.stop(), 0)
                site.milter.start()
        account = Account(f"stop (TERM) and start, default_action={action}", ROUNDS)
        return site.attempt(account, traffic, stop_and_start)

    @staticmethod
    def wait_for_repair(site):
        """So that each stop meets a milter at work."""
        size = site.milter.log.stat().st_size
        lab.wait_until(lambda: b"Event ID: 327" in site.milter.log.read_bytes()[size:], "a repair")

    def test_tempfail(self):
        account = self.check("tempfail")
        self.assertEqual((account.repaired, account.as_it_came), (account.taken, 0))

    def test_accept(self):
        account = self.check("accept")
        self.assertEqual(account.repaired + account.as_it_came, account.taken)
        self.assertGreater(account.repaired, ROUNDS)


if __name__ == "__main__":
    lab.run_tests()
