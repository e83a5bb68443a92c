# SPDX-License-Identifier: BSD-2-Clause
"""growth_mails: mails that are repaired, of any size, number of parts, number of components."""
import mails
from kinds import TRACE, held, reply

EVENT = b"""BEGIN:VEVENT
ATTENDEE;PARTSTAT=ACCEPTED;CN=Ben Attendee:MAILTO:ben@example.com
UID:lab-1@example.com
RECURRENCE-ID:20240311T140000Z
DTSTART:20240311T140000Z
DTSTAMP:20240305T101500Z
SEQUENCE:%d
END:VEVENT
"""


def of_size(octets):
    """A REPLY beside an attachment, `octets` long about."""
    return held(octets)


def of_parts(count):
    """A REPLY as the last of so many parts."""
    calendar = mails.part(mails.calendar_type(), mails.reply_calendar())
    return mails.mail(mails.multipart(b"mixed", *[mails.note()] * (count - 1), calendar),
                      extra=TRACE)


def of_components(count):
    """A REPLY of so many VEVENTs, each of which lacks its attribute."""
    text = (b"BEGIN:VCALENDAR\nMETHOD:REPLY\nPRODID:Microsoft Exchange Server 2007\nVERSION:2.0\n"
            + b"".join(EVENT % number for number in range(count)) + b"END:VCALENDAR\n")
    return mails.mail(mails.part(mails.calendar_type(), text.replace(b"\n", b"\r\n")), extra=TRACE)


def for_connections(_count):
    """The usual REPLY, however many connections there are."""
    return reply("7bit")
