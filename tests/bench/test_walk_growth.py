#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it costs to find the parts of a mail grows as the mail does, with limits that none reaches.

What an octet costs does not depend on how many multiparts are open.
"""
import pathlib
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import mails
from counted_growth import CountedGrowth, add_tests

CALENDAR = mails.part(mails.calendar_type(), mails.reply_calendar())


def _mixed(inside):
    """A calendar, and a second part."""
    return mails.mail(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + CALENDAR
                      + b"\r\n--b\r\n" + inside + b"\r\n--b--\r\n")


def _field(text):
    """A second part with a long field."""
    return _mixed(text + b"\r\n\r\nx")


def _open(count):
    """Multiparts that stay open, each in the one before."""
    return b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (level, level)
                    for level in range(count))


# The mail for so many octets of what is repeated.
SHAPES = {
    "digest": lambda fill: _mixed(b"Content-Type: multipart/digest; boundary=c\r\n\r\n"
                                  + fill(b"--c\r\n\r\na:\r\n\r\n") + b"--c--\r\n"),
    "delimiters": lambda fill: _mixed(fill(b"--b\r\n\r\n")),
    "fields": lambda fill: _mixed(fill(b"a:\r\n") + CALENDAR),
    "content-fields": lambda fill: _mixed(fill(b"Content-Type: a/b; c=d\r\n") + CALENDAR),
    "no-fields": lambda fill: _mixed(fill(b"junk\r\n") + CALENDAR),
    "type-parameters": lambda fill: _field(b"Content-Type: a/b" + fill(b";a=b")),
    "type-sections": lambda fill: _field(b"Content-Type: a/b" + fill(b";name*1*=%41%4")),
    "type-comments": lambda fill: _field(b"Content-Type: a/b " + fill(b"(")),
    "type-quotes": lambda fill: _field(b'Content-Type: a/b; name="' + fill(b'\\"')),
    "groups": lambda fill: _mixed(b"Content-Type: message/news\r\n\r\nTo: " + fill(b"a:") + b"\r\n"
                                  + CALENDAR),
    "encoded-words": lambda fill: _field(b'Content-Type: a/b; name="'
                                         + fill(b"=?ibm1399?q?a?= ") + b'"'),
    "encoded-names": lambda fill: _mixed(
        fill(b'--b\r\nContent-Type: a/b; name="=?ibm1399?q?a?= =?big5hkscs?q?b?="\r\n\r\n')),
    "lines-in-open-multiparts": lambda fill: mails.mail(
        _open(900) + CALENDAR + b"\r\n" + fill(b"--900\r\n")),
    "delimiters-of-open-multiparts": lambda fill: mails.mail(
        _open(900) + CALENDAR + b"\r\n" + fill(b"--899\r\n\r\n")),
    "hyphens": lambda fill: _mixed(b"\r\n" + fill(b"-")),
    "epilogue": lambda fill: _mixed(b"") + fill(b"BEGIN:VCALENDA\r\n"),
}


class WalkGrowth(CountedGrowth):
    """A test for each shape."""

    shapes = SHAPES
    settings = "[limits]\nparts=1000000\ndepth=1000\n"


add_tests(WalkGrowth)

if __name__ == "__main__":
    lab.run_tests()
