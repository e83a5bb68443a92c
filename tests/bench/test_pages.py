#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The pages on performance and capacity have the tables that are written into them, and no others.

What `make bench-write` puts into a block replaces what stood there and nothing else; a block whose
figures were not measured stays as it is.
"""
import contextlib
import io
import pathlib
import re
import sys
import unittest

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
from page_tables import TABLES
from pages import BLOCK, write_block

PAGES = [lab.ROOT / "doc" / name for name in ("performance.md", "capacity.md")]
CHECK = {"sections": {"check": [{"program": "8 KB", "figures": {"messages_s": 123456.7,
                                                               "mb_s": 987.6}}]}}
PAGE = "before\n<!-- figures: check -->\nold\n<!-- end of figures -->\nafter\n"
WRITTEN = ("before\n<!-- figures: check -->\n\n"
           "| files of | files/s | GB/s |\n| --- | ---: | ---: |\n| 8 KB | 123,000 | 0.988 |\n\n<!-- end of figures -->\nafter\n")


class Pages(unittest.TestCase):
    """The blocks of the pages."""

    def test_every_table_has_its_place(self):
        """Every block names a table, every table has one block."""
        text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
        self.assertEqual(sorted(block[2] for block in BLOCK.finditer(text)), sorted(TABLES))
        self.assertEqual(len(re.findall("<!-- figures: ", text)), len(TABLES))

    def test_a_block_is_written(self):
        """The table stands between the markers, and around them all is as it was."""
        written = BLOCK.sub(lambda block: write_block(CHECK, block), PAGE)
        self.assertEqual(written, WRITTEN)
        self.assertEqual(BLOCK.sub(lambda block: write_block(CHECK, block), written), WRITTEN)

    def test_what_was_not_measured_stays(self):
        """Without figures the block is as it was, and that is said."""
        with contextlib.redirect_stderr(io.StringIO()) as said:
            written = BLOCK.sub(lambda block: write_block({"sections": {}}, block), PAGE)
        self.assertEqual(written, PAGE)
        self.assertIn("check stays as it is", said.getvalue())


if __name__ == "__main__":
    lab.run_tests()
