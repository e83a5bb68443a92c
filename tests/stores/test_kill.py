#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Mending stored mail is killed at every system call that it makes; the next run finishes it.

At no moment is a mail missing; after the next run each is there once, mended, with its flags, and
nothing is left of the killed run. In an mbox another program appends a mail between the two runs.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import stored

KILL_AT = lab.BUILD / "tests" / "stores" / "kill_at"
KILLED = 99
STEPS = 2000   # a run makes fewer system calls
EARLIER = 40   # the end of a run over nothing
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # nobody pulls a plug here


class Kill(unittest.TestCase):
    """A store in a folder, which each killed run gets anew."""

    def setUp(self):
        lab.need(KILL_AT.exists(), "tests/stores/kill_at is not built: make check-stores does it")
        self.folder = lab.scratch_folder(self, MEMORY)
        self.config = stored.settings(self.folder)
        self.store = self.folder / "store"

    def run_until(self, step, *arguments):
        """A run that is killed at a step: (exit code, how many steps it made)."""
        done = subprocess.run([KILL_AT, str(step), lab.COMMAND, "repair", "--in-place", "--config",
                               self.config, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=lab.PATIENCE)
        self.assertIn(done.returncode, (0, KILLED), done.stderr)
        return done.returncode, 0 if done.returncode else int(done.stderr)

    def begin(self):
        """A step before the first that has to do with stored mail: how a run over nothing goes."""
        empty = self.folder / "empty"
        empty.mkdir()
        _, count = self.run_until(STEPS, empty)
        return count - EARLIER

    def kill_each(self, *arguments, begin=1):
        """Kills a run at each of its steps, one run after the other, and yields each time, to have
        another run finish. What fails then names the step."""
        first = self.folder / "first"
        self.store.rename(first)
        for step in range(begin, STEPS):
            shutil.copytree(first, self.store)
            code, _ = self.run_until(step, *arguments, self.store)
            self.step = step
            yield
            shutil.rmtree(self.store)
            if code == 0:
                break
        self.assertGreater(step - begin, 80)  # it was killed, and many times

    def finish(self):
        """The next run."""
        code, _, err = stored.repair(self.config, self.store)
        self.assertEqual((code, err), (0, b""), f"step {self.step}")

    def check_nothing_left(self):
        """No file of a killed run is there."""
        self.assertEqual([path for path in self.store.rglob("*")
                          if path.name.startswith(".calmend-") or path.parent.name == "tmp"], [])


class Maildir(Kill):
    """cur with flags and keywords, new without."""

    def setUp(self):
        super().setUp()
        self.old = {
            "cur/1600000001.M1P1.host,S=1,W=2:2,FSa": stored.broken(1),
            "cur/1600000002.M1P1.host:2,S": stored.plain(2),
            "new/1600000003.M1P1.host": stored.broken(3),
        }
        stored.make_maildir(self.store)
        for name, mail in self.old.items():
            (self.store / name).write_bytes(mail)
            os.utime(self.store / name, (stored.TIME, stored.TIME))
        self.new = {
            "cur/1600000001.M1P1.host.calmend,S=%d,W=%d:2,FSa": stored.broken(1),
            "cur/1600000002.M1P1.host:2,S": stored.plain(2),
            "new/1600000003.M1P1.host.calmend": stored.broken(3),
        }
        self.new = {self.sized(name, mail): mail for name, mail in
                    ((name, stored.mended(mail, self.config)) for name, mail in self.new.items())}

    @staticmethod
    def sized(name, mail):
        return name % (len(mail), len(mail) + mail.count(b"\n")) if "%d" in name else name

    def check_none_missing(self):
        """Each mail is there, whole, as it was or as it becomes; perhaps both."""
        whole = {**self.old, **self.new}
        there = stored.in_maildir(self.store)
        for name, mail in there.items():
            self.assertEqual(mail, whole[name], name)
        self.assertEqual({stored.number_of(mail) for mail in there.values()}, {1, 2, 3})

    def test_each_mail_is_there_once(self):
        backup = self.folder / "backup"
        for _ in self.kill_each("--backup", backup):
            self.check_none_missing()
            self.finish()
            self.assertEqual(stored.in_maildir(self.store), self.new, f"step {self.step}")
            for name in self.new:
                self.assertEqual((self.store / name).stat().st_mtime, stored.TIME)
            self.check_nothing_left()
        kept = {path.read_bytes() for path in backup.rglob("*host*") if path.is_file()}
        self.assertEqual(kept, {stored.broken(1), stored.broken(3)})


class Files(Kill):
    """MH and a file by itself."""

    def setUp(self):
        super().setUp()
        self.store.mkdir()
        self.old = {"7": stored.broken(7), "8": stored.plain(8), "a.eml": stored.broken(9)}
        for name, mail in self.old.items():
            (self.store / name).write_bytes(mail)
        self.new = {name: stored.mended(mail, self.config) for name, mail in self.old.items()}

    def test_each_mail_is_there_once(self):
        for _ in self.kill_each(begin=self.begin()):
            for name, mail in self.old.items():
                self.assertIn((self.store / name).read_bytes(), (mail, self.new[name]))
            self.finish()
            self.assertEqual({path.name: path.read_bytes() for path in self.store.iterdir()},
                             self.new)


class Mbox(Kill):
    """An mbox that grows and one that shrinks; nobody else, or somebody, writes meanwhile."""

    def mbox(self, *mails):
        self.store.mkdir()
        (self.store / "box").write_bytes(stored.mbox(*mails))
        os.utime(self.store / "box", (stored.TIME, stored.TIME))
        return [stored.mended(mail, self.config) for mail in mails]

    def check(self, mails, appended):
        """Kills, appends, finishes."""
        new = self.mbox(*mails)
        for _ in self.kill_each(begin=self.begin()):
            with (self.store / "box").open("ab") as box:
                box.write(stored.mbox(*appended))
            self.finish()
            lab.assert_octets_equal((self.store / "box").read_bytes(), stored.mbox(
                *new, *(stored.mended(mail, self.config) for mail in appended)), f"the mbox, step {self.step},")
            if not appended:
                self.assertEqual((self.store / "box").stat().st_mtime, stored.TIME)
            self.assertEqual([path.name for path in self.store.iterdir()
                              if not path.name.startswith(".lk")], ["box"])

    def test_that_grows(self):
        self.check([stored.plain(1), stored.broken(2), stored.plain(3)], [])

    def test_that_grows_while_mail_arrives(self):
        self.check([stored.broken(1), stored.plain(2)], [stored.plain(3), stored.broken(4)])

    def test_that_shrinks(self):
        self.check([stored.plain(1), stored.shrinking(2), stored.plain(3)], [])

    def test_that_shrinks_while_mail_arrives(self):
        self.check([stored.shrinking(1), stored.plain(2)], [stored.plain(3), stored.broken(4)])


if __name__ == "__main__":
    lab.run_tests()
