#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it costs to have edits refused grows as their number does.

Each further finding asks whether its rule was refused in its component before.
"""
import pathlib
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
from callgrind import REFUSING_ENGINE
from counted_growth import CountedGrowth, add_tests
from hostile_calendars import STAMP, alone

EVENT = (b"END:VEVENT\r\nBEGIN:VEVENT\r\n" + STAMP + b"CREATED:16010101T000000Z\r\n"
         b"LAST-MODIFIED:16010101T000000Z\r\n")


class RefusalGrowth(CountedGrowth):
    """A test for each shape, all of whose edits are refused."""

    shapes = {
        "events": lambda fill: alone(STAMP + fill(EVENT)),
    }
    unit = 200_000  # below it is more of what each event costs by itself
    per_octet = 3000

    def command(self, mail, _settings):
        return [REFUSING_ENGINE, "1", mail]


add_tests(RefusalGrowth)

if __name__ == "__main__":
    lab.run_tests()
