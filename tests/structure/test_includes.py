#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Dependencies point downward: no file includes one of a room above its own.

ROOMS says who stands above whom. The engine, common/, knows no program; common/transit/ is what
the milter and the command share, and these two do not know each other.
"""
import pathlib
import re
import sys
import unittest

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab

# A room and those below it that its files may include, beside its own. Folders below a room that
# are not named belong to it.
ROOMS = {
    "common/mail": (),
    "common/calendar": ("common/mail",),
    "common/tnef": ("common/mail", "common/calendar"),
    "common/rules": ("common/mail", "common/calendar", "common/tnef"),
    "common": ("common/mail", "common/calendar", "common/tnef", "common/rules"),
    "common/transit": ("common", "common/mail", "common/rules"),
    "milter": ("common/transit", "common", "common/mail", "common/calendar", "common/tnef",
               "common/rules"),
    "cli/milter": ("common", "common/mail"),
    "cli/store": ("common", "common/mail"),
    "cli/mend": ("cli/store", "common", "common/mail"),
    "cli": ("cli/milter", "cli/store", "cli/mend", "common/transit", "common", "common/mail",
            "common/calendar", "common/tnef", "common/rules"),
}

# Made by configure.
EVERYWHERE = {"config.h"}
TOP_FOLDERS = ("common", "milter", "cli")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def room_of(name):
    """The room of a file, or None."""
    folder = str(pathlib.PurePosixPath(name).parent)
    while folder not in ROOMS and folder != ".":
        folder = str(pathlib.PurePosixPath(folder).parent)
    return folder if folder in ROOMS else None


def includes():
    """Every include of the sources: (file, quote, what)."""
    for top in TOP_FOLDERS:
        for path in sorted((lab.ROOT / top).rglob("*.[ch]")):
            name = path.relative_to(lab.ROOT).as_posix()
            for quote, what in INCLUDE.findall(path.read_text(encoding="utf-8")):
                yield name, quote, what


def own_includes():
    """Those of the project's own files: (file, what)."""
    found = [(name, what) for name, quote, what in includes()
             if quote == '"' and what not in EVERYWHERE]
    assert found, "no include was found"
    return found


def looks_up(name, what):
    """Whether a file includes one that does not stand below it or beside it."""
    room, other = room_of(name), room_of(what)
    return other != room and other not in ROOMS[room]


class Includes(unittest.TestCase):
    """All sources at once."""

    def test_no_include_looks_up(self):
        self.assertEqual([pair for pair in own_includes() if looks_up(*pair)], [])

    def test_includes_name_the_folder(self):
        self.assertEqual([pair for pair in own_includes()
                          if not (lab.ROOT / pair[1]).is_file() and room_of(pair[1]) is None], [])

    def test_what_is_shared_knows_no_milter(self):
        self.assertEqual([(name, what) for name, _, what in includes()
                          if name.startswith("common/") and what.startswith("libmilter/")], [])

    def test_rooms_stand_in_order(self):
        """No room is above itself."""
        order = list(ROOMS)
        for room, below in ROOMS.items():
            for other in below:
                self.assertLess(order.index(other), order.index(room), f"{room} above {other}")


if __name__ == "__main__":
    lab.run_tests()
