# SPDX-License-Identifier: BSD-2-Clause
"""transfer_coding: a part's encoded octets, decoded, and edits on the text written back into them.

The oracle's own "Where the bytes go" (RFC 2045 6.7 and 6.8). Only the encoded octets that an edit
needs change. An edit is (offset, length, text, ending) on the decoded text: `ending` is the range
of the line ending that an inserted line takes over, or None.

decode raises Undecodable for what cannot be written back; lenient_text still gives a text to look
at.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

IDENTITY = ("7bit", "8bit", "binary")
ALPHABET = re.compile(rb"[A-Za-z0-9+/]")
LINE_END = re.compile(rb"\r?\n")
SOFT_BREAK = re.compile(rb"=[ \t]*(?:\r?\n|\Z)")
ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")


class Undecodable(Exception):
    """The transfer encoding cannot be written back faithfully."""


@dataclass(frozen=True)
class TextEdit:
    offset: int
    length: int
    text: bytes
    ending: tuple | None = None
    order: int = 1  # at one offset: an inserted DTSTAMP has 2


class Identity:
    def __init__(self, octets: bytes, _outer_ending: bytes):
        self.text = octets

    def write(self, edits: list[TextEdit]) -> bytes:
        return splice(self.text, [plain_edit(self.text, edit) for edit in edits])


class QuotedPrintable:
    """Each decoded octet i is written in [first[i], last[i])."""

    def __init__(self, octets: bytes, outer_ending: bytes):
        self.octets, self.outer_ending = octets, outer_ending
        self.first, self.last = [], []
        text = bytearray()
        position = 0
        while position < len(octets):
            soft = SOFT_BREAK.match(octets, position)
            if soft:
                position = soft.end()
                continue
            escape = ESCAPE.match(octets, position)
            if octets[position] == 0x3D and not escape:
                raise Undecodable
            text.append(int(escape[1], 16) if escape else octets[position])
            self.first.append(position)
            position = escape.end() if escape else position + 1
            self.last.append(position)
        self.text = bytes(text)

    def after_line(self, end: int) -> int:
        """Where the line after the one that ends at `end` begins, encoded: after its soft break."""
        position = self.last[end - 1]
        if self.octets[self.first[end - 1]] != 0x3D:
            return position
        soft = SOFT_BREAK.match(self.octets, position)
        return soft.end() if soft else position

    def soft_break(self, end: int) -> bytes:
        """What an inserted line has behind its line ending, written as the one that ends at `end`:
        a soft break where that is escaped, whether it has one or not."""
        if self.octets[self.first[end - 1]] != 0x3D:
            return b""
        position = self.last[end - 1]
        soft = SOFT_BREAK.match(self.octets, position)
        if soft and soft[0].endswith(b"\n"):
            return soft[0]
        line_end = LINE_END.search(self.octets)
        return b"=" + (line_end[0] if line_end else self.outer_ending)

    def write(self, edits: list[TextEdit]) -> bytes:
        return splice(self.octets, [self.encoded(edit) for edit in edits])

    def encoded(self, edit: TextEdit) -> tuple[int, int, bytes]:
        if edit.length == 0:
            begin, end = edit.ending
            ending = self.octets[self.first[begin] : self.last[end - 1]]
            return self.after_line(edit.offset), 0, edit.text + ending + self.soft_break(end)
        begin, end = self.first[edit.offset], edit.offset + edit.length
        whole_lines = not edit.text and self.text[end - 1] == 0x0A
        stop = self.after_line(end) if whole_lines else self.last[end - 1]
        return begin, stop - begin, edit.text


class Base64:
    """`at[i]` is where the i-th of the 64 characters stands."""

    def __init__(self, octets: bytes, outer_ending: bytes):
        self.octets = octets
        data = octets.replace(b"\r", b"").replace(b"\n", b"")
        body = data.rstrip(b"=")
        if len(data) % 4 or len(data) - len(body) > 2 or re.search(rb"[^A-Za-z0-9+/]", body):
            raise Undecodable
        self.text = binascii.a2b_base64(data)
        self.at = [index for index, octet in enumerate(octets) if octet not in b"\r\n"]
        self.width, self.ending = self.line_shape(outer_ending)

    def line_shape(self, outer_ending: bytes) -> tuple[int, bytes]:
        match = re.match(rb"[\r\n]*([^\r\n]+)(\r?\n)?", self.octets)
        if not match:
            return 76, outer_ending
        return len(match[1]), match[2] or outer_ending

    def write(self, edits: list[TextEdit]) -> bytes:
        """In place up to the first edit that changes the length; the tail from there anew."""
        plain = [plain_edit(self.text, edit) for edit in edits]
        growing = [edit[0] for edit in plain if len(edit[2]) != edit[1]]
        cut = min(growing) // 3 if growing else None
        characters = binascii.b2a_base64(splice(self.text, plain), newline=False)
        result = bytearray(self.octets)
        if not growing:
            self.write_quanta(result, characters, plain)
            return bytes(result)
        self.write_quanta(result, characters, [edit for edit in plain if edit[0] // 3 < cut])
        start = self.at[cut * 4]
        tail = self.wrapped(characters[cut * 4 :], self.column(start))
        return bytes(result[:start]) + tail + self.octets[self.at[-1] + 1 :]

    def write_quanta(self, result: bytearray, characters: bytes, plain: list) -> None:
        for offset, length, _ in plain:
            for index in range(offset // 3 * 4, ((offset + length - 1) // 3 + 1) * 4):
                if index < len(self.at):
                    result[self.at[index]] = characters[index]

    def column(self, position: int) -> int:
        return position - 1 - self.octets.rfind(b"\n", 0, position)

    def wrapped(self, characters: bytes, column: int) -> bytes:
        lines = []
        while characters:
            room = max(self.width - column, 0)
            lines.append(characters[:room])
            characters, column = characters[room:], 0
        return self.ending.join(lines)


def plain_edit(text: bytes, edit: TextEdit) -> tuple[int, int, bytes]:
    ending = text[edit.ending[0] : edit.ending[1]] if edit.ending else b""
    return edit.offset, edit.length, edit.text + ending


def splice(octets: bytes, edits: list) -> bytes:
    """Applies (offset, length, text), sorted and disjoint."""
    pieces, position = [], 0
    for offset, length, text in edits:
        assert offset >= position
        pieces += [octets[position:offset], text]
        position = offset + length
    return b"".join(pieces) + octets[position:]


CODINGS = dict.fromkeys(IDENTITY, Identity) | {
    "quoted-printable": QuotedPrintable,
    "base64": Base64,
}


def decode(encoding: str, octets: bytes, outer_ending: bytes):
    """The coding of `octets`; raises Undecodable."""
    if encoding not in CODINGS:
        raise Undecodable
    return CODINGS[encoding](octets, outer_ending)


def lenient_text(encoding: str, octets: bytes) -> bytes:
    """What can be read of a part that cannot be written back."""
    if encoding == "base64":
        data = b"".join(ALPHABET.findall(octets))
        return binascii.a2b_base64(data[: len(data) // 4 * 4])
    if encoding == "quoted-printable":
        data = SOFT_BREAK.sub(b"", octets)
        return ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), data)
    return octets
