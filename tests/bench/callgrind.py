# SPDX-License-Identifier: BSD-2-Clause
"""callgrind: instructions per message, counted by valgrind's callgrind.

A program works on a small and on a larger number of the same message; the difference of the counts
by the difference of the numbers is one message, without start and end. The environment is empty but
for the choice of the C library's functions: those of any x86-64 processor, so that the counts do
not depend on which one is at hand.
"""
import subprocess

import lab

ENGINE = str(lab.BUILD / "tests/bench/engine")
REFUSING_ENGINE = str(lab.BUILD / "tests/bench/refusing_engine")
SMALL, LARGE = 2, 12
SECONDS = 120
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C",
               "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-SSE4_1,-SSE4_2,-SSSE3,-ERMS,-FSRM"}


def engine_command(path):
    """How the engine is called for a number of messages."""
    return lambda count: [ENGINE, str(count), str(path)]


def check_command(path):
    """How `calmend check` is called for a number of messages, with settings that say nothing."""
    settings = path.with_suffix(".conf")
    settings.touch()
    return lambda count: [lab.COMMAND, "check", "--config", str(settings), *[str(path)] * count]


def _read_objects(text):
    """The self cost of each object file in callgrind's output."""
    names, counts, current, inclusive = {}, {}, None, False
    for line in text.splitlines():
        if line.startswith("ob="):
            number, _, name = line[3:].partition(" ")
            current = names.setdefault(number, name)
        elif line.startswith("cob="):
            number, _, name = line[4:].partition(" ")
            names.setdefault(number, name)
        elif line.startswith("calls="):
            inclusive = True
        elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
            if not inclusive:
                counts[current] = counts.get(current, 0) + int(line.split()[1])
            inclusive = False
    return counts


def count_objects(command, folder):
    """Runs a command: its instructions by object file."""
    out = folder / "callgrind.out"
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
                           *command], env=ENVIRONMENT, check=False, text=True, timeout=SECONDS,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stderr}"
    return _read_objects(out.read_text(encoding="utf-8", errors="replace"))


def per_message(command, folder):
    """Instructions of one message by object file; `command` makes a command of a count."""
    small, large = (count_objects(command(count), folder) for count in (SMALL, LARGE))
    return {name: (count - small.get(name, 0)) / (LARGE - SMALL)
            for name, count in large.items() if count != small.get(name, 0)}
