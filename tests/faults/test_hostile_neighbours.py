#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Ordinary mail beside mails made to stall a filter: all of it is repaired, none is put off.

Straight at one milter, with one connection for ordinary mail and one for the same hostile mail over
and over, from two processes, the time of the ordinary mail is told: 99 of 100 messages took at most
so long, without the hostile mail and beside it. And through one Postfix.
"""
import contextlib
import dataclasses
import json
import subprocess
import unittest

from fault_site import Account, FaultSite, Traffic, lab, mails, milter_process, say
import sender
from hostile_mails import MAILS

LOAD = str(lab.BUILD / "tests/bench/load")
SECONDS = 2
PATIENCE = 60
POSTFIX_MOST = 20 << 20
lab.TIME_LIMIT = 1800


@dataclasses.dataclass
class Figures:
    """Of the ordinary mail: how many messages, and how long 99 of 100 took at most, in ms."""
    messages: int
    p99: float


class Beside(unittest.TestCase):
    """All of them one after the other, with one milter."""

    @classmethod
    def setUpClass(cls):
        cls.folder = lab.scratch_folder(cls)
        cls.milter = milter_process.started(cls)
        cls.milter.switch_on()
        cls.milter.mail_switch.touch(mode=0o644)
        cls.ordinary = cls.folder / "ordinary.eml"
        cls.ordinary.write_bytes(mails.reply_mail())

    def load(self, path, seconds):
        """A process that sends a mail for so long, one at a time."""
        return subprocess.Popen([LOAD, "--connections", "1", "--seconds", str(seconds),
                                 self.milter.socket, str(path)], text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def end(self, process, what):
        """What such a process has found once it is over."""
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        self.assertEqual((process.returncode, err), (0, ""), what)
        return json.loads(out)

    def send_ordinary(self):
        """The figures of ordinary mail for a while, all of it repaired."""
        found = self.end(self.load(self.ordinary, SECONDS), "ordinary mail")
        self.assertEqual(found["replaced"], found["messages"])
        return Figures(found["messages"], round(found["p99_us"] / 1000, 2))

    @contextlib.contextmanager
    def sending(self, path, name):
        """Sends a hostile mail over and over meanwhile."""
        process = self.load(path, SECONDS + 1)
        try:
            yield
        finally:
            found = self.end(process, name)
        self.assertGreater(found["messages"], 0, name)

    def test_ordinary_mail_is_repaired(self):
        for hostile in MAILS:
            with self.subTest(hostile=hostile.name):
                self.check(hostile)
        self.assertTrue(self.milter.alive())

    def check(self, hostile):
        path = self.folder / "hostile.eml"
        path.write_bytes(hostile.mail())
        quiet = self.send_ordinary()
        with self.sending(path, hostile.name):
            beside = self.send_ordinary()
        times = round(beside.p99 / quiet.p99, 1)
        say({"table": "beside", "fault": hostile.name, "messages": beside.messages,
             "quiet": quiet.p99, "beside": beside.p99, "factor": times},
            f"beside {hostile.name}: {beside.messages} messages, p99 {beside.p99} ms, quiet "
            f"{quiet.p99} ms, {times} times")


class ThroughPostfix(unittest.TestCase):
    """All of them one after the other, but for those that take a server too long."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls, size_limit=0)

    def test_nothing_is_put_off(self):
        sent = [hostile for hostile in MAILS if len(hostile.mail()) <= POSTFIX_MOST]
        traffic = Traffic(self.site)

        def send_all():
            for hostile in sent:
                with self.subTest(hostile=hostile.name):
                    reply = sender.send(self.site.mta.submit_port, hostile.mail(),
                                        "hostile@example.org")
                    self.assertEqual(reply.code, 250, reply)
        account = self.site.attempt(Account("hostile mail beside it", len(sent)), traffic, send_all)
        self.assertEqual((account.put_off, account.repaired), (0, account.taken))


if __name__ == "__main__":
    lab.run_tests()
