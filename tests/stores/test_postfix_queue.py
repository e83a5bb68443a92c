#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The recipe for mail that waits in the queue of a real Postfix, deferred and held.

It goes through the milter once more and is mended; its envelope stays as it was, delivery notices
and original recipients included, and addresses are not rewritten a second time.
"""
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "mta"))

# pylint: disable=wrong-import-position
import lab
import mail_site
import mails
import milter_process
import recipes
import sender
import stored
from postfix import Postfix

# Of `postcat -e`: what is about senders and recipients. What is about a recipient stands before it.
RECORD = re.compile(r"^(?:named_attribute: )?(sender|recipient|dsn_orig_rcpt|notify_flags|"
                    r"envelope_id|ret_flags)[:=] *(.*)$", re.MULTILINE)

SETTINGS = """
virtual_alias_domains =
virtual_alias_maps = inline:{ { olga@example.org = olga@example.org, eve@example.org } }
always_bcc = archive@example.org
"""


def envelope_of(text):
    """The envelope of RFC 5321 and 3461 in what `postcat -e` prints. A recipient for whom ORCPT was
    not given stands for himself (RFC 3461 5.2.1)."""
    message, recipients, of_next = {}, {}, {}
    for name, value in RECORD.findall(text):
        if name == "recipient":
            origin = of_next.get("dsn_orig_rcpt", "rfc822;" + value)
            recipients[value] = (origin, of_next.get("notify_flags"))
            of_next = {}
        elif name in ("dsn_orig_rcpt", "notify_flags"):
            of_next[name] = value
        else:
            message[name] = value
    return message, recipients


class Queue(unittest.TestCase):
    def setUp(self):
        mail_site.need_mta(Postfix)
        from receiver import Receiver
        self.folder = lab.scratch_folder(self)
        self.config = stored.settings(self.folder)
        self.receiver = Receiver()
        self.addCleanup(self.receiver.stop)
        self.mta = Postfix(self.folder / "mta", lab.free_port())
        with (self.mta.config / "main.cf").open("a") as main:
            main.write(SETTINGS)
        services = self.mta.config / "master.cf"
        services.write_text(services.read_text().replace(" 60 1 pickup", " 1 1 pickup"))
        self.addCleanup(self.mta.stop)
        self.mta.start()

    def run_here(self, program, *arguments):
        """A program of Postfix, for this one."""
        done = subprocess.run([program, "-c", self.mta.config, *arguments], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        return done.stdout

    def queue(self):
        """The mails that wait: the name of the queue, envelope and octets, by number."""
        found = {}
        for entry in self.mta._queue():  # pylint: disable=protected-access
            name = entry["queue_id"]
            envelope = self.run_here("postcat", "-e", "-q", name).decode()
            octets = self.run_here("postcat", "-bh", "-q", name)
            number = stored.number_of(octets)
            self.assertNotIn(number, found, "a mail is there twice")
            found[number] = (entry["queue_name"], envelope_of(envelope), octets)
        return found

    def send(self, number, mail, **envelope):
        envelope.setdefault("recipient", f"r{number}@example.org")
        reply = sender.send(self.mta.submit_port, mail.replace(b"\n", b"\r\n"), **envelope)
        self.assertEqual(reply.code, 250, reply)
        return self.mta.queue_id(reply.text)

    def fill(self):
        """Deferred and held mail, with all that an envelope has."""
        self.send(1, stored.plain(1))
        self.send(2, stored.broken(2), recipient="olga@example.org", further=("ben@example.org",))
        self.send(3, stored.broken(3), sender="",
                  options=("BODY=8BITMIME", "RET=HDRS", "ENVID=budget-3"))
        lab.wait_until(lambda: self.mta.deferred() == 3, "three deferred mails")
        held = self.send(4, stored.broken(4), sender="carl+x@example.com")
        lab.wait_until(lambda: self.mta.deferred() == 4, "the fourth")
        self.run_here("postsuper", "-h", held)

    def settle(self):
        """Waits until four mails are deferred that came back through the filter."""
        lab.wait_until(lambda: self.mta.log_text().count("relay=127.0.0.1[127.0.0.1]:"
                                                         + self.back) >= 4
                       and self.mta.deferred() == self.mta.waiting() == 4,
                       "the mails to come back", lab.TIME_LIMIT / 3)

    def test_deferred_and_held(self):
        self.fill()
        before = self.queue()
        self.assertEqual(before[3][1][0], {"sender": "", "envelope_id": "budget-3",
                                           "ret_flags": "2"})
        self.assertEqual(before[2][1][1]["eve@example.org"], ("rfc822;olga@example.org", None))
        self.assertEqual({number: mail[0] for number, mail in before.items()},
                         {1: "deferred", 2: "deferred", 3: "deferred", 4: "hold"})
        milter = milter_process.started(self, {"repair": {"stamp": "no"}},
                                        f"inet:{lab.free_port()}@127.0.0.1", self.folder)
        milter.switch.touch(0o644)
        port, host = milter.socket.removeprefix("inet:").split("@")
        self.back = str(lab.free_port())
        make, use, again, end = recipes.blocks("In the queue of Postfix")
        own = {"127.0.0.1:10026": f"127.0.0.1:{self.back}"}
        config = {"MAIL_CONFIG": str(self.mta.config)}
        recipes.run(recipes.adapt(make, {**own, "unix:/var/spool/postfix/calmend/calmend.sock":
                                         f"inet:{host}:{port}"}), self.folder, **config)
        recipes.run(recipes.adapt(use, {"[127.0.0.1]:10026": f"[127.0.0.1]:{self.back}"}),
                    self.folder, **config)
        lab.wait_until(lambda: sender.greets(int(self.back)), "the way back")
        recipes.run(again, self.folder, **config)
        self.settle()
        after = self.queue()
        for number, (_, envelope, octets) in before.items():
            self.assertEqual(after[number][1], envelope, number)
            mended = stored.mended(octets, self.config)
            self.assertEqual(self.without_trace(after[number][2]), self.without_trace(mended))
            self.assertEqual(mended == octets, number == 1)
        recipes.run(recipes.adapt(end, own), self.folder, **config)
        self.assertNotIn(self.back, (self.mta.config / "master.cf").read_text())
        self.check_delivery()

    @staticmethod
    def without_trace(octets):
        return mails.without_fields(octets.replace(b"\n", b"\r\n"), "Received")

    def check_delivery(self):
        """What was mended is what arrives, once with each recipient."""
        self.run_here("postconf", f"relayhost=[127.0.0.1]:{self.receiver.port}")
        self.run_here("postfix", "reload")
        lab.wait_until(self.is_sent, "the queue to be sent", lab.TIME_LIMIT / 3)
        for recipient in ("r1", "olga", "eve", "ben", "r3", "r4"):
            self.assertEqual(self.receiver.count(f"{recipient}@example.org"), 1, recipient)
        self.assertEqual(self.receiver.count("archive@example.org"), 4)

    def is_sent(self):
        if self.mta.waiting() == 0:
            return True
        self.mta.retry()
        return False


if __name__ == "__main__":
    lab.run_tests()
