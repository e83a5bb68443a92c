#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""pymilter_repair: the repair of KB 938650 as an administrator writes it in an afternoon.

A peer of the benchmark. It stands on what Debian has for that: python3-milter, email, and
python3-icalendar. Mail that cannot hold a calendar is accepted after its header; a body in which no
calendar is named is not parsed. Else the mail is parsed, the attribute that a REPLY or COUNTER
lacks is added from DTSTAMP, and the mail is written back.

Unlike calmend it writes folds, parameters and the order of properties as its libraries do, breaks
signed mail, guards nothing, and knows no winmail.dat.

pymilter_repair SOCKET: listens there until it is killed.
"""
import email
import email.encoders
import sys

import Milter
from icalendar import Calendar

ATTRIBUTE = "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"
RESPONSES = ("REPLY", "COUNTER")
WORTH_READING = ("multipart/", "text/calendar")
ENCODERS = {"base64": email.encoders.encode_base64,
            "quoted-printable": email.encoders.encode_quopri}
SECONDS = 600


def repair_calendar(calendar):
    """Adds what is missing; True when anything was."""
    if str(calendar.get("METHOD", "")).upper() not in RESPONSES:
        return False
    lacking = [event for event in calendar.walk("VEVENT")
               if ATTRIBUTE not in event and "DTSTAMP" in event]
    for event in lacking:
        event.add(ATTRIBUTE, event["DTSTAMP"].to_ical().decode("ascii"))
    return bool(lacking)


def repair_part(part):
    """Mends a part and writes it back as it was encoded; True when there was anything to mend."""
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    if not repair_calendar(calendar):
        return False
    encoder = ENCODERS.get(part.get("Content-Transfer-Encoding", "7bit").strip().lower())
    if encoder is None:
        part.set_payload(calendar.to_ical().decode("utf-8"))
        return True
    del part["Content-Transfer-Encoding"]
    part.set_payload(calendar.to_ical())
    encoder(part)
    return True


class Repair(Milter.Base):
    """One connection."""

    def __init__(self):
        self.fields = []
        self.pieces = []
        self.type = ""

    def envfrom(self, *_arguments):
        """A message begins."""
        self.fields, self.pieces, self.type = [], [], "text/plain"
        return Milter.CONTINUE

    def header(self, name, value):
        """Keeps the field."""
        self.fields.append(f"{name}: {value}\n")
        if name.lower() == "content-type":
            self.type = value.strip().lower()
        return Milter.CONTINUE

    def eoh(self):
        """Lets go of what holds no calendar."""
        return Milter.CONTINUE if self.type.startswith(WORTH_READING) else Milter.ACCEPT

    def body(self, chunk):
        """Keeps the piece."""
        self.pieces.append(chunk)
        return Milter.CONTINUE

    def eom(self):
        """Repairs the message when it must be."""
        body = b"".join(self.pieces)
        if not self.type.startswith("text/calendar") and b"text/calendar" not in body.lower():
            return Milter.CONTINUE
        head = "".join(self.fields).encode("utf-8", "surrogateescape")
        message = email.message_from_bytes(head + b"\n" + body)
        repaired = [repair_part(part) for part in message.walk()
                    if part.get_content_type() == "text/calendar"]
        if any(repaired):
            text = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
            self.replacebody(text.partition(b"\r\n\r\n")[2])
            self.addheader("X-Calendar-Repair", "attendee-critical-change")
        return Milter.CONTINUE


def main():
    """Runs the milter."""
    Milter.factory = Repair
    Milter.set_flags(Milter.CHGBODY | Milter.ADDHDRS)
    Milter.runmilter("repair", sys.argv[1], SECONDS)


if __name__ == "__main__":
    main()
