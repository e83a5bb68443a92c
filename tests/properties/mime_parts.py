# SPDX-License-Identifier: BSD-2-Clause
"""mime_parts: where the header fields and the leaf parts of a mail stand, as octet ranges.

The oracle's own locator (RFC 5322 2.2, RFC 2045 5.1, RFC 2046 5.1, RFC 2231 3 and 4): the email
package is not octet exact. A line ends in LF, with or without CR before it. The line ending in
front of a delimiter line belongs to the delimiter.

Never fails: whatever is broken ends a header or makes a part a leaf, as an MTA takes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MULTIPART_REASON = {
    "multipart/signed": "signed",
    "multipart/encrypted": "signed",
    "multipart/report": "quoted",
}
MESSAGE_TYPES = ("message/rfc822", "message/global", "message/news")

TYPE_TOKEN = r"[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+"
WELL_FORMED_TYPE = re.compile(
    rf'{TYPE_TOKEN}/{TYPE_TOKEN}(\s*;\s*{TYPE_TOKEN}\s*=\s*({TYPE_TOKEN}|"(\\.|[^"\\])*"))*\s*;?\s*'
)
FIELD_LINE = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:")


@dataclass(frozen=True)
class Field:
    """One header field: name in lower case, then positions in the mail, folds included."""

    name: bytes
    start: int
    value: int  # first octet after the colon
    value_end: int  # where the last line ending begins
    next: int  # one past that line ending


@dataclass
class Part:
    """One leaf part: [start, end) is its encoded content."""

    section: str
    type: str
    parameters: dict
    fields: list
    start: int
    end: int
    reason: str | None  # signed or quoted, by what stands around it
    depth: int

    def field(self, name: bytes) -> Field | None:
        return first_field(self.fields, name)


@dataclass
class Tree:
    """All that the walk found: leaves in order, and what the limits count."""

    parts: list = field(default_factory=list)
    entities: int = 0
    depth: int = 0


def next_line(octets: bytes, position: int, end: int) -> int:
    """One past the next LF, or `end`."""
    found = octets.find(b"\n", position, end)
    return end if found < 0 else found + 1


def line_ending(octets: bytes, start: int, following: int) -> int:
    """Where the line ending of the line [start, following) begins."""
    if following == start or octets[following - 1 : following] != b"\n":
        return following
    if following - 2 >= start and octets[following - 2 : following - 1] == b"\r":
        return following - 2
    return following - 1


def first_field(fields: list, name: bytes) -> Field | None:
    return next((item for item in fields if item.name == name), None)


def read_head(octets: bytes, start: int, end: int, own: bool = False) -> tuple[list, int]:
    """The fields from `start` on and the position of the body.

    A line that is no field ends the mail's `own` header, as an MTA has it; in the header of a part
    it is passed over.
    """
    fields = []
    position = start
    while position < end:
        following = next_line(octets, position, end)
        ending = line_ending(octets, position, following)
        if ending == position:
            return fields, following
        match = FIELD_LINE.match(octets, position, ending)
        if match is None and own:
            return fields, position
        while following < end and octets[following] in b" \t":
            begin, following = following, next_line(octets, following, end)
            ending = line_ending(octets, begin, following)
        if match is not None:
            fields.append(Field(match[1].lower(), position, match.end(), ending, following))
        position = following
    return fields, end


def field_text(octets: bytes, item: Field) -> str:
    """The value as one line: folds undone, blanks around it gone."""
    raw = octets[item.value : item.value_end]
    return re.sub(rb"\r?\n(?=[ \t])", b"", raw).strip(b" \t\r\n").decode("latin-1")


def without_comments(text: str) -> str:
    """The text with (comments) taken out; quoted strings stay (RFC 5322 3.2.2)."""
    kept, depth, quoted, index = [], 0, False, 0
    while index < len(text):
        char = text[index]
        pair = text[index : index + 2] if char == "\\" else char
        if depth == 0 and char == '"':
            quoted = not quoted
        if char == "(" and not quoted:
            depth += 1
        elif char == ")" and depth and not quoted:
            depth -= 1
        elif depth == 0:
            kept.append(pair)
        index += len(pair)
    return "".join(kept)


def split_parameters(text: str) -> list[str]:
    """`text` cut at each semicolon outside of quotes."""
    return re.findall(r'((?:"(?:\\.|[^"\\])*"?|[^";])+)', text)


def parameter_value(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", re.match(r'"((?:\\.|[^"\\])*)', text)[1])
    return text.split()[0] if text else ""


def decode_extended(value: str) -> str:
    """charset'language'percent-encoded (RFC 2231 4)."""
    value = value.split("'", 2)[-1]
    return re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), value)


def read_content_type(text: str) -> tuple[str, dict]:
    """Type in lower case and parameters by lower case name, continuations joined."""
    pieces = split_parameters(without_comments(text))
    kind = "/".join(word.strip() for word in pieces[0].split("/")).lower() if pieces else ""
    found: dict = {}
    for piece in pieces[1:]:
        name, equals, value = piece.partition("=")
        if not equals:
            continue
        base, _, number = name.strip().lower().rstrip("*").partition("*")
        value = parameter_value(value)
        if name.strip().endswith("*"):
            value = decode_extended(value)
        found.setdefault(base, {}).setdefault(int(number) if number.isdigit() else 0, value)
    return kind, {name: "".join(runs[key] for key in sorted(runs)) for name, runs in found.items()}


def delimiter_after(octets: bytes, start: int, end: int, boundary: bytes) -> tuple:
    """The first delimiter line: (line start, one past it, "open" or "close").

    Without one both positions are `end` and the kind is None.
    """
    position = start
    while position < end:
        following = next_line(octets, position, end)
        if octets.startswith(b"--" + boundary, position):
            line = octets[position + 2 : line_ending(octets, position, following)].rstrip(b" \t")
            if line == boundary:
                return position, following, "open"
            if line == boundary + b"--":
                return position, following, "close"
        position = following
    return end, end, None


def content_end(octets: bytes, start: int, line: int) -> int:
    """The end of a content that a delimiter line at `line` follows."""
    return max(start, line_ending(octets, start, line)) if line > start else start


class Walker:
    """Walks the entities of one mail, front to back."""

    def __init__(self, octets: bytes):
        self.octets = octets
        self.tree = Tree()

    def entity(self, fields, body, end, section, reason, depth, default="text/plain"):
        """One entity whose content is [body, end): descends or notes a leaf."""
        self.tree.entities += 1
        self.tree.depth = max(self.tree.depth, depth)
        header = first_field(fields, b"content-type")
        kind, parameters = default, {}
        if header is not None:
            kind, parameters = read_content_type(field_text(self.octets, header))
        boundary = parameters.get("boundary", "").rstrip().encode("latin-1", "replace")
        if kind.startswith("multipart/") and boundary:
            inner = reason or MULTIPART_REASON.get(kind)
            digest = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            self.multipart(boundary, body, end, section, inner, depth, digest)
        elif kind in MESSAGE_TYPES:
            self.message(body, end, section or "1", reason or "quoted", depth)
        else:
            number = section or "1"
            self.tree.parts.append(
                Part(number, kind, parameters, fields, body, end, reason, depth)
            )

    def message(self, body, end, section, reason, depth):
        fields, start = read_head(self.octets, body, end)
        header = first_field(fields, b"content-type")
        kind = read_content_type(field_text(self.octets, header))[0] if header else "text/plain"
        inner = section if kind.startswith("multipart/") else f"{section}.1"
        self.entity(fields, start, end, inner, reason, depth + 1)

    def multipart(self, boundary, body, end, section, reason, depth, default):
        """The parts between the delimiter lines of one boundary."""
        number = 0
        _, position, kind = delimiter_after(self.octets, body, end, boundary)
        while kind == "open":
            number += 1
            line, following, kind = delimiter_after(self.octets, position, end, boundary)
            stop = line if kind is None else content_end(self.octets, position, line)
            fields, start = read_head(self.octets, position, stop)
            inner = f"{section}.{number}" if section else str(number)
            self.entity(fields, start, stop, inner, reason, depth + 1, default)
            position = following


def head_start(octets: bytes) -> int:
    """Where the first field stands: an mbox "From " line belongs to no field."""
    return next_line(octets, 0, len(octets)) if octets.startswith(b"From ") else 0


def locate(octets: bytes) -> tuple[list, Tree]:
    """The fields of the mail's own header, and its parts."""
    fields, body = read_head(octets, head_start(octets), len(octets), own=True)
    walker = Walker(octets)
    walker.entity(fields, body, len(octets), "", None, 1)
    return fields, walker.tree
