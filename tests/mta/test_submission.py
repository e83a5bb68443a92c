#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Mail that is handed to Postfix by sendmail(1) on its own host: non_smtpd_milters.

Sendmail has no such test: its milters see only what comes by SMTP, and mail handed to its
sendmail(1) comes so.
"""
import unittest

from mail_site import Site, lab, mails, without_trace
from postfix import Postfix


class Submission(unittest.TestCase):
    def check(self, site, mended, number):
        recipient = f"by-hand-{number}@example.org"
        site.mta.submit(mails.alternative_mail(), "ben@example.com", recipient)
        arrived = site.receiver.wait_for(recipient)
        self.assertEqual(len(arrived), 1)
        lab.assert_octets_equal(without_trace(arrived[0]), mails.alternative_mail(mended))
        event = site.milter.wait_event(number)
        self.assertEqual((event["user"], event["computer"]), ("ben@example.com", site.mta.host))
        self.assertIn(f"{event['queue_id']}: from=<ben@example.com>", site.mta.log_text())

    def check_over(self, kind):
        site = Site(type(self), Postfix, kind)
        self.check(site, False, 328)
        site.milter.switch_on()
        self.check(site, True, 327)

    def test_by_hand_over_unix(self):
        self.check_over("unix")

    def test_by_hand_over_inet(self):
        self.check_over("inet")


if __name__ == "__main__":
    lab.run_tests()
