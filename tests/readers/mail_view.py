# SPDX-License-Identifier: BSD-2-Clause
"""mail_view: a mail as a reader of mail hands it on: its calendar parts, decoded.

Python's email package finds the parts. A text goes to the readers of calendars in UTF-8: one with
another charset is converted, one without a charset, or with one that does not fit, stays as it is.

letter() is one reader more, of the mail itself: it refuses what contradicts the letter of the
standards on the way to a calendar, whoever may read it all the same.
"""

from __future__ import annotations

import email
import email.message
import quopri
import re
from dataclasses import dataclass

TYPES = ("text/calendar", "application/ics")
ENCODINGS = ("7bit", "8bit", "binary", "base64", "quoted-printable")
LINE_OCTETS = 998
METHOD = re.compile(rb"(?im)^METHOD[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r*$")


@dataclass(frozen=True)
class CalendarPart:
    """One calendar part. `refusal`: the letter of which standard it contradicts, or None."""

    text: bytes
    parameter: str | None
    charset: str | None
    refusal: str | None


def parts(mail: bytes) -> list[CalendarPart]:
    """The calendar parts, in their order, also those in mails that are attached."""
    return [
        calendar_part(part)
        for part in email.message_from_bytes(mail).walk()
        if part.get_content_type() in TYPES and not part.is_multipart()
    ]


def calendar_part(part: email.message.Message) -> CalendarPart:
    octets = decoded(part)
    parameter, charset = part.get_param("method"), part.get_content_charset()
    parameter = parameter if isinstance(parameter, str) else None
    return CalendarPart(
        in_utf8(octets, charset), parameter, charset, refusal(part, octets, parameter, charset)
    )


def decoded(part: email.message.Message) -> bytes:
    """The content. Blanks at the end of a quoted-printable line are none (RFC 2045 6.7)."""
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        raw = part.get_payload().encode("ascii", "surrogateescape")
        return quopri.decodestring(re.sub(rb"[ \t]+(?=\r?\n|$)", b"", raw))
    return part.get_payload(decode=True) or b""


def in_utf8(octets: bytes, charset: str | None) -> bytes:
    try:
        return octets.decode(charset or "utf-8").encode()
    except (LookupError, ValueError):
        return octets


def methods(octets: bytes) -> list[str]:
    return [found.decode("latin-1").upper() for found in METHOD.findall(octets)]


def is_itip(octets: bytes) -> bool:
    """It has a METHOD, other than PUBLISH."""
    return bool(set(methods(octets)) - {"PUBLISH"})


def refusal(part, octets: bytes, parameter: str | None, charset: str | None) -> str | None:
    encoding = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    raw = part.get_payload()
    if encoding not in ENCODINGS:
        return f"RFC 2045 6.1: transfer encoding {encoding}"
    if any(len(line.rstrip("\r")) > LINE_OCTETS for line in str(raw).split("\n")):
        return "RFC 5322 2.1.1: a line of more than 998 octets"
    try:
        octets.decode(charset or "us-ascii")
    except (LookupError, ValueError):
        return f"RFC 2046 4.1.2: not in charset {charset or 'us-ascii'}"
    found = set(methods(octets))
    fits = not found or found == {(parameter or "").upper()}
    if part.get_content_type() == "text/calendar" and not fits:
        return f"RFC 6047 2.4: METHOD {', '.join(sorted(found))}, method {parameter}"
    return None


def letter(part: CalendarPart) -> dict:
    """The part in the normal form of reader.py, without items."""
    if part.refusal:
        return {"refused": part.refusal}
    return {"method": part.parameter, "items": []}
