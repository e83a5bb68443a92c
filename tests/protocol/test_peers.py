#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which hosts may connect over TCP: those that the settings name, and the host itself.

A network of its own, in which this process has the addresses of several hosts. The macro packet
that ends the process inside of libmilter is sent by a host that may not connect, and does nothing.
"""
import ctypes
import os
import shutil
import socket
import subprocess
import unittest

import lab
import mails
import milter_process
import milter_wire

CLONE_NEWNET = 0x40000000
MILTER, MTA, STRANGER = "192.0.2.2", "192.0.2.10", "198.51.100.7"
MILTER6, MTA6 = "2001:db8::2", "2001:db8::a"
PORT = 8891

# A name without a value, and no NUL behind it, for the end of the message.
MACROS = b"Ei\0Q"


def setUpModule():
    """From here on this process and its children have a loopback interface with these addresses."""
    lab.need(os.geteuid() == 0, "a network of its own needs root")
    lab.need(shutil.which("ip"), "ip is not installed")
    lab.need(ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) == 0, "no network namespace")
    commands = [["link", "set", "lo", "up"]]
    commands += [["addr", "add", f"{host}/32", "dev", "lo"] for host in (MILTER, MTA, STRANGER)]
    for command in commands:
        subprocess.run(["ip", *command], check=True)


def add_ipv6():
    """Where this machine has IPv6."""
    for host in (MILTER6, MTA6):
        done = subprocess.run(["ip", "addr", "add", f"{host}/128", "dev", "lo"], check=False,
                              stderr=subprocess.DEVNULL)
        lab.need(done.returncode == 0, "no IPv6")


class From(milter_wire.Connection):
    """A connection that comes from the address `host`."""

    def __init__(self, host, address=MILTER, port=PORT):  # pylint: disable=super-init-not-called
        self.socket = socket.create_connection((address, port), lab.PATIENCE, (host, 0))
        self.buffer = b""
        self.negotiated = None


class Peers(unittest.TestCase):
    def start(self, peers, host=MILTER, kind="inet"):
        """A milter that repairs, and listens at that address."""
        self.milter = milter_process.started(self, {"service": {"peers": peers}},
                                             f"{kind}:{PORT}@{host}")
        self.milter.switch_on()

    def check_served(self, host, address=MILTER):
        with From(host, address) as connection:
            connection.negotiate()
            connection.greet()
            self.assertEqual(connection.message(mails.reply_mail()).codes(), "bi")

    def check_closed(self, host, octets=b""):
        """It gets no answer, and nothing that it sends is read."""
        with self.assertRaises((EOFError, OSError)), From(host) as connection:
            connection.socket.sendall(octets)
            connection.negotiate()

    def test_one_that_is_named(self):
        self.start(MTA)
        self.check_served(MTA)

    def test_one_in_a_network_that_is_named(self):
        self.start("192.0.2.8/29, 203.0.113.0/24")
        self.check_served(MTA)

    def test_stranger(self):
        self.start(MTA)
        self.check_closed(STRANGER)
        event = self.milter.wait_event(346, words=STRANGER)
        self.assertIn("peers", event["description"])
        self.check_served(MTA)

    def test_strangers_are_reported_once_a_minute(self):
        self.start(MTA)
        for _ in range(20):
            self.check_closed(STRANGER)
        self.check_served(MTA)
        self.assertEqual([event["id"] for event in self.milter.events()].count(346), 1)

    def test_this_host(self):
        self.start(MTA, "0.0.0.0")
        self.check_served(MILTER)
        self.check_served("127.0.0.1", "127.0.0.1")
        self.check_closed(STRANGER)

    def test_ipv6(self):
        add_ipv6()
        self.start("2001:db8::8/125", MILTER6, "inet6")
        self.check_served(MTA6, MILTER6)
        self.milter.reload({"service": {"peers": "2001:db8::9"}})
        self.milter.wait_event(344)
        with self.assertRaises((EOFError, OSError)), From(MTA6, MILTER6) as connection:
            connection.negotiate()

    def test_macros_of_a_stranger_are_not_read(self):
        self.start(MTA)
        mail = milter_wire.split_mail(mails.reply_mail())
        packets = [(b"O", b"\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"), (b"M", b"<a@example.com>\0"),
                   *((b"L", name + b"\0" + value + b"\0") for name, value in mail[0]),
                   (b"N", b""), (b"B", mail[1]), (b"D", MACROS), (b"E", b"")]
        octets = b"".join((len(data) + 1).to_bytes(4, "big") + command + data
                          for command, data in packets)
        for _ in range(50):
            self.check_closed(STRANGER, octets)
        self.check_served(MTA)
        self.assertTrue(self.milter.alive())
        self.assertEqual([event["id"] for event in self.milter.events()].count(327), 1)

    def test_reload_holds_for_new_connections(self):
        self.start(MTA)
        with From(MTA) as before:
            before.negotiate()
            before.greet()
            self.milter.reload({"service": {"peers": STRANGER}})
            self.milter.wait_event(344)
            self.check_closed(MTA)
            self.check_served(STRANGER)
            self.assertEqual(before.message(mails.reply_mail()).codes(), "bi")

    def test_listener_of_others(self):
        """Each socket has the peers of its own section, and a reload changes them."""
        def settings(peers):
            return {"service": {"peers": MTA},
                    "listener other": {"socket": f"inet:{PORT + 1}@{MILTER}", "peers": peers}}
        self.milter = milter_process.started(self, settings(STRANGER), f"inet:{PORT}@{MILTER}")
        for host, port, is_served in ((MTA, PORT, True), (STRANGER, PORT, False),
                                      (MTA, PORT + 1, False), (STRANGER, PORT + 1, True)):
            with self.subTest(host=host, port=port):
                self.assertEqual(self.is_served(host, port), is_served)
        self.milter.reload(settings(MTA))
        self.milter.wait_event(344)
        self.assertTrue(self.is_served(MTA, PORT + 1))
        self.assertFalse(self.is_served(STRANGER, PORT + 1))

    @staticmethod
    def is_served(host, port):
        """Whether a connection is negotiated."""
        try:
            with From(host, port=port) as connection:
                connection.negotiate()
                return True
        except (EOFError, OSError):
            return False

    def test_reload_without_any_is_refused(self):
        self.start(MTA)
        self.milter.reload({})
        self.assertIn("peers", self.milter.wait_event(345)["description"])
        self.check_served(MTA)


class Needed(unittest.TestCase):
    """A socket that others can reach is opened for nobody that is not named."""

    def run_milter(self, socket_text, *options, **settings):
        """(exit code, what it says) of a milter that does not serve."""
        milter = milter_process.MilterProcess(lab.scratch_folder(self),
                                              {"service": settings}, socket_text)
        code, out, err = milter_process.run(*milter.command(options))
        self.assertEqual(out if code else b"", b"")
        return code, err.decode()

    def test_others_can_reach_it(self):
        for text in (f"inet:{PORT}@{MILTER}", f"inet:{PORT}@0.0.0.0", f"inet6:{PORT}@::",
                     f"inet6:{PORT}@::ffff:192.0.2.2"):
            for options in ((), ("--check-config",)):
                with self.subTest(socket=text, options=options):
                    code, err = self.run_milter(text, *options)
                    self.assertEqual(code, 2)
                    for words in ("peers", "[service]", str(PORT)):
                        self.assertIn(words, err)

    def test_nobody_else_can(self):
        for text in (f"inet:{PORT}@127.0.0.1", f"inet:{PORT}@127.8.8.8", f"inet6:{PORT}@::1",
                     "unix:/run/calmend/calmend.sock"):
            with self.subTest(socket=text):
                self.assertEqual(self.run_milter(text, "--check-config"), (0, ""))

    def test_named(self):
        self.assertEqual(self.run_milter(f"inet:{PORT}@0.0.0.0", "--check-config", peers=MTA),
                         (0, ""))

    def test_what_is_no_network(self):
        code, err = self.run_milter(f"inet:{PORT}@0.0.0.0", "--check-config", peers="mx.example")
        self.assertEqual(code, 2)
        self.assertIn("mx.example", err)

    def test_listener_needs_its_own(self):
        milter = milter_process.MilterProcess(lab.scratch_folder(self), {
            "listener out": {"socket": f"inet:{PORT}@0.0.0.0"}})
        code, _, err = milter_process.run(*milter.command(["--check-config"]))
        self.assertEqual(code, 2)
        self.assertIn("peers in [listener out]", err.decode())

    def test_option_is_held_to_it_too(self):
        code, err = self.run_milter("unix:/run/calmend/calmend.sock", "--check-config",
                                    "--socket", f"inet:{PORT}@0.0.0.0")
        self.assertEqual(code, 2)
        self.assertIn("peers", err)


if __name__ == "__main__":
    lab.run_tests()
