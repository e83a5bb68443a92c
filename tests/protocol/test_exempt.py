#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Mail that the settings exempt: accepted before its header is sent, and left as it came.

Each case says what the settings exempt and what comes; one that is not exempt is repaired.
"""
import itertools
import unittest

import lab
import mails
import milter_process
import milter_wire

_numbers = itertools.count(1)

# Settings, what the MTA tells, and whether the message is exempt.
CASES = {
    "nothing": ({}, {}, False),
    "client": ({"clients": "192.0.2.0/24"}, {"client": "192.0.2.9"}, True),
    "client_outside": ({"clients": "192.0.2.0/24"}, {"client": "198.51.100.9"}, False),
    "client_six": ({"clients": "2001:db8::/32"}, {"client": "2001:db8::25"}, True),
    "client_six_outside": ({"clients": "2001:db8::/32"}, {"client": "2001:db9::25"}, False),
    "client_four_as_six": ({"clients": "192.0.2.0/24"}, {"client": "::ffff:192.0.2.9"}, True),
    "client_unknown": ({"clients": "0.0.0.0/0, ::/0"}, {"client": None}, False),
    "sender": ({"senders": "ben@example.com"}, {"sender": b"<Ben@Example.COM>"}, True),
    "sender_without_brackets": ({"senders": "@example.com"}, {"sender": b"ben@example.com"}, True),
    "sender_below": ({"senders": ".example.com"}, {"sender": b"<ben@mail.example.com>"}, True),
    "sender_other": ({"senders": "@example.com"}, {"sender": b"<ben@example.org>"}, False),
    "sender_none": ({"senders": "<>"}, {"sender": b"<>"}, True),
    "recipient": ({"recipients": "@example.org"}, {"recipients": [b"<olga@example.org>"]}, True),
    "recipient_other": ({"recipients": "@example.com"}, {}, False),
    "recipients_all": ({"recipients": "@example.org, carl@example.net"},
                       {"recipients": [b"<olga@example.org>", b"<carl@example.net>"]}, True),
    "recipients_some": ({"recipients": "@example.org"},
                        {"recipients": [b"<olga@example.org>", b"<carl@example.net>"]}, False),
    "login": ({"authenticated": "yes"}, {"login": b"ben"}, True),
    "login_told_with_mail": ({"authenticated": "yes"}, {"old_login": b"ben"}, True),
    "login_none": ({"authenticated": "yes"}, {}, False),
    "login_empty": ({"authenticated": "yes"}, {"login": b""}, False),
    "login_not_asked_for": ({}, {"login": b"ben"}, False),
}


def hand_over(connection, login=None, old_login=None, sender=b"<a@example.com>",
              recipients=(b"<b@example.org>",)):
    """A broken REPLY: (the stage at which it was decided, the outcome)."""
    outcome = milter_wire.Outcome()
    if old_login is not None:
        connection.macros(b"M", auth_authen=old_login)
    connection.step(b"M", sender + b"\0")
    for recipient in recipients:
        connection.step(b"R", recipient + b"\0")
    if login is not None:
        connection.macros(b"T", auth_authen=login)
    reply = connection.step(b"T")
    if reply != milter_wire.CONTINUE:
        return b"T", reply, outcome
    fields, body = milter_wire.split_mail(mails.reply_mail())
    stage, reply = connection.head(fields)
    if reply != milter_wire.CONTINUE:
        return stage, reply, outcome
    connection.body(body, outcome)
    connection.end(outcome)
    return b"E", outcome.verdict, outcome


class Exempt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.milter = milter_process.started(cls)
        cls.milter.switch_on()

    def put_in_force(self, exempt):
        seen = len(self.milter.events())
        self.milter.reload({"exempt": exempt})
        self.milter.wait_event(344, seen)

    def check(self, exempt, told, is_exempt):
        self.put_in_force(exempt)
        told = dict(told)
        client = told.pop("client", "192.0.2.1")
        with milter_wire.open_session(self.milter.socket, client=client) as connection:
            stage, reply, outcome = hand_over(connection, **told)
        if is_exempt:
            self.assertEqual((stage, reply), (b"T", milter_wire.ACCEPT))
        else:
            self.assertEqual((stage, reply), (b"E", milter_wire.CONTINUE))
            self.assertEqual(outcome.codes(), "bi")

    def test_next_message_of_the_connection_is_judged_anew(self):
        self.put_in_force({"senders": "@example.com", "recipients": "@example.org"})
        with milter_wire.open_session(self.milter.socket) as connection:
            for sender, recipient, stage in (
                    (b"<a@example.com>", b"<b@example.net>", b"T"),
                    (b"<a@example.net>", b"<b@example.net>", b"E"),
                    (b"<a@example.net>", b"<b@example.org>", b"T"),
                    (b"<a@example.net>", b"<b@example.net>", b"E")):
                got = hand_over(connection, sender=sender, recipients=[recipient])[0]
                self.assertEqual(got, stage, (sender, recipient))

    def test_login_of_one_message_is_not_that_of_the_next(self):
        self.put_in_force({"authenticated": "yes"})
        with milter_wire.open_session(self.milter.socket) as connection:
            self.assertEqual(hand_over(connection, login=b"ben")[0], b"T")
            self.assertEqual(hand_over(connection)[0], b"E")

    def test_reset_forgets_the_recipients(self):
        self.put_in_force({"recipients": "@example.org"})
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.step(b"M", b"<a@example.com>\0")
            connection.step(b"R", b"<b@example.net>\0")
            connection.send(b"A")
            self.assertEqual(hand_over(connection)[0], b"T")

    def test_mta_without_data(self):
        """It is told at the end of the header, the first step that it waits for."""
        self.put_in_force({"senders": "@example.com"})
        with milter_wire.open_session(self.milter.socket, version=3, actions=0x3F,
                                      steps=0x17F) as connection:
            stage, reply, outcome = hand_over(connection)
            self.assertEqual((stage, reply, outcome.replies), (b"N", milter_wire.ACCEPT, []))

    def test_counted(self):
        milter = milter_process.started(self, {"exempt": {"senders": "@example.com"}})
        with milter_wire.open_session(milter.socket) as connection:
            for sender in (b"<a@example.com>", b"<a@example.com>", b"<a@example.org>"):
                hand_over(connection, sender=sender)
        milter.stop()
        self.assertRegex(milter.wait_event(341)["description"], r"messages 1\b.*exempt 2\b")


def _add_case(name, exempt, told, is_exempt):
    setattr(Exempt, f"test_{name}", lambda self: self.check(exempt, told, is_exempt))


for _name, _case in CASES.items():
    _add_case(_name, *_case)


if __name__ == "__main__":
    lab.run_tests()
