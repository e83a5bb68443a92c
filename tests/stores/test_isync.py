#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The recipe for any IMAP server: isync pulls from a Dovecot, calmend mends, isync pushes."""
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import dovecot
import lab
import mails
import recipes
import stored

DATE = '"05-Jan-2026 10:15:00 +0000"'
FLAGS = {1: {"\\Seen"}, 2: {"\\Seen", "\\Answered"}, 3: set(), 4: {"\\Flagged"}}
BROKEN = {2, 3, 5}


class Recipe(unittest.TestCase):
    def setUp(self):
        lab.need(shutil.which("mbsync"), "isync is not installed")
        self.home = lab.scratch_folder(self)
        self.server = dovecot.Dovecot(self, stored.make_maildir(self.home / "served"))
        self.client = self.server.login(self)
        self.client.create("Archive")
        for number in (1, 2, 3, 4):
            self.append("INBOX", number, FLAGS[number])
        self.append("Archive", 5, {"\\Seen"})

    def append(self, folder, number, flags):
        mail = (stored.broken if number in BROKEN else stored.plain)(number)
        code, text = self.client.append(folder, f"({' '.join(flags)})", DATE,
                                        mail.replace(b"\n", b"\r\n"))
        self.assertEqual(code, "OK", text)

    def mails(self, folder):
        """What is in a folder, by number; each only once."""
        self.client.select(folder, readonly=True)
        found = dovecot.fetch_all(self.client)
        by_number = {stored.number_of(mail["octets"]): mail for mail in found}
        self.assertEqual(len(by_number), len(found))
        return by_number

    def prepare(self):
        """Writes the recipe's settings for this server; the commands of the recipe."""
        settings, commands = recipes.blocks("On an IMAP server")
        (self.home / "mend").mkdir()
        (self.home / "mend/password").write_text(dovecot.PASSWORD + "\n")
        (self.home / "mend/mbsyncrc").write_text(recipes.adapt(settings, {
            "Host imap.example.com": f"Host 127.0.0.1\nPort {self.server.port}\nAuthMechs LOGIN",
            "SSLType IMAPS": "SSLType None"}))
        return commands

    def check_same(self, after, before):
        """Flags and date of a mail."""
        for key in ("flags", "date"):
            self.assertEqual(after[key], before[key])

    def test_pull_mend_push(self):
        commands = self.prepare()
        before = {**self.mails("INBOX"), **self.mails("Archive")}
        self.assertIn("5 messages, 3 mended", recipes.run(commands, self.home))
        self.assertEqual(set(self.mails("INBOX")), {1, 2, 3, 4})
        self.assertEqual(set(self.mails("Archive")), {5})
        after = {**self.mails("INBOX"), **self.mails("Archive")}
        for number, mail in after.items():
            self.check_same(mail, before[number])
            octets = mails.without_fields(mail["octets"].replace(b"\n", b"\r\n"), "X-Calmend",
                                          "X-TUID").replace(b"\r\n", b"\n")
            expected = before[number]["octets"]
            if number in BROKEN:
                expected = stored.mended(expected, stored.settings(self.home))
            else:
                self.assertEqual(mail["uid"], before[number]["uid"])
            self.assertEqual(octets, expected)
        kept = {path.read_bytes() for path in (self.home / "mend/kept").rglob("*")
                if path.is_file()}
        self.assertEqual({stored.number_of(mail) for mail in kept}, BROKEN)
        self.assertEqual(self.server.complaints(), [])
        self.assertIn("5 messages, 0 mended", recipes.run(commands, self.home))
        self.assertEqual({**self.mails("INBOX"), **self.mails("Archive")}, after)


if __name__ == "__main__":
    lab.run_tests()
