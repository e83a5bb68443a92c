# SPDX-License-Identifier: BSD-2-Clause
"""idle: what a connection costs on which nothing happens, as an MTA keeps them for its sessions.

A few connections warm the milter up. Then so many are opened, negotiated and greeted, and the
resident memory that they added is divided by their number.
"""
import contextlib
import resource

import milter_wire
from peers import Calmend, Lean, Nothing, memory_mib
from report import Goal, Line

CONNECTIONS = 1000
WARM_UP = 8
SPARE_DESCRIPTORS = 64
GOALS = {Nothing: Goal(at_most=1.2)}


def raise_descriptors():
    """Lets this program open all of them at once."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    needed = CONNECTIONS + WARM_UP + SPARE_DESCRIPTORS
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, max(hard, needed)))


def open_sessions(milter, count, stack):
    """So many connections; when the last one is greeted, all of them are idle."""
    for _ in range(count):
        stack.callback(milter_wire.open_session(milter.socket).close)


def measure(peer, folder):
    """The figures of one milter."""
    milter = peer(folder / peer.NAME)
    with contextlib.ExitStack() as stack:
        stack.callback(milter.stop)
        pid = milter.start().process.pid
        open_sessions(milter, WARM_UP, stack)
        before = memory_mib(pid)["VmRSS"]
        open_sessions(milter, CONNECTIONS, stack)
        after = memory_mib(pid)["VmRSS"]
    return {"peak_mib": after, "kib_each": (after - before) * 1024 / CONNECTIONS}


def run(folder, _stack, _options):
    """Measures calmend and those that do nothing: their lines."""
    raise_descriptors()
    found = {peer: measure(peer, folder) for peer in (Calmend, Nothing, Lean)}
    mine = found[Calmend]["kib_each"]
    return [Line(f"{CONNECTIONS} idle connections, negotiated", peer.NAME, figures,
                 None if peer is Calmend else mine / figures["kib_each"], GOALS.get(peer))
            for peer, figures in found.items()]
