#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rule that reads the envelope: a REPLY without ORGANIZER goes to the one whom its To: names.

It gets its ORGANIZER only where the envelope has that recipient alone. Everything else of it is
repaired all the same.
"""
import dataclasses

from mail_site import MAIL, Site, TRACK, fresh_recipient, lab, mails, rules_by_event
from mail_site import suite_of, without_trace

FIELD = b"To: Olga <olga@example.org>\r\n"
ALWAYS = {"attendee-change-missing"}


@dataclasses.dataclass
class Case:
    """`to` makes the To: field's value of the address that the message goes to; `address` makes the
    one that ORGANIZER must have, or is None where none may be inserted."""
    name: str
    to: str
    address: object = None
    field_after: str = ""
    further: tuple = ()


CASES = [
    Case("one_recipient", "{}", str),
    Case("one_recipient_named", "\"Winter, Ada\" <{}>", str),
    Case("without_case", "Ada <{}>", str.upper),
    Case("two_recipients", "{}", further=("eve@example.org",)),
    Case("another_recipient", "ada@example.org"),
    Case("two_addresses", "{}, eve@example.org"),
    Case("a_copy", "{}", field_after="Cc: eve@example.org\r\n"),
]


def reply(case, recipient, mended):
    """The REPLY of a case to its recipient."""
    address = (case.address or str)(recipient)
    mail = mails.reply_mail(mended).replace(
        FIELD, f"To: {case.to.format(address)}\r\n{case.field_after}".encode())
    if not mended or case.address is None:
        return mail
    change = mails.ATTRIBUTE + b":" + mails.STAMP + b"\r\n"
    return mail.replace(change, change + b"ORGANIZER:mailto:" + address.encode() + b"\r\n")


class Organizer:
    """The tests of one MTA; the cases are put in by `_add_case`."""

    mta = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls, cls.mta, settings={"repair": {"enable": "organizer-missing"}})
        cls.site.switch(TRACK, MAIL)

    def check(self, case):
        recipient = fresh_recipient()
        arrived, queue_id = self.site.deliver(reply(case, recipient, False), recipient=recipient,
                                              further=case.further)
        lab.assert_octets_equal(without_trace(arrived), reply(case, recipient, True))
        events = self.site.milter.wait_events_of(queue_id, [327])
        rules = ALWAYS | ({"organizer-missing"} if case.address else set())
        self.assertEqual(rules_by_event(events), {327: rules})


def _add_case(body, case):
    body[f"test_{case.name}"] = lambda self: self.check(case)


def load_tests(loader, _standard, _pattern):
    return suite_of(loader, Organizer, CASES, _add_case)


if __name__ == "__main__":
    lab.run_tests()
