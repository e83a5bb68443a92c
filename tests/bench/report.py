# SPDX-License-Identifier: BSD-2-Clause
"""report: tables of what was measured, and the goals beside it."""
import dataclasses


@dataclasses.dataclass
class Goal:
    """A measured figure and its bound: at least that much, or less than that much."""
    what: str
    measured: float
    at_least: float = None
    below: float = None
    unit: str = ""

    def reached(self):
        """True when the measured figure keeps the bound."""
        if self.at_least is not None:
            return self.measured >= self.at_least
        return self.measured < self.below

    def bound(self):
        """The bound as text."""
        if self.at_least is not None:
            return f">= {self.at_least:g}{self.unit}"
        return f"< {self.below:g}{self.unit}"

    def cells(self):
        """Its row in the table of goals. What has no unit is a ratio."""
        measured = f"{self.measured:.0f}" if self.unit else f"{self.measured:.3f}"
        return [self.what, self.bound(), measured + self.unit,
                "reached" if self.reached() else "MISSED"]


def table(title, columns, rows):
    """Prints a table: the first column to the left, all others to the right."""
    lines = [columns, *rows]
    widths = [max(len(str(line[i])) for line in lines) for i in range(len(columns))]
    print(f"\n{title}\n")
    for line in lines:
        cells = [str(cell).rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  " + "  ".join([str(line[0]).ljust(widths[0]), *cells]), flush=True)


def goals_table(goals):
    """Prints the goals, reached or missed."""
    table("To reach", ["", "goal", "measured", ""], [goal.cells() for goal in goals])
