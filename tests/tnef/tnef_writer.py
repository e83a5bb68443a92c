# SPDX-License-Identifier: BSD-2-Clause
"""tnef_writer: small TNEF streams ([MS-OXTNEF] 2), for the tests.

Everything is octets: values, properties, lists, attributes and streams are put together by
concatenation, and each function writes one of them. Nothing is checked, so that a test can write
what is wrong; `attribute` takes a checksum of its own.
"""

from __future__ import annotations

import struct
import uuid
from datetime import datetime, timezone

SIGNATURE = bytes.fromhex("789f3e22")
IID_MESSAGE = uuid.UUID("00020307-0000-0000-c000-000000000046").bytes_le
IID_STORAGE = uuid.UUID("0000000b-0000-0000-c000-000000000046").bytes_le
MEETING = uuid.UUID("6ed8da90-450b-101b-98da-00aa003f1305").bytes_le
APPOINTMENT = uuid.UUID("00062002-0000-0000-c000-000000000046").bytes_le
STRINGS = uuid.UUID("00020329-0000-0000-c000-000000000046").bytes_le

MESSAGE, ATTACHMENT = 1, 2
ATT_MESSAGE_CLASS = 0x00078008
ATT_MESSAGE_PROPS = 0x00069003
ATT_RECIPIENTS = 0x00069004
ATT_ATTACHMENT = 0x00069005
ATT_RENDER_DATA = 0x00069002
ATT_VERSION = 0x00089006
ATT_CODEPAGE = 0x00069007
ATT_SUBJECT = 0x00018004

I2, I4, R4, R8, CURRENCY, APPTIME = 2, 3, 4, 5, 6, 7
ERROR, BOOLEAN, OBJECT, I8 = 0x0A, 0x0B, 0x0D, 0x14
STRING8, UNICODE, SYSTIME, CLSID, BINARY = 0x1E, 0x1F, 0x40, 0x48, 0x102
MULTIPLE = 0x1000
SIZED = (OBJECT, STRING8, UNICODE, BINARY)

NEVER = 0
NONE_4501 = 0x0CB34557A3DD4000


def filetime(text: str) -> int:
    """YYYYMMDDTHHMMSSZ as a count of 100 ns since 1601."""
    moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    return (int(moment.timestamp()) + 11644473600) * 10_000_000


def padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def value(kind: int, octets: bytes) -> bytes:
    """One value: padded, with its size before it where its type has no size of its own."""
    size = struct.pack("<I", len(octets)) if kind in SIZED else b""
    return size + padded(octets)


def prop(tag: int, *values: bytes, name: bytes = b"", count: int | None = None) -> bytes:
    """A property; `tag` is id and type as in 0x5FFB0040."""
    kind = tag & 0xFFFF
    octets = struct.pack("<HH", kind, tag >> 16) + name
    if kind & MULTIPLE or kind in SIZED:
        octets += struct.pack("<I", len(values) if count is None else count)
    return octets + b"".join(value(kind & ~MULTIPLE, item) for item in values)


def lid(group: bytes, number: int) -> bytes:
    """The name of a property by set and LID."""
    return group + struct.pack("<II", 0, number)


def string_name(group: bytes, text: str) -> bytes:
    octets = (text + "\0").encode("utf-16le")
    return group + struct.pack("<II", 1, len(octets)) + padded(octets)


def time(tag: int, moment: int, name: bytes = b"") -> bytes:
    return prop(tag, struct.pack("<Q", moment), name=name)


def attendee_change(moment: int, number: int = 0x8001) -> bytes:
    return time(number << 16 | SYSTIME, moment, lid(MEETING, 0x0001))


def owner_change(moment: int, number: int = 0x8002) -> bytes:
    return time(number << 16 | SYSTIME, moment, lid(MEETING, 0x001A))


def reply_time(moment: int, number: int = 0x8003) -> bytes:
    return time(number << 16 | SYSTIME, moment, lid(APPOINTMENT, 0x8220))


def submit_time(moment: int) -> bytes:
    return time(0x00390040, moment)


def track_status_time(moment: int) -> bytes:
    return time(0x5FFB0040, moment)


def text8(tag_id: int, text: str) -> bytes:
    return prop(tag_id << 16 | STRING8, (text + "\0").encode("cp1252"))


def text16(tag_id: int, text: str) -> bytes:
    return prop(tag_id << 16 | UNICODE, (text + "\0").encode("utf-16le"))


def properties(*items: bytes) -> bytes:
    return struct.pack("<I", len(items)) + b"".join(items)


def recipient(name: str, *items: bytes) -> bytes:
    """A row as Outlook writes it: type, names, address, and what else is given."""
    return properties(
        prop(0x0C15 << 16 | I4, struct.pack("<I", 1)),
        text8(0x3001, name),
        text16(0x39FE, name.lower() + "@example.com"),
        prop(0x0E0F << 16 | BOOLEAN, b"\1\0"),
        *items,
    )


def attribute(number: int, data: bytes, level: int = MESSAGE, checksum: int | None = None) -> bytes:
    checksum = sum(data) & 0xFFFF if checksum is None else checksum
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", checksum)


def message_class(name: str) -> bytes:
    return attribute(ATT_MESSAGE_CLASS, name.encode() + b"\0")


def message_properties(*items: bytes) -> bytes:
    return attribute(ATT_MESSAGE_PROPS, properties(*items))


def recipients(*rows: bytes) -> bytes:
    return attribute(ATT_RECIPIENTS, struct.pack("<I", len(rows)) + b"".join(rows))


def attachment(*items: bytes) -> bytes:
    return attribute(ATT_RENDER_DATA, bytes(14), ATTACHMENT) + attribute(
        ATT_ATTACHMENT, properties(*items), ATTACHMENT
    )


def inner_message(inner: bytes) -> bytes:
    """The property of an attachment that holds a message."""
    return prop(0x3701 << 16 | OBJECT, IID_MESSAGE + inner)


def stream(*attributes: bytes, key: int = 0x1234) -> bytes:
    return (
        SIGNATURE
        + struct.pack("<H", key)
        + attribute(ATT_VERSION, struct.pack("<I", 0x00010000))
        + attribute(ATT_CODEPAGE, struct.pack("<II", 1252, 0))
        + b"".join(attributes)
    )
