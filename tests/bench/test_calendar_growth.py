#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it costs to mend a calendar grows as the calendar does, with the limits of the manual.

The calendar is to be repaired in each shape, beside what is repeated. That a limit ends the work
early is well, too: then what is beyond it costs the reading alone.
"""
import pathlib
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
from counted_growth import CountedGrowth, add_tests
from hostile_calendars import ALARM, STAMP, alone, folded, numbered, quoted

EPOCH = b"CREATED:16010101T000000Z\r\n"


def _event(lines):
    """A response with an event that lacks its attribute and has these lines."""
    return alone(STAMP + lines)


def _line(name, value, fill, piece):
    return _event(name + fill(piece) + b":" + value + b"\r\n")


def _numbered(fill, line):
    """Lines of which no two are the same."""
    return numbered(line, len(fill(line)) // len(line))


lab.TIME_LIMIT = 900
MANY = b";a=b" * 900
EVENT = b"END:VEVENT\r\nBEGIN:VEVENT\r\n" + STAMP

SHAPES = {
    "unknown-parameters": lambda fill: _line(b"CREATED", b"16010101T000000Z", fill, b";a=b"),
    "extension-parameters": lambda fill: _line(b"CREATED", b"16010101T000000Z", fill, b";X-A=b"),
    "unknown-parameters-folded": lambda fill: _event(
        folded(b"CREATED" + fill(b";a=b") + b":16010101T000000Z")),
    "unknown-parameters-of-another-line": lambda fill: _event(
        b"SUMMARY" + fill(b";a=b") + b":x\r\n" + EPOCH + ALARM),
    "lines-with-many-parameters": lambda fill: _event(
        fill(b"COMMENT" + MANY + b":x\r\n") + EPOCH + ALARM),
    "events-with-many-parameters": lambda fill: _event(
        fill(b"CREATED" + MANY + b":16010101T000000Z\r\n" + EVENT)),
    "rules": lambda fill: _event(fill(b"RRULE:FREQ=DAILY\r\n") + EPOCH + ALARM),
    "rules-in-a-line": lambda fill: _event(
        b"RRULE:FREQ=YEARLY;BYDAY=1MO" + fill(b",1MO") + b"\r\n" + EPOCH + ALARM),
    "dates-in-a-line": lambda fill: _event(
        b"RDATE:20260101T000000Z" + fill(b",20260101T000000Z") + b"\r\n" + EPOCH),
    "alarms": lambda fill: _event(EPOCH + fill(ALARM)),
    "alarms-in-alarms": lambda fill: _event(
        EPOCH + fill(b"BEGIN:VALARM\r\n") + fill(b"END:VALARM\r\n")),
    "events": lambda fill: _event(fill(EPOCH + EVENT)),
    "calendars": lambda fill: _event(fill(
        EPOCH + b"END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + STAMP)),
    "attendees": lambda fill: _event(
        EPOCH + _numbered(fill, b"ATTENDEE;CN=A:a%d@example.org\r\n")),
    "attendees-in-quoted-printable": lambda fill: quoted(_event(
        EPOCH + _numbered(fill, b"ATTENDEE;CN=A:a%d@example.org\r\n"))),
    "zones": lambda fill: _event(
        EPOCH + _numbered(fill, b"RDATE;TZID=A/%d:20260301T100000\r\n")),
    "dates-in-utc": lambda fill: _event(
        EPOCH + _numbered(fill, b"DTSTART;X-N=%d;TZID=UTC:20260301T100000\r\n")),
    "dates-in-zones": lambda fill: _event(
        EPOCH + _numbered(fill, b"DTSTART;TZID=A/%d:20260301T100000\r\n")),
    "dates-of-the-year-0": lambda fill: _event(
        _numbered(fill, b"CREATED;X-N=%d:00001231T000000Z\r\n")),
    "stamps": lambda fill: _event(EPOCH + _numbered(fill, b"DTSTAMP;X-N=%d:20260301T100000\r\n")),
    "signatures-in-a-line": lambda fill: _line(
        b"DESCRIPTION", b"x", lambda piece: b":" + fill(piece),
        b"-----BEGIN PGP SIGNED MESSAGE-----"),
    "long-lines": lambda fill: _event(EPOCH + fill(b"COMMENT:" + b"x" * 990 + b"\r\n")),
    "folds-in-characters": lambda fill: _event(
        EPOCH + b"SUMMARY:" + fill(b"xx\xc3\r\n \xa4") + b"\r\n"),
}


class CalendarGrowth(CountedGrowth):
    """A test for each shape. libical reads what is edited twice, and takes some thousand
    instructions for a short line."""

    shapes = SHAPES
    # below these is what every mail may cost
    units = {"events-with-many-parameters": 200_000, "signatures-in-a-line": 200_000}
    per_octet = 3000


add_tests(CalendarGrowth)

if __name__ == "__main__":
    lab.run_tests()
