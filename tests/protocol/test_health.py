#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend probe --health: one line, performance data, four exit codes, whatever is at the socket.

Against the milter, and against milters of the test that answer one thing only.
"""
import re
import socket
import struct
import threading
import unittest

import lab
import metrics_file
import milter_process

OK, WARNING, CRITICAL, UNKNOWN = range(4)
STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
LINE = re.compile(r"^CALMEND (?P<state>[A-Z]+) - (?P<text>[^|]+?)"
                  r"( \| time=\d+\.\d{6}s;\d+\.\d{6};\d+\.\d{6};0;)?$")


def packet(code, data=b""):
    return struct.pack(">I", len(data) + 1) + code + data


class OneAnswer:
    """A milter that negotiates every action, wants no step but the end of the message, and then
    says `answer`. An empty answer is silence."""

    def __init__(self, case, answer):
        self.answer = answer
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.spec = f"inet:{self.listener.getsockname()[1]}@127.0.0.1"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        case.addCleanup(self.listener.close)

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as stream:
            while True:
                head = stream.read(5)
                if len(head) < 5:
                    return
                stream.read(struct.unpack(">I", head[:4])[0] - 1)
                if head[4:] == b"O":
                    steps = 0x1FFFFF & ~0x100000 & ~0x400
                    connection.sendall(packet(b"O", struct.pack(">III", 6, 0x1FF, steps)))
                elif head[4:] == b"E":
                    connection.sendall(self.answer)


class Health(unittest.TestCase):
    def check(self, state, *arguments):
        """The text of the one line."""
        code, out, _ = milter_process.run(lab.COMMAND, "probe", "--health", *arguments)
        self.assertEqual(code, state, out)
        lines = out.decode().splitlines()
        self.assertEqual(len(lines), 1)
        match = LINE.match(lines[0])
        self.assertIsNotNone(match, lines[0])
        self.assertEqual(match["state"], STATES[state])
        return match["text"]


class Milter(Health):
    def setUp(self):
        folder = lab.scratch_folder(self)
        self.path = folder / "calmend.prom"
        self.milter = milter_process.started(
            self, {"metrics": {"textfile": self.path},
                   "repair": {"enable": "epoch,kb955480,method"}}, folder=folder)

    def test_the_whole_way_and_no_event(self):
        self.milter.switch_on()
        self.check(OK, self.milter.socket)
        series = metrics_file.after_stop(self.milter, self.path)
        self.assertEqual(metrics_file.value(series, "calmend_messages_total", outcome="clean"), 1)
        self.assertEqual([event["id"] for event in self.milter.events()], [340, 342, 341])

    def test_slow(self):
        self.assertIn("slow", self.check(WARNING, "--warning", "0", self.milter.socket))
        self.assertIn("slow", self.check(CRITICAL, "--critical=0", self.milter.socket))

    def test_nobody_there(self):
        self.milter.stop()
        self.assertIn("cannot connect", self.check(CRITICAL, self.milter.socket))


class Answers(Health):
    def test_verdicts(self):
        for answer, state in ((b"c", OK), (b"a", OK), (b"t", CRITICAL), (b"r", CRITICAL),
                              (b"d", CRITICAL)):
            with self.subTest(answer=answer):
                self.check(state, OneAnswer(self, packet(answer)).spec)

    def test_edits_of_a_message_without_a_defect(self):
        milter = OneAnswer(self, packet(b"h", b"X-Other\0yes\0") + packet(b"c"))
        self.assertIn("edits", self.check(WARNING, milter.spec))

    def test_refusal_of_its_own(self):
        milter = OneAnswer(self, packet(b"y", b"451 4.7.1 a|b\r\nCALMEND OK\0"))
        self.check(CRITICAL, milter.spec)

    def test_garbage_and_silence(self):
        self.check(CRITICAL, OneAnswer(self, packet(b"Z")).spec)
        self.check(CRITICAL, "--timeout=0.3", OneAnswer(self, b"").spec)


class Calls(Health):
    def test_wrong_calls_are_unknown(self):
        for arguments in ((), ("a", "b"), ("--bogus", "unix:/x"), ("--timeout=0", "unix:/x"),
                          ("--warning=-1", "unix:/x"), ("--critical=soon", "unix:/x")):
            with self.subTest(arguments=arguments):
                self.check(UNKNOWN, *arguments)

    def test_a_bar_in_the_socket_is_no_performance_data(self):
        self.check(CRITICAL, "unix:/nowhere|x=1")

    def test_help(self):
        code, out, _ = milter_process.run(lab.COMMAND, "probe", "--health", "--help")
        self.assertEqual(code, 0)
        self.assertIn(b"--critical", out)


if __name__ == "__main__":
    lab.run_tests()
