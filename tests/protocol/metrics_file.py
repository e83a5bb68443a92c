# SPDX-License-Identifier: BSD-2-Clause
"""metrics_file: the milter's metrics as a test reads them, from the text format of Prometheus."""
import re

import lab

LINE = re.compile(r'^([a-z_]+)(?:\{([^}]*)\})? ([0-9.]+)$')
LABEL = re.compile(r'([a-z_]+)="([^"]*)"')


def read(path):
    """{(name, labels as a frozen set of pairs): value}; AssertionError on a line that is none."""
    text = path.read_text(encoding="ascii")
    assert text.endswith("\n"), "the last line is cut"
    series = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = LINE.match(line)
        assert match, f"no metric: {line!r}"
        key = match[1], frozenset(LABEL.findall(match[2] or ""))
        assert key not in series, f"twice: {line!r}"
        series[key] = float(match[3])
    return series


def value(series, name, **labels):
    """The sum of the series of a metric that have these labels; they must be there."""
    found = [number for (own, pairs), number in series.items()
             if own == name and pairs >= frozenset(labels.items())]
    assert found, f"no series {name} {labels}"
    return sum(found)


def names(series):
    """The names of all series."""
    return {name for name, _ in series}


def after_stop(milter, path):
    """Stops the milter and reads what it has written last."""
    assert milter.stop() == 0
    return read(path)


def wait(path, condition, what):
    """Waits until what is written meets `condition`."""
    def look():
        series = read(path) if path.exists() else {}
        return series if series and condition(series) else None
    return lab.wait_until(look, what)
