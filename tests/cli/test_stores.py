#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stored mail: which messages `calmend check` finds in files, mailboxes and folders.

What is in a message is told elsewhere; here it is that each is met once, in order, with the place
where it stands, and that nothing else is.
"""
import ctypes
import json
import mailbox
import os
import pathlib
import pty
import random
import re
import subprocess
import sys
import threading
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "protocol"), str(TESTS / "faults")]

# pylint: disable=wrong-import-position
import lab
import mails
import measured_run
import milter_process

CORPUS = lab.ROOT.parent / "shared" / "corpus"
FROM = b"From ada@example.org Mon Jan  5 10:15:00 2026"
PLAIN = b"Subject: plain\nFrom: ada@example.org\n\nText\n"
BROKEN = mails.reply_mail().replace(b"\r\n", b"\n")
TROUBLE = 2
MIB = 1024 * 1024
# What is read at a place of a file comes late, but for its first octets.
SLOW_DISK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static ssize_t slowly(const char *name, int file, void *to, size_t size, off_t start)
{
    ssize_t (*next)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, name);
    if (start > 0)
        usleep(300000);
    return next(file, to, size, start);
}
ssize_t pread(int file, void *to, size_t size, off_t start)
{
    return slowly("pread", file, to, size, start);
}
ssize_t pread64(int file, void *to, size_t size, off_t start)
{
    return slowly("pread64", file, to, size, start);
}
"""
LINE = rb"\r\d+ messages, [\d.]+ [kM]B(?: of [\d.]+ [kM]B)?, [\d.]+ [kM]B/s(?:, \d+ s left)? *\r"
INSTRUMENTED = re.compile(rb"__(asan|tsan|gcov)_")
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def mbox_of(*texts):
    """An mbox with these mails, which end in a line end."""
    return b"".join(FROM + b"\n" + text + b"\n" for text in texts)


class Stores(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.config = self.folder / "calmend.conf"
        self.config.touch()
        self.top = self.folder / "mail"
        self.top.mkdir()

    def write(self, name, octets):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
        return path

    def maildir(self, name):
        for part in ("cur", "new", "tmp"):
            (self.top / name / part).mkdir(parents=True)

    def run_it(self, *arguments, **options):
        return milter_process.run(lab.COMMAND, "check", "--config", self.config, *arguments,
                                  **options)

    def found(self, *paths, code=0, **options):
        """The objects of --json, with the files named from the folder on."""
        status, out, err = self.run_it("--json", *(paths or (self.top,)), **options)
        self.assertEqual((status, err), (code, b""))
        messages = [json.loads(line) for line in out.splitlines()]
        for message in messages:
            message["file"] = message["file"].removeprefix(f"{self.top}/")
        return messages

    def files(self, *paths, **options):
        return [message["file"] for message in self.found(*paths, **options)]


class Folders(Stores):
    def test_maildir(self):
        self.maildir(".")
        self.maildir(".Sent")
        self.maildir(".Sent.2025")
        for name in ("cur/2:2,S", "cur/10:2,", "new/3", "tmp/4", "dovecot-uidlist",
                     ".Sent/cur/5:2,S", ".Sent/maildirfolder", ".Sent.2025/new/6"):
            self.write(name, PLAIN)
        messages = self.found()
        self.assertEqual([message["file"] for message in messages],
                         [".Sent/cur/5:2,S", ".Sent.2025/new/6", "cur/10:2,", "cur/2:2,S", "new/3"])
        self.assertEqual({message["store"] for message in messages}, {"maildir"})

    def test_folder_of_a_maildir(self):
        self.maildir("box")
        self.write("box/cur/1:2,S", PLAIN)
        self.write("box/new/2", PLAIN)
        message, = self.found(self.top / "box" / "cur")
        self.assertEqual((message["file"], message["store"]), ("box/cur/1:2,S", "maildir"))

    def test_mail_of_a_maildir_is_one(self):
        """Whatever it looks like."""
        self.maildir(".")
        self.write("cur/1", mbox_of(PLAIN, PLAIN))
        self.write("cur/2", b"no mail at all\n")
        self.assertEqual([message["number"] for message in self.found()], [None, None])

    def test_maildir_of_which_a_part_is_missing(self):
        self.write("cur/1", PLAIN)
        self.assertEqual([message["store"] for message in self.found()], ["mh"])

    def test_mh(self):
        for name in ("10", "2", "1", ".mh_sequences", "inbox/7", "inbox/,6"):
            self.write(name, PLAIN if "mh" not in name else b"cur: 1\n")
        messages = self.found()
        self.assertEqual([(message["file"], message["store"]) for message in messages],
                         [("1", "mh"), ("2", "mh"), ("10", "mh"), ("inbox/7", "mh"),
                          ("inbox/,6", "file")])

    def test_nested(self):
        self.write("a.eml", PLAIN)
        self.write("users/ada/mail/inbox", mbox_of(PLAIN, BROKEN))
        self.maildir("users/ben/Maildir")
        self.write("users/ben/Maildir/cur/1", PLAIN)
        self.write("users/cid/1", PLAIN)
        messages = self.found(code=1)
        self.assertEqual([(message["file"], message["store"], message["number"])
                          for message in messages],
                         [("a.eml", "file", None), ("users/ada/mail/inbox", "mbox", 1),
                          ("users/ada/mail/inbox", "mbox", 2),
                          ("users/ben/Maildir/cur/1", "maildir", None), ("users/cid/1", "mh", None)])

    def test_what_is_no_mail_is_passed_over(self):
        for name, octets in (("index", b"\x00\x01\x02"), ("empty", b""), ("a.ics", mails.reply_calendar()),
                             ("text", b"Dear Ada,\n\nFrom: here\n"), ("notes", b"title: x\n\ntext\n"),
                             ("large", b"\x89PNG" * 200_000)):
            self.write(name, octets)
        self.write("mail", PLAIN)
        self.assertEqual(self.files(), ["mail"])

    def test_many_files_in_order(self):
        names = [f"{number}.eml" for number in range(1000)]
        for name in names:
            self.write(name, PLAIN)
        self.assertEqual(self.files(), sorted(names))

    def test_many_folders(self):
        """More than a process may hold open."""
        names = [f"d{number:04}/1" for number in range(1500)]
        for name in names:
            self.write(name, PLAIN)
        self.assertEqual(self.files(), names)

    def test_links_are_not_followed(self):
        self.write("a/1", PLAIN)
        outside = self.folder / "outside"
        outside.mkdir()
        (outside / "2").write_bytes(PLAIN)
        (self.top / "a" / "loop").symlink_to(self.top)
        (self.top / "a" / "self").symlink_to(".")
        (self.top / "out").symlink_to(outside)
        (self.top / "3").symlink_to(outside / "2")
        (self.top / "gone").symlink_to("nowhere")
        self.assertEqual(self.files(), ["a/1"])

    def test_path_that_is_a_link(self):
        self.write("a/1", PLAIN)
        link = self.folder / "link"
        link.symlink_to(self.top)
        self.assertEqual(self.files(link), [f"{link}/a/1"])
        self.assertEqual(self.files(f"{link}/"), [f"{link}/a/1"])

    def test_special_files_are_passed_over(self):
        self.write("mail", PLAIN)
        os.mkfifo(self.top / "fifo")
        (self.top / "null").symlink_to("/dev/null")
        self.assertEqual(self.files(), ["mail"])


class Pipes(Stores):
    def test_fifo(self):
        path = self.top / "fifo"
        os.mkfifo(path)
        writer = threading.Thread(target=path.write_bytes, args=(mbox_of(PLAIN, PLAIN),))
        writer.start()
        self.addCleanup(writer.join)
        self.assertEqual([message["number"] for message in self.found(path)], [1, 2])

    def test_nothing(self):
        self.assertEqual(self.found("-", stdin=b""), [])

    def test_read_on_where_it_stands(self):
        path = self.write("two", b"a line of no interest\n" + PLAIN)
        with path.open("rb") as file:
            os.lseek(file.fileno(), len(b"a line of no interest\n"), os.SEEK_SET)
            done = subprocess.run([lab.COMMAND, "check", "--json", "--config", self.config, "-"],
                                  stdin=file, capture_output=True, check=True,
                                  timeout=lab.TIME_LIMIT)
        self.assertEqual(json.loads(done.stdout)["length"], len(PLAIN))


class Mbox(Stores):
    """Where the messages of an mbox stand, through a file, a redirection and a pipe."""

    SIZES = (0, 1, 30, 2000, 70_000, 263_000, 600_000, 1_400_000)
    LINES = (b"Text that is long enough for a line of a mail, and no longer than that.",
             b">From here on", b">>From there on", b"From Monday on", b"", b"F", b"\r", b"x" * 9000)

    def make(self, seed, ending):
        """An mbox, and for each message where it stands and how long it is."""
        chance = random.Random(seed)
        octets, places = bytearray(), []
        for number in range(24):
            body = bytearray()
            size = chance.choice(self.SIZES)
            while len(body) < size:
                body += chance.choice(self.LINES) + ending
            mail = b"Subject: %d" % number + ending + ending + body
            octets += FROM + ending
            places.append((len(octets), len(mail)))
            octets += mail + ending
        return bytes(octets), places

    def places(self, *arguments, **options):
        return [(message["offset"], message["length"])
                for message in self.found(*arguments, **options)]

    def test_places(self):
        for seed, ending in enumerate((b"\n", b"\r\n", b"\n")):
            with self.subTest(seed=seed):
                octets, places = self.make(seed, ending)
                path = self.write("box", octets)
                self.assertEqual(self.places(path), places)
                self.assertEqual(self.places("-", stdin=octets), places)
                with path.open("rb") as file:
                    self.assertEqual(self.redirected(file), places)

    def redirected(self, file):
        done = subprocess.run([lab.COMMAND, "check", "--json", "--config", self.config, "-"],
                              stdin=file, capture_output=True, check=True, timeout=lab.TIME_LIMIT)
        return [(message["offset"], message["length"])
                for message in map(json.loads, done.stdout.splitlines())]

    def test_separator_at_every_place_of_a_window(self):
        """A window of half a MiB ends in each octet of what parts two messages."""
        window = 512 * 1024
        first = FROM + b"\n"
        for ending in range(-3, len(first) + len(PLAIN)):
            filler = window - len(first) - len(PLAIN) - 1 - ending
            octets = mbox_of(PLAIN + b"x" * (filler - 1) + b"\n", PLAIN, PLAIN)
            path = self.write("box", octets)
            messages = self.found(path)
            self.assertEqual([message["number"] for message in messages], [1, 2, 3], ending)
            self.assertEqual(messages[1]["offset"], window - ending + len(first), ending)

    def test_findings_name_the_number(self):
        path = self.write("box", mbox_of(PLAIN, BROKEN, PLAIN, BROKEN))
        code, out, err = self.run_it(path)
        self.assertEqual((code, err), (1, b""))
        self.assertEqual([line.partition(b": ")[0] for line in out.splitlines()],
                         [b"%s:2" % os.fsencode(path), b"%s:4" % os.fsencode(path)])

    def test_quoted_lines_make_no_finding(self):
        quoted = BROKEN.replace(b"\n\n", b"\n\n>From the start\n\n", 1)
        path = self.write("box", mbox_of(BROKEN, quoted))
        first, second = self.found(path, code=1)
        self.assertEqual(first["findings"], second["findings"])

    def test_empty_mbox(self):
        self.assertEqual(self.found(self.write("box", b"")), [])

    def test_mailbox_of_python_agrees(self):
        lab.need(CORPUS.is_dir(), "the corpus is not here")
        boxes = [path for path in sorted(CORPUS.iterdir()) if path.read_bytes()[:5] == b"From "]
        self.assertGreater(len(boxes), 50)
        status, out, _ = self.run_it("--json", *boxes)
        self.assertIn(status, (0, 1))
        counts = dict.fromkeys(map(str, boxes), 0)
        for line in out.splitlines():
            counts[json.loads(line)["file"]] += 1
        self.assertEqual(counts, {str(path): len(mailbox.mbox(path, create=False)) for path in boxes})


class Trouble(Stores):
    def test_no_thread_can_be_made(self):
        """The work is done all the same."""
        for number in range(200):
            self.write(f"{number}", BROKEN if number % 2 else PLAIN)
        done = subprocess.run([lab.COMMAND, "check", "--config", self.config, self.top],
                              capture_output=True, check=False, timeout=lab.PATIENCE,
                              env=lab.shim(self.folder, lab.NO_THREADS))
        self.assertEqual((done.returncode, done.stderr), (1, b""))
        self.assertEqual(done.stdout.count(b"\n"), 100)

    def test_unreadable(self):
        """They are named and counted, and the others examined."""
        self.write("a.eml", PLAIN)
        for name in ("b.eml", "c/1"):
            self.write(name, PLAIN)
        (self.top / "b.eml").chmod(0)
        (self.top / "c").chmod(0)
        self.write("d.eml", BROKEN)
        self.addCleanup((self.top / "c").chmod, 0o700)
        done = subprocess.run([lab.COMMAND, "check", "--config", self.config, self.top],
                              capture_output=True, check=False, timeout=lab.TIME_LIMIT,
                              preexec_fn=drop_privilege)
        self.assertEqual(done.returncode, TROUBLE)
        self.assertEqual(done.stdout.count(b"\n"), 1)
        self.assertEqual(done.stderr.decode().splitlines(), [
            f"calmend check: {self.top}/b.eml: cannot open: Permission denied",
            f"calmend check: {self.top}/c: cannot open: Permission denied",
            "calmend check: 2 files or folders were not read"])

    def test_file_that_is_shorter_than_it_was(self):
        """A file of sysfs says that it has 4,096 octets, and has fewer."""
        path = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
        lab.need(path.is_file() and path.stat().st_size > 1000, "there is no sysfs")
        code, out, err = self.run_it(path, self.write("a.eml", BROKEN))
        self.assertEqual((code, out.count(b"\n")), (TROUBLE, 1))
        self.assertIn(b"became shorter", err)

    def test_mbox_that_shrinks_all_the_time(self):
        """Nothing ends the command, whatever is cut off under its hands."""
        octets = mbox_of(*[PLAIN + b"x" * 70 * 1000 + b"\n"] * 100)
        path = self.write("box", octets)
        over = threading.Event()

        def cut():
            sizes = random.Random(1)
            while not over.is_set():
                path.write_bytes(octets)
                os.truncate(path, sizes.randrange(len(octets)))

        thread = threading.Thread(target=cut)
        thread.start()
        try:
            for _ in range(20):
                self.assertIn(self.run_it(path)[0], (0, TROUBLE))
        finally:
            over.set()
            thread.join()

    def test_file_that_says_it_is_empty(self):
        """A file of procfs has octets all the same."""
        path = pathlib.Path("/proc/self/status")
        lab.need(path.is_file(), "there is no procfs")
        self.assertEqual(len(self.found(path)), 1)


class Memory(Stores):
    """Under 64 MiB and twice the largest message."""

    def peak(self, path):
        if INSTRUMENTED.search(pathlib.Path(lab.COMMAND).read_bytes()):
            raise unittest.SkipTest("a sanitizer or gcov takes memory of its own")
        found = measured_run.run([lab.COMMAND, "check", "--config", self.config, path],
                                 lab.TIME_LIMIT, "/dev/null")
        self.assertEqual(found.code, 0)
        return found.peak

    def test_mbox_of_many(self):
        path = self.write("box", mbox_of(PLAIN) * 600_000)
        self.assertGreater(path.stat().st_size, 50 * MIB)
        self.assertLess(self.peak(path), 64 * MIB)

    def test_large_mails(self):
        size = 60 * MIB
        mail = PLAIN + b"x" * size + b"\n"
        self.maildir("box")
        for number in range(4):
            self.write(f"box/cur/{number}", mail)
        self.write("two", mbox_of(mail, mail))
        self.assertLess(self.peak(self.top), 64 * MIB + 2 * size)


class Progress(Stores):
    def on_terminal(self, command, *arguments, **options):
        """What a terminal gets that is standard error."""
        main, side = pty.openpty()
        with subprocess.Popen([lab.COMMAND, command, "--config", self.config, *arguments],
                              stdout=subprocess.DEVNULL, stderr=side, **options) as process:
            os.close(side)
            self.addCleanup(os.close, main)
            self.addCleanup(process.kill)
            out = b""
            try:
                while octets := os.read(main, 4096):
                    out += octets
            except OSError:
                pass
            self.assertEqual(process.wait(lab.TIME_LIMIT), 0)
        return out

    def slow_box(self):
        """Enough to do that a second passes: a pipe that is filled in time."""
        path = self.top / "fifo"
        os.mkfifo(path)
        over = threading.Event()

        def fill():
            with path.open("wb", buffering=0) as file:
                for _ in range(12):
                    file.write(mbox_of(*[PLAIN + b"x" * 70_000 + b"\n"] * 10))
                    over.wait(0.2)

        thread = threading.Thread(target=fill)
        thread.start()
        self.addCleanup(thread.join)
        return path

    def check_terminal(self, command, *arguments):
        self.check_line(self.on_terminal(command, *arguments, self.slow_box()))

    def check_line(self, out):
        self.assertRegex(out, LINE)
        last = out.rstrip(b"\r").rpartition(b"\r")[2]
        self.assertEqual(last.strip(b" "), b"", "the line stays")

    def test_terminal(self):
        self.check_terminal("check")

    def test_report_on_a_terminal(self):
        self.check_terminal("report")

    def test_repair_in_place_on_a_terminal(self):
        self.check_terminal("repair", "--in-place", "--dry-run")

    def test_mbox_that_is_mended_on_a_terminal(self):
        """The line goes on while an mbox is mended, and says of what is done there."""
        text = PLAIN + b"x" * 70_000 + b"\n"
        path = self.write("box", mbox_of(BROKEN, *[text] * 60))
        out = self.on_terminal("repair", "--in-place", path,
                               env=lab.shim(self.folder, SLOW_DISK))
        self.check_line(out)
        counts = [int(count) for count in re.findall(rb"\r(\d+) messages", out)]
        self.assertGreater(len(set(counts)), 2)
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(self.found(path)[0]["findings"], [])

    def test_pipe(self):
        code, out, err = self.run_it(self.slow_box())
        self.assertEqual((code, out, err), (0, b"", b""))


def drop_privilege():
    """So that permissions hold for root, too."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


if __name__ == "__main__":
    lab.run_tests()
