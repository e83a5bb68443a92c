#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bench: measures calmend beside a milter that does nothing, in the same run.

Each section prints its table, and the goals follow at the end. Everything is on loopback, in a
folder of its own, and ends with this program, at the latest when its time is up. A missed goal is a
word in the table; exit 1 says that something went wrong.
"""
import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(TESTS / "protocol"), str(TESTS / "mta")]

import direct  # noqa: E402
import memory  # noqa: E402
import through_postfix  # noqa: E402
from report import goals_table  # noqa: E402

SECTIONS = {"direct": direct.run, "memory": memory.run, "postfix": through_postfix.run}
TIME_LIMIT = 600


def section(name):
    """The name of a section, checked."""
    if name not in SECTIONS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(SECTIONS)}")
    return name


def read_options():
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("sections", nargs="*", type=section, metavar="SECTION",
                        help=f"what to measure, of {', '.join(SECTIONS)}; all when none is named")
    parser.add_argument("--rounds", type=int, default=13, help="straight to the milter (13)")
    parser.add_argument("--seconds", type=float, default=0.25, help="of one milter's turn (0.25)")
    parser.add_argument("--postfix-rounds", type=int, default=5, help="through Postfix (5)")
    parser.add_argument("--postfix-messages", type=int, default=1000, help="of a turn (1000)")
    return parser.parse_args()


def interrupted(signum, _frame):
    """Ends the program the usual way, so that everything is cleaned up."""
    raise TimeoutError(f"stopped by {signal.Signals(signum).name}, limit {TIME_LIMIT} s")


def main():
    """Runs the sections, one after the other."""
    options = read_options()
    for signum in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(signum, interrupted)
    signal.alarm(TIME_LIMIT)
    goals = []
    for name in options.sections or SECTIONS:
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(tempfile.mkdtemp(prefix="calmend-bench-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(0o755)
            goals += SECTIONS[name](folder, stack, options)
    goals_table(goals)
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end")
    return 0


if __name__ == "__main__":
    sys.exit(main())
