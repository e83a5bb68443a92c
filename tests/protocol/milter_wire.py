# SPDX-License-Identifier: BSD-2-Clause
"""milter_wire: the MTA's side of the milter protocol, versions 2 to 6, as a test needs it.

It honours what the milter asked for (steps left out, steps without reply, SKIP) and keeps every
reply in the order in which it came. Nothing is hidden: a test may send any packet with `send`. A
silent milter raises TimeoutError, one that hangs up EOFError. There is no specification; the source
is libmilter's mfdef.h.
"""
import dataclasses
import re
import socket
import struct

ACTION = {"ADDHDRS": 0x01, "CHGBODY": 0x02, "ADDRCPT": 0x04, "DELRCPT": 0x08, "CHGHDRS": 0x10,
          "QUARANTINE": 0x20, "CHGFROM": 0x40, "ADDRCPT_PAR": 0x80, "SETSYMLIST": 0x100}
STEP = {"NOCONNECT": 0x01, "NOHELO": 0x02, "NOMAIL": 0x04, "NORCPT": 0x08, "NOBODY": 0x10,
        "NOHDRS": 0x20, "NOEOH": 0x40, "NR_HDR": 0x80, "NOUNKNOWN": 0x100, "NODATA": 0x200,
        "SKIP": 0x400, "RCPT_REJ": 0x800, "NR_CONN": 0x1000, "NR_HELO": 0x2000,
        "NR_MAIL": 0x4000, "NR_RCPT": 0x8000, "NR_DATA": 0x10000, "NR_UNKN": 0x20000,
        "NR_EOH": 0x40000, "NR_BODY": 0x80000, "HDR_LEADSPC": 0x100000}
ALL_ACTIONS = 0x1FF
ALL_STEPS = 0x1FFFFF
CHUNK = 65535

# Command: the step bit that leaves it out, the step bit that leaves its reply out.
SKIPPING = {b"C": ("NOCONNECT", "NR_CONN"), b"H": ("NOHELO", "NR_HELO"),
            b"M": ("NOMAIL", "NR_MAIL"), b"R": ("NORCPT", "NR_RCPT"), b"T": ("NODATA", "NR_DATA"),
            b"L": ("NOHDRS", "NR_HDR"), b"N": ("NOEOH", "NR_EOH"), b"B": ("NOBODY", "NR_BODY"),
            b"U": ("NOUNKNOWN", "NR_UNKN")}

# Commands that older versions do not know.
SINCE = {b"U": 3, b"T": 4}

CONTINUE, ACCEPT, TEMPFAIL, REJECT, SKIP = b"c", b"a", b"t", b"r", b"s"
REPLBODY, INSHEADER, ADDHEADER, CHGHEADER, PROGRESS = b"b", b"i", b"h", b"m", b"p"
FINAL = {ACCEPT, CONTINUE, TEMPFAIL, REJECT, b"d", b"y", b"4", b"f"}


def split_mail(mail):
    """Header fields as (name, value), folds as LF, and the body: what an MTA hands to a milter."""
    head, _, body = mail.partition(b"\r\n\r\n")
    fields = re.findall(rb"^([^:\s]+)[ \t]*:((?:.*\n[ \t])*.*)$",
                        head.replace(b"\r\n", b"\n"), re.MULTILINE)
    return fields, body


def _lead(value, space):
    return value if space or not value.startswith(b" ") else value[1:]


@dataclasses.dataclass
class Negotiated:
    """What the milter answered to the negotiation."""
    version: int
    actions: int
    steps: int
    symbols: dict

    def step(self, name):
        return bool(self.steps & STEP[name])

    def action_names(self):
        return {name for name, bit in ACTION.items() if self.actions & bit}


@dataclasses.dataclass
class Outcome:
    """What the milter did with one message."""
    replies: list = dataclasses.field(default_factory=list)  # (code, data) at end of message
    verdict: bytes = b""
    stage: bytes = b""   # command that was answered with the verdict
    sent: int = 0        # octets of the body that were sent
    space: bytes = b" "  # what the MTA puts before a value that comes from the milter

    def codes(self):
        """The replies as one string of their letters, runs of replacebody as one `b`."""
        return re.sub(b"b+", b"b", b"".join(code for code, _ in self.replies)).decode()

    def body(self):
        """The replaced body, or None."""
        pieces = [data for code, data in self.replies if code == REPLBODY]
        return b"".join(pieces) if pieces else None

    def headers(self):
        """Header edits in order: (code, index, name, value)."""
        return [_header_edit(code, data) for code, data in self.replies
                if code in (INSHEADER, ADDHEADER, CHGHEADER)]

    def apply(self, mail):
        """The mail as Postfix would send it on after this outcome."""
        fields, body = split_mail(mail)
        for code, index, name, value in self.headers():
            _apply_header(fields, code, index, name, self.space + value if value else b"")
        head = b"".join(name + b":" + value + b"\n" for name, value in fields)
        replaced = self.body()
        return head.replace(b"\n", b"\r\n") + b"\r\n" + (body if replaced is None else replaced)


def _header_edit(code, data):
    index = 0
    if code != ADDHEADER:
        index, data = struct.unpack(">I", data[:4])[0], data[4:]
    name, value, rest = data.split(b"\0")
    assert rest == b"", "a header edit with octets after its value"
    return code, index, name, value


def _apply_header(fields, code, index, name, value):
    if code == INSHEADER:
        fields.insert(index, (name, value))
        return
    if code == ADDHEADER:
        fields.append((name, value))
        return
    places = [i for i, field in enumerate(fields) if field[0].lower() == name.lower()]
    assert 1 <= index <= len(places), f"there is no {name} number {index}"
    at = places[index - 1]
    fields[at:at + 1] = [(name, value)] if value else []


class Connection:
    """One connection to a milter. `spec` is unix:PATH or inet:PORT@HOST."""

    def __init__(self, spec, timeout=20.0):
        kind, _, rest = spec.partition(":")
        if kind in ("unix", "local"):
            self.socket = socket.socket(socket.AF_UNIX)
            address = rest
        else:
            port, _, host = rest.partition("@")
            self.socket = socket.socket(socket.AF_INET6 if kind == "inet6" else socket.AF_INET)
            address = (host.strip("[]"), int(port))
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        self.buffer = b""
        self.negotiated = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Hangs up without a word."""
        self.socket.close()

    def quit(self):
        """Ends the connection as an MTA does."""
        self.send(b"Q")
        self.close()

    def send(self, command, data=b""):
        """One packet."""
        self.socket.sendall(struct.pack(">I", len(data) + 1) + command + data)

    def receive(self):
        """The next reply: (code, data)."""
        size = struct.unpack(">I", self._read(4))[0]
        packet = self._read(size)
        return packet[:1], packet[1:]

    def _read(self, size):
        while len(self.buffer) < size:
            more = self.socket.recv(1 << 18)
            if not more:
                raise EOFError("the milter closed the connection")
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def negotiate(self, version=6, actions=ALL_ACTIONS, steps=ALL_STEPS):
        """Offers what is given, keeps and returns what the milter wants of it."""
        self.send(b"O", struct.pack(">III", version, actions, steps))
        code, data = self.receive()
        assert code == b"O", f"negotiation answered with {code!r}"
        symbols = {}
        rest = data[12:]
        while rest:
            stage = struct.unpack(">I", rest[:4])[0]
            names, _, rest = rest[4:].partition(b"\0")
            symbols[stage] = names.decode()
        self.negotiated = Negotiated(*struct.unpack(">III", data[:12]), symbols)
        return self.negotiated

    def macros(self, command, **values):
        """Macros for the next `command`. A name with more than one letter gets its braces."""
        pairs = []
        for name, value in values.items():
            pairs += [name.encode() if len(name) == 1 else b"{%s}" % name.encode(), value]
        self.send(b"D", command + b"".join(item + b"\0" for item in pairs))

    def _queue_id(self, command, queue_id):
        if queue_id is not None:
            self.macros(command, i=queue_id)

    def step(self, command, data=b""):
        """Sends a command unless the milter wants it left out. Its reply's code; CONTINUE where
        nothing was sent or the milter does not reply."""
        no_step, no_reply = SKIPPING[command]
        if self.negotiated.step(no_step) or self.negotiated.version < SINCE.get(command, 0):
            return CONTINUE
        self.send(command, data)
        if self.negotiated.step(no_reply):
            return CONTINUE
        return self.receive()[0]

    def greet(self, host=b"client.example.com", client="192.0.2.1", daemon=b"lab"):
        """CONNECT and HELO. `client` is an address of either family; None: unknown. `daemon` is the
        name of the MTA's service."""
        self.macros(b"C", j=b"mx.lab.example", daemon_name=daemon)
        address = b"U"
        if client is not None:
            family = b"6" if ":" in client else b"4"
            address = family + struct.pack(">H", 4025) + client.encode() + b"\0"
        replies = [self.step(b"C", host + b"\0" + address),
                   self.step(b"H", host + b"\0")]
        assert replies == [CONTINUE, CONTINUE], f"greeting answered with {replies}"

    def envelope(self, sender=b"<a@example.com>", recipients=(b"<b@example.org>",), queue_id=b"Q1",
                 parameters=()):
        """MAIL with its parameters, RCPT and DATA. The queue id comes with DATA and later, as in
        Postfix; None sends none."""
        self.macros(b"M", mail_addr=sender.strip(b"<>"))
        replies = [self.step(b"M", b"".join(text + b"\0" for text in (sender, *parameters)))]
        for recipient in recipients:
            self.macros(b"R", rcpt_addr=recipient.strip(b"<>"))
            replies.append(self.step(b"R", recipient + b"\0"))
        self._queue_id(b"T", queue_id)
        replies.append(self.step(b"T"))
        assert set(replies) == {CONTINUE}, f"envelope answered with {replies}"

    def head(self, fields, queue_id=b"Q1"):
        """Header fields and their end: the command that got the first reply that is not CONTINUE,
        or the last command, and that reply."""
        space = self.negotiated.step("HDR_LEADSPC")
        for name, value in fields:
            reply = self.step(b"L", name + b"\0" + _lead(value, space) + b"\0")
            if reply != CONTINUE:
                return b"L", reply
        self._queue_id(b"N", queue_id)
        return b"N", self.step(b"N")

    def body(self, body, outcome, chunk=CHUNK):
        """The body in chunks of `chunk` octets, until the milter has enough."""
        for start in range(0, len(body), chunk):
            piece = body[start:start + chunk]
            reply = self.step(b"B", piece)
            outcome.sent += len(piece)
            if reply != CONTINUE:
                return reply
        return CONTINUE

    def end(self, outcome, queue_id=b"Q1"):
        """End of message; what follows goes to `outcome`."""
        self._queue_id(b"E", queue_id)
        self.send(b"E")
        return self.collect(outcome)

    def collect(self, outcome):
        """Every reply to the end of message, up to the verdict."""
        outcome.stage = b"E"
        while not outcome.verdict:
            code, data = self.receive()
            if code in FINAL:
                outcome.verdict = code
            else:
                outcome.replies.append((code, data))
        return outcome

    def message(self, mail, queue_id=b"Q1", chunk=CHUNK, **envelope):
        """A whole message on a negotiated and greeted connection. `envelope` is for that method."""
        fields, body = split_mail(mail)
        self.envelope(queue_id=queue_id, **envelope)
        outcome = Outcome(space=b"" if self.negotiated.step("HDR_LEADSPC") else b" ")
        outcome.stage, reply = self.head(fields, queue_id)
        if reply == CONTINUE:
            outcome.stage, reply = b"B", self.body(body, outcome, chunk)
        if reply not in (CONTINUE, SKIP):
            outcome.verdict = reply
            return outcome
        return self.end(outcome, queue_id)


def open_session(spec, client="192.0.2.1", daemon=b"lab", **offer):
    """A connection that has negotiated and greeted, for an SMTP client of that address, by the
    MTA's service of that name."""
    connection = Connection(spec)
    try:
        connection.negotiate(**offer)
        connection.greet(client=client, daemon=daemon)
    except BaseException:
        connection.close()
        raise
    return connection


def one_message(spec, mail, **arguments):
    """The outcome of one message on a connection of its own."""
    with open_session(spec) as connection:
        outcome = connection.message(mail, **arguments)
        connection.quit()
    return outcome
