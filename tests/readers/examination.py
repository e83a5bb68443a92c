# SPDX-License-Identifier: BSD-2-Clause
"""examination: mails before and after a repair, and what the readers make of either.

A panel is the readers that are there. repaired() takes mails through calmend; what comes out is
pairs of calendar parts, with the rules that had a say in their mail.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import calmend
from effects import effect_of, unnamed
from mail_view import CalendarPart, letter, parts
from reader import KINDS, Reader

WORKERS = 2


@dataclass(frozen=True)
class Pair:
    """A calendar part before and after, `after` is the same object where nothing was done."""

    path: Path
    before: CalendarPart
    after: CalendarPart
    rules: frozenset[str]

    @property
    def name(self) -> str:
        return self.path.name


class Panel:
    """The readers that are there, and why the others are not."""

    def __init__(self):
        readers = {name: Reader(name) for name in KINDS}
        self.absent = {name: reader.missing() for name, reader in readers.items()}
        self.readers = {name: readers[name] for name in readers if not self.absent[name]}

    def read(self, texts: list[bytes]) -> None:
        """Has every reader read them all, so that readings() only looks up."""
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda one: [one.read(text) for text in texts], self.readers.values()))

    def readings(self, part: CalendarPart) -> dict[str, dict]:
        """By reader, and by `letter`."""
        forms = {name: reader.read(part.text) for name, reader in self.readers.items()}
        return {**forms, "letter": letter(part)}

    def lost(self, pair: Pair) -> list[str]:
        """What readers read otherwise though no rule names it."""
        before, after = self.readings(pair.before), self.readings(pair.after)
        spared = {name for rule in pair.rules for name in effect_of(rule).spared}
        asked = set(before) - spared
        found = {name: unnamed(before[name], after[name], set(pair.rules)) for name in asked}
        return [f"{name}: {text}" for name, text in sorted(found.items()) if text]

    def won(self, pair: Pair) -> list[str]:
        """Who refuses before and takes after."""
        before, after = self.readings(pair.before), self.readings(pair.after)
        return [n for n in before if "refused" in before[n] and "refused" not in after[n]]

    def refusing(self, part: CalendarPart) -> list[str]:
        """Who refuses it, `letter` among them."""
        return [name for name, form in self.readings(part).items() if "refused" in form]

    def refused_by(self, text: bytes) -> set[str]:
        return {name for name, reader in self.readers.items() if "refused" in reader.read(text)}

    def close(self) -> None:
        for reader in self.readers.values():
            reader.close()


def repaired(options: list[str], paths: list[Path]) -> list[Pair]:
    """Every calendar part of the mails. The parts of a mail are as many after as before."""
    pairs = []
    for path, report in zip(paths, calmend.check(options, paths)):
        before = parts(path.read_bytes())
        after = parts(calmend.repair(options, path)) if report["changes"] else before
        rules = frozenset(row["rule"] for row in report["findings"] if row["repaired"])
        if len(before) != len(after):
            raise RuntimeError(f"{path.name}: {len(before)} calendar parts, then {len(after)}")
        pairs += [Pair(path, old, new, rules) for old, new in zip(before, after)]
    return pairs


def repaired_twice(options: list[str], paths: list[Path]) -> list[str]:
    """The mails in which a second pass would repair anything, with the rules."""
    again = []
    for path in paths:
        again.append(path.with_suffix(".again"))
        again[-1].write_bytes(calmend.repair(options, path))
    found = {
        path.name: {row["rule"] for row in report["findings"] if row["repaired"]}
        for path, report in zip(paths, calmend.check(options, again))
    }
    return [f"{name}: {', '.join(sorted(rules))}" for name, rules in found.items() if rules]


def texts(pairs: list[Pair]) -> list[bytes]:
    return sorted({part.text for pair in pairs for part in (pair.before, pair.after)})
