#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Syslog is gone, or its reader stands still: mail goes on, and lines come again with the reader.

The milter runs in a mount namespace in which /dev/log is a socket of the test.
"""
import socket
import unittest

from fault_site import Account, FaultSite, Traffic, lab, milter_wire, run_under
from test_syslog import NAMESPACE, can_unshare

MESSAGES = 60  # more than a socket that nobody reads holds
BAD_CONNECTIONS = 20


class LogGone(unittest.TestCase):
    """Under traffic, with one Postfix."""

    @classmethod
    def setUpClass(cls):
        lab.need(can_unshare(), "a mount namespace cannot be made here")
        cls.site = FaultSite(cls)
        cls.path = cls.site.folder / "log.sock"

    def setUp(self):
        self.reader = None
        self.listen()
        run_under(self.site.milter, "unshare", "--mount", "sh", "-c", NAMESPACE, "sh", self.path)
        self.addCleanup(self.leave)

    def listen(self):
        self.reader = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.reader.settimeout(lab.PATIENCE)
        self.reader.bind(str(self.path))

    def leave(self):
        self.reader.close()
        self.path.unlink(missing_ok=True)

    def attempt(self, text, fault):
        traffic = Traffic(self.site)

        def make():
            fault()
            traffic.wait_for_more(MESSAGES)
            for _ in range(BAD_CONNECTIONS):
                self.bad_connection()
            traffic.wait_for_more()
        account = self.site.attempt(Account(text), traffic, make)
        self.assertEqual((account.put_off, account.repaired), (0, account.taken))

    def bad_connection(self):
        """One of which libmilter has to say something in the log."""
        with milter_wire.Connection(self.site.milter.socket) as connection:
            connection.send(b"O", b"\0\0\0\6")
            self.assertRaises((EOFError, OSError), connection.receive)

    def test_reader_stands_still(self):
        self.attempt("syslog: nobody reads /dev/log", lambda: None)
        self.assertEqual(self.site.milter.stop(), 0)
        self.assertIn(b"calmend-milter", self.reader.recv(65536))

    def test_socket_gone(self):
        self.attempt("syslog: /dev/log gone", self.leave)
        self.listen()
        self.assertEqual(self.site.milter.stop(), 0)
        self.assertIn(b"Event ID: 341", self.reader.recv(65536))


if __name__ == "__main__":
    lab.run_tests()
