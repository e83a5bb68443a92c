# SPDX-License-Identifier: BSD-2-Clause
"""tnef_oracle: the contract's TNEF rules, written a second time, for the tests to compare with.

A stream is read into messages with properties (MS-OXTNEF 2), and repaired by writing each time
where it stands and every checksum around it anew, from the innermost message to the outermost. A
stream that contradicts itself is read as far as it goes. examine() never fails.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import datetime, timezone

SIGNATURE = bytes.fromhex("789f3e22")
IID_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
MEETING = bytes.fromhex("90dad86e0b451b1098da00aa003f1305")
APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")
ATT_CLASS, ATT_PROPS, ATT_ROWS, ATT_ATTACHMENT = 0x78008, 0x69003, 0x69004, 0x69005
SYSTIME, OBJECT, STRING8, UNICODE, BINARY = 0x40, 0x0D, 0x1E, 0x1F, 0x102

FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 0x14: 8, SYSTIME: 8, 0x48: 16}
SIZED = (OBJECT, STRING8, UNICODE, BINARY)
SINGLE = (10, 11, OBJECT)

RULES = (
    ("tnef-attendee-change", (MEETING, 0x0001), "response"),
    ("tnef-owner-change", (MEETING, 0x001A), "owner"),
    ("tnef-reply-time", (APPOINTMENT, 0x8220), "response"),
    ("tnef-track-status-time", 0x5FFB, "both"),
)
CRITICAL = {"response": (MEETING, 0x0001), "owner": (MEETING, 0x001A)}
SUBMIT_TIME = 0x0039
KINDS = {
    "ipm.schedule.meeting.request": "owner",
    "ipm.schedule.meeting.canceled": "owner",
    "ipm.schedule.meeting.resp.pos": "response",
    "ipm.schedule.meeting.resp.neg": "response",
    "ipm.schedule.meeting.resp.tent": "response",
    "ipm.microsoft schedule.mtgreq": "owner",
    "ipm.microsoft schedule.mtgcncl": "owner",
    "ipm.microsoft schedule.mtgrespp": "response",
    "ipm.microsoft schedule.mtgrespn": "response",
    "ipm.microsoft schedule.mtgrespa": "response",
}
DAY = 86400 * 10**7
UNSET = 2 * DAY
DEPTH = 10


class Broken(Exception):
    """The stream contradicts itself; what was read before stands."""


@dataclass
class Property:
    key: object  # id, or (set, LID), or (set, name)
    kind: int
    row: tuple  # table and number, or empty
    start: int  # of its value
    value: bytes


@dataclass
class Attribute:
    number: int
    start: int
    size: int


@dataclass
class Message:
    start: int
    end: int
    depth: int
    attributes: list = field(default_factory=list)
    properties: list = field(default_factory=list)

    def times(self, key) -> list[Property]:
        return [item for item in self.properties if item.key == key and item.kind == SYSTIME]


def filetime(moment: datetime) -> int:
    since = moment.astimezone(timezone.utc) - datetime(1601, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86400 + since.seconds) * 10**7


def number(item: Property) -> int:
    return struct.unpack("<Q", item.value)[0]


class Stream:
    """`messages` in the order they are read: the outermost, then those inside of it, and so on."""

    def __init__(self, octets: bytes):
        self.octets = octets
        self.messages = [Message(0, len(octets), 0)]
        self.broken = False
        try:
            for message in self.messages:
                self.read_message(message)
        except (Broken, struct.error):
            self.broken = True

    def take(self, form: str, at: int, end: int):
        size = struct.calcsize(form)
        if at + size > end:
            raise Broken
        return struct.unpack_from(form, self.octets, at)

    def read_message(self, message: Message) -> None:
        if self.octets[message.start : message.end][:4] != SIGNATURE:
            raise Broken
        self.take("<H", message.start + 4, message.end)
        at = message.start + 6
        while at < message.end:
            at = self.read_attribute(message, at)

    def read_attribute(self, message: Message, at: int) -> int:
        level, code, size = self.take("<BII", at, message.end)
        start = at + 9
        if level not in (1, 2) or start + size + 2 > message.end:
            raise Broken
        message.attributes.append(Attribute(code, start, size))
        data = self.octets[start : start + size]
        if struct.unpack_from("<H", self.octets, start + size)[0] != sum(data) & 0xFFFF:
            self.broken = True
        readers = {ATT_PROPS: (1, self.read_list), ATT_ROWS: (1, self.read_rows),
                   ATT_ATTACHMENT: (2, self.read_list)}  # fmt: skip
        if code in readers:
            wanted, reader = readers[code]
            if level != wanted:
                raise Broken
            if reader(message, code, start, start + size) != start + size:
                raise Broken
        return start + size + 2

    def read_rows(self, message: Message, code: int, at: int, end: int) -> int:
        (count,) = self.take("<I", at, end)
        at += 4
        for row in range(1, count + 1):
            at = self.read_list(message, code, at, end, (end, row))
        return at

    def read_list(self, message: Message, code: int, at: int, end: int, row: tuple = ()) -> int:
        (count,) = self.take("<I", at, end)
        at += 4
        for _ in range(count):
            at = self.read_property(message, code, at, end, row)
        return at

    def read_property(self, message: Message, code: int, at: int, end: int, row: tuple) -> int:
        kind, key = self.take("<HH", at, end)
        at += 4
        base, several = kind & ~0x1000, bool(kind & 0x1000)
        if base not in FIXED and base not in SIZED or several and base in SINGLE:
            raise Broken
        if key >= 0x8000:
            key, at = self.read_name(at, end)
        count = 1
        if several or base in SIZED:
            (count,) = self.take("<I", at, end)
            at += 4
        if not several and count != 1:
            raise Broken
        inner = []
        for _ in range(count):
            start, value, at = self.read_value(base, at, end)
            if base == OBJECT:
                inner = self.inner_message(message, start, value)
        if not several and code != ATT_ATTACHMENT:
            message.properties.append(Property(key, kind, row, start, value))
        self.messages += inner
        return at

    def read_name(self, at: int, end: int):
        group, form, item = self.take("<16sII", at, end)
        at += 24
        if form == 0:
            return (group, item), at
        if form != 1:
            raise Broken
        self.take(f"<{(item + 3) // 4 * 4}s", at, end)
        return (group, self.octets[at : at + item]), at + (item + 3) // 4 * 4

    def read_value(self, base: int, at: int, end: int):
        size = FIXED.get(base)
        if size is None:
            (size,) = self.take("<I", at, end)
            at += 4
        if at + (size + 3) // 4 * 4 > end:
            raise Broken
        return at, self.octets[at : at + size], at + (size + 3) // 4 * 4

    @staticmethod
    def inner_message(message: Message, start: int, value: bytes) -> list[Message]:
        if len(value) < 16:
            raise Broken
        if value[:16] != IID_MESSAGE:
            return []
        return [Message(start + 16, start + len(value), message.depth + 1)]

    def kind_of(self, message: Message) -> tuple[str | None, bool]:
        """What the message class means, and whether both places agree."""
        found = []
        for attribute in message.attributes:
            if attribute.number == ATT_CLASS:
                data = self.octets[attribute.start : attribute.start + attribute.size]
                found.append(data.split(b"\0")[0].decode("latin-1"))
                break
        for item in message.properties:
            if item.key == 0x1A and not item.row and item.kind in (STRING8, UNICODE):
                wide = item.kind == UNICODE
                text = item.value.decode("utf-16le" if wide else "latin-1", "replace")
                found.append(text.split("\0")[0])
                break
        kinds = [class_kind(text) for text in found]
        return (kinds[-1] if kinds else None), len(set(kinds)) < 2

    def seal(self, octets: bytearray) -> None:
        """Every checksum, the innermost first."""
        for message in reversed(self.messages):
            for item in message.attributes:
                data = octets[item.start : item.start + item.size]
                octets[item.start + item.size : item.start + item.size + 2] = struct.pack(
                    "<H", sum(data) & 0xFFFF
                )


def class_kind(text: str) -> str | None:
    text = text.lower()
    for name, kind in KINDS.items():
        if text == name or text.startswith(name + "."):
            return kind
    return None


def repeated(message: Message, item: Property) -> bool:
    return sum(x.row == item.row for x in message.times(item.key)) > 1


def examine(octets: bytes, fallback: datetime, now: datetime, policy, reason: str | None):
    """The repaired stream, and (rule, outcome) of each finding.

    `fallback` is the Date field where it is usable, else the clock; `reason` is why nothing of the
    part may be edited, or None.
    """
    stream = Stream(octets)
    findings: list[tuple[str, str]] = []
    result = bytearray(octets)
    agree = stream.kind_of(stream.messages[0])[1]
    if stream.broken or not agree:
        reason = reason or "malformed"
        if policy.action("tnef-malformed", "report") == "report":
            findings.append(("tnef-malformed", reason))
    for message in stream.messages:
        kind = stream.kind_of(message)[0]
        if kind is not None:
            work = Times(message, kind, fallback, now)
            findings += work.repair(result, policy, reason)
    if any(outcome == "repaired" for _, outcome in findings):
        stream.seal(result)
    return bytes(result), findings


class Times:
    """The times of one meeting message."""

    def __init__(self, message: Message, kind: str, fallback: datetime, now: datetime):
        self.message, self.kind = message, kind
        self.latest = filetime(now) + DAY
        self.fallback = filetime(fallback)
        self.critical = self.usable(CRITICAL[kind])
        self.submitted = self.usable(SUBMIT_TIME)

    def usable(self, key) -> int | None:
        found = [number(item) for item in self.message.times(key) if not item.row]
        first = filetime(datetime(1970, 1, 1, tzinfo=timezone.utc))
        return found[0] if len(found) == 1 and first <= found[0] <= self.latest else None

    def repair(self, result: bytearray, policy, reason: str | None) -> list[tuple[str, str]]:
        findings = []
        for rule, key, kind in RULES:
            if kind not in ("both", self.kind) or policy.action(rule, "set") != "set":
                continue
            rows = rule == "tnef-track-status-time"
            for item in self.message.times(key):
                if bool(item.row) != rows or number(item) >= UNSET:
                    continue
                left = self.message.depth > 0 or repeated(self.message, item)
                findings.append((rule, "leave" if left else reason or "repaired"))
                if not left and not reason:
                    self.write(result, key, item)
        return findings

    def write(self, result: bytearray, key, item: Property) -> None:
        value = self.critical or self.submitted or self.fallback
        result[item.start : item.start + 8] = struct.pack("<Q", value)
        if key == CRITICAL[self.kind]:
            self.critical = value
