# SPDX-License-Identifier: BSD-2-Clause
"""memory: what many large mails at once cost.

Every connection hands over a mail of 20 MiB up to its last octet and waits; when all of them do,
all send the end of the message, and all are repaired and sent back side by side, a piece of each in
turn, as MTAs take them that are busy. Resident memory (VmRSS) is read while they are held; its
greatest value is the kernel's (VmHWM).
"""
import shutil
import sys
import tempfile

import milter_wire
from kinds import held
from peers import Calmend, memory_mib, reset_peak
from report import Goal, Line

CONNECTIONS = 100
SIZE = 20 << 20
LIMIT_MIB = 256


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


def run(folder, stack, _options):
    """Measures the memory of one milter: its lines."""
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < 2 * CONNECTIONS * SIZE:
        print(f"bench: memory is not measured, {tempfile.gettempdir()} has no room for the spool "
              "files", file=sys.stderr)
        return []
    milter = Calmend(folder / "memory")
    stack.callback(milter.stop)
    pid = milter.start().process.pid
    idle = memory_mib(pid)["VmRSS"]
    mail = held(SIZE)
    connections = [hand_over(milter.socket, mail, stack) for _ in range(CONNECTIONS)]
    while_held = memory_mib(pid)["VmRSS"]

    reset_peak(pid)
    replaced = end_all(connections)
    assert min(replaced) > SIZE, f"not every mail was repaired: {sorted(set(replaced))}"
    group = f"Resident memory of calmend-milter, {CONNECTIONS} mails of 20 MiB at once"
    return [Line(group, "before", {"peak_mib": idle}),
            Line(group, "all handed over", {"peak_mib": while_held}),
            Line(group, "all repaired side by side", {"peak_mib": memory_mib(pid)["VmHWM"]},
                 goal=Goal(at_most=LIMIT_MIB, figure="peak_mib"))]
