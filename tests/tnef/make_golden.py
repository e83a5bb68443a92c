#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""make_golden: writes the TNEF pairs of tests/data/golden, and prints their lines of golden.tsv.

A pair is one mail written twice, before and after: the times that are repaired differ, and the
checksums are the writer's both times. So nothing here is calmend's own work.

Usage: make_golden.py FOLDER
"""

from __future__ import annotations

import base64
import binascii
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import tnef_writer as tnef
from tnef_writer import NEVER, filetime

NOW = "20260106T000000Z"
DATE = filetime("20260105T090000Z")  # the mails' Date field
SUBMITTED = filetime("20260105T085910Z")
CHANGED = filetime("20260105T085800Z") + 1234567  # with a fraction of a second
WEST = filetime("16010102T235959Z")

REQUEST = "IPM.Microsoft Schedule.MtgReq"
CANCELED = "IPM.Microsoft Schedule.MtgCncl"
ACCEPTED = "IPM.Microsoft Schedule.MtgRespP"
DECLINED = "IPM.Schedule.Meeting.Resp.Neg"
TENTATIVE = "IPM.Schedule.Meeting.Resp.Tent"

HEAD = """\
From: Ann <ann@example.com>
To: Bob <bob@example.com>
Date: Mon, 05 Jan 2026 10:00:00 +0100
Subject: Meeting
Message-ID: <{name}@example.com>
MIME-Version: 1.0
"""
MIXED = """\
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Ann has answered.

--b1
{field}Content-Transfer-Encoding: {encoding}
Content-Disposition: attachment; filename="winmail.dat"

{content}
--b1--
"""
TNEF_TYPE = 'Content-Type: application/ms-tnef; name="winmail.dat"\n'


def in_base64(octets: bytes, width: int = 76) -> str:
    text = base64.b64encode(octets).decode()
    return "".join(text[i : i + width] + "\n" for i in range(0, len(text), width))


def in_quoted_printable(octets: bytes) -> str:
    """Letters and digits as they are, a soft break after each 25 octets, no line end at the end."""
    items = [chr(x) if chr(x).isascii() and chr(x).isalnum() else f"={x:02X}" for x in octets]
    return "=\n".join("".join(items[i : i + 25]) for i in range(0, len(items), 25))


def in_uuencode(octets: bytes) -> str:
    lines = [binascii.b2a_uu(octets[i : i + 45]).decode() for i in range(0, len(octets), 45)]
    return "begin 644 winmail.dat\n" + "".join(lines) + "`\nend\n"


ENCODINGS = {
    "base64": in_base64,
    "quoted-printable": in_quoted_printable,
    "x-uuencode": in_uuencode,
}


def mixed(encoding: str = "base64", field: str = TNEF_TYPE):
    return lambda octets: MIXED.format(
        field=field, encoding=encoding, content=ENCODINGS[encoding](octets)
    )


def alone(octets: bytes) -> str:
    return TNEF_TYPE + "Content-Transfer-Encoding: base64\n\n" + in_base64(octets, 60)


def wrapped(kind: str, extra: str = ""):
    """The mixed mail inside of one more entity."""

    def mail(octets: bytes) -> str:
        inner = mixed()(octets)
        return (
            f'Content-Type: {kind}; boundary="outer"{extra}\n\n--outer\n{inner}'
            "--outer\nContent-Type: text/plain\n\nend\n--outer--\n"
        )

    return mail


def forwarded(octets: bytes) -> str:
    return (
        "Content-Type: message/rfc822\n\nFrom: Cy <cy@example.com>\nSubject: Old\n"
        "MIME-Version: 1.0\n" + mixed()(octets)
    )


# ---- streams: `mend` is the time in the place of one that was never set ----


def row(name: str, moment: int) -> bytes:
    return tnef.recipient(name, tnef.track_status_time(moment))


def response(
    change: int = CHANGED,
    reply: int | None = CHANGED,
    rows: tuple = (),
    submitted: int | None = SUBMITTED,
    kind: str = ACCEPTED,
    last: tuple = (),
) -> bytes:
    items = [tnef.text16(0x0037, "Zugesagt: Bücher"), tnef.attendee_change(change)]
    items += [tnef.submit_time(submitted)] if submitted is not None else []
    items += [tnef.reply_time(reply)] if reply is not None else []
    table = [tnef.recipients(*(row(f"Name{i}", moment) for i, moment in enumerate(rows)))]
    return tnef.stream(
        tnef.message_class(kind), *(table if rows else []), tnef.message_properties(*items), *last
    )


def request(
    change: int = CHANGED, rows: tuple = (), kind: str = REQUEST, last: tuple = ()
) -> bytes:
    return tnef.stream(
        tnef.message_class(kind),
        tnef.attribute(tnef.ATT_SUBJECT, b"Budget\0"),
        tnef.recipients(*(row(f"Name{i}", moment) for i, moment in enumerate(rows))),
        tnef.message_properties(
            tnef.text8(0x0070, "Budget"),
            tnef.owner_change(change),
            tnef.attendee_change(NEVER),
            tnef.submit_time(SUBMITTED),
            tnef.reply_time(NEVER),
        ),
        *last,
    )


def everything(moment: int) -> bytes:
    """A value of every type, several values, names by string, and the defect behind all of them."""
    numbers = {
        tnef.I2: b"\1\2", tnef.I4: b"\1\2\3\4", tnef.R4: b"abcd", tnef.R8: b"abcdefgh",
        tnef.CURRENCY: b"abcdefgh", tnef.APPTIME: b"abcdefgh", tnef.I8: b"abcdefgh",
        tnef.SYSTIME: bytes(8), tnef.CLSID: tnef.MEETING,
    }  # fmt: skip
    wide = "äöü\0".encode("utf-16le")
    strings = {tnef.STRING8: b"abc\0", tnef.UNICODE: wide, tnef.BINARY: b"x"}
    items = [tnef.prop(0x6000 << 16 | kind, octets) for kind, octets in (numbers | strings).items()]
    for kind, octets in (numbers | strings).items():
        items.append(tnef.prop(0x6100 << 16 | kind | tnef.MULTIPLE, octets, octets))
        items.append(tnef.prop(0x6200 << 16 | kind | tnef.MULTIPLE))
    items.append(tnef.prop(0x6300 << 16 | tnef.ERROR, b"\5\0\0\0"))
    items.append(tnef.prop(0x6301 << 16 | tnef.OBJECT, tnef.IID_STORAGE + b"storage"))
    items.append(
        tnef.prop(0x8040 << 16 | tnef.UNICODE, "x\0".encode("utf-16le"),
                  name=tnef.string_name(tnef.STRINGS, "Keywords"))
    )  # fmt: skip
    items.append(tnef.time(0x80410040, NEVER, tnef.string_name(tnef.MEETING, "Own")))
    return tnef.stream(
        tnef.message_class(ACCEPTED),
        tnef.recipients(row("Ann", moment)),
        tnef.message_properties(*items, tnef.attendee_change(moment), tnef.submit_time(SUBMITTED)),
    )


def attached(change: int = CHANGED) -> bytes:
    """An attachment with an answer in which reply time and row were never set."""
    return tnef.attachment(
        tnef.text8(0x3001, "Answer"),
        tnef.inner_message(response(change, NEVER, (NEVER,), kind=DECLINED)),
    )


def exception(moment: int) -> bytes:
    """An exception of a series: not the class of a meeting message."""
    return tnef.attachment(
        tnef.time(0x7FFB0040, NEVER),
        tnef.inner_message(
            tnef.stream(
                tnef.message_class("IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"),
                tnef.recipients(row("Ann", moment)),
                tnef.message_properties(tnef.owner_change(moment)),
            )
        ),
    )


def with_property_class(name: str, written: Callable, outer: str | None = None) -> Callable:
    """The class as PidTagMessageClass."""

    def build(moment: int) -> bytes:
        return tnef.stream(
            *([tnef.message_class(outer)] if outer else []),
            tnef.message_properties(written(0x001A, name), tnef.attendee_change(moment)),
        )

    return build


def broken(octets: bytes) -> bytes:
    """The stream with another octet at its end: the last checksum."""
    return octets[:-1] + bytes([(octets[-1] + 1) % 256])


@dataclass(frozen=True)
class Pair:
    """`build(before)` and `build(after)` give the stream; without `after` the mail is left."""

    name: str
    build: Callable
    before: object
    after: object
    findings: str
    shows: str
    mail: Callable = mixed()
    settings: str = "-"
    line_end: str = "\n"


def times(name: str, count: int = 1, outcome: str = "repaired") -> str:
    return " ".join([f"tnef-{name}:{outcome}"] * count)


LEFT = dict(before=NEVER, after=None)
SET_BY_SUBMIT = dict(before=NEVER, after=SUBMITTED)


def all_three(outcome: str) -> str:
    names = ("attendee-change", "reply-time", "track-status-time")
    return " ".join(times(name, 1, outcome) for name in names)


def whole(moments: tuple) -> bytes:
    return response(*moments[:2], rows=moments[2:])


WHOLE = dict(
    build=whole,
    before=(NEVER, NEVER, NEVER, CHANGED),
    after=(SUBMITTED, SUBMITTED, SUBMITTED, CHANGED),
    findings=all_three("repaired"),
)
SEALED = dict(build=whole, before=(NEVER, NEVER, NEVER, CHANGED), after=None)

PAIRS = [
    Pair("track-status-response", lambda t: response(rows=(CHANGED, t)), NEVER, CHANGED,
         times("track-status-time"), "a row that was never set takes the attendee's change"),
    Pair("track-status-request", lambda t: request(rows=(t, CHANGED, t)), NEVER, CHANGED,
         times("track-status-time", 2), "rows of a request take the owner's change"),
    Pair("track-status-canceled", lambda t: request(rows=(t,), kind=CANCELED), NEVER, CHANGED,
         times("track-status-time"), "a cancellation"),
    Pair("track-status-submitted", lambda t: response(tnef.NONE_4501, rows=(t,)), NEVER, SUBMITTED,
         times("track-status-time"), "a change that is not usable: the submit time"),
    Pair("attendee-change", lambda t: response(t, None), **SET_BY_SUBMIT,
         findings=times("attendee-change"), shows="the submit time"),
    Pair("attendee-change-date", lambda t: response(t, None, submitted=None), NEVER, DATE,
         times("attendee-change"), "no submit time: the Date field"),
    Pair("attendee-change-west", lambda t: response(t, None, kind=TENTATIVE), WEST, SUBMITTED,
         times("attendee-change"), "the last second before 1601-01-03"),
    Pair("attendee-change-early", lambda t: response(t, None), WEST + 10_000_000, None, "-",
         "1601-01-03 is a time like any other"),
    Pair("owner-change", lambda t: request(t), **SET_BY_SUBMIT,
         findings=times("owner-change"),
         shows="the owner's change of a request; the attendee's and the reply time stay"),
    Pair("reply-time", lambda t: response(reply=t), NEVER, CHANGED, times("reply-time"),
         "takes the attendee's change with its fraction of a second"),
    Pair("response-whole", **WHOLE, shows="in order: change, reply time, rows"),
    Pair("response-whole-disabled",
         lambda t: response(NEVER, t, (t,)), NEVER, SUBMITTED,
         "tnef-reply-time:repaired tnef-track-status-time:repaired",
         "a change that stays is no substitute", settings="-tnef-attendee-change"),
    Pair("owner-change-response", lambda t: response(last=(tnef.message_properties(
         tnef.owner_change(t)),)), **LEFT, findings="-",
         shows="in a response the owner's change is not looked at"),
    Pair("repeated", lambda t: response(last=(tnef.message_properties(tnef.reply_time(t)),)),
         **LEFT, findings=times("reply-time", 1, "leave"), shows="stands more than once: left"),
    Pair("all-types", everything, **SET_BY_SUBMIT,
         findings="tnef-attendee-change:repaired tnef-track-status-time:repaired",
         shows="every type, several values, names by string; names count, not their numbers"),
    Pair("class-8-bit", with_property_class("IPM.Schedule.Meeting.Resp.Pos", tnef.text8), NEVER,
         DATE, times("attendee-change"), "the class as an 8-bit property"),
    Pair("class-unicode", with_property_class("ipm.schedule.meeting.resp.neg", tnef.text16), NEVER,
         DATE, times("attendee-change"), "the class as a Unicode property, in lower case"),
    Pair("class-below", with_property_class("IPM.Schedule.Meeting.Resp.Pos.Room", tnef.text16),
         NEVER, DATE, times("attendee-change"), "a class below that of a response"),
    Pair("class-other", with_property_class("IPM.Appointment", tnef.text16), **LEFT, findings="-",
         shows="no meeting message: not looked at"),
    Pair("classes-agree", with_property_class("IPM.Schedule.Meeting.Resp.Pos", tnef.text16,
         ACCEPTED), NEVER, DATE, times("attendee-change"), "both spellings"),
    Pair("classes-differ", with_property_class("IPM.Schedule.Meeting.Resp.Pos", tnef.text16,
         REQUEST), **LEFT,
         findings="tnef-attendee-change:malformed tnef-malformed:malformed",
         shows="a request by the attribute, a response by the property: left"),
    Pair("attached", lambda t: response(t, None, last=(attached(NEVER),)), **SET_BY_SUBMIT,
         findings=times("attendee-change") + " " + all_three("leave"),
         shows="an attached answer is reported and left"),
    Pair("attached-twice", lambda t: request(t, last=(tnef.attachment(
         tnef.inner_message(request(last=(attached(),)))),)), **SET_BY_SUBMIT,
         findings=times("owner-change")
         + " tnef-reply-time:leave tnef-track-status-time:leave",
         shows="attached to what is attached"),
    Pair("exception", lambda t: request(last=(exception(t),)), **LEFT, findings="-",
         shows="the exceptions of a series are not looked at"),
    Pair("broken-checksum", lambda t: broken(response(t)), **LEFT,
         findings="tnef-attendee-change:malformed tnef-malformed:malformed",
         shows="a checksum that is wrong already"),
    Pair("broken-checksum-note", lambda t: broken(response(t, kind="IPM.Note")), **LEFT,
         findings=times("malformed", 1, "malformed"), shows="reported without any defect"),
    Pair("broken-disabled", lambda t: broken(response(t)), **LEFT,
         findings=times("attendee-change", 1, "malformed"), settings="-tnef-malformed",
         shows="not reported by itself; the defect still is"),
    Pair("broken-trailing", lambda t: response(t) + b"\0", **LEFT,
         findings="tnef-attendee-change:malformed tnef-malformed:malformed",
         shows="an octet too many"),
    Pair("broken-cut", lambda t: response(t)[:-7], **LEFT,
         findings=times("malformed", 1, "malformed"), shows="cut in its last attribute"),
    Pair("broken-attached", lambda t: response(t, None, last=(tnef.attachment(tnef.inner_message(
         broken(response()))),)), **LEFT,
         findings="tnef-attendee-change:malformed tnef-malformed:malformed",
         shows="the checksum of an attached message"),
    Pair("limit-components", lambda t: response(t, rows=(t,) * 4), **LEFT, findings="limit:limit",
         settings="components=8", shows="more attributes and rows than the settings allow"),
    Pair("limit-properties", lambda t: response(t), **LEFT, findings="limit:limit",
         settings="content-lines=3", shows="more properties than the settings allow"),
    Pair("quoted-printable", **WHOLE, mail=mixed("quoted-printable"),
         shows="octet for octet, soft breaks stay"),
    Pair("crlf", **WHOLE, line_end="\r\n", shows="CRLF, as a milter sees it"),
    Pair("alone", **WHOLE, mail=alone, shows="the whole mail is the stream; lines of 60"),
    Pair("octet-stream", **WHOLE, mail=mixed(field="Content-Type: application/octet-stream\n"),
         shows="known by the name winmail.dat"),
    Pair("uuencode", **SEALED, mail=mixed("x-uuencode"), findings=all_three("encoding"),
         shows="read, never written"),
    Pair("signed", **SEALED, findings=all_three("signed"), shows="in a signed part",
         mail=wrapped("multipart/signed", '; protocol="application/pgp-signature"')),
    Pair("report", **SEALED, findings=all_three("quoted"), shows="in a report",
         mail=wrapped("multipart/report", "; report-type=delivery-status")),
    Pair("forwarded", **SEALED, findings=all_three("quoted"), mail=forwarded,
         shows="in a forwarded mail"),
    Pair("dkim", **SEALED, findings=all_three("policy"), settings="dkim-signed=leave",
         mail=lambda octets: "DKIM-Signature: v=1; a=rsa-sha256\n" + mixed()(octets),
         shows="a signature that the settings keep"),
    Pair("not-tnef", lambda t: b"\x89PNG" + bytes(20), **LEFT, findings="-",
         shows="a picture under the type and name of TNEF is none"),
]  # fmt: skip


def write(folder: Path, pair: Pair, moment: object, suffix: str) -> None:
    text = HEAD.format(name=pair.name) + pair.mail(pair.build(moment))
    path = folder / f"tnef-{pair.name}.{suffix}.eml"
    path.write_bytes(text.replace("\n", pair.line_end).encode("latin-1"))


def main() -> int:
    folder = Path(sys.argv[1])
    for pair in PAIRS:
        write(folder, pair, pair.before, "in")
        if pair.after is not None:
            write(folder, pair, pair.after, "out")
        print(f"tnef-{pair.name}", pair.settings, NOW, pair.findings, pair.shows, sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main())
