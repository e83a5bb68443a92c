# SPDX-License-Identifier: BSD-2-Clause
"""account: what has become of every message of a fault, counted.

A message is sent once by its account, however often its client had to try. Taken is what the MTA
said 250 to; from then on it may neither vanish nor come twice. The figures of an account are one
TAP comment; where CALMEND_FAULT_FIGURES names a file they are added to it too, as a line of JSON,
from which write_table.py makes the tables of doc/reliability.md.
"""
import dataclasses
import json
import os

import lab
from mail_site import without_trace

SETTLE_PATIENCE = 60.0
COLUMNS = {"sent": "sent", "put_off": "put off", "taken": "taken", "once": "delivered once",
           "repaired": "repaired", "as_it_came": "as it came", "bounced": "bounced",
           "lost": "lost", "doubled": "doubled", "wrong": "wrong"}


def say(figures, text):
    """Prints figures as a TAP comment, and keeps them where that is asked for."""
    print(f"# {text}", flush=True)
    path = os.environ.get("CALMEND_FAULT_FIGURES")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")


@dataclasses.dataclass
class Account:
    """The figures of `fault`, how often it was made (`times`), and what the messages came to.
    Put off counts tries, not messages. Wrong is what arrived neither repaired nor as it came."""
    fault: str
    times: int = 1
    sent: int = 0
    put_off: int = 0
    taken: int = 0
    once: int = 0
    repaired: int = 0
    as_it_came: int = 0
    bounced: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    table: str = "mail"

    def settle(self, traffic):
        """Counts a traffic that is over, once the MTA's queue is empty."""
        site = traffic.site
        lab.wait_until(lambda: site.mta.waiting() == 0, "the queue to run empty", SETTLE_PATIENCE)
        self.sent = len(traffic.fates)
        self.put_off = sum(fate.put_off for fate in traffic.fates.values())
        self.bounced = (sum(fate.refused for fate in traffic.fates.values())
                        + site.receiver.count(traffic.sender))
        for recipient, fate in traffic.fates.items():
            self._count(fate, site.receiver.messages.get(recipient, []), traffic)
        return self

    def _count(self, fate, arrived, traffic):
        self.taken += fate.taken
        self.lost += fate.taken and not arrived
        self.once += len(arrived) == 1
        self.doubled += max(0, len(arrived) - 1)
        for octets in arrived[:1]:
            plain = without_trace(octets)
            self.as_it_came += plain == traffic.mail
            self.repaired += plain == traffic.mended != traffic.mail
            self.wrong += plain not in (traffic.mended, traffic.mail)

    def close(self, traffic):
        """Counts, says the figures, and fails where a message was lost, doubled or spoilt."""
        self.settle(traffic)
        self.say()
        assert traffic.problems == [], traffic.problems[:3]
        assert self.sent > 0 and self.taken == self.sent, f"{self.sent - self.taken} not taken"
        assert self.once == self.taken, "what was taken did not arrive once"
        assert (self.bounced, self.lost, self.doubled, self.wrong) == (0, 0, 0, 0), self
        return self

    def say(self):
        """The line of figures."""
        counts = ", ".join(f"{word} {getattr(self, name)}" for name, word in COLUMNS.items())
        say(dataclasses.asdict(self), f"{self.fault} x{self.times}: {counts}")
