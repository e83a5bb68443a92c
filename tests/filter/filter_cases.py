# SPDX-License-Identifier: BSD-2-Clause
"""filter_cases: what every program that filters mail through calmend must do with it.

A test class is Cases and unittest.TestCase with start(), which gives a mailer: send(mail), take()
for what has arrived, waiting(), retry(), and kept_when_killed: whether it keeps the mail back when
calmend is killed, to try again, or goes on with it as it came. Either way it arrives once.
"""
import sys

import lab
import mails
import filter_site

LARGE = 20 * 1024 * 1024
SENDER = "ben@example.com"

# What a mailer puts on a mail; none of those sent has one.
TRACE = ("Received", "Return-Path", "Delivered-To", "Envelope-To", "Delivery-Date", "X-Original-To",
         "X-Calmend")

UNTOUCHED = {
    "plain": mails.plain_mail(),
    "without a defect": mails.reply_mail(True),
    "without a calendar": mails.mail(mails.multipart(b"mixed", mails.note(), mails.attachment(9000))),
    "with long lines": mails.mail(mails.note(b"a" * 700 + b"\r\n.\r\n..\r\n From x\r\n\r\n\r\n")),
}


def large_mail(mended=False, size=LARGE * 3 // 4):
    """A REPLY beside an attachment: 20 MiB once it is encoded."""
    return mails.mail(mails.multipart(
        b"mixed", mails.note(),
        mails.part(mails.calendar_type(), mails.reply_calendar(mended), "base64"),
        mails.attachment(size)))


def without_trace(octets):
    """A mail as it was sent, with line ends CR LF."""
    octets = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if octets.startswith(b"From "):
        octets = octets.partition(b"\r\n")[2]
    return mails.without_fields(octets, *TRACE)


class Cases:
    """For one mailer, which lives as long as the class."""

    @classmethod
    def setUpClass(cls):
        filter_site.need_root()
        cls.site = filter_site.Filter(cls)
        cls.mailer = cls.start()

    def setUp(self):
        self.site.be("none")
        self.mailer.take()

    def arrived(self):
        """The one mail that has."""
        lab.wait_until(lambda: self.seen or self.look(), "the mail", 2 * lab.PATIENCE)
        self.assertEqual(len(self.seen), 1)
        self.assertEqual(self.mailer.waiting(), 0)
        return self.seen[0]

    def look(self):
        self.seen += self.mailer.take()
        return self.seen

    def send(self, mail):
        self.seen = []
        self.mailer.send(mail)

    def check_arrives(self, mail, expected):
        self.send(mail)
        lab.assert_octets_equal(without_trace(self.arrived()), expected)

    def test_reply_is_repaired(self):
        self.check_arrives(mails.reply_mail(), mails.reply_mail(True))
        self.assertIn(b"X-Calmend: ", self.seen[0])
        self.assertEqual(self.site.events(), [327])

    def test_envelope_is_told(self):
        self.send(mails.reply_mail())
        self.arrived()
        self.assertEqual([word for word in self.site.arguments()
                          if not word.startswith("--queue-id=")], self.mailer.envelope)

    def test_untouched(self):
        for name, mail in UNTOUCHED.items():
            with self.subTest(mail=name):
                self.check_arrives(mail, mail)

    def test_large_mail_is_repaired(self):
        self.check_arrives(large_mail(), large_mail(True))

    def test_large_mail_is_untouched(self):
        mail = mails.mail(mails.note(b"a line of seventy octets or so, many times over and over\r\n"
                                     * (LARGE // 57)))
        self.check_arrives(mail, mail)

    def test_settings_are_missing(self):
        self.site.be("settings")
        self.check_arrives(mails.reply_mail(), mails.reply_mail())
        self.assertFalse((self.site.folder / filter_site.MISSING).exists())

    def test_disk_is_full(self):
        self.site.be("disk")
        mail = large_mail(size=1500000)
        self.check_arrives(mail, mail)
        self.assertEqual(self.site.events(), [331])

    def check_killed(self, mail, mended):
        self.site.be("killed")
        self.send(mail)
        if not self.mailer.kept_when_killed:
            lab.assert_octets_equal(without_trace(self.arrived()), mail)
            return
        lab.wait_until(self.mailer.waiting, "the mail to wait", 2 * lab.PATIENCE)
        self.assertEqual(self.look(), [], "a part of it has arrived")
        self.site.be("none")
        self.mailer.retry()
        lab.assert_octets_equal(without_trace(self.arrived()), mended)

    def test_killed(self):
        self.check_killed(mails.reply_mail(), mails.reply_mail(True))

    def test_killed_in_a_plain_mail(self):
        self.check_killed(mails.plain_mail(), mails.plain_mail())

    def test_killed_in_a_large_mail(self):
        self.check_killed(large_mail(size=3000000), large_mail(True, size=3000000))


def run(module):
    """Runs the tests of a module."""
    assert module in sys.modules
    lab.run_tests()
