#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend beside opendkim in Postfix: what the order of milters does to signatures.

A message repaired before it is signed verifies; a message that was signed and then repaired does
not, unless calmend is told to leave signed mail alone. With the switch off no order does any harm.
"""
import dataclasses
import unittest

from mail_site import Site, lab, mails, without_trace
import opendkim
from postfix import Postfix

REPAIRED, WOULD_REPAIR, LEFT = 327, 328, 329


@dataclasses.dataclass
class Order:
    """`milters` as they are called. Then, for the switch off and on: the verifier's word on what it
    was shown, whether the signature holds on arrival, and the event."""
    name: str
    milters: tuple
    off: tuple
    on: tuple
    dkim_signed: str = "repair"


ORDERS = [
    Order("RepairedBeforeSigning", ("calmend", "signer", "verifier"),
          off=("pass", True, WOULD_REPAIR), on=("pass", True, REPAIRED)),
    Order("RepairedAfterSigning", ("signer", "calmend", "verifier"),
          off=("pass", True, WOULD_REPAIR), on=("fail", False, REPAIRED)),
    Order("RepairedAfterVerifying", ("signer", "verifier", "calmend"),
          off=("pass", True, WOULD_REPAIR), on=("pass", False, REPAIRED)),
    Order("SignedIsLeft", ("signer", "calmend", "verifier"),
          off=("pass", True, LEFT), on=("pass", True, LEFT), dkim_signed="leave"),
]


neighbours = None


def setUpModule():
    """One signer and one verifier serve all."""
    global neighbours
    neighbours = opendkim.for_module()


class Signatures:
    """The tests of one order."""

    order = None

    @classmethod
    def setUpClass(cls):
        place = cls.order.milters.index("calmend")
        before, after = ([neighbours.milters[name] for name in names] for names in (
            cls.order.milters[:place], cls.order.milters[place + 1:]))
        cls.site = Site(cls, Postfix, before=before, after=after,
                        settings={"repair": {"dkim-signed": cls.order.dkim_signed}})

    def check(self, expected):
        verdict, holds, number = expected
        mended = number == REPAIRED
        arrived, queue_id = self.site.deliver(mails.alternative_mail())
        text = mails.without_fields(without_trace(arrived), *opendkim.HEADER_FIELDS)
        lab.assert_octets_equal(text, mails.alternative_mail(mended))
        self.site.milter.wait_events_of(queue_id, [number])
        results = mails.field(arrived, "Authentication-Results")
        self.assertEqual(len(results), 1)
        self.assertIn(f" dkim={verdict} ", results[0])
        self.assertEqual(neighbours.verifies(arrived), holds)

    def test_switch_off(self):
        self.site.milter.switch_off()
        self.check(self.order.off)

    def test_switch_on(self):
        self.site.milter.switch_on()
        self.check(self.order.on)


def load_tests(loader, _standard, _pattern):
    """One class of tests for each order."""
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(
            type(order.name, (Signatures, unittest.TestCase), {"order": order}))
        for order in ORDERS)


if __name__ == "__main__":
    lab.run_tests()
