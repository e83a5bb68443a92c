# SPDX-License-Identifier: BSD-2-Clause
"""report: the table of what was measured, and the same as JSON.

A line is one program under one load: its figures, and calmend's figure by that of this program,
turn by turn, with the goal for that ratio. A column that no line of a group fills stays blank.
"""
import dataclasses
import json
import statistics

# figure: title of its column, how it is written
COLUMNS = {"messages_s": ("messages/s", "{:.0f}"), "mb_s": ("MB/s", "{:.1f}"),
           "p50_us": ("p50 us", "{:.0f}"), "p99_us": ("p99 us", "{:.0f}"),
           "cpu_us": ("CPU us", "{:.1f}"), "peak_mib": ("peak MiB", "{:.1f}"),
           "kib_each": ("KiB each", "{:.1f}")}
TITLES = ["", *(title for title, _ in COLUMNS.values()), "calmend by it", "goal"]
COLUMN_GAP = "  "


@dataclasses.dataclass
class Goal:
    """A bound of a line's ratio, or of one of its figures."""
    at_least: float = None
    at_most: float = None
    figure: str = None  # None: the ratio

    def measured(self, line):
        """What it looks at."""
        return line.ratio if self.figure is None else line.figures[self.figure]

    def is_met(self, line):
        """True when the bound is kept."""
        if self.at_least is not None:
            return self.measured(line) >= self.at_least
        return self.measured(line) <= self.at_most

    def bound(self):
        """The bound as text."""
        bound = f">= {self.at_least:g}" if self.at_least is not None else f"<= {self.at_most:g}"
        return bound if self.figure is None else f"{COLUMNS[self.figure][0]} {bound}"

    def text(self, line):
        """The bound, and what became of it."""
        return f"{self.bound()} {'met' if self.is_met(line) else 'MISSED'}"


@dataclasses.dataclass
class Line:
    """One program under one load."""
    group: str       # the load
    program: str
    figures: dict
    ratio: float = None
    goal: Goal = None

    def cells(self):
        """Its row of the table."""
        figures = [form.format(self.figures[name]) if name in self.figures else ""
                   for name, (_, form) in COLUMNS.items()]
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}"
        return [self.program, *figures, ratio, self.goal.text(self) if self.goal else ""]

    def is_missed(self):
        """True when it has a goal and misses it."""
        return self.goal is not None and not self.goal.is_met(self)

    def as_json(self):
        """For a machine to read."""
        goal = self.goal and {"bound": self.goal.bound(), "measured": self.goal.measured(self),
                              "met": self.goal.is_met(self)}
        return {"group": self.group, "program": self.program, "figures": self.figures,
                "ratio": self.ratio, "goal": goal}


def medians(samples):
    """The median of each figure over turns, which are {figure: value} each."""
    return {name: statistics.median(sample[name] for sample in samples) for name in samples[0]}


def ratio(mine, others):
    """The median over the turns of one program's rate by another's. A turn that the other one did
    not take is None, and so left out."""
    return statistics.median(one["messages_s"] / other["messages_s"]
                             for one, other in zip(mine, others) if other is not None)


def _write_row(row, widths):
    """The first and the last cell to the left, all others to the right."""
    cells = [row[0].ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1])]
    return COLUMN_GAP.join([*cells, row[-1]]).rstrip()


def table(lines):
    """The table as text: the loads, and under each its programs."""
    rows = [["  " + line.cells()[0], *line.cells()[1:]] for line in lines]
    widths = [max(len(row[i]) for row in [TITLES, *rows]) for i in range(len(TITLES))]
    text = [_write_row(TITLES, widths)]
    group = None
    for line, row in zip(lines, rows):
        if line.group != group:
            group = line.group
            text += ["", group]
        text.append(_write_row(row, widths))
    return "\n".join(text)


def write_json(path, head, sections, more):
    """Writes everything to a file; `sections` are lines by the name of their section."""
    everything = {"head": head, **more,
                  "sections": {name: [line.as_json() for line in lines]
                               for name, lines in sections.items()}}
    path.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
