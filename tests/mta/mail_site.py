# SPDX-License-Identifier: BSD-2-Clause
"""mail_site: a whole site for a test: milter, MTA and the server behind it.

Whatever was started ends with the test class, in reverse order. Each message goes to a recipient of
its own, so that nothing is mistaken for something else.
"""
import importlib.util
import itertools
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402
import mails  # noqa: E402
import milter_process  # noqa: E402
import sender  # noqa: E402
from postfix import Postfix  # noqa: E402
from sendmail import Sendmail  # noqa: E402

MTAS = [Postfix, Sendmail]
SOCKETS = ("unix", "inet")

_numbers = itertools.count(1)


TRACK = "FixRecipientTrackStatusTime"
MAIL = "FixCalendarMail"

RULE = re.compile(r"\b([a-z][a-z-]+) x\d+")


def need_mta(mta):
    """Skips where the MTA or the receiving server cannot run."""
    lab.need(importlib.util.find_spec("aiosmtpd"), "python3-aiosmtpd is not installed")
    reason = mta.missing()
    lab.need(reason is None, reason)


def fresh_recipient():
    """An address that nobody else has used."""
    return f"r{next(_numbers)}@example.org"


class Site:
    """Milter, MTA and receiver for the test class `case`. `settings` are the milter's, beside those
    that the site needs; `options` go to the MTA."""

    def __init__(self, case, mta, socket_kind="unix", settings=None, **options):
        need_mta(mta)
        from receiver import Receiver
        self.folder = lab.scratch_folder(case)
        self.receiver = Receiver()
        case.addClassCleanup(self.receiver.stop)
        self.mta = mta(self.folder / "mta", self.receiver.port, socket_kind, **options)
        socket = {"socket-mode": "0660", "socket-group": mta.GROUP}
        self.milter = milter_process.started(case, {"service": socket, **(settings or {})},
                                             self.mta.milter_socket, self.folder)
        case.addClassCleanup(self.mta.stop)
        self.mta.start()

    def switch(self, *names):
        """Puts the switch files of these names there, and no other."""
        for path in (self.milter.switch, self.milter.mail_switch):
            path.unlink(missing_ok=True)
            if path.name in names:
                path.touch(0o644)

    def put_in_force(self, settings):
        """Has the running milter read other settings, beside those that the site needs."""
        seen = len(self.milter.events())
        self.milter.reload({"service": {"socket-group": self.mta.GROUP}, **settings})
        self.milter.wait_event(344, seen)

    def send(self, mail, recipient=None, **envelope):
        """Hands a mail to the MTA, for a recipient of its own if none is named:
        (recipient, reply)."""
        recipient = recipient or fresh_recipient()
        return recipient, sender.send(self.mta.submit_port, mail, recipient, **envelope)

    def deliver(self, mail, **envelope):
        """Sends a mail through to the receiver: (what arrived, queue id)."""
        recipient, reply = self.send(mail, **envelope)
        assert reply.code == 250, f"not taken: {reply}\n{self.mta.log_text()[-3000:]}"
        arrived = self.receiver.wait_for(recipient)
        assert len(arrived) == 1, f"arrived {len(arrived)} times"
        return arrived[0], self.mta.queue_id(reply.text)


def rules_by_event(events):
    """The names of the rules that each event counts, by its number."""
    return {event["id"]: set(RULE.findall(event["description"])) for event in events}


def without_trace(octets):
    """A mail without the trace fields that the MTA and calmend put on it."""
    return mails.without_fields(octets, "Received", "X-Calmend")


def suite_of(loader, tests, cases, add_case):
    """For each MTA a class of what `tests` has; `add_case` adds the tests of a case to its body."""
    suite = unittest.TestSuite()
    for mta in MTAS:
        body = {"mta": mta, "__module__": tests.__module__}
        for case in cases:
            add_case(body, case)
        suite.addTests(loader.loadTestsFromTestCase(
            type(f"{mta.NAME}{tests.__name__}", (tests, unittest.TestCase), body)))
    return suite
