#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the milter asks of an MTA, of today and of old.

libmilter has one state table for the whole process, so every connection must be asked the same;
less asked is less sent, more asked is a stall or a right that is not needed.
"""
import unittest

import lab
import mails
import milter_process
import milter_wire


class Negotiation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.milter = milter_process.started(cls)
        cls.milter.switch_on()

    def negotiate(self, **offer):
        with milter_wire.Connection(self.milter.socket) as connection:
            return connection.negotiate(**offer)

    def check_repairs(self, **offer):
        """A broken REPLY is repaired under that offer."""
        with milter_wire.open_session(self.milter.socket, **offer) as connection:
            sent = mails.alternative_mail()
            outcome = connection.message(sent)
            self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
            mended = mails.without_fields(outcome.apply(sent), "X-Calmend")
            lab.assert_octets_equal(mended, mails.alternative_mail(True))
            return connection.negotiated

    def test_same_on_every_connection(self):
        self.assertEqual([self.negotiate() for _ in range(5)], [self.negotiate()] * 5)

    def test_same_after_and_beside_an_old_mta(self):
        before = self.negotiate()
        self.check_repairs(version=2, actions=0x3F, steps=0x7F)
        with milter_wire.Connection(self.milter.socket) as old:
            old.negotiate(version=6, steps=0)
            self.assertEqual(self.negotiate(), before)
        self.assertEqual(self.negotiate(), before)

    def test_only_the_actions_that_edits_need(self):
        asked = self.negotiate().action_names()
        self.assertEqual(asked - {"SETSYMLIST"}, {"CHGBODY", "CHGHDRS", "ADDHDRS"})

    def test_steps_that_carry_the_message(self):
        asked = self.negotiate()
        left_out = [name for name in ("NOMAIL", "NOHDRS", "NOEOH", "NOBODY") if asked.step(name)]
        self.assertEqual(left_out, [])

    def test_steps_that_do_not_matter_are_left_out(self):
        asked = self.negotiate()
        sent = [name for name in ("NOHELO", "NOUNKNOWN") if not asked.step(name)]
        self.assertEqual(sent, [])

    def test_steps_that_may_exempt_a_message_wait_for_no_reply(self):
        """They are asked for whether anything is exempt or not: a reload may change it."""
        asked = self.negotiate()
        for step in ("CONN", "MAIL", "RCPT"):
            self.assertTrue(asked.step("NR_" + step), step)
        for step in ("NOCONNECT", "NOMAIL", "NORCPT"):
            self.assertFalse(asked.step(step), step)

    def test_data_is_asked_for(self):
        """Its answer acknowledges the macros before it, without which TCP stalls."""
        self.assertFalse(self.negotiate().step("NODATA"))

    def test_skip_is_used_where_offered(self):
        self.assertTrue(self.negotiate().step("SKIP"))
        self.assertFalse(self.negotiate(steps=0).step("SKIP"))

    def test_asks_for_no_more_than_offered(self):
        steps = milter_wire.STEP["SKIP"] | milter_wire.STEP["NR_HDR"]
        asked = self.negotiate(steps=steps)
        self.assertEqual(asked.steps & ~steps, 0)

    def test_macros_of_the_events_are_asked_for(self):
        symbols = " ".join(self.negotiate().symbols.values()).split()
        for name in ("i", "j", "{auth_authen}", "{daemon_name}"):
            self.assertIn(name, symbols)

    def test_no_macro_list_where_not_offered(self):
        actions = milter_wire.ALL_ACTIONS & ~milter_wire.ACTION["SETSYMLIST"]
        self.assertEqual(self.negotiate(actions=actions).symbols, {})

    def test_repairs_with_nothing_left_out(self):
        """One harmless step is offered: libmilter takes none at all for the steps of version 1."""
        asked = self.check_repairs(steps=milter_wire.STEP["SKIP"])
        self.assertEqual(asked.steps & ~milter_wire.STEP["SKIP"], 0)

    def test_repairs_without_leading_space(self):
        steps = milter_wire.ALL_STEPS & ~milter_wire.STEP["HDR_LEADSPC"]
        self.check_repairs(steps=steps)

    def test_mta_that_takes_only_some_edits(self):
        """Then none is handed over, and the message passes as it came: it would fail for ever."""
        for missing in ("CHGBODY", "ADDHDRS", "CHGHDRS"):
            with self.subTest(missing=missing):
                actions = milter_wire.ALL_ACTIONS & ~milter_wire.ACTION[missing]
                sent = mails.reply_mail(extra=b"Expires: Mon, 01 Jan 1601 00:00:00 +0000\r\n")
                queue_id = "WITHOUT" + missing
                with milter_wire.open_session(self.milter.socket, actions=actions) as connection:
                    outcome = connection.message(sent, queue_id=queue_id.encode())
                self.assertEqual((outcome.verdict, outcome.replies), (milter_wire.CONTINUE, []))
                self.milter.wait_events_of(queue_id, [331])

    def test_repairs_for_older_versions(self):
        for version, actions, steps in ((2, 0x3F, 0x7F), (3, 0x3F, 0x17F), (4, 0x3F, 0x37F)):
            with self.subTest(version=version):
                asked = self.check_repairs(version=version, actions=actions, steps=steps)
                self.assertEqual(asked.version, version)


if __name__ == "__main__":
    lab.run_tests()
