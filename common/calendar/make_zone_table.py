#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""make_zone_table.py [ZONEINFO]: writes zone_table.c from a system's compiled IANA database.

ZONEINFO is its folder, by default /usr/share/zoneinfo; its tzdata.zi tells the version. A row is
made of each zone of a region, but for Etc, whose rule (the last line of its file, RFC 8536 3.3) a
VTIMEZONE of yearly onsets can say: offsets in whole minutes, onsets at a time of the day itself. The
rule must hold today: `since` is the first year, no later than that of the version, from whose first
of January (UTC) on it gives the same offsets as the transitions of the file. The table goes to
standard output; the same database gives the same octets.
"""

from __future__ import annotations

import bisect
import calendar
import datetime
import re
import struct
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

OUTSIDE = ("Etc/", "posix/", "right/", "SystemV/")
NAME = r"(?:[A-Za-z]+|<[A-Za-z0-9+-]+>)"
OFFSET = r"[+-]?\d+(?::\d\d)?"
ONSET = r"M\d+\.\d\.\d(?:/\d+(?::\d\d)?)?"
RULE = re.compile(rf"{NAME}({OFFSET})(?:{NAME}({OFFSET})?,({ONSET}),({ONSET}))?")
FIRST_YEAR = 1970
DAY = 24 * 60 * 60
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


class Change(NamedTuple):
    at: int  # seconds since 1970-01-01 UTC
    offset: int  # from then on, seconds east of UTC


def read_zone(octets: bytes) -> tuple[list[Change], str]:
    """The transitions of a file, the first one before all time, and its rule."""
    header = struct.Struct(">4sc15x6l")

    def block(start: int, width: int) -> tuple[int, tuple[int, ...]]:
        _, _, utc, standard, leaps, times, kinds, letters = header.unpack_from(octets, start)
        size = times * (width + 1) + kinds * 6 + letters + leaps * (width + 4) + standard + utc
        return start + header.size + size, (times, kinds)

    second, _ = block(0, 4)
    end, (times, kinds) = block(second, 8)
    place = second + header.size
    instants = struct.unpack_from(f">{times}q", octets, place)
    indexes = octets[place + 8 * times : place + 9 * times]
    offsets = [struct.unpack_from(">l", octets, place + 9 * times + 6 * kind)[0]
               for kind in range(kinds)]  # fmt: skip
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
    if not wrong or wrong[-1] == 0:
        return FIRST_YEAR
    return year_of(wrong[-1] - 1) + 1


def rows(folder: Path, version: str) -> Iterator[tuple[str, int, str]]:
    for path in sorted(folder.rglob("*")):
        tzid = path.relative_to(folder).as_posix()
        if "/" not in tzid or tzid.startswith(OUTSIDE) or not path.is_file():
            continue
        octets = path.read_bytes()
        if octets[:4] != b"TZif":
            continue
        changes, text = read_zone(octets)
        rule = RULE.fullmatch(text)
        if rule is None or any(seconds(time.partition("/")[2] or "2") >= DAY
                               for time in rule.groups()[2:] if time):  # fmt: skip
            continue
        year = since(changes, rule)
        if year <= int(version[:4]):
            yield tzid, year, text


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/zoneinfo")
    with (folder / "tzdata.zi").open() as source:
        version = source.readline().removeprefix("# version ").strip()
    print(HEAD.format(version=version), end="")
    for tzid, year, rule in sorted(rows(folder, version)):
        print(f'    {{"{tzid}", {year}, "{rule}"}},')
    print(FOOT, end="")


if __name__ == "__main__":
    main()
