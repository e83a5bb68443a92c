# SPDX-License-Identifier: BSD-2-Clause
"""mails: invented calendar mails, each as it comes and as it must leave.

Every builder takes `mended`; with it the result is what repair-rules ask for, written down by the
builder and not by the program under test. All octets, CRLF line ends, names under example.com and
example.org.
"""
import base64
import quopri

ATTRIBUTE = b"X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"
STAMP = b"20240305T101500Z"
BOUNDARY = b"=_lab_7f3a"

TIMEZONE = b"""BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def reply_calendar(mended=False, uid=b"lab-1@example.com", summary=b"Accepted: Budget",
                   producer=b"Microsoft Exchange Server 2007"):
    """A REPLY of Exchange 2007 form; without `mended` it lacks the attendee's critical change."""
    stamp = b"DTSTAMP:" + STAMP + b"\n"
    if mended:
        stamp += ATTRIBUTE + b":" + STAMP + b"\n"
    text = (b"BEGIN:VCALENDAR\nMETHOD:REPLY\nPRODID:" + producer + b"\nVERSION:2.0\n" + TIMEZONE
            + b"BEGIN:VEVENT\n"
            + b"ATTENDEE;PARTSTAT=ACCEPTED;CN=Ben Attendee:MAILTO:ben@example.com\n"
            + b"UID:" + uid + b"\nSUMMARY;LANGUAGE=en-US:" + summary + b"\n"
            + b"DTSTART;TZID=W. Europe Standard Time:20240311T140000\n"
            + b"DTEND;TZID=W. Europe Standard Time:20240311T150000\n"
            + b"CLASS:PUBLIC\nPRIORITY:5\n" + stamp
            + b"STATUS:CONFIRMED\nSEQUENCE:0\nX-MICROSOFT-CDO-APPT-SEQUENCE:0\n"
            + b"END:VEVENT\nEND:VCALENDAR\n")
    return text.replace(b"\n", b"\r\n")


def request_calendar(extra=b""):
    """A REQUEST without any defect, with `extra` lines (LF) in its VEVENT."""
    text = (b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nPRODID:-//Example//Lab//EN\nVERSION:2.0\n"
            b"BEGIN:VEVENT\nUID:lab-2@example.com\nDTSTAMP:" + STAMP + b"\n"
            b"DTSTART:20240311T140000Z\nORGANIZER:mailto:olga@example.org\n"
            b"ATTENDEE:mailto:ben@example.com\n" + extra + b"END:VEVENT\nEND:VCALENDAR\n")
    return text.replace(b"\n", b"\r\n")


def _base64(text):
    return base64.encodebytes(text).replace(b"\n", b"\r\n")


def _quoted_printable(text):
    lines = quopri.encodestring(text.replace(b"\r\n", b"\n"))
    return lines.replace(b"\n", b"\r\n")


ENCODERS = {"7bit": bytes, "8bit": bytes, "binary": bytes, "base64": _base64,
            "quoted-printable": _quoted_printable}


def calendar_type(method=b"REPLY"):
    """The Content-Type of a calendar part."""
    return b"text/calendar; charset=utf-8; method=" + method


def part(content_type, body, encoding="7bit", extra=b""):
    """A MIME part: its header fields, the blank line, its encoded body."""
    return (b"Content-Type: " + content_type + b"\r\nContent-Transfer-Encoding: "
            + encoding.encode() + b"\r\n" + extra + b"\r\n" + ENCODERS[encoding](body))


def multipart(subtype, *parts, boundary=BOUNDARY, parameters=b""):
    """A multipart of parts."""
    lines = [b"Content-Type: multipart/" + subtype + b"; boundary=\"" + boundary + b"\""
             + parameters + b"\r\n\r\nThis is a message in several parts.\r\n"]
    lines += [b"--" + boundary + b"\r\n" + item + b"\r\n" for item in parts]
    return b"".join(lines) + b"--" + boundary + b"--\r\n"


def mail(entity, subject=b"Accepted: Budget", sender=b"Ben <ben@example.com>", extra=b"",
         date=b"Tue, 05 Mar 2024 10:15:01 +0000"):
    """A whole mail around an entity: a part or multipart of above. `extra` are header lines."""
    return (b"From: " + sender + b"\r\nTo: Olga <olga@example.org>\r\nSubject: " + subject
            + b"\r\nDate: " + date + b"\r\nMessage-ID: <lab.1@example.com>\r\n" + extra
            + b"MIME-Version: 1.0\r\n" + entity)


def note(text=b"Ben has accepted.\r\n"):
    """A plain text part."""
    return part(b"text/plain; charset=us-ascii", text)


def attachment(size):
    """A base64 part of `size` octets before encoding: nothing in it looks like a calendar."""
    block = bytes(range(256)) * (size // 256 + 1)
    return part(b"application/octet-stream; name=\"data.bin\"", block[:size], "base64")


def reply_mail(mended=False, encoding="7bit", extra=b"", **calendar):
    """The mail of KB 938650: a REPLY as the only part."""
    return mail(part(calendar_type(), reply_calendar(mended, **calendar), encoding), extra=extra)


def alternative_mail(mended=False, encoding="base64", extra=b"", **calendar):
    """The same beside a text, as Exchange sends it."""
    reply = part(calendar_type(), reply_calendar(mended, **calendar), encoding)
    return mail(multipart(b"alternative", note(), reply), extra=extra)


def in_zone(octets, number):
    """A mail with a time zone in its date that is the connection's of that number alone: GLib
    shares zones among threads, in ways that ThreadSanitizer does not see through."""
    return octets.replace(b" +0000\r\n", b" +%02d00\r\n" % (number % 12 + 1))


def plain_mail():
    """A mail without any part that could matter."""
    return mail(note(b"BEGIN:VCALENDAR is only a word here.\r\n"), subject=b"Hello")


def without_fields(octets, *names):
    """A mail without its header fields of those names, folds included; all else as it is."""
    head, blank, body = octets.partition(b"\r\n\r\n")
    kept = []
    keep = True
    for line in head.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            keep = line.split(b":")[0].strip().lower() not in [n.lower().encode() for n in names]
        if keep:
            kept.append(line)
    return b"\r\n".join(kept) + blank + body


def field(octets, name):
    """The values of the header fields of that name, folds undone."""
    head = octets.partition(b"\r\n\r\n")[0].replace(b"\r\n\t", b" ").replace(b"\r\n ", b" ")
    start = name.lower().encode() + b":"
    return [line.partition(b":")[2].strip().decode("utf-8", "backslashreplace")
            for line in head.split(b"\r\n") if line.lower().startswith(start)]
