# SPDX-License-Identifier: BSD-2-Clause
"""counted_growth: what a mail costs grows as the mail does, whatever it is full of.

Each shape repeats one thing that a mail may hold without limit. Instructions are counted for one,
two and four times so much of it: what is added from two to four is twice what is added from one to
two where work is linear, and four times where it is quadratic.
"""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
from callgrind import count_objects

BOUND = 2.2


class CountedGrowth(unittest.TestCase):
    """The tests are its subclasses'. `shapes` gives the mail by a function that repeats octets as
    often as is wanted, `unit` is the least size of what it repeats, `units` has others by shape,
    `per_octet` is the most instructions that a further octet may cost."""

    shapes = {}
    settings = ""
    unit = 20_000
    units = {}
    per_octet = 250  # at the most that, 10 MB take less than a second

    def command(self, mail, settings):
        """What works on the mail, with these settings: files."""
        return [lab.COMMAND, "repair", "--config", settings, mail]

    def count(self, name, octets):
        """Instructions for a mail of that shape."""
        mail = self.shapes[name](lambda piece: piece * (octets // len(piece)))
        with tempfile.TemporaryDirectory(prefix="calmend-growth-") as folder:
            folder = pathlib.Path(folder)
            (folder / "mail.eml").write_bytes(mail)
            (folder / "conf").write_text(self.settings, encoding="ascii")
            command = self.command(str(folder / "mail.eml"), str(folder / "conf"))
            return sum(count_objects(command, folder).values())

    def hold(self, name):
        """Fails when a shape costs more than linear work does."""
        lab.need(shutil.which("valgrind"), "valgrind is not installed")
        unit = self.units.get(name, self.unit)
        one, two, four = (self.count(name, unit * times) for times in (1, 2, 4))
        per_octet = (four - two) / unit / 2
        print(f"# {name}: {per_octet:.0f} instructions per octet")
        self.assertLess((four - two) / (two - one), BOUND, f"{name}: {one}, {two}, {four}")
        self.assertLess(per_octet, self.per_octet, name)


def add_tests(case):
    """A method for each shape of a class, so that each has its line of TAP."""
    for name in case.shapes:
        setattr(case, f"test_{name.replace('-', '_')}", lambda self, shape=name: self.hold(shape))
