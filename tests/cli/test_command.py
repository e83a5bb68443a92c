#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command line: check, repair and rules, as a person or a script calls them.

What a repair writes is held to the octet elsewhere; here it is what the command prints about it,
where it reads from, and how it ends.
"""
import email
import json
import pathlib
import re
import shlex
import subprocess
import sys
import unicodedata
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import mails
import milter_process

GOLDEN = lab.ROOT / "tests" / "data" / "golden"
MISSING = "attendee-change-missing"
LINE = mails.ATTRIBUTE + b":" + mails.STAMP
TROUBLE = 2


class Command(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.config = self.write("calmend.conf", b"")

    def write(self, name, octets):
        path = self.folder / name
        path.write_bytes(octets)
        return path

    def run_it(self, command, *arguments, stdin=b""):
        """(exit code, stdout, stderr), with the settings of this test."""
        return milter_process.run(lab.COMMAND, command, "--config", self.config, *arguments,
                                  stdin=stdin)

    def trouble(self, command, *arguments, stdin=b""):
        """What the command says on stderr; it must end with 2 and nothing on stdout."""
        code, out, err = self.run_it(command, *arguments, stdin=stdin)
        self.assertEqual((code, out), (TROUBLE, b""))
        self.assertTrue(err.startswith(b"calmend"), err)
        return err.decode()


class Check(Command):
    def test_finds_and_says_what_would_be_written(self):
        broken = self.write("broken.eml", mails.reply_mail())
        code, out, err = self.run_it("check", broken)
        self.assertEqual((code, err), (1, b""))
        self.assertEqual(out, b"%s: 1 text/calendar: %s: VEVENT %s: (absent) -> %s\n" % (
            str(broken).encode(), MISSING.encode(), mails.ATTRIBUTE, mails.STAMP))

    def test_says_once_that_a_value_is_left(self):
        wrong = mails.ATTRIBUTE + b";TZID=Here:16010101T000000"
        mail = mails.reply_mail(True).replace(LINE, wrong)
        code, out, _ = self.run_it("check", "-", stdin=mail)
        self.assertEqual(code, 1)
        self.assertTrue(out.endswith(b": 16010101T000000, left: nobody can tell the right value "
                                     b"(has a TZID)\n"), out)

    def test_finds_nothing(self):
        whole = self.write("whole.eml", mails.reply_mail(True))
        plain = self.write("plain.eml", mails.plain_mail())
        self.assertEqual(self.run_it("check", whole, plain), (0, b"", b""))

    def test_reads_standard_input(self):
        code, out, _ = self.run_it("check", "-", stdin=mails.reply_mail())
        self.assertEqual(code, 1)
        self.assertIn(MISSING.encode(), out)

    def test_json_has_an_object_for_each_message(self):
        files = [self.write("broken.eml", mails.reply_mail()),
                 self.write("plain.eml", mails.plain_mail())]
        code, out, _ = self.run_it("check", "--json", *files)
        self.assertEqual(code, 1)
        broken, plain = map(json.loads, out.splitlines())
        self.assertEqual([broken["file"], plain["file"]], list(map(str, files)))
        self.assertEqual((broken["changes"], plain["changes"]), (True, False))
        self.assertEqual(plain["findings"], [])
        finding, = broken["findings"]
        for key, value in {"rule": MISSING, "family": "epoch", "method": "REPLY",
                           "old_value": None, "new_value": mails.STAMP.decode(),
                           "repaired": True, "reason": None}.items():
            self.assertEqual(finding[key], value, key)

    def test_trouble_with_one_file_spares_the_others(self):
        broken = self.write("broken.eml", mails.reply_mail())
        code, out, err = self.run_it("check", self.folder / "gone.eml", broken)
        self.assertEqual(code, TROUBLE)
        self.assertEqual(out.count(b"\n"), 1)
        self.assertIn(b"gone.eml", err)

    def test_no_file(self):
        self.assertIn("name a message", self.trouble("check"))

    def test_time_that_is_none(self):
        self.assertIn("20240131T235959Z", self.trouble("check", "--now", "noon", "-"))


class Hidden(Command):
    """No octet of a message moves the cursor or turns the writing direction of a terminal."""

    # C0, C1, a bidirectional override and isolate, a line separator, a tag, and no UTF-8.
    VALUE = "\x1b[2J\x9b31m\u202e\u2066\u2028\U000e0041".encode() + b"\xff"

    def setUp(self):
        super().setUp()
        calendar = mails.reply_calendar(uid=self.VALUE, summary=self.VALUE, producer=self.VALUE)
        calendar = calendar.replace(b"SEQUENCE:0", b"SEQUENCE:0\r\nX-A:" + self.VALUE, 1)
        self.mail = self.write("hidden.eml", mails.mail(
            mails.part(mails.calendar_type(), calendar)))

    def check_plain(self, out):
        text = out.decode()  # all of it is UTF-8
        for character in text.replace("\n", "").replace("\t", ""):
            self.assertNotIn(unicodedata.category(character), ("Cc", "Cf", "Zl", "Zp"),
                             f"{character!r} in {text!r}")

    def test_check(self):
        code, out, _ = self.run_it("check", self.mail)
        self.assertEqual(code, 1)
        self.check_plain(out)

    def test_check_json(self):
        code, out, _ = self.run_it("check", "--json", self.mail)
        self.assertEqual(code, 1)
        self.check_plain(out)
        finding = json.loads(out)["findings"][0]
        for key in ("uid", "producer"):
            self.assertEqual(finding[key], self.VALUE.decode(errors="replace"))

    def test_repair_diff(self):
        code, out, _ = self.run_it("repair", "--diff", self.mail)
        self.assertEqual(code, 0)
        self.assertIn(mails.ATTRIBUTE, out)
        self.check_plain(out)


class Shape(Command):
    """A file that is no single message is refused by every command that takes one."""

    def refused(self, octets):
        """What check says of a file, standard input and --json; repair and probe say the same."""
        path = self.write("odd.dat", octets)
        said = self.trouble("check", path)
        self.assertTrue(said.startswith(f"calmend check: {path}: is a "), said)
        self.assertEqual(self.trouble("check", "--json", path), said)
        end = said.partition(f"{path}: ")[2]
        self.assertEqual(self.trouble("check", "-", stdin=octets), f"calmend check: -: {end}")
        self.assertEqual(self.refused_as_message(octets), end)
        return end

    def refused_as_message(self, octets):
        """What repair and probe say of it."""
        path = self.write("odd.dat", octets)
        end = self.trouble("repair", path).partition(f"calmend repair: {path}: ")[2]
        self.assertEqual(self.trouble("repair", "--diff", path), f"calmend repair: {path}: {end}")
        code, out, err = milter_process.run(lab.COMMAND, "probe", "unix:/nonexistent", path)
        self.assertEqual((code, out, err.decode()),
                         (TROUBLE, b"", f"calmend probe: {path}: {end}"))
        return end

    def follow_advice(self, said, octets):
        """What the command that the sentence names finds in the file."""
        path = self.write("odd.dat", octets)
        advice = re.search(r": (\(?printf .*)", said)[1]
        script = advice.replace("FILE", shlex.quote(str(path))).replace(
            "calmend check", f"{shlex.quote(lab.COMMAND)} check --config {self.config}")
        return milter_process.run("sh", "-c", script)

    def test_mailbox(self):
        for ending in (b"\r\n", b"\n"):
            with self.subTest(ending=ending):
                mail = mails.plain_mail().replace(b"\r\n", ending)
                begin = b"From ada@example.org Mon Jan  5 10:15:00 2026" + ending
                broken = mails.reply_mail().replace(b"\r\n", ending)
                mailbox = begin + mail + ending + begin + broken + ending
                self.assertIn("formail -s", self.refused_as_message(mailbox))
                code, out, err = self.run_it("check", "-", stdin=mailbox)
                self.assertEqual((code, err), (1, b""))
                self.assertTrue(out.startswith(b"-:2: 1 text/calendar: " + MISSING.encode()), out)

    def test_mailbox_of_one_message(self):
        begin = b"From ada@example.org Mon Jan  5 10:15:00 2026\r\n"
        for body in (b"", b"\r\n>From here on\r\nFrom there on\r\n"):
            path = self.write("one.mbox", begin + mails.reply_mail() + body)
            code, out, err = self.run_it("check", path)
            self.assertEqual((code, err), (1, b""))
            self.assertIn(MISSING.encode(), out)

    def test_message_that_tells_of_from(self):
        """What does not begin as a mailbox does is none, whatever its text says."""
        mail = mails.mail(mails.multipart(
            b"mixed", b"\r\nFrom here on\r\n\r\nFrom there on\r\n",
            mails.part(mails.calendar_type(), mails.reply_calendar())))
        self.assertEqual(self.run_it("check", self.write("from.eml", mail))[0], 1)

    def test_calendar(self):
        calendar = mails.reply_calendar()
        for octets in (calendar, b"\xef\xbb\xbf" + calendar, b"\r\n" + calendar,
                       calendar.replace(b"BEGIN:VCALENDAR", b"begin:vcalendar")):
            with self.subTest(octets=octets[:20]):
                code, out, err = self.follow_advice(self.refused(octets), octets)
                self.assertEqual((code, err), (1, b""))
                self.assertIn(MISSING.encode(), out)

    def test_winmail(self):
        mail = email.message_from_bytes((GOLDEN / "tnef-response-whole.in.eml").read_bytes())
        stream, = (part.get_payload(decode=True) for part in mail.walk()
                   if part.get_content_type() == "application/ms-tnef")
        code, out, err = self.follow_advice(self.refused(stream), stream)
        self.assertEqual((code, err), (1, b""))
        self.assertIn(b"tnef-track-status-time", out)

    def test_calendar_spares_the_others(self):
        calendar = self.write("bare.ics", mails.reply_calendar())
        broken = self.write("broken.eml", mails.reply_mail())
        code, out, _ = self.run_it("check", calendar, broken)
        self.assertEqual((code, out.count(b"\n")), (TROUBLE, 1))


class Repair(Command):
    def test_writes_the_repaired_message(self):
        for ending in (b"\r\n", b"\n"):
            with self.subTest(ending=ending):
                sent, wanted = (mails.reply_mail(mended).replace(b"\r\n", ending)
                                for mended in (False, True))
                code, out, err = self.run_it("repair", stdin=sent)
                self.assertEqual((code, err), (0, b""))
                lines = out.split(ending)
                self.assertTrue(lines[0].startswith(b"X-Calmend: version="))
                lab.assert_octets_equal(ending.join(lines[1:]), wanted)

    def test_file_and_standard_input_give_the_same(self):
        path = self.write("broken.eml", mails.reply_mail())
        self.assertEqual(self.run_it("repair", path),
                         self.run_it("repair", "-", stdin=path.read_bytes()))

    def test_the_clock_can_be_set(self):
        """Where the message itself has no usable time, the clock's is written."""
        mail = mails.reply_mail().replace(b"DTSTAMP:" + mails.STAMP + b"\r\n", b"")
        mail = mail.replace(b"Date: ", b"X-Date: ")
        code, out, _ = self.run_it("repair", "--now", "20300101T000000Z", stdin=mail)
        self.assertEqual(code, 0)
        self.assertIn(mails.ATTRIBUTE + b":20300101T000000Z\r\n", out)

    def test_two_files(self):
        path = self.write("plain.eml", mails.plain_mail())
        self.assertTrue(self.trouble("repair", path, path))

    def test_file_that_is_not_there(self):
        self.assertIn("gone.eml", self.trouble("repair", self.folder / "gone.eml"))

    def test_settings_that_are_wrong(self):
        self.config.write_text("[repair]\nenable=no-such-rule\n")
        said = self.trouble("repair", stdin=mails.reply_mail())
        self.assertIn("calmend.conf", said)
        self.assertIn("no-such-rule", said)

    def test_settings_with_several_faults(self):
        self.config.write_text("[log]\nformat=xml\nformat=json\n")
        lines = self.trouble("repair", stdin=mails.reply_mail()).splitlines()
        self.assertEqual([line.split(": ")[:3] for line in lines],
                         [["calmend repair", str(self.config), f"line {number}"]
                          for number in (2, 3)])


class Diff(Command):
    def diff(self, mail):
        """The lines that `repair --diff` prints."""
        code, out, err = self.run_it("repair", "--diff", stdin=mail)
        self.assertEqual((code, err), (0, b""))
        return out.split(b"\n")

    def test_shows_the_decoded_calendar(self):
        """Whatever the encoding, a person reads the line that comes in, and two lines around."""
        for encoding in ("7bit", "base64", "quoted-printable"):
            with self.subTest(encoding=encoding):
                lines = self.diff(mails.reply_mail(encoding=encoding))
                at = lines.index(b"--- part 1 text/calendar")
                self.assertEqual(lines[at + 1], b"+++ part 1 text/calendar, repaired")
                self.assertRegex(lines[at + 2], rb"^@@ line \d+ @@$")
                self.assertEqual(lines[at + 3:at + 8], [
                    b" PRIORITY:5", b" DTSTAMP:" + mails.STAMP, b"+" + LINE, b" STATUS:CONFIRMED",
                    b" SEQUENCE:0"])

    def test_shows_the_header_apart(self):
        lines = self.diff(mails.reply_mail(extra=b"Expires: Mon, 01 Jan 1601 00:00:00 +0000\r\n"))
        self.assertEqual(lines[:2], [b"--- message", b"+++ message, repaired"])
        header = lines[:lines.index(b"--- part 1 text/calendar")]
        removed = [line for line in header[2:] if line.startswith(b"-")]
        added = [line for line in header[2:] if line.startswith(b"+")]
        self.assertEqual(removed, [b"-Expires: Mon, 01 Jan 1601 00:00:00 +0000"])
        self.assertTrue(added[0].startswith(b"+X-Calmend: "))
        self.assertTrue(all(line.startswith(b"+\t") for line in added[1:]), added)

    def test_shows_a_changed_value_as_two_lines(self):
        lines = self.diff((GOLDEN / "attendee-change-epoch.in.eml").read_bytes())
        at = lines.index(b"-" + mails.ATTRIBUTE + b":16010101T000000Z")
        self.assertEqual(lines[at + 1], b"+" + mails.ATTRIBUTE + b":20260105T101112Z")

    def test_shows_a_winmail_as_text(self):
        lines = self.diff((GOLDEN / "tnef-response-whole.in.eml").read_bytes())
        self.assertIn(b"--- part 2 application/ms-tnef", lines)
        for name in (b"recipient row 1 PidTagRecipientTrackStatusTime",
                     b"PidLidAttendeeCriticalChange", b"PidLidAppointmentReplyTime"):
            self.assertIn(b"-" + name + b" 16010101T000000Z", lines)
            self.assertIn(b"+" + name + b" 20260105T085910Z", lines)

    def test_far_changes_stand_apart(self):
        """Two calendars in one message: a hunk for each, under the title of its part."""
        lines = self.diff(mails.mail(mails.multipart(
            b"mixed", *(mails.part(mails.calendar_type(), mails.reply_calendar(uid=uid))
                        for uid in (b"one@example.com", b"two@example.com")))))
        titles = [line for line in lines if line.startswith(b"--- part")]
        self.assertEqual(titles, [b"--- part 1 text/calendar", b"--- part 2 text/calendar"])
        self.assertEqual(lines.count(b"+" + LINE), 2)

    def test_shows_nothing_where_nothing_changes(self):
        self.assertEqual(self.diff(mails.reply_mail(True)), [b""])


class Rules(Command):
    def rows(self):
        """What `rules --json` prints."""
        code, out, _ = self.run_it("rules", "--json")
        self.assertEqual(code, 0)
        return [json.loads(line) for line in out.splitlines()]

    def now(self, name):
        """What the rows of a rule do under the settings."""
        return [row["now"] for row in self.rows() if row["rule"] == name]

    def test_table(self):
        code, out, _ = self.run_it("rules")
        self.assertEqual(code, 0)
        lines = out.decode().splitlines()
        self.assertEqual(lines[0].split(), ["RULE", "FAMILY", "SWITCH", "PROPERTY", "PARAMETER", "METHOD",
                                            "COMPONENT", "STATE", "REPAIR", "PROFILE", "NOW"])
        row, = (line for line in lines if line.startswith(MISSING + " "))
        self.assertEqual(row.split(), [MISSING, "epoch", "FixRecipientTrackStatusTime", mails.ATTRIBUTE.decode(), "-", "response",
                                       "VEVENT", "absent", "insert", "time", "on", "repair"])

    def test_columns_line_up(self):
        """What is too long for its column goes on below it."""
        lines = self.run_it("rules")[1].decode().splitlines()
        profile = lines[0].index("PROFILE")
        for line in lines[1:]:
            if not line.startswith(" "):
                self.assertIn(line[profile:].split()[0], ("on", "in,", "out", "opt", "leave"), line)

    def test_json_names_every_row_of_the_table(self):
        table = self.run_it("rules")[1].decode().splitlines()[1:]
        names = [line.split()[0] for line in table if not line.startswith(" ")]
        self.assertEqual([row["rule"] for row in self.rows()], names)
        self.assertIn("tnef-track-status-time", names)
        standards = {row["rule"]: row["standard"] for row in self.rows()}
        self.assertEqual(standards["stamp-missing"], "RFC 5545 3.8.7.2")
        self.assertIsNone(standards["limit"])

    def test_settings_say_what_holds_now(self):
        self.assertEqual(self.now("stamp-local"), ["ignore"])
        self.assertEqual(self.now("owner-change-epoch"), ["repair", "report"])
        self.config.write_text(f"[repair]\nenable=stamp-local;owner-change-epoch\n"
                               f"disable={MISSING}\n")
        self.assertEqual(self.now("stamp-local"), ["repair"])
        self.assertEqual(self.now("owner-change-epoch"), ["repair", "repair"])
        self.assertEqual(self.now(MISSING), ["ignore"])


class Wrong(unittest.TestCase):
    def test_unknown_command_and_option(self):
        for arguments in ((), ("mend",), ("check", "--all"), ("rules", "--now=x")):
            with self.subTest(arguments=arguments):
                code, out, err = milter_process.run(lab.COMMAND, *arguments)
                self.assertEqual((code, out), (TROUBLE, b""))
                self.assertIn(b"calmend", err)

    def test_help_names_every_command(self):
        code, out, _ = milter_process.run(lab.COMMAND, "--help")
        self.assertEqual(code, 0)
        for command in (b"check", b"repair", b"rules", b"probe"):
            self.assertIn(command, out)


class FullDisk(Command):
    def test_every_command_says_that_it_cannot_write(self):
        broken = self.write("broken.eml", mails.reply_mail())
        for arguments in (("--version",), ("--help",), ("check", broken), ("check", "--json", broken),
                          ("check", "--help"), ("repair", broken), ("repair", "--diff", broken),
                          ("rules",), ("rules", "--json"), ("report", broken),
                          ("report", "--json", broken), ("report", "--html=-", broken)):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                done = subprocess.run([lab.COMMAND, *arguments], stdout=full,
                                      stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(done.returncode, TROUBLE)
                self.assertRegex(done.stderr, r"^calmend[a-z ]*: cannot write to standard output: "
                                              r"No space left on device\n$")


if __name__ == "__main__":
    lab.run_tests()
