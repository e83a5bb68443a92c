#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Messages on several connections at once, while the switch is flipped: each gets its own answer.

Every message is answered as if it were alone: mended to the octet or untouched, whichever way the
switch stood. Some are broken off, and some have a body that goes to a file. At the end the milter
stops with exit code 0, and has told nobody of an error.

CALMEND_LOAD_MESSAGES (1000) are sent on CALMEND_LOAD_CONNECTIONS (4), in the order of
CALMEND_LOAD_SEED (1). With CALMEND_VALGRIND=yes the milter runs under memcheck, which then must
find no error and no octet lost. ThreadSanitizer, where the build has it, speaks on the milter's
stderr, and that fails the test too.
"""
import itertools
import os
import pathlib
import random
import shutil
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import mails
import milter_process
import milter_wire
from milter_wire import ACCEPT, CONTINUE

MESSAGES = int(os.environ.get("CALMEND_LOAD_MESSAGES", "1000"))
CONNECTIONS = int(os.environ.get("CALMEND_LOAD_CONNECTIONS", "4"))
SEED = int(os.environ.get("CALMEND_LOAD_SEED", "1"))
VALGRIND = os.environ.get("CALMEND_VALGRIND") == "yes"
MEMORY_BYTES = 16384  # a body above it goes to a file
CHUNKS = (65535, 4096, 61)


def valgrind(log):
    """The command that puts a program under memcheck."""
    return ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect",
            "--errors-for-leak-kinds=definite,indirect", "--num-callers=30",
            f"--log-file={log}"]


class LoadedMilter(milter_process.MilterProcess):
    """The milter, under memcheck where that is asked for."""

    def command(self, options):
        command = super().command(options)
        return [*valgrind(self.folder / "valgrind.log"), *command] if VALGRIND else command

    def valgrind_report(self):
        """What memcheck wrote: nothing when all is well."""
        return (self.folder / "valgrind.log").read_text(errors="replace")


def large_mail(mended):
    """A REPLY beside an attachment that does not fit into memory-bytes."""
    calendar = mails.part(mails.calendar_type(), mails.reply_calendar(mended), "base64")
    return mails.mail(mails.multipart(b"mixed", mails.note(), mails.attachment(100000), calendar))


def cases():
    """Each kind of mail: as it comes, and as it must leave when the switch is on."""
    pairs = [tuple(mails.reply_mail(mended, encoding) for mended in (False, True))
             for encoding in ("7bit", "base64", "quoted-printable")]
    pairs.append(tuple(mails.alternative_mail(mended) for mended in (False, True)))
    pairs.append(tuple(large_mail(mended) for mended in (False, True)))
    plain = (mails.plain_mail(), mails.mail(mails.multipart(b"mixed", mails.note())))
    return pairs + [(mail, mail) for mail in plain]


def break_off(connection, mail):
    """A message that ends in its body, as when a client hangs up."""
    fields, body = milter_wire.split_mail(mail)
    connection.envelope()
    if connection.head(fields)[1] == CONTINUE:
        connection.body(body[:len(body) // 2], milter_wire.Outcome())
    connection.send(b"A")


class Client(threading.Thread):
    """One connection that sends its share of the messages. `problem` is what went wrong."""

    def __init__(self, socket, number, count):
        super().__init__()
        self.socket = socket
        self.random = random.Random(SEED * 1000 + number)
        self.count = count
        self.number = number
        self.repaired = 0
        self.problem = None

    def run(self):
        try:
            with milter_wire.open_session(self.socket) as connection:
                for number in range(self.count):
                    self.one(connection, f"{self.name}.{number}".encode())
                connection.quit()
        except Exception as error:  # pylint: disable=broad-except
            self.problem = error

    def one(self, connection, queue_id):
        """One message, and before some of them one that is broken off."""
        mail, mended = (mails.in_zone(octets, self.number) for octets in self.random.choice(CASES))
        if self.random.random() < 0.1:
            break_off(connection, mail)
        outcome = connection.message(mail, queue_id=queue_id, chunk=self.random.choice(CHUNKS))
        assert outcome.verdict in (CONTINUE, ACCEPT), outcome.verdict
        if not outcome.replies:
            return
        lab.assert_octets_equal(mails.without_fields(outcome.apply(mail), "X-Calmend"), mended)
        self.repaired += 1


CASES = cases()


class Load(unittest.TestCase):
    """One milter under load."""

    def setUp(self):
        if VALGRIND:
            lab.need(shutil.which("valgrind"), "valgrind is not installed")
        folder = lab.scratch_folder(self)
        self.milter = LoadedMilter(folder, {"limits": {"memory-bytes": MEMORY_BYTES}})
        self.addCleanup(self.milter.finish)
        self.milter.start()

    def flip_switch_while(self, clients):
        """Turns repairs on and off as long as messages are sent."""
        for turn in itertools.count():
            (self.milter.switch_off if turn % 4 == 3 else self.milter.switch_on)()
            for client in clients:
                client.join(timeout=0.05)
            if not any(client.is_alive() for client in clients):
                return

    def test_parallel_load(self):
        """Every message of every connection is answered as it must be."""
        share = -(-MESSAGES // CONNECTIONS)
        clients = [Client(self.milter.socket, number, share) for number in range(CONNECTIONS)]
        for client in clients:
            client.start()
        self.flip_switch_while(clients)
        self.assertEqual([client.problem for client in clients], [None] * CONNECTIONS)
        self.assertTrue(any(client.repaired for client in clients))
        self.assertEqual(self.milter.stop(), 0)
        self.assertEqual([event["id"] for event in self.milter.events()
                          if event["type"] == "Error"], [])
        if VALGRIND:
            self.assertEqual(self.milter.valgrind_report(), "")


if __name__ == "__main__":
    lab.run_tests()
