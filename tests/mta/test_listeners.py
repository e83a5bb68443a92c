#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""One milter at two sockets: a Postfix in its chroot finds one, a Sendmail over TCP the other.

Both are in a list, or the other one is a listener, which has a policy of its own.
"""
import unittest

from mail_site import Postfix, Sendmail, lab, mails, milter_process, need_mta, sender, without_trace


class Listeners:
    """The tests of one way to have both."""

    @classmethod
    def settings(cls, postfix, sendmail):
        """(the settings of a milter at both sockets, and its [service] socket)."""
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        for mta in (Postfix, Sendmail):
            need_mta(mta)
        from receiver import Receiver
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.stop)
        folder = lab.scratch_folder(cls)
        cls.mtas = [Postfix(folder / "postfix", cls.receiver.port, "unix"),
                    Sendmail(folder / "sendmail", cls.receiver.port, "inet")]
        sockets = [mta.milter_socket for mta in cls.mtas]
        settings, service = cls.settings(*sockets)
        milter = milter_process.MilterProcess(
            folder, {"service": {"socket-group": Postfix.GROUP}, **settings}, service)
        milter.socket = sockets[-1]
        milter.switch_on()
        cls.addClassCleanup(milter.finish)
        cls.milter = milter.start()
        for mta in cls.mtas:
            cls.addClassCleanup(mta.stop)
            mta.start()

    def check(self, mta, number, policy):
        """A response through that MTA is repaired, and its event names that policy, or none."""
        recipient = f"{type(self).__name__}{number}@example.org"
        reply = sender.send(mta.submit_port, mails.reply_mail(), recipient)
        self.assertEqual(reply.code, 250, reply)
        arrived, = self.receiver.wait_for(recipient)
        lab.assert_octets_equal(without_trace(arrived), mails.reply_mail(True))
        event, = self.milter.wait_events_of(mta.queue_id(reply.text), [327])
        self.assertEqual(event["description"].partition("; policy ")[2], policy)


class List(Listeners, unittest.TestCase):
    """[service] socket names both."""

    @classmethod
    def settings(cls, postfix, sendmail):
        return {}, f"{postfix}, {sendmail}"

    def test_both_are_served(self):
        for number in range(6):
            self.check(self.mtas[number % 2], number, "")


class Section(Listeners, unittest.TestCase):
    """Sendmail's is of [listener second]."""

    @classmethod
    def settings(cls, postfix, sendmail):
        return {"listener second": {"socket": sendmail},
                "policy theirs": {"listeners": "second"}}, postfix

    def test_policy_of_each(self):
        for number in range(6):
            self.check(self.mtas[number % 2], number, "theirs" if number % 2 else "")


if __name__ == "__main__":
    lab.run_tests()
