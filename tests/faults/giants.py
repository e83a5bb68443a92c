# SPDX-License-Identifier: BSD-2-Clause
"""giants: mails larger than any that people send, each as it comes and as it must leave.

A giant that is to be repaired gives its mended form itself; one that is to pass as it came says in
which event. All are built anew for each use, and by hand.
"""
import dataclasses
from typing import Callable

import mails

LINE = 50 << 20
CALENDAR = 60 << 20
DESCRIPTION_LINE = b"a" * 70


@dataclasses.dataclass
class Giant:
    """`build(mended)` gives the mail. `left` is None for one that is repaired, else words of the
    event 329 that says why it is left; empty where there is no event. `by_postfix`: an MTA carries
    it without breaking lines or refusing it itself."""
    name: str
    build: Callable[[bool], bytes]
    left: str = None
    by_postfix: bool = False


def _events(count, mended):
    """A response with so many events."""
    calendar = mails.reply_calendar(mended)
    start, end = calendar.index(b"BEGIN:VEVENT"), calendar.index(b"END:VCALENDAR")
    return calendar[:start] + calendar[start:end] * count + calendar[end:]


def _described(text, mended):
    """A response with that description."""
    return mails.reply_calendar(mended).replace(b"STATUS:", b"DESCRIPTION:" + text + b"\r\nSTATUS:")


def _alone(calendar, encoding="7bit"):
    return mails.mail(mails.part(mails.calendar_type(), calendar, encoding))


def _parts(count, mended):
    part = mails.part(mails.calendar_type(), mails.reply_calendar(mended))
    return mails.mail(mails.multipart(b"mixed", *[part] * count))


def _nested(depth, mended, inside=b""):
    """Multiparts one in the other around a response and `inside`."""
    entity = mails.part(mails.calendar_type(), mails.reply_calendar(mended)) + inside
    heads = [b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
             for level in range(depth)]
    ends = [b"\r\n--b%d--\r\n" % level for level in reversed(range(depth))]
    return mails.mail(b"".join(heads) + entity + b"".join(ends))


def _folded(octets):
    return b"\r\n ".join([DESCRIPTION_LINE] * (octets // (len(DESCRIPTION_LINE) + 3)))


def _small_events(count):
    event = b"BEGIN:VEVENT\r\nDTSTAMP:" + mails.STAMP + b"\r\nEND:VEVENT\r\n"
    return (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + event * count + b"END:VCALENDAR\r\n")


GIANTS = [
    Giant("a calendar of 60 MiB", lambda mended: _alone(_described(_folded(CALENDAR), mended))),
    Giant("a calendar of 30 MiB in base64",
          lambda mended: _alone(_described(_folded(CALENDAR // 2), mended), "base64"),
          by_postfix=True),
    Giant("a line of 50 MiB", lambda mended: _alone(_described(b"a" * LINE, mended))),
    Giant("5,000 VEVENTs", lambda mended: _alone(_events(5000, mended)), by_postfix=True),
    Giant("200,000 VEVENTs", lambda _: _alone(_small_events(200000)), "components", True),
    Giant("990 calendar parts", lambda mended: _parts(990, mended), by_postfix=True),
    Giant("10,000 calendar parts", lambda _: _parts(10000, False), "parts", True),
    Giant("nested 50 deep", lambda mended: _nested(50, mended), by_postfix=True),
    Giant("nested 1,000 deep", lambda _: _nested(1000, False), "deeper"),
    Giant("1,000 open multiparts, 2,000,000 lines like boundaries",
          lambda _: _nested(1000, False, b"--\r\n" * 2000000), "deeper"),
    Giant("a message of 70 MB", lambda _: mails.mail(mails.multipart(
        b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar()),
        mails.attachment(70 * 1000 * 1000 * 3 // 4))), ""),
]
