# SPDX-License-Identifier: BSD-2-Clause
"""profile_repair: what the engine takes for a message, and which libraries its instructions are in.

The time is that of the engine alone, no milter around it, on one processor. callgrind counts the
instructions over a few messages and over many; the difference is the messages' alone.
"""
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import callgrind
from kinds import KINDS

KIND_NAMES = ("plain", "multipart", "reply", "reply-base64", "reply-qp", "tnef")
MESSAGES = 3000
RUNS = 3
# Part of an object file's name: whose it is. The first that fits counts.
OWNERS = (("libgmime", "GMime"), ("libical", "libical"), ("libglib", "GLib"),
          ("libgobject", "GLib"), ("libc.so", "C library"), ("ld-linux", "C library"),
          ("engine", "calmend"))


def owner(object_file):
    """The library that an object file belongs to."""
    name = pathlib.PurePath(object_file).name
    return next((title for part, title in OWNERS if part in name), "others")


def by_owner(objects):
    """Instructions by library."""
    found = {}
    for name, count in objects.items():
        found[owner(name)] = found.get(owner(name), 0) + count
    return found


def run_seconds(command):
    """Processor time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def engine_us(path):
    """Microseconds of the engine for one message, the least of a few runs."""
    command = callgrind.engine_command(path)
    start = min(run_seconds(command(1)) for _ in range(RUNS))
    return (min(run_seconds(command(MESSAGES)) for _ in range(RUNS)) - start) / MESSAGES * 1e6


def measure():
    """By kind: microseconds, and instructions by library; the latter not without valgrind."""
    counted = shutil.which("valgrind") is not None
    if not counted:
        print("bench: no profile, valgrind is not installed", file=sys.stderr)
    times, instructions = {}, {}
    with tempfile.TemporaryDirectory(prefix="calmend-bench-") as name:
        folder = pathlib.Path(name)
        for kind in (KINDS[name] for name in KIND_NAMES):
            path = kind.write(folder, line_end=b"\r\n")
            times[kind.title] = engine_us(path)
            if counted:
                instructions[kind.title] = by_owner(
                    callgrind.per_message(callgrind.engine_command(path), folder))
    return {"engine_us": times, "instructions": instructions}
