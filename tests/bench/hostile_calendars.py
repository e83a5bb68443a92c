# SPDX-License-Identifier: BSD-2-Clause
"""hostile_calendars: what mails are built of whose calendar is full of one thing."""

HEAD = (b"From: Ada <ada@example.com>\r\nTo: Ben <ben@example.org>\r\n"
        b"Date: Tue, 06 Jan 2026 00:00:00 +0000\r\nMessage-ID: <hostile@example.com>\r\n"
        b"MIME-Version: 1.0\r\n")
TYPE = b"Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n"
STAMP = b"DTSTAMP:20260101T000000Z\r\n"
ALARM = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"
FOLD = 70


def calendar(lines, method=b"REPLY"):
    """A calendar with an event that has these lines."""
    return (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Hostile//EN\r\nMETHOD:" + method
            + b"\r\nBEGIN:VEVENT\r\nUID:hostile@example.com\r\n" + lines
            + b"END:VEVENT\r\nEND:VCALENDAR\r\n")


def alone(lines, method=b"REPLY"):
    """The calendar as the only part of a mail."""
    return HEAD + TYPE.replace(b"REPLY", method) + b"\r\n" + calendar(lines, method)


def folded(line):
    """A content line, folded."""
    return b"\r\n ".join(line[at:at + FOLD] for at in range(0, len(line), FOLD)) + b"\r\n"


def quoted(mail):
    """The mail of a calendar alone, in quoted-printable."""
    head, body = mail.split(b"\r\n\r\n", 1)
    return (head + b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + body.replace(b"=", b"=3D"))


def numbered(line, count):
    """So many lines of which no two are the same, for what stands there twice is one to a rule."""
    return b"".join(line % number for number in range(count))
