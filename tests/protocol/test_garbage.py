#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whatever comes to the milter's socket, it goes on serving the others.

Noise, wrong lengths, half packets, steps out of order. The random octets are the same in every run.
"""
import os
import random
import struct
import unittest

import lab
import mails
import milter_process
import milter_wire

RAW = {
    "nothing": b"",
    "half_length": b"\0\0",
    "zero_length": b"\0\0\0\0" * 50,
    "length_without_packet": b"\0\0\0\x0dO",
    "length_of_4_gib": b"\xff\xff\xff\xffO",
    "length_of_2_gib": b"\x7f\xff\xff\xffB",
    "http": b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
    "smtp": b"EHLO client.example.com\r\nMAIL FROM:<a@example.com>\r\n",
    "negotiation_too_short": b"\0\0\0\x05O\0\0\0\x06",
    "version_zero": struct.pack(">IcIII", 13, b"O", 0, 0x1FF, 0x1FFFFF),
    "version_of_the_future": struct.pack(">IcIII", 13, b"O", 99, 0x1FF, 0x1FFFFF),
    "unknown_command": b"\0\0\0\x01~",
    "end_of_message_first": b"\0\0\0\x01E",
    "quit_first": b"\0\0\0\x01Q",
}

# Packets after a good negotiation, in an order or of a form that no MTA sends.
PACKETS = {
    "unknown_command": [(b"~", b"x")],
    "header_without_nul": [(b"M", b"<a@example.com>\0"), (b"L", b"Subject")],
    "header_with_one_nul": [(b"M", b"<a@example.com>\0"), (b"L", b"Subject\0")],
    "empty_header_name": [(b"M", b"<a@example.com>\0"), (b"L", b"\0\0")],
    "empty_body_chunk": [(b"M", b"<a@example.com>\0"), (b"B", b"")],
    "body_first": [(b"B", b"BEGIN:VCALENDAR\r\n")],
    "end_first": [(b"E", b"")],
    "connect_without_address": [(b"C", b"")],
    "connect_of_unknown_family": [(b"C", b"host\0" + b"9\0\0x\0")],
    "mail_without_sender": [(b"M", b"")],
    "mail_without_nul": [(b"M", b"<a@example.com>")],
    "macros_without_stage": [(b"D", b"")],
    "macros_odd": [(b"D", b"Mi\0"), (b"M", b"<a@example.com>\0")],
    "abort_again_and_again": [(b"A", b"")] * 20,
    "two_negotiations": [(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))] * 3,
    "eoh_twice": [(b"M", b"<a@example.com>\0"), (b"N", b""), (b"N", b""), (b"E", b"")],
    "headers_after_body": [(b"M", b"<a@example.com>\0"), (b"B", b"x"), (b"L", b"A\0b\0")],
}


class Garbage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.milter = milter_process.started(cls)
        cls.milter.switch_on()

    def check_serves(self):
        sent = mails.reply_mail()
        outcome = milter_wire.one_message(self.milter.socket, sent)
        lab.assert_octets_equal(mails.without_fields(outcome.apply(sent), "X-Calmend"),
                                mails.reply_mail(True))
        self.assertTrue(self.milter.alive())

    def check_raw(self, octets):
        connection = milter_wire.Connection(self.milter.socket)
        try:
            connection.socket.sendall(octets)
        except (BrokenPipeError, ConnectionResetError):
            pass
        connection.close()
        self.check_serves()

    def check_packets(self, packets):
        connection = milter_wire.open_session(self.milter.socket)
        try:
            for command, data in packets:
                connection.send(command, data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        connection.close()
        self.check_serves()

    def test_random_octets(self):
        source = random.Random(938650)
        for _ in range(100):
            self.check_raw(source.randbytes(source.randrange(1, 400)))

    def test_random_packets(self):
        source = random.Random(969254)
        for _ in range(100):
            self.check_packets([(bytes([source.choice(b"ABCDEHKLMNORTU")]),
                                 source.randbytes(source.randrange(0, 60)))
                                for _ in range(source.randrange(1, 12))])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.milter.process.pid}/fd"))

    def test_no_descriptor_is_left(self):
        self.check_serves()
        before = self.descriptors()
        for packets in list(PACKETS.values()) * 3:
            self.check_packets(packets)
        lab.wait_until(lambda: self.descriptors() <= before + 1, "descriptors to be closed")

    def test_good_beside_stalled_connections(self):
        stalled = [milter_wire.Connection(self.milter.socket) for _ in range(40)]
        for number, connection in enumerate(stalled):
            self.addCleanup(connection.close)
            connection.socket.sendall(b"\0\0\0\x0dO\0\0"[:number % 7])
        self.check_serves()

    def test_log_stays_readable(self):
        self.check_serves()
        self.assertEqual(self.milter.events()[0]["id"], 340)


def _add_tests():
    for name, octets in RAW.items():
        setattr(Garbage, f"test_raw_{name}", lambda self, octets=octets: self.check_raw(octets))
    for name, packets in PACKETS.items():
        setattr(Garbage, f"test_packets_{name}",
                lambda self, packets=packets: self.check_packets(packets))


_add_tests()

if __name__ == "__main__":
    lab.run_tests()
