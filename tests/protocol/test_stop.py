#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""How the milter ends: on TERM and INT, at any moment, without breaking a message off.

A stop that was asked for is exit code 0, whenever the signal comes. HUP ends nothing.
"""
import signal
import subprocess
import time
import unittest

import lab
import mails
import milter_process
import milter_wire

ROUNDS = 25
AT_ONCE = 10.0
DRAINS_FOR = 0.7


class Stop(unittest.TestCase):
    def setUp(self):
        self.milter = milter_process.started(self)
        self.milter.switch_on()

    def session(self):
        connection = milter_wire.open_session(self.milter.socket)
        self.addCleanup(connection.close)
        return connection

    def begin(self, sent):
        """A message up to the end of its header: (connection, body)."""
        fields, body = milter_wire.split_mail(sent)
        connection = self.session()
        connection.envelope()
        connection.head(fields)
        return connection, body

    def finish(self, connection, body):
        outcome = milter_wire.Outcome()
        connection.body(body, outcome)
        return connection.end(outcome)

    def check_ends(self, code=0):
        """It ends soon, with that exit code."""
        process, self.milter.process = self.milter.process, None
        began = time.monotonic()
        self.assertEqual(process.wait(timeout=lab.PATIENCE), code)
        self.assertLess(time.monotonic() - began, AT_ONCE)

    def test_right_after_the_start(self):
        for number in range(ROUNDS):
            if not self.milter.alive():
                self.milter.start()
            code = self.milter.stop()
            self.assertEqual(code, 0, f"round {number}: {self.milter.lines()[-1:]}")

    def test_on_both_signals_with_connections_open(self):
        for signum in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=signum.name):
                if not self.milter.alive():
                    self.milter.start()
                idle = self.session()
                idle.message(mails.reply_mail())
                self.milter.process.send_signal(signum)
                self.check_ends()

    def test_message_under_way_is_finished(self):
        sent = mails.alternative_mail()
        connection, body = self.begin(sent)
        self.milter.process.send_signal(signal.SIGTERM)
        lab.wait_until(self.refuses_new_messages, "the milter to take no more")
        with self.assertRaises(subprocess.TimeoutExpired):
            self.milter.process.wait(timeout=DRAINS_FOR)
        outcome = self.finish(connection, body)
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        lab.assert_octets_equal(mails.without_fields(outcome.apply(sent), "X-Calmend"),
                                mails.alternative_mail(True))
        self.check_ends()

    def refuses_new_messages(self):
        """True once a new message is put off, or no new connection is taken."""
        try:
            with milter_wire.open_session(self.milter.socket) as connection:
                connection.step(b"M", b"<a@example.com>\0")
                connection.step(b"R", b"<b@example.org>\0")
                return connection.step(b"T") == milter_wire.TEMPFAIL
        except (OSError, EOFError):
            return True

    def test_second_signal_waits_no_longer(self):
        self.begin(mails.reply_mail())
        self.milter.process.send_signal(signal.SIGTERM)
        lab.wait_until(self.refuses_new_messages, "the milter to take no more")
        self.milter.process.send_signal(signal.SIGTERM)
        self.check_ends()

    def test_drain_is_bounded(self):
        """A message that never comes to its end is given up, and the stop is as it should be."""
        self.milter.stop()
        self.milter.write_config({"service": {"drain-seconds": 1}})
        self.milter.start()
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.message(mails.reply_mail())
        connection, _ = self.begin(mails.reply_mail())
        self.milter.process.send_signal(signal.SIGTERM)
        lab.wait_until(self.refuses_new_messages, "the milter to take no more")
        self.check_ends()
        stopped = self.milter.events()[-1]
        self.assertEqual(stopped["id"], 341)
        self.assertRegex(stopped["description"],
                         r"stopped: messages 1, examined 1, repaired 1, .*, put off \d+$")
        with self.assertRaises((OSError, EOFError)):
            connection.step(b"N")

    def test_hup_ends_nothing(self):
        connection, body = self.begin(mails.reply_mail())
        for _ in range(50):
            self.milter.process.send_signal(signal.SIGHUP)
        outcome = self.finish(connection, body)
        self.assertEqual((outcome.verdict, outcome.codes()), (milter_wire.CONTINUE, "bi"))
        self.assertEqual(connection.message(mails.reply_mail()).codes(), "bi")
        self.assertEqual(self.milter.stop(), 0)


if __name__ == "__main__":
    lab.run_tests()
