#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Mail is mended on a disk that fills up meanwhile, after any number of blocks.

A mail is mended, or it is as it was and that is told; nothing is left beside it, and with room the
next run mends it.
"""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import stored

DISK = 1 << 20
BLOCK = 4096
TROUBLE = 2


class FullDisk(unittest.TestCase):
    def setUp(self):
        lab.need(os.geteuid() == 0, "a small disk is mounted by root")
        self.folder = lab.scratch_folder(self)
        self.config = stored.settings(self.folder)
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", self.disk],
                              check=False, capture_output=True)
        lab.need(done.returncode == 0, "a disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.ballast = self.disk / "ballast"

    def leave(self, blocks):
        """Fills the disk but for so many blocks."""
        self.ballast.unlink(missing_ok=True)
        free = os.statvfs(self.disk).f_bavail - blocks
        with self.ballast.open("wb") as ballast:
            ballast.write(b"\0" * (free * BLOCK))
        self.assertEqual(os.statvfs(self.disk).f_bavail, blocks)

    def check(self, name, octets, mended_name, mended):
        """Mends with ever more room."""
        store = self.disk / "store"
        said = set()
        for blocks in range(20):
            (store / name).write_bytes(octets)
            self.leave(blocks)
            code, out, err = stored.repair(self.config, store)
            said.add(code)
            there = {str(path.relative_to(store)): path.read_bytes()
                     for path in store.rglob("*") if path.is_file()}
            expected = {mended_name: mended} if code == 0 else {name: octets}
            self.assertEqual(there, expected, (blocks, out, err))
            if code:
                self.assertEqual(code, TROUBLE)
                self.assertIn(b"No space left", err)
                self.ballast.unlink()
                self.assertEqual(stored.repair(self.config, store)[0], 0)
                self.assertEqual((store / mended_name).read_bytes(), mended)
            (store / mended_name).unlink()
        self.assertEqual(said, {0, TROUBLE})

    def test_maildir(self):
        mail = stored.broken(1)
        stored.make_maildir(self.disk / "store")
        self.check("cur/1.M1P1.host:2,S", mail, "cur/1.M1P1.host.calmend:2,S",
                   stored.mended(mail, self.config))

    def test_mbox(self):
        """Its last block is full, so it needs another one."""
        (self.disk / "store").mkdir()
        mails = [stored.broken(1), *map(stored.plain, range(2, 20))]
        size = len(stored.mbox(*mails))
        mails[1] = mails[1].rstrip(b"\n") + b"x" * (-size % BLOCK) + b"\n"
        self.assertEqual(len(stored.mbox(*mails)) % BLOCK, 0)
        self.check("box", stored.mbox(*mails), "box",
                   stored.mbox(*(stored.mended(mail, self.config) for mail in mails)))


if __name__ == "__main__":
    lab.run_tests()
