# SPDX-License-Identifier: BSD-2-Clause
"""calendar_oracle: the calendar rules, from decoded text to findings and text edits.

Written from the contract of what is repaired, row by row. One Calendar is one decoded part;
examine() walks its components in order. A finding is (rule, outcome): `repaired`, or `leave`.

Raises calendar_text.Malformed for text that cannot be read as a calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from calendar_text import Component, Line, read_calendar
from transfer_coding import TextEdit

RESPONSE = (b"REPLY", b"COUNTER")
ATTENDEE_CHANGE = b"X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"
OWNER_CHANGE = b"X-MICROSOFT-CDO-OWNER-CRITICAL-CHANGE"
REPLY_TIME = b"X-MICROSOFT-CDO-REPLYTIME"
BUSY_STATUS = b"X-MICROSOFT-CDO-BUSYSTATUS"
INTENDED_STATUS = (b"X-MICROSOFT-CDO-INTENDEDSTATUS", b"X-MICROSOFT-MSNCALENDAR-INTENDEDSTATUS")
RESPONSE_TIME = b"X-MS-OLK-RESPTIME"
SCHEDULE = (
    b"DTSTART", b"DTEND", b"DUE", b"RECURRENCE-ID", b"EXDATE", b"RDATE",
    b"X-MS-OLK-ORIGINALSTART", b"X-MS-OLK-ORIGINALEND",
)  # fmt: skip
EVENT = (b"VEVENT",)
STAMPED = (b"VEVENT", b"VTODO", b"VJOURNAL", b"VFREEBUSY")
CREATED = (b"VEVENT", b"VTODO", b"VJOURNAL")

DATE_FORM = re.compile(rb"(\d{8})([Tt]\d{6}[Zz]?)?\Z")
UTC_FORM = re.compile(rb"\d{8}T\d{6}Z\Z")
EPOCH_DAYS = (b"16010101", b"16001231")
DAY = timedelta(hours=24)


def is_any(_method: bytes | None) -> bool:
    return True


def is_response(method: bytes | None) -> bool:
    return method in RESPONSE


def is_no_response(method: bytes | None) -> bool:
    return method not in RESPONSE


def is_owner_method(method: bytes | None) -> bool:
    return method not in RESPONSE and method != b"REFRESH"


@dataclass(frozen=True)
class EpochRow:
    """A property that must not be an epoch date: what is done by default and when enabled."""

    rule: str
    name: bytes
    method: object
    components: tuple
    action: str  # set, report, ignore
    enabled: str = ""  # set, delete


EPOCH_ROWS = (
    EpochRow("attendee-change-epoch", ATTENDEE_CHANGE, is_any, EVENT, "set"),
    EpochRow("owner-change-epoch", OWNER_CHANGE, is_owner_method, EVENT, "set"),
    EpochRow("owner-change-epoch", OWNER_CHANGE, is_response, EVENT, "report", "delete"),
    EpochRow("reply-time-epoch", REPLY_TIME, is_response, EVENT, "set"),
    EpochRow("reply-time-epoch", REPLY_TIME, is_no_response, EVENT, "ignore", "delete"),
    EpochRow("stamp-epoch", b"DTSTAMP", is_any, STAMPED, "set"),
    EpochRow("created-epoch", b"CREATED", is_any, CREATED, "set"),
    EpochRow("modified-epoch", b"LAST-MODIFIED", is_any, CREATED, "set"),
    EpochRow("completed-epoch", b"COMPLETED", is_any, (b"VTODO",), "report", "delete"),
    EpochRow("sequence-time-epoch", b"X-MS-OLK-APPTSEQTIME", is_any, EVENT, "report", "delete"),
)


def read_utc(value: bytes) -> datetime | None:
    """A YYYYMMDDTHHMMSSZ that is a real date and time."""
    if not UTC_FORM.match(value):
        return None
    try:
        moment = datetime.strptime(value.decode(), "%Y%m%dT%H%M%SZ")
    except ValueError:
        return None
    return moment.replace(tzinfo=timezone.utc)


def is_usable(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment.year >= 1971 and moment <= now + DAY


def is_date(value: bytes) -> bool:
    """The written form of a DATE or DATE-TIME; the digits may be any."""
    return bool(DATE_FORM.match(value))


def is_epoch(value: bytes) -> bool:
    match = DATE_FORM.match(value)
    return bool(match) and match[1] in EPOCH_DAYS


def holds_epoch(value: bytes) -> bool:
    """For lists and periods: any of their dates."""
    return any(is_epoch(item.strip(b" \t")) for item in re.split(rb"[,/]", value))


class Policy:
    """Which rules the settings enable and disable."""

    def __init__(self, enable=(), disable=()):
        self.enabled, self.disabled = frozenset(enable), frozenset(disable)

    def action(self, rule: str, default: str, enabled: str = "") -> str:
        if rule in self.disabled:
            return "ignore"
        return enabled if enabled and rule in self.enabled else default


class Calendar:
    """One decoded calendar part under the rules."""

    def __init__(self, text: bytes, policy: Policy, date: datetime | None, now: datetime):
        self.text, self.policy, self.now = text, policy, now
        self.fallback = date if is_usable(date, now) else now
        self.components = read_calendar(text)
        self.findings: list[tuple[str, str]] = []
        self.edits: list[TextEdit] = []

    def methods(self) -> list[Line]:
        """The METHOD lines of every VCALENDAR, as they stand."""
        return [
            line
            for component in self.components
            if component.name == b"VCALENDAR" and not component.inside(b"VTIMEZONE")
            for line in component.named(b"METHOD")
        ]

    def examine(self) -> None:
        for component in self.components:
            parent = component.parent
            if parent is None or parent.name != b"VCALENDAR" or component.inside(b"VTIMEZONE"):
                continue
            lines = parent.named(b"METHOD")
            self.examine_component(component, lines[-1].value.upper() if lines else None)
        self.edits.sort(key=lambda edit: (edit.offset, edit.length > 0, edit.order))

    def examine_component(self, component: Component, method: bytes | None) -> None:
        for row in EPOCH_ROWS:
            if component.name in row.components and row.method(method):
                action = self.policy.action(row.rule, row.action, row.enabled)
                self.examine_dates(component, row, action)
        self.stamp_missing(component)
        if component.name in EVENT:
            self.attendee_change_missing(component, method)
            self.response_times(component)
            self.busy_status(component, method)
        self.schedule(component)

    def substitute(self, component: Component) -> bytes:
        """T of the component."""
        stamps = component.named(b"DTSTAMP")
        if len(stamps) == 1 and stamps[0].parameter(b"TZID") is None:
            if is_usable(read_utc(stamps[0].value), self.now):
                return stamps[0].value
        return self.fallback.strftime("%Y%m%dT%H%M%SZ").encode()

    def examine_dates(self, component: Component, row: EpochRow, action: str) -> None:
        lines = component.named(row.name)
        if action == "ignore" or not lines:
            return
        odd = len(lines) > 1 or self.is_odd(lines[0])
        if not odd and not is_epoch(lines[0].value):
            return
        if odd or action == "report":
            self.note(row.rule, "leave")
        else:
            self.note(row.rule, "repaired")
            self.mend(lines[0], action, self.substitute(component))

    @staticmethod
    def is_odd(line: Line) -> bool:
        return line.parameter(b"TZID") is not None or not is_date(line.value)

    def mend(self, line: Line, action: str, time: bytes) -> None:
        if action == "delete":
            self.edits.append(TextEdit(line.start, line.next - line.start, b""))
            return
        if (line.parameter(b"VALUE") or b"").upper() == b"DATE":
            time = time[:8]
        begin, end = line.value_range()
        self.edits.append(TextEdit(begin, end - begin, time))

    def stamp_missing(self, component: Component) -> None:
        action = self.policy.action("stamp-missing", "ignore", "insert")
        if action != "insert" or component.name not in STAMPED or component.count_like(b"DTSTAMP"):
            return
        self.note("stamp-missing", "repaired")
        begin = component.begin
        text = b"DTSTAMP:" + self.substitute(component)
        self.edits.append(TextEdit(begin.next, 0, text, (begin.ending, begin.next), 2))

    def attendee_change_missing(self, component: Component, method: bytes | None) -> None:
        action = self.policy.action("attendee-change-missing", "insert")
        if action != "insert" or not is_response(method) or component.count_like(ATTENDEE_CHANGE):
            return
        self.note("attendee-change-missing", "repaired")
        self.insert(component, ATTENDEE_CHANGE + b":" + self.substitute(component))

    def insert(self, component: Component, text: bytes) -> None:
        """A line of its own: after the DTSTAMP line, else before what is nested or the END."""
        stamps = component.named(b"DTSTAMP")
        if stamps:
            offset, ending = stamps[0].next, stamps[0].ending
        else:
            offset = (component.first_nested or component.end).start
            ending = offset - (2 if self.text[offset - 2 : offset] == b"\r\n" else 1)
        self.edits.append(TextEdit(offset, 0, text, (ending, offset)))

    def response_times(self, component: Component) -> None:
        action = self.policy.action("response-time-epoch", "report", "delete")
        if action == "ignore":
            return
        for line in component.named(b"ATTENDEE"):
            for name, value, begin, end in line.parameters:
                if name != RESPONSE_TIME or not is_epoch(value.strip(b" \t")):
                    continue
                self.note("response-time-epoch", "repaired" if action == "delete" else "leave")
                if action == "delete":
                    first, last = line.at[begin], line.at[end - 1] + 1
                    self.edits.append(TextEdit(first, last - first, b""))

    def busy_status(self, component: Component, method: bytes | None) -> None:
        action = self.policy.action("busy-status", "ignore", "mend")
        lines = component.named(BUSY_STATUS)
        if action != "mend" or method != b"REQUEST" or component.count_like(*INTENDED_STATUS):
            return
        if len(lines) != 1 or component.count_like(BUSY_STATUS) != 1:
            return
        if lines[0].value.upper() == b"BUSY":
            self.note("busy-status", "repaired")
            begin, end = lines[0].value_range()
            self.edits.append(TextEdit(begin, end - begin, b"TENTATIVE"))
            self.insert(component, INTENDED_STATUS[0] + b":BUSY")

    def schedule(self, component: Component) -> None:
        if self.policy.action("schedule-epoch", "report") == "report":
            lines = component.named(*SCHEDULE)
            self.note("schedule-epoch", "leave", sum(holds_epoch(line.value) for line in lines))

    def note(self, rule: str, outcome: str, count: int = 1) -> None:
        self.findings += [(rule, outcome)] * count
