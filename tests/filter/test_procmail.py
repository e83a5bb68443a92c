#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend in procmail, by the packaged recipe."""
import shutil
import unittest

import filter_site
from filter_cases import SENDER, Cases

import lab


class Procmail(filter_site.Agent):
    envelope = [f"--sender={SENDER}", "--recipient=nobody"]

    def __init__(self, site):
        super().__init__(site, "procmail", kept_when_killed=False)
        self.rc = site.folder / "procmailrc"
        snippet = site.put_snippet("procmail/calmend.rc")
        self.rc.write_text(f"SHELL=/bin/sh\nLOGFILE={self.home}/log\nDEFAULT={self.maildir}/\n"
                           f"INCLUDERC={snippet}\n")

    def command(self):
        return ["procmail", "-f", SENDER, str(self.rc)]


class Delivery(Cases, unittest.TestCase):
    @classmethod
    def start(cls):
        lab.need(shutil.which("procmail"), "procmail is not installed")
        return Procmail(cls.site)


if __name__ == "__main__":
    lab.run_tests()
