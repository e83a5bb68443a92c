# SPDX-License-Identifier: BSD-2-Clause
"""booted_root: a clean root that systemd has booted as its first process, in systemd-nspawn.

It is in no cgroup and no register of this machine's systemd, which may not be there, and it has no
network but its own loopback. What a test installs in it must have been fetched before.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "package"))

import clean_root  # noqa: E402
import lab  # noqa: E402

NSPAWN = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network",
          f"--hostname={clean_root.HOST}"]
NAMESPACES = ("mount", "uts", "ipc", "net", "pid", "cgroup")
SECONDS = 120


def missing():
    """Why no root can be booted here, or None."""
    if not shutil.which("systemd-nspawn"):
        return "systemd-nspawn is not installed"
    return clean_root.missing()


def built():
    """The package that ./bootstrap deb has left."""
    found = list((lab.ROOT / "build/deb").glob("calmend_*.deb"))
    lab.need(found, "no package in build/deb: ./bootstrap deb makes it")
    assert len(found) == 1, found
    return found[0]


def prepare(case, package, *installed):
    """The path of a clean root with these packages and systemd. `package` lies in /root, to be
    installed without a network."""
    root = clean_root.CleanRoot(lab.scratch_folder(case), lab.ROOT / "build/debian-root")
    try:
        name = f"/root/{package.name}"
        shutil.copy(package, root.path / "root")
        root.fetch("systemd-sysv", *installed, name)
        root.install("systemd-sysv", *installed)
    finally:
        root.stop()
    return root.path


def why_not(path):
    """What systemd-nspawn says against running anything in that root, or None."""
    done = subprocess.run([*NSPAWN, f"--directory={path}", "true"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          timeout=SECONDS)
    return None if done.returncode == 0 else f"systemd-nspawn: {done.stdout.strip()}"


class BootedRoot:
    """The root at `path`, from here until `stop`. What it prints is in the file `console`."""

    def __init__(self, path):
        self.path = path
        self.console = path.parent / "console"
        with open(self.console, "wb") as log:
            self.process = subprocess.Popen([*NSPAWN, f"--directory={path}", "--boot"], stdout=log,
                                            stdin=subprocess.DEVNULL, stderr=log)
        lab.wait_until(self._is_up, "systemd to be up", SECONDS)

    def _is_up(self):
        assert self.process.poll() is None, self.console.read_text(errors="replace")
        try:
            self.init = clean_root.child_of(self.process.pid)
            return self.run("systemctl", "is-system-running")[1] in ("running\n", "degraded\n")
        except (IndexError, ProcessLookupError):
            return False

    def stop(self):
        """Shuts it down, as a host does."""
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run(self, *words):
        """Runs a program of the root to its end: (exit code, what it printed)."""
        enter = ["nsenter", f"--target={self.init}", "--root", "--wd",
                 *(f"--{name}" for name in NAMESPACES)]
        done = subprocess.run([*enter, *words], env=clean_root.ENVIRONMENT, text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS)
        return done.returncode, done.stdout

    def do(self, *words):
        """Runs one that must succeed; what it printed."""
        code, text = self.run(*words)
        assert code == 0, f"{shlex.join(map(str, words))} ended with {code}:\n{text}"
        return text

    def show(self, unit, name):
        """A property of a unit."""
        return self.do("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def journal(self, *words):
        """What the journal has, with more words for journalctl."""
        self.do("journalctl", "--sync")
        return self.do("journalctl", "--no-pager", *words)
