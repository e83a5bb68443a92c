#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Messages through the milter without an MTA: many on a connection, cut and broken off anywhere.

Whatever the MTA does between them, a broken REPLY comes out mended and a whole one as it came.
"""
import re
import unittest

import lab
import mails
import milter_process
import milter_wire
from milter_wire import ACCEPT, CONTINUE

PHASES = ("nothing", "mail", "rcpt", "data", "header", "eoh", "body")
CLEAN = mails.mail(mails.multipart(b"mixed", mails.note(), mails.note()))
MULTIPART_TYPE = b"multipart/mixed; boundary=\"b\""


class MilterCase(unittest.TestCase):
    """One milter for the class, switch on."""

    @classmethod
    def setUpClass(cls):
        cls.milter = milter_process.started(cls)
        cls.milter.switch_on()

    def session(self):
        """An open connection that is closed with the test."""
        connection = milter_wire.open_session(self.milter.socket)
        self.addCleanup(connection.close)
        return connection

    def check_mended(self, outcome, sent, mended):
        self.assertEqual(outcome.verdict, CONTINUE)
        lab.assert_octets_equal(mails.without_fields(outcome.apply(sent), "X-Calmend"), mended)

    def check_untouched(self, outcome):
        self.assertIn(outcome.verdict, (CONTINUE, ACCEPT))
        self.assertEqual(outcome.replies, [])


def walk_to(connection, phase, mail):
    """Plays a message up to and including a phase of PHASES."""
    fields, body = milter_wire.split_mail(mail)
    steps = {
        "mail": lambda: connection.step(b"M", b"<a@example.com>\0"),
        "rcpt": lambda: connection.step(b"R", b"<b@example.org>\0"),
        "data": lambda: connection.step(b"T"),
        "header": lambda: [connection.step(b"L", name + b"\0" + value + b"\0")
                           for name, value in fields],
        "eoh": lambda: connection.step(b"N"),
        "body": lambda: connection.step(b"B", body[:len(body) * 2 // 3]),
    }
    for name in PHASES[1:PHASES.index(phase) + 1]:
        steps[name]()


class Connections(MilterCase):
    def test_many_messages_on_one_connection(self):
        connection = self.session()
        whole = mails.reply_mail(True)
        for _ in range(40):
            for encoding in ("7bit", "base64", "quoted-printable"):
                sent = mails.alternative_mail(encoding=encoding)
                self.check_mended(connection.message(sent), sent,
                                  mails.alternative_mail(True, encoding))
            self.check_untouched(connection.message(whole))
            self.check_untouched(connection.message(mails.plain_mail()))

    def test_many_connections_at_once(self):
        connections = [self.session() for _ in range(30)]
        sent = mails.reply_mail()
        for connection in connections:
            walk_to(connection, "body", sent)
        for connection in connections:
            connection.send(b"A")
            self.check_mended(connection.message(sent), sent, mails.reply_mail(True))

    def test_abort_in_each_phase(self):
        connection = self.session()
        sent = mails.alternative_mail()
        for phase in PHASES:
            with self.subTest(phase=phase):
                walk_to(connection, phase, sent)
                connection.send(b"A")
                self.check_untouched(connection.message(mails.alternative_mail(True)))
                walk_to(connection, phase, CLEAN)
                connection.send(b"A")
                self.check_mended(connection.message(sent), sent, mails.alternative_mail(True))

    def test_close_in_each_phase(self):
        sent = mails.reply_mail()
        for phase in PHASES:
            with self.subTest(phase=phase):
                connection = self.session()
                walk_to(connection, phase, sent)
                connection.close()
                self.check_mended(milter_wire.one_message(self.milter.socket, sent), sent,
                                  mails.reply_mail(True))
        self.assertTrue(self.milter.alive())

    def test_close_right_after_end_of_message(self):
        large = mails.mail(mails.multipart(
            b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar()),
            mails.attachment(3 << 20)))
        for sent in [mails.reply_mail()] * 20 + [large] * 3:
            connection = self.session()
            fields, body = milter_wire.split_mail(sent)
            connection.envelope()
            connection.head(fields)
            connection.body(body, milter_wire.Outcome())
            connection.send(b"E")
            connection.close()
        sent = mails.reply_mail()
        self.check_mended(self.session().message(sent), sent, mails.reply_mail(True))
        self.assertTrue(self.milter.alive())

    def test_quit_then_new_connection_on_the_same_socket(self):
        connection = self.session()
        sent = mails.reply_mail()
        for phase in PHASES:
            with self.subTest(phase=phase):
                walk_to(connection, phase, sent)
                connection.send(b"K")
                connection.greet(b"other.example.com")
                self.check_mended(connection.message(sent), sent, mails.reply_mail(True))


class Chunks(MilterCase):
    def test_sizes_of_chunks(self):
        connection = self.session()
        for encoding in ("7bit", "base64", "quoted-printable"):
            sent = mails.alternative_mail(encoding=encoding)
            mended = mails.alternative_mail(True, encoding)
            for size in (1, 2, 7, 13, 101, 997, 4096, 65535):
                with self.subTest(encoding=encoding, size=size):
                    self.check_mended(connection.message(sent, chunk=size), sent, mended)

    def test_border_at_every_octet(self):
        """Two chunks, the border at every position: no token may be missed over it."""
        connection = self.session()
        sent = mails.alternative_mail()
        mended = mails.alternative_mail(True)
        fields, body = milter_wire.split_mail(sent)
        for border in range(1, len(body)):
            connection.envelope()
            connection.head(fields)
            outcome = milter_wire.Outcome()
            connection.body(body[:border], outcome)
            connection.body(body[border:], outcome)
            self.check_mended(connection.end(outcome), sent, mended)

    def test_no_body_and_empty_body(self):
        connection = self.session()
        fields, _ = milter_wire.split_mail(mails.reply_mail())
        for body in (b"", b"\r\n"):
            connection.envelope()
            connection.head(fields)
            outcome = milter_wire.Outcome()
            connection.body(body, outcome)
            self.check_untouched(connection.end(outcome))

    def test_last_chunk_with_the_end(self):
        """An MTA may send the last chunk in the end-of-message packet."""
        connection = self.session()
        sent = mails.reply_mail()
        fields, body = milter_wire.split_mail(sent)
        connection.envelope()
        connection.head(fields)
        connection.step(b"B", body[:100])
        connection.send(b"E", body[100:])
        outcome = milter_wire.Outcome()
        connection.collect(outcome)
        self.check_mended(outcome, sent, mails.reply_mail(True))


class EarlyAccept(MilterCase):
    def stage_of(self, content_type, body=b"text\r\n"):
        """What was done with a mail of that top-level type."""
        head = b"" if content_type is None else b"Content-Type: " + content_type + b"\r\n"
        return self.session().message(mails.mail(head + b"\r\n" + body))

    def test_what_cannot_hold_a_calendar_is_never_sent(self):
        for content_type in (None, b"text/plain", b"TEXT/HTML; charset=utf-8", b"application/pdf",
                             b"image/png; name=photo.png"):
            with self.subTest(content_type=content_type):
                outcome = self.stage_of(content_type)
                self.assertEqual((outcome.stage, outcome.verdict, outcome.sent),
                                 (b"N", ACCEPT, 0))

    def test_what_may_hold_one_is_read(self):
        for content_type in (MULTIPART_TYPE, b"Text/Calendar; method=REPLY", b"message/rfc822",
                             b"application/ics", b"application/ms-tnef",
                             b"application/octet-stream; name=winmail.dat"):
            with self.subTest(content_type=content_type):
                outcome = self.stage_of(content_type)
                self.assertEqual((outcome.stage, outcome.verdict), (b"E", CONTINUE))
                self.assertEqual(outcome.replies, [])

    def test_types_in_any_case_and_folded(self):
        connection = self.session()
        for content_type in (b"TEXT/CALENDAR;method=REPLY", b"text/calendar;\r\n\tcharset=utf-8",
                             b"\r\n text/calendar", b"(note) text/calendar"):
            with self.subTest(content_type=content_type):
                sent, mended = (mails.mail(mails.part(content_type, mails.reply_calendar(whole)))
                                for whole in (False, True))
                self.check_mended(connection.message(sent), sent, mended)

    def test_multipart_without_calendar_is_left(self):
        sent = mails.mail(mails.multipart(b"mixed", mails.note(), mails.attachment(200000)))
        outcome = self.session().message(sent, queue_id=b"CLEAN1")
        self.assertEqual(outcome.verdict, CONTINUE)
        self.check_untouched(outcome)
        self.assertEqual(self.milter.events_of("CLEAN1"), [])


class Edits(MilterCase):
    def check_like_command(self, sent, codes):
        """The milter's result is that of `calmend repair`, stamp and all, in that order of
        replies."""
        outcome = self.session().message(sent)
        self.assertRegex(outcome.codes(), codes)
        self.assertEqual(outcome.verdict, CONTINUE)
        lab.assert_octets_equal(outcome.apply(sent),
                                milter_process.repaired(sent, self.milter.config))
        return outcome

    def test_body_then_stamp(self):
        for encoding in mails.ENCODERS:
            with self.subTest(encoding=encoding):
                outcome = self.check_like_command(mails.alternative_mail(encoding=encoding), "^bi$")
                self.assertEqual(outcome.headers()[0][1:3], (0, b"X-Calmend"))

    def test_body_in_one_run_then_every_header_edit(self):
        extra = (b"Expires: Mon, 01 Jan 1601 00:00:00 +0000\r\n"
                 b"Reply-By: Fri, 08 Mar 2024 12:00:00 +0000\r\n"
                 b"Reply-By: Sun, 31 Dec 1600 23:00:00 -0100\r\n")
        sent = mails.mail(mails.multipart(
            b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar(), "base64"),
            mails.attachment(500000)), extra=extra)
        outcome = self.check_like_command(sent, "^b[mi]{3}$")
        edits = {(name, index, value) for _, index, name, value in outcome.headers()
                 if name != b"X-Calmend"}
        self.assertEqual(edits, {(b"Expires", 1, b""), (b"Reply-By", 2, b"")})

    def test_header_edit_alone_leaves_the_body(self):
        sent = mails.mail(mails.part(mails.calendar_type(b"REQUEST"), mails.request_calendar()),
                          extra=b"Reply-By: Mon, 01 Jan 1601 00:00:00 +0000\r\n")
        outcome = self.check_like_command(sent, "^[mi]{2}$")
        self.assertIsNone(outcome.body())

    def test_date_of_the_epoch_becomes_the_clock(self):
        sent = mails.mail(mails.part(mails.calendar_type(b"REQUEST"), mails.request_calendar()),
                          date=b"Mon, 01 Jan 1601 00:00:00 +0000")
        outcome = self.session().message(sent)
        dates = mails.field(outcome.apply(sent), "Date")
        self.assertEqual(len(dates), 1)
        self.assertRegex(dates[0], r"^\w{3}, \d{1,2} \w{3} 20\d\d \d\d:\d\d:\d\d \+0000$")

    def test_several_header_edits_of_one_name(self):
        none = b"Reply-By: Mon, 01 Jan 1601 00:00:00 +0000\r\n"
        good = b"Reply-By: Fri, 08 Mar 2024 12:00:00 +0000\r\n"
        sent = mails.mail(mails.part(mails.calendar_type(b"REQUEST"), mails.request_calendar()),
                          extra=none + good + none + none)
        outcome = self.check_like_command(sent, "^[mi]{4}$")
        self.assertEqual(mails.field(outcome.apply(sent), "Reply-By"),
                         ["Fri, 08 Mar 2024 12:00:00 +0000"])

    def test_stamp_names_version_host_and_rule(self):
        sent = mails.reply_mail()
        stamps = mails.field(self.session().message(sent).apply(sent), "X-Calmend")
        self.assertEqual(len(stamps), 1)
        self.assertRegex(stamps[0], r"\d+\.\d+\.\d+.*attendee-change-missing")

    def test_stamps_that_came_stay(self):
        sent = mails.reply_mail(extra=b"X-Calmend: somebody else's\r\n")
        arrived = self.session().message(sent).apply(sent)
        self.assertEqual(mails.field(arrived, "X-Calmend")[1:], ["somebody else's"])

    def test_second_pass_does_nothing(self):
        sent = mails.alternative_mail(encoding="quoted-printable")
        connection = self.session()
        once = connection.message(sent).apply(sent)
        self.check_untouched(connection.message(once, queue_id=b"TWICE1"))
        self.assertEqual(self.milter.events_of("TWICE1"), [])

    def test_large_replaced_body_comes_in_pieces_of_the_protocol(self):
        sent = mails.mail(mails.multipart(
            b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar()),
            mails.attachment(1 << 20)))
        outcome = self.check_like_command(sent, "^bi$")
        sizes = [len(data) for code, data in outcome.replies if code == milter_wire.REPLBODY]
        self.assertLessEqual(max(sizes), 65535)
        self.assertLess(len(sizes), 60)
        self.assertTrue(re.search(rb"X-MICROSOFT-CDO-ATTENDEE", outcome.body()))


if __name__ == "__main__":
    lab.run_tests()
