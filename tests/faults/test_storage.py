#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""No room for large messages: the folder for temporary files is full, or may not be written.

Such a message passes as it came with event 331, small ones are repaired, and once there is room
again large ones are, too. Nothing is put off. Where the MTA's own limit is too close for a repair,
the message passes as it came as well.
"""
import os
import subprocess
import unittest

from fault_site import Account, FaultSite, Traffic, lab, mails, run_under, sized_mail

MEMORY_BYTES = 20000
LARGE = 300000
DISK_BYTES = 8 << 20
SIZE_LIMIT = 400000
TAKEN_AS_IT_IS = 1100  # octets that Postfix counts beside the message, and some


class Storage(unittest.TestCase):
    """TMPDIR is a disk of DISK_BYTES, made for each test."""

    @classmethod
    def setUpClass(cls):
        lab.need(os.geteuid() == 0, "a small disk is mounted by root")
        cls.site = FaultSite(cls, settings={"limits": {"memory-bytes": MEMORY_BYTES}})

    def setUp(self):
        self.disk = self.site.folder / self._testMethodName
        self.disk.mkdir()
        done = self.run_mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none")
        lab.need(done.returncode == 0, "a disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        run_under(self.site.milter, "env", f"TMPDIR={self.disk}")

    def run_mount(self, *arguments):
        return subprocess.run(["mount", *arguments, self.disk], check=False, capture_output=True)

    def run_traffic(self, text, mail, mended):
        traffic = Traffic(self.site, mail, mended)
        account = self.site.attempt(Account(text), traffic, traffic.wait_for_more)
        self.assertEqual(account.put_off, 0)
        return account

    def check_fault(self, text, words, mend):
        """Large mail passes as it came, small mail is repaired, and afterwards both are."""
        large = sized_mail(LARGE), sized_mail(LARGE, True)
        seen = len(self.site.milter.events())
        account = self.run_traffic(text, *large)
        self.assertEqual(account.as_it_came, account.taken)
        self.assertIn(words, self.site.milter.wait_event(331, seen)["description"])
        account = self.run_traffic(f"{text}: small mail", None, None)
        self.assertEqual(account.repaired, account.taken)
        mend()
        account = self.run_traffic(f"{text}: afterwards", *large)
        self.assertEqual(account.repaired, account.taken)

    def test_full(self):
        filler = self.disk / "filler"
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        self.check_fault("folder for temporary files full", "No space left", filler.unlink)

    def test_read_only(self):
        self.assertEqual(self.run_mount("-o", "remount,ro").returncode, 0)
        self.check_fault("folder for temporary files not writable", "Read-only",
                         lambda: self.run_mount("-o", "remount,rw"))


class SizeLimit(unittest.TestCase):
    """message_size_limit of Postfix, of which the milter is told."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls, settings={"limits": {"mta-bytes": SIZE_LIMIT}},
                             size_limit=SIZE_LIMIT)

    def test_repair_would_not_fit(self):
        """Postfix takes the message, and would answer 552 to the repaired one."""
        size = SIZE_LIMIT - TAKEN_AS_IT_IS
        fill = b"X-Fill: " + b"a" * 60 + b"\r\n"
        spare = len(mails.reply_mail())
        mail = mails.reply_mail(extra=fill * ((size - spare) // len(fill)))
        traffic = Traffic(self.site, mail, b"")
        account = self.site.attempt(Account("message close to message_size_limit"), traffic,
                                    traffic.wait_for_more)
        self.assertEqual((account.as_it_came, account.put_off), (account.taken, 0))
        self.assertIn("mta-bytes", self.site.milter.wait_event(331)["description"])


if __name__ == "__main__":
    lab.run_tests()
