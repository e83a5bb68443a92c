# SPDX-License-Identifier: BSD-2-Clause
"""effects: what each rule may change in what readers read, and who witnesses that it is needed.

One row per rule. `changes` has, for each member of the normal form (reader.py) that may change, the
judge of a value before and after; what it does not name stays. The member `items` is judged by the
numbers of components. A reading that was refused before may become anything.

`witness` is READ where at least one reader of tests/readers refuses the defect and takes the repair,
as test_readers.py proves. Else it is the program that is known to suffer, with the report; with
`letter` the letter of a standard for mail refuses it, too (mail_view.py), which is proved as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable
from urllib.parse import unquote

READ = "a reader"
KB_938650 = "Exchange 2003 and 2007: Microsoft KB 938650"
TIMES = ("start", "end", "recurrence", "stamp")
TEXTS = ("uid", "sequence", "status", "summary", "rule", "organizer", "attendees")
ALL = TEXTS + TIMES + ("method", "alarms")

Judge = Callable[[object, object], bool]


def anyhow(_before, _after) -> bool:
    return True


def appears(before, _after) -> bool:
    return before in (None, "", [])


def grows(before, after) -> bool:
    return after > before


def digits(before, after) -> bool:
    """The same time, in another zone or in none."""
    found = [re.findall(r"\d{8}T\d{6}", str(value))[-1:] for value in (before, after)]
    return found[0] == found[1] != []


def another_zone(before, after) -> bool:
    """The same time within the fourteen hours that a zone can be off."""
    return digits(before, after) or all(
        re.fullmatch(r".*\d{8}T\d{6}Z?", str(value)) for value in (before, after)
    )


def other_days(before, after) -> bool:
    """The same day, with or without an hour, or a day for what was no date."""
    days = [re.search(r"\d{8}", str(value)) for value in (before, after)]
    return days[1] is not None and (days[0] is None or days[0][0] == days[1][0])


def addresses(value) -> object:
    """A value with its addresses as mailto: and without escapes."""
    if isinstance(value, list):
        return [{**one, "address": addresses(one["address"])} for one in value]
    bare = unquote(str(value)).removeprefix("mailto:")
    return f"mailto:{bare}"


def same_addresses(before, after) -> bool:
    return addresses(before) == addresses(after)


def trimmed(before, after) -> bool:
    """The same without a return at the end of texts."""
    return re.sub(r"\\r(?=['\"])", "", repr(before)) == repr(after)


def each(names: tuple[str, ...], judge: Judge) -> dict[str, Judge]:
    return dict.fromkeys(names, judge)


@dataclass(frozen=True)
class Effect:
    witness: str
    changes: dict[str, Judge] = field(default_factory=dict)
    letter: bool = False


PEOPLE = ("organizer", "attendees")
APPEARS = {**each(ALL, appears), "items": grows}
EXCHANGE = Effect(KB_938650)

EFFECTS = {
    # epoch, kb955480
    "attendee-change-missing": EXCHANGE,
    "attendee-change-epoch": EXCHANGE,
    "owner-change-epoch": EXCHANGE,
    "reply-time-epoch": EXCHANGE,
    # Horde, which cannot place a local time of 1601, then loses the start as well.
    "stamp-epoch": Effect(KB_938650, {"stamp": anyhow, "start": appears}),
    "created-epoch": EXCHANGE,
    "modified-epoch": EXCHANGE,
    "completed-epoch": EXCHANGE,
    "sequence-time-epoch": EXCHANGE,
    "response-time-epoch": EXCHANGE,
    "schedule-epoch": EXCHANGE,
    "tnef-attendee-change": EXCHANGE,
    "tnef-owner-change": EXCHANGE,
    "tnef-reply-time": EXCHANGE,
    "tnef-track-status-time": EXCHANGE,
    "tnef-malformed": EXCHANGE,
    "header-date-epoch": EXCHANGE,
    "header-deadline-epoch": EXCHANGE,
    "busy-status": Effect("Outlook 2003 and 2007: Microsoft KB 955480"),
    # structure
    "end-missing": Effect(READ, APPEARS),
    "version-missing": Effect(READ),
    "product-missing": Effect(READ),
    "line-blanks": Effect(READ, APPEARS),
    "parameter-empty": Effect(READ, each(PEOPLE + TIMES, anyhow)),
    "duplicate-line": Effect(READ, each(ALL, anyhow)),
    "fold-missing": Effect(READ, each(TEXTS, anyhow)),
    "text-after-end": Effect(READ),
    "calendar-unreadable": Effect("no program: it is reported and left"),
    "calendar-behind-end": Effect("no program: it is reported and left"),
    # text
    "byte-order-mark": Effect(READ, APPEARS),
    "doubled-return": Effect(READ, each(ALL, trimmed)),
    "bare-line-feed": Effect("Outlook, Zimbra: adamgibbons/ics#168"),
    "fold-in-character": Effect(READ, {"summary": anyhow}),
    "long-line": Effect("Postfix, Sendmail: bulwarkmail/webmail#638", letter=True),
    "encoding-parameter": Effect("sabre/dav: nextcloud/server#7088"),
    "name-underscore": Effect(READ),
    # method, mime
    "method-parameter-missing": Effect("Nextcloud Mail: nextcloud/mail#11009", letter=True),
    "method-parameter-differs": Effect("Outlook: odoo#272929", letter=True),
    "method-missing": Effect(READ, {"method": appears}),
    "charset-missing": Effect("Nextcloud: nextcloud/server#53811", letter=True),
    "charset-ascii": Effect("Nextcloud: nextcloud/server#53811", letter=True),
    "encoding-noise": Effect(READ),
    "encoded-line-long": Effect("Postfix, Sendmail: postmark-dotnet#11", letter=True),
    "organizer-missing": Effect("sabre/dav: nextcloud/server#58904", {"organizer": appears}),
    "cancel-status": Effect("Cyrus: cyrus-imapd#2843", {"status": anyhow}),
    # zone
    "utc-zone": Effect("Outlook: sabre-io/vobject PR#465", each(TIMES, digits)),
    "zone-missing": Effect("Outlook: sabre-io/dav#1168", each(TIMES, another_zone)),
    # address
    "address-scheme": Effect("Outlook, Gmail: markuspoerschke/iCal#109",
                             each(PEOPLE, same_addresses)),
    "address-escaped": Effect("Gmail: markuspoerschke/iCal#434", each(PEOPLE, same_addresses)),
    "sent-by-unquoted": Effect("eM Client, Thunderbird: nextcloud/mail#12213",
                               each(PEOPLE, anyhow)),
    "common-name-comma": Effect("Tutanota: tutanota#2482", each(PEOPLE, anyhow)),
    "attendee-swapped": Effect("Google Calendar: rdv-service-public PR#5922",
                               {"attendees": anyhow}),
    "comment-quotes": Effect(READ, {"attendees": anyhow}),
    # alarm
    "trigger-empty": Effect(READ, {"alarms": anyhow}),
    "trigger-days": Effect(READ, {"alarms": anyhow}),
    "alarm-action": Effect(READ, {"alarms": anyhow}),
    # date
    "created-zero": Effect("Nextcloud Calendar: nextcloud/calendar#2213"),
    "date-unlabelled": Effect(READ, each(TIMES[:3], other_days)),
    "date-midnight": Effect("calcurse: calcurse#171", each(TIMES[:3], other_days)),
    "stamp-missing": Effect("ical4j, Google Calendar: ical4j#303", {"stamp": appears}),
    "rule-noise": Effect(READ, {"rule": anyhow}),
    "stamp-local": Effect(READ, {"stamp": anyhow}),
    "lotus-range": Effect("ical4j: ical4j#617"),
    # rows that repair nothing of a calendar
    "stamp": Effect("no program: it says that a mail was changed"),
    "limit": Effect("no program: it is reported and left"),
}  # fmt: skip


def judges(rules: set[str]) -> dict[str, list[Judge]]:
    """By member, whoever of these rules may allow a change."""
    found: dict[str, list[Judge]] = {}
    for rule in rules:
        for name, judge in EFFECTS[rule].changes.items():
            found.setdefault(name, []).append(judge)
    return found


def unnamed(before: dict, after: dict, rules: set[str]) -> str | None:
    """What a reader reads otherwise, or no longer, though none of the rules names it."""
    if "refused" in before:
        return None
    if "refused" in after:
        return f"refused: {after['refused']}"
    allowed = judges(rules)
    pairs = [("method", before["method"], after["method"])]
    counts = len(before["items"]), len(after["items"])
    if counts[0] != counts[1]:
        pairs.append(("items", *counts))
    else:
        for old, new in zip(before["items"], after["items"]):
            pairs += [(name, old.get(name), value) for name, value in new.items()]
    for name, old, new in pairs:
        if old != new and not any(judge(old, new) for judge in allowed.get(name, ())):
            return f"{name}: {old!r}, then {new!r}"
    return None
