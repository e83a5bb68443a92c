#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The tables of doc/architecture.md name each pair of files of the house, and no other."""
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402

PAGE = lab.ROOT / "doc" / "architecture.md"

FOLDERS = ("common", "milter", "cli")

TABLE = re.compile(r"(?m)^\| `([^`]+/)` \| what \|\n\|---\|---\|\n((?:\|.*\n)+)")


def rooms_of_the_page():
    """The names in the first column of each table, with the folder before them."""
    names = set()
    for folder, rows in TABLE.findall(PAGE.read_text()):
        for row in rows.splitlines():
            for name in re.findall(r"`([^`]+)`", row.split("|")[1]):
                names.add(folder + re.sub(r"\.[ch]$", "", name))
    return names


class Rooms(unittest.TestCase):
    def test_every_room_has_a_row(self):
        rooms = {str(path.relative_to(lab.ROOT).with_suffix(""))
                 for folder in FOLDERS for path in (lab.ROOT / folder).rglob("*.[ch]")}
        self.assertGreater(len(rooms), 100)
        self.assertEqual(rooms_of_the_page(), rooms)


if __name__ == "__main__":
    lab.run_tests()
