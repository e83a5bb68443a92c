#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""bench: measures calmend beside milters that do nothing and the same repair in Python.

What is compared takes turns in one run. All of it is one table at the end: the loads, the programs
under each, and calmend's figure by theirs with the goal for that. Everything is on loopback, in a
folder of its own, and ends with this program, at the latest when its time is up. A missed goal is a
word in the table, and exit 1 with --strict alone; else exit 1 says that something went wrong.
"""
import argparse
import contextlib
import pathlib
import shutil
import signal
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(TESTS / "protocol"), str(TESTS / "mta")]

import check_speed  # noqa: E402
import direct  # noqa: E402
import idle  # noqa: E402
import machine  # noqa: E402
import memory  # noqa: E402
import profile_repair  # noqa: E402
import store_speed  # noqa: E402
import through_postfix  # noqa: E402
from report import table, write_json  # noqa: E402

SECTIONS = {"direct": direct.run, "idle": idle.run, "memory": memory.run, "check": check_speed.run,
            "stores": store_speed.run, "postfix": through_postfix.run}
QUICK_SECTIONS = ("direct", "idle", "check", "stores")
TIME_LIMIT = 1800

# What --quick changes of the options that were not given.
FULL = {"rounds": 13, "seconds": 0.25, "postfix_rounds": 5, "postfix_messages": 1000,
        "check_rounds": 5, "check_octets": 1e9}
QUICK = {"rounds": 3, "seconds": 0.1, "postfix_rounds": 1, "postfix_messages": 200,
         "check_rounds": 3, "check_octets": 4e8}


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
    parser.add_argument("--quick", action="store_true", help="short turns, less than a minute")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="all figures for pages")
    parser.add_argument("--rounds", type=int, help="straight to the milter")
    parser.add_argument("--seconds", type=float, help="of one milter's turn")
    parser.add_argument("--postfix-rounds", type=int, help="through Postfix")
    parser.add_argument("--postfix-messages", type=int, help="of a turn")
    parser.add_argument("--check-rounds", type=int, help="of calmend check, files and stores")
    parser.add_argument("--check-octets", type=float, help="of one round")
    options = parser.parse_args()
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


def interrupted(signum, _frame):
    """Ends the program the usual way, so that everything is cleaned up."""
    raise TimeoutError(f"stopped by {signal.Signals(signum).name}, limit {TIME_LIMIT} s")


def measure(options):
    """Runs the sections, one after the other: {name: lines}."""
    found = {}
    for name in options.sections or (QUICK_SECTIONS if options.quick else SECTIONS):
        print(f"bench: {name} ...", file=sys.stderr, flush=True)
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(tempfile.mkdtemp(prefix="calmend-bench-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(0o755)
            found[name] = SECTIONS[name](folder, stack, options)
    return found


def main():
    """Measures, prints, writes."""
    options = read_options()
    for signum in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(signum, interrupted)
    signal.alarm(TIME_LIMIT)
    head = machine.describe()
    sections = measure(options)
    lines = [line for found in sections.values() for line in found]
    head["load"] += machine.load()
    print(machine.as_text(head) + "\n\n" + table(lines))
    if options.json:
        profile = {} if options.quick else profile_repair.measure()
        write_json(options.json, head, sections, profile)
    return 1 if options.strict and any(line.is_missed() for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
