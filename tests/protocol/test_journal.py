#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Events in systemd's journal: their fields, and the catalogue that explains them.

The milter runs in a mount namespace of its own, in which /dev/log leads to a journal. That is a
socket of the test, which reads the journal's native protocol; and once systemd-journald itself.
Needs root and the right to make such namespaces, and a milter that was built with libsystemd.
"""
import os
import re
import shutil
import socket
import struct
import subprocess
import unittest

import lab
import mails
import milter_process
import milter_wire

JOURNALD = "/lib/systemd/systemd-journald"
CATALOG = lab.BUILD / "packaging" / "journal" / "calmend.catalog"
JOURNAL = "/run/systemd/journal"

# A system that has nothing but /dev/log, which leads to a journal.
SYSTEM = f"""mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 &&
mknod -m 666 /dev/urandom c 1 9 && mount -t tmpfs none /run && mkdir -p {JOURNAL} &&
ln -s {JOURNAL}/dev-log /dev/log && """

# A journal as the milter sees it: $1 is its socket.
NAMESPACE = SYSTEM + f"""touch {JOURNAL}/dev-log && ln -s "$1" {JOURNAL}/socket &&
shift && exec "$@" """

# One message under systemd-journald, and what journalctl shows of it. All ends with the shell,
# which is the first process of its own PID namespace.
JOURNALD_RUN = SYSTEM + f"""mount -t tmpfs none /usr/lib/systemd/catalog &&
cp "$CATALOG" /usr/lib/systemd/catalog &&
mount -t tmpfs none /var/lib/systemd && mkdir /var/lib/systemd/catalog &&
journalctl --update-catalog || exit 1
{JOURNALD} 2>/dev/null &
for i in $(seq 100); do [ -S {JOURNAL}/socket ] && break; sleep 0.1; done
"$MILTER" --config "$CONFIG" &
for i in $(seq 100); do "$COMMAND" probe "$SOCKET" "$MAIL" >/dev/null && break; sleep 0.1; done
for i in $(seq 100); do
    journalctl -D /run/log/journal -q -x --no-pager CALMEND_RULES=attendee-change-missing >"$OUT"
    [ -s "$OUT" ] && break
    sleep 0.1
done"""


def built_with_systemd():
    return "#define HAVE_SYSTEMD 1" in (lab.BUILD / "config.h").read_text()


def can_unshare():
    return (os.geteuid() == 0 and shutil.which("unshare") is not None
            and subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/dev"],
                               stderr=subprocess.DEVNULL, check=False).returncode == 0)


def entry(datagram):
    """The fields of a datagram: name to list of values."""
    fields = {}
    while datagram:
        name, end, rest = datagram.partition(b"\n")
        name, equals, text = name.partition(b"=")
        if not equals:
            size = struct.unpack("<Q", rest[:8])[0]
            text, rest = rest[8:8 + size], rest[9 + size:]
        assert end, datagram
        fields.setdefault(name.decode(), []).append(text.decode())
        datagram = rest
    return fields


class JournalMilter(milter_process.MilterProcess):
    """A milter whose journal is `journal_socket`."""

    journal_socket = None
    foreground = ()

    def command(self, options):
        return ["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", self.journal_socket, lab.MILTER,
                "--config", str(self.config), *self.foreground, *options]


class Journal(unittest.TestCase):
    settings = {}
    foreground = ()

    def setUp(self):
        if not built_with_systemd():
            raise unittest.SkipTest("the milter was built without libsystemd")
        if not can_unshare():
            raise unittest.SkipTest("a mount namespace cannot be made here")
        folder = lab.scratch_folder(self)
        self.receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.receiver.close)
        self.receiver.bind(str(folder / "journal.sock"))
        self.receiver.settimeout(lab.PATIENCE)
        self.milter = JournalMilter(folder, self.settings)
        self.milter.journal_socket = str(folder / "journal.sock")
        self.milter.foreground = self.foreground
        self.addCleanup(self.milter.finish)
        self.milter.start()

    def event(self, number):
        """The fields of the next entry, which must be that event."""
        fields = entry(self.receiver.recv(65536))
        self.assertEqual(fields["CALMEND_EVENT_ID"], [str(number)])
        return fields


class Fields(Journal):
    def test_service_event(self):
        fields = self.event(340)
        self.assertEqual((fields["PRIORITY"], fields["SYSLOG_FACILITY"], fields["SYSLOG_PID"],
                          fields["SYSLOG_IDENTIFIER"], fields["CALMEND_EVENT_TYPE"]),
                         (["6"], ["2"], [str(self.milter.process.pid)], ["calmend-milter"],
                          ["Information"]))
        self.assertNotIn("CALMEND_QUEUE_ID", fields)
        self.assertNotIn("CODE_FILE", fields)
        self.assertEqual(self.milter.log.read_bytes(), b"")

    def test_message_event(self):
        started = self.event(340)
        calendar = mails.reply_calendar().replace(b"CLASS:PUBLIC", b"CREATED:16010101T000000Z")
        milter_wire.one_message(
            self.milter.socket, mails.mail(mails.part(mails.calendar_type(), calendar)),
            queue_id=b"JOURNAL1", sender=b"<ben@example.com>")
        fields = self.event(328)
        self.assertRegex(fields["MESSAGE"][0], milter_process.EVENT_LINE)
        expected = {"PRIORITY": ["4"], "CALMEND_QUEUE_ID": ["JOURNAL1"],
                    "CALMEND_USER": ["ben@example.com"], "CALMEND_COMPUTER": ["mx.lab.example"],
                    "CALMEND_MESSAGE_ID": ["<lab.1@example.com>"], "CALMEND_METHOD": ["REPLY"],
                    "CALMEND_UID": ["lab-1@example.com"],
                    "CALMEND_PRODUCER": ["Microsoft Exchange Server 2007"],
                    "CALMEND_RULES": ["attendee-change-missing", "created-epoch"]}
        self.assertEqual({name: sorted(fields[name]) for name in expected}, expected)
        self.assertNotEqual(fields["MESSAGE_ID"], started["MESSAGE_ID"])
        self.assertIn(f"-- {fields['MESSAGE_ID'][0]}\nSubject: calmend event 328",
                      CATALOG.read_text())

    def test_no_message_makes_a_field(self):
        self.event(340)
        uid = b"x\nCALMEND_EVENT_ID=1\nPRIORITY=0\n\x1b[2J" + b"u" * 5000
        milter_wire.one_message(self.milter.socket, mails.reply_mail(
            encoding="base64", uid=uid.replace(b"\n", b"\\n\r\n ")),
            sender=b"<a\nPRIORITY=0\n@example.com>")
        fields = self.event(328)
        self.assertEqual(fields["PRIORITY"], ["4"])
        self.assertLessEqual(max(len(text) for texts in fields.values() for text in texts), 1000)


class Json(Journal):
    settings = {"log": {"format": "json", "facility": "local3"}}

    def test_the_message_has_the_form_of_the_settings(self):
        fields = self.event(340)
        self.assertEqual(fields["SYSLOG_FACILITY"], ["19"])
        self.assertTrue(fields["MESSAGE"][0].startswith('{"event_id":340'))


class Foreground(Journal):
    foreground = ("--foreground",)

    def test_stderr_that_is_no_journal_gets_the_line_too(self):
        self.event(340)
        self.assertEqual([event["id"] for event in self.milter.events()], [340])


class Journald(unittest.TestCase):
    def test_journalctl_finds_and_explains(self):
        if not built_with_systemd():
            raise unittest.SkipTest("the milter was built without libsystemd")
        if not can_unshare():
            raise unittest.SkipTest("a mount namespace cannot be made here")
        if not (os.path.exists(JOURNALD) and shutil.which("journalctl")):
            raise unittest.SkipTest("there is no systemd-journald here")
        folder = lab.scratch_folder(self)
        milter = milter_process.MilterProcess(folder)
        mail, out = folder / "mail.eml", folder / "out"
        mail.write_bytes(mails.reply_mail())
        words = {"CATALOG": CATALOG, "MILTER": lab.MILTER, "COMMAND": lab.COMMAND,
                 "CONFIG": milter.config, "SOCKET": milter.socket, "MAIL": mail, "OUT": out}
        subprocess.run(["unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child",
                        "sh", "-c", JOURNALD_RUN], env={**os.environ, **{
                            name: str(word) for name, word in words.items()}},
                       stderr=subprocess.DEVNULL, timeout=60, check=True)
        shown = out.read_text()
        self.assertIn("PROBE: Event Type: Warning; Event Source: calmend;", shown)
        for line in ("Subject: calmend event 328: Calendar Repair, Warning", "Queue id: PROBE",
                     "Producer: Microsoft Exchange Server 2007"):
            self.assertIn(f" {line}\n", shown)


class Catalog(unittest.TestCase):
    def test_every_event_is_explained(self):
        text = CATALOG.read_text()
        ids = re.findall(r"^-- ([0-9a-f]{32})$", text, re.MULTILINE)
        self.assertEqual(len(ids), len(set(ids)))
        numbers = re.findall(r"^Subject: calmend event (\d+): [\w ]+, \w+$", text, re.MULTILINE)
        self.assertEqual(len(numbers), len(ids))
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_journalctl_takes_it(self):
        lab.need(shutil.which("journalctl"), "journalctl is not installed")
        root = lab.scratch_folder(self)
        folder = root / "usr" / "lib" / "systemd" / "catalog"
        folder.mkdir(parents=True)
        shutil.copy(CATALOG, folder)
        subprocess.run(["journalctl", f"--root={root}", "--update-catalog"], check=True)
        listed = subprocess.run(["journalctl", f"--root={root}", "--list-catalog"], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        self.assertEqual(len(re.findall(r"^[0-9a-f]{32} calmend: calmend event \d+", listed,
                                        re.MULTILINE)),
                         CATALOG.read_text().count("\nSubject: "))


if __name__ == "__main__":
    lab.run_tests()
