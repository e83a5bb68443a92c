#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What warns before calmend is removed while an MTA still asks it: packaging/removal/warn-removal.

It asks the real postconf, of settings in a folder; nothing is started.
"""
import os
import shutil
import subprocess
import unittest

from mail_site import lab
from postfix import milter_lines

SCRIPT = lab.ROOT / "packaging/removal/warn-removal"
MASTER = "smtp inet n - n - - smtpd\nsubmission inet n - n - - smtpd\n"


class Removal(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.socket = "unix:/run/calmend/calmend.sock"

    def said(self, main="", master="", sendmail=""):
        """What is said of these settings, as lines."""
        lab.need(shutil.which("postconf"), "postconf is not installed")
        for name, text in (("main.cf", "compatibility_level = 3.6\n" + main),
                           ("master.cf", MASTER + master), ("sendmail.cf", sendmail),
                           ("calmend.conf", f"[service]\nsocket={self.socket}\n")):
            (self.folder / name).write_text(text)
        program = self.folder / "calmend-milter"
        program.write_text(f'#!/bin/sh\nexec {lab.MILTER} --config {self.folder}/calmend.conf "$@"\n')
        program.chmod(0o755)
        done = subprocess.run(
            ["sh", SCRIPT], check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"PATH": f"{self.folder}:{os.environ['PATH']}", "MAIL_CONFIG": str(self.folder),
                 "SENDMAIL_CF": str(self.folder / "sendmail.cf")})
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        return done.stderr.splitlines()

    def check_named(self, said, line, advice="postfix reload"):
        """The line of the settings stands between what it means and what to do."""
        self.assertEqual(len(said), 3, said)
        self.assertIn("put mail off", said[0])
        self.assertEqual(said[1], f"calmend:     {line}")
        self.assertIn(advice, said[2])

    def test_nobody_asks(self):
        self.assertEqual(self.said("smtpd_milters = unix:opendkim/opendkim.sock\n",
                                   "  -o syslog_name=calmend\n"), [])

    def test_lines_of_the_readme(self):
        lines = [line for line in milter_lines(None).splitlines() if "_milters = " in line]
        self.assertEqual(len(lines), 2)
        self.assertEqual(self.said(milter_lines(None))[1:-1],
                         [f"calmend:     {line}" for line in lines])

    def test_without_smtp(self):
        line = "non_smtpd_milters = unix:calmend/calmend.sock"
        self.check_named(self.said(line + "\n"), line)

    def test_by_another_setting(self):
        self.check_named(self.said("mine = unix:calmend/calmend.sock\nsmtpd_milters = $mine\n"),
                         "smtpd_milters = unix:calmend/calmend.sock")

    def test_service_of_its_own(self):
        self.check_named(self.said(master="  -o smtpd_milters=unix:calmend/calmend.sock\n"),
                         "in master.cf: submission/inet/smtpd_milters = unix:calmend/calmend.sock")

    def test_port_of_the_settings(self):
        self.socket = "inet:8891@127.0.0.1"
        line = "smtpd_milters = inet:localhost:8891"
        self.check_named(self.said(line + "\n"), line)
        self.assertEqual(self.said("smtpd_milters = inet:localhost:18891, inet:localhost:88911\n"), [])

    def test_sendmail(self):
        line = "Xcalmend, S=unix:/run/calmend/calmend.sock, F=T"
        self.check_named(self.said(sendmail=f"O InputMailFilters=x\nXother, S=inet:1@localhost\n{line}\n"),
                         f"in sendmail.cf: {line}", "sendmail.mc")

    def test_no_mta(self):
        for tool in ("grep", "sed"):
            (self.folder / tool).symlink_to(shutil.which(tool))
        done = subprocess.run(["/bin/sh", SCRIPT], check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={"PATH": str(self.folder)})
        self.assertEqual((done.returncode, done.stdout), (0, b""))


if __name__ == "__main__":
    lab.run_tests()
