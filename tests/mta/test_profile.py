#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Profiles and switch files together: what arrives repaired, and what events say of the rest.

One invitation with defects of both kinds goes through every MTA under each profile and each choice
of switch files. A family whose switch is off is reported, its switch named, and left; what a
profile does not take is left without a word.
"""
import dataclasses
import itertools

from mail_site import MAIL, Site, TRACK, lab, mails, milter_process, rules_by_event
from mail_site import suite_of, without_trace

REPAIRED, WOULD_REPAIR = 327, 328
ENCODINGS = ("7bit", "quoted-printable", "base64")
STAMP = b"20240305T101501Z"  # of the Date: of every mail, since there is no DTSTAMP

RULES = {TRACK: {"created-epoch"}, MAIL: {"stamp-missing", "address-scheme", "trigger-empty"}}
CHOICES = ((), (TRACK,), (MAIL,), (TRACK, MAIL))
TAKES = {"inbound": (TRACK, MAIL), "outbound": (TRACK, MAIL), "none": (TRACK,)}


def invitation(mended, encoding):
    """A REQUEST with a 1601 date, no DTSTAMP, an organizer without mailto: and an empty trigger, in
    which the families of the switches in `mended` are repaired."""
    both = TRACK in mended, MAIL in mended
    text = (b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nPRODID:-//Example//Lab//EN\nVERSION:2.0\n"
            b"BEGIN:VEVENT\n" + (b"DTSTAMP:" + STAMP + b"\n") * both[1]
            + b"UID:lab-3@example.com\nSUMMARY:Budget\n"
            b"CREATED:" + (STAMP if both[0] else b"16010101T000000Z") + b"\n"
            b"DTSTART:20240311T140000Z\nDTEND:20240311T150000Z\n"
            b"ORGANIZER;CN=Ada:" + b"mailto:" * both[1] + b"ada@example.org\n"
            b"ATTENDEE:mailto:ben@example.com\n"
            b"BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\n"
            b"TRIGGER;RELATED=START:" + (b"PT0S" if both[1] else b"P") + b"\n"
            b"END:VALARM\nEND:VEVENT\nEND:VCALENDAR\n").replace(b"\n", b"\r\n")
    calendar = mails.part(mails.calendar_type(b"REQUEST"), text, encoding)
    return mails.mail(mails.multipart(b"alternative", mails.note(), calendar))


def lone_line_feeds(mended):
    """A REQUEST in base64 whose lines end in LF alone, which only profile=outbound repairs."""
    text = mails.request_calendar()
    return mails.mail(mails.part(mails.calendar_type(b"REQUEST"),
                                 text if mended else text.replace(b"\r\n", b"\n"), "base64"))


@dataclasses.dataclass
class Case:
    """A profile and the switch files that are there."""
    profile: str
    switches: tuple

    def name(self):
        """In words, for the name of a test."""
        return "_".join((self.profile, *self.switches)) if self.switches else self.profile + "_off"

    def mended(self):
        """The switches whose families are repaired."""
        return [name for name in TAKES[self.profile] if name in self.switches]

    def reported(self):
        """The switches whose families would be repaired."""
        return [name for name in TAKES[self.profile] if name not in self.switches]

    def events(self):
        """The rules that each event has to count."""
        expected = {REPAIRED: self.mended(), WOULD_REPAIR: self.reported()}
        return {number: set().union(*(RULES[name] for name in names))
                for number, names in expected.items() if names}

    def words(self):
        """What event 328 has to say of switches."""
        names = self.reported()
        return ("the switches {} and {} are off" if len(names) > 1
                else "the switch {} is off").format(*names)


CASES = [Case(*pair) for pair in itertools.product(TAKES, CHOICES)]


class Profile:
    """The tests of one MTA; the cases are put in by `_add_case`."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)

    def check(self, case):
        self.site.put_in_force({"repair": {"profile": case.profile}})
        self.site.switch(*case.switches)
        for encoding in ENCODINGS:
            with self.subTest(encoding=encoding):
                self.check_encoding(case, encoding)

    def check_encoding(self, case, encoding):
        sent = invitation((), encoding)
        arrived, queue_id = self.site.deliver(sent)
        lab.assert_octets_equal(without_trace(arrived), invitation(case.mended(), encoding))
        events = self.site.milter.wait_events_of(queue_id, case.events())
        self.assertEqual(rules_by_event(events), case.events())
        for event in events:
            if event["id"] == WOULD_REPAIR:
                self.assertIn(case.words(), event["description"])
        if len(case.switches) == len(RULES):
            offline = milter_process.repaired(sent, self.site.milter.config)
            lab.assert_octets_equal(without_trace(arrived), without_trace(offline),
                                    "calmend repair")

    def test_only_outbound(self):
        """What readers take is repaired in mail that leaves, and not so much as reported in mail
        that arrives."""
        self.site.switch(TRACK, MAIL)
        for profile in TAKES:
            with self.subTest(profile=profile):
                self.site.put_in_force({"repair": {"profile": profile}})
                repairs = profile == "outbound"
                arrived, queue_id = self.site.deliver(lone_line_feeds(False))
                lab.assert_octets_equal(without_trace(arrived), lone_line_feeds(repairs))
                expected = {REPAIRED: {"bare-line-feed"}} if repairs else {}
                events = self.site.milter.wait_events_of(queue_id, expected)
                self.assertEqual(rules_by_event(events), expected)


def _add_case(body, case):
    body[f"test_{case.name()}"] = lambda self: self.check(case)


def load_tests(loader, _standard, _pattern):
    return suite_of(loader, Profile, CASES, _add_case)


if __name__ == "__main__":
    lab.run_tests()
