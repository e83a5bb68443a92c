#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""No repair is what makes Postfix refuse a message for good, whether calmend is told its limit or not.

A Postfix with a small message_size_limit gets broken responses of every size around it: first with
the switch off, which tells what it takes as it came, then with the switch on.
"""
import re
import unittest

from mail_site import Postfix, Site, lab, mails, without_trace

LIMIT = 300000
SIZES = range(LIMIT - 4200, LIMIT + 100, 60)
TOLD = (LIMIT, "auto")


class SmallPostfix(Postfix):
    """With a message_size_limit of LIMIT."""

    def _write_config(self, relay_port, milter):
        super()._write_config(relay_port, milter)
        main = self.config / "main.cf"
        text, count = re.subn(r"(?m)^(message_size_limit =).*$", rf"\1 {LIMIT}", main.read_text())
        assert count == 1
        main.write_text(text)


def in_header(filler, mended):
    """A broken response with these lines in its header."""
    return mails.reply_mail(mended, extra=filler)


def in_calendar(filler, mended):
    """The same with the lines in its calendar."""
    calendar = mails.reply_calendar(mended).replace(b"STATUS:", filler + b"STATUS:", 1)
    return mails.mail(mails.part(mails.calendar_type(), calendar))


def sized(build, width, size, mended=False):
    """A mail of exactly `size` octets (`mended`: before it was), its filler in lines of `width`."""
    line = b"X-Fill:" + b"a" * (width - 9) + b"\r\n"
    missing = size - len(build(b"X-Fill:\r\n", False))
    count, rest = divmod(missing, width)
    mail = build(b"X-Fill:" + b"a" * rest + b"\r\n" + line * count, mended)
    assert mended or len(mail) == size
    return mail


SHAPES = [(in_header, 900), (in_calendar, 900), (in_calendar, 130), (in_calendar, 76)]


class SizeLimit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, SmallPostfix)

    def tell(self, limit):
        """Reads the settings with that mta-bytes, whatever was learned before forgotten."""
        seen = len(self.site.milter.events())
        self.site.milter.reload({"limits": {"mta-bytes": limit},
                                 "service": {"socket-group": Postfix.GROUP}})
        self.site.milter.wait_event(344, seen)

    def codes(self, shape, sizes=SIZES):
        """The replies to a mail of each size, the largest one last."""
        return {size: self.site.send(sized(*shape, size))[1].code for size in sizes}

    def taken_as_it_came(self, shape):
        """The sizes that Postfix takes from nobody else's hands."""
        self.site.milter.switch_off()
        taken = [size for size, code in self.codes(shape).items() if code == 250]
        self.assertIn(SIZES[0], taken)
        self.assertNotIn(SIZES[-1], taken)
        self.site.milter.switch_on()
        return taken

    def test_the_danger_is_there(self):
        """With the word that there is no limit, Postfix refuses what it takes as it came."""
        for shape in SHAPES:
            self.tell(0)
            taken = self.taken_as_it_came(shape)
            self.assertIn(552, self.codes(shape, taken).values(), shape)

    def test_no_repair_is_refused(self):
        for limit in TOLD:
            for shape in SHAPES:
                with self.subTest(limit=limit, shape=shape):
                    taken = self.taken_as_it_came(shape)
                    self.tell(limit)
                    self.assertEqual(set(self.codes(shape, taken).values()), {250})
                    self.assertEqual(set(self.codes(shape, reversed(taken)).values()), {250})

    def check_arrives(self, size, mended):
        arrived, queue_id = self.site.deliver(sized(in_header, 900, size))
        self.site.milter.wait_events_of(queue_id, [327 if mended else 331])
        lab.assert_octets_equal(without_trace(arrived), sized(in_header, 900, size, mended))

    def test_far_from_it_is_repaired(self):
        self.site.milter.switch_on()
        for limit in TOLD:
            self.tell(limit)
            self.check_arrives(20000, True)
            self.check_arrives(140000, True)

    def test_close_to_it_passes_as_it_came(self):
        self.site.milter.switch_on()
        for limit in TOLD:
            self.tell(limit)
            self.check_arrives(LIMIT - 2000, False)

    def test_what_was_taken_is_learned(self):
        """Close below a round number, until the MTA has taken a larger one by far."""
        self.site.milter.switch_on()
        self.tell("auto")
        self.check_arrives(99500, False)
        self.check_arrives(280000, True)
        self.check_arrives(99500, True)
        self.tell("auto")
        self.check_arrives(99500, False)


if __name__ == "__main__":
    lab.run_tests()
