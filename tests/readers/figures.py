#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""figures PAGE: measures who refuses which calendars of the corpus, and writes the page's tables.

What is counted are the iTIP calendars of the corpus: the different texts with a METHOD, other than
PUBLISH. A table of the page stands between the lines <!-- NAME --> and <!-- end -->. Without a
corpus or without one of the readers the page stays as it is, and the program fails.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import calmend
import corpus
from defects import DEFECTS, broken_mails
from effects import EFFECTS, READ
from examination import Panel, repaired, texts
from mail_view import is_itip
from reader import KINDS, Process, javascript, php

PROFILES = ("inbound", "outbound", "every rule")
LIBRARIES = {"calendar-js": javascript("calendar-js-repair"), "sabre": php("sabre-repair")}


@dataclass(frozen=True)
class Calendar:
    """An iTIP calendar of the corpus, and what each way to repair makes of it."""

    name: str
    text: bytes
    after: dict[str, bytes]


def gather(folder: Path) -> list[Calendar]:
    """Each text once; it is repaired in the first mail that has it."""
    paths = corpus.write(folder)
    runs = {way: repaired(calmend.profile(way), paths) for way in PROFILES}
    found: dict[bytes, Calendar] = {}
    for pairs in zip(*runs.values()):
        text = pairs[0].before.text
        if is_itip(text) and text not in found:
            after = {way: pair.after.text for way, pair in zip(runs, pairs)}
            found[text] = Calendar(pairs[0].name, text, after)
    return list(found.values())


def repair_by(name: str, calendars: list[Calendar]) -> None:
    """A text that the library cannot repair stays as it is."""
    library = Process(LIBRARIES[name])
    for calendar in calendars:
        repaired_text = library.ask(calendar.text).get("text")
        calendar.after[name] = repaired_text.encode() if repaired_text else calendar.text
    library.close()


class Readings:
    """What the panel reads, looked up by text."""

    def __init__(self, panel: Panel, calendars: list[Calendar]):
        self.readers, self.refused_by = panel.readers, panel.refused_by
        panel.read(sorted({text for one in calendars for text in (one.text, *one.after.values())}))

    def form(self, name: str, text: bytes) -> dict:
        return self.readers[name].read(text)

    def taken_by_both(self, old: bytes, new: bytes) -> list[tuple[dict, dict]]:
        pairs = [(self.form(name, old), self.form(name, new)) for name in self.readers]
        return [pair for pair in pairs if not any("refused" in form for form in pair)]

    def changed(self, old: bytes, new: bytes) -> bool:
        return any(before != after for before, after in self.taken_by_both(old, new))

    def shrunk(self, old: bytes, new: bytes) -> bool:
        return any(size(after) < size(before) for before, after in self.taken_by_both(old, new))


def size(form: dict) -> tuple[int, int]:
    return len(form["items"]), sum(len(item.get("attendees", [])) for item in form["items"])


def markdown(titles: list[str], rows: list[list], aligned: str = "---:") -> str:
    aligned = ["---"] + [aligned] * (len(titles) - 1)
    lines = [titles, aligned] + [[str(cell) for cell in row] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def named(name: str) -> str:
    return f"{KINDS[name].title} {KINDS[name].version()}"


def table_by_reader(calendars: list[Calendar], readings: Readings) -> str:
    """How many each reader refuses; the last row: one reader or more."""
    ways = [""] + [*PROFILES]
    refused = {
        way: [readings.refused_by(one.after[way] if way else one.text) for one in calendars]
        for way in ways
    }
    rows = [
        [named(name)] + [sum(name in found for found in refused[way]) for way in ways]
        for name in readings.readers
    ]
    rows.append(["**one or more**"] + [sum(map(bool, refused[way])) for way in ways])
    rows.append(["calendars"] + [len(calendars)] * len(ways))
    return markdown(["reader", "before"] + [*PROFILES], rows)


def table_by_way(calendars: list[Calendar], readings: Readings) -> str:
    """What each way to repair mends and what it harms."""
    rows = []
    for way in calendars[0].after:
        before = [readings.refused_by(one.text) for one in calendars]
        after = [readings.refused_by(one.after[way]) for one in calendars]
        pairs = [(one.text, one.after[way]) for one in calendars]
        rows.append([
            named(way) if way in LIBRARIES else f"calmend, {way}",
            sum(old != new for old, new in pairs),
            sum(bool(old) and not new for old, new in zip(before, after)),
            sum(bool(old - new) for old, new in zip(before, after)),
            sum(bool(new - old) for old, new in zip(before, after)),
            sum(readings.changed(*pair) for pair in pairs),
            sum(readings.shrunk(*pair) for pair in pairs),
        ])  # fmt: skip
    titles = ["repaired by", "calendars changed", "refused, then by nobody", "refused by fewer",
              "refused by one that took it", "read otherwise", "event or attendee lost"]
    return markdown(titles, rows)


def table_of_causes(calendars: list[Calendar], readings: Readings) -> str:
    known = corpus.causes()
    left = [one.name for one in calendars if readings.refused_by(one.after["every rule"])]
    counted = Counter(known[name] for name in left if name in known)
    return markdown(["cause", "calendars"], [list(row) for row in counted.most_common()])


def table_of_rules(panel: Panel) -> str:
    """Which readers refuse the defect of each rule and take its repair."""
    rows, known = [], calmend.rules()
    with tempfile.TemporaryDirectory() as name:
        for rule in sorted({defect.rule for defect in DEFECTS} & set(known)):
            pairs = repaired(calmend.profile("none", rule), broken_mails(Path(name), rule))
            panel.read(texts(pairs))
            won = {reader for pair in pairs for reader in panel.won(pair)} - {"letter"}
            who = ", ".join(KINDS[reader].title for reader in KINDS if reader in won)
            cited = EFFECTS[rule].witness
            rows.append([f"`{rule}`", who, "" if cited == READ else cited])
    return markdown(["rule", "refuse the defect, take the repair", "reported"], rows, "---")


TABLES = {"readers": table_by_reader, "ways": table_by_way, "causes": table_of_causes}


def write(page: Path, tables: dict[str, str]) -> None:
    text = page.read_text(encoding="utf-8")
    for name, made in tables.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->\n)"
        text = re.sub(pattern, lambda m, made=made: m[1] + made + m[2], text, flags=re.DOTALL)
    page.write_text(text, encoding="utf-8")


def main() -> int:
    panel = Panel()
    absent = [reason for reason in panel.absent.values() if reason]
    if absent or not corpus.folder():
        print("figures:", "; ".join(absent) or "no corpus folder", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        calendars = gather(Path(name))
    for library in LIBRARIES:
        repair_by(library, calendars)
    readings = Readings(panel, calendars)
    tables = {name: table(calendars, readings) for name, table in TABLES.items()}
    write(Path(sys.argv[1]), {**tables, "rules": table_of_rules(panel)})
    panel.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
