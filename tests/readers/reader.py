# SPDX-License-Identifier: BSD-2-Clause
"""reader: the readers of calendars that are asked, as processes that each take many calendars.

A reader gets `LENGTH\\n` and as many octets on its standard input, and answers with one line of
JSON. That is {"refused": REASON}, or the normal form of what it read:

    method  of the first VCALENDAR
    items   of each VEVENT, VTODO, VJOURNAL and VFREEBUSY: type, uid, recurrence, sequence, status,
            summary, rule, stamp, start, end, organizer, attendees (address, partstat) and alarms
            (action, trigger)

Times are in UTC, 20260131T120000Z, where the reader knows their zone; a value is null where there
is none, and a reader that cannot give it leaves the member out. A form is only ever compared with
one of the same reader, so each may write the rest as it likes.

A reader that does not answer within SECONDS, or dies, has refused the calendar, and is started
anew. One whose program or library is not there says so by `missing`.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
BUILD = Path(os.environ.get("CALMEND_BUILD", str(SOURCE / "build"))) / "tests" / "readers"
MODULES = BUILD / "node_modules"
SECONDS = 60

PLAIN = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//readers//EN\r\nMETHOD:REQUEST\r\n"
    b"BEGIN:VEVENT\r\nUID:plain@example.org\r\nDTSTAMP:20260105T101500Z\r\nSEQUENCE:3\r\n"
    b"DTSTART:20260112T090000Z\r\nDTEND:20260112T100000Z\r\nSUMMARY:Plan\r\n"
    b"ORGANIZER:mailto:ada.winter@example.org\r\n"
    b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben.somers@example.com\r\n"
    b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Plan\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """How a reader is started, what people know it by, and the package that it comes from."""

    title: str
    command: tuple[str, ...]
    package: str

    def version(self) -> str:
        """Of a package of npm, else of Debian; "" where neither is there."""
        module = MODULES / self.package / "package.json"
        if module.exists():
            return json.loads(module.read_text(encoding="utf-8"))["version"]
        asked = ["dpkg-query", "-W", "-f", "${Version}", self.package]
        found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return re.sub(r"^\d+:|[-+].*", "", found)


def python(library: str) -> tuple[str, ...]:
    return ("/usr/bin/python3", str(HERE / "read_python.py"), library)


def php(library: str) -> tuple[str, ...]:
    return ("php", str(HERE / "read_php.php"), library)


def javascript(name: str) -> tuple[str, ...]:
    return ("node", str(HERE / "read_javascript.mjs"), name)


KINDS = {
    "libical": Kind("libical", (str(BUILD / "read_libical"),), "libical-dev"),
    "libical-check": Kind(
        "libical (checked)", (str(BUILD / "read_libical"), "--check"),
        "libical-dev"
    ),
    "kde": Kind("KCalendarCore", (str(BUILD / "read_kde"),), "libkf5calendarcore-dev"),
    "kde-itip": Kind(
        "KCalendarCore (iTIP)", (str(BUILD / "read_kde"), "--itip"),
        "libkf5calendarcore-dev"
    ),
    "icalendar": Kind("icalendar (Python)", python("icalendar"), "python3-icalendar"),
    "vobject": Kind("vobject (Python)", python("vobject"), "python3-vobject"),
    "data-ical": Kind(
        "Data::ICal (Perl)", ("perl", str(HERE / "read_data_ical.pl")), "libdata-ical-perl"
    ),
    "horde": Kind("Horde_Icalendar (PHP)", php("horde"), "php-horde-icalendar"),
    "sabre": Kind("sabre/vobject (PHP)", php("sabre"), "php-sabre-vobject"),
    "ical.js": Kind("ical.js", javascript("ical.js"), "ical.js"),
    "ical.js-lenient": Kind(
        "ical.js (not strict)", javascript("ical.js-lenient"), "ical.js"
    ),
    "calendar-js": Kind(
        "calendar-js", javascript("calendar-js"), "@nextcloud/calendar-js"
    ),
    "node-ical": Kind("node-ical", javascript("node-ical"), "node-ical"),
    "ical": Kind("ical", javascript("ical"), "ical"),
}  # fmt: skip


class Process:
    """One process that answers requests; started at the first, and anew after it failed."""

    def __init__(self, command: tuple[str, ...]):
        self.command = command
        self.process: subprocess.Popen | None = None

    def ask(self, octets: bytes) -> dict:
        try:
            return json.loads(self.exchange(octets))
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.close()
            return {"refused": f"the reader failed: {type(error).__name__}"}

    def exchange(self, octets: bytes) -> bytes:
        self.process = self.process or subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NODE_MODULES": str(MODULES), "TZ": "UTC"},
        )  # fmt: skip
        self.process.stdin.write(b"%d\n" % len(octets) + octets)
        self.process.stdin.flush()
        return self.line()

    def line(self) -> bytes:
        """The answer. One that is longer than a pipe is read piece by piece."""
        pieces, descriptor = [], self.process.stdout.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while not pieces or not pieces[-1].endswith(b"\n"):
                if not selector.select(SECONDS):
                    raise TimeoutError
                pieces.append(os.read(descriptor, 1 << 16))
                if not pieces[-1]:
                    raise EOFError
        return b"".join(pieces)

    def close(self) -> None:
        if self.process is None:
            return
        self.process.kill()
        self.process.communicate()
        self.process = None


class Reader:
    """A reader and what it said, by text: no text is read twice."""

    def __init__(self, name: str):
        self.name, self.kind = name, KINDS[name]
        self.process = Process(self.kind.command)
        self.said: dict[bytes, dict] = {}

    def read(self, text: bytes) -> dict:
        """The normal form. A text in which it found nothing is refused."""
        if text not in self.said:
            form = self.process.ask(text)
            empty = "refused" not in form and not form["items"]
            self.said[text] = {"refused": "nothing in it"} if empty else form
        return self.said[text]

    def missing(self) -> str | None:
        """Why the reader cannot be asked, or None."""
        form = self.read(PLAIN)
        return f"{self.kind.package} is not here ({form['refused']})" if "refused" in form else None

    def close(self) -> None:
        self.process.close()


def refuses(form: dict) -> bool:
    return "refused" in form
