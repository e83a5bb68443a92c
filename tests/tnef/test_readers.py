#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Independent readers agree on what calmend repaired: Debian's tnef and ytnef.

Each mail of make_golden.py that is repaired goes through calmend (CALMEND, default build/calmend).
Both readers print the stream before and after: they verify the checksums, complain of neither, and
what they print differs in as many times as were repaired, and in nothing else. So that this proves
something, both must complain of a stream with a wrong checksum. A reader that is not there is
skipped.
"""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import make_golden

SOURCE = Path(__file__).resolve().parent.parent.parent
CALMEND = os.environ.get("CALMEND", str(SOURCE / "build" / "calmend"))
SIGNATURE = bytes.fromhex("789f3e22")
READERS = {
    "tnef": ("tnef", ["tnef", "--debug", "--list"]),
    "ytnef": ("ytnef-tools", ["ytnefprint", "-v"]),
}
COMPLAINT = re.compile(r"checksum|error|garbage|corrupt", re.IGNORECASE)
OCTET = re.compile(r"0x[0-9a-f]{2}\b")
# A line with a time, as tnef and ytnefprint print it.
TIME = re.compile(r"#\d+ \[len: 8\] = 0x[0-9a-f]{8} 0x[0-9a-f]{8}|Value: \w+ \w+ +\d+, \d{4} ")


def stream_of(mail: bytes) -> bytes:
    for part in email.message_from_bytes(mail).walk():
        content = part.get_payload(decode=True) or b""
        if content.startswith(SIGNATURE):
            return content
    raise ValueError("no TNEF stream in the mail")


def repaired(pair: make_golden.Pair, folder: Path) -> bytes:
    """The stream that calmend makes of the pair's mail."""
    make_golden.write(folder, pair, pair.before, "in")
    path = folder / f"tnef-{pair.name}.in.eml"
    config = folder / "calmend.conf"
    disabled = pair.settings.removeprefix("-")
    config.write_text("[repair]\n" + (f"disable={disabled}\n" if disabled else ""))
    done = subprocess.run(
        [CALMEND, "repair", "--config", str(config), "--now", make_golden.NOW, str(path)],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    return stream_of(done.stdout)


def read(command: list[str], octets: bytes, folder: Path) -> tuple[bool, list[str]]:
    """Whether the reader is content, and the lines that it prints."""
    (folder / "winmail.dat").write_bytes(octets)
    done = subprocess.run(
        [*command, "winmail.dat"],
        cwd=folder, capture_output=True, timeout=60, check=False, errors="replace",
    )  # fmt: skip
    lines = (done.stdout + done.stderr).splitlines()
    said = [line for line in lines if COMPLAINT.search(line) and "Value:" not in line]
    return done.returncode == 0 and not said, lines


def same_but_times(before: list[str], after: list[str], times: int) -> bool:
    """Lines with a time may differ, and dumps of octets in so many times together."""
    if len(before) != len(after):
        return False
    for old, new in zip(before, after):
        if old == new or TIME.search(old) and TIME.search(new):
            continue
        if OCTET.sub("", old) != OCTET.sub("", new):
            return False
        if not 0 < count_windows(OCTET.findall(old), OCTET.findall(new)) <= times:
            return False
    return True


def count_windows(before: list[str], after: list[str]) -> int:
    """How many times of eight octets it takes to cover every octet that differs."""
    count, covered = 0, 0
    for index, (old, new) in enumerate(zip(before, after)):
        if old != new and index >= covered:
            count, covered = count + 1, index + 8
    return count


class Report:
    def __init__(self):
        self.number = 0
        self.failed = False

    def line(self, good: bool, text: str) -> None:
        self.number += 1
        self.failed = self.failed or not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {text}")


def check_reader(report: Report, name: str, folder: Path) -> None:
    package, command = READERS[name]
    if shutil.which(command[0]) is None:
        report.line(True, f"{name} # SKIP no {command[0]}: Debian has it in {package}")
        return
    wrong = make_golden.broken(make_golden.response())
    report.line(not read(command, wrong, folder)[0], f"{name} complains of a wrong checksum")
    for pair in make_golden.PAIRS:
        if pair.after is None:
            continue
        content, before = read(command, pair.build(pair.before), folder)
        if not content:
            continue  # not for this reader, even as it came: nothing to compare with
        content, after = read(command, repaired(pair, folder), folder)
        same = same_but_times(before, after, pair.findings.count(":repaired"))
        report.line(content and same, f"{name} reads {pair.name} before and after")


def main() -> int:
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        for name in READERS:
            check_reader(report, name, Path(folder))
    print(f"1..{report.number}")
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main())
