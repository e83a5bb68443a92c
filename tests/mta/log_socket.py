# SPDX-License-Identifier: BSD-2-Clause
"""log_socket: a syslog socket of the test's own, for an MTA that logs nowhere else.

Whoever starts the MTA puts it in the place of /dev/log. A thread keeps what arrives, so that the
MTA never waits for a reader. Records come in the order in which they were written.
"""
import socket
import threading

import lab

RECORD_SIZE = 65536
END = b"end of the log"


class LogSocket:
    """Listens on `path` from its making until close()."""

    def __init__(self, path):
        self.path = path
        self.records = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.thread = threading.Thread(target=self._keep, name="log", daemon=True)
        self.thread.start()

    def _keep(self):
        while (record := self.socket.recv(RECORD_SIZE)) != END:
            self.records.append(record.decode("utf-8", "replace").rstrip("\n\0"))

    def text(self):
        """All records so far, one a line."""
        return "\n".join(self.records)

    def close(self):
        """Ends the thread; what was kept stays."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as writer:
            writer.sendto(END, str(self.path))
        self.thread.join(lab.PATIENCE)
        self.socket.close()
