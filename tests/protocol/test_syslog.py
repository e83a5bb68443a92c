#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Events in syslog: what an administrator sees of a milter that is no child of a terminal.

The milter runs in a mount namespace of its own, in which /dev/log is a socket of the test. Needs
root and the right to make such a namespace.
"""
import os
import re
import shutil
import socket
import subprocess
import unittest

import lab
import mails
import milter_process
import milter_wire

LOG_MAIL, LOG_LOCAL3 = 2, 19
LOG_ERR, LOG_WARNING, LOG_INFO = 3, 4, 6
RECORD = re.compile(rb"^<(\d+)>\w{3} +\d+ \d\d:\d\d:\d\d calmend-milter\[(\d+)\]: (.*)$", re.DOTALL)

NAMESPACE = """mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 &&
mknod -m 666 /dev/urandom c 1 9 && ln -s "$1" /dev/log && shift && exec "$@" """


class SyslogMilter(milter_process.MilterProcess):
    """A milter whose syslog is `log_socket`, and whose stderr is kept apart."""

    def __init__(self, folder, log_socket, settings):
        super().__init__(folder, settings)
        self.log_socket = log_socket

    def command(self, options):
        return ["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", self.log_socket, lab.MILTER,
                "--config", str(self.config), *options]


def can_unshare():
    return (os.geteuid() == 0 and shutil.which("unshare") is not None
            and subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/dev"],
                               stderr=subprocess.DEVNULL, check=False).returncode == 0)


class Syslog(unittest.TestCase):
    def setUp(self):
        if not can_unshare():
            raise unittest.SkipTest("a mount namespace cannot be made here")
        folder = lab.scratch_folder(self)
        path = str(folder / "log.sock")
        self.receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.receiver.close)
        self.receiver.bind(path)
        self.receiver.settimeout(lab.PATIENCE)
        self.milter = SyslogMilter(folder, path, {})
        self.addCleanup(self.milter.finish)

    def start(self):
        self.milter.start()
        self.pid = self.milter.process.pid

    def record(self):
        """The next record: (facility, priority, pid, line)."""
        datagram = self.receiver.recv(65536).rstrip(b"\n\0")
        match = RECORD.match(datagram)
        self.assertIsNotNone(match, datagram)
        number, pid, line = match.groups()
        return int(number) >> 3, int(number) & 7, int(pid), line.decode()

    def check_record(self, facility, priority, number):
        """The next record is that event."""
        got_facility, got_priority, pid, line = self.record()
        self.assertEqual((got_facility, got_priority), (facility, priority), line)
        self.assertEqual(pid, self.pid)
        event = milter_process.EVENT_LINE.match(line)
        self.assertIsNotNone(event, line)
        self.assertEqual(int(event["id"]), number)
        return event

    def test_events_with_facility_and_priority(self):
        self.start()
        self.check_record(LOG_MAIL, LOG_INFO, 340)
        milter_wire.one_message(self.milter.socket, mails.reply_mail(), queue_id=b"SYS1")
        event = self.check_record(LOG_MAIL, LOG_WARNING, 328)
        self.assertEqual(event["queue_id"], "SYS1")
        self.milter.switch_on()
        milter_wire.one_message(self.milter.socket, mails.reply_mail(), queue_id=b"SYS2")
        self.check_record(LOG_MAIL, LOG_INFO, 342)
        self.check_record(LOG_MAIL, LOG_WARNING, 327)
        actions = milter_wire.ALL_ACTIONS & ~milter_wire.ACTION["CHGBODY"]
        with milter_wire.open_session(self.milter.socket, actions=actions) as connection:
            connection.message(mails.reply_mail())
        self.check_record(LOG_MAIL, LOG_ERR, 331)
        self.milter.stop()
        self.check_record(LOG_MAIL, LOG_INFO, 341)
        self.assertEqual(self.milter.log.read_bytes(), b"", "stderr is for the foreground")

    def test_facility_of_the_settings(self):
        self.milter.write_config({"log": {"facility": "local3"}})
        self.start()
        self.check_record(LOG_LOCAL3, LOG_INFO, 340)

    def test_stop_does_not_wait_for_a_full_log(self):
        """Nobody reads: the records are lost, the mail is not."""
        self.start()
        with milter_wire.open_session(self.milter.socket) as connection:
            for _ in range(300):
                outcome = connection.message(mails.reply_mail())
                self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        self.assertEqual(self.milter.stop(), 0)


    def threads(self):
        """How many threads the milter has."""
        return len(os.listdir(f"/proc/{self.milter.process.pid}/task"))

    def test_libmilter_does_not_wait_for_a_full_log(self):
        """What libmilter has to log itself, such as a bad negotiation, keeps no thread waiting."""
        self.start()
        with milter_wire.open_session(self.milter.socket) as connection:
            for _ in range(300):
                connection.message(mails.reply_mail())
        before = self.threads()
        for _ in range(50):
            with milter_wire.Connection(self.milter.socket) as connection:
                connection.send(b"O", b"\0\0\0\6")
                self.assertRaises((EOFError, OSError), connection.receive)
        self.assertLess(self.threads(), before + 10)

    def test_lines_of_libmilter_arrive(self):
        self.start()
        self.check_record(LOG_MAIL, LOG_INFO, 340)
        with milter_wire.Connection(self.milter.socket) as connection:
            connection.send(b"O", b"\0\0\0\6")
            self.assertRaises((EOFError, OSError), connection.receive)
        facility, _, _, line = self.record()
        self.assertEqual(facility, LOG_MAIL)
        self.assertIn("calmend-milter: st_optionneg", line)


if __name__ == "__main__":
    lab.run_tests()
