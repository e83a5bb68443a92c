#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The switch file, looked at for every message: what turns repairs on, and what does not.

A change holds from the next message on, on connections that are open too, and is told once.
"""
import os
import unittest

import lab
import mails
import milter_process
import milter_wire

# Content of a present file, and whether it turns repairs on.
CONTENTS = [(b"", True), (b"1", True), (b"on\n", True), (b"0", False), (b"0\n", False),
            (b" \t\n0", False), (b"  1", True), (b"x0", True), (b"\n\n\n", True),
            (b" " * 40 + b"0", False)]


class Switch(unittest.TestCase):
    def setUp(self):
        self.milter = milter_process.started(self)
        self.connection = milter_wire.open_session(self.milter.socket)
        self.addCleanup(self.connection.close)

    def repairs(self):
        """Whether the next message, on the same connection, is repaired."""
        outcome = self.connection.message(mails.reply_mail())
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        return outcome.codes() == "bi"

    def service_events(self):
        """The switch's events so far, by number."""
        return [event["id"] for event in self.milter.events() if event["id"] in (342, 343)]

    def test_absent_present_absent(self):
        self.assertFalse(self.repairs())
        self.milter.switch_on()
        self.assertTrue(self.repairs())
        self.milter.switch_off()
        self.assertFalse(self.repairs())
        self.assertEqual(self.service_events(), [342, 343])

    def test_contents(self):
        """Written one after the other, each holds at once: same size and time do not hide it."""
        for content, expected in CONTENTS:
            with self.subTest(content=content[-20:]):
                self.milter.switch.write_bytes(content)
                self.assertEqual(self.repairs(), expected)

    def test_a_change_is_told_once_and_names_the_file(self):
        for _ in range(3):
            self.repairs()
        self.milter.switch_on()
        for _ in range(3):
            self.repairs()
        self.assertEqual(self.service_events(), [342])
        event = next(event for event in self.milter.events() if event["id"] == 342)
        self.assertIn(str(self.milter.switch), event["description"])

    def check_refused(self, reason):
        """The switch as it is counts as off, and an event says why."""
        self.assertFalse(self.repairs())
        event = self.milter.wait_event(343)
        self.assertIn(str(self.milter.switch), event["description"])
        self.assertRegex(event["description"], reason)

    def test_writable_by_others_is_refused(self):
        for mode in (0o666, 0o602, 0o620):
            with self.subTest(mode=oct(mode)):
                self.milter.switch_on()
                self.milter.switch.chmod(mode)
                self.check_refused("writ")
                self.milter.switch.chmod(0o644)
                self.assertTrue(self.repairs())

    def test_folder_is_refused(self):
        self.milter.switch.mkdir()
        self.check_refused("regular|folder|directory")

    def test_pipe_is_refused_and_does_not_block(self):
        os.mkfifo(self.milter.switch, 0o644)
        self.check_refused("regular|pipe|fifo")

    def test_on_before_the_start(self):
        self.milter.stop()
        self.milter.switch_on()
        self.milter.start()
        outcome = milter_wire.one_message(self.milter.socket, mails.reply_mail())
        self.assertEqual(outcome.codes(), "bi")


if __name__ == "__main__":
    lab.run_tests()
