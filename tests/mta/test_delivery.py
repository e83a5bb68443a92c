#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every case of cases.py through every MTA, over a unix and an inet socket, switch off and on.

With the switch off the mail arrives octet for octet as it was sent, with it on as the case says and
as `calmend repair` makes it. The events name the MTA's queue id, its host and the envelope sender.
"""
import concurrent.futures
import unittest

from mail_site import MTAS, SOCKETS, Site, lab, mails, milter_process, without_trace
from cases import CASES


class Delivery:
    """The tests of one MTA over one kind of socket; the cases are put in by `_add_case`."""

    mta = None
    socket_kind = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta, cls.socket_kind)

    def setUp(self):
        self.site.milter.switch_off()

    def check_events(self, case, queue_id, numbers):
        """The events of a message name its queue id, its sender and the MTA's host."""
        for event in self.site.milter.wait_events_of(queue_id, numbers):
            self.assertEqual(event["user"], case.sender or "<>")
            self.assertEqual(event["computer"], self.site.mta.host)

    def check_off(self, case):
        sent = case.build(False)
        arrived, queue_id = self.site.deliver(sent, sender=case.sender, options=case.options)
        lab.assert_octets_equal(mails.without_fields(arrived, "Received"), sent, case.name)
        self.check_events(case, queue_id, case.off)

    def check_on(self, case):
        self.site.milter.switch_on()
        sent = case.build(False)
        arrived, queue_id = self.site.deliver(sent, sender=case.sender, options=case.options)
        lab.assert_octets_equal(without_trace(arrived), case.build(True), case.name)
        offline = milter_process.repaired(sent, self.site.milter.config)
        lab.assert_octets_equal(without_trace(arrived), without_trace(offline), "calmend repair")
        self.assertEqual(len(mails.field(arrived, "X-Calmend")), 1 if case.repairs() else 0)
        self.check_events(case, queue_id, case.on)

    def test_in_parallel(self):
        """Many at once, broken, whole and plain among each other: each gets its own."""
        self.site.milter.switch_on()
        mix = [(mails.alternative_mail(), mails.alternative_mail(True)),
               (mails.reply_mail(True),) * 2, (mails.plain_mail(),) * 2,
               (mails.reply_mail(encoding="base64"), mails.reply_mail(True, "base64"))] * 10
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for arrived, (_, mended) in zip(pool.map(lambda pair: self.site.deliver(pair[0])[0],
                                                     mix), mix):
                lab.assert_octets_equal(without_trace(arrived), mended)

    def test_mta_does_not_complain(self):
        self.site.milter.switch_on()
        self.site.deliver(mails.alternative_mail())
        self.assertEqual(self.site.mta.complaints(), [])


def _add_case(body, case):
    body[f"test_{case.name}_off"] = lambda self: self.check_off(case)
    body[f"test_{case.name}_on"] = lambda self: self.check_on(case)


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA and kind of socket."""
    suite = unittest.TestSuite()
    for mta in MTAS:
        for kind in SOCKETS:
            body = {"mta": mta, "socket_kind": kind}
            for case in CASES:
                if mta.EXTENSIONS.issuperset(case.options):
                    _add_case(body, case)
            test_class = type(f"{mta.NAME}Over{kind.title()}", (Delivery, unittest.TestCase), body)
            suite.addTests(loader.loadTestsFromTestCase(test_class))
    return suite


if __name__ == "__main__":
    lab.run_tests()
