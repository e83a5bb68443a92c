# SPDX-License-Identifier: BSD-2-Clause
"""generate_calendar: calendars with defects put in, from a random.Random alone.

calendar() writes one from its own templates; spoil() puts defects into a calendar that somebody
else wrote. The same generator state gives the same octets. A few do not nest or hold a NUL.
"""

from __future__ import annotations

import re

STAMP = b"DTSTAMP"
ATTENDEE_CHANGE = b"X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"
DATED = (
    ATTENDEE_CHANGE,
    b"X-MICROSOFT-CDO-OWNER-CRITICAL-CHANGE",
    b"X-MICROSOFT-CDO-REPLYTIME",
    b"CREATED",
    b"LAST-MODIFIED",
    b"COMPLETED",
    b"X-MS-OLK-APPTSEQTIME",
    b"DTSTART",
    b"DTEND",
    b"RECURRENCE-ID",
    b"EXDATE",
    b"X-MS-OLK-ORIGINALSTART",
    b"X-MS-OLK-ORIGINALEND",
)
EPOCHS = (
    b"16010101T000000Z", b"16010101T000000Z", b"16001231T230000Z", b"16010101T000000", b"16010101",
)  # fmt: skip
DATES = (
    b"20260105T101112Z", b"20260105T235959Z", b"19700101T000000Z", b"45010101T000000Z",
    b"20260105", b"19691231T235959Z", b"20260310T000000Z", b"20250229T101112Z", b"16010102T000000Z",
)  # fmt: skip
ODD = (b"", b"never", b"2026-01-05T10:11:12Z", b"20260105T1011Z")
PARAMETERS = (
    b";VALUE=DATE", b";value=Date-Time", b";TZID=Here", b';X-NOTE="a:b;c,d"',
    b';TZID="GMT -0500 (Standard) / GMT: x"',
)  # fmt: skip
PLAIN_LINES = (
    b"UID:040000008200E00074C5B7101A82E008@example.com",
    b"SUMMARY;LANGUAGE=de:Gr\xc3\xbc\xc3\x9fe; caf\xc3\xa9 = 50 %",
    b"DESCRIPTION:CREATED:16010101T000000Z\\nsecond line\\, and a long one that wants a fold here",
    b"X-MICROSOFT-CDO-MODPROPS:X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE,DTSTAMP",
    b"X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
    b"X-MICROSOFT-CDO-BUSYSTATUS: Busy ",
    b"X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
    b"X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
    b"X-MICROSOFT-MSNCALENDAR-INTENDEDSTATUS:BUSY",
    b"SEQUENCE:1601",
    b"LOCATION:",
    b"X-EMPTY;X-A=1:",
    b'ATTENDEE;CN="Low; Ann: x";PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:ann@example.com',
    b"ATTENDEE;X-MS-OLK-RESPTIME=16010101T000000Z;CN=Bob:mailto:bob@example.com",
    b'ATTENDEE;CN=Cid;X-MS-OLK-RESPTIME="16001231T230000Z":mailto:cid@example.com',
    b"ATTENDEE;X-MS-OLK-RESPTIME=20260105T101112Z:mailto:dan@example.com",
    b"ATTENDEE;x-ms-olk-resptime=16010101;X-MS-OLK-RESPTIME=16010101:mailto:fay@example.com",
    b"ORGANIZER;CN=Eve:mailto:eve@example.org",
    b"X-VERY-LONG;X-A=1:" + b"0123456789 " * 20,
)
ALARM = (
    b"BEGIN:VALARM", b"ACTION:DISPLAY", b"DESCRIPTION:Plan", b"CREATED:16010101T000000Z",
    b"TRIGGER;RELATED=START:-PT15M", b"END:VALARM",
)  # fmt: skip
ZONE = (
    b"BEGIN:VTIMEZONE", b"TZID:Here", b"LAST-MODIFIED:16010101T000000Z", b"BEGIN:STANDARD",
    b"DTSTART:16010101T030000", b"TZOFFSETFROM:+0200", b"TZOFFSETTO:+0100",
    b"RDATE:16010101T030000", b"END:STANDARD", b"BEGIN:DAYLIGHT", b"DTSTART:16010325T020000",
    b"TZOFFSETFROM:+0100", b"TZOFFSETTO:+0200", b"END:DAYLIGHT", b"END:VTIMEZONE",
)  # fmt: skip
METHODS = (
    b"REPLY", b"REPLY", b"REPLY", b"COUNTER", b"REQUEST", b"REQUEST", b"CANCEL", b"PUBLISH",
    b"REFRESH", b"reply", b" Counter ", b"",
)  # fmt: skip
COMPONENTS = (b"VEVENT",) * 6 + (b"VTODO", b"VJOURNAL", b"VFREEBUSY", b"X-OTHER")
FOLDS = (b"\n ", b"\n ", b"\n\t")


def chance(random, percent: int) -> bool:
    return random.randrange(100) < percent


def dated_line(random, name: bytes) -> bytes:
    kind = random.randrange(10)
    value = random.choice(EPOCHS if kind < 6 else DATES if kind < 9 else ODD)
    if chance(random, 3):
        return name + b":" + value.lower()
    parameter = random.choice(PARAMETERS) if chance(random, 15) else b""
    blank = random.choice((b" ", b"  ", b"\t")) if chance(random, 5) else b""
    return name + parameter + b":" + blank + value + (blank if chance(random, 50) else b"")


def stamp_lines(random) -> list[bytes]:
    kind = random.randrange(20)
    if kind < 11:
        return [STAMP + b":202601%02dT1011%02dZ" % (random.randrange(1, 6), random.randrange(60))]
    if kind < 14:
        return []
    lines = [dated_line(random, STAMP)]
    return lines + [dated_line(random, STAMP)] if kind == 19 else lines


def spell(random, line: bytes) -> bytes:
    """The name in another case, now and then."""
    if not chance(random, 8):
        return line
    end = min(index for index in (line.find(b":"), line.find(b";")) if index >= 0)
    return random.choice((line[:end].lower(), line[:end].title())) + line[end:]


def component_lines(random, name: bytes) -> list[bytes]:
    own = stamp_lines(random)
    own += [dated_line(random, item) for item in DATED if chance(random, 22)]
    own += [random.choice(DATED) + b":16010101T000000Z"] if chance(random, 10) else []
    own += random.sample(PLAIN_LINES, random.randrange(1, 7))
    random.shuffle(own)
    if chance(random, 5):
        own.insert(random.randrange(len(own) + 1), b"METHOD:REPLY")
    nested = list(ALARM) * random.randrange(1, 3) if chance(random, 25) else []
    place = random.randrange(len(own) + 1) if chance(random, 20) else len(own)
    own = [spell(random, line) for line in own]
    return [b"BEGIN:" + name] + own[:place] + nested + own[place:] + [b"END:" + name]


def method_lines(random) -> list[bytes]:
    count = random.choice((0, 1, 1, 1, 1, 1, 1, 2))
    return [spell(random, b"METHOD:" + random.choice(METHODS)) for _ in range(count)]


def calendar_lines(random) -> list[bytes]:
    lines = [b"PRODID:-//Example//Calendar 1.0//EN", b"VERSION:2.0"]
    blocks = [list(ZONE)] if chance(random, 40) else []
    for _ in range(random.choice((1, 1, 1, 1, 2, 3))):
        blocks.append(component_lines(random, random.choice(COMPONENTS)))
    methods = method_lines(random)
    late = methods if chance(random, 15) else []
    early = [] if late else methods
    body = [line for block in blocks for line in block]
    return [spell(random, b"BEGIN:VCALENDAR"), *early, *lines, *body, *late, b"END:VCALENDAR"]


def fold(random, line: bytes, style: str) -> bytes:
    """Folds at 75 octets, or anywhere: in names, dates and characters. LF stands for a line end."""
    if style == "none":
        return line
    pieces = []
    while line:
        size = 74 if style == "long" else random.choice((3, 7, 20, 60, 75))
        pieces.append(line[:size])
        line = line[size:]
    return b"".join(piece + random.choice(FOLDS) for piece in pieces[:-1]) + b"".join(pieces[-1:])


def with_line_ends(random, text: bytes, style: str) -> bytes:
    if style == "mixed":
        return re.sub(b"\n", lambda _: random.choice((b"\n", b"\r\n")), text)
    return text.replace(b"\n", b"\r\n") if style == "crlf" else text


def calendar(random) -> bytes:
    """One calendar part's text."""
    lines = calendar_lines(random)
    if chance(random, 12):
        lines += calendar_lines(random)
    style = random.choice(("none", "none", "long", "long", "wild"))
    texts = [fold(random, line, style if len(line) > 20 else "none") for line in lines]
    for extra in (b"", b"no colon here", b"stray text"):
        if chance(random, 4):
            texts.insert(random.randrange(len(texts) + 1), extra)
    if chance(random, 5):
        texts += [b"", b"-- ", b"Sent by: Example"]
    if chance(random, 3):
        texts.insert(random.randrange(len(texts)), random.choice((b"END:VEVENT", b"X-NUL:\0")))
    mark = b"\xef\xbb\xbf" if chance(random, 4) else b""
    end = b"" if chance(random, 6) else b"\n"
    ends = random.choice(("crlf", "crlf", "crlf", "lf", "lf", "mixed"))
    return with_line_ends(random, mark + b"\n".join(texts) + end, ends)


def spoil(random, text: bytes) -> bytes:
    """A calendar from elsewhere with METHOD and epoch dates put in."""
    ending = b"\r\n" if b"\r\n" in text else b"\n"
    date = re.compile(rb"(?im)^(DTSTAMP|CREATED|LAST-MODIFIED|COMPLETED)(:)\d{8}T\d{6}Z")
    text = date.sub(
        lambda found: found[0] if chance(random, 60) else found[1] + b":" + random.choice(EPOCHS),
        text,
    )
    if chance(random, 70):
        method = b"METHOD:" + random.choice(METHODS) + ending
        text = re.sub(rb"(?im)^METHOD:.*\r?\n", b"", text)
        text = re.sub(rb"(?im)^BEGIN:VCALENDAR[ \t]*\r?\n", lambda m: m[0] + method, text)

    def more(found):
        names = [name for name in DATED if chance(random, 20)]
        return found[0] + b"".join(dated_line(random, name) + ending for name in names)

    text = re.sub(rb"(?im)^BEGIN:(?:VEVENT|VTODO)[ \t]*\r?\n", more, text)
    if chance(random, 10):
        text = re.sub(rb"(?im)^DTSTAMP.*\r?\n(?:[ \t].*\r?\n)*", b"", text)
    return text
