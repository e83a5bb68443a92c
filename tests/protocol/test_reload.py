#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""HUP: the settings are read again, as a whole or not at all, and nothing under way notices."""
import signal
import threading
import time
import unittest

import lab
import mails
import milter_process
import milter_wire

ROUNDS = 300
CONNECTIONS = 4
OFF = {"repair": {"disable": "attendee-change-missing"}}


class Reload(unittest.TestCase):
    def setUp(self):
        self.milter = milter_process.started(self)
        self.milter.switch_on()
        self.assertTrue(self.repairs())

    def repairs(self):
        """Whether a message that comes now is repaired."""
        return milter_wire.one_message(self.milter.socket, mails.reply_mail()).codes() == "bi"

    def reload(self, settings, number=344):
        """The event of a reload with these settings, or with the text of a file."""
        seen = len(self.milter.events())
        self.milter.reload(settings)
        return self.milter.wait_event(number, seen)

    def test_new_settings_hold_from_the_next_message_on(self):
        event = self.reload(OFF)
        self.assertEqual(event["type"], "Information")
        self.assertNotIn("restart", event["description"])
        self.assertFalse(self.repairs())
        self.reload({})
        self.assertTrue(self.repairs())

    def test_bad_settings_are_refused_as_a_whole(self):
        text = self.milter.config.read_text() + "disable=attendee-change-missing\n[limits]\nparts=x\n"
        event = self.reload(text, 345)
        self.assertEqual(event["type"], "Error")
        for word in (str(self.milter.config), "parts", "x"):
            self.assertIn(word, event["description"])
        self.assertTrue(self.repairs())

    def test_all_that_is_wrong_is_in_one_event(self):
        text = self.milter.config.read_text() + "[limits]\nparts=x\n[log]\nformat=xml\n"
        words = self.reload(text, 345)["description"].split("; ")
        self.assertEqual(len(words), 2, words)
        self.assertIn("parts = x", words[0])
        self.assertTrue(words[1].startswith(f"{self.milter.config}: line "), words)

    def test_missing_file_is_refused(self):
        self.milter.config.unlink()
        seen = len(self.milter.events())
        self.milter.process.send_signal(signal.SIGHUP)
        event = self.milter.wait_event(345, seen)
        self.assertIn(str(self.milter.config), event["description"])
        self.assertTrue(self.repairs())
        self.assertEqual(self.reload(OFF)["id"], 344)

    def test_what_needs_a_restart_is_named(self):
        before = self.milter.socket
        event = self.reload({"service": {"socket": "unix:/nonexistent/x.sock", "user": "nobody",
                                         "drain-seconds": 3}})
        self.assertRegex(event["description"], "after a restart: socket, user$")
        self.assertTrue(self.repairs())
        self.assertEqual(self.milter.socket, before)
        event = self.reload({"service": {"socket": "unix:/nonexistent/x.sock"}})
        self.assertRegex(event["description"], "after a restart: socket$")
        self.assertNotIn("restart", self.reload({})["description"])

    def test_message_under_way_keeps_its_settings(self):
        fields, body = milter_wire.split_mail(mails.reply_mail())
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope()
            connection.head(fields)
            self.reload(OFF)
            outcome = milter_wire.Outcome()
            connection.body(body, outcome)
            self.assertEqual(connection.end(outcome).codes(), "bi")
            self.assertEqual(connection.message(mails.reply_mail()).codes(), "")

    def test_connections_stay(self):
        with milter_wire.open_session(self.milter.socket) as connection:
            for _ in range(5):
                self.reload({})
                self.assertEqual(connection.message(mails.reply_mail()).codes(), "bi")

    def test_negotiation_stays(self):
        with milter_wire.Connection(self.milter.socket) as connection:
            before = connection.negotiate()
        self.reload({"exempt": {"clients": "192.0.2.0/24", "recipients": "@example.net",
                                "authenticated": "yes"}})
        with milter_wire.Connection(self.milter.socket) as connection:
            self.assertEqual(connection.negotiate(), before)

    def test_other_switch_file(self):
        other = self.milter.folder / "other-switch"
        seen = len(self.milter.events())
        self.reload({"repair": {"switch-file": other}})
        self.assertIn(str(other), self.milter.wait_event(343, seen)["description"])
        self.assertFalse(self.repairs())
        other.write_bytes(b"")
        other.chmod(0o644)
        self.assertTrue(self.repairs())
        self.assertIn(str(other), self.milter.wait_event(342, seen)["description"])

    def test_same_switch_file_is_no_change(self):
        seen = len(self.milter.events())
        self.reload({})
        self.assertTrue(self.repairs())
        numbers = [event["id"] for event in self.milter.events()[seen:]]
        self.assertEqual([number for number in numbers if number in (342, 343)], [])

    def test_log_format(self):
        before = len(self.milter.lines())
        self.milter.reload({"log": {"format": "json"}})
        line = lab.wait_until(lambda: self.milter.lines()[before:], "a line")[0]
        self.assertIn(b'"event_id":344', line)

    def test_limits(self):
        self.reload({"limits": {"message-bytes": 1000}})
        self.assertFalse(self.repairs())

    def test_option_still_goes_before_settings(self):
        other = self.milter.folder / "other.sock"
        milter = milter_process.MilterProcess(self.milter.folder)
        milter.socket = f"unix:{other}"
        self.milter.stop()
        self.addCleanup(milter.finish)
        milter.start(options=["--socket", milter.socket])
        seen = len(milter.events())
        milter.process.send_signal(signal.SIGHUP)
        self.assertNotIn("restart", milter.wait_event(344, seen)["description"])


class Load(unittest.TestCase):
    """Reloads while messages go through: each is repaired or left as one of the settings says."""

    def setUp(self):
        self.milter = milter_process.started(self)
        self.milter.switch_on()
        self.wrong = []
        self.done = 0
        self.over = False

    def play(self, number):
        sent = mails.in_zone(mails.alternative_mail(), number)
        try:
            with milter_wire.open_session(self.milter.socket) as connection:
                while not self.over:
                    outcome = connection.message(sent)
                    if (outcome.verdict, outcome.codes()) != (milter_wire.CONTINUE, "bi"):
                        self.wrong.append(outcome)
                    self.done += 1
        except (OSError, EOFError, AssertionError) as error:
            self.wrong.append(error)

    def test_survives_300_under_load(self):
        players = [threading.Thread(target=self.play, args=(number,))
                   for number in range(CONNECTIONS)]
        for player in players:
            player.start()
        for number in range(ROUNDS):
            if number % 10 == 0:
                self.milter.reload({"limits": {"parts": 100 + number}})
            else:
                self.milter.process.send_signal(signal.SIGHUP)
            time.sleep(0.005)
        self.over = True
        for player in players:
            player.join()
        self.assertEqual(self.wrong, [])
        self.assertGreater(self.done, CONNECTIONS)
        self.milter.wait_event(344)
        self.assertTrue(self.milter.alive())
        self.assertEqual(self.milter.stop(), 0)
        bad = [event for event in self.milter.events() if event["id"] == 345]
        self.assertEqual(bad, [])


if __name__ == "__main__":
    lab.run_tests()
