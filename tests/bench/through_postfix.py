# SPDX-License-Identifier: BSD-2-Clause
"""through_postfix: the throughput of a private Postfix with milters behind unix and TCP sockets.

One Postfix with five smtpd ports: without a milter, and with calmend or a milter that does nothing,
over a unix socket and over TCP. smtp-source(1) sends to them in turn, eight sessions at once, and
what arrives is discarded; the next turn begins with an empty queue. The median of the ratios of a
round counts.
"""
import shutil
import subprocess
import sys
import time

import lab
from kinds import KINDS
from peers import Calmend, Nothing, cpu_seconds
from postfix import Postfix
from report import Goal, Line, medians, ratio

SESSIONS = 8
WARM_UP = 20
TURN_OCTETS = 60e6   # of one turn at most
TURN_LEAST = 16      # messages of one turn at least
KIND_NAMES = ("plain", "multipart", "attachment", "reply")
NO_MILTER = "no milter"

# The usual milter over TCP waits for delayed acknowledgements, 80 ms of each message.
STALLED = ("nothing", "TCP")
STALLED_SHARE = 8

SETTINGS = """
default_transport = discard:silently
in_flow_delay = 0
"""

DISCARD = "discard unix - - n - - discard\n"
SERVICE = """
127.0.0.1:{port} inet n - n - - smtpd
    -o smtpd_milters={milter}
"""


def places():
    """What stands behind the ports: (program, kind of socket)."""
    return [(NO_MILTER, "")] + [(peer.NAME, socket) for socket in ("unix", "TCP")
                                for peer in (Calmend, Nothing)]


class Bench:
    """The Postfix, the milters behind its ports, and the queue between the turns."""

    def __init__(self, folder, stack):
        self.postfix = Postfix(folder / "mta", lab.free_port())
        self.milters = {}
        self.ports = {(NO_MILTER, ""): self.postfix.submit_port}
        services = DISCARD
        for peer in (Calmend, Nothing):
            for socket in ("unix", "TCP"):
                place = (peer.NAME, socket)
                self.ports[place] = lab.free_port()
                services += SERVICE.format(port=self.ports[place],
                                           milter=self._start(peer, socket, folder, stack))
        with open(self.postfix.config / "main.cf", "a", encoding="ascii") as settings:
            settings.write(SETTINGS)
        with open(self.postfix.config / "master.cf", "a", encoding="ascii") as master:
            master.write(services)
        stack.callback(self.postfix.stop)
        self.postfix.start()

    def _start(self, peer, socket, folder, stack):
        """Starts a milter: its socket as Postfix writes it."""
        place = folder / f"{peer.NAME}-{socket}"
        port = lab.free_port()
        if socket == "unix":
            milter = peer(place, group=Postfix.GROUP)
        else:
            milter = peer(place, f"inet:{port}@127.0.0.1")
        self.milters[peer.NAME, socket] = milter
        stack.callback(milter.stop)
        milter.start()
        return milter.socket if socket == "unix" else f"inet:127.0.0.1:{port}"

    def send(self, place, kind, path, messages):
        """Sends so many messages to a port: the figures."""
        milter = self.milters.get(place)
        cpu = cpu_seconds(milter) if milter else 0
        before = milter.repaired() if milter and milter.REPAIRS else 0
        start = time.monotonic()
        subprocess.run(["smtp-source", "-s", str(SESSIONS), "-m", str(messages), "-F", str(path),
                        "-f", "ben@example.com", "-t", "olga@example.org",
                        f"127.0.0.1:{self.ports[place]}"], timeout=120, check=True)
        took = time.monotonic() - start
        lab.wait_until(lambda: self.postfix.waiting() == 0, "the queue to run empty", 60)
        if milter and milter.REPAIRS:
            expected = messages if kind.repaired else 0
            lab.wait_until(lambda: milter.repaired() - before == expected,
                           f"{place}: the log to tell of {expected} repairs")
        figures = {"messages_s": messages / took, "mb_s": messages * len(kind.mail) / took / 1e6}
        if milter:
            figures["cpu_us"] = (cpu_seconds(milter) - cpu) / messages * 1e6
        return figures


def count_messages(kind, place, options):
    """How many messages a turn has."""
    share = STALLED_SHARE if place == STALLED else 1
    return max(TURN_LEAST, min(options.postfix_messages // share,
                               int(TURN_OCTETS / len(kind.mail))))


def measure(bench, kind, path, options):
    """The figures of all rounds by place."""
    samples = {place: [] for place in places()}
    for place in samples:
        bench.send(place, kind, path, min(WARM_UP, count_messages(kind, place, options)))
    for number in range(options.postfix_rounds):
        for place in list(samples) if number % 2 else reversed(samples):
            samples[place].append(
                bench.send(place, kind, path, count_messages(kind, place, options)))
    return samples


def socket_lines(kind, socket, samples):
    """The lines of one kind of socket."""
    group = f"{kind.title}, through Postfix, {socket}"
    mine = samples[Calmend.NAME, socket]
    others = [(Nothing.NAME, samples[Nothing.NAME, socket], None),
              (NO_MILTER, samples[NO_MILTER, ""], None)]
    if socket == "TCP":
        others.append(("calmend, unix", samples[Calmend.NAME, "unix"], Goal(at_least=0.95)))
    return [Line(group, Calmend.NAME, medians(mine)),
            *(Line(group, name, medians(theirs), ratio(mine, theirs), goal)
              for name, theirs, goal in others)]


def missing():
    """Why this cannot run here, or None."""
    if not shutil.which("smtp-source"):
        return "smtp-source is not installed"
    return Postfix.missing()


def run(folder, stack, options):
    """Measures every kind of mail: its lines."""
    reason = missing()
    if reason:
        print(f"bench: Postfix is not measured, {reason}", file=sys.stderr)
        return []
    bench = Bench(folder, stack)
    lines = []
    for name in KIND_NAMES if not options.quick else KIND_NAMES[:1]:
        kind = KINDS[name]
        samples = measure(bench, kind, kind.write(folder), options)
        lines += socket_lines(kind, "unix", samples) + socket_lines(kind, "TCP", samples)
    return lines
