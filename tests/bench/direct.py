# SPDX-License-Identifier: BSD-2-Clause
"""direct: each kind of mail straight to the milters, no MTA between.

The milters take turns in short slices, the one that begins changing with each round, and the ratio
of a round is that of two neighbouring slices: what else the machine does meets both alike. The
median of the ratios counts. With each sample is checked that the mail was repaired, or was not.
"""
import dataclasses
import json
import statistics
import subprocess

import lab
from kinds import KINDS
from peers import Calmend, Lean, Nothing, cpu_seconds
from report import Goal, table

LOAD = str(lab.BUILD / "tests/bench/load")
PEERS = (Nothing, Lean, Calmend)
COLUMNS = ["", "conns", *(f"{peer.NAME} msg/s" for peer in PEERS), "of nothing", "of lean", "MB/s",
           "p50 us", "p99 us", *(f"{peer.NAME} CPU us" for peer in PEERS)]


@dataclasses.dataclass
class Row:
    """A row of the table: its mail, the connections, and the goals. The ratio is to Nothing."""
    kind: str
    connections: int
    ratio: float = None
    p50_us: float = None


ROWS = (
    Row("plain", 4, ratio=0.95),
    Row("multipart", 4, ratio=0.9),
    Row("reply", 4, ratio=0.4),
    Row("reply-base64", 4, ratio=0.4),
    Row("reply-qp", 4, ratio=0.4),
    Row("reply", 1, p50_us=500),
)


@dataclasses.dataclass
class Sample:
    """One slice of one milter."""
    rate: float      # messages per second
    octets: float    # octets of messages per second
    p50_us: float
    p99_us: float
    cpu_us: float    # processor time of the milter per message


def measure(milter, kind, path, connections, seconds):
    """Loads a milter for a slice of time."""
    before = cpu_seconds(milter)
    done = subprocess.run([LOAD, "--connections", str(connections), "--seconds", str(seconds),
                           milter.socket, str(path)], text=True, stdout=subprocess.PIPE,
                          timeout=lab.PATIENCE + seconds, check=True)
    cpu = cpu_seconds(milter) - before
    got = json.loads(done.stdout)
    messages = got["messages"]
    expected = messages if kind.repaired and milter.REPAIRS else 0
    assert got["replaced"] == expected, f"{milter.NAME}, {kind.name}: {got}"
    rate = messages / got["seconds"]
    return Sample(rate, rate * got["octets"], got["p50_us"], got["p99_us"], cpu / messages * 1e6)


def alternate(milters, kind, path, row, options):
    """The samples of all rounds by milter: {name: [Sample]}."""
    samples = {milter.NAME: [] for milter in milters}
    for number in range(options.rounds):
        first = number % len(milters)
        for milter in milters[first:] + milters[:first]:
            samples[milter.NAME].append(
                measure(milter, kind, path, row.connections, options.seconds))
    return samples


def median(samples, figure):
    """The median of one figure of the samples."""
    return statistics.median(getattr(sample, figure) for sample in samples)


def ratio_to(samples, peer):
    """The median over the rounds of calmend's rate by that of a peer."""
    return statistics.median(mine.rate / other.rate for mine, other
                             in zip(samples[Calmend.NAME], samples[peer.NAME]))


def cells(row, kind, samples):
    """A row of the table."""
    calmend = samples[Calmend.NAME]
    return [kind.title, row.connections,
            *(f"{median(samples[peer.NAME], 'rate'):.0f}" for peer in PEERS),
            *(f"{ratio_to(samples, peer):.2f}" for peer in (Nothing, Lean)),
            f"{median(calmend, 'octets') / 1e6:.1f}",
            *(f"{median(calmend, figure):.0f}" for figure in ("p50_us", "p99_us")),
            *(f"{median(samples[peer.NAME], 'cpu_us'):.0f}" for peer in PEERS)]


def row_goals(row, kind, samples):
    """The goals of a row."""
    goals = []
    if row.ratio is not None:
        goals.append(Goal(f"{kind.title}: messages/s, of a milter that does nothing",
                          ratio_to(samples, Nothing), at_least=row.ratio))
    if row.p50_us is not None:
        goals.append(Goal(f"{kind.title}: p50 on {row.connections} connection",
                          median(samples[Calmend.NAME], "p50_us"), below=row.p50_us, unit=" us"))
    return goals


def run(folder, stack, options):
    """Measures every row; its goals."""
    milters = [peer(folder / peer.NAME) for peer in PEERS]
    for milter in milters:
        stack.callback(milter.stop)
        milter.start()
    paths = {kind.name: kind.write(folder) for kind in KINDS.values()}
    rows, goals = [], []
    for row in ROWS:
        kind = KINDS[row.kind]
        samples = alternate(milters, kind, paths[kind.name], row, options)
        rows.append(cells(row, kind, samples))
        goals += row_goals(row, kind, samples)
    table("Straight to the milter, unix socket", COLUMNS, rows)
    return goals
