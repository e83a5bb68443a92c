#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Readers as witnesses: what others read in calendars before and after calmend repaired them.

Each reader of reader.py reads a plain calendar as it is meant, so that its word counts. Then, for
each rule, mails with its defect (defects.py): the readers that the rule claims refuse it do, and
take the repair, or the row of effects.py names the program that suffers; and no reading changes but
for what that row names. Then, over mails with several defects, the corpus and the mails of
tests/properties, in each profile: no reader refuses after what it took before, and no reading
changes but for what the rules name. What is still refused of the corpus with every rule on is
listed in causes.tsv, with its cause.

CALMEND_PROPERTY_COUNT mails (500) of either kind are made. A reader that is not there is skipped.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import calmend
import corpus
from defects import DEFECTS, broken_mails, golden_mails, joined_mails
from effects import EFFECTS, READ, effect_of
from examination import Pair, Panel, repaired, repaired_twice, texts
from mail_view import is_itip
from reader import KINDS, PLAIN

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "properties"))
from generate import mails  # pylint: disable=wrong-import-position

COUNT = int(os.environ.get("CALMEND_PROPERTY_COUNT", "500"))
PROFILES = ("inbound", "outbound", "every rule")


class Tap:
    """TAP on standard output."""

    def __init__(self):
        self.number, self.failed = 0, False

    def line(self, good: bool, text: str, details: list[str] = ()) -> None:
        self.number += 1
        self.failed |= not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {text}")
        for detail in details[:10]:
            print(f"# {detail}")
        if len(details) > 10:
            print(f"# and {len(details) - 10} more")
        sys.stdout.flush()

    def skip(self, text: str, reason: str) -> None:
        self.line(True, f"{text} # SKIP {reason}")


def plain_differences(form: dict) -> list[str]:
    """Where a reading of PLAIN is not what is meant; as each reader writes it."""
    item = form["items"][0]
    wanted = {
        "uid": ("plain@example.org",), "sequence": ("3",), "summary": ("Plan",),
        "start": ("20260112T090000Z",), "end": ("20260112T100000Z",),
        "organizer": ("mailto:ada.winter@example.org", "ada.winter@example.org"),
        "type": ("VEVENT", "vevent", "Event"),
    }  # fmt: skip
    wrong = [f"{name}: {item[name]}" for name, good in wanted.items() if item[name] not in good]
    people = [tuple(one.values()) for one in item["attendees"]]
    ben = "ben.somers@example.com"
    if people not in ([(f"mailto:{ben}", "ACCEPTED")], [(ben, 1)]):
        wrong.append(f"attendees: {people}")
    if len(item["alarms"]) != 1 or item["alarms"][0]["trigger"] is None:
        wrong.append(f"alarms: {item['alarms']}")
    if form["method"] not in ("REQUEST", "Request", None):
        wrong.append(f"method: {form['method']}")
    return wrong


def test_plain(tap: Tap, panel: Panel) -> None:
    for name, kind in KINDS.items():
        if panel.absent[name]:
            tap.skip(f"{kind.title} reads a plain calendar", panel.absent[name])
            continue
        wrong = plain_differences(panel.readers[name].read(PLAIN))
        tap.line(not wrong, f"{kind.title} reads a plain calendar", wrong)


def test_rows(tap: Tap, known: dict[str, str]) -> None:
    gone = sorted((set(EFFECTS) | {defect.rule for defect in DEFECTS}) - set(known))
    tap.line(not gone, "effects.py and defects.py have rows for rules alone", gone)


def test_witnesses(tap: Tap, panel: Panel, rule: str, pairs: list[Pair]) -> None:
    """Every defect is mended, and who it needs to be mended for takes it then."""
    effect = effect_of(rule)
    unmended = [pair.name for pair in pairs if rule not in pair.rules]
    tap.line(not unmended, f"{rule}: every mail with the defect is repaired", unmended)
    won = {name for pair in pairs for name in panel.won(pair)}
    if effect.letter:
        tap.line("letter" in won, f"{rule}: a standard for mail refuses the defect, not the repair")
    readers = sorted(won - {"letter"})
    if effect.witness == READ and panel.readers:
        tap.line(bool(readers), f"{rule}: refused, and taken when repaired, by readers", readers)
    else:
        tap.line(bool(effect.witness), f"{rule}: {effect.witness}", readers)


def test_causes(tap: Tap, panel: Panel, pairs: list[Pair]) -> None:
    """With every rule on, an iTIP calendar of the corpus is refused only for what no rule mends."""
    title = "corpus: what a reader refuses with every rule on has a cause that no rule mends"
    absent = [reason for reason in panel.absent.values() if reason]
    if absent:
        tap.skip(title, absent[0])
        return
    left, seen = set(), set()
    panel.read(texts([pair for pair in pairs if is_itip(pair.before.text)]))
    for pair in pairs:
        if is_itip(pair.before.text) and pair.before.text not in seen:
            seen.add(pair.before.text)
            left |= {pair.name} if panel.refused_by(pair.after.text) else set()
    known = set(corpus.causes())
    wrong = [f"{name}: refused, and causes.tsv has no cause" for name in left - known]
    wrong += [f"{name}: in causes.tsv, but taken" for name in known - left]
    tap.line(not wrong, f"{title}: {len(left)} of {len(seen)}", sorted(wrong))


def test_losses(tap: Tap, panel: Panel, title: str, pairs: list[Pair]) -> None:
    panel.read(texts([pair for pair in pairs if pair.before is not pair.after]))
    changed = [pair for pair in pairs if pair.before != pair.after]
    lost = [f"{pair.name} ({', '.join(sorted(pair.rules))}): {text}"
            for pair in changed for text in panel.lost(pair)]  # fmt: skip
    words = f"{len(pairs)} calendars, {len(changed)} changed"
    tap.line(not lost, f"{title}: no reading is lost, {words}", lost)


def test_rules(tap: Tap, panel: Panel, known: dict[str, str], folder: Path) -> None:
    rows = {defect.rule for defect in DEFECTS}
    for rule in sorted((rows & set(known)) | (set(known) - set(EFFECTS))):
        paths = broken_mails(folder, rule) if rule in rows else golden_mails(rule)
        pairs = repaired(calmend.profile("none", rule), paths)
        panel.read(texts(pairs))
        test_witnesses(tap, panel, rule, pairs)
        test_losses(tap, panel, rule, pairs)


def generated(folder: Path) -> list[Path]:
    paths = []
    for name, octets in mails(1, COUNT):
        paths.append(folder / f"{name}.eml")
        paths[-1].write_bytes(octets)
    return paths


def test_joined(tap: Tap, panel: Panel, folder: Path) -> None:
    """Several defects in a mail are mended at once, and then nobody refuses it."""
    paths, title = joined_mails(folder, COUNT), "several defects"
    pairs = test_profiles(tap, panel, title, paths)
    twice = repaired_twice(calmend.profile("every rule"), paths)
    tap.line(not twice, f"{title}: a second pass finds nothing to repair", twice)
    by = {pair.name: ", ".join(panel.refusing(pair.after)) for pair in pairs}
    refused = [f"{name}: by {names}" for name, names in by.items() if names]
    tap.line(not refused, f"{title}: with every rule on, nobody refuses any", refused)


def test_corpus(tap: Tap, panel: Panel, folder: Path) -> None:
    if not corpus.folder():
        tap.skip("corpus", "no corpus folder")
        return
    pairs = test_profiles(tap, panel, "corpus", corpus.write(folder))
    test_causes(tap, panel, pairs)


def test_profiles(tap: Tap, panel: Panel, title: str, paths: list[Path]) -> list[Pair]:
    """The pairs of the last profile, which is that of every rule."""
    for profile in PROFILES:
        pairs = repaired(calmend.profile(profile), paths)
        test_losses(tap, panel, f"{title}, {profile}", pairs)
    return pairs


def main() -> int:
    tap, panel = Tap(), Panel()
    known = calmend.rules()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("rules", "joined", "corpus", "generated"):
            (folder / part).mkdir()
        test_plain(tap, panel)
        test_rows(tap, known)
        test_rules(tap, panel, known, folder / "rules")
        test_joined(tap, panel, folder / "joined")
        test_corpus(tap, panel, folder / "corpus")
        test_profiles(tap, panel, "generated", generated(folder / "generated"))
    panel.close()
    print(f"1..{tap.number}")
    return int(tap.failed)


if __name__ == "__main__":
    sys.exit(main())
