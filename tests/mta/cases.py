# SPDX-License-Identifier: BSD-2-Clause
"""cases: the mails that every MTA must carry, each as it is sent and as it must arrive.

One table, CASES. With the switch off every case arrives as it was sent, with it on as `mended`
says; `off` and `on` are the numbers of the events that go with it. A case knows nothing of the MTA.
"""
import dataclasses
import pathlib
from typing import Callable

import mails

DATA = pathlib.Path(__file__).with_name("data")
GOLDEN = pathlib.Path(__file__).parent.parent / "data" / "golden"
LARGE = 20 * 1024 * 1024
UTF8_NAME = "Zoë Müller".encode()
SEEN_TWICE = {"summary": "Zugesagt: Bücher — 予算".encode()}


@dataclasses.dataclass
class Case:
    """`build(mended)` gives the mail; the rest is its envelope and its events."""
    name: str
    build: Callable[[bool], bytes]
    off: tuple = (328,)
    on: tuple = (327,)
    sender: str = "ben@example.com"
    options: tuple = ("BODY=8BITMIME",)

    def repairs(self):
        return 327 in self.on


def _literal(mended):
    name = "kb938650.mended.eml" if mended else "kb938650.eml"
    return (DATA / name).read_bytes().replace(b"\n", b"\r\n")


def _winmail(mended):
    """The same defect where it was born: in the recipient table of a winmail.dat."""
    name = "tnef-response-whole." + ("out" if mended else "in") + ".eml"
    return (GOLDEN / name).read_bytes().replace(b"\n", b"\r\n")


def _alone(encoding, **calendar):
    return lambda mended: mails.reply_mail(mended, encoding, **calendar)


def _alternative(encoding):
    return lambda mended: mails.alternative_mail(mended, encoding, **SEEN_TWICE)


def _mixed(encoding):
    """An alternative and the same calendar again as an attachment, as Exchange and Google do."""
    def build(mended):
        calendar = mails.reply_calendar(mended, **SEEN_TWICE)
        inner = mails.multipart(b"alternative", mails.note(),
                                mails.part(mails.calendar_type(), calendar, encoding),
                                boundary=b"inner")
        again = mails.part(b"application/ics; name=\"invite.ics\"", calendar, "base64",
                           b"Content-Disposition: attachment; filename=\"invite.ics\"\r\n")
        return mails.mail(mails.multipart(b"mixed", inner, again))
    return build


def _international(mended):
    calendar = mails.part(mails.calendar_type(), mails.reply_calendar(mended, **SEEN_TWICE), "8bit")
    return mails.mail(calendar, subject=b"Zugesagt: " + UTF8_NAME,
                      sender=UTF8_NAME + " <zoë@example.com>".encode())


def _large(mended):
    return mails.mail(mails.multipart(
        b"mixed", mails.note(),
        mails.part(mails.calendar_type(), mails.reply_calendar(mended), "base64"),
        mails.attachment(LARGE * 3 // 4)))


def _signed(_mended):
    signature = mails.part(b"application/pkcs7-signature; name=smime.p7s", b"invented", "base64")
    return mails.mail(mails.multipart(
        b"signed", mails.part(mails.calendar_type(), mails.reply_calendar(), "7bit"), signature,
        parameters=b"; micalg=sha-256;\r\n\tprotocol=\"application/pkcs7-signature\""))


def _deadline(mended):
    """The second of two Reply-By fields means "none" and goes; the first is a real one."""
    none = b"" if mended else b"Reply-By: Mon, 01 Jan 1601 00:00:00 +0000\r\n"
    return mails.mail(mails.part(mails.calendar_type(b"REQUEST"), mails.request_calendar()),
                      extra=b"Reply-By: Fri, 08 Mar 2024 12:00:00 +0000\r\n" + none)


def _both_edits(mended):
    """Body and header at once."""
    none = b"" if mended else b"Expires: Mon, 01 Jan 1601 00:00:00 +0000\r\n"
    return mails.reply_mail(mended, "base64", extra=none)


CASES = [
    Case("literal", _literal),
    Case("winmail", _winmail, options=()),
    Case("alone_7bit", _alone("7bit"), options=()),
    Case("alone_8bit", _alone("8bit", **SEEN_TWICE)),
    Case("alone_base64", _alone("base64", **SEEN_TWICE), options=()),
    Case("alone_quoted_printable", _alone("quoted-printable", **SEEN_TWICE), options=()),
    Case("alternative_base64", _alternative("base64"), options=()),
    Case("alternative_quoted_printable", _alternative("quoted-printable")),
    Case("mixed_base64", _mixed("base64")),
    Case("mixed_quoted_printable", _mixed("quoted-printable")),
    Case("mixed_8bit", _mixed("8bit")),
    Case("smtputf8", _international, sender="zoë@example.com",
         options=("BODY=8BITMIME", "SMTPUTF8")),
    Case("header_8bit", _international),
    Case("large", _large),
    Case("deadline", _deadline),
    Case("body_and_header", _both_edits),
    Case("empty_sender", _alone("7bit"), sender=""),
    Case("signed", _signed, off=(329,), on=(329,)),
    Case("whole", lambda _: mails.reply_mail(True), off=(), on=()),
    Case("plain", lambda _: mails.plain_mail(), off=(), on=()),
    Case("no_calendar", lambda _: mails.mail(mails.multipart(
        b"mixed", mails.note(), mails.attachment(3000))), off=(), on=()),
]
