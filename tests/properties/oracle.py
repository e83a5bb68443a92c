# SPDX-License-Identifier: BSD-2-Clause
"""oracle: a second, independent implementation of the contract of what is repaired.

repair() gives the octets that the contract determines and the findings, for the tests to compare
with what calmend writes. It shares no code and no library with calmend. It has no guard and no
limits.

Never fails on a message; whatever cannot be read is left.
"""

from __future__ import annotations

import binascii
import email.utils
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import tnef_oracle
from calendar_oracle import Calendar, Policy, is_usable
from calendar_text import Malformed
from mime_parts import (
    WELL_FORMED_TYPE, Field, Part, field_text, first_field, head_start, locate, read_content_type,
    without_comments,
)  # fmt: skip
from transfer_coding import TextEdit, Undecodable, decode, lenient_text, splice

CALENDAR_TYPES = ("text/calendar", "application/ics")
TNEF_TYPES = ("application/ms-tnef",)
DEADLINE_FIELDS = (b"reply-by", b"expires", b"expiry-date", b"deferred-delivery")
FOREIGN_CHARSET = re.compile(
    r"utf-?(7|16|32)|ucs-?[24]|iso-10646-ucs|unicode-1-1-utf-7|csunicode|.*ebcdic|"
    r"(ibm|cp)-?(037|273|277|278|280|284|285|297|500|871|875|1026|1047|114\d)\b"
)
SCHEDULING = (b"REQUEST", b"REPLY", b"CANCEL", b"COUNTER", b"REFRESH", b"ADD", b"DECLINECOUNTER")
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
EPOCH_DATES = ((1601, 1, 1), (1600, 12, 31))


@dataclass(frozen=True)
class Finding:
    """One defect: `outcome` is "repaired", or why not; `part` is None for the mail's header."""

    rule: str
    outcome: str
    part: str | None = None


@dataclass(frozen=True)
class Result:
    octets: bytes
    findings: list
    unread: set  # sections of parts that do not decode or nest: what they hold is a guess


def read_date(text: str) -> tuple[tuple, datetime | None] | None:
    """An RFC 5322 date: year, month and day as written, and the moment in UTC."""
    found = email.utils.parsedate_tz(text)
    if found is None:
        return None
    try:
        moment = datetime(*found[:6], tzinfo=timezone.utc) - timedelta(seconds=found[9] or 0)
    except (ValueError, OverflowError):
        moment = None
    return tuple(found[:3]), moment


class Repair:
    """One message under the rules: collects findings, and edits of the message's octets."""

    def __init__(self, octets: bytes, now: datetime, policy: Policy):
        self.octets, self.now, self.policy = octets, now, policy
        self.fields, self.tree = locate(octets)
        self.findings: list[Finding] = []
        self.unread: set[str] = set()
        self.edits: list[tuple[int, int, bytes]] = []
        header = first_field(self.fields, b"date")
        found = read_date(field_text(octets, header)) if header else None
        self.date = found[1] if found else None

    def run(self) -> None:
        if any(is_calendar(part) or is_tnef(self.octets, part) for part in self.tree.parts):
            self.date_field()
            self.deadline_fields()
        for part in self.tree.parts:
            if is_calendar(part):
                self.calendar_part(part)
            elif is_tnef(self.octets, part):
                self.tnef_part(part)
        self.edits.sort(key=lambda edit: edit[0])

    def date_field(self) -> None:
        header = first_field(self.fields, b"date")
        if self.policy.action("header-date-epoch", "set") != "set" or not header:
            return
        if not self.is_epoch_field(header):
            return
        raw = self.octets[header.value : header.value_end]
        start = header.value + len(raw) - len(raw.lstrip(b" \t\r\n"))
        stop = header.value + len(raw.rstrip(b" \t\r\n"))
        text = email.utils.format_datetime(self.now).encode()
        self.edits.append((start, stop - start, text))
        self.findings.append(Finding("header-date-epoch", "repaired"))

    def deadline_fields(self) -> None:
        if self.policy.action("header-deadline-epoch", "delete") != "delete":
            return
        for item in self.fields:
            if item.name in DEADLINE_FIELDS and self.is_epoch_field(item):
                self.edits.append((item.start, item.next - item.start, b""))
                self.findings.append(Finding("header-deadline-epoch", "repaired"))

    def is_epoch_field(self, item: Field) -> bool:
        found = read_date(field_text(self.octets, item))
        return found is not None and found[0] in EPOCH_DATES

    def calendar_part(self, part: Part) -> None:
        """Whatever stands in the way of an edit is the outcome of all that would be repaired."""
        content = self.octets[part.start : part.end]
        encoding = self.transfer_encoding(part)
        reason, coding = part.reason, None
        try:
            coding = decode(encoding, content, self.ending_before(part))
            text = coding.text
        except Undecodable:
            reason = reason or "encoding"
            self.unread.add(part.section)
            text = lenient_text(encoding, content)
        if is_foreign(part.parameters.get("charset", ""), text):
            reason = reason or "charset"
            text = in_ascii_superset(part.parameters.get("charset", ""), text)
        try:
            calendar = Calendar(text, self.policy, self.date, self.now)
        except Malformed:
            self.unread.add(part.section)
            return
        calendar.examine()
        method = self.method_parameter(part, calendar)
        for rule, outcome in calendar.findings + method:
            outcome = reason if reason and outcome == "repaired" else outcome
            self.findings.append(Finding(rule, outcome, part.section))
        if reason:
            return
        if ("method-parameter-missing", "repaired") in method:
            header = part.field(b"content-type")
            separated = without_comments(self.type_text(part)).rstrip().endswith(";")
            text = (b" method=" if separated else b"; method=") + calendar.methods()[0].value
            self.edits.append((header.value_end, 0, text))
        if calendar.edits:
            self.edits.append((part.start, len(content), coding.write(calendar.edits)))

    def tnef_part(self, part: Part) -> None:
        """The same for a stream; each octet that changes is an edit of its own."""
        content = self.octets[part.start : part.end]
        encoding = self.transfer_encoding(part)
        reason, coding = part.reason, None
        try:
            coding = decode(encoding, content, self.ending_before(part))
            stream = coding.text
        except Undecodable:
            reason = reason or "encoding"
            stream = uudecode(content) or lenient_text(encoding, content)
        if not stream.startswith(tnef_oracle.SIGNATURE):
            return
        fallback = self.date if is_usable(self.date, self.now) else self.now
        result, findings = tnef_oracle.examine(stream, fallback, self.now, self.policy, reason)
        self.findings += [Finding(rule, outcome, part.section) for rule, outcome in findings]
        edits = [
            TextEdit(at, 1, written(encoding, result[at]))
            for at in range(len(stream))
            if stream[at] != result[at]
        ]
        if edits:
            self.edits.append((part.start, len(content), coding.write(edits)))

    def method_parameter(self, part: Part, calendar: Calendar) -> list:
        action = self.policy.action("method-parameter-missing", "ignore", "add")
        methods = [line.value for line in calendar.methods()]
        if action != "add" or part.type != "text/calendar" or self.has_two_types(part):
            return []
        if len(methods) != 1 or not TOKEN.match(methods[0]):
            return []
        if not WELL_FORMED_TYPE.fullmatch(without_comments(self.type_text(part))):
            wanted = methods[0].upper() in SCHEDULING and not self.is_attachment(part)
            return [("method-parameter-missing", "leave")] if wanted else []
        return [] if "method" in part.parameters else [("method-parameter-missing", "repaired")]

    def has_two_types(self, part: Part) -> bool:
        return sum(item.name == b"content-type" for item in part.fields) > 1

    def type_text(self, part: Part) -> str:
        return field_text(self.octets, part.field(b"content-type"))

    def is_attachment(self, part: Part) -> bool:
        header = part.field(b"content-disposition")
        text = without_comments(field_text(self.octets, header)) if header else ""
        return text.partition(";")[0].strip().lower() == "attachment"

    def transfer_encoding(self, part: Part) -> str:
        header = part.field(b"content-transfer-encoding")
        if header is None:
            return "7bit"
        return without_comments(field_text(self.octets, header)).strip().lower() or "7bit"

    def ending_before(self, part: Part) -> bytes:
        """The line ending of the line before the content."""
        before = self.octets[max(part.start - 2, 0) : part.start]
        return b"\r\n" if before == b"\r\n" else b"\n"


def is_calendar(part: Part) -> bool:
    return part.type in CALENDAR_TYPES


def is_tnef(octets: bytes, part: Part) -> bool:
    return part.type in TNEF_TYPES or file_name(octets, part).lower() == "winmail.dat"


def file_name(octets: bytes, part: Part) -> str:
    header = part.field(b"content-disposition")
    found = read_content_type(field_text(octets, header))[1] if header else {}
    return found.get("filename") or part.parameters.get("name", "")


def uudecode(content: bytes) -> bytes:
    """What follows a first line that begins with "begin ", or nothing."""
    lines = content.splitlines()
    if not content.startswith(b"begin "):
        return b""
    return b"".join(binascii.a2b_uu(line) for line in lines[1:] if line not in (b"`", b"end", b""))


def written(encoding: str, octet: int) -> bytes:
    plain = bytes([octet])
    if encoding != "quoted-printable" or plain.isalnum():
        return plain
    return b"=%02X" % octet


def in_ascii_superset(charset: str, text: bytes) -> bytes:
    """The text in UTF-8 where its label is not compatible with ASCII."""
    try:
        foreign = FOREIGN_CHARSET.match(charset.lower())
        return text.decode(charset if foreign else "latin-1").encode()
    except (LookupError, UnicodeDecodeError):
        return text


def is_foreign(charset: str, text: bytes) -> bool:
    """Not compatible with ASCII, or holds NUL."""
    return bool(FOREIGN_CHARSET.match(charset.lower())) or b"\0" in text


def repair(message_octets, now, enable=(), disable=(), stamp=False) -> Result:
    """What the contract makes of a message.

    `now` is YYYYMMDDTHHMMSSZ. `stamp` is the X-Calmend value to insert where the message was
    changed, or False.
    """
    clock = datetime.strptime(now, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    work = Repair(message_octets, clock, Policy(enable, disable))
    work.run()
    octets = splice(message_octets, work.edits)
    if stamp and octets != message_octets:
        start = head_start(octets)
        ending = b"\r\n" if b"\r\n" in octets[:998] else b"\n"
        octets = octets[:start] + b"X-Calmend: " + stamp.encode() + ending + octets[start:]
    return Result(octets, work.findings, work.unread)
