#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`calmend report`: what it counts in a mailbox that is known, in JSON and as text; what it reads of
a log in each of its forms; and what hostile mail can do to either.

The page is looked at in a browser by tests/browser.
"""
import datetime
import html.parser
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import unicodedata
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import mails
import milter_process
import milter_wire
import report_mails

MISSING = "attendee-change-missing"
CORPUS = lab.ROOT.parent / "shared" / "corpus"


class Report(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.config = self.folder / "calmend.conf"
        self.config.write_bytes(b"")
        self.box = report_mails.write_mbox(self.folder / "box", report_mails.made())

    def run_it(self, *arguments, stdin=b""):
        """(exit code, stdout, stderr), at a time that is always the same."""
        return milter_process.run(lab.COMMAND, "report", "--config", self.config, "--now",
                                  report_mails.NOW, *arguments, stdin=stdin)

    def json(self, *arguments, stdin=b""):
        """The report as JSON; the command must end well."""
        code, out, err = self.run_it("--json", *arguments, stdin=stdin)
        self.assertEqual((code, err), (0, b""))
        return json.loads(out)

    def text(self, *arguments):
        """The report as text; the command must end well."""
        code, out, err = self.run_it(*arguments)
        self.assertEqual((code, err), (0, b""))
        return out.decode()

    def rows(self, report, table, *members):
        """A table as tuples of some of its members."""
        return [tuple(row[member] for member in members) for row in report[table]]


class Counts(Report):
    def test_summary(self):
        report = self.json(self.box)
        for member, value in {"format": "calmend-report", "version": 1, "source": "mail",
                              "made": "2024-06-01T00:00:00Z", "since": None, "messages": 7,
                              "with_calendar": 5, "with_winmail": 0, "with_either": 5, "broken": 4,
                              "defects": 4, "earlier": 0, "unreadable": 0,
                              "first": "2024-03-05T10:15:01Z", "last": "2024-05-04T08:00:00Z"
                              }.items():
            self.assertEqual(report[member], value, member)

    def test_outcomes_and_cost(self):
        report = self.json(self.box)
        self.assertEqual(self.rows(report, "outcomes", "outcome", "messages", "defects"),
                         [("track", 2, 2), ("inbound", 1, 1), ("left", 1, 1)])
        self.assertEqual(self.rows(report, "reasons", "reason", "defects"), [("signed", 1)])
        self.assertEqual(self.rows(report, "choices", "choice", "messages", "signed"),
                         [("track", 2, 1), ("inbound", 1, 0), ("outbound", 1, 0), ("all", 3, 1)])

    def test_opt_and_outbound(self):
        """A rule that is only on when enabled, and one of the profile outbound alone."""
        opt = report_mails.reply(1, b"Tue, 05 Mar 2024 10:15:01 +0000", mended=True)
        calendar = mails.request_calendar().replace(b"\r\n", b"\n")
        bare = mails.mail(mails.part(mails.calendar_type(b"REQUEST"), calendar, "base64"))
        box = report_mails.write_mbox(self.folder / "opt", [
            opt.replace(b"DTSTAMP:20240305T101500Z", b"DTSTAMP:20240305T101500"), bare])
        report = self.json(box)
        outcomes = {row["outcome"]: row["defects"] for row in report["outcomes"]}
        self.assertEqual(outcomes["outbound"], 1)
        self.assertGreaterEqual(outcomes["enabled"], 1)
        rules = {row["rule"]: (row["mended"], row["enabled"], row["left"])
                 for row in report["rules"]}
        self.assertEqual(rules["bare-line-feed"], (1, 0, 0))
        self.assertEqual(rules["stamp-local"], (0, 1, 0))

    def test_producers(self):
        report = self.json(self.box)
        self.assertEqual(
            self.rows(report, "producers", "producer", "messages", "broken", "percent", "defects"),
            [("Microsoft Exchange Server 2007", 4, 3, 75, 3), ("Google Calendar", 1, 1, 100, 1)])
        self.assertEqual(self.rows(report, "producer_rules", "producer", "rule", "defects"),
                         [("Microsoft Exchange Server 2007", MISSING, 3),
                          ("Google Calendar", "address-scheme", 1)])
        self.assertEqual(self.rows(report, "methods", "producer", "method", "calendars"),
                         [("Microsoft Exchange Server 2007", "REPLY", 4),
                          ("Google Calendar", "REQUEST", 1)])

    def test_domains_and_months(self):
        report = self.json(self.box)
        self.assertEqual(self.rows(report, "domains", "domain", "messages", "broken", "percent"),
                         [("partner.example", 4, 3, 75), ("other.example", 1, 1, 100)])
        self.assertEqual(self.rows(report, "domain_rules", "domain", "rule", "messages"),
                         [("partner.example", MISSING, 3), ("other.example", "address-scheme", 1)])
        self.assertEqual(
            self.rows(report, "months", "month", "messages", "broken", "defects", "mended", "left"),
            [("2024-03", 2, 2, 2, 2, 0), ("2024-04", 1, 0, 0, 0, 0), ("2024-05", 2, 2, 2, 1, 1)])
        self.assertEqual(self.rows(report, "month_rules", "month", "rule", "defects"),
                         [("2024-03", MISSING, 2), ("2024-05", MISSING, 1),
                          ("2024-05", "address-scheme", 1)])

    def test_rules_and_examples(self):
        report = self.json(self.box)
        self.assertEqual(self.rows(report, "rules", "rule", "switch", "standard", "messages"),
                         [(MISSING, "FixRecipientTrackStatusTime", "[MS-OXCICAL] 2.1.3.1.1.20", 3),
                          ("address-scheme", "FixCalendarMail", "RFC 5545 3.3.3", 1)])
        first = report["examples"][0]
        self.assertEqual((first["rule"], first["file"], first["time"], first["message_id"]),
                         (MISSING, str(self.box), "2024-03-05T10:15:01Z", "<1@partner.example>"))
        mail = self.box.read_bytes()[first["offset"]:]
        self.assertTrue(mail.startswith(b"From: Ada"), mail[:80])

    def test_five_examples_at_most(self):
        box = report_mails.write_mbox(self.folder / "many", [report_mails.made()[1]] * 9)
        report = self.json(box)
        self.assertEqual((len(report["examples"]), report["broken"]), (5, 9))

    def test_partner(self):
        partner, other = self.json(self.box)["partners"]
        self.assertEqual((partner["domain"], other["domain"]), ("partner.example", "other.example"))
        text = " ".join(partner["text"].split())
        for part in ("Between 2024-03-05 and 2024-05-04, 3 of 4 messages",
                     "partner.example", "Microsoft Exchange Server 2007",
                     "See [MS-OXCICAL] 2.1.3.1.1.20. In 3 messages.",
                     "the message of 2024-03-05 10:15 UTC, Message-ID <1@partner.example>"):
            self.assertIn(part, text)
        for line in partner["text"].splitlines():
            self.assertLessEqual(len(line), 72)

    def test_winmail(self):
        box = report_mails.write_mbox(self.folder / "tnef", [
            report_mails.winmail(b"Tue, 05 Mar 2024 10:15:01 +0000")])
        report = self.json(box)
        self.assertEqual((report["with_calendar"], report["with_winmail"]), (0, 1))
        self.assertEqual(self.rows(report, "producers", "producer", "messages"),
                         [("(winmail.dat)", 1)])

    def test_stores_and_order(self):
        """A Maildir tells the same as an mbox, however many threads there are."""
        maildir = report_mails.write_maildir(self.folder / "Maildir", report_mails.made() * 20)
        box = report_mails.write_mbox(self.folder / "long", report_mails.made() * 20)
        one, other = self.json(maildir), self.json(box)
        for report in (one, other):
            del report["examples"]
        self.assertEqual(one, other)
        self.assertEqual(self.run_it("--json", box), self.run_it("--json", box))

    def test_top(self):
        report = self.json("--top", "1", self.box)
        self.assertEqual(self.rows(report, "domains", "domain", "messages"),
                         [("partner.example", 4), ("(others)", 1)])
        self.assertEqual([row["domain"] for row in report["partners"]], ["partner.example"])

    def test_since(self):
        report = self.json("--since", "2024-04-01", self.box)
        self.assertEqual((report["messages"], report["earlier"]), (3, 4))
        self.assertEqual(report["since"], "2024-04-01T00:00:00Z")
        self.assertEqual([row["month"] for row in report["months"]], ["2024-04", "2024-05"])

    def test_signed_mail_is_looked_at_whatever_the_settings_say(self):
        self.config.write_text("[repair]\ndkim-signed=leave\n")
        report = self.json(self.box)
        self.assertEqual(self.rows(report, "outcomes", "outcome", "defects")[0], ("track", 2))

    def test_standard_input(self):
        report = self.json("-", stdin=report_mails.mbox(report_mails.made()))
        self.assertEqual((report["messages"], report["broken"]), (7, 4))
        self.assertEqual(report["examples"][0]["file"], "-")

    def test_nothing_there(self):
        empty = self.folder / "empty"
        empty.mkdir()
        report = self.json(empty)
        self.assertEqual((report["messages"], report["defects"], report["first"]), (0, 0, None))
        for table in ("outcomes", "reasons", "rules", "examples", "producers", "methods", "domains",
                      "months", "partners"):
            self.assertEqual(report[table], [], table)
        self.assertIn(" 0  messages\n", self.text(empty))
        code, out, err = self.run_it("--html", "-", empty)
        self.assertEqual((code, err), (0, b""))
        self.assertIn(b"No defect was found.", out)

    def test_unreadable(self):
        code, out, err = self.run_it("--json", self.folder / "gone", self.box)
        self.assertEqual(code, 2)
        self.assertIn(b"gone", err)
        report = json.loads(out)
        self.assertEqual((report["unreadable"], report["broken"]), (1, 4))


class Privacy(Report):
    """Nothing of a message but what the manual names."""

    def forms(self, *arguments):
        """JSON, text and page."""
        return [self.run_it(*form, *arguments, self.box)[1].decode()
                for form in (("--json",), (), ("--html", "-"))]

    def test_no_words_of_a_message(self):
        for out in self.forms():
            for word in ("Budget", "Ada <", "Ben Attendee", "ada@partner.example", "sue@",
                         "olga@", "lab-1@"):
                self.assertNotIn(word, out)

    def test_addresses_when_asked_for(self):
        for out in self.forms("--addresses"):
            self.assertIn("ada@partner.example", out)
            self.assertIn("sue@other.example", out)
            self.assertNotIn("olga@", out)


class Text(Report):
    def test_tables(self):
        lines = [" ".join(line.split()) for line in self.text(self.box).splitlines()]
        for line in ("7 messages", "5 of them with a calendar", "4 with a defect",
                     "From 2024-03-05 10:15 UTC to 2024-05-04 08:00 UTC.",
                     "mended by the switch FixRecipientTrackStatusTime 2 2",
                     "FixRecipientTrackStatusTime 2 1", "inside of a signed or encrypted part 1 1",
                     "2024-05 2 2 2 1 0 1", "Microsoft Exchange Server 2007 4 3 75 % 3",
                     "partner.example 4 3 75 % 3", f"partner.example {MISSING} 3 3",
                     "To the postmaster of partner.example",
                     f"{self.box}, octet {self.offset(1)}, 2024-03-05 10:15 UTC, "
                     "<1@partner.example>"):
            self.assertIn(line, lines)

    def offset(self, number):
        """Where the mail of partner.example with that number begins in the mbox."""
        octets = self.box.read_bytes()
        return octets.rindex(b"From: ", 0, octets.index(b"<%d@partner.example>" % number))

    def test_is_80_wide(self):
        """But for names of files and Message-IDs, which are of use only as a whole."""
        producer = b"-//An Owner With A Name//Product With A Very Long Name That Goes On//EN"
        box = report_mails.write_mbox(self.folder / "wide", [
            report_mails.reply(1, b"Tue, 05 Mar 2024 10:15:01 +0000", producer=producer)])
        tables = self.text(self.box, box).partition("\nEXAMPLES\n")[0]
        self.assertIn("An Owner", tables)
        for line in tables.splitlines():
            self.assertLessEqual(len(line), 80, line)

    def test_a_terminal_gives_the_width(self):
        """A name that 60 columns cut is whole in 200."""
        name = "Product With A Very Long Name That Goes On And On"
        box = report_mails.write_mbox(self.folder / "wide", [report_mails.reply(
            1, b"Tue, 05 Mar 2024 10:15:01 +0000", producer=name.encode())])
        for columns, whole in ((60, False), (200, True)):
            with self.subTest(columns=columns):
                producers = self.on_terminal(columns, box).partition("RULES BY PRODUCER")[2]
                self.assertEqual(name in producers, whole, producers)

    def on_terminal(self, columns, box):
        """What is printed on a terminal that wide."""
        leader, follower = pty.openpty()
        subprocess.run(["stty", "rows", "50", "columns", str(columns), "-onlcr"], stdin=follower,
                       check=True, timeout=lab.PATIENCE)
        child = subprocess.Popen([lab.COMMAND, "report", "--config", self.config, box],
                                 stdout=follower)
        os.close(follower)
        text = b""
        while True:
            try:
                chunk = os.read(leader, 65536)
            except OSError:  # the other side is closed
                break
            if not chunk:
                break
            text += chunk
        os.close(leader)
        self.assertEqual(child.wait(lab.PATIENCE), 0)
        return text.decode()


class Page(html.parser.HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


class Hostile(Report):
    def setUp(self):
        super().setUp()
        self.box = report_mails.write_mbox(self.folder / "hostile", report_mails.hostile())

    def check_plain(self, text):
        for character in text.replace("\n", ""):
            self.assertNotIn(unicodedata.category(character), ("Cc", "Cf", "Zl", "Zp"),
                             repr(character))

    def test_text(self):
        text = self.text(self.box)
        self.check_plain(text)
        self.assertIn("alert(1)", text)

    def test_json(self):
        code, out, _ = self.run_it("--json", self.box)
        self.assertEqual(code, 0)
        self.check_plain(out.decode())
        names = [row["producer"] for row in json.loads(out)["producers"]]
        self.assertTrue(any(name.startswith("</style></script><script>") for name in names), names)
        self.assertIn("(unknown)", [row["domain"] for row in json.loads(out)["domains"]])

    def test_letters(self):
        """They are printed and sent as they are; what a sender calls a Message-ID adds no word."""
        _, out, _ = self.run_it("--json", report_mails.write_mbox(self.folder / "letter", [
            report_mails.reply(9, b"Tue, 05 Mar 2024 10:15:01 +0000",
                               producer=report_mails.HOSTILE.encode()).replace(
                b"<9@partner.example>", b"<9\x1b]0;x\x07> Visit evil.example")]))
        letter, = [partner["text"] for partner in json.loads(out)["partners"]]
        self.check_plain(letter)
        self.assertIn("Message-ID <9\\x1b]0;x\\x07>.", letter.replace("\n   ", " "))

    def test_page(self):
        """There is no element and no attribute but those of a page over other mail."""
        code, out, _ = self.run_it("--html", "-", self.box)
        self.assertEqual(code, 0)
        self.check_plain(out.decode())
        page = Page(out.decode())
        tags = [tag for tag, _ in page.elements]
        self.assertEqual((tags.count("script"), tags.count("style"), tags.count("img")), (1, 1, 0))
        for _, attributes in page.elements:
            for name in attributes:
                self.assertFalse(name.startswith("on") or name in ("style", "src"), attributes)
        self.assertIn("<script>alert(1)", "".join(page.words))

    def test_page_allows_nothing_from_outside(self):
        _, out, _ = self.run_it("--html", "-", self.box)
        policy, = [attributes["content"] for tag, attributes in Page(out.decode()).elements
                   if attributes.get("http-equiv") == "Content-Security-Policy"]
        self.assertRegex(policy, r"^default-src 'none'; style-src 'sha256-[\w+/]{43}='; "
                                 r"script-src 'sha256-[\w+/]{43}='; base-uri 'none'; "
                                 r"form-action 'none'$")
        links = [value for _, attributes in Page(out.decode()).elements
                 for name, value in attributes.items() if name in ("src", "href", "action")]
        self.assertEqual([link for link in links if not link.startswith("#")], [])
        self.assertNotIn("url(", out.decode())


class Files(Report):
    def test_page_replaces_the_one_before(self):
        page = self.folder / "report.html"
        page.write_text("<!DOCTYPE html>\nold")
        code, out, err = self.run_it("--html", page, self.box)
        self.assertEqual((code, out, err), (0, b"", b""))
        self.assertTrue(page.read_text().startswith("<!DOCTYPE html>"))
        self.assertEqual(page.read_bytes(), self.run_it("--html", "-", self.box)[1])

    def test_page_through_a_link(self):
        page, link = self.folder / "report.html", self.folder / "link"
        page.touch()
        link.symlink_to(page)
        for _ in range(2):
            self.assertEqual(self.run_it("--html", link, self.box)[0], 0)
            self.assertTrue(link.is_symlink())
            self.assertTrue(page.read_text().startswith("<!DOCTYPE html>"))

    def test_mailbox_in_the_place_of_the_page(self):
        """--html takes a value; who forgets that, and names two mailboxes, keeps both."""
        octets = self.box.read_bytes()
        code, out, err = self.run_it("--html", self.box, self.box)
        self.assertEqual((code, out), (2, b""))
        self.assertIn(b"is no page", err)
        self.assertEqual(self.box.read_bytes(), octets)
        _, _, err = self.run_it("--html", self.folder, self.box)
        self.assertIn(b"is no file", err)

    def test_page_and_json(self):
        page = self.folder / "report.html"
        report = self.json("--html", page, self.box)
        self.assertEqual(report["broken"], 4)
        self.assertIn("Microsoft Exchange Server 2007", page.read_text())

    def test_page_that_cannot_be_written(self):
        code, _, err = self.run_it("--html", self.folder / "gone" / "report.html", self.box)
        self.assertEqual(code, 2)
        self.assertIn(b"report.html", err)

    def test_trouble(self):
        for arguments, words in (((), b"no PATH"), (("--since", "May", "x"), b"2024-01-31"),
                                 (("--since", "2024-02-30", "x"), b"2024-01-31"),
                                 (("--top", "0", "x"), b"from 1 to"),
                                 (("--json", "--html=-", "x"), b"both")):
            with self.subTest(arguments=arguments):
                code, out, err = self.run_it(*arguments)
                self.assertEqual((code, out), (2, b""))
                self.assertIn(words, err)


class Log(Report):
    """What a real milter logs, in each form in which logs are kept."""

    def events(self):
        """Lines of text, as calmend-milter writes them (tests/unit/test_log_event holds the forms to
        the writer)."""
        head = "Event Type: Warning; Event Source: calmend; Event Category: Calendar Repair; "
        return [
            f"Q1: {head}Event ID: 327; User: ada@partner.example; Computer: mx; Description: "
            f"repaired: {MISSING} x2; part 2; METHOD REPLY; UID 1; PRODID Microsoft Exchange Server "
            "2007; Message-ID <1@partner.example>",
            f"Q1: {head}Event ID: 328; User: ada@partner.example; Computer: mx; Description: would "
            "be repaired, the switch FixCalendarMail is off: address-scheme x1; part 2; METHOD "
            "REPLY; PRODID Microsoft Exchange Server 2007; Message-ID <1@partner.example>",
            f"Q2: {head}Event ID: 329; User: sue@other.example; Computer: mx; Description: found, "
            f"not repaired: {MISSING} x1 (signed); part 1; METHOD REPLY; PRODID "
            "-//Google Inc//Google Calendar 70.9054//EN; Message-ID <2@other.example>",
            "-: Event Type: Information; Event Source: calmend; Event Category: Service; Event ID: "
            "342; User: -; Computer: mx; Description: Repairs are on: /etc/x (y)",
        ]

    def objects(self):
        """The same as lines of JSON."""
        return [json.dumps(event) for event in (
            {"event_id": 327, "event_source": "calmend", "queue_id": "Q1", "computer": "mx",
             "user": "ada@partner.example", "message_id": "<1@partner.example>",
             "rules": [f"{MISSING} x2"], "method": "REPLY",
             "producer": "Microsoft Exchange Server 2007"},
            {"event_id": 328, "event_source": "calmend", "queue_id": "Q1", "computer": "mx",
             "user": "ada@partner.example", "message_id": "<1@partner.example>",
             "rules": ["address-scheme x1"], "method": "REPLY",
             "producer": "Microsoft Exchange Server 2007"},
            {"event_id": 329, "event_source": "calmend", "queue_id": "Q2", "computer": "mx",
             "user": "sue@other.example", "message_id": "<2@other.example>",
             "rules": [f"{MISSING} x1 (signed)"], "method": "REPLY",
             "producer": "-//Google Inc//Google Calendar 70.9054//EN"})]

    def entries(self):
        """The same as the journal prints it."""
        start = int(datetime.datetime(2024, 5, 6, tzinfo=datetime.timezone.utc).timestamp())
        return [json.dumps({"__REALTIME_TIMESTAMP": str((start + number) * 1000000),
                            "CALMEND_EVENT_ID": "327", "SYSLOG_IDENTIFIER": "calmend-milter",
                            "MESSAGE": line}) for number, line in enumerate(self.events())]

    def write_log(self, lines):
        path = self.folder / "mail.log"
        path.write_text("".join(line + "\n" for line in (
            "May  6 00:00:00 mx postfix/smtpd[7]: connect from unknown[192.0.2.1]", *lines,
            "May  6 00:00:01 mx postfix/smtpd[7]: disconnect")))
        return path

    def check(self, lines, dated):
        report = self.json("--log", self.write_log(lines))
        self.assertEqual((report["source"], report["messages"], report["broken"],
                          report["defects"]), ("log", 2, 2, 4))
        self.assertEqual(self.rows(report, "outcomes", "outcome", "messages", "defects"),
                         [("repaired", 1, 2), ("mail", 1, 1), ("left", 1, 1)])
        self.assertEqual(self.rows(report, "reasons", "reason", "defects"), [("signed", 1)])
        self.assertEqual(self.rows(report, "domains", "domain", "broken", "percent"),
                         [("other.example", 1, None), ("partner.example", 1, None)])
        self.assertEqual(sorted(self.rows(report, "producers", "producer", "defects")),
                         [("Google Calendar", 1), ("Microsoft Exchange Server 2007", 3)])
        self.assertEqual(self.rows(report, "months", "month"),
                         [("2024-05",)] if dated else [("(unknown)",)])
        self.assertEqual((report["choices"], report["examples"][0]["file"]), ([], None))

    def test_syslog_with_a_traditional_stamp(self):
        self.check([f"May  6 00:00:0{number} mx calmend-milter[12]: {line}"
                    for number, line in enumerate(self.events())], True)

    def test_syslog_with_a_stamp_of_rfc_3339(self):
        self.check([f"2024-05-06T0{number}:00:00.123456+02:00 mx calmend-milter[12]: {line}"
                    for number, line in enumerate(self.events(), start=3)], True)

    def test_json_lines(self):
        self.check(self.objects(), False)

    def test_json_behind_a_stamp(self):
        self.check([f"May  6 00:00:0{number} mx calmend-milter[12]: {line}"
                    for number, line in enumerate(self.objects())], True)

    def test_journal(self):
        self.check(self.entries(), True)

    def test_since(self):
        path = self.write_log(f"May  {day} 00:00:00 mx calmend-milter[12]: {line}"
                              for day, line in zip((1, 1, 6), self.events()))
        report = self.json("--log", "--since", "2024-05-05", path)
        self.assertEqual((report["messages"], report["earlier"]), (1, 2))

    def test_text_and_page(self):
        path = self.write_log(self.events())
        self.assertIn("2  messages with a defect in the log", self.text("--log", path))
        code, out, _ = self.run_it("--log", "--html", "-", path)
        self.assertEqual(code, 0)
        self.assertIn(b"Defects by producer", out)

    def test_standard_input_and_several_files(self):
        path = self.write_log(self.events()[:1])
        report = self.json("--log", path, "-", stdin=self.events()[2].encode())
        self.assertEqual(report["messages"], 2)

    def test_log_that_cannot_be_read(self):
        code, out, err = self.run_it("--json", "--log", self.folder / "gone")
        self.assertEqual((code, json.loads(out)["unreadable"]), (2, 1))
        self.assertIn(b"gone", err)

    def test_line_without_end(self):
        """Passed over, in bounded memory; the next one counts."""
        path = self.folder / "mail.log"
        path.write_bytes(b"x" * (1 << 20) + b"\n\0\n" + self.events()[0].encode())
        self.assertEqual(self.json("--log", path)["messages"], 1)


class Milter(Report):
    """What a real milter wrote, of the mails whose report is known."""

    def log(self, form):
        """Its log, once it has told of every broken mail."""
        milter = milter_process.started(self, {"log": {"format": form}},
                                        folder=lab.scratch_folder(self))
        milter.switch_on()
        for number, mail in enumerate(report_mails.made()):
            sender = mails.field(mail, "From")[0].rpartition("<")[2]
            milter_wire.one_message(milter.socket, mail, queue_id=b"Q%d" % number,
                                    sender=b"<" + sender.encode())
        lab.wait_until(lambda: b"Q5" in milter.log.read_bytes(), "the last event")
        return milter.log

    def test_forms(self):
        for form in ("text", "json"):
            with self.subTest(form=form):
                report = self.json("--log", self.log(form))
                self.assertEqual(self.rows(report, "outcomes", "outcome", "messages", "defects"),
                                 [("repaired", 2, 2), ("mail", 1, 1), ("left", 1, 1)])
                self.assertEqual(self.rows(report, "reasons", "reason", "defects"),
                                 [("signed", 1)])
                self.assertEqual(self.rows(report, "domains", "domain", "broken"),
                                 [("partner.example", 3), ("other.example", 1)])
                self.assertEqual(self.rows(report, "producer_rules", "producer", "rule", "defects"),
                                 [("Microsoft Exchange Server 2007", MISSING, 3),
                                  ("Google Calendar", "address-scheme", 1)])


class Manual(Report):
    """The examples of calmend-report(1), as somebody types them."""

    # Programs that are not calmend's stand for themselves: what they print, or what they take.
    OTHERS = {"journalctl": "cat mail.log", "zcat": "cat mail.log", "jq": "cat"}

    def examples(self):
        """Each line of the page behind a prompt."""
        page = (lab.BUILD / "doc" / "calmend-report.1").read_text(encoding="utf-8")
        return re.findall(r"(?m)^(?:\.Dl )?\$ (.*)$", page)

    def plain(self, example):
        """The example with calmend of the build, and other programs as OTHERS has them."""
        stages = []
        for stage in example.split(" | "):
            program, _, rest = stage.partition(" ")
            stages.append(f"{lab.COMMAND} {rest} --config calmend.conf" if program == "calmend"
                          else self.OTHERS[program])
        return " | ".join(stages)

    def test_examples(self):
        report_mails.write_maildir(self.folder / "Maildir", report_mails.made())
        (self.folder / "mail.log").write_text(
            "Q1: Event Type: Warning; Event Source: calmend; Event Category: Calendar Repair; "
            f"Event ID: 327; User: a@b.example; Computer: mx; Description: repaired: {MISSING} x2; "
            "part 2; METHOD REPLY\n")
        self.assertGreaterEqual(len(self.examples()), 5)
        for example in self.examples():
            with self.subTest(example=example):
                done = subprocess.run(self.plain(example), shell=True, cwd=self.folder, check=False,
                                      capture_output=True, timeout=lab.PATIENCE)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertTrue("--html" in example or MISSING.encode() in done.stdout, done.stdout)
        self.assertIn(MISSING, (self.folder / "report.html").read_text())


class Corpus(Report):
    def test_what_check_finds_is_counted(self):
        lab.need(CORPUS.is_dir(), "the corpus is not here")
        report = self.json(CORPUS)
        _, out, _ = milter_process.run(lab.COMMAND, "check", "--config", self.config, "--json",
                                       "--all", "--now", report_mails.NOW, CORPUS)
        found = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(report["messages"], len(found))
        self.assertEqual(report["defects"], sum(len(mail["findings"]) for mail in found))
        self.assertEqual(report["broken"], sum(1 for mail in found if mail["findings"]))
        counts = {}
        for mail in found:
            for finding in mail["findings"]:
                counts[finding["rule"]] = counts.get(finding["rule"], 0) + 1
        self.assertEqual({row["rule"]: row["defects"] for row in report["rules"]}, counts)


if __name__ == "__main__":
    lab.run_tests()
