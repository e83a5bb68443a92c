# SPDX-License-Identifier: BSD-2-Clause
"""stored: stored mail for the tests, broken and mended, and what a run must make of it.

What a mended mail reads is asked of `calmend repair`, which other tests hold to the octet: here it
is whether each mail is there, once, and mended.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import mails
import milter_process

MARK = ".calmend"
TIME = 1577836800  # of the files: 2020-01-01


def unix(mail):
    """A mail with the line ends of a mailbox."""
    return mail.replace(b"\r\n", b"\n")


def broken(number, encoding="base64", **calendar):
    """A REPLY that is to be mended, and grows by it."""
    calendar.setdefault("uid", b"stored-%d@example.com" % number)
    return unix(mails.alternative_mail(encoding=encoding, extra=b"X-Number: %d\r\n" % number,
                                       **calendar))


def shrinking(number, lines=120):
    """A REPLY that shrinks when it is mended: each of its line ends has a CR too many."""
    text = mails.reply_calendar(True, uid=b"stored-%d@example.com" % number).replace(
        b"CLASS:", b"".join(b"X-LINE-%d:x\r\n" % line for line in range(lines)) + b"CLASS:")
    return unix(mails.mail(mails.part(mails.calendar_type(), text.replace(b"\r\n", b"\r\r\n"),
                                      "base64"), extra=b"X-Number: %d\r\n" % number))


def plain(number):
    """A mail without a defect."""
    return unix(mails.mail(mails.note(b"Number %d.\r\n" % number),
                           extra=b"X-Number: %d\r\n" % number))


def number_of(mail):
    """Which one of the mails above a mail is, mended or not."""
    return int(mails.field(mail.replace(b"\n", b"\r\n"), "X-Number")[0])


def mbox(*stored, sender=b"ada@example.org"):
    """An mbox of mails."""
    line = b"From " + sender + b" Mon Jan  5 10:15:00 2026\n"
    return b"".join(line + mail + b"\n" for mail in stored)


def settings(folder):
    """A settings file without a stamp, which would name this host."""
    path = folder / "calmend.conf"
    path.write_text("[repair]\nstamp=no\n")
    return path


def mended(mail, config):
    """What becomes of a mail."""
    return milter_process.repaired(mail, config)


def make_maildir(path):
    """An empty Maildir."""
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    return path


def in_maildir(path):
    """The mails of a Maildir: their names, with the folder in front, and octets."""
    return {f"{name}/{file.name}": file.read_bytes()
            for name in ("cur", "new") for file in sorted((path / name).iterdir())}


def repair(config, *arguments, stdin=b""):
    """A run: (exit code, stdout, stderr)."""
    return milter_process.run(lab.COMMAND, "repair", "--in-place", "--config", config, *arguments,
                              stdin=stdin)
