# SPDX-License-Identifier: BSD-2-Clause
"""traffic: clients that send while a fault is made, and the number of times a fault is made.

Every message has a recipient of its own. Who is told 4xx, or finds nobody, sends again until the
message is taken or refused for good. FAULT_ROUNDS (20) is how often the short faults are made.
"""
import dataclasses
import itertools
import os
import smtplib
import threading
import time

import lab
import mails
import sender

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "20"))
CLIENTS = 4
AGAIN_AFTER = 0.05

_numbers = itertools.count(1)


@dataclasses.dataclass
class Fate:
    """What the clients were told about one message."""
    put_off: int = 0
    taken: bool = False
    refused: bool = False


class Traffic:
    """Clients of `site` that send `mail` (default: a broken response; `mended` is how it is to
    arrive) without a pause until finish(), or one message each where `once` is set."""

    def __init__(self, site, mail=None, mended=None, clients=CLIENTS, once=False):
        number = next(_numbers)
        self.site = site
        self.mail = mails.reply_mail() if mail is None else mail
        self.mended = mails.reply_mail(True) if mended is None else mended
        self.sender = f"sender{number}@example.com"
        self.names = (f"r{number}.{message}@example.org" for message in itertools.count(1))
        self.lock = threading.Lock()
        self.fates = {}
        self.problems = []
        self.once = once
        self.over = False
        self.threads = [threading.Thread(target=self._play, name=f"client{index}", daemon=True)
                        for index in range(clients)]
        for thread in self.threads:
            thread.start()

    def _play(self):
        while True:
            with self.lock:
                recipient = next(self.names)
                fate = self.fates[recipient] = Fate()
            while not self._try_once(recipient, fate):
                time.sleep(AGAIN_AFTER)
            if self.over or self.once:
                return

    def _try_once(self, recipient, fate):
        """FALSE when the message is to be sent again."""
        try:
            reply = sender.send(self.site.mta.submit_port, self.mail, recipient, self.sender)
        except (OSError, smtplib.SMTPException) as error:
            self.problems.append(error)
            return True
        fate.taken = reply.code == 250
        fate.refused = reply.code // 100 == 5
        if fate.taken or fate.refused:
            return True
        fate.put_off += 1
        return False

    def taken(self):
        """How many messages were taken so far."""
        return sum(fate.taken for fate in list(self.fates.values()))

    def put_off(self):
        """How many tries were put off so far."""
        return sum(fate.put_off for fate in list(self.fates.values()))

    def wait_for_more(self, messages=CLIENTS):
        """Until some more messages were taken: as patient with each as the clients are."""
        before = self.taken()
        lab.wait_until(lambda: self.taken() >= before + messages or self.problems, "mail",
                       lab.PATIENCE * max(1, messages // CLIENTS))

    def wait_for_refusals(self, tries=CLIENTS):
        """Until some more tries were put off."""
        before = self.put_off()
        lab.wait_until(lambda: self.put_off() >= before + tries or self.problems, "a refusal")

    def finish(self, patience=lab.PATIENCE * 3):
        """Lets every client end its message."""
        self.over = True
        for thread in self.threads:
            thread.join(patience)
        assert not any(thread.is_alive() for thread in self.threads), "a client is still waiting"
        return self
