#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""write_tables FIGURES PAGE: puts the figures of a run into the tables of a page.

FIGURES is what the tests wrote for CALMEND_FAULT_FIGURES. A table of the page stands between the
lines <!-- NAME --> and <!-- end -->; its rows are sorted, the last figures of a fault hold, and
those of mail are summed up.
"""
import json
import pathlib
import re
import sys

MAIL = [("fault", "fault"), ("made", "times"), ("sent", "sent"), ("put off", "put_off"),
        ("taken", "taken"), ("delivered once", "once"), ("repaired", "repaired"),
        ("as it came", "as_it_came"), ("bounced", "bounced"), ("lost", "lost"),
        ("doubled", "doubled")]
GIANTS = [("message", "fault"), ("octets", "octets"), ("fate", "fate"), ("seconds", "seconds"),
          ("peak, MiB", "peak")]
BESIDE = [("hostile mail", "fault"), ("ordinary messages", "messages"), ("p99 quiet, ms", "quiet"),
          ("p99 beside it, ms", "beside"), ("times", "factor")]
TABLES = {"mail": MAIL, "accept": MAIL, "giants": GIANTS, "hostile": GIANTS, "beside": BESIDE}


def cell(row, key):
    """A figure as people read it."""
    value = row[key]
    if key == "peak":
        value >>= 20
    return f"{value:,}" if isinstance(value, int) else str(value)


def total(name, rows):
    """The sums of a table of mail."""
    if TABLES[name] is not MAIL:
        return []
    return [{key: sum(row[key] for row in rows) if key != "fault" else "**all**"
             for _, key in TABLES[name]}]


def table(name, rows):
    """The lines of a table."""
    columns = TABLES[name]
    aligned = ["---" if key in ("fault", "fate") else "---:" for _, key in columns]
    lines = [[title for title, _ in columns], aligned]
    lines += [[cell(row, key) for _, key in columns] for row in rows + total(name, rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main(figures, page):
    """Writes all tables for which there are figures."""
    rows = {name: {} for name in TABLES}
    for line in pathlib.Path(figures).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["table"]][row["fault"]] = row
    path = pathlib.Path(page)
    text = path.read_text(encoding="utf-8")
    for name, found in rows.items():
        if found:
            new = table(name, [found[fault] for fault in sorted(found, key=str.lower)])
            text, count = re.subn(rf"(<!-- {name} -->\n).*?(<!-- end -->)",
                                  lambda match, new=new: match[1] + new + match[2], text,
                                  flags=re.DOTALL)
            assert count == 1, f"{page} has {count} tables {name}"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
