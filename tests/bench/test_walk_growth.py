#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it costs to find the parts of a mail grows as the mail does, whatever the mail is full of.

Each shape repeats one thing that a mail may hold without limit. Instructions are counted for one,
two and four times so much of it, with limits that none reaches: what is added from two to four is
twice what is added from one to two where work is linear, and four times where it is quadratic. What
an octet costs does not depend on how many multiparts are open.
"""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import mails
from callgrind import count_objects

UNIT = 20_000  # octets of what is repeated
BOUND = 2.2
PER_OCTET = 250  # instructions: at the most that, 10 MB take less than a second
SETTINGS = "[limits]\nparts=1000000\ndepth=1000\n"
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


class WalkGrowth(unittest.TestCase):
    """A test for each shape."""

    def count(self, name, octets):
        """Instructions of `calmend repair` on a mail of that shape."""
        mail = SHAPES[name](lambda unit: unit * (octets // len(unit)))
        with tempfile.TemporaryDirectory(prefix="calmend-growth-") as folder:
            folder = pathlib.Path(folder)
            (folder / "mail.eml").write_bytes(mail)
            (folder / "conf").write_text(SETTINGS, encoding="ascii")
            return sum(count_objects([lab.COMMAND, "repair", "--config", str(folder / "conf"),
                                      str(folder / "mail.eml")], folder).values())

    def hold(self, name):
        """Fails when a shape costs more than linear work does."""
        lab.need(shutil.which("valgrind"), "valgrind is not installed")
        one, two, four = (self.count(name, UNIT * times) for times in (1, 2, 4))
        per_octet = (four - two) / UNIT / 2
        print(f"# {name}: {per_octet:.0f} instructions per octet")
        self.assertLess((four - two) / (two - one), BOUND, f"{name}: {one}, {two}, {four}")
        self.assertLess(per_octet, PER_OCTET, name)


def add_tests():
    """A method for each shape, so that each has its line of TAP."""
    for name in SHAPES:
        setattr(WalkGrowth, f"test_{name.replace('-', '_')}",
                lambda self, shape=name: self.hold(shape))


add_tests()

if __name__ == "__main__":
    lab.run_tests()
