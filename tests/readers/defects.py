# SPDX-License-Identifier: BSD-2-Clause
"""defects: mails that each hold one defect, by the rule that mends it, and the same without it.

A rule without a row has those of its golden pairs. A row changes lines of a sound calendar, its
octets, or the header of its part. Every row is made in 8bit and in base64, but where the encoding
is the defect or what it says hangs on one. joined() puts several into one mail.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Callable

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "golden"

SOUND = (
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//defects//EN", "METHOD:REQUEST",
    "BEGIN:VEVENT", "UID:budget@example.org", "DTSTAMP:20260105T101500Z",
    "CREATED:20260105T101500Z", "LAST-MODIFIED:20260105T101500Z", "SEQUENCE:1",
    "DTSTART:20260112T090000Z", "DTEND:20260112T100000Z", "SUMMARY:Budget", "STATUS:CONFIRMED",
    "ORGANIZER;CN=Ada Winter:mailto:ada.winter@example.org",
    "ATTENDEE;CN=Ben Somers;PARTSTAT=NEEDS-ACTION:mailto:ben.somers@example.com",
    "ATTENDEE;CN=Cleo Marsh;PARTSTAT=ACCEPTED:mailto:cleo.marsh@example.com",
    "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", "TRIGGER:-PT15M", "END:VALARM",
    "END:VEVENT", "END:VCALENDAR",
)  # fmt: skip
SUMMARY = "SUMMARY:Budget"
BEN = "ATTENDEE;CN=Ben Somers;PARTSTAT=NEEDS-ACTION:mailto:ben.somers@example.com"
ADA = "ORGANIZER;CN=Ada Winter:mailto:ada.winter@example.org"
START, END = "DTSTART:20260112T090000Z", "DTEND:20260112T100000Z"
TRIGGER = "TRIGGER:-PT15M"
LAST = "END:VCALENDAR"
WORDS = "a line of words that is long enough to be folded where a calendar folds it: " * 2
LONG = "DESCRIPTION:" + "every word of it matters, " * 50
UMLAUT = "SUMMARY:Gr\u00fc\u00dfe"


@dataclass(frozen=True)
class Defect:
    """`lines`: what stands for a line of the sound calendar in the broken one; `sound`: in both."""

    rule: str
    lines: dict = field(default_factory=dict)
    sound: dict = field(default_factory=dict)
    octets: Callable[[bytes], bytes] = lambda octets: octets
    type: str = ""
    encoding: str = ""
    encodings: tuple[str, ...] = ("8bit", "base64")
    width: int = 76

    def calendar(self, broken: bool) -> bytes:
        changes = {**self.sound, **(self.lines if broken else {})}
        text = [changes.get(line, line) for line in SOUND]
        octets = "".join(f"{line}\r\n" for line in text if line is not None).encode()
        return self.octets(octets) if broken else octets

    def method(self) -> str:
        return self.sound.get("METHOD:REQUEST", "METHOD:REQUEST").partition(":")[2]

    def mail(self, encoding: str, broken: bool) -> bytes:
        calendar = self.calendar(broken)
        width = self.width if broken else 76
        body = wrapped(calendar, width) if encoding == "base64" else calendar
        kind = f"text/calendar; charset=UTF-8; method={self.method()}"
        label = (self.encoding if broken else "") or encoding
        kind = (self.type if broken else "") or kind
        return HEAD.encode() + f"{PART}{kind}\r\n".encode() + (
            f"Content-Transfer-Encoding: {label}\r\n\r\n".encode() + body + b"\r\n--edge--\r\n"
        )


HEAD = (
    "From: ada.winter@example.org\r\nTo: ben.somers@example.com\r\nSubject: Budget\r\n"
    "Date: Mon, 5 Jan 2026 10:15:00 +0000\r\nMessage-ID: <budget@example.org>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=edge\r\n\r\n"
    "--edge\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nBudget\r\n"
)
PART = "--edge\r\nContent-Type: "


def wrapped(octets: bytes, width: int) -> bytes:
    data = base64.b64encode(octets)
    return b"\r\n".join(data[at : at + width] for at in range(0, len(data), width))


def cut(line: str, at: int, between: str) -> str:
    return line[:at] + between + line[at:]


def cut_character(octets: bytes) -> bytes:
    return octets.replace(b"\xc3\xbc", b"\xc3\r\n \xbc")


def all_day(start: str, end: str) -> dict:
    return {START: start, END: end}


REPLY = {"METHOD:REQUEST": "METHOD:REPLY", BEN: None, "STATUS:CONFIRMED": None}
CANCEL = {"METHOD:REQUEST": "METHOD:CANCEL", "STATUS:CONFIRMED": "STATUS:CANCELLED"}
DAYS = all_day("DTSTART;VALUE=DATE:20260112", "DTEND;VALUE=DATE:20260113")
RULE = "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO,TU"
PLAIN_TYPE = "text/calendar; charset=UTF-8"

DEFECTS = (
    # structure
    Defect("end-missing", {"END:VCALENDAR": None}),
    Defect("version-missing", {"VERSION:2.0": None}),
    Defect("product-missing", {"PRODID:-//example.org//defects//EN": None}),
    Defect("line-blanks", {"END:VEVENT": "END:VEVENT "}),
    Defect("line-blanks", {"BEGIN:VEVENT": "BEGIN:VEVENT "}),
    Defect("line-blanks", {"END:VCALENDAR": "END:VCALENDAR  "}),
    Defect("line-blanks", {"BEGIN:VALARM": "BEGIN:VALARM\t"}),
    Defect("parameter-empty", {ADA: ADA.replace(";CN", ";;CN")}),
    Defect("parameter-empty", {BEN: BEN.replace(":mailto", ";:mailto")}),
    Defect("parameter-empty", {START: START.replace(":", ";:")}),
    Defect("duplicate-line", {"DTSTAMP:20260105T101500Z": "DTSTAMP:20260105T101500Z\r\n" * 2}),
    Defect("duplicate-line", {SUMMARY: f"{SUMMARY}\r\n{SUMMARY}"}),
    Defect("duplicate-line", {START: f"{START}\r\n{START}"}),
    Defect("duplicate-line", {"UID:budget@example.org": "UID:budget@example.org\r\n" * 2}),
    Defect("duplicate-line", {"METHOD:REQUEST": "METHOD:REQUEST\r\nMETHOD:REQUEST"}),
    Defect("duplicate-line", {ADA: f"{ADA}\r\n{ADA}"}),
    Defect("fold-missing", {SUMMARY: cut(f"SUMMARY:{WORDS}", 75, "\r\n")},
           {SUMMARY: cut(f"SUMMARY:{WORDS}", 75, "\r\n ")}),
    Defect("text-after-end", {LAST: f"{LAST}\r\nThis mail was looked at by a gateway."}),
    Defect("text-after-end", {LAST: f"{LAST}\r\n-- \r\nA list\r\nhttps://example.org/"}),
    # text
    Defect("byte-order-mark", octets=lambda text: b"\xef\xbb\xbf" + text),
    Defect("fold-in-character", {}, {SUMMARY: UMLAUT}, octets=cut_character),
    Defect("long-line", {SUMMARY: f"{SUMMARY}\r\n{LONG}"}, encodings=("8bit",)),
    Defect("encoding-parameter", {SUMMARY: "SUMMARY;ENCODING=QUOTED-PRINTABLE:Budget"}),
    Defect("encoding-parameter",
           {SUMMARY: "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Budget"}),
    Defect("name-underscore", {SUMMARY: f"{SUMMARY}\r\nX-ENTOURAGE_UUID:5E0C"}),
    Defect("doubled-return", octets=lambda text: text.replace(b"\r\n", b"\r\r\n"),
           encodings=("base64",)),
    Defect("bare-line-feed", octets=lambda text: text.replace(b"\r\n", b"\n"),
           encodings=("base64",)),
    # method, mime
    Defect("method-parameter-missing", type=PLAIN_TYPE),
    Defect("method-parameter-differs", type=f"{PLAIN_TYPE}; method=PUBLISH"),
    Defect("method-parameter-differs", {}, CANCEL, type=f'{PLAIN_TYPE}; method="REQUEST"'),
    Defect("method-missing", {"METHOD:REQUEST": None}, type=f"{PLAIN_TYPE}; method=REQUEST"),
    Defect("charset-missing", {}, {SUMMARY: UMLAUT}, type="text/calendar; method=REQUEST"),
    Defect("charset-ascii", {}, {SUMMARY: UMLAUT},
           type="text/calendar; method=REQUEST; charset=us-ascii"),
    Defect("encoding-noise", encoding="base64;", encodings=("base64",)),
    Defect("encoding-noise", encoding="8bit;", encodings=("8bit",)),
    Defect("encoded-line-long", encodings=("base64",), width=10**6,
           sound={SUMMARY: f"{SUMMARY}\r\nDESCRIPTION:" + "many words\r\n  " * 100 + "."}),
    Defect("organizer-missing", {ADA: None}, REPLY),
    Defect("cancel-status", {"STATUS:CONFIRMED": "STATUS:CONFIRMED"}, CANCEL),
    # zone
    Defect("utc-zone", all_day("DTSTART;TZID=UTC:20260112T090000",
                               "DTEND;TZID=UTC:20260112T100000")),
    Defect("utc-zone", all_day("DTSTART;TZID=GMT:20260112T090000Z",
                               "DTEND;TZID=GMT:20260112T100000Z")),
    Defect("utc-zone", all_day("DTSTART;TZID=Etc/UTC:20260112T090000",
                               "DTEND;TZID=Etc/UTC:20260112T100000")),
    Defect("utc-zone", {"DTSTAMP:20260105T101500Z": "DTSTAMP;TZID=UTC:20260105T101500"}),
    Defect("zone-missing", all_day("DTSTART;TZID=Europe/Vienna:20260112T090000",
                                   "DTEND;TZID=Europe/Vienna:20260112T100000")),
    # address
    Defect("address-scheme", {BEN: BEN.replace("mailto:", "")}),
    Defect("address-scheme", {ADA: ADA.replace("mailto:", "")}),
    Defect("address-escaped", {BEN: BEN.replace("@", "%40")}),
    Defect("address-escaped", {ADA: ADA.replace("@", "%40")}),
    Defect("sent-by-unquoted",
           {ADA: ADA.replace(":", ";SENT-BY=mailto:dan.lowe@example.org:", 1)}),
    Defect("common-name-comma", {BEN: BEN.replace("Ben Somers", "Somers, Ben")}),
    Defect("common-name-comma", {ADA: ADA.replace("Ada Winter", "Winter, Ada")}),
    Defect("attendee-swapped",
           {BEN: "ATTENDEE:PARTSTAT=NEEDS-ACTION;mailto:ben.somers@example.com"}),
    Defect("comment-quotes",
           {BEN: BEN.replace(":", ';X-RESPONSE-COMMENT="I say "yes" to it":', 1)}),
    # alarm
    *(Defect("trigger-empty", {TRIGGER: line}) for line in (
        "TRIGGER;RELATED=START:P", "TRIGGER:-P", "TRIGGER:PT", "TRIGGER:-PD",
        "TRIGGER;RELATED=START:")),
    Defect("trigger-days", {TRIGGER: "TRIGGER:-PT1D"}),
    Defect("trigger-days", {TRIGGER: "TRIGGER:PT1W"}),
    Defect("alarm-action", {"ACTION:DISPLAY": None}),
    # date
    Defect("created-zero", {"CREATED:20260105T101500Z": "CREATED:00001231T000000Z"}),
    Defect("created-zero", {"LAST-MODIFIED:20260105T101500Z": "LAST-MODIFIED:00010101T000000Z"}),
    Defect("date-unlabelled", all_day("DTSTART:20260112", "DTEND:20260113"), DAYS),
    Defect("date-midnight", all_day("DTSTART;VALUE=DATE:20260112T000000",
                                    "DTEND;VALUE=DATE:20260113T000000"), DAYS),
    Defect("date-midnight", all_day("DTSTART;VALUE=DATE:20260112T000000Z",
                                    "DTEND;VALUE=DATE:20260113T000000Z"), DAYS),
    Defect("stamp-missing", {"DTSTAMP:20260105T101500Z": None}),
    *(Defect("rule-noise", {SUMMARY: f"{SUMMARY}\r\n{line}"}, {SUMMARY: f"{SUMMARY}\r\n{RULE}"})
      for line in (RULE.replace(",", ", "), RULE + ";", RULE.replace(";C", ";;C"))),
    Defect("stamp-local", {"DTSTAMP:20260105T101500Z": "DTSTAMP:20260105T101500"}),
    Defect("stamp-local", {"DTSTAMP:20260105T101500Z": "DTSTAMP:20260105"}),
    Defect("lotus-range",
           {SUMMARY: f"{SUMMARY}\r\nX-LOTUS-RECURID;RANGE=THISANDFUTURE:20260112T090000Z"}),
)  # fmt: skip


def joined(one: Defect, other: Defect) -> Defect | None:
    """Both defects in one mail, or None where they touch the same line or field."""
    lines = [{**defect.sound, **defect.lines} for defect in (one, other)]
    encodings = tuple(name for name in one.encodings if name in other.encodings)
    if set(lines[0]) & set(lines[1]) or (one.type and other.type) or not encodings:
        return None
    return Defect(
        f"{one.rule}+{other.rule}", {**one.lines, **other.lines}, {**one.sound, **other.sound},
        lambda octets: other.octets(one.octets(octets)), one.type or other.type,
        one.encoding or other.encoding, encodings, max(one.width, other.width),
    )  # fmt: skip


def joined_mails(folder: Path, count: int) -> list[Path]:
    """Mails with two to four defects, the same ones each time, written into the folder."""
    random, paths = Random(1), []
    while len(paths) < count:
        rows = sorted(random.sample(range(len(DEFECTS)), random.randint(2, 4)))
        defect = DEFECTS[rows[0]]
        for row in rows[1:]:
            defect = joined(defect, DEFECTS[row]) or defect
        octets = defect.mail(random.choice(defect.encodings), broken=True)
        paths.append(folder / f"{len(paths)}-{defect.rule}.eml")
        paths[-1].write_bytes(octets)
    return paths


def golden_mails(rule: str) -> list[Path]:
    """The golden mails that the rule, which has no row here, repairs."""
    rows = (GOLDEN / "golden.tsv").read_text(encoding="utf-8").splitlines()[1:]
    names = [row.split("\t")[0] for row in rows if f"{rule}:repaired" in row.split("\t")[3].split()]
    return [GOLDEN / f"{name}.in.eml" for name in names]


def broken_mails(folder: Path, rule: str) -> list[Path]:
    """The mails with the defect of a rule, written into the folder."""
    paths = []
    for number, defect in enumerate(DEFECTS):
        for encoding in defect.encodings if defect.rule == rule else ():
            paths.append(folder / f"{rule}-{number}-{encoding}.eml")
            paths[-1].write_bytes(defect.mail(encoding, broken=True))
    return paths
