#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The header fields of a mail that is a calendar and nothing else, as they arrive after a repair.

There the rules edit fields of the message itself: the MTA is told of whole fields, by name and
number, and writes them into its queue in its own way. What arrives must be what the octet edits of
`calmend repair` make, folds and blanks behind the colon included, also of fields left alone.
"""
import dataclasses

from mail_site import MAIL, Site, TRACK, lab, mails, milter_process, rules_by_event
from mail_site import suite_of, without_trace

BOTH = {"method-parameter-missing", "charset-missing"}
ENCODING = b"Content-Transfer-Encoding: 8bit\r\n"
SUMMARY = "SUMMARY:Bücher — 予算\n".encode()
CREATED = b"CREATED:%b\n"
EPOCH, STAMP = b"16010101T000000Z", mails.STAMP


@dataclasses.dataclass
class Case:
    """`sent` and `mended` are the fields that describe the calendar, line by line; `rules` are
    those that make the one of the other. `dated`: there is something to repair in the body, too."""
    name: str
    sent: bytes
    mended: bytes
    rules: set
    dated: bool = False
    profile: str = "inbound"

    def mail(self, mended):
        """The whole mail."""
        created = CREATED % (STAMP if mended else EPOCH) if self.dated else b""
        fields = self.mended if mended else self.sent
        return mails.mail(fields + b"\r\n" + mails.request_calendar(SUMMARY + created))


def _case(name, value, mended, rules, **more):
    """A case of one Content-Type field; its value begins right behind the colon."""
    lines = [b"Content-Type:" + text + b"\r\n" + ENCODING for text in (value, mended)]
    return Case(name, *lines, set(rules), **more)


APPENDED = b"; method=REQUEST; charset=UTF-8"
LOOK = b' text/calendar; name="invite.ics"; method=REQUEST; charset=utf-8'
FOLDED = b'\r\n text/calendar;\r\n\tcharset=utf-8;\r\n method=REQUEST; name="invite.ics"'

CASES = [
    _case("both_parameters", b" text/calendar", b" text/calendar" + APPENDED, BOTH),
    _case("both_parameters_and_body", b" text/calendar", b" text/calendar" + APPENDED,
          BOTH | {"created-epoch"}, dated=True),
    _case("semicolon_at_the_end", b" text/calendar;",
          b" text/calendar; method=REQUEST; charset=UTF-8", BOTH),
    _case("value_on_second_line", b"\r\n text/calendar", b"\r\n text/calendar" + APPENDED, BOTH),
    _case("value_on_second_line_tab", b'\r\n\ttext/calendar;\r\n\t\tname="invite.ics"',
          b'\r\n\ttext/calendar;\r\n\t\tname="invite.ics"' + APPENDED, BOTH),
    _case("no_blank", b"text/calendar", b"text/calendar" + APPENDED, BOTH),
    _case("two_blanks", b"  text/calendar", b"  text/calendar" + APPENDED, BOTH),
    _case("tab", b"\ttext/calendar", b"\ttext/calendar" + APPENDED, BOTH),
    _case("both_values", b'\r\n text/calendar; charset="us-ascii";\r\n\tmethod=PUBLISH',
          b'\r\n text/calendar; charset="UTF-8";\r\n\tmethod=REQUEST',
          {"method-parameter-differs", "charset-ascii"}),
    _case("value_and_parameter", b" text/calendar;\r\n\tmethod=PUBLISH",
          b" text/calendar;\r\n\tmethod=REQUEST; charset=UTF-8",
          {"method-parameter-differs", "charset-missing"}),
    _case("left_folded", FOLDED, FOLDED, {"created-epoch"}, dated=True),
    _case("left_as_usual", LOOK, LOOK, {"created-epoch"}, dated=True),
    Case("two_fields",
         b"Content-Transfer-Encoding:\r\n 8bit;\r\nContent-Type:\r\n text/calendar\r\n",
         b"Content-Transfer-Encoding:\r\n 8bit\r\nContent-Type:\r\n text/calendar" + APPENDED
         + b"\r\n", BOTH | {"encoding-noise"}, profile="outbound"),
    Case("a_field_goes",
         b"Expires: Mon, 01 Jan 1601 00:00:00 +0000\r\nContent-Type:\r\n text/calendar\r\n"
         + ENCODING,
         b"Content-Type:\r\n text/calendar" + APPENDED + b"\r\n" + ENCODING,
         BOTH | {"header-deadline-epoch"}),
]


class Fields:
    """The tests of one MTA; the cases are put in by `_add_case`."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta)
        cls.site.switch(TRACK, MAIL)

    def check(self, case):
        self.site.put_in_force({"repair": {"profile": case.profile}})
        arrived, queue_id = self.site.deliver(case.mail(False))
        lab.assert_octets_equal(without_trace(arrived), case.mail(True))
        offline = milter_process.repaired(case.mail(False), self.site.milter.config)
        lab.assert_octets_equal(without_trace(arrived), without_trace(offline), "calmend repair")
        events = self.site.milter.wait_events_of(queue_id, [327])
        self.assertEqual(rules_by_event(events), {327: case.rules})


def _add_case(body, case):
    body[f"test_{case.name}"] = lambda self: self.check(case)


def load_tests(loader, _standard, _pattern):
    return suite_of(loader, Fields, CASES, _add_case)


if __name__ == "__main__":
    lab.run_tests()
