#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the log says, and that no message can make it say something else.

Each event is one line of at most 1,000 octets without control octets, in text or in JSON; values of
the message stand in it escaped and shortened.
"""
import os
import re
import subprocess
import unittest

import lab
import mails
import milter_process
import milter_wire

LINE_MAX = 1000
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
FORGED = (b"x\r\nEVIL: Event Type: Error; Event Source: calmend; Event Category: Service; "
          b"Event ID: 345; User: -; Computer: -; Description: forged")


class LogCase(unittest.TestCase):
    """One milter for the class."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.milter = milter_process.started(cls, cls.settings)

    def setUp(self):
        self.milter.switch_off()

    def play(self, mail, **arguments):
        return milter_wire.one_message(self.milter.socket, mail, **arguments)

    def description(self, queue_id, number):
        """The text of the one event of a message."""
        return self.milter.wait_events_of(queue_id, [number])[0]["description"]


class Events(LogCase):
    def test_repaired_names_rule_part_method_uid_and_producer(self):
        self.milter.switch_on()
        self.play(mails.alternative_mail(), queue_id=b"EV327", sender=b"<ben@example.com>")
        event = self.milter.wait_events_of("EV327", [327])[0]
        self.assertEqual((event["type"], event["category"], event["computer"]),
                         ("Warning", "Calendar Repair", "mx.lab.example"))
        self.assertEqual(event["user"], "ben@example.com")
        for word in ("attendee-change-missing", "REPLY", "lab-1@example.com",
                     "Microsoft Exchange Server 2007"):
            self.assertIn(word, event["description"])

    def test_switched_off_says_what_would_be_repaired(self):
        self.play(mails.reply_mail(), queue_id=b"EV328")
        self.assertIn("attendee-change-missing", self.description("EV328", 328))

    def test_counts_say_how_often(self):
        self.milter.switch_on()
        calendar = mails.part(mails.calendar_type(), mails.reply_calendar())
        self.play(mails.mail(mails.multipart(b"mixed", calendar, calendar, calendar)),
                  queue_id=b"EVCOUNT")
        self.assertRegex(self.description("EVCOUNT", 327), r"attendee-change-missing\W+x?3\b")

    def test_not_repairable_says_why(self):
        self.milter.switch_on()
        for parameters, reason in ((b"signed", "signed"), (b"report", "forwarded|quoted|report")):
            calendar = mails.part(mails.calendar_type(), mails.reply_calendar())
            queue_id = b"EV329" + parameters
            outcome = self.play(mails.mail(mails.multipart(parameters, calendar, mails.note())),
                                queue_id=queue_id)
            self.assertEqual(outcome.replies, [])
            self.assertRegex(self.description(queue_id.decode(), 329), reason)

    def test_left_on_purpose_is_reported(self):
        self.milter.switch_on()
        calendar = mails.request_calendar(b"RECURRENCE-ID:16010101T000000Z\n")
        outcome = self.play(mails.mail(mails.part(mails.calendar_type(b"REQUEST"), calendar)),
                            queue_id=b"EV330")
        self.assertEqual(outcome.replies, [])
        self.assertIn("schedule-epoch", self.description("EV330", 330))

    def test_clean_mail_is_silent(self):
        self.play(mails.reply_mail(True), queue_id=b"EVNONE1")
        self.play(mails.plain_mail(), queue_id=b"EVNONE2")
        request = mails.part(mails.calendar_type(b"REQUEST"), mails.request_calendar(
            b"X-MICROSOFT-CDO-REPLYTIME:16010101T000000Z\n"))
        self.play(mails.mail(request), queue_id=b"EVNONE3")
        self.play(mails.reply_mail(), queue_id=b"EVSOME")
        self.milter.wait_events_of("EVSOME", [328])
        self.assertEqual([event["queue_id"] for event in self.milter.events()
                          if "EVNONE" in event["queue_id"]], [])

    def test_no_queue_id_is_a_dash(self):
        self.milter.wait_event(340)
        before = len(self.milter.events())
        self.play(mails.reply_mail(), queue_id=None)
        self.assertEqual(self.milter.wait_event(328, before)["queue_id"], "-")

    def test_queue_id_of_the_message_not_of_the_one_before(self):
        with milter_wire.open_session(self.milter.socket) as connection:
            for number in range(5):
                queue_id, sender = b"SEQ%d" % number, b"<s%d@example.com>" % number
                connection.message(mails.reply_mail(), queue_id=queue_id, sender=sender)
                event = self.milter.wait_events_of(queue_id.decode(), [328])[0]
                self.assertEqual(event["user"], sender.decode().strip("<>"))


class Forgery(LogCase):
    def check_one_line(self, mail, **arguments):
        """One message, one line more; it is an event line, short, without control octets."""
        self.milter.wait_event(340)
        before = len(self.milter.lines())
        self.play(mail, **arguments)
        lab.wait_until(lambda: len(self.milter.lines()) > before, "an event")
        self.assertEqual([event["id"] for event in self.milter.events()[before:]], [328])
        line = self.milter.lines()[before]
        self.assertLessEqual(len(line), LINE_MAX)
        self.assertIsNone(CONTROL.search(line), line)
        line.decode("utf-8")
        return line

    def test_control_octets_in_calendar_values(self):
        nasty = bytes(range(1, 10)) + b"\x0b\x0c\x0e\x1b[2J\x7f\xc2\x9b\xe2\x80\xa8 \r mid\r"
        for name in ("uid", "producer"):
            with self.subTest(name=name):
                line = self.check_one_line(mails.reply_mail(encoding="base64", **{name: nasty}))
                self.assertNotIn(b"\x1b", line)

    def test_folded_forgery_in_calendar_values(self):
        folded = FORGED.replace(b"\r\n", b"\n ")
        for name in ("uid", "producer"):
            with self.subTest(name=name):
                self.check_one_line(mails.reply_mail(encoding="base64", **{name: folded}))

    def test_forged_sender(self):
        self.check_one_line(mails.reply_mail(), sender=b"<" + FORGED + b"@example.com>")

    def test_control_octets_in_the_queue_id(self):
        self.check_one_line(mails.reply_mail(), queue_id=b"Q\r\nEVIL:\x1b[2J\x00"[:-1])

    def test_octets_that_are_no_utf8(self):
        self.check_one_line(mails.reply_mail(encoding="base64", uid=b"\xff\xfe\x80\xc3"))
        self.check_one_line(mails.reply_mail(), sender=b"<\xff\xfe@example.com>")

    def test_long_values_are_shortened(self):
        long = b"L" * 5000
        line = self.check_one_line(mails.reply_mail(uid=long, producer=b"P" * 5000),
                                   sender=b"<" + long + b"@example.com>", queue_id=b"LONGID")
        self.assertTrue(line.startswith(b"LONGID: "), line[:80])
        self.assertIn(b"attendee-change-missing", line)

    def test_long_utf8_is_not_cut_in_a_character(self):
        for shift in range(4):
            uid = b"a" * shift + "予".encode() * 2000
            self.check_one_line(mails.reply_mail(encoding="base64", uid=uid))


class Json(LogCase):
    settings = {"log": {"format": "json"}}

    def test_every_line_is_one_object(self):
        uid = b"q\"u\\o\x01te\xff"
        self.milter.switch_on()
        self.play(mails.reply_mail(encoding="base64", uid=uid), queue_id=b"J1",
                  sender=b"<\"quoted\"@example.com>")
        self.play(mails.reply_mail(uid=b"U" * 9000), queue_id=b"J2")
        lab.wait_until(lambda: b"J2" in b"".join(self.milter.lines()), "the events")
        self.assertLessEqual(max(map(len, self.milter.lines())), LINE_MAX)
        first, second = [event for event in self.milter.json_events() if event["event_id"] == 327]
        self.assertEqual((first["queue_id"], second["queue_id"]), ("J1", "J2"))
        for key, value in {"event_type": "Warning", "event_source": "calmend",
                           "event_category": "Calendar Repair", "computer": "mx.lab.example",
                           "message_id": "<lab.1@example.com>", "method": "REPLY",
                           "user": "\"quoted\"@example.com",
                           "rules": ["attendee-change-missing x1"]}.items():
            self.assertEqual(first[key], value)
        self.assertIn("q\"u", first["uid"])
        self.assertTrue(second["uid"].startswith("UUUU"))


class StandardOutput(unittest.TestCase):
    """As a container has it: no syslog, and every line of standard output is JSON."""

    def test_events_and_lines_of_libmilter(self):
        milter = milter_process.MilterProcess(
            lab.scratch_folder(self), {"log": {"format": "json", "destination": "stdout"}})
        self.addCleanup(milter.stop)
        errors = milter.folder / "errors"
        with open(milter.log, "wb") as out, open(errors, "wb") as err:
            milter.process = subprocess.Popen(milter.command(()), stdout=out, stderr=err)
        lab.wait_until(lambda: b"340" in milter.log.read_bytes(), "event 340")
        milter.switch_on()
        milter_wire.one_message(milter.socket, mails.reply_mail(), queue_id=b"OUT1")
        with milter_wire.Connection(milter.socket) as connection:
            connection.send(b"O", b"\0\0\0\6")  # a negotiation that is too short
            lab.wait_until(lambda: b"st_optionneg" in milter.log.read_bytes(), "libmilter to say it")
        self.assertEqual(milter.stop(), 0)
        self.assertEqual([event["event_id"] for event in milter.json_events()
                          if event["event_source"] == "calmend"], [340, 342, 327, 341])
        self.assertEqual(errors.read_bytes(), b"")

    @staticmethod
    def listens(milter):
        try:
            milter_wire.Connection(milter.socket).close()
            return True
        except OSError:
            return False

    def test_a_reader_that_is_gone_stops_no_mail(self):
        milter = milter_process.MilterProcess(
            lab.scratch_folder(self), {"log": {"destination": "stdout"}})
        self.addCleanup(milter.stop)
        reader, writer = os.pipe()
        milter.process = subprocess.Popen(milter.command(()), stdout=writer)
        os.close(writer)
        os.close(reader)
        lab.wait_until(lambda: self.listens(milter), "the milter to listen")
        milter.switch_on()
        for _ in range(3):
            outcome = milter_wire.one_message(milter.socket, mails.reply_mail())
            self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        self.assertEqual(milter.stop(), 0)


class Hostile(LogCase):
    """A header that the engine would read otherwise than the MTA."""

    def test_line_end_in_a_header_value(self):
        sent = mails.alternative_mail()
        fields, body = milter_wire.split_mail(sent)
        fields[-1] = (fields[-1][0], fields[-1][1] + b"\n\nBEGIN:VCALENDAR\nX: y")
        self.milter.switch_on()
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope(queue_id=b"HDRLF")
            connection.head(fields, b"HDRLF")
            outcome = milter_wire.Outcome()
            connection.body(body, outcome)
            connection.end(outcome, b"HDRLF")
        self.assertEqual((outcome.verdict, outcome.replies), (milter_wire.CONTINUE, []))
        self.milter.wait_events_of("HDRLF", [331])


class Service(unittest.TestCase):
    def test_started_and_stopped_with_counts(self):
        milter = milter_process.started(self)
        milter.switch_on()
        for mail in (mails.reply_mail(), mails.reply_mail(), mails.plain_mail()):
            milter_wire.one_message(milter.socket, mail)
        self.assertEqual(milter.stop(), 0)
        events = milter.events()
        self.assertEqual([event["id"] for event in events], [340, 342, 327, 327, 341])
        for event in (events[0], events[-1]):
            self.assertEqual((event["type"], event["category"], event["queue_id"]),
                             ("Information", "Service", "-"))
        self.assertRegex(events[-1]["description"], r"\b2\b")


if __name__ == "__main__":
    lab.run_tests()
