#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""instructions: what each kind of message costs in instructions, and the figures to hold it to.

instructions.tsv holds the figures, and in its head what they depend on: compiler, libraries,
processor family. Run as a program it counts anew, writes that file, and prints what changed.
"""
import dataclasses
import pathlib
import sys
import tempfile
import typing

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import callgrind
import kinds
import machine

FIGURES = pathlib.Path(__file__).with_name("instructions.tsv")
TOLERANCE = 0.05
HEAD = """\
# Instructions per message: what `make bench-guard` holds the engine to, and 5 % above.
# Written by `make bench-guard-update`, with what the counts depend on:
"""


@dataclasses.dataclass
class Case:
    """A message, and what is done with it."""
    kind: kinds.Kind
    command: typing.Callable = callgrind.engine_command

    def count(self):
        """Instructions per message."""
        with tempfile.TemporaryDirectory(prefix="calmend-guard-") as name:
            folder = pathlib.Path(name)
            path = self.kind.write(folder, line_end=b"\r\n")
            objects = callgrind.per_message(self.command(path), folder)
        return round(sum(objects.values()))


def _cases():
    """Every kind of the benchmark, the large one smaller, and the command on plain mail."""
    found = {name: Case(kind) for name, kind in kinds.KINDS.items() if name != "attachment"}
    found["attachment"] = Case(kinds.Kind("attachment", "attachment, 1 MB",
                                          kinds.large(1_000_000)))
    found["check-plain"] = Case(kinds.KINDS["plain"], callgrind.check_command)
    return found


CASES = _cases()


def versions():
    """What the counts depend on: {name: version}."""
    return machine.engine_versions()


def read_figures():
    """The head and the figures of the file: ({name: version}, {case: instructions})."""
    lines = [line.split("\t") for line in FIGURES.read_text(encoding="ascii").splitlines()
             if "\t" in line]
    head = {line[0].removeprefix("# "): line[1] for line in lines if line[0].startswith("#")}
    return head, {line[0]: int(line[1]) for line in lines if not line[0].startswith("#")}


def difference(figures):
    """How these versions differ from the figures', in words, or None."""
    here = versions()
    return ", ".join(f"{name} {here.get(name, 'none')} instead of {version}"
                     for name, version in figures.items() if here.get(name) != version) or None


def write_figures(counts):
    """Writes the file."""
    head = HEAD + "".join(f"# {name}\t{version}\n" for name, version in versions().items())
    rows = "".join(f"{name}\t{count}\n" for name, count in counts.items())
    FIGURES.write_text(head + rows, encoding="ascii")


def main():
    """Counts, writes, prints."""
    old = read_figures()[1] if FIGURES.exists() else {}
    counts = {name: case.count() for name, case in CASES.items()}
    write_figures(counts)
    for name, count in counts.items():
        change = f"{count / old[name] - 1:+.1%}" if name in old else "new"
        print(f"{name:16} {count:10} {change}")
    print(f"written: {FIGURES}; see `git diff`, and commit it with the change that is its reason")


if __name__ == "__main__":
    main()
