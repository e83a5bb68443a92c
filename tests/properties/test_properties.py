#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What must hold for every mail, over the corpus, the mails of tests/data and generated ones.

Each mail goes through calmend (CALMEND, default build/calmend) under several settings. The oracle
knows the families epoch and kb955480 and a few rules beside them; where they alone are at work the
octets and findings are compared with it. Prints TAP: one line for each set of mails, each settings
and each property; up to five mails that break it are named.

CALMEND_PROPERTY_COUNT mails (500) are generated from CALMEND_PROPERTY_SEED (1), in
CALMEND_PROPERTY_WORKERS processes (2). With CALMEND_PROPERTY_KEEP, a folder, each mail that breaks
a property is kept there.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from calendar_text import Malformed, read_calendar
from generate import NOW, corpus_files, mails
from mime_parts import locate
from oracle import is_calendar, repair
from transfer_coding import Undecodable, decode

SOURCE = Path(__file__).resolve().parent.parent.parent
CALMEND = os.environ.get("CALMEND", str(SOURCE / "build" / "calmend"))
OPTIONAL = (
    "attendee-change-missing", "owner-change-epoch", "reply-time-epoch", "stamp-missing",
    "completed-epoch", "sequence-time-epoch", "response-time-epoch", "busy-status",
    "method-parameter-missing",
)  # fmt: skip
FAMILIES = (
    "epoch", "kb955480", "structure", "text", "method", "mime", "zone", "address", "alarm", "date",
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """A [repair] group; `oracle` is the rules to enable for the oracle, None where it is not
    asked."""

    text: str
    oracle: tuple | None = None


UNKNOWN = "disable=calendar-unreadable,calendar-behind-end\n"  # what the oracle does not report
PROFILES = {
    "default rules": Rules("profile=none\n" + UNKNOWN, ()),
    "all rules": Rules(f"profile=none\n{UNKNOWN}enable={';'.join(OPTIONAL)}\n", OPTIONAL),
    "inbound": Rules("profile=inbound\n"),
    "outbound": Rules("profile=outbound\n"),
    "every rule": Rules(f"profile=outbound\nenable={';'.join(FAMILIES)}\n"),
}
PROPERTIES = {
    "runs": "every program ends well",
    "untouched": "without a repair the octets stay",
    "oracle": "the octets are those of the oracle",
    "findings": "the findings are those of the oracle",
    "twice": "a second pass changes and mends nothing",
    "zones": "nothing but line ends and folds of a VTIMEZONE changes",
    "check": "check and its exit code agree with repair",
    "guard": "the guard refuses no calendar that nests",
}
FOLDS = b"\r\n \t"
CHUNK = 16
SECONDS = 60


def settings_file(folder: Path, profile: str) -> Path:
    path = folder / (profile.replace(" ", "-") + ".conf")
    path.write_text(f"[repair]\nstamp=no\n{PROFILES[profile].text}")
    return path


def calmend(settings: Path, command: str, *arguments: str) -> subprocess.CompletedProcess:
    options = ["--config", str(settings), "--now", NOW]
    return subprocess.run(
        [CALMEND, command, *options, *arguments], capture_output=True, timeout=SECONDS, check=False
    )


def zones(octets: bytes) -> list[bytes]:
    """Every VTIMEZONE of every calendar part that can be read, decoded, without what folds are
    made of."""
    found = []
    for part in filter(is_calendar, locate(octets)[1].parts):
        header = part.field(b"content-transfer-encoding")
        encoding = octets[header.value : header.value_end] if header else b"7bit"
        try:
            name = encoding.split(b"(")[0].strip().lower().decode("latin-1")
            text = decode(name, octets[part.start : part.end], b"\n").text
            components = read_calendar(text)
        except (Undecodable, Malformed):
            continue
        for component in components:
            if component.name == b"VTIMEZONE":
                zone = text[component.begin.start : component.end.next]
                found.append(zone.translate(None, FOLDS))
    return found


def are_kept(old: list[bytes], new: list[bytes], exactly: bool) -> bool:
    """Every one of `old` is among `new`, in order; `exactly` and no other."""
    rest = iter(new)
    return old == new if exactly else all(zone in rest for zone in old)


class Examination:
    """One mail under one profile: run() gives the properties that it breaks, with the reason."""

    def __init__(self, settings: Path, profile: str, path: str, checked: dict):
        self.settings, self.path, self.checked = settings, path, checked
        self.oracle = PROFILES[profile].oracle
        self.octets = Path(path).read_bytes()
        self.broken: dict[str, str] = {}

    def run(self) -> dict:
        done = calmend(self.settings, "repair", self.path)
        if done.returncode != 0 or done.stderr:
            return {"runs": f"repair: exit {done.returncode}: {done.stderr[:200]!r}"}
        self.compare(done.stdout)
        if done.stdout != self.octets:
            self.second_pass(done.stdout)
            if not are_kept(zones(self.octets), zones(done.stdout), self.oracle is not None):
                self.broken["zones"] = "a VTIMEZONE changed"
        return self.broken

    def compare(self, result: bytes) -> None:
        rows = [row for row in self.checked["findings"] if row["rule"] != "stamp"]
        refused = [f"{row['rule']} in {row['part']}" for row in rows if row["reason"] == "guard"]
        if refused:
            self.broken["guard"] = f"refused {', '.join(refused)}"
        if not any(row["repaired"] for row in rows) and result != self.octets:
            self.broken["untouched"] = "changed without a finding"
        if self.checked["changes"] != (result != self.octets):
            self.broken["check"] = f"changes is {self.checked['changes']}"
        if self.oracle is None:
            return
        expected = repair(self.octets, NOW, self.oracle)
        if result != expected.octets:
            self.broken["oracle"] = first_difference(result, expected.octets)
        self.compare_findings(rows, expected)

    def compare_findings(self, rows: list, expected) -> None:
        """Of parts that cannot be read no finding is compared: nothing in them may be repaired."""
        unread = expected.unread
        rows = [row for row in rows if row["part"] not in unread or row["repaired"]]
        items = [item for item in expected.findings if item.part not in unread]
        found = Counter((row["rule"], row["reason"] or "repaired", row["part"]) for row in rows)
        wanted = Counter((item.rule, item.outcome, item.part) for item in items)
        if found != wanted:
            only, missing = dict(found - wanted), dict(wanted - found)
            self.broken["findings"] = f"only calmend: {only}; only the oracle: {missing}"

    def second_pass(self, result: bytes) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(result)
            file.flush()
            again = calmend(self.settings, "repair", file.name)
            check = calmend(self.settings, "check", "--json", file.name)
        if again.stdout != result:
            self.broken["twice"] = first_difference(again.stdout, result)
        elif any(row["repaired"] for row in json.loads(check.stdout)["findings"]):
            self.broken["twice"] = "still reports a repair"


def first_difference(result: bytes, expected: bytes) -> str:
    at = next(
        (index for index, pair in enumerate(zip(result, expected)) if pair[0] != pair[1]),
        min(len(result), len(expected)),
    )
    span = slice(max(at - 20, 0), at + 50)
    return f"at {at}: {result[span]!r}, not {expected[span]!r}"


def examine_chunk(settings: Path, profile: str, paths: list[str]) -> list[tuple[str, str, str]]:
    """(property, mail, reason) for each that is broken."""
    done = calmend(settings, "check", "--json", *paths)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    if [report["file"] for report in reports] != paths:
        return [("runs", paths[0], f"check: exit {done.returncode}: {done.stderr[:200]!r}")]
    broken = []
    if done.returncode != int(any(report["findings"] for report in reports)):
        broken.append(("check", paths[0], f"exit {done.returncode} over {len(paths)} mails"))
    for path, report in zip(paths, reports):
        found = Examination(settings, profile, path, report).run()
        broken += [(name, path, reason) for name, reason in found.items()]
    return broken


def data_mails() -> list[str]:
    return [str(path) for path in sorted((SOURCE / "tests" / "data").rglob("*.eml"))]


def one_message(octets: bytes) -> bytes:
    """What a file holds, as one message: calmend refuses a mailbox, a calendar, a winmail.dat."""
    if octets.startswith(b"From ") and b"\nFrom " in octets:
        return octets.partition(b"\n")[2]
    if re.match(rb"(?i)(\xef\xbb\xbf)?\s*BEGIN:VCALENDAR|\x78\x9f\x3e\x22", octets):
        return b"Subject: corpus\n\n" + octets
    return octets


def corpus_mails(folder: Path) -> list[str]:
    """Mails and whatever else is no calendar: all of it is input."""
    paths = []
    for path in corpus_files(""):
        if not path.is_file() or path.suffix == ".ics":
            continue
        octets = path.read_bytes()
        message = one_message(octets)
        if message != octets:
            path = folder / path.name
            path.write_bytes(message)
        paths.append(str(path))
    return paths


def generated_mails(folder: Path) -> list[str]:
    seed = int(os.environ.get("CALMEND_PROPERTY_SEED", "1"))
    count = int(os.environ.get("CALMEND_PROPERTY_COUNT", "500"))
    paths = []
    for name, octets in mails(seed, count):
        path = folder / (name + ".eml")
        path.write_bytes(octets)
        paths.append(str(path))
    return paths


def keep(path: str) -> None:
    folder = os.environ.get("CALMEND_PROPERTY_KEEP")
    if folder:
        (Path(folder) / Path(path).name).write_bytes(Path(path).read_bytes())


class Report:
    """TAP on standard output."""

    def __init__(self):
        self.number = 0
        self.failed = False

    def line(self, good: bool, text: str) -> None:
        self.number += 1
        self.failed |= not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {text}", flush=True)

    def results(self, title: str, count: int, broken: list) -> None:
        for name, text in PROPERTIES.items():
            cases = [case for case in broken if case[0] == name]
            self.line(not cases, f"{title}, {count} mails: {text}")
            for _, path, reason in cases[:5]:
                print(f"# {Path(path).name}: {reason}")
            if len(cases) > 5:
                print(f"# and {len(cases) - 5} more")
            for _, path, _ in cases:
                keep(path)


def examine(pool, report: Report, title: str, settings: dict, paths: list[str]) -> None:
    for profile, file in settings.items():
        chunks = [paths[index : index + CHUNK] for index in range(0, len(paths), CHUNK)]
        repeat = itertools.repeat
        found = pool.map(examine_chunk, repeat(file), repeat(profile), chunks)
        report.results(f"{title}, {profile}", len(paths), [item for part in found for item in part])


def main() -> int:
    report = Report()
    if not os.access(CALMEND, os.X_OK):
        print(f"Bail out! {CALMEND} is no program; CALMEND names it")
        return 1
    workers = int(os.environ.get("CALMEND_PROPERTY_WORKERS", "2"))
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(workers) as pool:
        folder = Path(name)
        settings = {profile: settings_file(folder, profile) for profile in PROFILES}
        examine(pool, report, "tests/data", settings, data_mails())
        corpus = corpus_mails(folder)
        if corpus:
            examine(pool, report, "corpus", settings, corpus)
        else:
            report.line(True, "corpus # SKIP no corpus folder")
        examine(pool, report, "generated", settings, generated_mails(folder))
    print(f"1..{report.number}")
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main())
