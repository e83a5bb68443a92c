#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""read_python LIBRARY: what icalendar or vobject reads in calendars, in reader.py's normal form.

A calendar is refused where the library raises anything while it is parsed, or while one of the
properties of the normal form is asked for: a program that uses the library would not get further.
The zones that a library remembers of a calendar are forgotten before the next one.
"""

from __future__ import annotations

import datetime
import json
import sys

KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY")


def show_time(value) -> str | None:
    """UTC where the zone is known, else as it was written."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            return value.strftime("%Y%m%dT%H%M%S")
        return value.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return value.strftime("%Y%m%d") if isinstance(value, datetime.date) else None


def show_trigger(value) -> str | None:
    return str(value.total_seconds()) if isinstance(value, datetime.timedelta) else show_time(value)


def show(value) -> str | None:
    return None if value is None else str(value)


def end_of(start, end, duration):
    if end is None and start is not None and duration is not None:
        return start + duration
    return end


class Icalendar:
    """python3-icalendar."""

    def __init__(self):
        import icalendar  # pylint: disable=import-outside-toplevel,import-error

        self.library, self.zones = icalendar, icalendar.timezone_cache._timezone_cache

    def read(self, octets: bytes) -> dict:
        self.zones.clear()
        calendars = self.library.Calendar.from_ical(octets, multiple=True)
        items = [item for calendar in calendars for item in calendar.walk() if item.name in KINDS]
        method = calendars[0].get("METHOD") if calendars else None
        return {"method": show(method), "items": [self.item(item) for item in items]}

    @staticmethod
    def all(item, name: str) -> list:
        found = item.get(name, [])
        return found if isinstance(found, list) else [found]

    def first(self, item, name: str):
        return next(iter(self.all(item, name)), None)

    def when(self, item, name: str):
        found = self.first(item, name)
        return None if found is None else found.dt

    def item(self, item) -> dict:
        start = self.when(item, "DTSTART")
        end = self.when(item, "DUE" if item.name == "VTODO" else "DTEND")
        rule = self.first(item, "RRULE")
        return {
            "type": item.name,
            "uid": show(self.first(item, "UID")),
            "recurrence": show_time(self.when(item, "RECURRENCE-ID")),
            "sequence": show(self.first(item, "SEQUENCE")),
            "status": show(self.first(item, "STATUS")),
            "summary": show(self.first(item, "SUMMARY")),
            "rule": None if rule is None else rule.to_ical().decode(),
            "stamp": show_time(self.when(item, "DTSTAMP")),
            "start": show_time(start),
            "end": show_time(end_of(start, end, self.when(item, "DURATION"))),
            "organizer": show(self.first(item, "ORGANIZER")),
            "attendees": [
                {"address": str(attendee), "partstat": show(attendee.params.get("PARTSTAT"))}
                for attendee in self.all(item, "ATTENDEE")
            ],
            "alarms": [
                {
                    "action": show(self.first(alarm, "ACTION")),
                    "trigger": show_trigger(self.when(alarm, "TRIGGER")),
                }
                for alarm in item.walk("VALARM")
            ],
        }


class Vobject:
    """python3-vobject."""

    def __init__(self):
        import vobject  # pylint: disable=import-outside-toplevel,import-error

        self.library = vobject
        self.zones = getattr(vobject.icalendar, "__tzidMap")
        self.own_zones = dict(self.zones)

    def read(self, octets: bytes) -> dict:
        self.zones.clear()
        self.zones.update(self.own_zones)
        calendars = list(self.library.readComponents(octets.decode()))
        if not calendars:
            raise ValueError("no component")
        items = [
            item
            for calendar in calendars
            for item in calendar.getChildren()
            if item.name in KINDS
        ]
        method = getattr(calendars[0], "method", None)
        return {
            "method": show(method and method.value),
            "items": [self.item(item) for item in items],
        }

    @staticmethod
    def value(item, name: str):
        found = getattr(item, name, None)
        return None if found is None else found.value

    def item(self, item) -> dict:
        start = self.value(item, "dtstart")
        end = self.value(item, "due" if item.name == "VTODO" else "dtend")
        return {
            "type": item.name,
            "uid": show(self.value(item, "uid")),
            "recurrence": show_time(self.value(item, "recurrence_id")),
            "sequence": show(self.value(item, "sequence")),
            "status": show(self.value(item, "status")),
            "summary": show(self.value(item, "summary")),
            "rule": show(self.value(item, "rrule")),
            "stamp": show_time(self.value(item, "dtstamp")),
            "start": show_time(start),
            "end": show_time(end_of(start, end, self.value(item, "duration"))),
            "organizer": show(self.value(item, "organizer")),
            "attendees": [
                {
                    "address": attendee.value,
                    "partstat": ",".join(attendee.params.get("PARTSTAT", [])) or None,
                }
                for attendee in getattr(item, "attendee_list", [])
            ],
            "alarms": [
                {
                    "action": show(self.value(alarm, "action")),
                    "trigger": show_trigger(self.value(alarm, "trigger")),
                }
                for alarm in getattr(item, "valarm_list", [])
            ],
        }


def main() -> None:
    reader = {"icalendar": Icalendar, "vobject": Vobject}[sys.argv[1]]()
    while line := sys.stdin.buffer.readline():
        octets = sys.stdin.buffer.read(int(line))
        try:
            form = reader.read(octets)
        except Exception as error:  # pylint: disable=broad-except
            form = {"refused": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(form), flush=True)


if __name__ == "__main__":
    main()
