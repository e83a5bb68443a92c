# SPDX-License-Identifier: BSD-2-Clause
"""through_postfix: the throughput of a private Postfix with calmend behind a unix and a TCP socket.

One Postfix with three smtpd ports: without a milter, with one over a unix socket, with one over
TCP. smtp-source(1) sends to them in turn, eight sessions at once, and what arrives is discarded;
the next turn begins with an empty queue. The median of the ratios of neighbouring turns counts.
"""
import shutil
import statistics
import subprocess
import time

import lab
from kinds import KINDS
from peers import Calmend
from postfix import Postfix
from report import Goal, table

SESSIONS = 8
WARM_UP = 50
KIND_NAMES = ("plain", "reply")
RATIO = 0.95
PLACES = ("no milter", "unix", "TCP")

SETTINGS = """
default_transport = discard:silently
in_flow_delay = 0
"""

SERVICES = """
discard unix - - n - - discard
127.0.0.1:{unix_port} inet n - n - - smtpd
    -o smtpd_milters={unix_socket}
127.0.0.1:{tcp_port} inet n - n - - smtpd
    -o smtpd_milters=inet:127.0.0.1:{milter_port}
"""


class Bench:
    """The Postfix, the milters behind its ports, and the queue between the turns."""

    def __init__(self, folder, stack):
        milter_port = lab.free_port()
        self.milters = {"unix": Calmend(folder / "unix", group=Postfix.GROUP),
                        "TCP": Calmend(folder / "tcp", f"inet:{milter_port}@127.0.0.1")}
        for milter in self.milters.values():
            stack.callback(milter.stop)
            milter.start()
        self.postfix = Postfix(folder / "mta", lab.free_port())
        self.ports = {"no milter": self.postfix.submit_port, "unix": lab.free_port(),
                      "TCP": lab.free_port()}
        with open(self.postfix.config / "main.cf", "a", encoding="ascii") as settings:
            settings.write(SETTINGS)
        with open(self.postfix.config / "master.cf", "a", encoding="ascii") as services:
            services.write(SERVICES.format(
                unix_port=self.ports["unix"], unix_socket=self.milters["unix"].socket,
                tcp_port=self.ports["TCP"], milter_port=milter_port))
        stack.callback(self.postfix.stop)
        self.postfix.start()

    def send(self, place, kind, path, messages):
        """Sends so many messages to a port: messages per second."""
        milter = self.milters.get(place)
        before = milter.repaired() if milter else 0
        start = time.monotonic()
        subprocess.run(["smtp-source", "-s", str(SESSIONS), "-m", str(messages), "-F", str(path),
                        "-f", "ben@example.com", "-t", "olga@example.org",
                        f"127.0.0.1:{self.ports[place]}"], timeout=60, check=True)
        took = time.monotonic() - start
        lab.wait_until(lambda: self.postfix.waiting() == 0, "the queue to run empty", 60)
        if milter:
            expected = messages if kind.repaired else 0
            assert milter.repaired() - before == expected, f"{place}: not all were repaired"
        return messages / took


def measure(bench, kind, path, options):
    """The rates by place, a list of rounds each."""
    rates = {place: [] for place in PLACES}
    for place in PLACES:
        bench.send(place, kind, path, WARM_UP)
    for number in range(options.postfix_rounds):
        for place in PLACES if number % 2 else reversed(PLACES):
            rates[place].append(bench.send(place, kind, path, options.postfix_messages))
    return rates


def missing():
    """Why this cannot run here, or None."""
    if not shutil.which("smtp-source"):
        return "smtp-source is not installed"
    return Postfix.missing()


def run(folder, stack, options):
    """Measures every kind of mail; its goals."""
    reason = missing()
    if reason:
        print(f"\nThrough Postfix: not measured, {reason}")
        return []
    bench = Bench(folder, stack)
    rows, goals = [], []
    for name in KIND_NAMES:
        kind = KINDS[name]
        rates = measure(bench, kind, kind.write(folder), options)
        ratio = statistics.median(tcp / unix for tcp, unix in zip(rates["TCP"], rates["unix"]))
        rows.append([kind.title, *(f"{statistics.median(rates[place]):.0f}" for place in PLACES),
                     f"{ratio:.2f}"])
        goals.append(Goal(f"{kind.title}: through Postfix over TCP, of a unix socket", ratio,
                          at_least=RATIO))
    table("Through Postfix, messages/s", ["", *PLACES, "TCP / unix"], rows)
    return goals
