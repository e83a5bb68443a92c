# SPDX-License-Identifier: BSD-2-Clause
"""calendar_text: decoded calendar octets as components and content lines, with positions.

The oracle's own reader of "How a calendar is read": lines end in LF with or without CR, a fold is
a line end followed by a blank or a tab, a byte-order mark at the very start is passed over. Every
octet of an unfolded line knows where it stands in the text.

read_calendar raises Malformed where BEGIN and END do not nest or no component is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

BOM = b"\xef\xbb\xbf"
NAME = re.compile(rb"[A-Z0-9-]")


class Malformed(Exception):
    """BEGIN and END do not nest, or there is no component."""


@dataclass
class Line:
    """One content line: octets unfolded, `at[i]` is the position of octet i in the text."""

    start: int
    ending: int  # where its last line ending begins
    next: int  # one past it
    text: bytes
    at: list
    name: bytes = b""
    parameters: list = field(default_factory=list)  # (name, value, index of ";", index of its end)
    colon: int = -1  # index in `text`; -1: belongs to nobody

    @property
    def value(self) -> bytes:
        return self.text[self.colon + 1 :].strip(b" \t")

    def value_range(self) -> tuple[int, int]:
        """Positions of the trimmed value in the text; only for a value that is not empty."""
        first = self.colon + 1
        last = len(self.text)
        while self.text[first] in b" \t":
            first += 1
        while self.text[last - 1] in b" \t":
            last -= 1
        return self.at[first], self.at[last - 1] + 1

    def parameter(self, name: bytes) -> bytes | None:
        return next((item[1] for item in self.parameters if item[0] == name), None)


@dataclass
class Component:
    name: bytes
    parent: Component | None
    begin: Line
    end: Line | None = None
    lines: list = field(default_factory=list)
    all_lines: list = field(default_factory=list)  # those without a colon, too
    first_nested: Line | None = None

    def named(self, *names: bytes) -> list:
        return [line for line in self.lines if line.name in names]

    def count_like(self, *names: bytes) -> int:
        """How many lines begin with one of the names and go on with nothing of a name."""
        return sum(
            text.startswith(name) and not NAME.match(text, len(name))
            for text in (line.text.upper() for line in self.all_lines)
            for name in names
        )

    def inside(self, name: bytes) -> bool:
        component: Component | None = self
        while component is not None:
            if component.name == name:
                return True
            component = component.parent
        return False


def split_lines(text: bytes) -> list[Line]:
    """Logical lines: each with its folds."""
    lines: list[Line] = []
    position = len(BOM) if text.startswith(BOM) else 0
    while position < len(text):
        found = text.find(b"\n", position)
        following = len(text) if found < 0 else found + 1
        ending = following
        if found >= 0:
            ending = found - 1 if found > position and text[found - 1] == 13 else found
        if lines and text[position] in b" \t":
            line = lines[-1]
            line.text += text[position + 1 : ending]
            line.at.extend(range(position + 1, ending))
            line.ending, line.next = ending, following
        else:
            octets = text[position:ending]
            span = list(range(position, ending))
            lines.append(Line(position, ending, following, octets, span))
        position = following
    return lines


def read_parameters(line: Line, index: int) -> None:
    """The parameters from the first ";" on, and the colon: the first one outside of quotes."""
    text = line.text
    begin, quoted = index, False
    for current in range(index + 1, len(text)):
        octet = text[current]
        if octet == 0x22:
            quoted = not quoted
        if quoted or octet not in b":;":
            continue
        name, _, value = text[begin + 1 : current].partition(b"=")
        if len(value) > 1 and value[:1] == value[-1:] == b'"':
            value = value[1:-1]
        line.parameters.append((name.upper(), value, begin, current))
        if octet == 0x3A:
            line.colon = current
            return
        begin = current


def read_line(line: Line) -> None:
    for index, octet in enumerate(line.text):
        if octet in b":;":
            line.name = line.text[:index].upper()
            if octet == 0x3A:
                line.colon = index
            else:
                read_parameters(line, index)
            return


def read_calendar(text: bytes) -> list[Component]:
    """All components in the order of their BEGIN."""
    components: list[Component] = []
    current: Component | None = None
    for line in split_lines(text):
        read_line(line)
        if line.colon < 0:
            if current is not None:
                current.all_lines.append(line)
            continue
        if line.name == b"BEGIN":
            component = Component(line.value.upper(), current, line)
            if current is not None and current.first_nested is None:
                current.first_nested = line
            components.append(component)
            current = component
        elif line.name == b"END":
            if current is None or current.name != line.value.upper():
                raise Malformed
            current.end = line
            current = current.parent
        elif current is not None:
            current.lines.append(line)
            current.all_lines.append(line)
    if current is not None or not components:
        raise Malformed
    return components
