#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""One milter at two sockets: a Postfix in its chroot finds one, a Sendmail over TCP the other."""
import unittest

from mail_site import Postfix, Sendmail, lab, mails, milter_process, need_mta, sender, without_trace


class Listeners(unittest.TestCase):
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
        milter = milter_process.MilterProcess(
            folder, {"service": {"socket-group": Postfix.GROUP}}, ", ".join(sockets))
        milter.socket = sockets[-1]
        milter.switch_on()
        cls.addClassCleanup(milter.finish)
        cls.milter = milter.start()
        for mta in cls.mtas:
            cls.addClassCleanup(mta.stop)
            mta.start()

    def test_both_are_served(self):
        for number in range(6):
            mta = self.mtas[number % 2]
            recipient = f"listeners{number}@example.org"
            reply = sender.send(mta.submit_port, mails.reply_mail(), recipient)
            self.assertEqual(reply.code, 250, reply)
            arrived, = self.receiver.wait_for(recipient)
            lab.assert_octets_equal(without_trace(arrived), mails.reply_mail(True))
            self.milter.wait_events_of(mta.queue_id(reply.text), [327])


if __name__ == "__main__":
    lab.run_tests()
