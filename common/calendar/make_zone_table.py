#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""make_zone_table.py [ZONEINFO]: writes zone_table.c from a system's compiled IANA database.

ZONEINFO is its folder, by default /usr/share/zoneinfo; its tzdata.zi tells the version. Take a
Debian's, which has all names (in tzdata-legacy, from Debian 13 on) and the histories of backzone.

A row is made of each zone of a region, but for Etc, whose rule (the last line of its file, RFC 8536
3.3) a VTIMEZONE of yearly onsets can say: offsets in whole minutes, onsets at a time of the day
itself. The rule must hold today: `since` is the first year, no later than that of the version, from
whose first of January (UTC) on it gives the same offsets as the transitions of the file. The table
goes to standard output; the same database gives the same octets.
"""

from __future__ import annotations

import bisect
import calendar
import datetime
import re
import struct
import sys
from pathlib import Path
from typing import NamedTuple

SYSTEM = Path("/usr/share/zoneinfo")
OUTSIDE = ("Etc/", "posix/", "right/", "SystemV/")
NAME = r"(?:[A-Za-z]+|<[A-Za-z0-9+-]+>)"
OFFSET = r"[+-]?\d+(?::\d\d)?"
ONSET = r"M\d+\.\d\.\d(?:/\d+(?::\d\d)?)?"
RULE = re.compile(rf"{NAME}({OFFSET})(?:{NAME}({OFFSET})?,({ONSET}),({ONSET}))?")
TIME = re.compile("/([0-9:]+)")
FIRST_YEAR = 1970
DAY = 24 * 60 * 60
HEADER = 44  # octets
LONG_AGO = -(1 << 62)
HEAD = """\
/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zone_table: the zones of the IANA database, version {version}, and the rule of each.
 *
 * Made by make_zone_table.py from a system's compiled database; not edited by hand.
 */
#include "common/calendar/zone_table.h"

const Zone zone_table[] = {{
"""
FOOT = """\
};

const gsize zone_table_size = G_N_ELEMENTS(zone_table);
"""


class Row(NamedTuple):
    tzid: str
    since: int
    rule: str


class Change(NamedTuple):
    at: int  # seconds since 1970-01-01 UTC
    offset: int  # from then on, seconds east of UTC


def header(octets: bytes, start: int, width: int) -> tuple[int, int, int]:
    """How many transitions and kinds of time a block has, and where it ends; its instants are
    `width` octets wide."""
    utc, standard, leaps, times, kinds, letters = struct.unpack_from(">6l", octets, start + 20)
    size = times * (width + 1) + kinds * 6 + letters + leaps * (width + 4) + standard + utc
    return times, kinds, start + HEADER + size


def read_zone(octets: bytes) -> tuple[list[Change], str]:
    """The transitions of a file, the first one before all time, and its rule."""
    _, _, second = header(octets, 0, 4)
    times, kinds, end = header(octets, second, 8)
    place = second + HEADER
    instants = struct.unpack_from(f">{times}q", octets, place)
    indexes = octets[place + 8 * times : place + 9 * times]
    offsets = [offset for offset, _, _ in
               struct.iter_unpack(">lbb", octets[place + 9 * times :][: 6 * kinds])]  # fmt: skip
    changes = [Change(LONG_AGO, offsets[0])]
    changes += [Change(at, offsets[index]) for at, index in zip(instants, indexes)]
    return changes, octets[end:].strip(b"\n").decode("ascii")


def seconds(text: str) -> int:
    """[+-]hh[:mm], as seconds."""
    hours, _, minutes = text.lstrip("+-").partition(":")
    size = int(hours) * 3600 + int(minutes or 0) * 60
    return -size if text.startswith("-") else size


def onset(text: str, year: int) -> int:
    """An onset in that year, as seconds since 1970 of the local time before it."""
    date, _, time = text.partition("/")
    month, week, weekday = map(int, date[1:].split("."))
    first, length = calendar.monthrange(year, month)
    day = 1 + (weekday - (first + 1)) % 7 + (week - 1) * 7
    if day > length:
        day -= 7
    days = datetime.date(year, month, day).toordinal() - datetime.date(1970, 1, 1).toordinal()
    return days * DAY + seconds(time or "2")


def rule_changes(rule: re.Match[str], last_year: int) -> list[Change]:
    """What a rule says of each year up to `last_year`, the first change before all time."""
    winter = -seconds(rule[1])
    if rule[3] is None:
        return [Change(LONG_AGO, winter)]
    summer = -seconds(rule[2]) if rule[2] else winter + 3600
    changes = []
    for year in range(FIRST_YEAR, last_year + 1):
        changes.append(Change(onset(rule[3], year) - winter, summer))
        changes.append(Change(onset(rule[4], year) - summer, winter))
    changes.sort()
    return [Change(LONG_AGO, changes[1].offset), *changes]


def offset_at(changes: list[Change], at: int) -> int:
    return changes[bisect.bisect(changes, at, key=lambda change: change.at) - 1].offset


def year_of(at: int) -> int:
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=at)).year


def since(changes: list[Change], rule: re.Match[str]) -> int:
    """The first year that has the offsets of the rule from its beginning on, and for good."""
    ruled = rule_changes(rule, year_of(max(changes[-1].at, 0)) + 1)
    instants = sorted({change.at for change in changes + ruled if change.at > 0} | {0})
    wrong = [after for at, after in zip(instants, instants[1:])
             if at < changes[-1].at and offset_at(changes, at) != offset_at(ruled, at)]  # fmt: skip
    return year_of(wrong[-1] - 1) + 1 if wrong else FIRST_YEAR


def row(tzid: str, octets: bytes) -> Row | None:
    """The row of a file, or None where its rule is none that can be said."""
    changes, text = read_zone(octets)
    rule = RULE.fullmatch(text)
    if rule is None or any(seconds(time) >= DAY for time in TIME.findall(text)):
        return None
    return Row(tzid, since(changes, rule), text)


def rows(folder: Path) -> list[Row]:
    """All rows, sorted by the octets of the TZID."""
    this_year = int(database(folder)[:4])
    found = []
    for path in folder.rglob("*"):
        tzid = path.relative_to(folder).as_posix()
        if "/" not in tzid or tzid.startswith(OUTSIDE) or not path.is_file():
            continue
        octets = path.read_bytes()
        one = row(tzid, octets) if octets.startswith(b"TZif") else None
        if one and one.since <= this_year:
            found.append(one)
    return sorted(found)


def database(folder: Path) -> str:
    """The version, and whether the zones have the histories that not every system gives them."""
    with (folder / "tzdata.zi").open(encoding="ascii") as source:
        version, built_with = source.readline(), source.readline()
    text = version.removeprefix("# version ").strip()
    return text + ", with backzone" if "backzone" in built_with else text


def table(folder: Path) -> str:
    """zone_table.c."""
    version = database(folder)
    lines = (f'    {{"{tzid}", {year}, "{rule}"}},\n' for tzid, year, rule in rows(folder))
    return HEAD.format(version=version) + "".join(lines) + FOOT


if __name__ == "__main__":
    print(table(Path(sys.argv[1]) if len(sys.argv) > 1 else SYSTEM), end="")
