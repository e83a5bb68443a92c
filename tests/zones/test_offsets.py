#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Readers get the offsets of the IANA database from the VTIMEZONE of each zone, since its year.

libical, python3-icalendar and python3-dateutil are asked around each onset of each zone, and on two
days of each year, to the end of 2037; the first two also at every hour of the zones below, or of
all zones where CALMEND_ZONE_HOURS is `all`, which takes half an hour. They are asked by instant and
by local time, but for local times that come twice or never, and but for every hour of
python3-icalendar, which is slow there. A zone for which the system has another row than the table
(an older or newer database, or one without all names) is left out and named.
"""
import datetime
import functools
import importlib
import os
import unittest

import zone_readers
import zone_rows
from zone_rows import lab, maker

END = 2038
SAMPLE = (
    "Africa/Tripoli", "America/Havana", "America/New_York", "America/St_Johns",
    "Antarctica/Troll", "Asia/Beirut", "Asia/Kathmandu", "Atlantic/Azores", "Australia/Lord_Howe",
    "Europe/Dublin", "Pacific/Chatham", "Pacific/Easter",
)  # fmt: skip
EVERY = os.environ.get("CALMEND_ZONE_HOURS") == "all"
HOUR = 60 * 60
SHOWN = 5
lab.TIME_LIMIT = 1500
if EVERY:
    lab.TIME_LIMIT = 2 * HOUR


def start_of(year):
    return (datetime.date(year, 1, 1).toordinal() - zone_readers.EPOCH.toordinal()) * 24 * HOUR


def around_onsets(row):
    """Instants before, at and after each onset, and in the middle of each winter and summer."""
    instants = []
    for year in range(row.since, END):
        instants += [start_of(year), start_of(year) + 182 * 24 * HOUR]
    for change in maker.rule_changes(maker.RULE.fullmatch(row.rule), END - 1):
        instants += [change.at + step for step in (-HOUR, -1, 0, 1, HOUR)]
    return sorted(at for at in instants if start_of(row.since) <= at < start_of(END))


def every_hour(row):
    return range(start_of(row.since), start_of(END), HOUR)


@functools.lru_cache(maxsize=len(SAMPLE))
def wanted(row, times_of):
    """Instants and the local times of these, each with the offsets that the system has there. Of
    the local times those of the year before are left out, and its first is there."""
    system = zone_readers.Zoneinfo(row.tzid)
    instants, first = times_of(row), start_of(row.since)
    offsets = system.at(instants)
    local = (at + offset for at, offset in zip(instants, offsets))
    return {"utc": (instants, offsets),
            "local": system.plain([first, *(time for time in local if time > first)])}


class Offsets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        here = set(zone_rows.of_system())
        table = zone_rows.of_table()
        cls.rows = [row for row in table if row in here]
        others = [row.tzid for row in table if row not in here]
        if others:
            print(f"# left out, the system has {zone_rows.version_of_system()} and the table "
                  f"{zone_rows.version_of_table()}: {' '.join(others)}")
        cls.addClassCleanup(zone_readers.Libical.close)

    def compare(self, reader, rows, times_of, kinds=("utc", "local")):
        """The offsets of each zone by the reader, beside those of the system."""
        if not rows:
            raise unittest.SkipTest(f"the system has no zone as {zone_rows.version_of_table()} has")
        wrong, asked = [], 0
        for row in rows:
            zone = reader(row.tzid)
            for kind in kinds:
                times, offsets = wanted(row, times_of)[kind]
                found = zone.at(times) if kind == "utc" else zone.locally(times)
                asked += len(times)
                if found != offsets:
                    wrong += [(row.tzid, kind, str(zone_readers.local_time(time)), one, other)
                              for time, one, other in zip(times, found, offsets) if one != other]
        print(f"# {reader.__name__}: {asked} offsets of {len(rows)} zones, {len(wrong)} differ")
        self.assertEqual(wrong[:SHOWN], [], f"{len(wrong)} of {asked}")

    def need(self, reader):
        if reader.module is None:
            return
        try:
            importlib.import_module(reader.module)
        except ImportError:
            lab.need(False, f"no python3-{reader.module.partition('.')[0]}")

    def around(self, reader):
        self.need(reader)
        self.compare(reader, self.rows, around_onsets)

    def hourly(self, reader, *kinds):
        self.need(reader)
        rows = [row for row in self.rows if EVERY or row.tzid in SAMPLE]
        self.compare(reader, rows, every_hour, kinds)

    def test_libical_around_onsets(self):
        self.around(zone_readers.Libical)

    def test_icalendar_around_onsets(self):
        self.around(zone_readers.Icalendar)

    def test_dateutil_around_onsets(self):
        self.around(zone_readers.Dateutil)

    def test_libical_every_hour(self):
        self.hourly(zone_readers.Libical, "utc", "local")

    def test_icalendar_every_hour(self):
        self.hourly(zone_readers.Icalendar, "utc")


if __name__ == "__main__":
    lab.run_tests()
