# SPDX-License-Identifier: BSD-2-Clause
"""direct: each kind of mail straight to the milters, no MTA between.

The milters take turns in short slices, the one that begins changing with each round, and the ratio
of a round is that of two neighbouring slices: what else the machine does meets both alike. The
median of the ratios counts. With each slice is checked that every mail was repaired, or none was,
and before the first one, that a repaired mail holds nothing more to repair.
"""
import contextlib
import dataclasses
import json
import subprocess

import lab
import milter_process
import milter_wire
from kinds import KINDS
from peers import Calmend, Lean, Nothing, Pymilter, kernel_ticks, memory_mib, reset_peak
from report import Goal, Line, medians, ratio

LOAD = str(lab.BUILD / "tests/bench/load")
LOAD_PATIENCE = 120
PEERS = (Calmend, Nothing, Lean, Pymilter)
# It is tens of times slower, so a few of its slices cost as much as all of the others'.
PYMILTER_EVERY = 3
REPAIR = {Nothing.NAME: Goal(at_least=0.6), Pymilter.NAME: Goal(at_least=30)}
OVER_UNIX = "calmend, unix"


@dataclasses.dataclass
class Row:
    """A load: its mail, the connections, and the goals of calmend's rate by a peer's."""
    kind: str
    goals: dict
    connections: int = 4
    tcp: bool = False  # over TCP, beside calmend over a unix socket
    p50: Goal = None


ROWS = (
    Row("plain", {Nothing.NAME: Goal(at_least=0.98)}),
    Row("multipart", {Nothing.NAME: Goal(at_least=0.95)}),
    Row("attachment", {Nothing.NAME: Goal(at_least=0.95)}),
    Row("reply", REPAIR),
    Row("reply-base64", REPAIR),
    Row("reply-qp", REPAIR),
    Row("tnef", {Nothing.NAME: Goal(at_least=0.6)}),
    Row("reply", {}, connections=1, p50=Goal(at_most=500, figure="p50_us")),
    Row("plain", {}, tcp=True),
    Row("reply", {}, tcp=True),
)


def prove(milter, kind):
    """AssertionError unless the milter repairs a mail of this kind for good."""
    if kind.name not in milter.REPAIRS:
        return
    mended = milter_wire.one_message(milter.socket, kind.mail).apply(kind.mail)
    code, out, _ = milter_process.run(lab.COMMAND, "check", "--config", milter.config, "-",
                                      stdin=mended)
    assert code == 0, f"{milter.NAME}, {kind.name}: not repaired: {out!r}"


def load(milter, path, connections, seconds):
    """Loads a milter with a mail: what `load` says, the greatest resident memory, `peak_mib`, and
    the kernel's share of its processor time, `kernel`."""
    pid = milter.process.pid
    before = kernel_ticks(pid)
    reset_peak(pid)
    done = subprocess.run([LOAD, "--connections", str(connections), "--seconds", str(seconds),
                           "--pid", str(pid), milter.socket, str(path)], text=True,
                          stdout=subprocess.PIPE, timeout=LOAD_PATIENCE + seconds, check=True)
    kernel, all_ticks = (now - then for now, then in zip(kernel_ticks(pid), before))
    return {**json.loads(done.stdout), "peak_mib": memory_mib(pid)["VmHWM"],
            "kernel": kernel / max(1, all_ticks)}


def measure(milter, kind, path, row, seconds):
    """Loads a milter for a slice of time: its figures."""
    got = load(milter, path, row.connections, seconds)
    messages = got["messages"]
    expected = messages if kind.name in milter.REPAIRS else 0
    assert messages and got["replaced"] == expected, f"{milter.NAME}, {kind.name}: {got}"
    rate = messages / got["seconds"]
    return {"messages_s": rate, "mb_s": rate * got["octets"] / 1e6, "p50_us": got["p50_us"],
            "p99_us": got["p99_us"], "cpu_us": got["cpu_seconds"] / messages * 1e6,
            "peak_mib": got["peak_mib"], "kernel": got["kernel"]}


def takes_turn(milter, number):
    """False where a milter sits a round out."""
    return milter.NAME != Pymilter.NAME or number % PYMILTER_EVERY == 0


def alternate(milters, kind, path, row, options):
    """The figures of all rounds by milter, None for a round that it sat out."""
    samples = {milter.NAME: [] for milter in milters}
    for number in range(options.rounds):
        first = number % len(milters)
        for milter in milters[first:] + milters[:first]:
            took = takes_turn(milter, number)
            samples[milter.NAME].append(
                measure(milter, kind, path, row, options.seconds) if took else None)
    return samples


def row_lines(row, kind, samples):
    """The lines of one load."""
    group = kind.title + (", one connection" if row.connections == 1 else "")
    group += ", TCP" if row.tcp else ""
    mine = samples[Calmend.NAME]
    lines = [Line(group, Calmend.NAME, medians(mine), goal=row.p50)]
    for name, theirs in samples.items():
        if name != Calmend.NAME:
            figures = medians([sample for sample in theirs if sample])
            lines.append(Line(group, name, figures, ratio(mine, theirs), row.goals.get(name)))
    return lines


def milters_for(row, kind, place):
    """The milters of a load: with a mail that is repaired, those that do nothing and those that
    repair it."""
    if row.tcp:
        beside = Calmend(place / "unix")
        beside.NAME = OVER_UNIX
        return [*(peer(place / peer.NAME, socket=f"inet:{lab.free_port()}@127.0.0.1")
                  for peer in (Calmend, Nothing)), beside]
    absent = Pymilter.missing() or (kind.repaired and kind.name not in Pymilter.REPAIRS)
    return [peer(place / peer.NAME) for peer in PEERS if peer is not Pymilter or not absent]


def measure_row(row, folder, options):
    """The lines of one load, from milters of its own."""
    kind = KINDS[row.kind]
    with contextlib.ExitStack() as stack:
        milters = milters_for(row, kind, folder)
        for milter in milters:
            stack.callback(milter.stop)
            milter.start()
            prove(milter, kind)
        samples = alternate(milters, kind, kind.write(folder), row, options)
    return row_lines(row, kind, samples)


def run(folder, _stack, options):
    """Measures every row: its lines."""
    lines = []
    for number, row in enumerate(ROWS):
        place = folder / str(number)
        place.mkdir()
        lines += measure_row(row, place, options)
    return lines
