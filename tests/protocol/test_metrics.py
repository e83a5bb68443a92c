#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The metrics: every message counts once, every finding once, and no message makes a series.

The file is read as node_exporter reads it, while the milter runs and after its stop.
"""
import os
import shutil
import stat
import subprocess
import unittest

import lab
import mails
import metrics_file
import milter_process
import milter_wire
from metrics_file import value


class MetricsCase(unittest.TestCase):
    settings = {}

    def setUp(self):
        folder = lab.scratch_folder(self)
        self.path = folder / "calmend.prom"
        settings = {"metrics": {"textfile": self.path, "interval": 1}, **self.settings}
        self.milter = milter_process.started(self, settings, folder=folder)
        metrics_file.wait(self.path, bool, "the first metrics")

    def play(self, mail, **arguments):
        return milter_wire.one_message(self.milter.socket, mail, **arguments)

    def final(self):
        return metrics_file.after_stop(self.milter, self.path)


class Outcomes(MetricsCase):
    def check(self, outcome, messages=1):
        """The messages so far had that outcome, and no other."""
        series = self.final()
        self.assertEqual(value(series, "calmend_messages_total", outcome=outcome), messages)
        self.assertEqual(value(series, "calmend_messages_total"), messages)
        self.assertEqual(value(series, "calmend_findings_total"),
                         value(series, "calmend_repairs_total")
                         + value(series, "calmend_findings_unrepaired_total"))
        self.assertEqual(value(series, "calmend_messages_open"), 0)
        return series

    def test_header_only(self):
        self.play(mails.plain_mail())
        series = self.check("header_only")
        self.assertEqual(value(series, "calmend_body_bytes_total"), 0)
        self.assertEqual(value(series, "calmend_plan_duration_seconds_count"), 0)

    def test_no_calendar(self):
        mail = mails.mail(mails.multipart(b"mixed", mails.note(), mails.note()))
        self.play(mail)
        series = self.check("no_calendar")
        self.assertEqual(value(series, "calmend_body_bytes_total"),
                         len(milter_wire.split_mail(mail)[1]))

    def test_clean(self):
        self.play(mails.reply_mail(True))
        series = self.check("clean")
        self.assertEqual(value(series, "calmend_plan_duration_seconds_count"), 1)

    def test_would_repair(self):
        self.play(mails.reply_mail())
        series = self.check("would_repair")
        self.assertEqual(value(series, "calmend_findings_unrepaired_total", reason="switch_off"), 1)
        self.assertEqual(value(series, "calmend_switch_enabled"), 0)

    def test_repaired(self):
        self.milter.switch_on()
        calendar = mails.part(mails.calendar_type(), mails.reply_calendar())
        self.play(mails.mail(mails.multipart(b"mixed", calendar, calendar)))
        self.play(mails.reply_mail(producer=b"-//Google Inc//Google Calendar 70.9054//EN"))
        series = self.check("repaired", 2)
        self.assertEqual(value(series, "calmend_repairs_total", family="epoch",
                               rule="attendee-change-missing"), 3)
        self.assertEqual(value(series, "calmend_producer_findings_total", producer="exchange"), 2)
        self.assertEqual(value(series, "calmend_producer_findings_total", producer="google"), 1)
        self.assertEqual(value(series, "calmend_events_total", event_id="327", type="Warning"), 2)
        self.assertEqual(value(series, "calmend_switch_enabled"), 1)

    def test_left(self):
        self.milter.switch_on()
        calendar = mails.part(mails.calendar_type(), mails.reply_calendar())
        self.play(mails.mail(mails.multipart(b"signed", calendar, mails.note())))
        series = self.check("left")
        self.assertEqual(value(series, "calmend_findings_unrepaired_total", reason="signed"), 1)

    def test_failed(self):
        self.milter.switch_on()
        actions = milter_wire.ALL_ACTIONS & ~milter_wire.ACTION["CHGBODY"]
        with milter_wire.open_session(self.milter.socket, actions=actions) as connection:
            connection.message(mails.reply_mail())
        series = self.check("failed")
        self.assertEqual(value(series, "calmend_findings_unrepaired_total", reason="not_taken"), 1)

    def test_deferred(self):
        """The MTA is gone when a part of the body was handed over."""
        self.milter.switch_on()
        fields, body = milter_wire.split_mail(mails.mail(mails.multipart(
            b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar()),
            mails.attachment(4 << 20))))
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope()
            connection.head(fields)
            connection.body(body, milter_wire.Outcome())
            connection.send(b"E")
            self.assertEqual(connection.receive()[0], b"b")
        lab.wait_until(lambda: value(metrics_file.read(self.path), "calmend_messages_total") == 1,
                       "the message to be over")
        self.check("deferred")

    def test_aborted(self):
        fields, _ = milter_wire.split_mail(mails.reply_mail())
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope()
            connection.head(fields)
            connection.send(b"A")
            connection.envelope()
            connection.head(fields)
        lab.wait_until(lambda: value(metrics_file.read(self.path), "calmend_messages_total") == 2,
                       "the messages to be over")
        series = self.check("aborted", 2)
        self.assertEqual(value(series, "calmend_connections"), 0)


class Limited(MetricsCase):
    settings = {"limits": {"message-bytes": 1000}}

    def test_unread(self):
        self.play(mails.alternative_mail())
        self.assertEqual(value(self.final(), "calmend_messages_total", outcome="unread"), 1)


class Numbers(MetricsCase):
    def test_gauges_while_it_runs(self):
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope()
            connection.head(milter_wire.split_mail(mails.reply_mail())[0])
            series = metrics_file.wait(
                self.path, lambda series: value(series, "calmend_messages_open") == 1,
                "a message to be open")
            self.assertEqual(value(series, "calmend_up"), 1)
            self.assertGreaterEqual(value(series, "calmend_connections"), 1)

    def test_reloads_are_counted(self):
        """One that was refused is none."""
        def generation(number):
            metrics_file.wait(self.path, lambda series: value(
                series, "calmend_settings_generation") == number, f"generation {number}")

        generation(0)
        settings = {**self.settings, "metrics": {"textfile": self.path, "interval": 1}}
        self.milter.reload(settings)
        generation(1)
        self.milter.reload("[nonsense]\n")
        self.milter.wait_event(345)
        self.milter.reload(settings)
        generation(2)

    def test_switch_that_is_refused(self):
        self.milter.switch_on()
        self.milter.switch.chmod(0o666)
        series = metrics_file.wait(
            self.path, lambda series: value(series, "calmend_switch_refused") == 1,
            "the switch to be refused")
        self.assertEqual(value(series, "calmend_switch_enabled"), 0)

    def test_no_message_makes_a_series(self):
        before = set(metrics_file.read(self.path))
        with milter_wire.open_session(self.milter.socket) as connection:
            for number in range(40):
                producer = b'evil"} 1\\n%d' % number
                connection.message(mails.reply_mail(producer=producer, uid=b"u%d" % number))
        series = self.final()
        self.assertEqual(set(series), before)
        self.assertEqual(value(series, "calmend_producer_findings_total", producer="other"), 40)

    def test_event_of_the_stop_has_the_same_numbers(self):
        """A message that was repaired in part is repaired, in the metrics and in the event."""
        self.milter.switch_on()
        calendar = mails.part(mails.calendar_type(), mails.reply_calendar())
        signed = mails.multipart(b"signed", calendar, mails.note())
        for mail in (mails.plain_mail(), mails.reply_mail(True), mails.reply_mail(),
                     mails.mail(signed), mails.mail(mails.multipart(b"mixed", calendar, signed))):
            milter_wire.one_message(self.milter.socket, mail)
        series = self.final()
        numbers = [int(value(series, "calmend_messages_total", outcome=outcome))
                   for outcome in ("repaired", "would_repair", "left", "unread", "exempt",
                                   "put_off")]
        self.assertEqual(numbers, [2, 0, 1, 0, 0, 0])
        self.assertEqual(value(series, "calmend_messages_total"), 5)
        self.assertRegex(self.milter.wait_event(341)["description"],
                         "messages 5, examined 4, repaired 2, would repair 0, left 1, errors 0, "
                         "unread 0, exempt 0, put off 0$")

    def test_histogram_adds_up(self):
        with milter_wire.open_session(self.milter.socket) as connection:
            for _ in range(20):
                connection.message(mails.reply_mail(True))
        series = self.final()
        buckets = [number for (name, _), number in series.items()
                   if name == "calmend_plan_duration_seconds_bucket"]
        self.assertEqual(buckets, sorted(buckets))
        self.assertEqual(buckets[-1], 20)
        self.assertEqual(value(series, "calmend_plan_duration_seconds_count"), 20)
        self.assertGreater(value(series, "calmend_plan_duration_seconds_sum"), 0)

    def test_promtool_finds_nothing_to_say(self):
        lab.need(shutil.which("promtool"), "promtool is not installed")
        done = subprocess.run(["promtool", "check", "metrics"], input=self.path.read_bytes(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, b""))


class File(unittest.TestCase):
    """How the file is written."""

    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.path = self.folder / "metrics" / "calmend.prom"
        self.beside = self.path.with_name("calmend.prom.new")

    def start(self):
        settings = {"metrics": {"textfile": self.path, "interval": 1}}
        mask = os.umask(0o077)
        try:
            self.milter = milter_process.started(self, settings, folder=self.folder)
        finally:
            os.umask(mask)

    def test_replaced_as_a_whole_and_readable(self):
        self.path.parent.mkdir()
        self.start()
        metrics_file.wait(self.path, bool, "the first metrics")
        with open(self.path, encoding="ascii") as old:
            lab.wait_until(lambda: os.stat(self.path).st_ino != os.fstat(old.fileno()).st_ino,
                           "a new file")
            self.assertTrue(old.read().endswith("\n"), "the old file stays whole")
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o644)
        self.assertEqual(value(metrics_file.after_stop(self.milter, self.path), "calmend_up"), 0)
        self.assertEqual(os.listdir(self.path.parent), ["calmend.prom"])

    def test_trouble_is_told_once_and_passes(self):
        self.start()
        event = self.milter.wait_event(347)
        self.assertIn(str(self.path), event["description"])
        milter_wire.one_message(self.milter.socket, mails.plain_mail())
        self.path.parent.mkdir()
        lab.wait_until(self.path.exists, "the file")
        shutil.rmtree(self.path.parent)
        lab.wait_until(lambda: [event["id"] for event in self.milter.events()].count(347) == 2,
                       "the second event")

    def test_a_link_in_its_way_is_not_followed(self):
        self.path.parent.mkdir()
        victim = self.folder / "victim"
        victim.write_text("precious")
        self.beside.symlink_to(victim)
        self.path.symlink_to(victim)
        self.start()
        lab.wait_until(lambda: not self.path.is_symlink(), "the file")
        self.assertEqual(victim.read_text(), "precious")

    def test_without_a_textfile_nothing_is_written(self):
        self.milter = milter_process.started(self, folder=self.folder)
        self.assertEqual(self.milter.stop(), 0)
        self.assertEqual(list(self.folder.glob("*.prom*")), [])


if __name__ == "__main__":
    lab.run_tests()
