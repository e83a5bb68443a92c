# SPDX-License-Identifier: BSD-2-Clause
"""store_speed: `calmend check` over mailboxes that the system holds in memory.

Mboxes of plain mail on one processor and on two, in turns, beside a `cat` on each of them, which
does no more than copy the mbox out of the memory of the system: no program that reads it is faster.
And a Maildir of small mails beside `cat` of the same files, which does no more than open, read and
close each. It is cat's rate that counts, so a goal of 1.5 times its time is one of two thirds of
its rate.
"""
import os

import kinds
from check_speed import GOAL_MB_S, SETTINGS, check, timed
from report import Goal, Line, medians, ratio

PROCESSORS = sorted(os.sched_getaffinity(0))
MBOXES = (("8 KB", 8_000), ("100 KB", 100_000))
SEPARATOR = b"From ada@example.org Mon Jan  5 10:15:00 2026\n"
GOAL_TWO = 1.8
SMALL = 1_500
GOAL_CAT = 1 / 1.5
MAILDIR_SHARE = 1e4  # octets of a round for each mail of the Maildir: 100,000 of them by default


def write_mbox(path, size, octets):
    """An mbox of about `octets`: how many messages it has."""
    mail = SEPARATOR + kinds.plain(size).replace(b"\r\n", b"\n") + b"\n"
    count = int(octets // len(mail)) or 1
    with path.open("wb") as file:
        for _ in range(count):
            file.write(mail)
    return count


def cat(folder, names, processors, messages, octets):
    """One run of cat over the files, as few processes as the command line allows."""
    return timed(["xargs", "-0", "cat"], folder, processors, messages, octets, input=names)


def cat_on_each(folder, paths, processors, messages, octets):
    """One run of as many cats of these files as there are processors, side by side."""
    number = len(processors)
    return timed(["xargs", "-0", "-n", "1", "-P", str(number), "cat"], folder, processors,
                 number * messages, number * octets, input=b"\0".join(map(os.fsencode, paths * number)))


def mbox(folder, title, size, options):
    """An mbox on one processor and on two, and cat on as many: the lines."""
    path = folder / f"{size}.mbox"
    count = write_mbox(path, size, options.check_octets / 2)
    octets = path.stat().st_size
    places = [PROCESSORS[:number] for number in (1, 2) if number <= len(PROCESSORS)]
    samples = [[program(folder, [path], place, count, octets)
                for place in places for program in (check, cat_on_each)]
               for _ in range(options.check_rounds)]
    path.unlink()
    one, one_cat, *two = map(list, zip(*samples))
    group = f"calmend check, an mbox of plain mail, {title}"
    lines = [Line(group, "one processor", medians(one), goal=Goal(at_least=GOAL_MB_S,
                                                                  figure="mb_s")),
             Line(group, "cat", medians(one_cat), ratio=ratio(one, one_cat))]
    for more, more_cat in zip(two[::2], two[1::2]):
        lines += [Line(f"{group}, two processors", "one processor", medians(more),
                       ratio=ratio(more, one), goal=Goal(at_least=GOAL_TWO)),
                  Line(f"{group}, two processors", "cat", medians(more_cat),
                       ratio=ratio(more, more_cat))]
    return lines


def write_maildir(folder, count):
    """A Maildir of so many small mails: the octets of all."""
    mail = kinds.plain(SMALL).replace(b"\r\n", b"\n")
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        (folder / "cur" / f"{1700000000 + number}.M{number}P1.mx:2,S").write_bytes(mail)
    return count * len(mail)


def maildir(folder, options):
    """A Maildir on one processor, and cat beside it."""
    count = int(options.check_octets / MAILDIR_SHARE)
    octets = write_maildir(folder / "maildir", count)
    names = b"\0".join(os.fsencode(f"maildir/cur/{name}")
                       for name in sorted(os.listdir(folder / "maildir" / "cur")))
    place = PROCESSORS[:1]
    samples = [(check(folder, ["maildir"], place, count, octets),
                cat(folder, names, place, count, octets)) for _ in range(options.check_rounds)]
    mine, others = map(list, zip(*samples))
    group = f"calmend check, a Maildir of {count:,} mails of 1.5 KB, one processor"
    return [Line(group, "calmend", medians(mine)),
            Line(group, "cat", medians(others), ratio=ratio(mine, others),
                 goal=Goal(at_least=round(GOAL_CAT, 3)))]


def run(folder, _stack, options):
    """Measures every store: its lines."""
    (folder / SETTINGS).touch()
    lines = [line for title, size in MBOXES for line in mbox(folder, title, size, options)]
    return lines + maildir(folder, options)
