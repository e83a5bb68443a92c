# SPDX-License-Identifier: BSD-2-Clause
"""effects: what each rule may change in what readers read, and who witnesses that it is needed.

A row per rule; without one a rule may change how anything is read, but for what is then refused
and for components that go. `changes` has, for each member of the normal form (reader.py) that may change, the
judge of a value before and after; what it does not name stays. The member `items` is judged by the
numbers of components. A reading that was refused before may become anything. A reader that is
`spared` is not asked where the rule had a say; the row says why.

`witness` is READ where at least one reader of tests/readers refuses the defect and takes the
repair, as test_readers.py proves. Else it is the program that is known to suffer, with the report;
with `letter` the letter of a standard for mail refuses it, too (mail_view.py), which is proved as
well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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


def as_day(before, after) -> bool:
    """The same day, with or without an hour. What was no time at all may be read as anything."""
    if not re.fullmatch(r"\d{8}(T\d{6}Z?)?", str(before)):
        return True
    return str(before)[:8] == str(after)[:8]


def as_end(before, after) -> bool:
    """The same day, or the one after it, at which an event of a day without an end has its end."""
    if as_day(before, after):
        return True
    days = [datetime.strptime(str(value)[:8], "%Y%m%d") for value in (before, after) if value]
    return len(days) == 2 and days[1] - days[0] == timedelta(days=1)


def people(value) -> list:
    """An organizer or attendees, with addresses as mailto: and without escapes."""
    if not isinstance(value, list):
        bare = unquote(str(value)).removeprefix("mailto:")
        return [bare] if value else []
    return [(*people(one["address"]), one["partstat"]) for one in value]


def same_people(before, after) -> bool:
    """Nobody goes; some may be read that were not."""
    return all(one in people(after) for one in people(before))


def trimmed(before, after) -> bool:
    """The same without a return at the end of texts, or something where nothing was."""
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(map(trimmed, before, after))
    if isinstance(before, dict):
        return all(trimmed(before[name], after[name]) for name in before)
    return appears(before, after) or str(before).rstrip("\r") == after


def each(names: tuple[str, ...], judge: Judge) -> dict[str, Judge]:
    return dict.fromkeys(names, judge)


@dataclass(frozen=True)
class Effect:
    witness: str
    changes: dict[str, Judge] = field(default_factory=dict)
    letter: bool = False
    spared: tuple[str, ...] = ()


PEOPLE = ("organizer", "attendees")
APPEARS = {**each(ALL, appears), "items": grows}
# A RECURRENCE-ID that can be read makes a component of its own.
AS_DAY = {"start": as_day, "end": as_end, "recurrence": as_day, "items": grows}
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
    # KDE takes a task with a COMPLETED as done.
    "completed-epoch": Effect(KB_938650, {"status": anyhow}),
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
    "fold-missing": Effect(READ, {**each(ALL, appears), **each(TEXTS, anyhow)}),
    "text-after-end": Effect(READ),
    "calendar-unreadable": Effect("no program: it is reported and left"),
    "calendar-behind-end": Effect("no program: it is reported and left"),
    # text
    "byte-order-mark": Effect(READ, APPEARS),
    "doubled-return": Effect(READ, each(ALL, trimmed)),
    # The repair steps of calendar-js work on lines that end in LF alone.
    "bare-line-feed": Effect("Outlook: adamgibbons/ics#168", spared=("calendar-js",)),
    "fold-in-character": Effect(READ, {"summary": anyhow}),
    "long-line": Effect("Postfix, Sendmail: bulwarkmail/webmail#638", letter=True),
    "encoding-parameter": Effect("sabre/dav: nextcloud/server#7088"),
    "name-underscore": Effect(READ),
    # method, mime
    "method-parameter-missing": Effect("Nextcloud Mail: nextcloud/mail#11009", letter=True),
    "method-parameter-differs": Effect("Outlook: maevsi/vibetype PR#2368", letter=True),
    "method-missing": Effect(READ, {"method": appears}),
    "charset-missing": Effect("Nextcloud: nextcloud/server#53811", letter=True),
    "charset-ascii": Effect("Nextcloud: nextcloud/server#53811", letter=True),
    "encoding-noise": Effect(READ),
    "encoded-line-long": Effect("servers with 500 line too long: postmark-dotnet#11", letter=True),
    "organizer-missing": Effect("sabre/dav: nextcloud/server#58904", {"organizer": appears}),
    "cancel-status": Effect("RFC 5546 3.2.5, cyrus-imapd#2843", {"status": anyhow}),
    # zone
    "utc-zone": Effect("Outlook: sabre-io/vobject PR#465", each(TIMES, digits)),
    "zone-missing": Effect("Outlook: sabre-io/dav#1168", each(TIMES, another_zone)),
    # address
    "address-scheme": Effect("sabre/vobject 4: nextcloud/mail#12213",
                             each(PEOPLE, same_people)),
    "address-escaped": Effect("Outlook, eM Client: markuspoerschke/iCal#434",
                              each(PEOPLE, same_people)),
    "sent-by-unquoted": Effect("Thunderbird: tine20#4642", each(PEOPLE, anyhow)),
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
    "date-unlabelled": Effect(READ, AS_DAY),
    "date-midnight": Effect("calcurse: calcurse#517", AS_DAY),
    "stamp-missing": Effect("ical4j, Google Calendar: ical4j#303", {"stamp": anyhow}),
    "rule-noise": Effect(READ, {"rule": anyhow}),
    "stamp-local": Effect(READ, {"stamp": anyhow}),
    "lotus-range": Effect("ical4j: ical4j#617"),
    # rows that repair nothing of a calendar
    "stamp": Effect("no program: it says that a mail was changed"),
    "limit": Effect("no program: it is reported and left"),
}  # fmt: skip


ANYTHING = Effect("no row says who suffers", {**each(ALL, anyhow), "items": grows})


def effect_of(rule: str) -> Effect:
    return EFFECTS.get(rule, ANYTHING)


def judges(rules: set[str]) -> dict[str, list[Judge]]:
    """By member, whoever of these rules may allow a change."""
    found: dict[str, list[Judge]] = {}
    for rule in rules:
        for name, judge in effect_of(rule).changes.items():
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
