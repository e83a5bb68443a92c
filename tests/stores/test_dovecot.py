#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A Maildir is mended while a real Dovecot serves it.

A client that waits (IDLE) sees the mended mail come and the old one go; flags, keywords and the
date of arrival stay; clients that flag, delete and append meanwhile lose nothing and find nothing
twice; and Dovecot's log holds no complaint.
"""
import pathlib
import random
import re
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import dovecot
import lab
import stored

DATE = '"05-Jan-2026 10:15:00 +0000"'
MANY = 120


class Served(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.config = stored.settings(self.folder)
        self.mail = stored.make_maildir(self.folder / "Maildir")
        self.server = dovecot.Dovecot(self, self.mail)
        self.client = self.server.login(self)
        self.client.select()

    def append(self, mail, *flags):
        code, text = self.client.append("INBOX", " ".join(flags) and f"({' '.join(flags)})", DATE,
                                        mail.replace(b"\n", b"\r\n"))
        self.assertEqual(code, "OK", text)

    def mails(self):
        """What another client finds, by number."""
        client = self.server.login(self)
        client.select(readonly=True)
        return {stored.number_of(mail["octets"]): mail for mail in dovecot.fetch_all(client)}

    def repair(self):
        code, out, err = stored.repair(self.config, self.mail)
        self.assertEqual((code, err), (0, b""))
        return out

    def check_mended(self, mail, number):
        self.assertEqual(mail["octets"], stored.mended(stored.broken(number), self.config))


class Idle(Served):
    def wait_for(self, file, *patterns):
        """Reads the lines that a waiting client gets until each pattern was met."""
        wanted = set(patterns)
        while wanted:
            line = file.readline().decode()
            self.assertTrue(line, "the server hung up")
            wanted = {pattern for pattern in wanted if not re.match(pattern, line)}

    def test_client_sees_it(self):
        """EXISTS for the new mail, EXPUNGE for the old one; then it opens the new one."""
        self.append(stored.plain(1), "\\Seen")
        self.append(stored.broken(2), "\\Seen", "\\Flagged", "$Forwarded", "Budget")
        waiting = self.server.login(self)
        waiting.select()
        before = self.mails()
        waiting.send(b"x1 IDLE\r\n")
        self.wait_for(waiting.file, r"\+ idling")
        self.assertIn(b"2 messages, 1 mended", self.repair())
        self.wait_for(waiting.file, r"\* \d+ EXISTS", r"\* 2 EXPUNGE")
        waiting.send(b"DONE\r\n")
        self.wait_for(waiting.file, r"x1 OK")
        found = {stored.number_of(mail["octets"]): mail for mail in dovecot.fetch_all(waiting)}
        self.assertEqual(found[1], before[1])
        self.check_mended(found[2], 2)
        self.assertGreater(found[2]["uid"], before[2]["uid"])
        for key in ("flags", "date"):
            self.assertEqual(found[2][key], before[2][key])
        self.assertEqual(found[2]["flags"], {"\\Seen", "\\Flagged", "$Forwarded", "Budget"})
        self.assertEqual(self.server.complaints(), [])


class Busy(Served):
    """Clients at work while many mails are mended."""

    def setUp(self):
        super().setUp()
        for number in range(MANY):
            self.append(stored.broken(number), "\\Seen")
        self.over = threading.Event()
        self.faults = []

    def start(self, work):
        """Lets a client work until it is over."""
        client = self.server.login(self)
        client.select()

        def run():
            chance = random.Random(work.__name__)
            try:
                while not self.over.is_set():
                    work(client, chance)
            except Exception as fault:  # pylint: disable=broad-except
                self.faults.append(fault)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.addCleanup(thread.join, lab.PATIENCE)
        self.addCleanup(self.over.set)
        return thread

    def flag(self, client, chance):
        """Flags one mail, and takes the flag of another away."""
        for sign in "+-":
            number = chance.randrange(MANY // 2)
            _, (uids,) = client.uid("SEARCH", "HEADER", "X-Number", str(number))
            for uid in uids.split():
                client.uid("STORE", uid.decode(), sign + "FLAGS", "(\\Answered)")

    def delete(self, client, chance):
        """Deletes one of the upper half, until it is no more."""
        number = chance.randrange(MANY // 2, MANY)
        _, (uids,) = client.uid("SEARCH", "HEADER", "X-Number", f"{number}")
        for uid in uids.split():
            client.uid("STORE", uid.decode(), "+FLAGS", "(\\Deleted)")
            client.expunge()

    def test_nothing_is_lost_or_there_twice(self):
        workers = [self.start(self.flag), self.start(self.delete)]
        run = subprocess.Popen([lab.COMMAND, "repair", "--in-place", "--config", self.config,
                                self.mail], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for number in range(MANY, MANY + 10):
            self.append(stored.plain(number))
        out, _ = run.communicate(timeout=lab.TIME_LIMIT / 2)
        self.assertIn(b" mended\n", out)
        self.over.set()
        for worker in workers:
            worker.join(lab.PATIENCE)
        self.assertEqual(self.faults, [])
        self.repair()  # what was renamed under the first run's nose
        client = self.server.login(self)
        client.select()
        found = dovecot.fetch_all(client)
        numbers = sorted(stored.number_of(mail["octets"]) for mail in found)
        self.assertEqual(len(numbers), len(set(numbers)), "a mail is there twice")
        kept = [number for number in numbers if not MANY // 2 <= number < MANY]
        self.assertEqual(kept, [*range(MANY // 2), *range(MANY, MANY + 10)])
        self.assertLess(len(numbers), MANY + 10, "nothing was deleted")
        for mail in found:
            if stored.number_of(mail["octets"]) < MANY:
                self.check_mended(mail, stored.number_of(mail["octets"]))
                self.assertIn("\\Seen", mail["flags"])
        self.assertEqual(self.server.complaints(), [])


if __name__ == "__main__":
    lab.run_tests()
