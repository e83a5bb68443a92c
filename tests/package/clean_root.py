# SPDX-License-Identifier: BSD-2-Clause
"""clean_root: a fresh Debian beside the one that runs, with a life of its own.

Made by debootstrap from the mirrors of this machine's own apt, of its own release or another, and
kept as an archive for the next run. Its processes are in namespaces of their own (mounts, host name, processes
and network), so that it may start what it likes: all of it ends with the root. Run as a program,
this file is the first process of such a root.
"""
import fcntl
import os
import pathlib
import platform
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402

HOST = "mx.example.com"
SECONDS = 200
SCRIPTS = pathlib.Path("/usr/share/debootstrap/scripts")
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
TARGETS = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
           "Created-By: Packages"]
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C",
               "DEBIAN_FRONTEND": "noninteractive"}


def missing():
    """Why there can be no clean root here, or None."""
    if os.geteuid() != 0:
        return "a clean root needs root"
    for program in ("debootstrap", "apt-get", "unshare", "nsenter"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


def output(*command):
    """What a program of this machine prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def proxies():
    """The proxies of this machine, as apt and the environment know them."""
    found = {}
    for scheme in ("http", "https"):
        name = f"{scheme}_proxy"
        value = os.environ.get(name) or output("apt-config", "dump", "--format", "%v%n",
                                               f"Acquire::{scheme}::Proxy").strip()
        if value:
            found[name] = value
    return found


def sources():
    """(mirror, release, lines for sources.list): this machine's own, of its release alone, since a
    fresh Debian has no keys but Debian's."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    targets = [line.split() for line in output(*TARGETS).splitlines()]
    mine = [target for target in targets if target[1].split("-")[0] == release]
    mirrors = [target[0] for target in mine if target[1] == release]
    lab.need(mirrors, f"apt knows no mirror of {release}")
    return mirrors[0], release, "".join(f"deb {' '.join(target)}\n" for target in mine)


def sources_of(release):
    """What `sources` says, of a release, or of this machine's own for None: of another
    one the main archive alone."""
    mirror, mine, lines = sources()
    if release in (None, mine):
        return mirror, mine, lines
    return mirror, release, f"deb {mirror} {release} main\n"


def make_archive(archive, folder, release, mirror):
    """Makes the archive of a new root, by way of `folder`. Of a release that is newer than this
    debootstrap the script is that of sid, as of all of them."""
    script = [] if (SCRIPTS / release).exists() else [SCRIPTS / "sid"]
    done = subprocess.run(["debootstrap", "--variant=minbase", release, folder, mirror, *script],
                          env={**os.environ, **proxies()}, text=True, timeout=SECONDS, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lab.need(done.returncode == 0, f"debootstrap: {' '.join(done.stdout.splitlines()[-2:])}")
    archive.parent.mkdir(exist_ok=True)
    half = archive.with_suffix(".new")
    subprocess.run(["tar", "-C", folder, "--one-file-system", "-cf", half, "."], check=True)
    half.rename(archive)
    shutil.rmtree(folder)


def child_of(pid):
    """The one child of a process."""
    return int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


class CleanRoot:
    """A fresh root below `folder`, of this machine's release unless another is named. `path` is where
    it lies. The archives are kept in `archives`."""

    def __init__(self, folder, archives, release=None):
        self.path = folder / "root"
        mirror, release, self.sources = sources_of(release)
        archive = archives / f"{release}-{platform.machine()}.tar"
        if not archive.exists():
            make_archive(archive, self.path, release, mirror)
        self.path.mkdir()
        subprocess.run(["tar", "-C", self.path, "-xpf", archive], check=True)
        self._write_settings()
        self._start()

    def _write_settings(self):
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")
        (self.path / "etc/hosts").write_text(f"127.0.0.1 {HOST} localhost\n")
        (self.path / "etc/hostname").write_text(f"{HOST}\n")
        (self.path / "etc/apt/sources.list").write_text(self.sources)
        (self.path / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")
        # A mirror may stand still, for builds that can be repeated.
        (self.path / "etc/apt/apt.conf.d/still").write_text('Acquire::Check-Valid-Until "no";\n')

    def _start(self):
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--uts", "--pid", "--net", "--fork", "--kill-child",
             "/usr/bin/python3", __file__, self.path], stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == "ready\n", "the clean root has no first process"
        self.init = child_of(self.holder.pid)

    def stop(self):
        """Ends every process of the root: the kernel ends them with their first one."""
        os.kill(self.init, signal.SIGTERM)
        self.holder.wait()
        self.holder.stdout.close()

    def enter(self, *namespaces):
        """The begin of a command line that runs the rest in these namespaces."""
        return ["nsenter", f"--target={self.init}", *(f"--{name}" for name in namespaces)]

    def command(self, *words, network="net"):
        """The command line that runs a program of the root. It sees no network but the root's own
        loopback, unless `network` is None: then that of this machine."""
        namespaces = ["mount", "uts", "pid"] + ([network] if network else [])
        return [*self.enter(*namespaces), "chroot", self.path, *words]

    def run(self, *words, network="net", stdin="", seconds=SECONDS):
        """Runs a program of the root to its end: (exit code, what it printed)."""
        done = subprocess.run(self.command(*words, network=network), input=stdin, text=True,
                              env={**ENVIRONMENT, **proxies()}, check=False, timeout=seconds,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def do(self, *words, **options):
        """Runs one that must succeed; what it printed."""
        code, text = self.run(*words, **options)
        assert code == 0, f"{shlex.join(map(str, words))} ended with {code}:\n{text}"
        return text

    def fetch(self, *packages):
        """Downloads packages and what they need, for an install without a network."""
        code, text = self.run("apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update",
                              network=None)
        lab.need(code == 0, f"apt-get update: {text[-300:]}")
        self.do("apt-get", "-qy", "--no-install-recommends", "--download-only", "install",
                *packages, network=None)

    def install(self, *packages):
        """Installs what was fetched, as an administrator would; what apt printed."""
        return self.do("apt-get", "-qy", "--no-install-recommends", "install", *packages)

    def spawn(self, *words, log):
        """Starts a program of the root; a Popen of nsenter, whose child it is."""
        return subprocess.Popen(self.command(*words), env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                                stdout=log, stderr=log)


def hold(path):
    """The first process of a root: host name, mounts, loopback; then it lets orphans go
    until it is told to end. The root is a mount, so that mount namespaces can be made in it."""
    socket.sethostname(HOST)
    subprocess.run(["mount", "--bind", path, path], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", f"{path}/proc"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", f"{path}/run"], check=True)
    subprocess.run(["mount", "-t", "devpts", "-o", "newinstance,ptmxmode=0666", "devpts",
                    f"{path}/dev/pts"], check=True)
    # Of this machine's /sys no more than systemd asks for: its AppArmor is none of the root's.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", f"{path}/sys"], check=True)
    os.makedirs(f"{path}/sys/fs/cgroup")
    subprocess.run(["mount", "--rbind", "/sys/fs/cgroup", f"{path}/sys/fs/cgroup"], check=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    print("ready", flush=True)
    signal.sigwait([signal.SIGTERM])


if __name__ == "__main__":
    hold(sys.argv[1])
