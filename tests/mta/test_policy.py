#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sections [policy NAME] through a real MTA, over both kinds of socket: by recipient, by sender, and
by the daemon that took the message; and a message to recipients of two of them.
"""
import unittest

from mail_site import MTAS, SOCKETS, Site, fresh_recipient, lab, mails, sender, without_trace

REPAIRED, WOULD_REPAIR = 327, 328


class Policy:
    """The tests of one MTA over one kind of socket."""

    mta = None
    socket_kind = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta, cls.socket_kind)
        cls.own_switch = cls.site.milter.folder / "own"
        cls.own_switch.touch(0o644)

    def put_in_force(self, **scope):
        self.site.put_in_force({"policy own": {"switch-file": self.own_switch, **scope}})

    def check(self, event_id, policy, port=None, recipients=None, **envelope):
        """A message is repaired, or would be, and its event names the policy, or none."""
        recipients = recipients or [fresh_recipient()]
        reply = sender.send(port or self.site.mta.submit_port, mails.reply_mail(), recipients[0],
                            further=recipients[1:], **envelope)
        self.assertEqual(reply.code, 250, reply)
        for recipient in recipients:
            arrived = self.site.receiver.wait_for(recipient)
            self.assertEqual(len(arrived), 1)
            lab.assert_octets_equal(without_trace(arrived[0]),
                                    mails.reply_mail(event_id == REPAIRED))
        queue_id = self.site.mta.queue_id(reply.text)
        event = self.site.milter.wait_events_of(queue_id, [event_id])[0]
        self.assertEqual(event["description"].partition("; policy ")[2], policy)

    def test_recipient(self):
        one, other = fresh_recipient(), fresh_recipient()
        self.put_in_force(recipients=one)
        self.check(REPAIRED, "own", recipients=[one])
        self.check(WOULD_REPAIR, "", recipients=[other])

    def test_recipients_of_two(self):
        one, other = fresh_recipient(), fresh_recipient()
        self.put_in_force(recipients=one)
        self.check(WOULD_REPAIR, "[repair], own", recipients=[one, other])

    def test_sender(self):
        self.put_in_force(senders="@example.net")
        self.check(REPAIRED, "own", sender="ada@example.net")
        self.check(WOULD_REPAIR, "", sender="ada@example.com")

    def test_daemon(self):
        self.put_in_force(daemons="submission")
        self.check(REPAIRED, "own", port=self.site.mta.second_port)
        self.check(WOULD_REPAIR, "", port=self.site.mta.submit_port)

    def test_client(self):
        self.put_in_force(clients="127.0.0.0/8")
        self.check(REPAIRED, "own")
        self.put_in_force(clients="192.0.2.0/24")
        self.check(WOULD_REPAIR, "")


def load_tests(loader, _standard, _pattern):
    """One class of tests for each MTA and kind of socket."""
    suite = unittest.TestSuite()
    for mta in MTAS:
        for kind in SOCKETS:
            suite.addTests(loader.loadTestsFromTestCase(
                type(f"{mta.NAME}{kind.title()}Policy", (Policy, unittest.TestCase),
                     {"mta": mta, "socket_kind": kind})))
    return suite


if __name__ == "__main__":
    lab.run_tests()
