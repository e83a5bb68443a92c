#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""hostile_mails: mails of a few octets repeated, each shaped to cost a filter its stack, its memory
or its time.

A mail is a count of something, and `scale` makes that count smaller. Parts that an MTA would cut
stand in the body, where it cuts nothing. As a program it writes them all: hostile_mails.py DIR
[SCALE].
"""
import base64
import dataclasses
import pathlib
import sys
from typing import Callable

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

# pylint: disable=wrong-import-position
from hostile_calendars import (ALARM, HEAD, STAMP, TYPE,  # noqa: E402
                               alone, calendar, folded, numbered, quoted)

MANY = 900  # parameters of a line that has many, and not too many


@dataclasses.dataclass
class Hostile:
    """`build(count)` gives the mail with so many of what it repeats; `count` is the full size."""
    name: str
    count: int
    build: Callable[[int], bytes]

    def mail(self, scale=1):
        """The mail, smaller by `scale`."""
        return self.build(max(1, int(self.count * scale)))


SMALL = TYPE + b"\r\n" + calendar(STAMP)


def _beside(entity):
    """A small calendar that is to be repaired, and then what is hostile."""
    return (HEAD + b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n" + SMALL
            + b"\r\n--outer\r\n" + entity + b"\r\n--outer--\r\n")


def _groups(kind):
    """An address field that opens groups and closes none, in a message within the mail."""
    def build(count):
        rows = [b" " + b"a:" * min(450, count - at) for at in range(0, count, 450)]
        field = b"To:" + b"\r\n".join(rows) + b"\r\n"
        return _beside(b"Content-Type: message/" + kind + b"\r\n\r\n" + field + SMALL)
    return build


def _inside(subtype, content):
    return _beside(b"Content-Type: multipart/" + subtype + b"; boundary=inner\r\n\r\n" + content
                   + b"--inner--\r\n")


def _multiparts(count):
    """Each in the one before, with a boundary of its own, and none of them ends."""
    return HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
                           % (level, level) for level in range(count)) + SMALL


def _parameters(name, value, behind=b""):
    def build(count):
        return alone(STAMP + name + b";a=b" * count + b":" + value + b"\r\n" + behind)
    return build


def _parameters_folded(count):
    return alone(STAMP + folded(b"CREATED" + b";a=b" * count + b":16010101T000000Z"))


def _parameters_base64(count):
    text = calendar(STAMP + b"CREATED" + b";a=b" * count + b":16010101T000000Z\r\n")
    return (HEAD + TYPE + b"Content-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(text).replace(b"\n", b"\r\n"))


def _type_parameters(count):
    return _beside(b"Content-Type: text/calendar" + b";a=b" * count + b"\r\n\r\n"
                   + calendar(STAMP))


def _encoded_words(count):
    """A file name of encoded words, each in another charset than the one before."""
    words = (b"=?ibm1399?q?a?= ", b"=?iso-2022-cn-ext?q?b?= ", b"=?big5hkscs?q?c?= ",
             b"=?ibm930?q?d?= ", b"=?johab?q?e?= ", b"=?iso-2022-jp-3?q?f?= ")
    name = b"".join(words[number % len(words)] for number in range(count))
    return _beside(b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment;"
                   b" filename=\"" + name + b"\"\r\n\r\nx\r\n")


def _alarms_nested(count):
    return alone(STAMP + b"BEGIN:VALARM\r\n" * count + b"END:VALARM\r\n" * count)


def _parameters_many(count):
    """In each of many events."""
    line = b"CREATED" + b";a=b" * MANY + b":16010101T000000Z\r\n"
    between = b"END:VEVENT\r\nBEGIN:VEVENT\r\n" + STAMP
    return alone(STAMP + line + (between + line) * (count // MANY))


def _attendees(count):
    return alone(STAMP + b"ORGANIZER:mailto:ada@example.com\r\n" + numbered(
        b"ATTENDEE;CN=Guest:guest%d@example.org\r\n", count), b"REQUEST")


def _zones(count):
    return alone(STAMP + numbered(b"RDATE;TZID=Zone/%d:20260301T100000\r\n", count), b"REQUEST")


def _zones_of_the_table(count):
    """Each of them would be described, in each of many calendars."""
    zones = (b"Europe/Rome", b"Europe/Oslo", b"Europe/Riga", b"Europe/Paris", b"Asia/Beirut",
             b"America/Havana")
    between = b"END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    dates = b"".join(b"DUE;TZID=" + zone + b":20300301T100000\r\n" for zone in zones)
    return alone(STAMP + dates + (between + dates) * (count // len(zones)), b"REQUEST")


def _long_lines(count):
    return alone(STAMP + (b"COMMENT:" + b"x" * 990 + b"\r\n") * count, b"REQUEST")


def _long_line(count):
    return alone(STAMP + b"DESCRIPTION:" + b"x" * count + b"\r\n")


def _folded_line(count):
    return alone(STAMP + folded(b"DESCRIPTION:" + b"x" * count))


def _encoded(encoding, text):
    return HEAD + TYPE + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + text


def _text_base64(count):
    text = calendar(STAMP + folded(b"DESCRIPTION:" + b"x" * count))
    return _encoded(b"base64", base64.encodebytes(text).replace(b"\n", b"\r\n"))


def _line_base64(count):
    text = calendar(STAMP + folded(b"DESCRIPTION:" + b"x" * count))
    return _encoded(b"base64", base64.b64encode(text) + b"\r\n")


def _line_feeds_quoted(count):
    """LF alone, and each of them encoded."""
    text = calendar(STAMP + folded(b"DESCRIPTION:" + b"x" * count))
    return _encoded(b"quoted-printable", text.replace(b"\r\n", b"=0A=\r\n"))


def _folds_in_characters(count):
    return alone(STAMP + b"SUMMARY:" + b"xx\xc3\r\n \xa4" * count + b"\r\n", b"REQUEST")


MAILS = (
    Hostile("groups in message/news", 54_000, _groups(b"news")),
    Hostile("groups in message/rfc822", 54_000, _groups(b"rfc822")),
    Hostile("groups in message/global", 54_000, _groups(b"global")),
    Hostile("digest of empty parts", 830_000,
            lambda count: _inside(b"digest", b"--inner\r\n\r\na:\r\n\r\n" * count)),
    Hostile("boundary lines", 900_000, lambda count: _inside(b"mixed", b"--inner\r\n\r\n" * count)),
    Hostile("open multiparts", 180_000, _multiparts),
    Hostile("header fields of a part", 2_500_000,
            lambda count: _beside(TYPE + b"a:\r\n" * count + b"\r\n" + calendar(STAMP))),
    Hostile("parameters of a Content-Type", 1_000_000, _type_parameters),
    Hostile("encoded words in a file name", 20_000, _encoded_words),
    Hostile("parameters of a date", 100_000, _parameters(b"CREATED", b"16010101T000000Z")),
    Hostile("parameters of a folded date", 100_000, _parameters_folded),
    Hostile("parameters of a date in base64", 100_000, _parameters_base64),
    Hostile("parameters of a SUMMARY, an alarm", 100_000, _parameters(b"SUMMARY", b"x", ALARM)),
    Hostile("parameters of a date, 900 in each event", 2_000_000, _parameters_many),
    Hostile("RRULE lines, an alarm", 52_000,
            lambda count: alone(STAMP + b"RRULE:FREQ=DAILY\r\n" * count + ALARM)),
    Hostile("alarms, one in the other", 45_000, _alarms_nested),
    Hostile("alarms, one after the other", 9_000,
            lambda count: alone(STAMP + ALARM * count)),
    Hostile("lines of 1,000 octets", 100_000, _long_lines),
    Hostile("lines of 1,000 octets, below the limit", 60_000, _long_lines),
    Hostile("a line of 60 MB", 60_000_000, _long_line),
    Hostile("a folded line of 57 MB", 57_000_000, _folded_line),
    Hostile("signatures in a line", 200_000, lambda count: alone(
        STAMP + b"DESCRIPTION:" + b"-----BEGIN PGP SIGNED MESSAGE-----" * count + b"\r\n")),
    Hostile("a text of 42 MB in base64", 42_000_000, _text_base64),
    Hostile("a text of 42 MB in a line of base64", 42_000_000, _line_base64),
    Hostile("LF alone in 50 MB of quoted-printable", 50_000_000, _line_feeds_quoted),
    Hostile("attendees without mailto:", 10_000, _attendees),
    Hostile("attendees without mailto:, quoted-printable", 10_000,
            lambda count: quoted(_attendees(count))),
    Hostile("TZIDs without a zone", 5_000, _zones),
    Hostile("zones of the table, in many calendars", 29_000, _zones_of_the_table),
    Hostile("dates in the zone UTC", 90_000, lambda count: alone(
        STAMP + numbered(b"DTSTART;X-N=%d;TZID=UTC:20260301T100000\r\n", count), b"REQUEST")),
    Hostile("dates in zones", 90_000, lambda count: alone(
        STAMP + numbered(b"DTSTART;TZID=A/%d:20260301T100000\r\n", count), b"REQUEST")),
    Hostile("dates of the year 0", 90_000, lambda count: alone(
        STAMP + numbered(b"CREATED;X-N=%d:00001231T000000Z\r\n", count))),
    Hostile("folds in characters", 10_000, _folds_in_characters),
)


def main(folder, scale="1"):
    """Writes all of them."""
    for hostile in MAILS:
        name = "".join(letter if letter.isalnum() else "-" for letter in hostile.name)
        (pathlib.Path(folder) / f"{name}.eml").write_bytes(hostile.mail(float(scale)))


if __name__ == "__main__":
    main(*sys.argv[1:])
