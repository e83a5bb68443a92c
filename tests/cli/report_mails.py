# SPDX-License-Identifier: BSD-2-Clause
"""report_mails: a small mailbox whose report is known, and one that is as hostile as it can be.

MAILS are those of two partners over three months; `write` puts them into a folder as an mbox and a
Maildir, which tells them apart by file and offset.
"""
import lab
import mails

EXCHANGE = b"Microsoft Exchange Server 2007"
NOW = "20240601T000000Z"

# What tries to leave its place: in HTML, in an attribute, in the script, on a terminal, in JSON.
HOSTILE = ("</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;{{script}}"
           "\x1b[2J\u202e\u2066")


def reply_calendar(mended=False, producer=EXCHANGE):
    """A REPLY that names its organizer."""
    return mails.reply_calendar(mended, producer=producer).replace(
        b"UID:", b"ORGANIZER:mailto:olga@example.org\r\nUID:", 1)


def reply(number, date, sender=b"Ada <ada@partner.example>", mended=False, signed=False,
          producer=EXCHANGE):
    """A REPLY; without `mended` it lacks the attendee's critical change."""
    extra = b"DKIM-Signature: v=1; d=partner.example; b=AAAA\r\n" if signed else b""
    entity = mails.part(mails.calendar_type(), reply_calendar(mended, producer))
    return mails.mail(entity, sender=sender, extra=extra, date=date).replace(
        b"<lab.1@example.com>", b"<%d@partner.example>" % number)


def request(number, date):
    """A REQUEST of another partner with an address that lacks its mailto:, in either profile."""
    calendar = mails.request_calendar().replace(b"mailto:ben@example.com", b"ben@example.com")
    calendar = calendar.replace(b"-//Example//Lab//EN", b"-//Google Inc//Google Calendar 70.9054//EN")
    entity = mails.part(mails.calendar_type(b"REQUEST"), calendar)
    return mails.mail(entity, sender=b"Sue <sue@other.example>", date=date).replace(
        b"<lab.1@example.com>", b"<%d@other.example>" % number)


def sealed(number, date):
    """A broken REPLY inside of a signed part: it is left."""
    entity = mails.part(mails.calendar_type(), reply_calendar())
    signature = mails.part(b"application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\r\n")
    return mails.mail(mails.multipart(b"signed", entity, signature), date=date,
                      sender=b"Ada <ada@partner.example>").replace(
        b"<lab.1@example.com>", b"<%d@partner.example>" % number)


def winmail(date):
    """A mail with a winmail.dat without a defect."""
    octets = (lab.ROOT / "tests" / "data" / "golden" / "tnef-alone.out.eml").read_bytes()
    content = octets.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    entity = (b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
              b"Content-Transfer-Encoding: base64\r\n\r\n" + content.replace(b"\n", b"\r\n"))
    return mails.mail(entity, sender=b"Tom <tom@third.example>", date=date)


def made():
    """The mails in their order."""
    return [
        mails.plain_mail(),
        reply(1, b"Tue, 05 Mar 2024 10:15:01 +0000"),
        reply(2, b"Wed, 06 Mar 2024 10:15:01 +0000", signed=True),
        reply(3, b"Tue, 02 Apr 2024 10:15:01 +0000", mended=True),
        request(4, b"Fri, 03 May 2024 08:00:00 +0200"),
        sealed(5, b"Sat, 04 May 2024 08:00:00 +0000"),
        mails.plain_mail(),
    ]


def hostile():
    """Mails whose every text wants to be more than text."""
    producer = HOSTILE.encode()
    evil = b"\"<script>alert(3)</script>\" <x@<script>alert(4)</script>.example>"
    return [reply(9, b"Tue, 05 Mar 2024 10:15:01 +0000", producer=producer),
            reply(9, b"Tue, 05 Mar 2024 10:15:01 +0000", sender=evil, producer=producer).replace(
                b"<9@partner.example>", b"<" + producer + b"@x>"),
            reply(9, b"<b>never</b>", producer=b"-//" + b"\xff" * 300 + b"//EN")]


def mbox(octets):
    """An mbox of mails."""
    return b"".join(b"From ada@partner.example Tue Mar  5 10:15:01 2024\n"
                    + mail.replace(b"\r\n", b"\n") + b"\n" for mail in octets)


def write_mbox(path, octets):
    """Writes an mbox; the offset of each mail behind its From_ line."""
    path.write_bytes(mbox(octets))
    return path


def write_maildir(path, octets):
    """Writes a Maildir."""
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    for number, mail in enumerate(octets):
        (path / "cur" / f"{1000 + number}.lab:2,S").write_bytes(mail.replace(b"\r\n", b"\n"))
    return path


def many():
    """Mails of eight partners over a year and a half: something to look at."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    makers = (EXCHANGE, b"-//Google Inc//Google Calendar 70.9054//EN",
              b"-//Apple Inc.//Mac OS X 10.15.7//EN", b"Zimbra-Calendar-Provider",
              b"-//Lotus Development Corporation//NONSGML Notes 8.5.3//EN",
              b"-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN")
    found = []
    for number in range(180):
        month = number // 10
        date = b"Tue, %02d %s %d 10:15:01 +0000" % (
            number % 27 + 1, months[month % 12].encode(), 2023 + month // 12)
        if number % 7 == 3:
            found.append(request(number, date))
        elif number % 23 == 5:
            found.append(sealed(number, date))
        else:
            found.append(reply(number, date, mended=number % 3 == 0, signed=number % 4 == 1,
                               sender=b"Ada <ada@partner%d.example>" % (number * number % 8),
                               producer=makers[number * 5 % 11 % len(makers)]))
    return found
