#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""measured_run: a program's peak memory and time, however large the process that asks is.

What the kernel tells of a child's peak (wait4's ru_maxrss) begins with the memory of the process
that forked it. So this file runs itself as a small program between the two. The time is the
processor's, of the program alone.
"""
import dataclasses
import json
import os
import signal
import subprocess
import sys


@dataclasses.dataclass
class Run:
    """`code` is the exit code, below 0 the signal that ended it. `peak` is in octets."""
    code: int
    seconds: float
    peak: int


def run(command, guard, out):
    """Runs a command with its output into the file `out`; after `guard` seconds it is killed."""
    done = subprocess.run([sys.executable, "-ES", __file__, str(guard), str(out),
                           *map(str, command)], stdout=subprocess.PIPE, check=True,
                          stdin=subprocess.DEVNULL)
    return Run(**json.loads(done.stdout))


def _main(guard, out, *command):
    with open(out, "wb") as file:
        pid = os.fork()
        if pid == 0:
            os.dup2(file.fileno(), 1)
            os.execv(command[0], command)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(int(guard))
    _, status, usage = os.wait4(pid, 0)
    print(json.dumps({"code": os.waitstatus_to_exitcode(status), "peak": usage.ru_maxrss * 1024,
                      "seconds": usage.ru_utime + usage.ru_stime}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
