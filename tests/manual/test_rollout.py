#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""doc/rollout.md: its loop over hosts turns the switches of a running milter, on and back.

ssh is a program of the test that runs the command here, in the folder of the milter.
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402
import mails  # noqa: E402
import milter_process  # noqa: E402
import milter_wire  # noqa: E402

PAGE = lab.ROOT / "doc/rollout.md"
SSH = """#!/bin/sh
exec sh -c "$(printf '%s' "$3" | sed -e "s|/etc/calmend|$FOLDER|g" -e "s|unix:/[^ ]*sock|$SOCKET|g")"
"""


class Loop(unittest.TestCase):
    def setUp(self):
        self.milter = milter_process.started(self)
        self.folder = lab.scratch_folder(self)
        (self.folder / "ssh").write_text(SSH)
        (self.folder / "ssh").chmod(0o755)
        self.loop = re.search(r"(?ms)^```\n(while read .*?)^```$", PAGE.read_text())[1]

    def roll_out(self, track, mail):
        (self.folder / "hosts").write_text(f"mx1 {track} {mail}\n")
        path = f"{self.folder}:{pathlib.Path(lab.COMMAND).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", self.loop], cwd=self.folder, check=False, text=True, timeout=lab.PATIENCE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": path, "FOLDER": str(self.milter.folder),
                 "SOCKET": self.milter.socket})
        self.assertIn("CALMEND OK", done.stdout)

    def event(self, queue_id):
        milter_wire.one_message(self.milter.socket, mails.reply_mail(), queue_id=queue_id.encode())
        lab.wait_until(lambda: self.milter.events_of(queue_id), "the event")
        return self.milter.events_of(queue_id)[0]["id"]

    def test_on_and_back(self):
        self.roll_out(0, 0)
        self.assertEqual(self.event("R1"), 328)
        self.roll_out(1, 0)
        self.assertEqual(self.event("R2"), 327)
        self.assertEqual(self.milter.switch.read_text(), "1\n")
        self.roll_out(0, 1)
        self.assertEqual(self.event("R3"), 328)
        self.assertEqual(self.milter.mail_switch.read_text(), "1\n")


if __name__ == "__main__":
    lab.run_tests()
