# SPDX-License-Identifier: BSD-2-Clause
"""containers: images and containers of a test, without a registry and beside any that the machine has.

The base image is a fresh Debian 13 by debootstrap. buildah builds with the isolation of a chroot, podman
and crun run with the network of the machine or with none, and without control groups, so that a
machine that is itself a container will do. crun refuses a machine that has both versions of control
groups; each call is made in a mount namespace where the second one is not mounted.
"""
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys

for room in ("mta", "package"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / room))

import clean_root  # noqa: E402
import lab  # noqa: E402
import milter_wire  # noqa: E402

ARCHIVES = lab.ROOT / "build/debian-root"
RELEASE = "trixie"
BASE = "localhost/calmend-base:13"
IMAGE = "localhost/calmend:test"
OCI = lab.ROOT / "packaging/oci"
SECONDS = 1500
WITHOUT_SECOND_VERSION = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"'
RESTRICTED = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges",
              "--tmpfs=/var/tmp:size=64m,mode=1777")


def missing():
    """Why there can be no containers here, or None."""
    if os.geteuid() != 0:
        return "only root can make the base image"
    for program in ("podman", "buildah", "crun"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if not clean_root.SCRIPTS.exists():
        return "debootstrap is not installed"
    return None


def limit(name):
    """A limit that a container can have here: no higher than this process has."""
    hard = resource.getrlimit(name)[1]
    return 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)


class Store:
    """Images and containers in `folder`, until `case` is over."""

    def __init__(self, case, folder):
        self.folder = folder
        self.driver = "overlay" if self._works("overlay") else "vfs"
        case.addCleanup(self.run, "podman", "rm", "--all", "--force", "--time=1", check=False)

    def _words(self, program, *words, driver=None):
        return ["unshare", "--mount", "sh", "-c", WITHOUT_SECOND_VERSION, "sh", program,
                f"--root={self.folder}/root", f"--runroot={self.folder}/run",
                f"--storage-driver={driver or self.driver}",
                *(["--cgroup-manager=cgroupfs", "--events-backend=file"]
                  if program == "podman" else []),
                "--log-level=fatal", *map(str, words)]

    def _works(self, driver):
        done = subprocess.run(self._words("podman", "info", driver=driver), check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode:
            shutil.rmtree(self.folder / "root", ignore_errors=True)
        return done.returncode == 0

    def run(self, program, *words, check=True, **options):
        """Runs podman or buildah to its end: (exit code, what it printed)."""
        done = subprocess.run(self._words(program, *words), check=False, text=True, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **options)
        assert not check or done.returncode == 0, (words, done.returncode, done.stdout[-3000:])
        return done.returncode, done.stdout

    def make_base(self):
        """The base image, from the mirror of this machine."""
        mirror, release, lines = clean_root.sources_of(RELEASE)
        archive = ARCHIVES / f"{release}-{os.uname().machine}.tar"
        if not archive.exists():
            clean_root.make_archive(archive, self.folder / "new-root", release, mirror)
        self.run("podman", "import", archive, "localhost/archive")
        (self.folder / "sources.list").write_text(lines)
        (self.folder / "still").write_text('Acquire::Check-Valid-Until "no";\n')
        (self.folder / "Containerfile").write_text(
            "FROM localhost/archive\nCOPY sources.list /etc/apt/sources.list\n"
            "COPY still /etc/apt/apt.conf.d/still\n")
        self.build(BASE, self.folder / "Containerfile", self.folder)

    def unable(self):
        """Why this machine runs no container, or None: what the smallest one says."""
        done = subprocess.run(self.run_words("--rm", "--network=host", BASE, "true"), check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return f"no container can be run here: {done.stdout[-300:]}" if done.returncode else None

    def build(self, name, file, context, *options):
        """Builds an image, with the proxies of this machine."""
        proxies = [f"--build-arg={key}={value}" for key, value in clean_root.proxies().items()]
        self.run("buildah", "build-using-dockerfile", "--isolation=chroot", "--network=host",
                 "--format=docker", "--pull-never",
                 f"--ulimit=nofile={limit(resource.RLIMIT_NOFILE)}", *proxies, *options,
                 "-t", name, "-f", file, context)

    def run_words(self, *words):
        """The command line of `podman run` for this machine."""
        return self._words("podman", "run", "--cgroups=disabled", "--log-driver=none",
                           f"--ulimit=nofile={limit(resource.RLIMIT_NOFILE)}",
                           f"--ulimit=nproc={limit(resource.RLIMIT_NPROC)}", *words)


class Container:
    """A milter in a container, by the image; its folder `folder`/etc is mounted as /etc/calmend, with
    the settings `settings`. What it prints is in `log`."""

    def __init__(self, store, folder, settings, options, arguments=(), socket=None):
        self.store, self.name = store, f"calmend-{folder.name}"
        self.socket = socket
        self.log = folder / "log"
        self.etc = folder / "etc"
        self.etc.mkdir(parents=True)
        folder.chmod(0o755)
        self.etc.chmod(0o755)
        shutil.copy(settings, self.etc / "calmend.conf")
        self.words = [f"--volume={self.etc}:/etc/calmend:ro", *options, IMAGE, *arguments]
        self.process = None

    def start(self):
        """Starts it anew, and waits until it listens."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.store.run_words("--rm", "--replace", f"--name={self.name}", *self.words),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        lab.wait_until(self._listens, f"{self.name} to listen", 3 * lab.PATIENCE)
        return self

    def _listens(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            milter_wire.Connection(self.socket).close()
            return True
        except OSError:
            return False

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, signum=signal.SIGTERM):
        """Ends it as its runtime does; its exit code."""
        if signum == signal.SIGKILL:
            self.store.run("podman", "kill", self.name)
        else:
            self.store.run("podman", "stop", "--time=40", self.name)
        return self.process.wait(timeout=3 * lab.PATIENCE)

    def finish(self):
        if self.alive():
            self.stop()

    def switch_on(self):
        """Both switches."""
        for name in ("FixRecipientTrackStatusTime", "FixCalendarMail"):
            (self.etc / name).touch(0o644)
