# SPDX-License-Identifier: BSD-2-Clause
"""store_speed: `calmend check` over mailboxes that the system holds in memory.

Mboxes of plain mail on one processor and on all, in turns; and a Maildir of small mails beside
`cat` of the same files, which does no more than open, read and close each. It is cat's rate that
counts, so a goal of 1.5 times its time is one of two thirds of its rate.
"""
import os
import subprocess
import time

import kinds
import lab
from check_speed import GOAL_MB_S, SETTINGS, children_seconds
from report import Goal, Line, medians, ratio

PROCESSORS = sorted(os.sched_getaffinity(0))
MBOXES = (("8 KB", 8_000), ("100 KB", 100_000))
SEPARATOR = b"From ada@example.org Mon Jan  5 10:15:00 2026\n"
GOAL_TWO = 1.8
SMALL = 1_500
GOAL_CAT = 1 / 1.5
MAILDIR_SHARE = 1e4  # octets of a round for each mail of the Maildir: 100,000 of them by default


def timed(command, folder, processors, messages, octets, **options):
    """One run of a command that must end well: its figures."""
    cpu, start = children_seconds(), time.monotonic()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, timeout=300, check=False,
                          preexec_fn=lambda: os.sched_setaffinity(0, processors), **options)
    took, cpu = time.monotonic() - start, children_seconds() - cpu
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}"
    return {"messages_s": messages / took, "mb_s": octets / took / 1e6,
            "cpu_us": cpu / messages * 1e6}


def check(folder, path, processors, messages, octets):
    """One run of calmend check."""
    return timed([lab.COMMAND, "check", "--config", SETTINGS, path], folder, processors, messages,
                 octets)


def write_mbox(path, size, octets):
    """An mbox of about `octets`: how many messages it has."""
    mail = SEPARATOR + kinds.plain(size).replace(b"\r\n", b"\n") + b"\n"
    count = int(octets // len(mail)) or 1
    with path.open("wb") as file:
        for _ in range(count):
            file.write(mail)
    return count


def mbox(folder, title, size, options):
    """An mbox on one processor and on two: the lines."""
    path = folder / f"{size}.mbox"
    count = write_mbox(path, size, options.check_octets / 2)
    octets = path.stat().st_size
    places = [PROCESSORS[:number] for number in (1, 2) if number <= len(PROCESSORS)]
    samples = [[check(folder, path, place, count, octets) for place in places]
               for _ in range(options.check_rounds)]
    path.unlink()
    one, *two = map(list, zip(*samples))
    group = f"calmend check, an mbox of plain mail, {title}"
    lines = [Line(group, "one processor", medians(one), goal=Goal(at_least=GOAL_MB_S,
                                                                  figure="mb_s"))]
    for more in two:
        lines.append(Line(f"{group}, two processors", "one processor", medians(more),
                          ratio=ratio(more, one), goal=Goal(at_least=GOAL_TWO)))
    return lines


def write_maildir(folder, count):
    """A Maildir of so many small mails: the octets of all."""
    mail = kinds.plain(SMALL).replace(b"\r\n", b"\n")
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        (folder / "cur" / f"{1700000000 + number}.M{number}P1.mx:2,S").write_bytes(mail)
    return count * len(mail)


def cat(folder, names, processors, messages, octets):
    """One run of cat over the files, as few processes as the command line allows."""
    return timed(["xargs", "-0", "cat"], folder, processors, messages, octets, input=names)


def maildir(folder, options):
    """A Maildir on one processor, and cat beside it."""
    count = int(options.check_octets / MAILDIR_SHARE)
    octets = write_maildir(folder / "maildir", count)
    names = b"\0".join(os.fsencode(f"maildir/cur/{name}")
                       for name in sorted(os.listdir(folder / "maildir" / "cur")))
    place = PROCESSORS[:1]
    samples = [(check(folder, "maildir", place, count, octets),
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
