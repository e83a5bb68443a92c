# SPDX-License-Identifier: BSD-2-Clause
"""wire_proxy: stands between MTA and milter, and acts at one exact packet.

Each packet is passed on as it is. An armed trap looks at every one; at the packet that it waits for
it acts, before or after the packet was passed on, and cuts that connection on both sides. It is
then disarmed. `caught` holds the recipients of the messages that were on the cut connections.
"""
import collections
import contextlib
import os
import pathlib
import shutil
import socket
import struct
import threading

import lab
import milter_wire

TO_MILTER, TO_MTA = "to milter", "to MTA"
FIRST_IN_MESSAGE = b"M"


class Link:
    """One connection through the proxy, and what was seen on it since its message began."""

    def __init__(self, mta, milter):
        self.ends = {TO_MILTER: (mta, milter), TO_MTA: (milter, mta)}
        self.seen = collections.Counter()
        self.recipients = []
        self.caught = False

    def note(self, direction, packet):
        """Keeps what a trap may ask for."""
        command = packet[:1]
        if direction == TO_MILTER and command == FIRST_IN_MESSAGE:
            self.seen.clear()
            self.recipients = []
        if direction == TO_MILTER and command == b"R":
            self.recipients.append(packet[1:].split(b"\0")[0].strip(b"<>").decode())
        self.seen[direction, command] += 1

    def cut(self):
        """Ends it on both sides; whoever reads or writes finds the end."""
        for end in self.ends[TO_MILTER]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class WireProxy:
    """Listens at `mta_side` (unix:PATH) for members of `group` and passes on to `milter_side`."""

    def __init__(self, mta_side, milter_side, group):
        self.milter_side = milter_side
        self.lock = threading.Lock()
        self.trap = None
        self.caught = []
        self.path = pathlib.Path(mta_side.partition(":")[2])
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        shutil.chown(self.path, group=group)
        os.chmod(self.path, 0o660)
        self.listener.listen(100)
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def close(self):
        """No more connections."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                mta, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(mta,), daemon=True).start()

    def _serve(self, mta):
        """A milter that is not there looks to the MTA like one that hangs up."""
        try:
            milter = milter_wire.Connection(self.milter_side, timeout=None).socket
        except OSError:
            mta.close()
            return
        link = Link(mta, milter)
        back = threading.Thread(target=self._pump, args=(link, TO_MTA), daemon=True)
        back.start()
        self._pump(link, TO_MILTER)
        back.join()
        mta.close()
        milter.close()

    def _pump(self, link, direction):
        source, target = link.ends[direction]
        with contextlib.suppress(OSError, EOFError):
            while True:
                packet = _read_packet(source)
                with self.lock:
                    if link.caught:
                        return
                    link.note(direction, packet)
                    trap = self._springs(link, direction, packet)
                if trap is None or trap.passes:
                    target.sendall(struct.pack(">I", len(packet)) + packet)
                if trap is not None:
                    self._spring(trap, link)
        link.cut()

    def _springs(self, link, direction, packet):
        """The armed trap when it waits for this packet. It is disarmed then, and no other packet of
        the connection is passed on, whichever way it goes."""
        trap = self.trap
        if trap is None or not trap.waits_for(link, direction, packet[:1]):
            return None
        self.trap = None
        link.caught = True
        return trap

    def _spring(self, trap, link):
        trap.act()
        link.cut()
        self.caught.append(list(link.recipients))
        trap.sprung.set()

    def arm(self, trap):
        """Sets a trap in the place of any other."""
        with self.lock:
            self.trap = trap

    def wait(self, trap):
        """Until the trap has sprung."""
        assert trap.sprung.wait(lab.PATIENCE), f"no connection came to {trap.packet}"


class Trap:
    """Waits for a packet: its direction, the commands that it may be, after how many `earlier` ones
    of its message, and whether it is passed on before `act` is called."""

    def __init__(self, act, direction, commands, after=(), passes=True):
        self.act = act
        self.packet = (direction, commands)
        self.after = after
        self.passes = passes
        self.sprung = threading.Event()

    def waits_for(self, link, direction, command):
        """Whether this packet is the one."""
        return ((direction, command) in [(self.packet[0], one) for one in self.packet[1]]
                and all(link.seen[key] >= number for key, number in self.after))


def _read_packet(source):
    size = struct.unpack(">I", _read(source, 4))[0]
    return _read(source, size)


def _read(source, size):
    octets = b""
    while len(octets) < size:
        more = source.recv(size - len(octets))
        if not more:
            raise EOFError
        octets += more
    return octets
