#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""[repair] keep through a real MTA: the original is the mail as it was sent, behind its envelope.

It is named by the queue id that the MTA tells the client, and what goes back to the MTA from it
arrives as it came.
"""
import unittest

from mail_site import MTAS, Site, fresh_recipient, lab, mails, sender, without_trace

EXTRA = (b"Received: from a.example (a.example [192.0.2.1])\r\n\tby b.example;"
         b" Tue, 05 Mar 2024 10:15:01 +0000\r\nX-Twice: one\r\n"
         b"X-Long: " + b"word " * 30 + b"\r\n folded\r\n\tagain\r\nX-Twice:   two  \r\n")
ENVELOPE = ("Return-Path", "X-Original-To")


class Keep:
    """The tests of one MTA."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)
        cls.keep = cls.site.milter.folder / "kept"
        cls.keep.mkdir(mode=0o700)
        cls.site.milter.switch_on()
        cls.site.put_in_force({"repair": {"keep": cls.keep}})

    def test_original(self):
        mail = mails.alternative_mail(extra=EXTRA)
        recipients = [fresh_recipient(), fresh_recipient()]
        reply = sender.send(self.site.mta.submit_port, mail, recipients[0], further=recipients[1:])
        self.assertEqual(reply.code, 250, reply)
        for recipient in recipients:
            self.assertNotEqual(without_trace(self.site.receiver.wait_for(recipient)[0]),
                                without_trace(mail))
        queue_id = self.site.mta.queue_id(reply.text)
        path, = self.keep.glob(f"*/new/*,Q={queue_id}")
        original = path.read_bytes()
        self.assertEqual(mails.field(original, "Return-Path"), ["<ben@example.com>"])
        self.assertEqual(mails.field(original, "X-Original-To"), recipients)
        kept = mails.without_fields(original, *ENVELOPE)
        lab.assert_octets_equal(kept, mail)

        self.site.milter.switch_off()
        self.addCleanup(self.site.milter.switch_on)
        arrived, _ = self.site.deliver(kept)
        lab.assert_octets_equal(without_trace(arrived), without_trace(mail))


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA."""
    suite = unittest.TestSuite()
    for mta in MTAS:
        suite.addTests(loader.loadTestsFromTestCase(
            type(f"{mta.NAME}Keep", (Keep, unittest.TestCase), {"mta": mta})))
    return suite


if __name__ == "__main__":
    lab.run_tests()
