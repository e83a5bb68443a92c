#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""pages: writes the tables of doc/performance.md and doc/capacity.md from measured figures.

pages BENCH.json GROWTH.json PAGE... replaces what stands in a page between the lines
`<!-- figures: NAME -->` and `<!-- end of figures -->` by the table of that name. A table whose
section was not measured stays as it is, and that is said. Exit 1 for a name that no table has.
"""
import json
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(TESTS / "protocol")]

# pylint: disable=wrong-import-position
from page_tables import TABLES

BLOCK = re.compile(r"(<!-- figures: (\S+) -->\n).*?(<!-- end of figures -->\n)", re.DOTALL)


def write_block(figures, block):
    """A block with its table anew, or as it is."""
    name = block[2]
    try:
        text = TABLES[name](figures)
    except KeyError as error:
        if name not in TABLES:
            raise
        print(f"pages: {name} stays as it is, {error} was not measured", file=sys.stderr)
        return block[0]
    return f"{block[1]}\n{text}\n\n{block[3]}"


def main():
    """Writes every page that is named."""
    bench, growth, *pages = map(pathlib.Path, sys.argv[1:])
    figures = {**json.loads(bench.read_text(encoding="utf-8")),
               **(json.loads(growth.read_text(encoding="utf-8")) if growth.exists() else {})}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        page.write_text(BLOCK.sub(lambda block: write_block(figures, block), text),
                        encoding="utf-8")


if __name__ == "__main__":
    main()
