# SPDX-License-Identifier: BSD-2-Clause
"""zone_rows: the rows of common/calendar/zone_table.c, and those that this system's zones give.

The script that made the table is taken as a module; its rows of the system say for which zones the
system and the table are of one mind, and can be compared.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "protocol"), str(ROOT / "common" / "calendar")]

# pylint: disable=wrong-import-position
import lab  # noqa: E402, F401
import make_zone_table as maker  # noqa: E402

TABLE = ROOT / "common" / "calendar" / "zone_table.c"
ROW = re.compile(r'^    \{"([^"]+)", (\d+), "([^"]+)"\},$', re.MULTILINE)
VERSION = re.compile(r"version (.*), and the rule of each")


def of_table():
    """The rows of the product."""
    return [maker.Row(tzid, int(since), rule) for tzid, since, rule in ROW.findall(TABLE.read_text())]


def version_of_table():
    """What database they came from."""
    return VERSION.search(TABLE.read_text())[1]


def version_of_system():
    """What database the system has, or why that cannot be told."""
    try:
        return maker.database(maker.SYSTEM)
    except OSError:
        return "no tzdata.zi"


def of_system():
    """The rows that the system gives; none where it has no database."""
    return maker.rows(maker.SYSTEM) if (maker.SYSTEM / "tzdata.zi").exists() else []
