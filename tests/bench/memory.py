# SPDX-License-Identifier: BSD-2-Clause
"""memory: what many large mails at once cost.

Every connection hands over a mail of 20 MiB up to its last octet and waits; when all of them do,
all send the end of the message, and all are repaired and sent back side by side, a piece of each in
turn, as MTAs take them that are busy. Resident memory (VmRSS) is read while they are held; its
greatest value is the kernel's (VmHWM). Of it RssAnon is the milter's own; RssFile and RssShmem can
be taken back by the kernel: programs, and spool files that are mapped.
"""
import re
import shutil
import tempfile
import threading

from kinds import held
from peers import Calmend
from report import Goal, table
import milter_wire

CONNECTIONS = 100
SIZE = 20 << 20
LIMIT_MIB = 256
SAMPLE_SECONDS = 0.005


def status(pid):
    """The memory of a process in MiB: {name: value}."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as lines:
        found = re.findall(r"^(VmRSS|VmHWM|RssAnon|RssFile|RssShmem):\s+(\d+) kB$", lines.read(),
                           re.MULTILINE)
    return {name: int(size) / 1024 for name, size in found}


class Peaks(threading.Thread):
    """Keeps the greatest value of each kind of memory until it is stopped."""

    def __init__(self, pid):
        super().__init__(name="peaks")
        self.pid = pid
        self.values = status(pid)
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(SAMPLE_SECONDS):
            for name, value in status(self.pid).items():
                self.values[name] = max(self.values[name], value)

    def stop(self):
        """The greatest values, when the thread is gone."""
        self.over.set()
        self.join()
        return self.values


def hand_over(spec, mail, stack):
    """A connection that has handed over a mail but for its end."""
    connection = milter_wire.open_session(spec)
    stack.callback(connection.close)
    fields, body = milter_wire.split_mail(mail)
    connection.envelope()
    connection.head(fields)
    reply = connection.body(body, milter_wire.Outcome())
    assert reply == milter_wire.CONTINUE, f"the body was answered with {reply}"
    return connection


def take_reply(connection, replaced):
    """Takes the next reply; False when it was the last one."""
    code, data = connection.receive()
    if code == milter_wire.REPLBODY:
        replaced[connection] += len(data)
    if code not in milter_wire.FINAL:
        return True
    assert code == milter_wire.CONTINUE, f"a message was answered with {code}"
    return False


def end_all(connections):
    """Ends all messages and takes a reply from each in turn, so that all go on side by side: how
    many octets of new body came for each."""
    replaced = dict.fromkeys(connections, 0)
    for connection in connections:
        connection.send(b"E")
    waiting = connections
    while waiting:
        waiting = [connection for connection in waiting if take_reply(connection, replaced)]
    return list(replaced.values())


def cells(title, values):
    """A row of the table."""
    return [title, *(f"{values[name]:.1f}" for name in ("VmRSS", "RssAnon", "RssFile", "RssShmem"))]


def run(folder, stack, _options):
    """Measures the memory of one milter; its goals."""
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < 2 * CONNECTIONS * SIZE:
        print(f"\nMemory: not measured, {tempfile.gettempdir()} has no room for the spool files")
        return []
    milter = Calmend(folder / "memory")
    stack.callback(milter.stop)
    pid = milter.start().process.pid
    idle = status(pid)
    mail = held(SIZE)
    connections = [hand_over(milter.socket, mail, stack) for _ in range(CONNECTIONS)]
    while_held = status(pid)

    peaks = Peaks(pid)
    peaks.start()
    try:
        replaced = end_all(connections)
    finally:
        peak = peaks.stop()
    assert min(replaced) > SIZE, f"not every mail was repaired: {sorted(set(replaced))}"
    table(f"Memory in MiB, {CONNECTIONS} connections with {len(mail) / 2**20:.0f} MiB each",
          ["", "VmRSS", "RssAnon", "RssFile", "RssShmem"],
          [cells("idle", idle), cells("held", while_held), cells("greatest, all ending", peak)])
    return [Goal(f"{CONNECTIONS} connections, 20 MiB each: resident, greatest (VmHWM)",
                 peak["VmHWM"], below=LIMIT_MIB, unit=" MiB")]
