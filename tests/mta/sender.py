# SPDX-License-Identifier: BSD-2-Clause
"""sender: hands one message to an MTA over SMTP and keeps the replies.

Octets go out as they are, but for dot-stuffing. The envelope may be UTF-8 (RFC 6531). An error
reply is a result here, not an exception: a test of an outage asserts on it.
"""
import dataclasses
import smtplib

TIMEOUT = 60


@dataclasses.dataclass
class Reply:
    """The MTA's last word on a message."""
    code: int
    text: str


def send(port, mail, recipient, sender="ben@example.com", options=("BODY=8BITMIME",), xclient=None,
         further=()):
    """Sends a mail; the reply to its end, or the first reply that is no success. `xclient` is what
    a trusted proxy says of the client (Postfix): its address, its login. `further` are recipients
    of the same message."""
    with smtplib.SMTP("127.0.0.1", port, "client.example.com", TIMEOUT) as session:
        session.ehlo()
        if xclient is not None:
            code, text = session.docmd("XCLIENT", xclient)
            assert code == 220, (code, text)
            session.ehlo()
        if "SMTPUTF8" in options:
            session.command_encoding = "utf-8"
        recipients = [lambda name=name: session.rcpt(name) for name in (recipient, *further)]
        steps = (lambda: session.mail(sender, options), *recipients, lambda: session.data(mail))
        try:
            for step in steps:
                code, text = step()
                if code >= 400:
                    break
        except smtplib.SMTPDataError as refusal:
            code, text = refusal.smtp_code, refusal.smtp_error
        return Reply(code, text.decode("utf-8", "replace"))


def greets(port):
    """True when an SMTP server greets on that port."""
    try:
        smtplib.SMTP("127.0.0.1", port, "client.example.com", TIMEOUT).close()
        return True
    except (OSError, smtplib.SMTPException):
        return False
