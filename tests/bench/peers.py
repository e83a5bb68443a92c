# SPDX-License-Identifier: BSD-2-Clause
"""peers: the milters that are measured side by side, each a process of ours.

calmend runs as in production, with the switch on, but that its events go to a file: a syslog of the
system, where there is one, is hidden from it, so that nobody's log fills with thousands of lines.
The others do nothing; nothing_milter.c says how they differ.
"""
import os
import shutil
import signal
import time

import lab
import milter_process

SYSLOG = "/dev/log"
HIDE_SYSLOG = f'mount --bind /dev/null {SYSLOG} && exec "$@"'


def _without_syslog(command):
    if not os.path.exists(SYSLOG) or os.geteuid() != 0 or not shutil.which("unshare"):
        return command
    return ["unshare", "--mount", "sh", "-c", HIDE_SYSLOG, "sh", *command]


class Calmend(milter_process.MilterProcess):
    """calmend-milter with the switch on; `group` may open its unix socket."""

    NAME = "calmend"
    REPAIRS = True

    def __init__(self, folder, socket=None, group=None):
        folder.mkdir()
        access = {"service": {"socket-mode": "0660", "socket-group": group}} if group else {}
        super().__init__(folder, access, socket)

    def command(self, options):
        return _without_syslog(super().command(options))

    def start(self, options=()):
        self.switch_on()
        return super().start(options)

    def repaired(self):
        """How many messages it has repaired so far, by its log."""
        return self.log.read_bytes().count(b"; Event ID: 327; ")


class Nothing(milter_process.MilterProcess):
    """The usual milter that does nothing."""

    NAME = "nothing"
    REPAIRS = False
    ARGUMENTS = []

    def __init__(self, folder):
        folder.mkdir()
        super().__init__(folder)

    def command(self, options):
        return [str(lab.BUILD / "tests/bench/nothing_milter"), self.socket, *self.ARGUMENTS,
                *options]

    def stop(self, signum=signal.SIGKILL):
        """It holds nothing that could be lost, and libmilter takes seconds to stop."""
        return super().stop(signum)


class Lean(Nothing):
    """The one that asks for the same steps as calmend."""

    NAME = "lean"
    ARGUMENTS = ["lean"]


def cpu_seconds(milter):
    """The processor time that a milter has used so far, by the kernel's clock of that process."""
    return time.clock_gettime((~milter.process.pid << 3) | 2)
