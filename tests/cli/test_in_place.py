#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend repair --in-place: stored mail mended where it lies.

What is mended, what stays (octets, owner, mode, time, flags), what is told, what is kept, and how it
ends. tests/stores kills it, and lets servers and MTAs work beside it.
"""
import fcntl
import os
import pathlib
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "stores"))

# pylint: disable=wrong-import-position
import lab
import mails
import stored

# Before the first mail goes, the file CALMEND_AT is made and waited for until somebody takes it away.
PAUSE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int unlinkat(int folder, const char *name, int flags)
{
    const char *at = getenv("CALMEND_AT");
    int (*next)(int, const char *, int) = dlsym(RTLD_NEXT, "unlinkat");
    static int paused;
    if (!paused && faccessat(folder, name, F_OK, 0) == 0) {
        paused = 1;
        close(open(at, O_CREAT | O_WRONLY, 0600));
        while (access(at, F_OK) == 0)
            usleep(1000);
    }
    return next(folder, name, flags);
}
"""

# A server renames a mail once the run has read it, which is before it locks the folder once more.
RENAME = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int flock(int file, int operation)
{
    static int calls;
    int (*next)(int, int) = dlsym(RTLD_NEXT, "flock");
    if (++calls == 2)
        rename(getenv("CALMEND_OLD"), getenv("CALMEND_NEW"));
    return next(file, operation);
}
"""

# Whoever may write to a file may not set its times, but for its owner.
NOT_THE_OWNER = """
#include <errno.h>
int futimens(int file, const void *times)
{
    (void)file;
    (void)times;
    errno = EPERM;
    return -1;
}
"""

TROUBLE = 2
RULE = b"attendee-change-missing x1"


class Stores(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.config = stored.settings(self.folder)
        self.store = self.folder / "store"
        self.store.mkdir()

    def write(self, name, octets, mode=0o640):
        path = self.store / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
        path.chmod(mode)
        os.utime(path, (stored.TIME, stored.TIME))
        return path

    def repair(self, *arguments):
        """What a run says on stdout; it must end well."""
        code, out, err = stored.repair(self.config, *arguments)
        self.assertEqual((code, err), (0, b""))
        return out

    def trouble(self, *arguments, stdin=b""):
        """(stdout, stderr) of a run that ends with 2."""
        code, out, err = stored.repair(self.config, *arguments, stdin=stdin)
        self.assertEqual(code, TROUBLE, (out, err))
        self.assertTrue(err.startswith(b"calmend repair: "), err)
        return out, err

    def mended(self, mail):
        return stored.mended(mail, self.config)

    def tree(self):
        """Each file with its octets."""
        return {str(path.relative_to(self.store)): path.read_bytes()
                for path in self.store.rglob("*") if path.is_file()}


class Mended(Stores):
    def test_file_and_mh(self):
        """Octets, mode and time."""
        for name in ("a.eml", "mh/12"):
            self.write(name, stored.broken(1))
        out = self.repair(self.store)
        self.assertEqual(out, b"%s/a.eml: mended: %s\n%s/mh/12: mended: %s\n2 messages, 2 mended\n"
                         % (bytes(self.store), RULE, bytes(self.store), RULE))
        self.assertEqual(self.tree(), {name: self.mended(stored.broken(1))
                                       for name in ("a.eml", "mh/12")})
        for name in ("a.eml", "mh/12"):
            status = (self.store / name).stat()
            self.assertEqual((stat.S_IMODE(status.st_mode), status.st_mtime), (0o640, stored.TIME))

    def test_maildir(self):
        """A new name with the flags; the numbers of other programs go."""
        stored.make_maildir(self.store / "Maildir")
        self.write("Maildir/cur/1.M1P1.host,S=1,W=2,U=7:2,FSa", stored.broken(1))
        self.write("Maildir/new/2.M1P1.host", stored.broken(2))
        self.write("Maildir/cur/3.M1P1.host:2,S", stored.plain(3))
        out = self.repair(self.store)
        self.assertTrue(out.endswith(b"3 messages, 2 mended\n"), out)
        one, two = self.mended(stored.broken(1)), self.mended(stored.broken(2))
        sizes = f"S={len(one)},W={len(one) + one.count(10)}"
        self.assertEqual(self.tree(), {f"Maildir/cur/1.M1P1.host.calmend,{sizes}:2,FSa": one,
                                       "Maildir/new/2.M1P1.host.calmend": two,
                                       "Maildir/cur/3.M1P1.host:2,S": stored.plain(3)})
        status = next((self.store / "Maildir/cur").glob("1.*")).stat()
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_mtime), (0o640, stored.TIME))

    def test_mail_of_a_maildir_that_is_renamed(self):
        """It gets a flag, or is moved from new to cur, between reading and mending."""
        stored.make_maildir(self.store)
        for old, new, code in (("cur/1.M1P1.host:2,", "cur/1.M1P1.host:2,S", 0),
                               ("new/1.M1P1.host", "cur/1.M1P1.host:2,", TROUBLE)):
            self.write(old, stored.broken(1))
            done = subprocess.run(
                [lab.COMMAND, "repair", "--in-place", "--config", self.config, self.store],
                env=lab.shim(self.folder, RENAME, CALMEND_OLD=str(self.store / old),
                             CALMEND_NEW=str(self.store / new)),
                capture_output=True, check=False, timeout=lab.PATIENCE)
            self.assertEqual((done.returncode, b"was moved" in done.stderr), (code, code != 0), done)
            name, mail = new, stored.broken(1)
            if code == 0:
                name, mail = new.replace(":", ".calmend:"), self.mended(mail)
            self.assertEqual(self.tree(), {name: mail})
            (self.store / name).unlink()

    def test_mail_of_a_maildir_by_its_name(self):
        """It is no other mail for being named."""
        stored.make_maildir(self.store)
        mail = self.write("cur/1.M1P1.host:2,S", stored.broken(1))
        self.repair(mail)
        self.assertEqual(list(self.tree()), ["cur/1.M1P1.host.calmend:2,S"])

    def test_mbox(self):
        """What stands around the mended mails stays, octet for octet."""
        before = [stored.plain(1), stored.broken(2), stored.plain(3), stored.broken(4)]
        path = self.write("box", stored.mbox(*before))
        inode = path.stat().st_ino
        out = self.repair(path)
        self.assertEqual(out, b"%s:2: mended: %s\n%s:4: mended: %s\n4 messages, 2 mended\n"
                         % (bytes(path), RULE, bytes(path), RULE))
        lab.assert_octets_equal(path.read_bytes(), stored.mbox(*map(self.mended, before)))
        status = path.stat()
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_mtime, status.st_ino),
                         (0o640, stored.TIME, inode))
        self.assertEqual([path.name for path in self.store.iterdir()], ["box"])

    def test_mbox_that_shrinks(self):
        before = [stored.shrinking(1), stored.plain(2)]
        path = self.write("box", stored.mbox(*before))
        self.repair(path)
        after = stored.mbox(*map(self.mended, before))
        self.assertLess(len(after), len(stored.mbox(*before)))
        lab.assert_octets_equal(path.read_bytes(), after)

    def test_mbox_of_somebody_else(self):
        """Its time cannot stay, and that is all."""
        path = self.write("box", stored.mbox(stored.broken(1)))
        done = subprocess.run([lab.COMMAND, "repair", "--in-place", "--config", self.config, path],
                              env=lab.shim(self.folder, NOT_THE_OWNER),
                              capture_output=True, check=False, timeout=lab.PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(self.tree(), {"box": stored.mbox(self.mended(stored.broken(1)))})

    def test_second_run_does_nothing(self):
        stored.make_maildir(self.store / "Maildir")
        self.write("Maildir/cur/1.M1P1.host:2,S", stored.broken(1))
        self.write("box", stored.mbox(stored.broken(2)))
        self.write("a.eml", stored.broken(3))
        self.repair(self.store)
        tree = self.tree()
        self.assertEqual(self.repair(self.store), b"3 messages, 0 mended\n")
        self.assertEqual(self.tree(), tree)

    def test_link_that_is_named(self):
        """The file is mended and the link stays."""
        self.write("a.eml", stored.broken(1))
        link = self.folder / "link"
        link.symlink_to(self.store / "a.eml")
        self.repair(link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(link.read_bytes(), self.mended(stored.broken(1)))

    def test_profile(self):
        """As in the other commands: a line of 1,200 octets is the outbound profile's."""
        mail = stored.unix(mails.mail(mails.part(mails.calendar_type(), mails.reply_calendar(
            True, summary=b"x" * 1200))))
        path = self.write("a.eml", mail)
        self.assertEqual(self.repair(path), b"1 messages, 0 mended\n")
        self.assertIn(b"long-line x1", self.repair("--profile", "outbound", path))

    @unittest.skipIf(os.geteuid() != 0, "only root gives files away")
    def test_owner(self):
        stored.make_maildir(self.store / "Maildir")
        paths = [self.write("Maildir/cur/1.M1P1.host:2,S", stored.broken(1)),
                 self.write("box", stored.mbox(stored.broken(2))),
                 self.write("a.eml", stored.broken(3))]
        for path in paths:
            os.chown(path, 12345, 23456)
        self.repair(self.store)
        for path in self.store.rglob("*"):
            if path.is_file():
                self.assertEqual((path.stat().st_uid, path.stat().st_gid), (12345, 23456), path)


class Told(Stores):
    def test_dry_run(self):
        """The same lines, and not an octet."""
        stored.make_maildir(self.store / "Maildir")
        self.write("Maildir/cur/1.M1P1.host:2,S", stored.broken(1))
        self.write("box", stored.mbox(stored.plain(2), stored.broken(3)))
        before = self.tree()
        out = self.repair("--dry-run", self.store)
        self.assertEqual(self.tree(), before)
        self.assertIn(b"/box:2: would mend: " + RULE, out)
        self.assertTrue(out.endswith(b"3 messages, 2 would be mended\n"), out)

    def test_mail_that_an_mbox_has_quoted(self):
        """The line that is folded is not as the sender wrote it."""
        calendar = mails.reply_calendar(True).replace(
            b"CLASS:", b"X-A:b\r\n>From " + b"x" * 1200 + b"\r\nCLASS:")
        mail = stored.unix(mails.mail(mails.part(mails.calendar_type(), calendar)))
        path = self.write("box", stored.mbox(mail))
        for switch in ((), ("--dry-run",)):
            out = self.repair(*switch, "--profile", "outbound", path)
            self.assertIn(b"box:1: left: the mbox has quoted a line of the calendar\n", out)
        self.assertEqual(path.read_bytes(), stored.mbox(mail))

    def test_trouble_with_one_spares_the_others(self):
        self.write("a.eml", stored.broken(1))
        out, err = self.trouble(self.folder / "gone", self.store)
        self.assertIn(b"gone", err)
        self.assertIn(b"1 messages, 1 mended", out)

    def test_mailbox_of_cyrus(self):
        """Its index holds a sum of each mail."""
        self.write("user/ada/1.", stored.broken(1))
        self.write("user/ada/cyrus.header", b"\241\002\213\015Cyrus mailbox header\n")
        self.write("a.eml", stored.broken(2))
        before = self.tree()
        out, err = self.trouble("--dry-run", self.store)
        self.assertIn(b"user/ada: is a mailbox of Cyrus", err)
        self.assertTrue(out.endswith(b"2 messages, 1 would be mended\n"), out)
        self.assertEqual(self.tree(), before)
        out, err = self.trouble(self.store)
        self.assertIn(b"user/ada: is a mailbox of Cyrus", err)
        self.assertEqual(self.tree()["user/ada/1."], stored.broken(1))
        self.assertTrue(out.endswith(b"2 messages, 1 mended\n"), out)

    def test_standard_input(self):
        for switch in ((), ("--dry-run",)):
            _, err = self.trouble(*switch, "-", stdin=stored.broken(1))
            self.assertIn(b"lies nowhere", err)

    def test_no_path(self):
        _, err = self.trouble()
        self.assertIn(b"no PATH", err)

    def test_mbox_that_is_locked_for_a_while(self):
        """The lock of fcntl, as local(8) and others hold it."""
        path = self.write("box", stored.mbox(stored.broken(1)))
        quiet = self.store.stat().st_mtime_ns
        with path.open("r+b") as box:
            fcntl.lockf(box, fcntl.LOCK_EX)
            run = subprocess.Popen([lab.COMMAND, "repair", "--in-place", "--config", self.config,
                                    path], stdout=subprocess.PIPE)
            lab.wait_until(lambda: self.store.stat().st_mtime_ns != quiet, "its lock file")
            self.assertEqual(path.read_bytes(), stored.mbox(stored.broken(1)))
            fcntl.lockf(box, fcntl.LOCK_UN)
        out, _ = run.communicate(timeout=lab.TIME_LIMIT)
        self.assertEqual((run.returncode, out.splitlines()[-1]), (0, b"1 messages, 1 mended"))

    def test_two_runs_at_once(self):
        """One of them works in a folder."""
        self.write("a.eml", stored.broken(1))
        folder = os.open(self.store, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        _, err = self.trouble(self.store)
        self.assertIn(b"another repair works", err)
        self.assertEqual(self.tree(), {"a.eml": stored.broken(1)})

    def test_two_runs_at_once_in_a_maildir(self):
        """What one is about to finish in new, the other does not take for the work of a killed
        run: each would let the form go that the other keeps."""
        pause = self.folder / "pause"
        stored.make_maildir(self.store)
        self.write("cur/1.M1P1.host:2,S", stored.plain(1))
        self.write("new/2.M1P1.host", stored.broken(2))
        run = subprocess.Popen([lab.COMMAND, "repair", "--in-place", "--config", self.config,
                                self.store], stdout=subprocess.PIPE,
                               env=lab.shim(self.folder, PAUSE, CALMEND_AT=str(pause)))
        self.addCleanup(run.stdout.close)
        self.addCleanup(pause.unlink, missing_ok=True)
        lab.wait_until(pause.exists, "a run that is about to remove a mail")
        _, err = self.trouble(self.store)
        self.assertIn(b"another repair works", err)
        pause.unlink()
        self.assertEqual(run.wait(lab.PATIENCE), 0)
        self.assertEqual(self.tree(), {"cur/1.M1P1.host:2,S": stored.plain(1),
                                       "new/2.M1P1.host.calmend": self.mended(stored.broken(2))})

    def test_copy_that_is_not_ours_to_finish(self):
        """An mbox that was changed since is left alone, and so is the copy."""
        path = self.write("box", stored.mbox(stored.broken(1)))
        head = b"calmend-mbox-copy 1 W 60 100 120 %d 0.0 0.0 %s\n" % (path.stat().st_ino, b"0" * 64)
        copy = self.write(".calmend-box", head.ljust(512, b"\0") + b"x" * 60)
        _, err = self.trouble(path)
        self.assertIn(b"was changed after", err)
        self.assertEqual(path.read_bytes(), stored.mbox(stored.broken(1)))
        self.assertTrue(copy.exists())


class Hostile(Stores):
    """A folder whose owner would have somebody else, root perhaps, write elsewhere."""

    def setUp(self):
        super().setUp()
        self.elsewhere = self.folder / "elsewhere"
        self.elsewhere.mkdir()
        (self.elsewhere / "file").write_text("untouched")

    def check_elsewhere(self):
        self.assertEqual({path.name: path.read_text() for path in self.elsewhere.iterdir()},
                         {"file": "untouched"})

    def test_tmp_that_is_a_link(self):
        stored.make_maildir(self.store / "Maildir")
        (self.store / "Maildir/tmp").rmdir()
        (self.store / "Maildir/tmp").symlink_to(self.elsewhere)
        self.write("Maildir/cur/1.M1P1.host:2,S", stored.broken(1))
        _, err = self.trouble(self.store)
        self.assertIn(b"cannot open tmp", err)
        self.assertEqual(self.tree()["Maildir/cur/1.M1P1.host:2,S"], stored.broken(1))
        self.check_elsewhere()

    def test_links_for_mails(self):
        stored.make_maildir(self.store / "Maildir")
        (self.elsewhere / "file").write_bytes(stored.broken(1))
        for name in ("Maildir/cur/1.M1P1.host:2,S", "a.eml", "box"):
            (self.store / name).symlink_to(self.elsewhere / "file")
        self.assertEqual(self.repair(self.store), b"0 messages, 0 mended\n")
        self.assertEqual((self.elsewhere / "file").read_bytes(), stored.broken(1))

    def test_working_file_that_is_a_link(self):
        """Beside a file it goes; beside an mbox nothing is done."""
        for name in ("a.eml", "box"):
            (self.store / f".calmend-{name}").symlink_to(self.elsewhere / "file")
        self.write("a.eml", stored.broken(1))
        self.write("box", stored.mbox(stored.broken(2)))
        out, err = self.trouble(self.store)
        self.assertIn(b"a.eml: mended", out)
        self.assertIn(b"box: cannot open the copy", err)
        self.assertEqual(self.tree()["box"], stored.mbox(stored.broken(2)))
        self.check_elsewhere()

    @unittest.skipIf(os.geteuid() != 0, "only root gives files away")
    def test_copy_of_somebody_else(self):
        path = self.write("box", stored.mbox(stored.broken(1)))
        copy = self.write(".calmend-box", b"x" * 600)
        os.chown(path, 12345, 12345)
        os.chown(copy, 23456, 23456)
        _, err = self.trouble(path)
        self.assertIn(b"somebody else made", err)
        self.assertEqual(path.read_bytes(), stored.mbox(stored.broken(1)))


class Backup(Stores):
    def setUp(self):
        super().setUp()
        stored.make_maildir(self.store / "Maildir")
        self.originals = [
            self.write("Maildir/cur/1.M1P1.host,S=1:2,S", stored.broken(1)),
            self.write("box", stored.mbox(stored.plain(2), stored.broken(3))),
            self.write("a.eml", stored.broken(4)),
        ]
        self.write("plain.eml", stored.plain(5))
        self.backup = self.folder / "backup"

    def kept(self, path):
        """Where the original of a file is kept."""
        return self.backup / path.resolve().relative_to("/")

    def test_originals_can_be_put_back(self):
        before = {path: path.read_bytes() for path in self.originals}
        self.repair("--backup", self.backup, self.store)
        for path, octets in before.items():
            self.assertEqual(self.kept(path).read_bytes(), octets)
            self.assertEqual(self.kept(path).stat().st_mtime, stored.TIME)
        files = [path for path in self.backup.rglob("*") if path.is_file()]
        self.assertEqual(len(files), len(self.originals))
        for path in (self.backup, *self.backup.rglob("*")):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600)
        subprocess.run(["cp", "-R", "--preserve=timestamps,ownership", f"{self.backup}/.", "/"],
                       check=True)
        self.assertEqual({path: path.read_bytes() for path in self.originals}, before)

    def test_another_original_of_that_name(self):
        """It is kept beside the first; the same octets are kept once."""
        path = self.originals[2]
        for mail in (stored.broken(4), stored.broken(6), stored.broken(6)):
            path.write_bytes(mail)
            self.repair("--backup", self.backup, path)
        kept = {path.name: path.read_bytes() for path in self.kept(path).parent.iterdir()}
        self.assertEqual(kept, {"a.eml": stored.broken(4), "a.eml~1": stored.broken(6)})

    def test_nothing_is_mended_without_it(self):
        before = self.tree()
        self.backup.mkdir()
        self.kept(self.store).parent.mkdir(parents=True)
        self.kept(self.store).write_text("no folder")
        self.trouble("--backup", self.backup, self.store)
        self.assertEqual(self.tree(), before)

    def test_the_mail_itself(self):
        """Its own place, or a link to it as `cp -l` makes one, holds no original afterwards."""
        before = self.tree()
        _, err = self.trouble("--backup", "/", self.store)
        self.assertIn(b"is the mail itself", err)
        self.assertEqual(self.tree(), before)
        for path in self.originals:
            self.kept(path).parent.mkdir(parents=True, exist_ok=True)
            self.kept(path).hardlink_to(path)
        self.trouble("--backup", self.backup, self.store)
        self.assertEqual(self.tree(), before)

    def test_inside_of_what_is_mended(self):
        before = self.tree()
        _, err = self.trouble("--backup", self.store / "backup", self.store)
        self.assertIn(b"outside", err)
        self.assertEqual(self.tree(), before)


if __name__ == "__main__":
    lab.run_tests()
