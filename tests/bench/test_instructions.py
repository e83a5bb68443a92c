#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""No kind of message costs more instructions than instructions.tsv says, and 5 % above.

Instructions, not time: the count is the same on a busy machine. It is another one with other flags
or libraries, so that `make bench-guard` builds what is counted in a tree of its own, and where
compiler or libraries differ from those of the figures, the tests are skipped.
"""
import pathlib
import shutil
import sys
import unittest

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
from instructions import CASES, TOLERANCE, difference, read_figures

LOOSE = """\
# {name}: {count} instructions, {share:.1%} fewer than the figure: `make bench-guard-update` keeps \
the gain"""

TOO_MANY = """\
{name}: {count} instructions per message, {share:.1%} more than the {figure} of instructions.tsv.
  When that is wanted: `make bench-guard-update`, and commit tests/bench/instructions.tsv with the
  change, the reason in the body. When not: callgrind_annotate shows where they are."""


class Instructions(unittest.TestCase):
    """A test for each case."""

    @classmethod
    def setUpClass(cls):
        lab.need(shutil.which("valgrind"), "valgrind is not installed")
        versions, cls.figures = read_figures()
        found = difference(versions)
        if found:
            raise unittest.SkipTest(f"the figures are not for this machine: {found}")

    def hold(self, name):
        """Fails when a case costs more than its figure allows."""
        self.assertIn(name, self.figures, "instructions.tsv has no such row")
        figure, count = self.figures[name], CASES[name].count()
        share = count / figure - 1
        if share < -TOLERANCE:
            print(LOOSE.format(name=name, count=count, share=-share))
        self.assertLessEqual(share, TOLERANCE, TOO_MANY.format(
            name=name, count=count, figure=figure, share=share))

    def test_every_figure_has_a_case(self):
        """No row is left over from a case that is gone."""
        self.assertEqual(set(self.figures), set(CASES))


def add_tests():
    """A method for each case, so that each has its line of TAP."""
    for name in CASES:
        setattr(Instructions, f"test_{name.replace('-', '_')}",
                lambda self, case=name: self.hold(case))


add_tests()

if __name__ == "__main__":
    lab.run_tests()
