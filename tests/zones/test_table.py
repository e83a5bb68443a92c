#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The zone table, and the script that makes it.

The rows must be those of the system's zones, where it has the database that they came from, and
those of the contract, ../shared/zones.tsv, where that is there. What the script makes of zones with
odd rules and histories is held against zones that zic compiles from the text below.
"""
import shutil
import subprocess
import unittest

import zone_rows
from zone_rows import lab, maker

CONTRACT = lab.ROOT.parent / "shared" / "zones.tsv"

# Each zone, and its row or None. Rules and zones are written as zic(8) reads them.
ZONES = """\
Rule E 1996 max - Mar lastSun 1:00u 1:00 S
Rule E 1996 max - Oct lastSun 1:00u 0 -
Rule Day 1996 max - Mar Fri>=23 2:00 1:00 D
Rule Day 1996 max - Oct lastSun 2:00 0 S
Rule Eve 1996 max - Mar Sat>=1 22:00 1:00 S
Rule Eve 1996 max - Oct lastSat 23:00 0 -
Zone Test/Always 3:00 - XYZ
Zone Test/Before 2:00 - ABT 1969 Dec 31 22:00u
    3:00 - XYZ
Zone Test/Moved 2:00 - ABT 1980 May 1
    3:00 - XYZ
Zone Test/Midnight 2:00 - ABT 1980 Jan 1 0:00u
    3:00 - XYZ
Zone Test/Past_Midnight 2:00 - ABT 1980 Jan 1 0:01u
    3:00 - XYZ
Zone Test/Renamed 3:00 - ABT 1980 May 1
    3:00 - XYZ
Zone Test/Summer 1:00 - CET 1990
    1:00 E CE%sT
Zone Test/Summer_Moved 0:00 E WE%sT 2010 Mar 28 1:00u
    1:00 E CE%sT
Zone Test/Once 3:00 - XYZ 2010 May 1
    4:00 - ABT 2010 June 1
    3:00 - XYZ
Zone Test/Half -9:30 - -0930
Zone Test/Seconds 1:00:20 - XYZ
Zone Test/Next_Day 2:00 - IST 1990
    2:00 Day I%sT
Zone Test/Day_Before -2:00 - -02 1990
    -2:00 E -02/-01
Zone Test/Evening -6:00 - -06 1990
    -6:00 Eve -06/-05
Zone Test/Future 2:00 - ABT 2029 May 1
    3:00 - XYZ
Zone Etc/Fixed 3:00 - XYZ
Zone Alone 3:00 - XYZ
Link Test/Summer Other/Link
"""
ROWS = [
    ("Other/Link", 1996, "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Test/Always", 1970, "XYZ-3"),
    ("Test/Before", 1970, "XYZ-3"),
    ("Test/Evening", 1996, "<-06>6<-05>,M3.1.6/22,M10.5.6/23"),
    ("Test/Half", 1970, "<-0930>9:30"),
    ("Test/Midnight", 1980, "XYZ-3"),
    ("Test/Moved", 1981, "XYZ-3"),
    ("Test/Once", 2011, "XYZ-3"),
    ("Test/Past_Midnight", 1981, "XYZ-3"),
    ("Test/Renamed", 1970, "XYZ-3"),
    ("Test/Summer", 1996, "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Test/Summer_Moved", 2011, "CET-1CEST,M3.5.0,M10.5.0/3"),
]


class Table(unittest.TestCase):
    def test_rows_are_those_of_the_system(self):
        made, here = zone_rows.version_of_table(), zone_rows.version_of_system()
        if made != here:
            raise unittest.SkipTest(f"the table is of {made}, the system has {here}")
        self.assertEqual(maker.table(maker.SYSTEM), zone_rows.TABLE.read_text())

    def test_rows_are_those_of_the_contract(self):
        if not CONTRACT.exists():
            raise unittest.SkipTest("no ../shared/zones.tsv")
        wanted = [line.split("\t") for line in CONTRACT.read_text().splitlines()]
        self.assertEqual([[tzid, str(since), rule] for tzid, since, rule in zone_rows.of_table()],
                         wanted)

    def test_rows_are_sorted_by_octets(self):
        names = [row.tzid.encode() for row in zone_rows.of_table()]
        self.assertGreater(len(names), 400)
        self.assertEqual(names, sorted(set(names)))


class Script(unittest.TestCase):
    def test_rows_of_odd_zones(self):
        zic = shutil.which("zic", path="/usr/sbin:/usr/bin")
        lab.need(zic, "no zic: Debian has it in libc-bin, Fedora in glibc-common")
        folder = lab.scratch_folder(self)
        source = folder / "zones"
        source.write_text(ZONES)
        for form in ("fat", "slim"):
            with self.subTest(form=form):
                out = folder / form
                subprocess.run([zic, "-b", form, "-d", out, source], check=True, timeout=60)
                (out / "tzdata.zi").write_text("# version 2026a\n# This is no ddeps line\n")
                self.assertEqual([tuple(row) for row in maker.rows(out)], ROWS)

    def test_version_tells_the_histories(self):
        folder = lab.scratch_folder(self)
        for text, wanted in (("# version 2026a\n# This\n", "2026a"),
                             ("# version 2026a\n# ddeps backzone\n", "2026a, with backzone")):
            (folder / "tzdata.zi").write_text(text)
            self.assertEqual(maker.database(folder), wanted)


if __name__ == "__main__":
    lab.run_tests()
