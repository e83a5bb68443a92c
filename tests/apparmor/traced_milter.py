# SPDX-License-Identifier: BSD-2-Clause
"""traced_milter: a milter at its documented places, under strace, and what it asked of the kernel.

It runs in a root folder of its own with the system's libraries, as root with the capabilities that
the test gives, until it becomes the user calmend of that folder. Needs root and the right to make a
mount namespace. `accesses` are pairs of path and permission in AppArmor's letters, with the path
that the kernel would have looked up in the profile: links followed, a folder with its slash.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

import lab
import milter_wire

USER = 64990
LIBRARIES = ("usr/lib", "usr/lib64", "usr/share")
CALLS = ("execve,open,openat,mmap,unlink,unlinkat,rename,renameat,renameat2,chmod,fchmod,fchmodat,"
         "chown,fchown,fchownat,ftruncate,mkdir,mkdirat,symlink,link,linkat,socket,bind,connect,"
         "readlink,readlinkat,sendto,sendmsg")
CALL = re.compile(r"^(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>0x[0-9a-f]+|\d+)"
                  r"(?:<(?P<file>.*?)>)?(?:\(deleted\))?$")
PATH = re.compile(r'(?:(?:AT_FDCWD|(?P<fd>\d+))<(?P<folder>[^>]*)>, )?"(?P<path>[^"]+)"')
DESCRIPTOR = re.compile(r"(\d+)<(/[^>]*)>")
SUN_PATH = re.compile(r'sun_path="([^"]+)"')

# Mounts what is the system's into the root $1, then runs the rest.
ENTER = f"""
root=$1
shift
for folder in {' '.join(LIBRARIES)} proc; do
    [ ! -d "/$folder" ] || mount --rbind "/$folder" "$root/$folder" || exit 1
done
mount -t tmpfs none "$root/dev" && mknod -m 666 "$root/dev/null" c 1 3 &&
mknod -m 666 "$root/dev/urandom" c 1 9 && ln -s "$LOG" "$root/dev/log" || exit 1
exec "$@"
"""


def can_run():
    """Whether a mount namespace can be made, and something be traced in it."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "strace", "-qo", "/dev/null",
         "mount", "-t", "tmpfs", "none", "/mnt"],
        stderr=subprocess.DEVNULL, check=False).returncode == 0


class TracedMilter:
    """It ends with the test or class `case`. `log` is where /dev/log leads to."""

    def __init__(self, case, settings, capabilities, log="/run/systemd/journal/dev-log",
                 temporary="/tmp"):
        folder = lab.scratch_folder(case)
        self.root = folder / "root"
        self.trace = folder / "trace"
        self.output = folder / "output"
        self.settings = settings
        self.capabilities = capabilities
        self.environment = {"PATH": os.environ["PATH"], "LOG": log, "TMPDIR": temporary,
                            "NOTIFY_SOCKET": "/run/systemd/notify"}
        self.process = None
        self.sockets = []
        self.add = case.addClassCleanup if isinstance(case, type) else case.addCleanup
        self._make_root(log)

    def _make_root(self, log):
        for name in (*LIBRARIES, "usr/sbin", "usr/bin", "etc/calmend", "run/calmend", "proc", "dev",
                     "tmp", "var/tmp", "var/spool/postfix/calmend", "run/systemd/journal",
                     "var/lib/prometheus/node-exporter", "var/lib/calmend/kept"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name in ("lib", "lib64"):
            if os.path.islink(f"/{name}"):
                (self.root / name).symlink_to(os.readlink(f"/{name}"))
        for name in ("tmp", "var/tmp"):
            (self.root / name).chmod(0o1777)
        for name in ("run/calmend", "var/spool/postfix/calmend",
                     "var/lib/prometheus/node-exporter", "var/lib/calmend/kept"):
            os.chown(self.root / name, USER, USER)
        etc = self.root / "etc"
        (etc / "passwd").write_text(f"calmend:x:{USER}:{USER}::/:/bin/false\n")
        (etc / "group").write_text(f"calmend:x:{USER}:\npostfix:x:{USER + 1}:\n")
        shutil.copy("/etc/ld.so.cache", etc)
        shutil.copy(lab.MILTER, self.root / "usr/sbin/calmend-milter")
        shutil.copy(shutil.which("setpriv"), self.root / "usr/bin/setpriv")
        # Hidden from the milter by its own /dev; TraceReader follows it.
        (self.root / "dev/log").symlink_to(log)
        for name in ("FixRecipientTrackStatusTime", "FixCalendarMail"):
            (etc / "calmend" / name).touch()
        (etc / "calmend/calmend.conf").write_text("".join(
            f"[{group}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())
            for group, keys in self.settings.items()))
        names = ["/run/systemd/notify", log]
        if "journal" in log:
            names.append("/run/systemd/journal/socket")
        for name in names:
            self._receive(name)

    def _receive(self, name):
        """A socket that takes what is sent to it, and is not read."""
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.add(receiver.close)
        receiver.bind(f"{self.root}{name}")
        os.chmod(f"{self.root}{name}", 0o666)

    def socket(self):
        """Its socket as seen from here."""
        spec = self.settings["service"]["socket"]
        return spec.replace("unix:", f"unix:{self.root}", 1)

    def begin(self):
        """Starts it."""
        self.process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", ENTER, "sh", self.root,
             "strace", "-ff", "-q", "-y", "-s", "4096", "-e", f"trace={CALLS}", "-o", self.trace,
             "chroot", self.root, "/usr/bin/setpriv",
             "--bounding-set", ",".join(["-all", *(f"+{name}" for name in self.capabilities)]),
             "/usr/sbin/calmend-milter"],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self.output.open("wb"))
        self.add(self._kill)
        return self

    def start(self):
        """Starts it and waits until it listens."""
        self.begin()
        lab.wait_until(self._listens, "the traced milter to listen")
        return self

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(self.output.read_text())
        try:
            milter_wire.Connection(self.socket()).close()
            return True
        except OSError:
            return False

    def send_signal(self, signum):
        """Sends the milter itself a signal."""
        os.kill(int(self._main().suffix[1:]), signum)

    def _main(self):
        """The trace of its first thread, which ends in the number of the process."""
        for path in self.trace.parent.glob("trace.*"):
            if '"/usr/sbin/calmend-milter"' in path.read_text():
                return path
        raise AssertionError("it was not started")

    def end(self):
        """Stops it; its exit code."""
        self.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=lab.PATIENCE)

    def _kill(self):
        if self.process.poll() is None:
            self.send_signal(signal.SIGKILL)
            self.process.wait(timeout=lab.PATIENCE)

    def read_trace(self):
        """What it asked for: pairs of path and permission, and the sockets as `family type`."""
        main = self._main()
        reader = TraceReader(self.root)
        for path in self.trace.parent.glob("trace.*"):
            text = path.read_text()
            if path == main:
                text = text.partition('execve("/usr/sbin/calmend-milter"')[2].partition("\n")[2]
            for line in text.splitlines():
                reader.read(line)
        return reader.accesses, reader.networks


class TraceReader:
    """Reads lines of strace. A call that failed was not judged. A socket that is bound is read and
    written under its path where the kernel looks at sockets, too."""

    def __init__(self, root):
        self.root = str(root)
        self.accesses = set()
        self.networks = set()
        self.opened = {}

    def _inside(self, path, follow=True):
        """A path as its root shows it, with no link in it; with `follow` the last name is none,
        either. Descriptors of the process count as what they are."""
        descriptor = re.fullmatch(r"/proc/self/fd/(\d+)", path)
        if descriptor:
            return self.opened[descriptor[1]]
        whole = pathlib.Path(self.root + path.removeprefix(self.root))
        folder = self._follow(whole.parent)
        return str(self._follow(folder / whole.name) if follow else folder / whole.name
                   ).removeprefix(self.root)

    def _follow(self, path):
        """The file that a path leads to, where links are those of the root."""
        reached = pathlib.Path(self.root)
        for name in path.relative_to(self.root).parts:
            reached = reached / name
            if reached.is_symlink():
                target = os.path.join("/", reached.parent.relative_to(self.root),
                                      os.readlink(reached))
                reached = pathlib.Path(self.root + target)
        return reached

    def _add(self, path, permissions):
        self.accesses.update((path, letter) for letter in permissions)

    def read(self, line):
        """Takes one line in."""
        call = CALL.match(line)
        if call is None:
            return
        name, arguments = call["name"], call["arguments"]
        if name in ("open", "openat"):
            self._read_open(arguments, call["result"], call["file"])
        elif name == "socket":
            family, kind = re.match(r"AF_(\w+), SOCK_(\w+)", arguments).groups()
            self.networks.add(f"{family} {kind}".lower())
        elif name == "mmap":
            file = DESCRIPTOR.search(arguments)
            if file and "PROT_EXEC" in arguments:
                self._add(file[2].removeprefix(self.root), "m")
        elif name in ("bind", "connect", "sendto", "sendmsg"):
            path = SUN_PATH.search(arguments)
            if path:
                self._add(self._inside(path[1]), "rw" if name == "bind" else "w")
        elif name.startswith("readlink"):
            self._read_link(arguments)
        elif name != "execve":
            self._read_change(name, arguments)

    def _read_open(self, arguments, result, file):
        path = file.removeprefix(self.root)
        self.opened[result] = path
        flags = set(re.findall(r"O_\w+", arguments))
        if "O_PATH" in flags:
            return
        permissions = "rw" if "O_RDWR" in flags else "w" if "O_WRONLY" in flags else "r"
        self._add(path + ("/" if "O_DIRECTORY" in flags else ""), permissions)

    def _read_link(self, arguments):
        """The link is read, and is not where it leads to."""
        self._add(self._inside(PATH.search(arguments)["path"], follow=False), "r")

    def _read_change(self, name, arguments):
        paths = []
        follow = name.startswith(("chmod", "chown", "fchmod", "fchown"))
        for match in PATH.finditer(arguments):
            folder = match["folder"] if match["fd"] else "/"
            paths.append(self._inside(os.path.join(folder, match["path"]), follow))
        if not paths:
            paths = [match[1].removeprefix(self.root)
                     for match in re.finditer(r"^\d+<(/[^>]*)>", arguments)]
        for number, path in enumerate(paths):
            self._add(path, "rw" if name.startswith("rename") and number == 0 else "w")
