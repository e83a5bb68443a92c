#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend against a second implementation of the TNEF rules, over random streams and real ones.

Random streams hold every type of value, meetings of every class, times that were never set or are
odd, messages inside of messages, and sometimes damage. Real ones are those of the corpus
(CALMEND_CORPUS, else ../shared/corpus beside the source tree), as they are and with every time put
to zero. Each goes in a mail of each encoding through calmend (CALMEND, default build/calmend); the
octets and the findings must be the oracle's. CALMEND_PROPERTY_COUNT (120) streams are made from
CALMEND_PROPERTY_SEED (1).
"""

from __future__ import annotations

import email
import json
import os
import random as randoms
import struct
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(1, str(TESTS / "properties"))

import make_golden as mails
import tnef_oracle
import tnef_writer as tnef
from calendar_oracle import Policy

SOURCE = TESTS.parent
CALMEND = os.environ.get("CALMEND", str(SOURCE / "build" / "calmend"))
CORPUS = Path(os.environ.get("CALMEND_CORPUS", SOURCE.parent / "shared" / "corpus"))
CLOCK = datetime(2026, 1, 6, tzinfo=timezone.utc)
DATE = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
LATEST = tnef_oracle.filetime(CLOCK) + tnef_oracle.DAY
MOMENTS = (
    tnef.NEVER, tnef.NEVER, 1, tnef_oracle.UNSET - 1, tnef_oracle.UNSET, tnef.NONE_4501,
    mails.CHANGED, mails.SUBMITTED, LATEST, LATEST + 1, 2**64 - 1,
    tnef.filetime("19700101T000000Z"), tnef.filetime("19700101T000000Z") - 1,
)  # fmt: skip
CLASSES = tuple(tnef_oracle.KINDS) + ("IPM.Note", "IPM.Schedule.Meeting.Resp.Pos.Own", "", "IPM")
ENCODERS = {
    "base64": mails.mixed(),
    "quoted-printable": mails.mixed("quoted-printable"),
    "alone": mails.alone,
}


def some_value(random) -> bytes:
    """A property that no rule looks at."""
    kind = random.choice(tuple(tnef_oracle.FIXED) + (tnef.STRING8, tnef.UNICODE, tnef.BINARY))
    size = tnef_oracle.FIXED.get(kind) or random.randrange(0, 40)
    several = kind not in tnef_oracle.SINGLE and random.randrange(3) == 0
    values = [random.randbytes(size) for _ in range(random.randrange(4) if several else 1)]
    name, code = b"", random.randrange(0x6000, 0x7000)
    if random.randrange(3) == 0:
        code = random.randrange(0x8000, 0x8100)
        name = random.choice(
            (tnef.lid(tnef.MEETING, 0x1B), tnef.lid(tnef.APPOINTMENT, 0x0001),
             tnef.string_name(tnef.MEETING, "x" * random.randrange(5)))
        )  # fmt: skip
    return tnef.prop(code << 16 | kind | (tnef.MULTIPLE if several else 0), *values, name=name)


def some_times(random) -> list[bytes]:
    writers = (tnef.attendee_change, tnef.owner_change, tnef.reply_time, tnef.submit_time)
    items = [writer(random.choice(MOMENTS)) for writer in writers if random.randrange(5)]
    if random.randrange(12) == 0:
        items.append(random.choice(writers)(random.choice(MOMENTS)))
    items += [some_value(random) for _ in range(random.randrange(4))]
    random.shuffle(items)
    return items


def some_row(random) -> bytes:
    items = [tnef.track_status_time(random.choice(MOMENTS)) for _ in range(random.randrange(2))]
    if random.randrange(15) == 0:
        items.append(tnef.track_status_time(random.choice(MOMENTS)))
    items += [some_value(random) for _ in range(random.randrange(3))]
    random.shuffle(items)
    return tnef.properties(*items)


def some_stream(random, depth: int = 0) -> bytes:
    name = random.choice(CLASSES)
    properties = some_times(random)
    attributes = []
    if random.randrange(4):
        attributes.append(tnef.message_class(name))
    if not attributes or random.randrange(4) == 0:
        name = random.choice(CLASSES) if random.randrange(10) == 0 else name
        properties.append(random.choice((tnef.text8, tnef.text16))(0x001A, name))
    attributes.append(tnef.message_properties(*properties))
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        rows = [some_row(random) for _ in range(random.randrange(5))]
        attributes.append(tnef.recipients(*rows))
    random.shuffle(attributes)
    while depth < 4 and random.randrange(3) == 0:
        attributes.append(tnef.attachment(some_value(random), tnef.time(0x30070040, tnef.NEVER),
                                          tnef.inner_message(some_stream(random, depth + 1))))
    return tnef.stream(*attributes)


def damaged(random, octets: bytes) -> bytes:
    at = random.randrange(len(octets))
    return random.choice(
        (octets[:at], octets + random.randbytes(random.randrange(1, 20)),
         octets[:at] + random.randbytes(1) + octets[at + 1 :], octets[:at] + octets[at + 1 :])
    )  # fmt: skip


def random_streams(seed: int, count: int):
    for index in range(count):
        random = randoms.Random(f"{seed} {index}")
        octets = some_stream(random)
        yield f"random {index}", damaged(random, octets) if index % 4 == 3 else octets


def corpus_streams():
    for path in sorted(CORPUS.iterdir()) if CORPUS.is_dir() else ():
        octets = path.read_bytes()
        if octets.startswith(tnef.SIGNATURE):
            yield path.name, octets
        elif path.suffix in (".eml", ".mbox") and b"tnef" in octets:
            for part in email.message_from_bytes(octets).walk():
                content = part.get_payload(decode=True) or b""
                if content.startswith(tnef.SIGNATURE):
                    yield path.name, content


def with_zeros(octets: bytes) -> bytes:
    """The stream with every time of its messages put to zero."""
    stream = tnef_oracle.Stream(octets)
    result = bytearray(octets)
    for message in stream.messages:
        for item in message.properties:
            if item.kind == tnef.SYSTIME:
                result[item.start : item.start + 8] = bytes(8)
    stream.seal(result)
    return bytes(result)


def real_streams():
    for name, octets in corpus_streams():
        yield name, octets
        yield name + " with zeros", with_zeros(octets)


def run(folder: Path, *arguments: str) -> bytes:
    options = ["--config", str(folder / "calmend.conf"), "--now", mails.NOW]
    return subprocess.run(
        [CALMEND, *arguments[:1], *options, *arguments[1:]], capture_output=True, timeout=60
    ).stdout


def complaint(folder: Path, octets: bytes, mail) -> str | None:
    """What calmend does otherwise than the oracle, or None."""
    result, expected = octets, []
    if octets.startswith(tnef.SIGNATURE):
        result, expected = tnef_oracle.examine(octets, DATE, CLOCK, Policy(), None)
    path = folder / "mail.eml"
    before, after = (
        (mails.HEAD.format(name="x") + mail(item)).encode("latin-1") for item in (octets, result)
    )
    path.write_bytes(before)
    found = [
        (item["rule"], "repaired" if item["repaired"] else item["reason"])
        for item in json.loads(run(folder, "check", "--json", str(path)))["findings"]
    ]
    if sorted(found) != sorted(expected):
        return f"findings {sorted(found)} instead of {sorted(expected)}"
    if run(folder, "repair", str(path)) != after:
        return "other octets"
    return None


def examine(folder: Path, streams) -> dict[str, list[str]]:
    """By encoding, the streams that go wrong."""
    wrong: dict[str, list[str]] = {name: [] for name in ENCODERS}
    for name, octets in streams:
        for encoding, mail in ENCODERS.items():
            problem = complaint(folder, octets, mail)
            if problem:
                wrong[encoding].append(f"{name}: {problem}")
    return wrong


def main() -> int:
    seed = int(os.environ.get("CALMEND_PROPERTY_SEED", "1"))
    count = int(os.environ.get("CALMEND_PROPERTY_COUNT", "120"))
    sets = {"random": list(random_streams(seed, count)), "corpus": list(real_streams())}
    print(f"1..{len(sets) * len(ENCODERS)}")
    number = 0
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "calmend.conf").write_text("[repair]\nstamp=no\n")
        for title, streams in sets.items():
            for encoding, wrong in examine(folder, streams).items():
                number += 1
                skip = "" if streams else " # SKIP no corpus folder"
                status = "not ok" if wrong else "ok"
                print(f"{status} {number} - {title}, {encoding}, {len(streams)} streams{skip}")
                for line in wrong[:5]:
                    print("#", line)
                failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
