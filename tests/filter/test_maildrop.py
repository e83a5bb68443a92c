#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend in maildrop, by the packaged lines."""
import os
import shutil
import subprocess
import unittest

import filter_site
from filter_cases import SENDER, Cases

import lab


class Maildrop(filter_site.Agent):
    envelope = [f"--sender={SENDER}", "--recipient=nobody"]

    def __init__(self, site):
        super().__init__(site, "maildrop", kept_when_killed=True)
        self.rules = self.home / "rules"
        snippet = site.put_snippet("maildrop/calmend.mailfilter")
        self.rules.write_text(f'DEFAULT="{self.maildir}"\ninclude "{snippet}"\n')
        self.rules.chmod(0o600)
        os.chown(self.rules, filter_site.NOBODY, filter_site.NOBODY)
        subprocess.run(filter_site.as_nobody("mkdir", "-p", *(
            str(self.maildir / name) for name in ("", "new", "cur", "tmp"))), check=True)

    def command(self):
        return ["maildrop", "-f", SENDER, str(self.rules)]


class Delivery(Cases, unittest.TestCase):
    @classmethod
    def start(cls):
        lab.need(shutil.which("maildrop"), "maildrop is not installed")
        return Maildrop(cls.site)

    def test_sender_is_no_command(self):
        """No character of it means anything to the shell."""
        sender = '"$(touch${IFS}bad)`touch bad2`;\'x"@example.com'
        self.mailer.command = lambda: ["maildrop", "-f", sender, str(self.mailer.rules)]
        self.addCleanup(delattr, self.mailer, "command")
        self.send(b"Subject: x\r\n\r\nx\r\n")
        self.arrived()
        self.assertEqual(self.site.arguments()[0], f"--sender={sender}")
        self.assertEqual(sorted(path.name for path in self.mailer.home.iterdir()),
                         ["Maildir", "rules"])


if __name__ == "__main__":
    lab.run_tests()
