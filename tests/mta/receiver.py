# SPDX-License-Identifier: BSD-2-Clause
"""receiver: the SMTP server behind the MTA, which keeps every message octet for octet.

aiosmtpd in a thread of its own on a port of 127.0.0.1 that the system picks. It announces 8BITMIME
and SMTPUTF8 and refuses nothing. Messages are kept by recipient; whoever waits for one is woken.
"""
import asyncio
import socket
import threading

from aiosmtpd.smtp import SMTP

import lab

SIZE_LIMIT = 64 * 1024 * 1024
LINE_LIMIT = 64 * 1024


class Server(SMTP):
    """Lines longer than SMTP allows are taken: tests ask what an MTA makes of long ones."""

    line_length_limit = LINE_LIMIT


class Receiver:
    """A receiving server. `port` is where it listens; stop() ends it."""

    def __init__(self):
        self.messages = {}
        self.arrival = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve, name="receiver", daemon=True)
        self.thread.start()

    def _serve(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.loop.create_server(self._session, sock=self.listener))
        self.loop.run_forever()
        self.listener.close()

    def _session(self):
        return Server(self, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, loop=self.loop,
                      hostname="receiver.lab.example")

    async def handle_DATA(self, _server, _session, envelope):
        """Called by aiosmtpd with each message."""
        with self.arrival:
            for recipient in envelope.rcpt_tos:
                self.messages.setdefault(recipient, []).append(envelope.original_content)
            self.arrival.notify_all()
        return "250 2.0.0 kept"

    def wait_for(self, recipient):
        """The messages for a recipient, once there is one."""
        with self.arrival:
            there = self.arrival.wait_for(lambda: recipient in self.messages, lab.PATIENCE)
            assert there, f"nothing arrived for {recipient}"
            return list(self.messages[recipient])

    def count(self, recipient):
        """How many messages have arrived for a recipient."""
        with self.arrival:
            return len(self.messages.get(recipient, []))

    def stop(self):
        """Ends the server and its thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(lab.PATIENCE)
        self.loop.close()
