#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sections [policy NAME]: which one a message has, what it changes, and what events say of it.

A broken REPLY goes to recipients of several policies; its repair, and the policy that the event
names, tell which held. What calmend writes is held to `calmend repair --policy`.
"""
import unittest

import lab
import mails
import milter_process
import milter_wire

ONE, TWO, OTHER = b"<b@one.example>", b"<c@two.example>", b"<d@example.org>"
REPAIRED, WOULD_REPAIR, NOT_REPAIRABLE = 327, 328, 329

SIGNATURE = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=lab; h=from; b=x; bh=y\r\n"

# What the section has, from whom and by which way a message comes, and whether it is the section's.
SCOPES = {
    "recipients": ({"recipients": "@one.example"}, {"recipients": [ONE]}, True),
    "recipients_other": ({"recipients": "@one.example"}, {"recipients": [TWO]}, False),
    "senders": ({"senders": "@example.com"}, {"sender": b"<Ben@Example.com>"}, True),
    "senders_other": ({"senders": "@example.com"}, {"sender": b"<ben@example.net>"}, False),
    "senders_none": ({"senders": "<>"}, {"sender": b"<>"}, True),
    "clients": ({"clients": "192.0.2.0/24"}, {"client": "192.0.2.9"}, True),
    "clients_six": ({"clients": "2001:db8::/32"}, {"client": "2001:db8::9"}, True),
    "clients_other": ({"clients": "192.0.2.0/24"}, {"client": "198.51.100.9"}, False),
    "clients_unknown": ({"clients": "0.0.0.0/0"}, {"client": None}, False),
    "daemons": ({"daemons": "smtps, submission"}, {"daemon": b"submission"}, True),
    "daemons_other": ({"daemons": "submission"}, {"daemon": b"smtpd"}, False),
    "two_of_two": ({"daemons": "submission", "senders": "@example.com"},
                   {"daemon": b"submission", "sender": b"<a@example.com>"}, True),
    "one_of_two": ({"daemons": "submission", "senders": "@example.com"},
                   {"daemon": b"submission", "sender": b"<a@example.net>"}, False),
}


class Policy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.milter = milter_process.started(cls)
        cls.number = 0

    def setUp(self):
        self.own_switch = self.milter.folder / "own"
        for path in (self.own_switch, self.milter.switch, self.milter.mail_switch):
            path.unlink(missing_ok=True)

    def put_in_force(self, settings):
        seen = len(self.milter.events())
        self.milter.reload(settings)
        self.milter.wait_event(344, seen)

    def send(self, mail=None, client="192.0.2.1", daemon=b"lab", recipients=(OTHER,), **told):
        """A message of its own queue id: (outcome, events)."""
        type(self).number += 1
        queue_id = b"P%d" % self.number
        with milter_wire.open_session(self.milter.socket, client=client,
                                      daemon=daemon) as connection:
            outcome = connection.message(mail or mails.reply_mail(), queue_id,
                                         recipients=recipients, **told)
            connection.quit()
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        return outcome, self.milter.events_of(queue_id.decode())

    def check(self, expected, policy=None, **told):
        """A message has the event `expected`, None for none, which names that policy alone."""
        outcome, events = self.send(**told)
        self.assertEqual([event["id"] for event in events], [] if expected is None else [expected])
        self.assertEqual(outcome.codes(), "bi" if expected == REPAIRED else "")
        for event in events:
            if policy is None:
                self.assertNotIn("; policy", event["description"])
            else:
                self.assertTrue(event["description"].endswith("; policy " + policy), event)

    def check_scope(self, scope, told, is_own):
        self.own_switch.touch(0o644)
        self.put_in_force({"policy own": {"switch-file": self.own_switch, **scope}})
        self.check(*((REPAIRED, "own") if is_own else (WOULD_REPAIR, None)), **told)

    def test_recipients_of_two_policies_have_what_both_allow(self):
        """A switch counts as on where it is on for all."""
        self.put_in_force({"policy one": {"recipients": "@one.example",
                                          "switch-file": self.own_switch},
                           "policy two": {"recipients": "@two.example"}})
        self.own_switch.touch(0o644)
        self.check(REPAIRED, "one", recipients=[ONE])
        self.check(WOULD_REPAIR, "two", recipients=[TWO])
        self.check(WOULD_REPAIR, "one, two", recipients=[TWO, ONE])
        self.check(WOULD_REPAIR, "[repair], one", recipients=[ONE, OTHER])
        self.check(WOULD_REPAIR, recipients=[OTHER])
        self.milter.switch_on()
        for recipients, policy in (([ONE, TWO], "one, two"), ([OTHER, ONE], "[repair], one"),
                                   ([OTHER], None)):
            self.check(REPAIRED, policy, recipients=recipients)
        self.own_switch.unlink()
        self.check(WOULD_REPAIR, "[repair], one", recipients=[OTHER, ONE])

    def test_first_section_of_the_file_holds(self):
        self.milter.switch_on()
        self.put_in_force({"policy first": {"senders": "@example.com"},
                           "policy second": {"recipients": "@one.example"}})
        self.check(REPAIRED, "first", recipients=[ONE])
        self.check(REPAIRED, "second", sender=b"<a@example.net>", recipients=[ONE])

    def test_what_one_disables_is_not_looked_for(self):
        self.milter.switch_on()
        self.put_in_force({"policy one": {"recipients": "@one.example", "disable": "epoch"}})
        self.check(None, recipients=[ONE])
        self.check(None, recipients=[ONE, OTHER])
        self.check(REPAIRED, recipients=[OTHER])

    def test_list_is_inherited_as_a_whole(self):
        self.milter.switch_on()
        self.put_in_force({"repair": {"disable": "epoch"},
                           "policy one": {"recipients": "@one.example", "disable": "alarm"},
                           "policy two": {"recipients": "@two.example"}})
        self.check(REPAIRED, "one", recipients=[ONE])
        self.check(None, recipients=[TWO])

    def test_signature_that_one_keeps_is_kept(self):
        self.milter.switch_on()
        self.put_in_force({"policy one": {"recipients": "@one.example", "dkim-signed": "leave"}})
        mail = mails.reply_mail(extra=SIGNATURE)
        self.check(REPAIRED, mail=mail)
        self.check(NOT_REPAIRABLE, "one", mail=mail, recipients=[ONE])
        self.check(NOT_REPAIRABLE, "[repair], one", mail=mail, recipients=[ONE, OTHER])

    def test_fields_that_only_one_reads(self):
        """organizer-missing reads To, which the milter does not keep for others."""
        self.milter.switch_on()
        self.milter.mail_switch.touch(0o644)
        self.put_in_force({"repair": {"stamp": "no"},
                           "policy one": {"recipients": "@one.example",
                                          "enable": "organizer-missing"}})
        mail = mails.reply_mail()
        for recipients, options in (([b"<olga@one.example>"], ["--policy", "one"]),
                                    ([OTHER], []), ([OTHER, ONE], [])):
            if options:
                options += ["--recipient", "olga@one.example"]
                mail = mail.replace(b"olga@example.org", b"olga@one.example")
            outcome, _ = self.send(mail=mail, recipients=recipients)
            offline = milter_process.repaired(mail, self.milter.config, *options)
            lab.assert_octets_equal(outcome.apply(mail), offline)
            self.assertEqual(b"\r\nORGANIZER" in offline, bool(options))

    def test_profile(self):
        self.milter.mail_switch.touch(0o644)
        self.put_in_force({"policy out": {"daemons": "submission", "profile": "outbound"}})
        text = mails.request_calendar().replace(b"\r\n", b"\n")
        mail = mails.mail(mails.part(mails.calendar_type(b"REQUEST"), text, "base64"))
        self.check(REPAIRED, "out", mail=mail, daemon=b"submission")
        self.check(None, mail=mail)

    def test_next_message_of_the_connection_is_judged_anew(self):
        self.own_switch.touch(0o644)
        self.put_in_force({"policy one": {"recipients": "@one.example",
                                          "switch-file": self.own_switch}})
        with milter_wire.open_session(self.milter.socket) as connection:
            for recipient, codes in ((ONE, "bi"), (OTHER, ""), (ONE, "bi")):
                outcome = connection.message(mails.reply_mail(), recipients=[recipient])
                self.assertEqual(outcome.codes(), codes)
            connection.step(b"M", b"<a@example.com>\0")
            connection.step(b"R", OTHER + b"\0")
            connection.send(b"A")
            outcome = connection.message(mails.reply_mail(), recipients=[ONE])
            self.assertEqual(outcome.codes(), "bi")

    def test_mta_without_data(self):
        self.own_switch.touch(0o644)
        self.put_in_force({"policy one": {"recipients": "@one.example",
                                          "switch-file": self.own_switch}})
        with milter_wire.open_session(self.milter.socket, version=3, actions=0x3F,
                                      steps=0x17F) as connection:
            for recipient, codes in ((OTHER, ""), (ONE, "bi")):
                outcome = connection.message(mails.reply_mail(), recipients=[recipient])
                self.assertEqual(outcome.codes(), codes)

    def test_switches_are_told_once_for_a_path(self):
        """At a reload, and by the next message of the policy."""
        self.put_in_force({"policy one": {"recipients": "@one.example"},
                           "policy two": {"recipients": "@two.example",
                                          "switch-file": self.own_switch}})
        seen = len(self.milter.events())

        def told():
            return [(event["id"], event["description"].split()[3])
                    for event in self.milter.events()[seen:] if event["id"] in (342, 343)]
        self.milter.switch_on()
        self.send(recipients=[ONE])
        self.send(recipients=[OTHER])
        self.assertEqual(told(), [(342, str(self.milter.switch))])
        self.own_switch.touch(0o644)
        self.send(recipients=[TWO])
        self.assertEqual(told()[1:], [(342, str(self.own_switch))])
        self.put_in_force({"policy two": {"recipients": "@two.example",
                                          "switch-file": self.milter.folder / "another"}})
        self.assertEqual(told()[2:], [(343, str(self.milter.folder / "another"))])

    def test_json_names_the_policy(self):
        milter = milter_process.started(self, {
            "log": {"format": "json"}, "policy one": {"recipients": "@one.example"}})
        for recipients in ([ONE], [OTHER]):
            milter_wire.one_message(milter.socket, mails.reply_mail(), recipients=recipients)
        found = [event.get("policy") for event in milter.json_events()
                 if event["event_id"] == WOULD_REPAIR]
        self.assertEqual(found, ["one", None])

    def test_print_config_says_what_a_section_inherits(self):
        config = self.milter.folder / "print.conf"
        config.write_text("[policy one]\nrecipients=@one.example\nprofile=none\n"
                          "[repair]\ndkim-signed=leave\n")
        code, printed, err = milter_process.run(lab.MILTER, "--print-config", "--config", config)
        self.assertEqual((code, err), (0, b""))
        section = printed.decode().partition("[policy one]\n")[2]
        self.assertIn("recipients = @one.example\n", section)
        self.assertIn("profile = none\n", section)
        self.assertIn("dkim-signed = leave\n", section)
        config.write_bytes(printed)
        self.assertEqual(milter_process.run(lab.MILTER, "--print-config", "--config", config)[1],
                         printed)


def _add_scope(name, case):
    setattr(Policy, f"test_scope_{name}", lambda self: self.check_scope(*case))


for _name, _case in SCOPES.items():
    _add_scope(_name, _case)


if __name__ == "__main__":
    lab.run_tests()
