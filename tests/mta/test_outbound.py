#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend with profile=outbound before opendkim, as mail leaves a site: every signature holds.

What calmend repairs is repaired before it is signed. Lines that are longer than SMTP allows are
worse off without it: the MTA signs them whole and cuts them as it sends them, which breaks the
calendar and the signature. That they do is tested with the switch off.
"""
import base64
import dataclasses
import re

from mail_site import MAIL, Site, TRACK, lab, mails, rules_by_event, suite_of
from mail_site import without_trace
import opendkim
from postfix import Postfix
from sendmail import Sendmail

REPAIRED, WOULD_REPAIR = 327, 328
STAMP = b"20240305T101501Z"  # of the Date: of every mail
LINE = 75  # octets of a folded line, its leading space among them
WORDS = "Räume für alle\\, auch 予算会議\\n".encode()


def folded(line):
    """A content line without folds, folded as repair-rules say."""
    pieces = []
    while len(line) > LINE - bool(pieces):
        end = LINE - bool(pieces)
        while 0x80 <= line[end] <= 0xBF or line[end - 1:end] == b"\\":
            end -= 1
        pieces.append(line[:end])
        line = line[end:]
    return b"\r\n ".join((*pieces, line))


def long_line(size, mended):
    """A REQUEST with a content line of `size` octets."""
    line = (b"DESCRIPTION:" + WORDS * (size // len(WORDS))).ljust(size, b".")
    text = mails.request_calendar(b"LOCATION:Room 5\n").replace(
        b"LOCATION:Room 5", folded(line) if mended else line)
    return mails.part(mails.calendar_type(b"REQUEST"), text, "8bit")


def calendar_of(size):
    """A REQUEST of exactly `size` octets without a defect."""
    line = b"X-FILL:" + b"0123456789" * 6 + b"\r\n"
    count, rest = divmod(size - len(mails.request_calendar(b"X-FILL:\n")), len(line))
    return mails.request_calendar(line * count + b"X-FILL:" + b"a" * rest + b"\n").replace(
        b"\r\r\n", b"\r\n")


def one_line(size, mended):
    """A calendar of `size` octets in base64, without any line end in it."""
    encoded = base64.b64encode(calendar_of(size))
    lines = re.findall(rb".{1,76}", encoded) if mended else [encoded]
    head = mails.part(mails.calendar_type(b"REQUEST"), b"", "base64")
    return head + b"\r\n".join(lines) + b"\r\n"


def noise(mended):
    """A transfer encoding that only a lenient reader takes for base64."""
    part = mails.part(mails.calendar_type(b"REQUEST"), mails.request_calendar(), "base64")
    return part if mended else part.replace(b": base64\r\n", b": base64;\r\n")


def defects(mended):
    """Neither method nor charset said, a 1601 date, an address without mailto:, no DTSTAMP."""
    stamp = b"DTSTAMP:" + mails.STAMP + b"\r\n"
    text = mails.request_calendar("SUMMARY:Bücher\nCREATED:16010101T000000Z\n".encode())
    text = text.replace(stamp, b"").replace(b"mailto:olga", b"olga")
    content_type = b"text/calendar"
    if mended:
        text = text.replace(b"16010101T000000Z", STAMP).replace(b":olga", b":mailto:olga").replace(
            b"BEGIN:VEVENT\r\n", b"BEGIN:VEVENT\r\nDTSTAMP:" + STAMP + b"\r\n")
        content_type += b"; method=REQUEST; charset=UTF-8"
    return mails.part(content_type, text, "8bit")


def alone(part):
    """The part as the whole mail."""
    return mails.mail(part)


def beside(part):
    """The part beside a text."""
    return mails.mail(mails.multipart(b"alternative", mails.note(), part))


@dataclasses.dataclass
class Case:
    """`part(mended)` makes the calendar part; `rules` are those that repair it. `cut` are the MTAs
    that cut it, unrepaired, after it was signed."""
    name: str
    part: object
    rules: set
    off: int = WOULD_REPAIR
    cut: tuple = ()


CASES = [
    Case("defects", defects, {"created-epoch", "stamp-missing", "address-scheme",
                              "method-parameter-missing", "charset-missing"}),
    Case("long_line", lambda mended: long_line(1200, mended), {"long-line"}, cut=(Postfix,)),
    Case("longer_line", lambda mended: long_line(9000, mended), {"long-line"},
         cut=(Postfix, Sendmail)),
    Case("one_line", lambda mended: one_line(3000, mended), {"encoded-line-long"},
         cut=(Postfix, Sendmail)),
    Case("noise", noise, {"encoding-noise"}),
]

neighbours = None


def setUpModule():
    """One signer and one verifier serve all."""
    global neighbours
    neighbours = opendkim.for_module()


class Outbound:
    """The tests of one MTA; the cases are put in by `_add_case`."""

    mta = None

    @classmethod
    def setUpClass(cls):
        after = [neighbours.milters[name] for name in ("signer", "verifier")]
        cls.site = Site(cls, cls.mta, after=after, settings={"repair": {"profile": "outbound"}})

    def sent_through(self, mail, number, rules):
        """What arrives of a mail, and the same without what was put on it. The verifier that is
        called last, before the MTA cuts anything, is content in any case."""
        arrived, queue_id = self.site.deliver(mail)
        events = self.site.milter.wait_events_of(queue_id, [number])
        self.assertEqual(rules_by_event(events), {number: rules})
        results = mails.field(arrived, "Authentication-Results")
        self.assertEqual(len(results), 1)
        self.assertIn(" dkim=pass ", results[0])
        return arrived, mails.without_fields(without_trace(arrived), *opendkim.HEADER_FIELDS)

    def check_on(self, case, around):
        self.site.switch(TRACK, MAIL)
        arrived, text = self.sent_through(around(case.part(False)), REPAIRED, case.rules)
        lab.assert_octets_equal(text, around(case.part(True)))
        self.assertTrue(neighbours.verifies(arrived))

    def check_off(self, case, around):
        self.site.switch()
        sent = around(case.part(False))
        arrived, text = self.sent_through(sent, WOULD_REPAIR, case.rules)
        is_whole = self.mta not in case.cut
        self.assertEqual(text == sent, is_whole)
        self.assertEqual(neighbours.verifies(arrived), is_whole)

    def test_calendar_is_the_same(self):
        """What a reader finds in the calendar that came in one line of base64."""
        self.site.switch(TRACK, MAIL)
        _, text = self.sent_through(alone(one_line(3000, False)), REPAIRED, {"encoded-line-long"})
        body = text.partition(b"\r\n\r\n")[2]
        self.assertLessEqual(max(map(len, body.split(b"\r\n"))), 76)
        calendar = base64.b64decode(body)
        self.assertEqual(len(calendar), 3000)
        lab.assert_octets_equal(calendar, calendar_of(3000))


def _add_case(body, case):
    for around in (alone, beside):
        body[f"test_{case.name}_{around.__name__}_on"] = (
            lambda self, around=around: self.check_on(case, around))
        body[f"test_{case.name}_{around.__name__}_off"] = (
            lambda self, around=around: self.check_off(case, around))


def load_tests(loader, _standard, _pattern):
    return suite_of(loader, Outbound, CASES, _add_case)


if __name__ == "__main__":
    lab.run_tests()
