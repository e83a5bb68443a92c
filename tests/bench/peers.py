# SPDX-License-Identifier: BSD-2-Clause
"""peers: the milters that are measured side by side, each a process of ours.

calmend runs as in production, with the switch on, but that its events go to a file: a syslog of the
system, where there is one, is hidden from it, so that nobody's log fills with thousands of lines.
nothing_milter.c says how the two differ that do nothing, pymilter_repair.py what the fourth one
does. None of them holds anything that could be lost, and libmilter takes seconds to stop, so that
all are killed.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import lab
import milter_process

SYSLOG = "/dev/log"
HIDE_SYSLOG = f'mount --bind /dev/null {SYSLOG} && exec "$@"'
PYMILTER = pathlib.Path(__file__).with_name("pymilter_repair.py")
RESET_PEAK = "5"


def _without_syslog(command):
    if not os.path.exists(SYSLOG) or os.geteuid() != 0 or not shutil.which("unshare"):
        return command
    return ["unshare", "--mount", "sh", "-c", HIDE_SYSLOG, "sh", *command]


class Peer(milter_process.MilterProcess):
    """A milter in a folder that is made for it."""

    NAME = None
    REPAIRS = ()  # the kinds of mail that it repairs

    def __init__(self, folder, settings=None, socket=None):
        folder.mkdir()
        super().__init__(folder, settings, socket)

    def stop(self, signum=signal.SIGKILL):
        return super().stop(signum)


class Calmend(Peer):
    """calmend-milter with the switch on; `group` may open its unix socket."""

    NAME = "calmend"
    REPAIRS = ("reply", "reply-base64", "reply-qp", "tnef")

    def __init__(self, folder, socket=None, group=None, settings=None):
        access = {"service": {"socket-mode": "0660", "socket-group": group}} if group else {}
        super().__init__(folder, {**access, **(settings or {})}, socket)

    def command(self, options):
        return _without_syslog(super().command(options))

    def start(self, options=()):
        self.switch_on()
        return super().start(options)

    def repaired(self):
        """How many messages it has repaired so far, by its log."""
        return self.log.read_bytes().count(b"; Event ID: 327; ")


class Other(Peer):
    """A milter that is not calmend, and leaves the mode of its socket to the umask."""

    def _lets_others_in(self):
        return True


class Nothing(Other):
    """The usual milter that does nothing; `group` may open its unix socket."""

    NAME = "nothing"
    ARGUMENTS = []

    def __init__(self, folder, socket=None, group=None):
        super().__init__(folder, socket=socket)
        self.group = group

    def command(self, options):
        return [str(lab.BUILD / "tests/bench/nothing_milter"), self.socket, *self.ARGUMENTS,
                *options]

    def start(self, options=()):
        super().start(options)
        if self.group:
            path = self.socket.partition(":")[2]
            shutil.chown(path, group=self.group)
            os.chmod(path, 0o660)
        return self


class Lean(Nothing):
    """The one that asks for the same steps as calmend."""

    NAME = "lean"
    ARGUMENTS = ["lean"]


class Pymilter(Other):
    """The same repair in Python. It knows nothing of winmail.dat."""

    NAME = "pymilter"
    REPAIRS = ("reply", "reply-base64", "reply-qp")

    def command(self, options):
        return ["/usr/bin/python3", str(PYMILTER), self.socket, *options]

    @staticmethod
    def missing():
        """Why it cannot run here, or None."""
        done = subprocess.run(["/usr/bin/python3", "-c", "import Milter, icalendar"], check=False,
                              stderr=subprocess.DEVNULL)
        return "python3-milter or python3-icalendar is not installed" if done.returncode else None


def cpu_seconds(milter):
    """The processor time that a milter has used so far, by the kernel's clock of that process: it
    counts nanoseconds."""
    return time.clock_gettime((~milter.process.pid << 3) | 2)


def kernel_ticks(pid):
    """The processor time of a process so far in the kernel, and in all; in ticks."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[12]), int(fields[11]) + int(fields[12])


def memory_mib(pid):
    """The memory of a process in MiB: {name: value}."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as lines:
        found = re.findall(r"^(VmRSS|VmHWM|RssAnon|RssFile|RssShmem):\s+(\d+) kB$", lines.read(),
                           re.MULTILINE)
    return {name: int(size) / 1024 for name, size in found}


def reset_peak(pid):
    """Has the kernel begin anew with VmHWM, the greatest resident memory of a process."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write(RESET_PEAK)
