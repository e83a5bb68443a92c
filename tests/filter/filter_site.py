# SPDX-License-Identifier: BSD-2-Clause
"""filter_site: calmend as a program calls it that filters mail, and what can go wrong with it.

The packaged snippets are used as they are, but for the path of calmend: there stands a script that
runs the one under test with the settings of the test. The script says, too, what is broken: see
FAULTS. Mail is delivered as a user without rights.
"""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

# pylint: disable=wrong-import-position
import lab
import metrics_file

SNIPPETS = lab.ROOT / "packaging" / "filter"
INSTALLED = "/usr/bin/calmend"
NOBODY = 65534
DISK_OCTETS = 256 * 1024
MISSING = "missing.conf"

# Ends the filter, as kill -9 would, when a part of the message has left.
KILL = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static pid_t filter;
__attribute__((constructor)) static void begin(void)
{
    filter = getpid();
}
ssize_t write(int file, const void *octets, size_t size)
{
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (file != STDOUT_FILENO)
        return next(file, octets, size);
    next(file, octets, size / 2);
    kill(filter, SIGKILL);
    for (;;)
        pause();
}
"""

# What is broken, as lines of the script before its last.
FAULTS = {
    "none": "",
    "settings": "config={folder}/" + MISSING,
    "disk": "export TMPDIR={folder}/disk",
    "killed": "export LD_PRELOAD={folder}/kill.so",
}

SCRIPT = """#!/bin/sh
config={folder}/calmend.conf
{fault}
[ "$1" = filter ] && shift
for word in "$@"; do echo "$word"; done >{folder}/state/arguments
exec {folder}/program filter --config="$config" "$@"
"""


def need_root():
    """Skips where users cannot be changed."""
    lab.need(os.geteuid() == 0, "delivery to a user needs root")
    lab.need(shutil.which("cc"), "no compiler for a shim")


class Filter:
    """calmend in a folder of the test class `case`, with both switches on."""

    def __init__(self, case):
        self.folder = lab.scratch_folder(case)
        self.state = self.folder / "state"  # what whoever filters leaves
        self.state.mkdir()
        self.state.chmod(0o777)
        self.program = self.folder / "calmend"
        self.counts = self.state / "filter.prom"
        shutil.copy(lab.COMMAND, self.folder / "program")
        for name in ("track", "mail"):
            (self.folder / name).touch(0o644)
        (self.folder / "calmend.conf").write_text(
            f"[repair]\nswitch-file={self.folder}/track\nmail-switch-file={self.folder}/mail\n"
            f"[limits]\nmta-bytes=0\n[metrics]\nfilter-textfile={self.counts}\n")
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", self.folder / "kill.so"],
                       input=KILL, text=True, check=True)
        self._mount_disk(case)
        self.be("none")

    def _mount_disk(self, case):
        """A disk without room for a large mail."""
        disk = self.folder / "disk"
        disk.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_OCTETS},mode=1777", "none",
                               disk], check=False, stderr=subprocess.DEVNULL)
        lab.need(done.returncode == 0, "nothing can be mounted")
        case.addClassCleanup(subprocess.run, ["umount", "-l", disk], check=True)

    def be(self, fault):
        """From now on that is broken."""
        new = self.folder / "calmend.new"
        new.write_text(SCRIPT.format(folder=self.folder,
                                     fault=FAULTS[fault].format(folder=self.folder)))
        new.chmod(0o755)
        new.rename(self.program)
        self.counts.unlink(missing_ok=True)
        (self.state / "arguments").unlink(missing_ok=True)

    def snippet(self, name):
        """A packaged file, with the path of this calmend."""
        text = (SNIPPETS / name).read_text()
        assert text.count(INSTALLED) >= 1, f"{name} does not name {INSTALLED}"
        return text.replace(INSTALLED, str(self.program))

    def put_snippet(self, name):
        """The same as a file, which keeps its mode; its path."""
        path = self.folder / pathlib.PurePath(name).name
        if path == self.program:
            path = self.folder / "bin" / path.name
            path.parent.mkdir(exist_ok=True)
        path.write_text(self.snippet(name))
        path.chmod((SNIPPETS / name).stat().st_mode & 0o777)
        return path

    def arguments(self):
        """Those of the last run."""
        return (self.state / "arguments").read_text().split("\n")[:-1]

    def events(self):
        """The numbers of the events since be()."""
        counts = metrics_file.read(self.counts)
        return sorted(int(dict(labels)["event_id"]) for (name, labels), value in counts.items()
                      if name == "calmend_filter_events_total" and value > 0)


def as_nobody(*command):
    """A command line that runs as a user without rights."""
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


def make_folder(path):
    """A folder of that user's."""
    path.mkdir(parents=True)
    os.chown(path, NOBODY, NOBODY)
    return path


class Agent:
    """A program that is run for each message, for one recipient, and delivers into a Maildir. What it
    puts off its MTA would keep: so does this, until retry()."""

    PUT_OFF = 75

    def __init__(self, site, missing, kept_when_killed):
        self.site = site
        self.missing = missing
        self.home = make_folder(site.folder / "home")
        self.maildir = self.home / "Maildir"
        self.kept_when_killed = kept_when_killed
        self.queue = []

    def command(self):
        """Its command line."""
        raise NotImplementedError

    def send(self, mail):
        """Hands it a message, as an MTA does: line ends as this system has them."""
        done = subprocess.run(as_nobody(*self.command()), input=mail.replace(b"\r\n", b"\n"),
                              cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=4 * lab.PATIENCE, check=False,
                              env={"HOME": str(self.home), "LOGNAME": "nobody", "USER": "nobody",
                                   "PATH": os.environ["PATH"]})
        assert done.returncode in (0, self.PUT_OFF), done
        if done.returncode == self.PUT_OFF:
            self.queue.append(mail)

    def waiting(self):
        return len(self.queue)

    def retry(self):
        queue, self.queue = self.queue, []
        for mail in queue:
            self.send(mail)

    def take(self):
        """All that was delivered, which then goes."""
        paths = [path for name in ("new", "cur") if (self.maildir / name).is_dir()
                 for path in sorted((self.maildir / name).iterdir())]
        octets = [path.read_bytes() for path in paths]
        for path in paths:
            path.unlink()
        return octets
