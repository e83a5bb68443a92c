#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""tests/README.md says of each folder of tests/ what it holds to what, and of no other."""
import pathlib
import re
import sys
import unittest

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab

TESTS = lab.ROOT / "tests"
ROW = re.compile(r"(?m)^\| `(\w+)` \|")
LEFT_BY_TOOLS = re.compile(r"[.]|__pycache__")


class Folders(unittest.TestCase):
    """One page."""

    def test_every_folder_has_a_row(self):
        rows = ROW.findall((TESTS / "README.md").read_text(encoding="utf-8"))
        folders = [path.name for path in TESTS.iterdir()
                   if path.is_dir() and not LEFT_BY_TOOLS.match(path.name)]
        self.assertEqual(sorted(rows), sorted(folders))


if __name__ == "__main__":
    lab.run_tests()
