# SPDX-License-Identifier: BSD-2-Clause
"""generate: seeded mails of every encoding and shape around calendars with defects.

mails() yields (name, octets); the same seed and index give the same mail. Calendars come from
templates and, where there is a corpus folder, from its *.ics files (CALMEND_CORPUS, else
../shared/corpus beside the source tree). Without one, only the templates are used.

Run by hand, it writes the mail of one name to stdout: generate.py SEED INDEX.
"""

from __future__ import annotations

import base64
import os
import random as randoms
import re
import sys
from pathlib import Path

from generate_calendar import calendar, chance, spoil

NOW = "20260106T120000Z"
DATES = (
    (b"Mon, 5 Jan 2026 10:15:00 +0000",) * 6
    + (b"Tue, 06 Jan 2026 01:30:00 +1400", b"5 Jan 2026 05:15:00 EST", b"Mon, 5 Jan 26 10:15 GMT")
    + (b"Mon, 01 Jan 1601 00:00:00 +0000", b"Sun, 31 Dec 1600 19:00:00 -0500 (EST)")
    + (b"Thu, 8 Jan 2026 10:15:00 +0000", b"Fri, 1 Jan 1960 00:00:00 +0000", b"yesterday", None)
)
DEADLINES = (b"Reply-By", b"Expires", b"EXPIRY-DATE", b"Deferred-Delivery")
WIDTHS = (76, 76, 76, 60, 64, 62, 73, 4, 998, 10**9)
FOREIGN_LABELS = (b"utf-16", b"UTF-7", b"utf-32le")
SIGNATURE = b"Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n"
PLAIN = b"Content-Type: text/plain; charset=us-ascii\n\nAnn has answered.\n"
RESPONSE = re.compile(rb"(?im)^METHOD:[ \t]*(\w+)")


def corpus_folder() -> Path | None:
    source = Path(__file__).resolve().parent.parent.parent
    named = os.environ.get("CALMEND_CORPUS")
    folder = Path(named) if named else source.parent / "shared" / "corpus"
    return folder if folder.is_dir() else None


def corpus_files(suffix: str) -> list[Path]:
    folder = corpus_folder()
    return sorted(folder.glob("*" + suffix)) if folder else []


def quoted_printable(random, text: bytes, ends: str) -> bytes:
    """`ends`: plain keeps line ends as they are; soft writes =0D=0A with a soft break; bare
    without one; some of each with mixed."""
    pieces, column = [], 0
    for index, octet in enumerate(text):
        char = bytes([octet])
        at_end = text[index + 1 : index + 2] in (b"\r", b"\n", b"")
        encoded = octet > 126 or octet == 61 or (octet < 32 and char not in b"\t\r\n")
        encoded = encoded or (char in b" \t" and at_end) or random.randrange(40) == 0
        style = random.choice(("soft", "soft", "bare")) if ends == "mixed" else ends
        if char in b"\r\n":
            encoded = ends != "plain"
        piece = b"=%02X" % octet if encoded else char
        if random.randrange(20) == 0:
            piece = piece.lower() if encoded else piece
        if column + len(piece) > 75 and not (char in b"\r\n" and not encoded):
            pieces.append(random.choice((b"=\n", b"=\n", b"=\n", b"= \t\n")))
            column = 0
        pieces.append(piece)
        column = 0 if piece == b"\n" else column + len(piece)
        if char == b"\n" and encoded and style == "soft":
            pieces.append(b"=\n")
            column = 0
    return b"".join(pieces)


def base64_lines(random, text: bytes) -> bytes:
    data = base64.b64encode(text) or b"===="
    width = random.choice(WIDTHS)
    lines = [data[index : index + width] for index in range(0, len(data), width)]
    if chance(random, 8):
        lines = [line for item in lines for line in (item[:7], item[7:]) if line]
    if chance(random, 3):
        lines[random.randrange(len(lines))] += random.choice((b"!", b"=", b" ", b"A"))
    return b"\n".join(lines) + (b"\n" if chance(random, 70) else b"")


def encode(random, text: bytes) -> tuple[bytes, bytes, bool]:
    """Content-Transfer-Encoding, encoded octets, and whether LF in them is the file's line end."""
    kind = random.randrange(10)
    if kind < 3:
        return random.choice((b"7bit", b"8bit", b"8BIT", b"binary", b"")), text, False
    if kind < 6:
        name = random.choice((b"base64", b"Base64", b"BASE64 (x)"))
        return name, base64_lines(random, text), True
    if kind == 6:
        return b"quoted-printable", quoted_printable(random, text, "plain"), False
    ends = random.choice(("soft", "soft", "soft", "bare", "mixed"))
    return b"Quoted-Printable", quoted_printable(random, text, ends), True


def content_type(random, text: bytes) -> bytes:
    found = RESPONSE.search(text)
    method = found[1] if found else b"PUBLISH"
    kind = random.choice((b"text/calendar",) * 6 + (b"application/ics", b"Text/Calendar"))
    charset = random.choice(FOREIGN_LABELS) if chance(random, 2) else b"utf-8"
    pieces = [b'charset="' + charset + b'"' if chance(random, 30) else b"charset=" + charset]
    if chance(random, 70):
        pieces.append(random.choice((b"method=", b'METHOD="', b"method*=us-ascii'en'")) + method)
        pieces[-1] += b'"' if b'"' in pieces[-1] else b""
    if chance(random, 30):
        pieces.append(b'name="meeting; one.ics"')
    if chance(random, 3):
        pieces.append(b"charsetutf-8")
    random.shuffle(pieces)
    joint = random.choice((b"; ", b"; ", b";\n ", b";"))
    return b"Content-Type: " + joint.join([kind, *pieces])


class Mail:
    """One mail in the making; `eol` is what the file ends its own lines with."""

    def __init__(self, random):
        self.random = random
        self.eol = random.choice((b"\r\n", b"\n"))
        self.boundaries = 0

    def own(self, text: bytes) -> bytes:
        return text.replace(b"\n", self.eol)

    def calendar_part(self, text: bytes) -> bytes:
        encoding, octets, own_lines = encode(self.random, text)
        fields = [content_type(self.random, text)]
        if encoding:
            fields.append(b"Content-Transfer-Encoding: " + encoding)
        if chance(self.random, 20):
            fields.append(b"Content-Disposition: attachment;\n filename=meeting.ics")
        self.random.shuffle(fields)
        head = self.own(b"\n".join(fields) + b"\n\n")
        return head + (self.own(octets) if own_lines else octets)

    def multipart(self, kind: bytes, *parts: bytes) -> bytes:
        self.boundaries += 1
        name = b"=_b%d" % self.boundaries
        head = b'Content-Type: %s;\n boundary="%s"\n\n' % (kind, name)
        preamble = b"This is a message in MIME format.\n\n" if chance(self.random, 30) else b""
        ends = [b"\n" if chance(self.random, 4) else self.eol for _ in parts]
        pieces = [self.own(b"--" + name + b"\n") + part + end for part, end in zip(parts, ends)]
        tail = b"--" + name + b"--\n" + (b"epilogue\n" if chance(self.random, 20) else b"")
        return self.own(head + preamble) + b"".join(pieces) + self.own(tail)

    def message(self, entity: bytes) -> bytes:
        """The mail's own header in front of an entity."""
        date = self.random.choice(DATES)
        fields = [b"From: Ann <ann@example.com>", b"To: bob@example.com", b"Subject: Meeting"]
        fields += [b"Date: " + date] if date else []
        fields.append(b"MIME-Version: 1.0")
        for name in DEADLINES:
            if chance(self.random, 8):
                fields.append(name + b": Mon, 01 Jan 1601 00:00:00 +0000")
        return self.own(b"\n".join(fields) + b"\n") + entity

    def plain(self) -> bytes:
        return self.own(PLAIN)

    def shape(self, text: bytes) -> bytes:
        part = self.calendar_part
        kind = self.random.randrange(20)
        if kind < 5:
            return part(text)
        if kind < 9:
            return self.multipart(b"multipart/alternative", self.plain(), part(text))
        if kind < 12:
            return self.multipart(b"multipart/mixed", part(text), self.plain())
        if kind < 15:
            inner = self.multipart(b"multipart/alternative", self.plain(), part(text))
            return self.multipart(b"multipart/mixed", inner, part(text))
        return self.sealed_shape(kind, text)

    def sealed_shape(self, kind: int, text: bytes) -> bytes:
        part, quoted = self.calendar_part(text), b"Content-Type: message/rfc822\n\n"
        if kind == 15:
            return self.multipart(b"multipart/signed", part, self.own(SIGNATURE))
        if kind == 16:
            inner = self.multipart(b"multipart/signed", part, self.own(SIGNATURE))
            return self.multipart(b"multipart/mixed", inner, self.calendar_part(text))
        if kind == 17:
            return self.multipart(b"multipart/encrypted", self.own(SIGNATURE), part)
        forwarded = self.own(quoted) + self.message(self.calendar_part(text))
        if kind == 18:
            return self.multipart(b"multipart/mixed", part, forwarded)
        return self.multipart(b"multipart/report", self.plain(), forwarded)


def mail(seed: int, index: int, calendars: list[Path]) -> bytes:
    random = randoms.Random(f"{seed}-{index}")
    if calendars and index % 2:
        text = spoil(random, calendars[index // 2 % len(calendars)].read_bytes()[:60000])
    else:
        text = calendar(random) if random.randrange(200) else b""
    made = Mail(random)
    return made.message(made.shape(text))


def mails(seed: int, count: int):
    calendars = corpus_files(".ics")
    for index in range(count):
        yield f"generated-{seed}-{index}", mail(seed, index, calendars)


if __name__ == "__main__":
    sys.stdout.buffer.write(mail(int(sys.argv[1]), int(sys.argv[2]), corpus_files(".ics")))
