# SPDX-License-Identifier: BSD-2-Clause
"""kinds: the mails that are measured, one row each.

Invented, and of the size and shape of real ones: a header with trace fields, text lines, base64.
Line ends are LF; whoever sends them makes CRLF of them. A new kind is a new row.
"""
import dataclasses
import itertools

import lab
import mails

WINMAIL = lab.ROOT / "tests/data/golden/tnef-response-whole.in.eml"

TRACE = b"".join(
    b"Received: from out%d.example.com (out%d.example.com [192.0.2.%d])\r\n"
    b"\tby mx%d.example.org (Postfix) with ESMTPS id 4F2A1C0B7%d\r\n"
    b"\tfor <olga@example.org>; Tue,  5 Mar 2024 10:15:0%d +0000 (UTC)\r\n" % ((hop,) * 6)
    for hop in (4, 3, 2, 1)) + b"User-Agent: Example Mail 1.0\r\nX-Spam-Status: No, score=-1.9\r\n"

WORDS = (b"the budget of the second quarter is ready and waits for your remarks until Friday "
         b"noon please read it before we meet in the small room on the third floor").split()


def text(size):
    """Lines of words, `size` octets about."""
    lines = []
    words = itertools.cycle(WORDS)
    while size > 0:
        lines.append(b" ".join(itertools.islice(words, 11)) + b"\r\n")
        size -= len(lines[-1])
    return b"".join(lines)


def plain(size=8000):
    """Text, `size` octets with the header."""
    return mails.mail(mails.note(text(size - 1000)), subject=b"Budget", extra=TRACE)


def multipart():
    """100 KB: text, HTML and an attachment, no calendar."""
    html = mails.part(b"text/html; charset=utf-8", b"<p>" + text(9000) + b"</p>\r\n",
                      "quoted-printable")
    both = mails.multipart(b"alternative", mails.note(text(4000)), html, boundary=b"=_inner_51c2")
    return mails.mail(mails.multipart(b"mixed", both, mails.attachment(62000)), extra=TRACE)


def reply(encoding):
    """A REPLY of KB 938650 as the only part, 2 KB, which is repaired."""
    return mails.reply_mail(encoding=encoding, extra=TRACE)


def held(size):
    """A REPLY that is repaired beside an attachment; `size` octets about."""
    calendar = mails.part(mails.calendar_type(), mails.reply_calendar(), "base64")
    return mails.mail(mails.multipart(b"mixed", mails.note(), calendar,
                                      mails.attachment(size * 3 // 4)), extra=TRACE)


def large(size):
    """A note with an attachment, `size` octets about, no calendar."""
    return mails.mail(mails.multipart(b"mixed", mails.note(), mails.attachment(size * 72 // 100)),
                      extra=TRACE)


def winmail():
    """A response in winmail.dat, beside a note, which is repaired."""
    return WINMAIL.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@dataclasses.dataclass
class Kind:
    """A mail and what calmend does with it."""
    name: str
    title: str
    mail: bytes
    repaired: bool = False

    def write(self, folder, line_end=b"\n"):
        """The mail as a file with these line ends: its path."""
        path = folder / f"{self.name}.eml"
        path.write_bytes(self.mail.replace(b"\r\n", line_end))
        return path


KINDS = {kind.name: kind for kind in (
    Kind("plain", "plain text, 8 KB", plain()),
    Kind("multipart", "multipart without a calendar, 100 KB", multipart()),
    Kind("attachment", "attachment, 10 MB", large(10_000_000)),
    Kind("reply", "REPLY repaired, 7bit", reply("7bit"), True),
    Kind("reply-base64", "REPLY repaired, base64", reply("base64"), True),
    Kind("reply-qp", "REPLY repaired, quoted-printable", reply("quoted-printable"), True),
    Kind("tnef", "winmail.dat repaired", winmail(), True),
)}
