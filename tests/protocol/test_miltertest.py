#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The main case once more, played by Debian's miltertest: a second implementation."""
import pathlib
import shutil
import unittest

import lab
import milter_process

SCRIPT = pathlib.Path(__file__).with_name("reply.lua")


class Miltertest(unittest.TestCase):
    def setUp(self):
        lab.need(shutil.which("miltertest"), "miltertest is not installed")

    def play(self, milter, mended):
        code, out, err = milter_process.run(
            "miltertest", "-D", f"socket={milter.socket}", "-D", f"mended={mended}", "-s", SCRIPT)
        self.assertEqual(code, 0, (out, err))

    def check(self, milter):
        self.play(milter, "no")
        milter.switch_on()
        self.play(milter, "yes")

    def test_over_unix(self):
        self.check(milter_process.started(self))

    def test_over_inet(self):
        self.check(milter_process.started(self, socket=f"inet:{lab.free_port()}@127.0.0.1"))


if __name__ == "__main__":
    lab.run_tests()
