#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""[repair] keep: the original of each repaired message, whole, in a Maildir by day, bounded.

What stands there is the mail as it was handed over, behind the envelope. What cannot be kept is
repaired all the same, and event 346 says so.
"""
import os
import unittest

import lab
import mails
import milter_process
import milter_wire

REPAIRED = 327
OVERLOAD = 346
OLD_DAY = "2020-02-29"
NAME = r"^\d+\.M\d{6}P\d+N\d+,Q=Q_1$"

# Fields that no rule reads, twice and folded, among those that are read.
EXTRA = (b"Received: from a.example\r\n\tby b.example; Tue, 05 Mar 2024 10:15:01 +0000\r\n"
         b"X-Twice: one\r\nDKIM-Signature: v=1; b=x\r\nX-Twice:two\r\nX-Empty: \r\n")
ENVELOPE = (b"Return-Path: <a@example.com>\r\nX-Original-To: b@example.org\r\n"
            b"X-Original-To: c@example.org\r\n")
RECIPIENTS = (b"<b@example.org>", b"<c@example.org>")


def large_mail(size):
    """A mail of about `size` octets with a broken REPLY in it."""
    reply = mails.part(mails.calendar_type(), mails.reply_calendar())
    return mails.mail(mails.multipart(b"mixed", reply, mails.attachment(size * 3 // 4)))


class Keep(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.keep = self.folder / "kept"
        self.keep.mkdir(mode=0o700)

    def start(self, **repair):
        self.settings = {"repair": {"keep": self.keep, **repair}}
        self.milter = milter_process.started(self, self.settings, folder=self.folder)
        self.milter.switch_on()
        return self.milter

    def put_in_force(self, settings):
        seen = len(self.milter.events())
        self.milter.reload(settings)
        self.milter.wait_event(344, seen)

    def originals(self):
        """The files in all folders named new, the oldest first."""
        return sorted(self.keep.glob("*/new/*"))

    def repair(self, mail=None, **message):
        """Sends a mail that must be repaired."""
        outcome = milter_wire.one_message(self.milter.socket, mail or mails.reply_mail(), **message)
        self.assertEqual((outcome.verdict, outcome.codes()), (milter_wire.CONTINUE, "bi"))
        return outcome

    def check_kept(self, mail, **offer):
        with milter_wire.open_session(self.milter.socket, **offer) as connection:
            outcome = connection.message(mail, queue_id=b"Q/1", recipients=RECIPIENTS)
        self.assertEqual(outcome.codes(), "bi")
        path, = self.originals()
        lab.assert_octets_equal(path.read_bytes(), ENVELOPE + mail)
        self.assertRegex(path.name, NAME)
        return path

    def test_whole_and_private(self):
        self.start()
        path = self.check_kept(mails.reply_mail(extra=EXTRA))
        day = path.parent.parent
        self.assertRegex(day.name, r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(sorted(entry.name for entry in day.iterdir()), ["cur", "new", "tmp"])
        self.assertEqual({entry.stat().st_mode & 0o777 for entry in (day, *day.iterdir())}, {0o700})
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(list(day.glob("tmp/*")), [])

    def test_mta_that_takes_the_blank_away(self):
        """What stands behind the colon is not known then, and a blank is put there."""
        self.start()
        extra = EXTRA.replace(b"X-Twice:two", b"X-Twice: two")
        self.check_kept(mails.reply_mail(extra=extra), steps=milter_wire.ALL_STEPS
                        & ~milter_wire.STEP["HDR_LEADSPC"])

    def test_in_files(self):
        """Header and body are larger than what stays in memory."""
        self.start()
        self.put_in_force({**self.settings, "limits": {"memory-bytes": 100}})
        self.check_kept(large_mail(3 << 20))

    def test_no_sender_and_odd_recipient(self):
        self.start()
        self.repair(sender=b"<>", recipients=[b"<b\x07@example.org>"])
        path, = self.originals()
        lab.assert_octets_equal(path.read_bytes(), b"Return-Path: <>\r\n" + mails.reply_mail())

    def test_can_be_repaired_again(self):
        """The way back and forth: what is kept becomes what was sent on."""
        milter = self.start()
        mail = mails.reply_mail(extra=EXTRA)
        repaired = self.repair(mail).apply(mail)
        original = self.originals()[0].read_bytes()
        again = milter_process.repaired(original, milter.config)
        self.assertEqual(mails.without_fields(again, "Return-Path", "X-Original-To", "X-Calmend"),
                         mails.without_fields(repaired, "X-Calmend"))

    def test_only_what_is_repaired(self):
        milter = self.start()
        for mail in (mails.plain_mail(), mails.reply_mail(True)):
            self.assertEqual(milter_wire.one_message(milter.socket, mail).codes(), "")
        milter.switch_off()
        self.assertEqual(milter_wire.one_message(milter.socket, mails.reply_mail()).codes(), "")
        milter.switch_on()
        with milter_wire.open_session(milter.socket, actions=milter_wire.ACTION["ADDHDRS"]) as connection:
            self.assertEqual(connection.message(mails.reply_mail()).codes(), "")
        self.assertEqual(list(self.keep.iterdir()), [])

    def test_oldest_go_first(self):
        self.start(**{"keep-messages": 3})
        for number in range(5):
            self.repair(queue_id=b"N%d" % number)
        self.assertEqual([path.name.partition("Q=")[2] for path in self.originals()],
                         ["N2", "N3", "N4"])

    def test_octets_are_bounded(self):
        self.start(**{"keep-megabytes": 1})
        for number in range(4):
            self.repair(large_mail(400000), queue_id=b"N%d" % number)
        self.assertEqual([path.name.partition("Q=")[2] for path in self.originals()],
                         ["N2", "N3"])

    def test_larger_than_all(self):
        self.start(**{"keep-megabytes": 1})
        self.repair()
        self.repair(large_mail(1200000))
        self.assertEqual(len(self.originals()), 1)
        self.assertIn("keep-megabytes", self.milter.wait_event(OVERLOAD)["description"])

    def old_mail(self, folder, name):
        path = self.keep / OLD_DAY / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        return path

    def test_old_days_go(self):
        """At the start, also what a reader has moved, and its empty folders."""
        self.old_mail("new", "1582934400.M1P1N1")
        self.old_mail("cur", "1582934401.M1P1N1:2,S")
        (self.keep / OLD_DAY / "tmp").mkdir()
        (self.keep / "notes").mkdir()
        (self.keep / "notes" / "new").write_bytes(b"no mail")
        self.start()
        lab.wait_until(lambda: [entry.name for entry in self.keep.iterdir()] == ["notes"],
                       "the old day to go")

    def test_old_days_go_at_a_reload(self):
        self.start(**{"keep-days": 3650})
        old = self.old_mail("new", "1582934400.M1P1N1")
        self.milter.stop()
        self.milter.start()
        self.repair()
        self.assertTrue(old.exists())
        self.put_in_force({"repair": {"keep": self.keep, "keep-days": 30}})
        lab.wait_until(lambda: not (self.keep / OLD_DAY).exists(), "the old day to go")
        self.assertEqual(len(self.originals()), 1)

    def test_what_is_there_counts_after_a_start(self):
        self.start(**{"keep-messages": 3})
        for number in range(3):
            self.repair(queue_id=b"N%d" % number)
        self.milter.stop()
        first, second, third = self.originals()
        seen = first.parent.parent / "cur" / (first.name + ":2,S")
        first.rename(seen)
        self.milter.start()
        self.assertTrue(seen.exists())
        self.repair(queue_id=b"N3")
        self.assertFalse(seen.exists())
        self.assertEqual(self.originals()[:2], [second, third])

    def test_what_a_reader_moves_and_removes_meanwhile(self):
        self.start(**{"keep-messages": 2})
        self.repair()
        self.repair()
        first, second = self.originals()
        seen = first.parent.parent / "cur" / (first.name + ":2,")
        first.rename(seen)
        second.unlink()
        self.repair()
        self.assertFalse(seen.exists())
        self.repair()
        self.assertEqual(len(self.originals()), 2)

    def test_left_in_tmp(self):
        """What a killed process has left there goes, what another one may be writing stays."""
        left, fresh = self.old_mail("tmp", "left"), self.keep / "2999-01-01" / "tmp" / "fresh"
        fresh.parent.mkdir(parents=True)
        fresh.write_bytes(b"x")
        os.utime(left, (1582934400, 1582934400))
        self.start()
        lab.wait_until(lambda: not left.exists(), "the file that was left to go")
        self.assertTrue(fresh.exists())

    def test_missing_folder(self):
        """It is told at the start; repairs go on, and originals are kept once it is there."""
        self.keep.rmdir()
        self.start()
        self.assertIn(f"{self.keep}: No such file",
                      self.milter.wait_event(OVERLOAD)["description"])
        self.repair()
        self.keep.mkdir()
        self.repair()
        self.assertEqual(len(self.originals()), 1)

    def test_no_folder(self):
        self.keep.rmdir()
        self.keep.write_bytes(b"")
        self.start()
        self.assertIn("Not a directory", self.milter.wait_event(OVERLOAD)["description"])
        self.repair()

    def test_link_is_not_followed(self):
        """Neither for the folder nor for a day in it."""
        elsewhere = self.folder / "elsewhere"
        self.keep.rename(elsewhere)
        self.keep.symlink_to(elsewhere)
        self.start()
        self.milter.wait_event(OVERLOAD)
        self.repair()
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_folder_that_was_made_anew(self):
        self.start()
        self.repair()
        self.keep.rename(self.folder / "before")
        self.keep.mkdir()
        self.put_in_force(self.settings)
        self.repair()
        self.assertEqual(len(self.originals()), 1)

    def test_another_folder_and_none(self):
        self.start()
        self.repair()
        another = self.folder / "another"
        another.mkdir()
        self.put_in_force({"repair": {"keep": another}})
        self.repair()
        self.put_in_force({})
        self.repair()
        self.assertEqual((len(self.originals()), len(list(another.glob("*/new/*")))), (1, 1))

    def test_edits_that_the_mta_does_not_take(self):
        """The connection ends in the middle: the message comes again, and so does its original."""
        self.start()
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope()
            fields, body = milter_wire.split_mail(large_mail(8 << 20))
            connection.head(fields)
            connection.body(body, milter_wire.Outcome())
            connection.send(b"E")
            lab.wait_until(self.originals, "the original")
        lab.wait_until(lambda: not self.originals(), "the original to be withdrawn")


if __name__ == "__main__":
    lab.run_tests()
