#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An mbox is mended while a real Postfix local(8) delivers to it, and while somebody else has it."""
import os
import pathlib
import pwd
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "mta"))

# pylint: disable=wrong-import-position
import lab
import sender
import stored
from postfix import Postfix

USER = "bin"  # whom every Debian has, and who gets no mail
BEFORE = 40
SENDERS = 4
EACH = 15

SETTINGS = """
mydestination = example.org
mail_spool_directory = {spool}
deliver_lock_attempts = 200
deliver_lock_delay = 1s
local_transport = local
mailbox_size_limit = 0
"""
SERVICE = "local unix - n n - - local\n"


class LocalPostfix(Postfix):
    """A Postfix that delivers to mboxes in `spool`, by local(8) with its default locks."""

    def __init__(self, folder, spool):
        super().__init__(folder, lab.free_port())
        main = self.config / "main.cf"
        main.write_text(main.read_text().replace("\nmydestination =\n",
                                                 SETTINGS.format(spool=spool)))
        with (self.config / "master.cf").open("a") as services:
            services.write(SERVICE)


class Delivered(unittest.TestCase):
    def setUp(self):
        reason = LocalPostfix.missing()
        lab.need(reason is None, reason)
        self.folder = lab.scratch_folder(self)
        self.config = stored.settings(self.folder)
        self.spool = self.folder / "spool"
        self.spool.mkdir()
        self.spool.chmod(0o1777)
        self.box = self.spool / USER
        self.box.write_bytes(stored.mbox(*map(stored.broken, range(BEFORE))))
        user = pwd.getpwnam(USER)
        os.chown(self.box, user.pw_uid, user.pw_gid)
        self.box.chmod(0o600)
        self.mta = LocalPostfix(self.folder / "mta", self.spool)
        self.addCleanup(self.mta.stop)
        self.mta.start()
        self.faults = []

    def deliver(self, first):
        """Sends mails, every other one broken, one after the other."""
        try:
            for number in range(first, first + EACH):
                mail = (stored.broken if number % 2 else stored.plain)(number)
                reply = sender.send(self.mta.submit_port, mail.replace(b"\n", b"\r\n"),
                                    f"{USER}@example.org")
                assert reply.code == 250, reply
        except Exception as fault:  # pylint: disable=broad-except
            self.faults.append(fault)

    def mend_until_killed(self, patience):
        """A run that is killed when it has not ended in time."""
        run = subprocess.Popen([lab.COMMAND, "repair", "--in-place", "--config", self.config,
                                self.box], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            _, err = run.communicate(timeout=patience)
            self.assertEqual((run.returncode, err), (0, b""))
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.communicate()

    def mails(self):
        """The mails of the mbox, by another reader, without what Postfix added."""
        import mailbox
        box = mailbox.mbox(self.box)
        return [stored.unix(box.get_bytes(key)) for key in box.keys()]

    def test_nothing_is_lost(self):
        """Delivery by several at once, run after run, and every other run is killed."""
        senders = [threading.Thread(target=self.deliver, args=(BEFORE + EACH * number,), daemon=True)
                   for number in range(SENDERS)]
        for thread in senders:
            thread.start()
        runs = 0
        while any(thread.is_alive() for thread in senders) or runs < 20:
            self.mend_until_killed(lab.PATIENCE if runs % 2 else 0.002 * (runs % 16))
            runs += 1
        for thread in senders:
            thread.join(lab.PATIENCE)
        self.assertEqual(self.faults, [])
        self.mend_until_killed(lab.PATIENCE)
        lab.wait_until(self.is_delivered, "the last delivery", lab.TIME_LIMIT / 3)
        self.mend_until_killed(lab.PATIENCE)
        mails = self.mails()
        self.assertEqual(sorted(map(stored.number_of, mails)), [*range(BEFORE + SENDERS * EACH)])
        code, out, _ = stored.repair(self.config, "--dry-run", self.box)
        self.assertEqual((code, out), (0, b"%d messages, 0 would be mended\n" % len(mails)))
        for mail in mails:
            if stored.number_of(mail) < BEFORE:
                self.assertIn(stored.mended(stored.broken(stored.number_of(mail)), self.config),
                              (mail, mail + b"\n"))
        self.assertEqual((self.box.owner(), self.box.stat().st_mode & 0o777), (USER, 0o600))

    def is_delivered(self):
        if self.mta.waiting() == 0:
            return True
        self.mta.retry()
        return False


class Locked(unittest.TestCase):
    def test_by_a_program_that_keeps_it(self):
        """Nobody is waited for for ever, and not an octet is changed."""
        folder = lab.scratch_folder(self)
        box = folder / "box"
        box.write_bytes(stored.mbox(stored.broken(1)))
        (folder / "box.lock").write_text(f"{os.getpid()}\n")
        done = subprocess.run(
            [lab.COMMAND, "repair", "--in-place", "--config", stored.settings(folder), box],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=lab.TIME_LIMIT / 2)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"is locked by another program", done.stderr)
        self.assertEqual(box.read_bytes(), stored.mbox(stored.broken(1)))


if __name__ == "__main__":
    lab.run_tests()
