#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""doc/reliability.md has the figures of each hostile mail, and of no other: `make fault-tables` writes them."""
import pathlib
import re
import sys
import unittest

for room in ("faults", "protocol"):
    sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / room))

# pylint: disable=wrong-import-position
import lab
from hostile_mails import MAILS

PAGE = lab.ROOT / "doc/reliability.md"
ROW = re.compile(r"(?m)^\| (.*?) \|")
RULES = ("default", "every rule")


def rows(name):
    """The first cells of a table, without its head."""
    table = re.search(rf"(?s)<!-- {name} -->\n(.*?)<!-- end -->", PAGE.read_text(encoding="utf-8"))[1]
    return ROW.findall(table)[2:]


class HostileRows(unittest.TestCase):
    """Of two tables."""

    def test_by_itself(self):
        self.assertEqual(sorted(rows("hostile")),
                         sorted(f"{mail.name}, {rules}" for mail in MAILS for rules in RULES))

    def test_beside_ordinary_mail(self):
        self.assertEqual(sorted(rows("beside")), sorted(mail.name for mail in MAILS))


if __name__ == "__main__":
    lab.run_tests()
