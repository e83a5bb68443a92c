#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Originals of repaired messages while the milter is killed, and while their disk is full.

An MTA of our own on many connections. Of each message of which an edit went out the original is in
the folder, whole, however soon after it the milter was killed; what stands there is whole in any
case, and the next process counts it. A full disk stops keeping, and no repair.
"""
import os
import random
import subprocess
import threading
import unittest

from fault_site import ROUNDS, lab, mails, milter_process, milter_wire

CONNECTIONS = 8
KILL_AFTER = (1, 60)  # messages of which an edit was seen
DISK_BYTES = 1 << 20
SETTINGS = {"keep-messages": 100000}
ENVELOPE = b"Return-Path: <a@example.com>\r\nX-Original-To: b@example.org\r\n"


def mail_of(queue_id):
    """The mail that comes with a queue id."""
    return mails.alternative_mail(uid=queue_id)


class Load:
    """Connections that send one message after the other, until the milter is gone or `stop`."""

    def __init__(self, milter, name):
        self.socket = milter.socket
        self.name = name
        self.edited = []  # queue ids of which an edit has come
        self.answered = []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._send_all, args=(number,))
                        for number in range(CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def _send_all(self, connection_number):
        count = 0
        try:
            with milter_wire.open_session(self.socket) as connection:
                while not self.stopped.is_set():
                    self._send(connection, b"%s.%d.%d" % (self.name, connection_number, count))
                    count += 1
        except (OSError, EOFError):
            return

    def _send(self, connection, queue_id):
        fields, body = milter_wire.split_mail(mail_of(queue_id))
        connection.envelope(queue_id=queue_id)
        connection.head(fields, queue_id)
        connection.body(body, milter_wire.Outcome())
        connection.macros(b"E", i=queue_id)
        connection.send(b"E")
        outcome = milter_wire.Outcome()
        code, data = connection.receive()
        if code == milter_wire.REPLBODY:
            self.edited.append(queue_id)
        outcome.replies.append((code, data))
        connection.collect(outcome)
        self.answered.append((queue_id, outcome.codes()))

    def wait_for(self, count):
        """Until so many more messages have an edit."""
        wanted = len(self.edited) + count
        lab.wait_until(lambda: len(self.edited) >= wanted, f"{count} repairs")

    def join(self):
        """Ends it."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()


class Keep(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.keep = self.folder / "kept"
        self.keep.mkdir()

    def start(self):
        self.milter = milter_process.MilterProcess(
            self.folder, {"repair": {"keep": self.keep, **SETTINGS}})
        self.addCleanup(self.milter.finish)
        self.milter.switch_on()
        return self.milter.start()

    def originals(self):
        """The files by the queue id in their names, each of which must be whole."""
        found = {}
        for path in self.keep.glob("*/new/*"):
            queue_id = path.name.partition(",Q=")[2].replace("_", ".").encode()
            self.assertNotIn(queue_id, found)
            lab.assert_octets_equal(path.read_bytes(), ENVELOPE + mail_of(queue_id), path.name)
            found[queue_id] = path
        return found

    def test_kill(self):
        milter = self.start()
        edited = 0
        for number in range(ROUNDS):
            load = Load(milter, b"k%d" % number)
            load.wait_for(random.randint(*KILL_AFTER))
            milter.process.kill()
            load.join()
            milter.process.wait()
            self.assertEqual([queue_id for queue_id in load.edited
                              if queue_id not in self.originals()], [])
            edited += len(load.edited)
            milter.start()
        milter.reload({"repair": {"keep": self.keep, "keep-messages": 1}})
        lab.wait_until(lambda: len(list(self.keep.glob("*/new/*"))) == 1,
                       "the next process to remove the others")
        print(f"# {ROUNDS} kills, {edited} edited messages, each with its original")

    def test_bounds_under_load(self):
        milter = self.start()
        milter.reload({"repair": {"keep": self.keep, "keep-messages": 5}})
        milter.wait_event(344)
        load = Load(milter, b"b")
        load.wait_for(500)
        load.join()
        self.assertEqual({codes for _, codes in load.answered}, {"bi"})
        self.assertEqual(len(self.originals()), 5)

    def test_full_disk(self):
        lab.need(os.geteuid() == 0, "a small disk is mounted by root")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none",
                               self.keep], check=False, capture_output=True)
        lab.need(done.returncode == 0, "a disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.keep], check=True)
        milter = self.start()
        load = Load(milter, b"f")
        event = milter.wait_event(346)
        load.wait_for(200)
        load.join()
        self.assertIn("No space left on device", event["description"])
        self.assertEqual({codes for _, codes in load.answered}, {"bi"})
        kept = self.originals()
        self.assertEqual(list(self.keep.glob("*/tmp/*")), [])
        for path in kept.values():
            path.unlink()
        load = Load(milter, b"g")
        load.wait_for(10)
        load.join()
        self.assertGreater(len(self.originals()), 0)
        print(f"# {len(kept)} originals on a disk of {DISK_BYTES} octets, all repaired")


if __name__ == "__main__":
    lab.run_tests()
