#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend filter: what leaves is what the milter would have made of it, and nothing is ever lost.

What a repair writes is held to `calmend repair`, which is held to the octet elsewhere. What was
counted tells what became of a message; events are read from a syslog of the test's own, which needs
root and the right to make a namespace. The programs that call a filter are in tests/filter.
"""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import mails
import metrics_file
import milter_process
from test_syslog import NAMESPACE, can_unshare

GOLDEN = lab.ROOT / "tests" / "data" / "golden"
CLOCK = lab.BUILD / "tests/protocol/fixed_clock.so"
TRY_AGAIN = 75
MEMORY_BYTES = 2000
MESSAGE_BYTES = 400000
CHUNK = 65536
HEADER_MAX = 256 * 1024
MESSAGES = "calmend_filter_messages_total"
EVENTS = "calmend_filter_events_total"

# The examination fails as CALMEND_TROUBLE says: the reader of calendars that the guard asks does.
TROUBLE = """
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
void *icalparser_parse(void *parser, void *line)
{
    const char *trouble = getenv("CALMEND_TROUBLE");
    (void)parser;
    (void)line;
    while (strcmp(trouble, "hang") == 0) {
        alarm(0);
        pause();
    }
    if (strcmp(trouble, "exit") == 0)
        _exit(3);
    raise(atoi(trouble));
    return 0;
}
"""


def large_mail(mended=False, size=20 * MEMORY_BYTES):
    """A REPLY that does not fit into the memory of the settings."""
    return mails.mail(mails.multipart(
        b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar(mended), "base64"),
        mails.attachment(size)))


def end_process(pid):
    """Ends a process that may have ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Filter(unittest.TestCase):
    """A folder with settings, both switches on, and the counts."""

    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.config = self.folder / "calmend.conf"
        self.counts_path = self.folder / "filter.prom"
        self.switches = [self.folder / "track", self.folder / "mail"]
        self.settings = {
            "repair": {"switch-file": self.switches[0], "mail-switch-file": self.switches[1]},
            "limits": {"memory-bytes": MEMORY_BYTES, "message-bytes": MESSAGE_BYTES},
            "metrics": {"filter-textfile": self.counts_path}}
        self.configure()
        for path in self.switches:
            path.touch(0o644)

    def configure(self, **groups):
        """Writes the settings, with these groups added to."""
        for group, keys in groups.items():
            self.settings.setdefault(group, {}).update(keys)
        self.config.write_text("".join(
            f"[{group}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())
            for group, keys in self.settings.items()))

    def command(self, *arguments):
        return [lab.COMMAND, "filter", "--config", str(self.config), *arguments]

    def run_it(self, mail, *arguments, environment=None, **options):
        """(exit code, stdout, stderr)."""
        done = subprocess.run(self.command(*arguments), input=mail, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=3 * lab.PATIENCE, check=False,
                              env={**os.environ, **(environment or {})}, **options)
        return done.returncode, done.stdout, done.stderr

    def outcomes(self):
        """How many messages had which outcome, of those that some had."""
        counts = metrics_file.read(self.counts_path)
        return {dict(labels)["outcome"]: int(value) for (name, labels), value in counts.items()
                if name == MESSAGES and value > 0}

    def events(self):
        """The numbers of the events, in order."""
        counts = metrics_file.read(self.counts_path)
        return sorted(number for (name, labels), value in counts.items() if name == EVENTS
                      for number in [int(dict(labels)["event_id"])] * int(value))

    def check_passes(self, mail, outcome, *arguments, events=(), **options):
        """The mail leaves as it came, and is counted so; nothing is said on stderr."""
        code, out, err = self.run_it(mail, *arguments, **options)
        self.assertEqual((code, err), (0, b""))
        lab.assert_octets_equal(out, mail)
        self.assertEqual(self.outcomes(), {outcome: 1})
        self.assertEqual(self.events(), list(events))

    def check_mended(self, mail, *arguments, **options):
        code, out, err = self.run_it(mail, *arguments, **options)
        self.assertEqual((code, err), (0, b""))
        expected = milter_process.repaired(mail, self.config)
        self.assertNotEqual(expected, mail)
        lab.assert_octets_equal(out, expected)


class Treatment(Filter):
    def test_repairs(self):
        self.check_mended(mails.reply_mail())
        self.assertEqual((self.outcomes(), self.events()), ({"repaired": 1}, [327]))

    def test_large_message_is_repaired(self):
        self.check_mended(large_mail())
        self.assertEqual(self.outcomes(), {"repaired": 1})

    def test_golden_mails_are_repaired_as_by_the_command(self):
        lab.need(CLOCK.exists(), f"{CLOCK} is built by make check")
        for name, value in {"LD_PRELOAD": str(CLOCK), "CALMEND_FIXED_CLOCK": "1767657600"}.items():
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name)
        names = sorted(path.name for path in GOLDEN.glob("*.in.eml"))[::8]
        self.assertGreater(len(names), 30)
        for name in names:
            with self.subTest(name=name):
                mail = (GOLDEN / name).read_bytes()
                code, out, _ = self.run_it(mail)
                self.assertEqual(code, 0)
                lab.assert_octets_equal(out, milter_process.repaired(mail, self.config))

    def test_mbox_line_at_the_start_stays(self):
        mail = b"From ben@example.com Tue Mar  5 10:15:01 2024\n" \
            + mails.reply_mail().replace(b"\r\n", b"\n")
        self.check_mended(mail)

    def test_standard_output_is_for_mail_alone(self):
        """Also where the settings are those of a milter in a container."""
        self.configure(log={"destination": "stdout", "format": "json"})
        self.check_mended(mails.reply_mail())

    def test_switch_off(self):
        self.switches[0].unlink()
        self.check_passes(mails.reply_mail(), "would_repair", events=[328])

    def test_switch_that_others_may_write_counts_as_off(self):
        self.switches[0].chmod(0o666)
        self.check_passes(mails.reply_mail(), "would_repair", events=[328, 343])

    def test_other_switch_off(self):
        self.switches[1].unlink()
        self.check_mended(mails.reply_mail())

    def test_without_a_defect(self):
        self.check_passes(mails.reply_mail(True), "clean")

    def test_header_says_no_calendar(self):
        self.check_passes(mails.plain_mail(), "header_only")

    def test_body_has_none(self):
        self.check_passes(mails.mail(mails.multipart(b"mixed", mails.note(),
                                                     mails.attachment(3000))), "no_calendar")

    def test_nothing(self):
        self.check_passes(b"", "header_only")

    def test_header_alone(self):
        self.check_passes(b"Subject: x\nContent-Type: multipart/mixed", "no_calendar")

    def test_blank_line_alone(self):
        self.check_passes(b"\r\nContent-Type: text/calendar\r\n\r\nx", "header_only")

    def test_header_longer_than_is_waited_for(self):
        long = b"X-Long: " + b"a" * 60 + b"\r\n"
        self.configure(limits={"message-bytes": 4 * HEADER_MAX})
        self.check_mended(long * (HEADER_MAX // len(long) + 1) + mails.reply_mail())

    def test_signed(self):
        self.configure(repair={"dkim-signed": "leave"})
        self.check_passes(mails.reply_mail(extra=b"DKIM-Signature: v=1\r\n"), "left", events=[329])

    def test_size_limit_of_the_mta(self):
        mail = large_mail()
        self.configure(limits={"mta-bytes": len(mail) + 100})
        self.check_passes(mail, "failed", events=[331])

    def test_disabled_rule(self):
        self.configure(repair={"disable": "epoch"})
        self.check_passes(mails.reply_mail(), "clean")


class Envelope(Filter):
    def test_exempt_sender(self):
        self.configure(exempt={"senders": "ben@example.com"})
        self.check_passes(mails.reply_mail(), "exempt", "--sender", "ben@example.com")

    def test_other_sender(self):
        self.configure(exempt={"senders": "ben@example.com"})
        self.check_mended(mails.reply_mail(), "--sender", "olga@example.com")

    def test_sender_not_known(self):
        self.configure(exempt={"senders": "<>"})
        self.check_mended(mails.reply_mail())

    def test_no_sender(self):
        self.configure(exempt={"senders": "<>"})
        self.check_passes(mails.reply_mail(), "exempt", "--sender=")

    def test_all_recipients_exempt(self):
        self.configure(exempt={"recipients": ".example.org, @example.com"})
        self.check_passes(mails.reply_mail(), "exempt", "--recipient=a@x.example.org",
                          "--recipient=b@example.com")

    def test_recipients_without_an_option(self):
        self.configure(exempt={"recipients": "@example.com"})
        self.check_passes(mails.reply_mail(), "exempt", "--", "a@example.com", "b@example.com")
        self.check_mended(mails.reply_mail(), "--recipient=a@example.com", "--", "b@example.org")

    def test_one_recipient_is_not(self):
        self.configure(exempt={"recipients": "@example.com"})
        self.check_mended(mails.reply_mail(), "--recipient=a@example.org",
                          "--recipient=b@example.com")

    def test_exempt_client(self):
        self.configure(exempt={"clients": "192.0.2.0/24"})
        self.check_mended(mails.reply_mail())
        self.check_mended(mails.reply_mail(), "--client=198.51.100.1")
        self.check_mended(mails.reply_mail(), "--client=nobody")
        self.counts_path.unlink()
        self.check_passes(mails.reply_mail(), "exempt", "--client=192.0.2.7")

    def test_policy_of_recipients(self):
        """A message to several has what all of them allow."""
        off = self.folder / "off"
        self.configure(**{"policy Sales": {"recipients": "@sales.example.org", "switch-file": off}})
        self.check_mended(mails.reply_mail(), "--recipient=olga@example.org")
        for others in ([], ["--recipient=olga@example.org"]):
            self.counts_path.unlink()
            self.check_passes(mails.reply_mail(), "would_repair",
                              "--recipient=olga@sales.example.org", *others, events=[328])
        off.touch(0o644)
        self.check_mended(mails.reply_mail(), "--recipient=olga@sales.example.org",
                          "--recipient=olga@example.org")

    def test_address_in_any_character_set(self):
        self.check_mended(mails.reply_mail(), b"--sender=zo\xeb@example.com", environment={
            "LC_ALL": "C"})

    def test_recipient_that_a_rule_asks_for(self):
        """organizer-missing holds the recipient of the envelope to the To: field."""
        mail = (GOLDEN / "organizer-missing.in.eml").read_bytes()
        recipient = re.search(rb"(?m)^To:.*?([^\s<>]+@[^\s<>]+)", mail)[1]
        self.configure(repair={"enable": "organizer-missing"})
        _, mended, _ = self.run_it(mail, b"--recipient=" + recipient)
        self.assertIn(b"ORGANIZER:mailto:" + recipient, mended)
        _, left, _ = self.run_it(mail, b"--recipient=other@example.com")
        self.assertNotIn(b"ORGANIZER:", left)


class Stream(Filter):
    """When octets leave."""

    def start(self):
        process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def feed(self, process, octets):
        process.stdin.write(octets)
        process.stdin.flush()

    def check_through(self, process, start, fill):
        """What was written comes out while the input is open, and so does what follows."""
        self.feed(process, start)
        self.assertEqual(process.stdout.read(len(start)), start)
        self.feed(process, fill)
        self.assertEqual(process.stdout.read(len(fill)), fill)
        process.stdin.close()
        self.assertEqual(process.stdout.read(), b"")
        self.assertEqual(process.wait(lab.PATIENCE), 0)

    def test_goes_on_after_a_header_that_says_no_calendar(self):
        for end in (b"\r\n", b"\n"):
            self.check_through(self.start(), b"Subject: x" + 2 * end, b"some text" + end)

    def test_goes_on_when_it_is_exempt(self):
        self.configure(exempt={"senders": "<>"})
        self.command = lambda: Filter.command(self, "--sender=")
        self.check_through(self.start(), b"Subj", b"ect: x\r\n")

    def test_goes_on_when_it_is_too_large(self):
        head = b"Content-Type: text/calendar\r\n\r\n"
        start = head + b"a" * (MESSAGE_BYTES - len(head) + 1)
        self.check_through(self.start(), start, b"some more")
        self.assertEqual(self.outcomes(), {"unread": 1})

    def test_goes_on_when_it_cannot_be_kept(self):
        os.environ["TMPDIR"] = str(self.folder / "missing")
        self.addCleanup(os.environ.pop, "TMPDIR")
        head = b"Content-Type: text/calendar\r\n\r\n"
        self.check_through(self.start(), head + b"a" * (MEMORY_BYTES - len(head) + 1), b"some more")
        self.assertEqual((self.outcomes(), self.events()), ({"failed": 1}, [331]))

    def test_octet_by_octet(self):
        process = self.start()
        mail = mails.alternative_mail()
        for octet in mail:
            self.feed(process, bytes([octet]))
        process.stdin.close()
        lab.assert_octets_equal(process.stdout.read(), milter_process.repaired(mail, self.config))

    def test_streams_that_do_not_block(self):
        """Both ends are one socket, as a program may have it, that takes little at a time."""
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        theirs.setblocking(False)
        with theirs:
            process = subprocess.Popen(self.command(), stdin=theirs, stdout=theirs)
        self.addCleanup(process.wait)
        mail = large_mail(size=200000)
        ours.sendall(mail)
        ours.shutdown(socket.SHUT_WR)
        with ours.makefile("rb") as answer:
            lab.assert_octets_equal(answer.read(), milter_process.repaired(mail, self.config))
        self.assertEqual(process.wait(lab.PATIENCE), 0)


class Broken(Filter):
    """Whatever is wrong with calmend, the message leaves as it came."""

    def check_unharmed(self, mail, arguments=(), words=None, **options):
        code, out, err = self.run_it(mail, *arguments, **options)
        self.assertEqual(code, 0)
        lab.assert_octets_equal(out, mail)
        if words is None:
            self.assertEqual(err, b"")
        else:
            self.assertIn(words, err)

    def test_settings_are_missing(self):
        self.config.unlink()
        self.check_unharmed(mails.reply_mail())

    def test_settings_are_wrong(self):
        self.config.write_text("[repair]\nprofile=sideways\n")
        self.check_unharmed(mails.reply_mail())

    def test_settings_are_a_folder(self):
        self.config = self.folder
        self.check_unharmed(mails.reply_mail())

    def test_option_is_unknown(self):
        self.check_unharmed(mails.reply_mail(), ["--repair-all"], words=b"--repair-all")

    def test_recipient_that_asks_for_help(self):
        """Help is no message; it is shown to who asks for nothing else."""
        for arguments in (["-h"], ["--sender", "a@example.com", "--help"]):
            self.check_unharmed(mails.reply_mail(), arguments, words=b"--help")
        done = subprocess.run([lab.COMMAND, "filter", "--help"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=True, timeout=lab.PATIENCE)
        self.assertTrue(done.stdout.startswith(b"Usage:"), done.stdout)

    def test_no_folder_for_the_spool(self):
        self.check_passes(large_mail(), "failed", events=[331],
                          environment={"TMPDIR": str(self.folder / "missing")})

    def test_file_of_the_spool_is_full(self):
        """At each size at which it may be: within what was in memory, within a chunk, after it."""
        del self.settings["metrics"]
        memory = CHUNK + 1000
        self.configure(limits={"memory-bytes": memory})
        mail = large_mail(size=3 * CHUNK)
        for size in (1, CHUNK - 1, CHUNK, CHUNK + 1, memory, 2 * CHUNK + 1, len(mail) - 1):
            with self.subTest(size=size):
                self.check_unharmed(mail, preexec_fn=lambda size=size: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (size, size)))

    def trouble(self, kind):
        return lab.shim(self.folder, TROUBLE, CALMEND_TROUBLE=str(kind))

    def test_examination_fails(self):
        for kind in (int(signal.SIGABRT), int(signal.SIGKILL), int(signal.SIGALRM), "exit"):
            with self.subTest(kind=kind):
                self.counts_path.unlink(missing_ok=True)
                self.check_passes(mails.reply_mail(), "failed", events=[331],
                                  environment=self.trouble(kind))

    def test_no_thread_can_be_made(self):
        self.check_mended(mails.reply_mail(), environment=lab.shim(self.folder, lab.NO_THREADS))
        self.assertEqual((self.outcomes(), self.events()), ({"repaired": 1}, [327]))

    def test_large_message_whose_examination_fails(self):
        self.check_passes(large_mail(), "failed", events=[331],
                          environment=self.trouble(int(signal.SIGABRT)))

    def test_examination_ends_with_the_filter(self):
        process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   env={**os.environ, **self.trouble("hang")})
        process.stdin.write(mails.reply_mail())
        process.stdin.close()
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        child = int(lab.wait_until(lambda: children.read_text().split(), "the examination")[0])
        self.addCleanup(end_process, child)
        process.kill()
        self.assertEqual(process.wait(lab.PATIENCE), -signal.SIGKILL)
        lab.wait_until(lambda: not pathlib.Path(f"/proc/{child}/exe").exists(), "its end")
        with process.stdout as output:
            self.assertEqual(output.read(), b"", "nothing was written, and nobody holds the output")

    def check_try_again(self, code, err):
        self.assertEqual(code, TRY_AGAIN)
        self.assertIn(b"standard", err)

    def test_output_fails(self):
        for mail in (mails.plain_mail(), mails.reply_mail(), mails.reply_mail(True), large_mail()):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(self.command(), input=mail, stdout=full, check=False,
                                      stderr=subprocess.PIPE, timeout=lab.PATIENCE)
            self.check_try_again(done.returncode, done.stderr)

    def test_nobody_reads_the_output(self):
        for mail in (mails.plain_mail(), mails.reply_mail()):
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run(self.command(), input=mail, stdout=writer, check=False,
                                  stderr=subprocess.PIPE, timeout=lab.PATIENCE)
            os.close(writer)
            self.check_try_again(done.returncode, done.stderr)

    def test_output_is_closed(self):
        """What is written must not land in whatever file is opened next, such as the spool."""
        for mail in (mails.plain_mail(), mails.reply_mail(), large_mail()):
            done = subprocess.run(["/bin/sh", "-c", 'exec "$@" >&-', "sh", *self.command()],
                                  input=mail, check=False, stderr=subprocess.PIPE,
                                  timeout=lab.PATIENCE)
            self.check_try_again(done.returncode, done.stderr)

    def test_input_fails(self):
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        done = subprocess.run(self.command(), stdin=folder, stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.PIPE, timeout=lab.PATIENCE)
        self.check_try_again(done.returncode, done.stderr)
        self.assertEqual(done.stdout, b"")


class Counts(Filter):
    def test_are_added(self):
        for _ in range(3):
            self.run_it(mails.reply_mail())
        self.run_it(mails.plain_mail())
        counts = metrics_file.read(self.counts_path)
        self.assertEqual(self.outcomes(), {"repaired": 3, "header_only": 1})
        self.assertEqual(metrics_file.value(counts, "calmend_filter_repairs_total"), 3)
        duration = "calmend_filter_plan_duration_seconds"
        self.assertEqual(metrics_file.value(counts, f"{duration}_count"), 3)
        self.assertEqual(metrics_file.value(counts, f"{duration}_bucket", le="+Inf"), 3)

    def test_decimals_are_carried(self):
        series = "calmend_filter_plan_duration_seconds_sum"
        self.counts_path.write_text(f"{series} 41.999999\n")
        self.run_it(mails.reply_mail())
        total = metrics_file.value(metrics_file.read(self.counts_path), series)
        self.assertGreaterEqual(total, 42)
        self.assertLess(total, 42 + lab.PATIENCE)

    def test_of_many_at_once(self):
        number = 24
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for code, _, _ in pool.map(lambda _: self.run_it(mails.plain_mail()), range(number)):
                self.assertEqual(code, 0)
        self.assertEqual(self.outcomes(), {"header_only": number})
        self.assertEqual(sorted(self.folder.glob("*.prom*")), [self.counts_path])

    def test_others_may_read_them(self):
        self.run_it(mails.plain_mail(), umask=0o077)
        self.assertEqual(self.counts_path.stat().st_mode & 0o777, 0o644)

    def test_what_is_no_number_is_none(self):
        self.counts_path.write_text(f'{MESSAGES}{{outcome="header_only"}} many\nand more\n\n#\n')
        self.check_passes(mails.plain_mail(), "header_only")

    def test_cannot_be_written(self):
        self.configure(metrics={"filter-textfile": self.folder / "missing" / "filter.prom"})
        self.check_mended(mails.reply_mail())

    def test_cannot_be_read(self):
        """Better none than wrong ones."""
        self.counts_path.mkdir()
        self.check_mended(mails.reply_mail())
        self.assertTrue(self.counts_path.is_dir())

    def test_promtool_finds_nothing_to_say(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed")
        self.run_it(mails.reply_mail())
        done = subprocess.run(["promtool", "check", "metrics"], check=False,
                              input=self.counts_path.read_bytes(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=lab.PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (0, b""))


class Syslog(Filter):
    """What an administrator reads."""

    def setUp(self):
        super().setUp()
        if not can_unshare():
            raise unittest.SkipTest("a mount namespace cannot be made here")
        self.log_path = self.folder / "log.sock"
        self.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.log.close)
        self.log.bind(str(self.log_path))
        self.log.settimeout(lab.PATIENCE)

    def command(self, *arguments):
        return ["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", str(self.log_path),
                *super().command(*arguments)]

    def record(self):
        """The next one: (facility, priority, its text)."""
        match = re.match(r"<(\d+)>\w{3} +\d+ \d\d:\d\d:\d\d calmend-filter\[\d+\]: (.*)$",
                         self.log.recv(65536).decode().rstrip("\n\0"))
        self.assertIsNotNone(match)
        return int(match[1]) >> 3, int(match[1]) & 7, match[2]

    def event(self, number):
        """The next record, which is that event."""
        _, _, line = self.record()
        event = milter_process.EVENT_LINE.match(line)
        self.assertIsNotNone(event, line)
        self.assertEqual(int(event["id"]), number)
        return event

    def check_unexamined(self, words, *arguments, **options):
        mail = options.pop("mail", mails.reply_mail())
        code, out, _ = self.run_it(mail, *arguments, "--queue-id=Q9", **options)
        self.assertEqual(code, 0)
        lab.assert_octets_equal(out, mail)
        event = self.event(331)
        self.assertEqual(event["queue_id"], "Q9" if "--wrong" not in arguments else "-")
        self.assertIn(words, event["description"])
        self.assertIn("passed as it came", event["description"])

    def test_repair(self):
        self.check_mended(mails.reply_mail(), "--queue-id=Q1", "--sender=ben@example.com")
        event = self.event(327)
        self.assertEqual((event["queue_id"], event["user"]), ("Q1", "ben@example.com"))

    def test_facility_and_format(self):
        self.configure(log={"facility": "local3", "format": "json"})
        self.run_it(mails.reply_mail(), "--queue-id=Q2")
        facility, priority, line = self.record()
        self.assertEqual((facility, priority), (19, 4))
        event = json.loads(line)
        self.assertEqual((event["event_id"], event["queue_id"]), (327, "Q2"))

    def test_settings_are_missing(self):
        self.config.unlink()
        self.check_unexamined(str(self.config))

    def test_settings_are_wrong(self):
        self.config.write_text("[repair]\nprofile=sideways\nstamp=perhaps\n")
        self.check_unexamined("sideways")

    def test_option_is_unknown(self):
        self.check_unexamined("--help", "--wrong")

    def test_spool_is_full(self):
        self.check_unexamined("temporary file", mail=large_mail(),
                              environment={"TMPDIR": str(self.folder / "missing")})

    def test_counts_cannot_be_written(self):
        self.configure(metrics={"filter-textfile": self.folder / "missing" / "filter.prom"})
        self.run_it(mails.plain_mail())
        self.assertIn("missing", self.event(347)["description"])

    def test_log_that_nobody_reads(self):
        """The records are lost, the mail is not."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as writer:
            writer.setblocking(False)
            try:
                while True:
                    writer.sendto(b"full", str(self.log_path))
            except BlockingIOError:
                pass
        self.check_mended(mails.reply_mail())


if __name__ == "__main__":
    lab.run_tests()
