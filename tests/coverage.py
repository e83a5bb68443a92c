#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""coverage.py JSON PAGE: every line that no test reached stands in the page, with its reason.

JSON is what gcovr --json wrote, PAGE doc/coverage.md: a table whose first two cells are a file and
the text of a line, each in backquotes. Line numbers would be wrong at the next edit; the text is
looked for instead. A row whose line was reached, or is gone, is wrong too. Exit 0 when page and
tests agree, else 1, and what differs is named.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \| `(?P<text>[^`]+)` \| .")


def unreached(report):
    """The lines that no test reached: {(file, text)}."""
    lines = set()
    for entry in json.loads(report.read_text())["files"]:
        source = (ROOT / entry["file"]).read_text().split("\n")
        lines |= {(entry["file"], source[line["line_number"] - 1].strip())
                  for line in entry["lines"]
                  if line["count"] == 0 and not line.get("gcovr/noncode")}
    return lines


def explained(page):
    """The rows of the page: {(file, text)}."""
    rows = map(ROW.match, page.read_text().split("\n"))
    return {(row["file"], row["text"]) for row in rows if row}


def main():
    """Compares both, and says what differs."""
    report, page = map(pathlib.Path, sys.argv[1:])
    lines, rows = unreached(report), explained(page)
    for file, text in sorted(lines - rows):
        print(f"not reached, and no reason in {page.name}: {file}: {text}")
    for file, text in sorted(rows - lines):
        print(f"in {page.name}, but reached or gone: {file}: {text}")
    if lines != rows:
        sys.exit(1)
    print(f"lines that no test reaches: {len(lines)}, each with its reason in {page.name}")


if __name__ == "__main__":
    main()
