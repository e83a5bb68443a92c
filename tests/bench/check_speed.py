# SPDX-License-Identifier: BSD-2-Clause
"""check_speed: `calmend check` over plain mail files that the system holds in memory.

One process, bound to one processor, gets a list of files by name, some of them more than once, and
finds nothing in any. Its start counts too. It is waited for without a time limit, of which bench.py
has one for all: Python looks after a process with a limit in steps of up to 50 ms.
"""
import os
import resource
import subprocess
import time

import kinds
import lab
from report import Goal, Line, medians

PROCESSOR = min(os.sched_getaffinity(0))
FILES = 64            # at most, of one size
FILE_OCTETS = 64e6    # at most, in all files of one size
ARGUMENTS = 40000     # at most; the system bounds the octets of a command line
GOAL_MB_S = 1000
SETTINGS = "settings"  # a file without any, beside the mails
SIZES = (("8 KB", 8_000), ("100 KB", 100_000), ("10 MB", 10_000_000))


def write_files(folder, size):
    """Plain mails of that size: their names, and the octets of each."""
    mail = kinds.plain(size).replace(b"\r\n", b"\n")
    names = [f"m{number}" for number in range(int(max(1, min(FILES, FILE_OCTETS // size))))]
    for name in names:
        (folder / name).write_bytes(mail)
    (folder / SETTINGS).touch()
    return names, len(mail)


def children_seconds():
    """Processor time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(command, folder, processors, messages, octets, **options):
    """One run of a command that must end well: its figures."""
    cpu, start = children_seconds(), time.monotonic()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False,
                          preexec_fn=lambda: os.sched_setaffinity(0, processors), **options)
    took, cpu = time.monotonic() - start, children_seconds() - cpu
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}"
    return {"messages_s": messages / took, "mb_s": octets / took / 1e6,
            "cpu_us": cpu / messages * 1e6}


def check(folder, paths, processors, messages, octets):
    """One run of calmend check over these paths: its figures."""
    return timed([lab.COMMAND, "check", "--config", SETTINGS, *paths], folder, processors, messages,
                 octets)


def check_files(folder, names, octets):
    """The same over files with one mail each, on one processor."""
    return check(folder, names, {PROCESSOR}, len(names), octets)


def run(folder, _stack, options):
    """Measures every size: its lines."""
    lines = []
    for title, size in SIZES:
        place = folder / str(size)
        place.mkdir()
        names, octets = write_files(place, size)
        count = max(len(names), min(ARGUMENTS, int(options.check_octets / octets)))
        arguments = [names[i % len(names)] for i in range(count)]
        check_files(place, names, octets * len(names))
        figures = medians([check_files(place, arguments, octets * count)
                           for _ in range(options.check_rounds)])
        lines.append(Line("calmend check, plain mail files, one processor", title, figures,
                          goal=Goal(at_least=GOAL_MB_S, figure="mb_s")))
    return lines
