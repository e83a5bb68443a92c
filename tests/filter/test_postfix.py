#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend in Postfix without a milter, by the packaged service of pipe(8) and its script.

The private Postfix of tests/mta, in a mount namespace of its own: there is the user of the packaged
line, and a Postfix that is installed allows the configuration of the private one, without which
sendmail(1) would not take a message back for it.
"""
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import unittest

import filter_site
from filter_cases import SENDER, Cases, without_trace

sys.path.insert(2, str(pathlib.Path(__file__).resolve().parents[1] / "mta"))

# pylint: disable=wrong-import-position
import lab
import mails
import sender
from postfix import Postfix

USER = "calmend"
RECIPIENTS = ("olga@example.org", "ben@example.org")
SCRIPT = "/usr/lib/calmend/pipe-filter"

# $1 to $3 are put in the place of passwd, group and the settings of the installed Postfix.
NAMESPACE = """mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group &&
mount --bind "$3" /etc/postfix && shift 3 && exec "$@" """


class FilteringPostfix(Postfix):
    """Hands what it takes over SMTP to calmend, and what comes back to the server behind."""

    envelope = [f"--sender={SENDER}", "--", RECIPIENTS[0]]
    kept_when_killed = True

    def __init__(self, site, receiver):
        super().__init__(site.folder / "postfix", receiver.port)
        self.receiver = receiver
        script = site.put_snippet("postfix/pipe-filter")
        service = (filter_site.SNIPPETS / "postfix/master.cf").read_text()
        assert SCRIPT in service
        path = self.config / "master.cf"
        path.write_text(path.read_text().replace(
            " smtpd\n", " smtpd\n  -o content_filter=calmend:\n")
            + service.replace(SCRIPT, str(script)))
        self.namespace = self._make_namespace(site.folder)

    def _make_namespace(self, folder):
        installed = folder / "installed"
        shutil.copytree("/etc/postfix", installed, symlinks=True)
        (installed / "main.cf").write_text(
            f"compatibility_level = 3.6\nalternate_config_directories = {self.config}\n")
        files = []
        for name, line in (("passwd", "{0}:x:{1}:{1}::/nonexistent:/bin/false"),
                           ("group", "{0}:x:{1}:")):
            files.append(folder / name)
            files[-1].write_text(pathlib.Path("/etc", name).read_text()
                                 + line.format(USER, filter_site.NOBODY) + "\n")
        return ["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", *map(str, files), str(installed)]

    def _run(self, program, *arguments):
        return subprocess.run([*self.namespace, program, "-c", str(self.config), *arguments],
                              text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60)

    def send(self, mail, recipient=RECIPIENTS[0], **envelope):
        reply = sender.send(self.submit_port, mail, recipient, **envelope)
        assert reply.code == 250, reply

    def take(self):
        with self.receiver.arrival:
            arrived = self.receiver.messages.pop(RECIPIENTS[0], [])
        return arrived

    def waiting(self):
        return self.deferred()


class Delivery(Cases, unittest.TestCase):
    @classmethod
    def start(cls):
        lab.need(importlib.util.find_spec("aiosmtpd"), "python3-aiosmtpd is not installed")
        reason = Postfix.missing()
        lab.need(reason is None, reason)
        from receiver import Receiver
        receiver = Receiver()
        cls.addClassCleanup(receiver.stop)
        postfix = FilteringPostfix(cls.site, receiver)
        cls.addClassCleanup(postfix.stop)
        return postfix.start()

    def tearDown(self):
        lab.wait_until(lambda: Postfix.waiting(self.mailer) == 0, "an empty queue")

    def test_all_recipients_have_it(self):
        """Of one message, which calmend sees once."""
        self.seen = []
        self.mailer.send(mails.reply_mail(), further=RECIPIENTS[1:])
        lab.assert_octets_equal(without_trace(self.arrived()), mails.reply_mail(True))
        other, = self.mailer.receiver.wait_for(RECIPIENTS[1])
        lab.assert_octets_equal(without_trace(other), mails.reply_mail(True))
        self.assertEqual(sorted(self.site.arguments()[-2:]), sorted(RECIPIENTS))

    def test_bounce_has_no_sender(self):
        self.seen = []
        self.mailer.send(mails.reply_mail(), sender="")
        self.assertIn(b"X-Calmend: ", self.arrived())
        self.assertIn("--sender=", self.site.arguments())


if __name__ == "__main__":
    lab.run_tests()
