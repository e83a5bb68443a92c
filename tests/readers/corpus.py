# SPDX-License-Identifier: BSD-2-Clause
"""corpus: the mails with a calendar of the corpus folder, each as a file.

The folder is CALMEND_CORPUS, else ../shared/corpus beside the source tree. A calendar that is no
mail becomes one: a part of a multipart in 8bit, with the line ends, METHOD and charset that it has,
so that nothing is wrong with the mail. An mbox gives one mail for each of its own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from mail_view import methods, parts

SOURCE = Path(__file__).resolve().parent.parent.parent
CAUSES = Path(__file__).resolve().parent / "causes.tsv"
CALENDAR = re.compile(rb"(\xef\xbb\xbf)?[ \t\r\n]*BEGIN[ \t]*:[ \t]*VCALENDAR", re.IGNORECASE)
MBOX_LINE = re.compile(rb"(?m)^From [^\n]*\n")


def folder() -> Path | None:
    named = os.environ.get("CALMEND_CORPUS")
    path = Path(named) if named else SOURCE.parent / "shared" / "corpus"
    return path if path.is_dir() else None


def content_type(calendar: bytes) -> bytes:
    found = set(methods(calendar))
    field = b"Content-Type: text/calendar"
    if len(found) == 1 and re.fullmatch(r"[A-Z-]+", next(iter(found))):
        field += b"; method=" + next(iter(found)).encode()
    try:
        calendar.decode()
    except ValueError:
        return field
    return field + b"; charset=UTF-8"


def wrap(calendar: bytes) -> bytes:
    """The calendar as the second part of a mail."""
    end = b"\r\n" if b"\r\n" in calendar else b"\n"
    head = (
        b"From: ada.winter@example.org", b"To: ben.somers@example.com",
        b"Date: Mon, 5 Jan 2026 10:15:00 +0000", b"Message-ID: <wrapped@example.org>",
        b"MIME-Version: 1.0", b"Content-Type: multipart/mixed; boundary=edge-of-the-part", b"",
        b"--edge-of-the-part", b"Content-Type: text/plain; charset=us-ascii", b"", b"A calendar.",
        b"--edge-of-the-part", content_type(calendar), b"Content-Transfer-Encoding: 8bit", b"", b"",
    )  # fmt: skip
    return end.join(head) + calendar + end + b"--edge-of-the-part--" + end


def split(path: Path) -> list[bytes]:
    octets = path.read_bytes()
    if CALENDAR.match(octets):
        return [wrap(octets)]
    if MBOX_LINE.match(octets):
        return [mail for mail in MBOX_LINE.split(octets) if mail]
    return [octets]


def write(target: Path) -> list[Path]:
    """Writes the mails that have a calendar part into the target; their paths."""
    paths = []
    source = folder()
    for path in sorted(source.iterdir()) if source else []:
        for number, mail in enumerate(split(path)):
            if parts(mail):
                paths.append(target / f"{path.name}{f'.{number}' if number else ''}")
                paths[-1].write_bytes(mail)
    return paths


def causes() -> dict[str, str]:
    """By file, why an iTIP calendar is refused by a reader, whatever calmend does."""
    lines = CAUSES.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if not line.startswith("#"))
