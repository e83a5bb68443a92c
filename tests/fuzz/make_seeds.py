#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""make_seeds.py GOLDEN OUT: seeds of every fuzz target, from the golden mails and a few of its own.

OUT gets a folder per target. A seed is the target's choices (fuzz_input.h), here plain ones, and
the data: a golden mail, its decoded calendar, its encoded content, or a TNEF stream written here as
[MS-OXTNEF] has it. The same input gives the same seeds.
"""
import email
import email.message
import pathlib
import struct
import sys

POLICIES = {"default": b"\0\0", "all": b"\1\0"}
CLOCK = b"\0"
ENCODINGS = {"": 0, "7bit": 0, "8bit": 0, "binary": 0, "quoted-printable": 1, "base64": 2}
SMALL = 8192  # a larger seed only slows the fuzzer down

# Of the calendar target: line ends, encoding and kind of part (fuzz_mail.c).
SHAPES = {"plain": b"\0\0\0", "doubled": b"\3\0\5", "base64": b"\5\1\1", "long-base64": b"\1\2\6",
          "quoted": b"\2\3\2", "quoted-lines": b"\0\4\7"}

# Edits of the compose target: three lists of 48 octets, each its number and then gap, length, size
# of the text and the text of each edit, and the text that they edit.
COMPOSED = {
    "apart": (b"\3\1\1\1\0\4\0\2\1\4\2\0\2", b"\3\4\1\1\3\4\1\1\4\4\1\1\5", b"\1\2\0\3\6"),
    "insertions": (b"\4\0\0\2\0\1\0\2\1\1\0\2\2\0\0\2\3", b"\4\1\0\1\4\1\0\1\5\2\0\1\6\0\0\1\7",
                   b"\2\3\1\0\0\1\1\1\1"),
    "deletions": (b"\3\1\3\0\0\2\3\0\0\1\4\1\0", b"\3\0\4\0\0\1\4\0\0\1\2\0\0", b"\1\0\4\2\3"),
}

# Edits of the transfer target: how many, then kind, place and size of each.
EDITS = (b"\2\1\x10\0\x20" + b"\2\x08\3\x30" + b"\0\x40\5\x11\x0a" + bytes(32))[:32]

# Settings of the session target: memory, clock, messages, and whether and when one is broken off:
# never, in the header, and in a body of small pieces that goes to a file.
SESSIONS = {
    "whole": b"\3" + CLOCK + b"\2" + bytes(16),
    "header": b"\0" + CLOCK + b"\3" + b"\0\xff\0" * 5 + b"\0",
    "pieces": b"\1" + CLOCK + b"\1" + b"\1" + bytes(9) + b"\7\1\0\xfe\0\1",
}

SETTINGS = {
    "empty": b"",
    "comment": b"# nothing\n",
    "all": b"[service]\nsocket=inet:8892@127.0.0.1\nsocket-mode=0600\nsocket-group=postfix\n"
           b"[repair]\nswitch-file=/tmp/x\nenable=stamp-missing, kb955480\ndisable=stamp\n"
           b"dkim-signed=leave\nstamp=no\n[limits]\nmessage-bytes=1\nmemory-bytes=0\nparts=5\n"
           b"depth=1000\ncomponents=10\n[log]\nfacility=local7\nformat=json\n",
    "unknown-key": b"[limits]\nfish=1\n",
    "unknown-group": b"[fish]\nparts=1\n",
    "escape": b"[service]\nsocket=unix:/run/a\\sb\\tc\\\\d\n",
    "service": b"[service]\nuser=calmend:mail\nmax-sessions=100\ndrain-seconds=0\n"
               b"pid-file=/run/p\n",
    "exempt": b"[exempt]\nclients=192.0.2.0/24, 2001:db8::/32 ::1\nsenders=a@example.com, "
              b"@example.org,.example.net,<>\nrecipients=b@example.com\nauthenticated=yes\n",
    "metrics": b"[metrics]\ntextfile=/var/lib/calmend.prom\ninterval=60\n",
    "listeners": b"[listener a]\nsocket=inet:1@::1\npeers=192.0.2.1\n[policy b]\nlisteners=a\n",
    "range": b"[limits]\ndepth=1001\n",
}

FIELDS = {
    "plain": b"\0 text/calendar; charset=utf-8; method=REPLY",
    "quoted": b"\0 text/calendar;\r\n\tname=\"a \\\"b\\\\.ics\"; method=\"REPLY\";",
    "comments": b"\0 (a) text (b) / (c (d)) calendar (\\)) ; (e) method (f) = (g) REPLY (h)",
    "extended": b"\0 text/calendar; name*0*=utf-8'en'a%20b; name*1=c; name*2*=%64; charset*=''x",
    "broken": b"\0 text/calendar;; method; method=; =x; name=a b; name=\"c",
    "words": b"\0 a/b; name=\"=?utf-8?Q?winmail.dat?= =?utf-8?B?eA==?=\"",
    "disposition": b"\1 attachment; filename=winmail.dat",
    "encoding": b"\1 (a) base64 ;",
}

FROM = b"From a Mon Jan  5 10:15:00 2026"
MBOXES = {
    "two": b"\0" + FROM + b"\nA: a\n\nText\n\n" + FROM + b"\nB: b\n\nMore\n\n",
    "returns": (b"\x05" + FROM + b"\r\nA: a\r\n\r\nText\r\nFrom x\r\nC: c\r\n\r\n"
                + FROM + b"\r\nB: b\r\n\r\n\r\n"),
    "quoted": b"\x11" + FROM + b"\n>From b\nA: a\n\n>From here\n\nFrom there\non\n",
    "no-blank": b"\x02From -\nA: a\n\nText\nFrom - \nB: b\n\n" + FROM + b"\n\n",
    "no-date": b"\x3fFrom \nA: a\n\nText\n\nFrom b\nB: b",
}

# Of the metrics_http target: method and path, of which the first mean that the request is as it
# stands there, the number of pieces, and whether the client hangs up.
CLIENT = b"\0\0\0\0"
REQUESTS = {
    "metrics": CLIENT + b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
    "health": CLIENT + b"HEAD /healthz HTTP/1.0\r\n\r\n",
    "pipelined": b"\0\0\3\0" + b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 3,
    "line-feeds": CLIENT + b"\nGET /metrics?a=b HTTP/1.1\nHost: a\n\n",
    "body": CLIENT + b"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /healthz",
    "chunks": CLIENT + b"PUT /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              b"3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n",
    "expect": b"\1\1\0\0Expect: 100-continue\r\nContent-Length: 1",
    "folded": b"\2\0\1\0Cookie: a=b;\r\n c=d\r\nConnection: keep-alive, Upgrade",
    "long": b"\1\2\2\0" + b"X: y\r\n" * 1000,
    "hangs-up": b"\1\0\0\7",
    "post": b"\3\0\0\0Content-Length: 0",
    "prefix": b"\1\5\0\0",
    "missing": b"\1\4\0\0Range: bytes=0-1",
    "no-host": CLIENT + b"GET /metrics HTTP/1.1\r\n\r\n",
    "tls": CLIENT + b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "http-2": CLIENT + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}

SWITCHES = {
    "on": b"\0\0\0\1\x31",
    "zero": b"\0\1\x30\x0a\1\0\1\x20\x30",
    "kinds": b"\0\0\2\3\1\4\x3f\0\4\0\0\1",
    "blanks": b"\0\xff" + b" " * 510 + b"\0\x03 \t\r\n 0\1",
    "mode": b"\0\1\x31\x0a\4\x12\1\x31\x0a\4\x24\1\x30\x0a",
}


ZONES = {
    "one-part": b"\0Asia/Tokyo\nJST-9",
    "two-parts": b"\1Europe/Berlin\nCET-1CEST,M3.5.0,M10.5.0/3",
    "behind": b"\0Europe/Dublin\r\nIST-1GMT0,M10.5.0,M3.5.0/1",
    "unnamed": b"\1Pacific/Chatham\n<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
    "next-day": b"\0Asia/Jerusalem\nIST-2IDT,M3.4.4/26,M10.5.0",
    "cut": b"\0Europe/Berli\nCET-1CEST,M3.5.0",
}

# Steps of the repetition target: pieces by their number in fuzz_repetition.c, and the power of two
# that says how often. The first ones make a response with an event, or open a multipart. There is
# a seed for each step that may fill the mail, the smallest one.
SMALLEST = b"\0"
EVENT = [(0, 0), (1, 0), (2, 0), (3, 0)]
EVENT_END = [(4, 0), (5, 0)]
MIXED = [(0, 0), (6, 0), (7, 0)] + EVENT[1:] + EVENT_END + [(7, 0)]
REPETITIONS = {
    "parameters": EVENT + [(34, 0), (36, 6), (38, 0)] + EVENT_END,
    "unknown-parameters": EVENT + [(34, 0), (22, 6), (38, 0)] + EVENT_END,
    "rules": EVENT + [(42, 6), (45, 0), (46, 0), (47, 0)] + EVENT_END,
    "alarms": EVENT + [(45, 3), (47, 3)] + EVENT_END,
    "events": EVENT[:3] + [(52, 6), (5, 0)],
    "attendees": EVENT + [(50, 6)] + EVENT_END,
    "zones": EVENT + [(48, 2), (49, 6), (40, 0)] + EVENT_END,
    "folds": EVENT + [(35, 0), (53, 6), (9, 0)] + EVENT_END,
    "multiparts": [(0, 0), (10, 5)] + EVENT[1:] + EVENT_END + [(13, 5)],
    "digest": MIXED + [(11, 0), (12, 6), (8, 0)],
    "delimiters": MIXED + [(7, 6), (8, 0)],
    "groups": MIXED + [(15, 0), (18, 0), (19, 6), (9, 1), (8, 0)],
    "fields": MIXED + [(20, 6), (9, 0), (8, 0)],
    "type-parameters": MIXED + [(21, 0), (23, 6), (9, 1), (8, 0)],
    "encoded-words": MIXED + [(25, 0), (26, 4), (27, 2), (30, 0), (9, 0), (8, 0)],
    "own": EVENT + [(59, 2), 4, b"X:y\n"] + EVENT_END,
}


def parts_of(mail):
    """Calendar parts of a mail: (encoding, encoded content, decoded content)."""
    for part in email.message_from_bytes(mail).walk():
        if part.get_content_type() not in ("text/calendar", "application/ics"):
            continue
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        if not isinstance(part.get_param("charset", ""), str):
            part.set_param("charset", "utf-8")  # RFC 2231's form is beyond get_payload
        encoded = part.get_payload()
        if encoding in ENCODINGS and isinstance(encoded, str):
            yield (ENCODINGS[encoding], encoded.encode("utf-8", "surrogateescape"),
                   part.get_payload(decode=True) or b"")


def attribute(level, number, data):
    """One attribute with its checksum."""
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H",
                                                                            sum(data) & 0xFFFF)


def systime(tag, ticks=0):
    """A PT_SYSTIME property with an id of its own."""
    return struct.pack("<HHQ", 0x40, tag, ticks)


def named(guid, lid, ticks=0):
    """A PT_SYSTIME property known by set and LID."""
    return struct.pack("<HH", 0x40, 0x8001) + guid + struct.pack("<IIQ", 0, lid, ticks)


def properties(*items):
    """A list of properties with its count."""
    return struct.pack("<I", len(items)) + b"".join(items)


MEETING = bytes.fromhex("90dad86e0b451b1098da00aa003f1305")
APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")
SUBMITTED = 0x01DA_6E00_0000_0000
NONE_TIME = 0x0CB3_4557_A3DD_4000  # 4501-01-01
SUBJECT = struct.pack("<HHIII", 0x1E, 0x37, 1, 3, 0x00006948)
MESSAGE_IID = bytes.fromhex("0703020000000000c000000000000046")


def stream(message_class, *rest):
    """A TNEF stream of that class."""
    return (struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
            + attribute(1, 0x00078008, message_class + b"\0") + b"".join(rest))


def meeting(message_class, ticks=0):
    """A meeting message with every time of the rules unset, or but for the recipients' `ticks`."""
    times = properties(systime(0x39, SUBMITTED), named(MEETING, 1, ticks),
                       named(MEETING, 0x1A, ticks), named(APPOINTMENT, 0x8220, ticks), SUBJECT)
    rows = struct.pack("<I", 2) + properties(systime(0x5FFB), SUBJECT) + properties(systime(0x5FFB))
    return stream(message_class, attribute(1, 0x69004, rows), attribute(1, 0x69003, times))


def nested(message_class):
    """A meeting message inside of an attachment of another."""
    inner = MESSAGE_IID + meeting(message_class)
    value = struct.pack("<HHII", 0x0D, 0x3701, 1, len(inner)) + inner + bytes(-len(inner) % 4)
    return stream(message_class, attribute(2, 0x69002, bytes(14)),
                  attribute(2, 0x69005, properties(value)))


def every_type():
    """A property of every type and kind of name, sound, some of them times."""
    number, text = struct.pack("<I", 7), b"Hi\0\0"
    sized = struct.pack("<II", 1, 3) + text
    unicode = struct.pack("<II", 1, 6) + "Hi\0".encode("utf-16-le") + b"\0\0"
    worded = struct.pack("<HH", 0x40, 0x8002) + MEETING + struct.pack("<II", 1, 6)
    plain = {2: number, 3: number, 4: number, 5: bytes(8), 6: bytes(8), 7: bytes(8), 0x0A: number,
             0x0B: number, 0x14: bytes(8), 0x1E: sized, 0x1F: unicode, 0x40: bytes(8),
             0x48: bytes(16), 0x102: sized,
             0x1003: struct.pack("<I", 2) + number * 2,
             0x1040: struct.pack("<I", 2) + bytes(16),
             0x101E: struct.pack("<IIII", 2, 3, 0x00006948, 3) + text}
    items = [struct.pack("<HH", kind, 0x3000 + kind) + value for kind, value in plain.items()]
    items += [worded + "Hi\0".encode("utf-16-le") + b"\0\0" + bytes(8),
              named(MEETING, 1), systime(0x39, NONE_TIME), systime(0x60)]
    return stream(b"IPM.Schedule.Meeting.Resp.Tent", attribute(1, 0x69003, properties(*items)))


def tnef_streams():
    """The TNEF seeds by name."""
    for name in (b"IPM.Schedule.Meeting.Request", b"IPM.Schedule.Meeting.Resp.Pos",
                 b"IPM.Schedule.Meeting.Canceled", b"IPM.Microsoft Schedule.MtgRespP"):
        yield name.decode().replace(" ", "-"), meeting(name)
    yield "set-times", meeting(b"IPM.Schedule.Meeting.Resp.Neg", SUBMITTED - 1)
    yield "every-type", every_type()
    yield "nested", nested(b"IPM.Schedule.Meeting.Resp.Neg")
    yield "wrong-checksum", meeting(b"IPM.Schedule.Meeting.Request")[:-1] + b"\xff"
    yield "cut", meeting(b"IPM.Schedule.Meeting.Request")[:150]


def tnef_mail(octets):
    """A mail with a TNEF stream in base64."""
    message = email.message.EmailMessage()
    message["Date"] = "Tue, 06 Jan 2026 00:00:00 +0000"
    message.add_attachment(octets, maintype="application", subtype="ms-tnef",
                           filename="winmail.dat")
    return message.as_bytes()


def mails_of(golden):
    """Golden mails that are small, and TNEF mails."""
    for path in sorted(golden.glob("*.in.eml")):
        mail = path.read_bytes()
        if len(mail) <= SMALL:
            yield path.name.removesuffix(".in.eml"), mail
    for name, octets in tnef_streams():
        yield "tnef-" + name, tnef_mail(octets)


def steps(made):
    """The choices that make a mail of REPETITIONS."""
    return b"".join(step if isinstance(step, bytes) else bytes(step if isinstance(step, tuple)
                                                               else [step]) for step in made)


def repetitions():
    """The seeds of repetition by name."""
    for name, made in REPETITIONS.items():
        for filler in range(sum(isinstance(step, tuple) for step in made) + 1):
            yield (f"{name}.{filler}",
                   SMALLEST + bytes([filler]) + POLICIES["all"] + CLOCK + steps(made))


def seeds(golden):
    """Every seed: (target, name, octets)."""
    for name, mail in mails_of(golden):
        for policy, choices in POLICIES.items():
            yield "message", f"{name}.{policy}", choices + CLOCK + mail
        for choices, session in SESSIONS.items():
            yield "session", f"{name}.{choices}", POLICIES["all"] + session + mail
        for encoding, encoded, decoded in parts_of(mail):
            for shape, choices in SHAPES.items():
                yield "calendar", f"{name}.{shape}", POLICIES["all"] + CLOCK + choices + decoded
            yield "transfer", name, bytes([encoding]) + EDITS + encoded
    for name, octets in tnef_streams():
        yield "tnef", name, POLICIES["all"] + CLOCK + octets
    for name, lists in COMPOSED.items():
        text = b"abcdefghijklmnopqrstuvwxyz"
        yield "compose", name, b"".join(one.ljust(48, b"\0") for one in lists) + text
    yield from (("settings", name, text) for name, text in SETTINGS.items())
    yield from (("repetition", name, made) for name, made in repetitions())
    yield from (("zone", name, text) for name, text in ZONES.items())
    yield from (("mime_field", name, value) for name, value in FIELDS.items())
    yield from (("mbox", name, octets) for name, octets in MBOXES.items())
    yield from (("metrics_http", name, request) for name, request in REQUESTS.items())
    yield from (("switch", name, changes) for name, changes in SWITCHES.items())


def main():
    """Writes the seeds."""
    golden, out = map(pathlib.Path, sys.argv[1:])
    for target, name, octets in seeds(golden):
        folder = out / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)


if __name__ == "__main__":
    main()
