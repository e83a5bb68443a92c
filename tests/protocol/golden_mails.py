# SPDX-License-Identifier: BSD-2-Clause
"""golden_mails: the pairs of tests/data/golden as an MTA has them, and the settings they are for.

The table's columns are read by their names, so that it may grow. A mail in a file becomes the mail
that an MTA holds by three changes and no other: an mbox "From " line is gone, since it is part of
no mail; every line ends in CRLF; and so does the last one (RFC 5321 2.3.8, 4.1.1.4). A CR that
stands before no LF, or before the CR of a CRLF, stays.
"""
import csv
import dataclasses
import datetime
import re

import lab

FOLDER = lab.ROOT / "tests/data/golden"
# Columns that are words of the settings, whatever they are called there.
RULE_COLUMNS = {"enable": "enable", "disable": "disable"}
SETTING_COLUMNS = {"profile": "profile"}
ENVELOPE_COLUMNS = {"sender": "sender", "recipient": "recipients", "recipients": "recipients"}
RECIPIENT = "recipient="  # among the settings: of the envelope
KNOWN_COLUMNS = {"name", "settings", "now", "findings", "shows", *RULE_COLUMNS, *SETTING_COLUMNS,
                 *ENVELOPE_COLUMNS}


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a milter is started with: keys and values in order, and its clock."""
    values: tuple
    now: int


@dataclasses.dataclass
class Pair:
    """A row of the table."""
    name: str
    shows: str
    setting: Setting
    envelope: dict
    repaired: bool

    def before(self):
        """The mail as it comes."""
        return as_mta_has_it((FOLDER / f"{self.name}.in.eml").read_bytes())

    def after(self):
        """The mail as it must leave."""
        suffix = ".out.eml" if self.repaired else ".in.eml"
        return as_mta_has_it((FOLDER / (self.name + suffix)).read_bytes())


def as_mta_has_it(octets):
    """A mail of a file as an MTA has it; see above."""
    if octets.startswith(b"From "):
        octets = octets.partition(b"\n")[2]
    octets = re.sub(rb"(?<!\r)\n", b"\r\n", octets)
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


def _words(cell):
    return [] if cell in (None, "", "-") else re.split(r"[ ,]+", cell)


def _setting(row):
    """Rules with a leading "-" are disabled, KEY=VALUE is a setting, other words are enabled. A
    switch file of the value `off` is absent."""
    rules = {"enable": [], "disable": []}
    values = [("stamp", "no")]
    for word in _words(row["settings"]):
        if word.startswith(RECIPIENT):
            continue
        if "=" in word:
            values.append(tuple(word.split("=", 1)))
        elif word.startswith("-"):
            rules["disable"].append(word[1:])
        else:
            rules["enable"].append(word)
    for column, key in RULE_COLUMNS.items():
        rules[key] += _words(row.get(column))
    values += [(key, row[column]) for column, key in SETTING_COLUMNS.items()
               if _words(row.get(column))]
    values += [(key, ", ".join(names)) for key, names in rules.items() if names]
    now = datetime.datetime.strptime(row["now"], "%Y%m%dT%H%M%SZ")
    return Setting(tuple(values), int(now.replace(tzinfo=datetime.timezone.utc).timestamp()))


def _envelope(row):
    """Arguments of milter_wire's `message`."""
    found = {}
    recipients = [word.removeprefix(RECIPIENT) for word in _words(row["settings"])
                  if word.startswith(RECIPIENT)]
    if recipients:
        found["recipients"] = tuple(b"<%s>" % word.encode() for word in recipients)
    for column, argument in ENVELOPE_COLUMNS.items():
        addresses = [b"<%s>" % word.strip("<>").encode() for word in _words(row.get(column))]
        if addresses:
            found[argument] = addresses[0] if argument == "sender" else tuple(addresses)
    return found


def read_pairs():
    """Every pair of the table. AssertionError when it has a column that is not known here."""
    with open(FOLDER / "golden.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    unknown = set(rows[0]) - KNOWN_COLUMNS
    assert not unknown, f"golden.tsv has columns that golden_mails.py does not know: {unknown}"
    return [Pair(row["name"], row["shows"], _setting(row), _envelope(row),
                 ":repaired" in row["findings"]) for row in rows]
