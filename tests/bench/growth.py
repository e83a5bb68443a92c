#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""growth: how the cost of a repair grows with size, parts, components and connections.

Each axis is a row of AXES. calmend-milter is loaded at each of its points, straight and over a unix
socket, and so is a bare milter that takes the same steps and does nothing: what grows there is
libmilter's. The least processor time per message of several turns counts, since other work on a
machine only ever adds to it. The exponent is the slope of the cost over the upper half of an axis,
both as logarithms, so that what every message costs does not flatter it: 1 is linear, 2 quadratic.

--json has all figures, --plot a plot of them by gnuplot(1). An axis that is worse than linear, and
than the bare milter, is a word in the table, and exit 1 with --strict alone.
"""
import argparse
import dataclasses
import json
import math
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import typing

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(TESTS / "protocol")]

# pylint: disable=wrong-import-position
import growth_mails
import machine
from direct import load
from idle import raise_descriptors
from peers import Calmend, Lean

SCRIPT = pathlib.Path(__file__).with_name("growth.gp")
UNLIMITED = {"limits": {"parts": 100000, "components": 1000000, "message-bytes": 1 << 30}}
# What a point's slope may be beyond that of its axis before it counts as worse.
TOLERANCE = 0.1


@dataclasses.dataclass
class Axis:
    """What grows, and the mail for each point."""
    name: str
    unit: str                 # of the cost per unit
    unit_size: float          # how much of n that is
    points: typing.Sequence
    mail: typing.Callable
    exponent: float = 1       # of the cost per message, when all is well


AXES = (
    Axis("size", "KB", 1000, (8_000, 32_000, 128_000, 512_000, 2_000_000, 8_000_000, 16_000_000,
                              32_000_000, 64_000_000), growth_mails.of_size),
    Axis("parts", "part", 1, (1, 3, 10, 30, 100, 300, 1000), growth_mails.of_parts),
    Axis("components", "component", 1, (1, 3, 10, 30, 100, 300, 1000, 3000, 10000),
         growth_mails.of_components),
    Axis("connections", "message", 1, (1, 3, 10, 30, 100, 300, 1000),
         growth_mails.for_connections, exponent=0),
)


def turn(milter, path, connections, options):
    """One turn: the figures per message."""
    got = load(milter, path, connections, options.seconds)
    assert got["messages"], f"{path}: {got}"
    assert not milter.REPAIRS or got["replaced"] == got["messages"], f"{path}: {got}"
    return {"cpu_us": got["cpu_seconds"] / got["messages"] * 1e6, "p50_us": got["p50_us"],
            "peak_mib": got["peak_mib"]}


def measure_milter(milter, path, connections, options):
    """The least of each figure of several turns."""
    try:
        milter.start()
        turns = [turn(milter, path, connections, options) for _ in range(options.turns)]
    finally:
        milter.stop()
    return {name: min(figures[name] for figures in turns) for name in turns[0]}


def measure_point(axis, count, options):
    """The figures of one point, from milters of its own."""
    with tempfile.TemporaryDirectory(prefix="calmend-growth-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        mail = axis.mail(count)
        path = folder / "mail.eml"
        path.write_bytes(mail.replace(b"\r\n", b"\n"))
        connections = count if axis.name == "connections" else 1
        calmend = Calmend(folder / "calmend", settings=UNLIMITED)
        figures = measure_milter(calmend, path, connections, options)
        bare = measure_milter(Lean(folder / "lean"), path, connections, options)
    return {"n": len(mail) if axis.name == "size" else count, **figures,
            "bare_cpu_us": bare["cpu_us"]}


def slope(points, figure):
    """The exponent of a figure over the upper half of the axis."""
    middle = math.sqrt(points[0]["n"] * points[-1]["n"])
    upper = [point for point in points if point["n"] >= middle]
    return statistics.linear_regression([math.log(point["n"]) for point in upper],
                                        [math.log(point[figure]) for point in upper]).slope


def measure_axis(axis, options):
    """All of an axis, and what is to be said of it."""
    print(f"growth: {axis.name} ...", file=sys.stderr, flush=True)
    points = [measure_point(axis, count, options) for count in axis.points]
    exponent, bare = slope(points, "cpu_us"), slope(points, "bare_cpu_us")
    first, last = (point["cpu_us"] / (point["n"] if axis.exponent else 1) * axis.unit_size
                   for point in (points[0], points[-1]))
    return {"name": axis.name, "unit": axis.unit, "points": points, "exponent": exponent,
            "bare_exponent": bare, "first": first, "last": last,
            "good": exponent <= max(axis.exponent, bare) + TOLERANCE}


def print_axis(found):
    """An axis as a table."""
    print(f"\n{found['name']:12} {'CPU us':>12} {'bare us':>12} {'p50 us':>12} "
          f"{'peak MiB':>9}")
    for point in found["points"]:
        print(f"{point['n']:12} {point['cpu_us']:12.1f} {point['bare_cpu_us']:12.1f} "
              f"{point['p50_us']:12.0f} {point['peak_mib']:9.1f}")
    print(f"exponent {found['exponent']:.2f}, bare {found['bare_exponent']:.2f} "
          f"({'as it should be' if found['good'] else 'WORSE'}), {found['first']:.3g} us per "
          f"{found['unit']} at the small end, {found['last']:.3g} at the large one")


def plot(axes, path):
    """Writes the plot."""
    if not shutil.which("gnuplot"):
        print("growth: no plot, gnuplot is not installed", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="calmend-growth-") as folder:
        for found in axes:
            rows = "".join(f"{point['n']} {point['cpu_us']} {point['bare_cpu_us']}\n"
                           for point in found["points"])
            (pathlib.Path(folder) / f"{found['name']}.dat").write_text(rows, encoding="ascii")
        subprocess.run(["gnuplot", "-e", f"output='{path.absolute()}'", str(SCRIPT.absolute())],
                       cwd=folder, check=True)


def read_options():
    """The command line."""
    parser = argparse.ArgumentParser(prog="growth", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="few and short turns")
    parser.add_argument("--strict", action="store_true", help="exit 1 when an axis is worse")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="all figures")
    parser.add_argument("--plot", type=pathlib.Path, metavar="FILE", help="a plot as SVG")
    options = parser.parse_args()
    options.turns, options.seconds = (2, 0.1) if options.quick else (5, 0.5)
    return options


def main():
    """Measures, prints, writes, plots."""
    options = read_options()
    raise_descriptors()
    print(machine.as_text(machine.describe()))
    axes = [measure_axis(axis, options) for axis in AXES]
    for found in axes:
        print_axis(found)
    if options.json:
        options.json.write_text(json.dumps({"axes": axes}, indent=1) + "\n", encoding="ascii")
    if options.plot:
        plot(axes, options.plot)
    return 1 if options.strict and not all(found["good"] for found in axes) else 0


if __name__ == "__main__":
    sys.exit(main())
