#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""soak.py: hours in the life of the milter, in less time: `make soak SOAK_SECONDS=1800`.

traffic sends mails at full speed, in random order: the mails of the corpus (CALMEND_CORPUS, else
../shared/corpus beside the source tree; without one the golden mails), generated ones with broken
calendars in every encoding, and large ones that go to a spool file. Meanwhile this program turns
the switch off and on, has the settings read again, good and bad ones, breaks messages off, and
holds answers against what `calmend repair` makes of the same mail.

It prints a line a minute and the verdicts at the end, as Markdown. `processors` is how many of them
the milter kept busy; what is left of the machine is the traffic's. Each verdict compares the last
fifth of the time with the second one, since in the first fifth caches and pools still fill. Exit 0
when all are good.
"""
import argparse
import collections
import contextlib
import dataclasses
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / folder) for folder in ("protocol", "properties", "bench")]

# pylint: disable=wrong-import-position
import generate
import lab
import mails
import milter_process
import milter_wire
import peers

GENERATED = 600
SPOT_MAILS = 150
MEMORY_BYTES = 65536  # a body above it goes to a file
LARGE = (80_000, 300_000, 1_000_000)
EVENT_ID = re.compile(rb"; Event ID: (\d+); ")
ALARMING = {331, 332}

# What may be at most, in the last fifth, of what was in the second one.
RSS_GROWTH = 1.03
RSS_SLACK_KIB = 1024
P99_GROWTH = 1.5
DESCRIPTORS_GROWTH = 2
KEPT_DESCRIPTORS = 8  # libmilter's pool and the spool keep a few once they had work


@dataclasses.dataclass
class Sample:
    """The process at one moment."""
    rss_kib: int
    descriptors: int
    threads: int


def sample(pid):
    """Reads it from /proc."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = dict(re.findall(r"^(VmRSS|Threads):\s+(\d+)", status, re.MULTILINE))
    return Sample(int(found["VmRSS"]), len(os.listdir(f"/proc/{pid}/fd")), int(found["Threads"]))


class Sampler(threading.Thread):
    """A sample a second until it is stopped."""

    def __init__(self, pid):
        super().__init__(name="sampler", daemon=True)
        self.pid = pid
        self.samples = []
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(1.0):
            self.samples.append(sample(self.pid))

    def stop(self):
        """All samples, when the thread is gone."""
        self.over.set()
        self.join()
        return self.samples


class SoakMilter(peers.Calmend):
    """The milter, whose events are counted and not kept: there are millions of them."""

    def __init__(self, folder):
        self.counts = collections.Counter()
        self.alarms = []
        self.reader = None
        self.code = None
        super().__init__(folder)
        self.write_config(settings(0))

    def start(self, options=()):
        self.switch_on()
        self.process = subprocess.Popen(self.command(options), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self._read_events, args=(self.process.stderr,))
        self.reader.start()
        lab.wait_until(self._listens, f"the milter to listen on {self.socket}")
        return self

    def _read_events(self, log):
        rest = b""
        while chunk := os.read(log.fileno(), 1 << 20):
            text, newline, rest = (rest + chunk).rpartition(b"\n")
            found = collections.Counter(map(int, EVENT_ID.findall(text)))
            self.counts.update(found)
            odd = text.count(b"\n") + len(newline) != found.total()
            if odd or ALARMING & found.keys():
                self.alarms += [line for line in text.split(b"\n") if is_alarming(line)]
        if rest:
            self.alarms.append(rest)


def is_alarming(line):
    """True for an event of a lost repair, and for what is no event at all."""
    found = EVENT_ID.search(line)
    return found is None or int(found[1]) in ALARMING


def settings(number):
    """The settings; they differ a little from one number to the next."""
    return {"limits": {"memory-bytes": MEMORY_BYTES, "parts": 1000 - number % 2}}


def large_mail(size, encoding):
    """A REPLY that is repaired beside an attachment."""
    calendar = mails.part(mails.calendar_type(), mails.reply_calendar(), encoding)
    return mails.mail(mails.multipart(b"mixed", mails.note(), mails.attachment(size), calendar))


def made_mails(seed):
    """Mails that are made here: {name: octets}."""
    made = dict(generate.mails(seed, GENERATED))
    for encoding in mails.ENCODERS:
        made[f"reply-{encoding}"] = mails.reply_mail(encoding=encoding)
        made |= {f"large-{size}-{encoding}": large_mail(size, encoding) for size in LARGE}
    return made


def found_mails():
    """Mails of others: {name: octets}."""
    folder = generate.corpus_folder()
    paths = folder.glob("*.eml") if folder else (TESTS / "data").rglob("*.in.eml")
    return {path.name: path.read_bytes() for path in sorted(paths)}


def write_mails(folder, seed):
    """Puts all mails into a folder; those that were made here, with CRLF: {name: octets}."""
    made = made_mails(seed)
    for name, octets in (found_mails() | made).items():
        (folder / name).write_bytes(octets)
    return {name: re.sub(rb"\r?\n", b"\r\n", octets) for name, octets in made.items()}


def repaired_at(mail, config, now):
    """What the command makes of a mail at that time, without the stamp."""
    code, out, err = milter_process.run(lab.COMMAND, "repair", "--config", config, "--now",
                                        time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now)),
                                        stdin=mail)
    assert code == 0, f"calmend repair ended with {code}: {err!r}"
    return mails.without_fields(out, "X-Calmend")


def spot_mails(made, config, chooser):
    """Some mails whose repair is the same at any time of these hours: [(name, mail, repaired)]."""
    spots = []
    for name in chooser.sample(sorted(made), min(SPOT_MAILS, len(made))):
        mail, now = made[name], time.time()
        repaired, later = (repaired_at(mail, config, at) for at in (now, now + 6 * 3600))
        if repaired == later:
            spots.append((name, mail, repaired))
    assert any(mail != repaired for _, mail, repaired in spots), "no spot mail needs a repair"
    return spots


class Disturber(threading.Thread):
    """Everything that is not traffic, over and over until it is stopped. `problem` is what went
    wrong."""

    def __init__(self, milter, made, spots, chooser):
        super().__init__(name="disturber")
        self.milter, self.spots, self.chooser = milter, spots, chooser
        self.made = list(made.values())
        self.done = collections.Counter()
        self.problem = None
        self.over = threading.Event()

    def run(self):
        try:
            while not self.over.wait(0.2):
                self.flip_switch()
                self.break_off()
                self.spot_check()
                self.reload()
        except Exception as error:  # pylint: disable=broad-except
            self.problem = error

    def stop(self):
        """What it did, when the thread is gone."""
        self.over.set()
        self.join()
        return self.done

    def flip_switch(self):
        """Off for a moment, and on again."""
        self.milter.switch_off()
        self.over.wait(0.05)
        self.milter.switch_on()
        self.done["switch flips"] += 2

    def break_off(self):
        """A message that ends in its body, and the connection with it."""
        fields, body = milter_wire.split_mail(self.chooser.choice(self.made))
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.envelope()
            if connection.head(fields)[1] == milter_wire.CONTINUE:
                connection.body(body[:len(body) // 2], milter_wire.Outcome())
        self.done["messages broken off"] += 1

    def spot_check(self):
        """The switch is on: each mail must be answered as the command would mend it."""
        with milter_wire.open_session(self.milter.socket) as connection:
            for name, mail, repaired in self.chooser.sample(self.spots, min(5, len(self.spots))):
                outcome = connection.message(mail)
                assert outcome.verdict in (milter_wire.CONTINUE, milter_wire.ACCEPT), name
                answer = mails.without_fields(outcome.apply(mail), "X-Calmend")
                lab.assert_octets_equal(answer, repaired, name)
                self.done["answers compared"] += 1
            connection.quit()

    def reload(self):
        """Other settings, and now and then some that are refused."""
        self.done["reloads"] += 1
        bad = self.done["reloads"] % 10 == 0
        self.milter.reload("[limits]\nparts=none\n" if bad else settings(self.done["reloads"]))


@dataclasses.dataclass
class Verdict:
    """One thing that must hold."""
    what: str
    wanted: str
    measured: str
    good: bool

    def row(self):
        """Its row of the table."""
        return f"| {self.what} | {self.wanted} | {self.measured} | {'yes' if self.good else 'NO'} |"


def fifths(values):
    """The medians of the second and of the last fifth."""
    size = max(1, len(values) // 5)
    return statistics.median(values[size:2 * size]), statistics.median(values[-size:])


def judge_growth(samples, lines):
    """Memory, descriptors and waiting, early and late."""
    rss = [one.rss_kib for one in samples]
    early, late = fifths(rss)
    bound = max(early * RSS_GROWTH, early + RSS_SLACK_KIB)
    yield Verdict("resident memory, last fifth", f"at most {bound / 1024:.1f} MiB: 3 % or 1 MiB "
                  "above the second fifth", f"{early / 1024:.1f}, then {late / 1024:.1f} MiB",
                  late <= bound)
    early, late = fifths([one.descriptors for one in samples])
    yield Verdict("open descriptors, last fifth", f"at most {DESCRIPTORS_GROWTH} above the second",
                  f"{early:.0f}, then {late:.0f}", late <= early + DESCRIPTORS_GROWTH)
    early, late = fifths([line["p99_us"] for line in lines])
    yield Verdict("p99, last fifth", f"at most {P99_GROWTH:g} times the second",
                  f"{early / 1000:.2f}, then {late / 1000:.2f} ms", late <= early * P99_GROWTH)


def one_line(text):
    """A text for a cell of a table."""
    return " ".join(str(text).replace("|", "/").split())


def judge_end(milter, disturber, before, after, code):
    """What holds when all is over."""
    yield Verdict("messages that were not answered, or not with continue", "none",
                  "none" if code == 0 else f"traffic ended with {code}", code == 0)
    yield Verdict("answers that differ from `calmend repair`, and other faults", "none",
                  one_line(disturber.problem or "none"), disturber.problem is None)
    most = before.descriptors + KEPT_DESCRIPTORS
    yield Verdict("descriptors, once all connections are closed",
                  f"at most {most}: {before.descriptors} at the start, {KEPT_DESCRIPTORS} kept",
                  str(after.descriptors), after.descriptors <= most)
    alarms = b" ".join(milter.alarms[:3]).decode("utf-8", "replace")
    yield Verdict("events 331 and 332, and lines that are no event", "none",
                  one_line(alarms or "none"), not alarms)
    yield Verdict("exit code of the milter", "0", str(milter.code), milter.code == 0)


def print_lines(traffic, milter, interval):
    """A row for each interval while traffic runs; what traffic said of each."""
    print("| minutes | messages/s | repaired/s | p50 ms | p99 ms | VmRSS MiB | descriptors "
          "| threads | processors |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    lines = []
    used = peers.cpu_seconds(milter)
    for text in traffic.stdout:
        line = json.loads(text)
        if line["seconds"] < interval / 2:
            continue
        lines.append(line)
        now, before, used = sample(milter.process.pid), used, peers.cpu_seconds(milter)
        cells = (f"{len(lines) * interval / 60:.1f}", f"{line['messages'] / line['seconds']:.0f}",
                 f"{line['replaced'] / line['seconds']:.0f}", f"{line['p50_us'] / 1000:.2f}",
                 f"{line['p99_us'] / 1000:.2f}", f"{now.rss_kib / 1024:.1f}", f"{now.descriptors}",
                 f"{now.threads}", f"{(used - before) / line['seconds']:.2f}")
        print("| " + " | ".join(cells) + " |", flush=True)
    return lines


def settled(pid, wanted):
    """The process once its descriptors are as few again, or after some patience."""
    with contextlib.suppress(AssertionError):
        lab.wait_until(lambda: sample(pid).descriptors <= wanted, "descriptors to be closed")
    return sample(pid)


def soak(folder, stack, options):
    """All of it: the verdicts."""
    (folder / "mails").mkdir()
    made = write_mails(folder / "mails", options.seed)
    milter = SoakMilter(folder / "milter")
    chooser = random.Random(options.seed)
    spots = spot_mails(made, milter.config, chooser)
    stack.callback(milter.stop)
    pid = milter.start().process.pid
    before = sample(pid)
    interval = min(60.0, options.seconds / 10)
    traffic = subprocess.Popen(
        [str(lab.BUILD / "tests/load/traffic"), f"--connections={options.connections}",
         f"--seconds={options.seconds}", f"--interval={interval}", f"--seed={options.seed}",
         milter.socket, str(folder / "mails")], stdout=subprocess.PIPE, text=True)
    stack.callback(traffic.kill)
    sampler, disturber = Sampler(pid), Disturber(milter, made, spots, chooser)
    sampler.start()
    disturber.start()
    lines = print_lines(traffic, milter, interval)
    code, samples, done = traffic.wait(), sampler.stop(), disturber.stop()
    after = settled(pid, before.descriptors + KEPT_DESCRIPTORS)
    milter.code = milter.stop(signal.SIGTERM)
    milter.reader.join()
    total = sum(line["messages"] for line in lines)
    print(f"\n{total} messages on {options.connections} connections, of "
          f"{len(os.listdir(folder / 'mails'))} mails; "
          + ", ".join(f"{count} {what}" for what, count in sorted(done.items())) + "; events "
          + ", ".join(f"{event}: {count}" for event, count in sorted(milter.counts.items())) + ".")
    return [*judge_growth(samples, lines), *judge_end(milter, disturber, before, after, code)]


def main():
    """Runs it and prints the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=1800, help="how long (1800)")
    parser.add_argument("--connections", type=int, default=4, help="at once (4)")
    parser.add_argument("--seed", type=int, default=1, help="of mails and order (1)")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="calmend-soak-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        verdicts = soak(folder, stack, options)
    print("\n| what | wanted | measured | good |\n|---|---|---|---|")
    print("\n".join(verdict.row() for verdict in verdicts))
    sys.exit(0 if all(verdict.good for verdict in verdicts) else 1)


if __name__ == "__main__":
    main()
