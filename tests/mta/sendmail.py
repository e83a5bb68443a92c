# SPDX-License-Identifier: BSD-2-Clause
"""sendmail: a private Sendmail on loopback, beside any MTA that is installed.

Debian's Sendmail cannot be installed beside Postfix, so it is only unpacked: CALMEND_SENDMAIL names
the folder (default: sendmail/ in the build folder, where bootstrap puts it). Its .cf is made by m4,
with the packaged lines for the milter, word for word where the socket is a unix one.

It runs in namespaces of its own. There the host has a full name, without which Sendmail waits a
minute at its start; /dev/log is a socket of the test, since it logs to nothing else; and
/run/calmend is a folder of the test, so that the packaged path holds.
"""
import os
import pathlib
import re
import shutil
import subprocess

import lab
import sender
from log_socket import LogSocket

HOST = "mx.lab.example"
SNIPPET = lab.ROOT / "packaging" / "sendmail" / "calmend.mc"
SOCKET = re.compile(r"(?<=S=)unix:([^\s,']+)")
UNPACKED = pathlib.Path(os.environ.get("CALMEND_SENDMAIL", lab.BUILD / "sendmail"))
PROGRAM = UNPACKED / "usr/libexec/sendmail/sendmail"
MACROS = UNPACKED / "usr/share/sendmail/cf"

# $1: the log's socket, $2: what becomes /run/calmend, $3: the host's name; then the command.
NAMESPACE = """mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 &&
mknod -m 666 /dev/urandom c 1 9 && ln -s "$1" /dev/log && mount -t tmpfs -o mode=755 none /run &&
mkdir /run/calmend && mount --bind "$2" /run/calmend && hostname "$3" &&
shift 3 && exec "$@" """

# No limit by the load of the machine, which other tests cause; no name is looked up in the DNS.
SETTINGS = """
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `{host}')dnl
define(`confSERVICE_SWITCH_FILE', `{folder}/service.switch')dnl
define(`confPID_FILE', `{folder}/sendmail.pid')dnl
define(`STATUS_FILE', `{folder}/statistics')dnl
define(`QUEUE_DIR', `{folder}/queue')dnl
define(`ALIAS_FILE', `')dnl
define(`confMAX_MESSAGE_SIZE', `67108864')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {relay}')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port={port}')dnl
DAEMON_OPTIONS(`Name=submission, Addr=127.0.0.1, Port={second_port}')dnl
{milter}
MAILER(`smtp')dnl
"""

TROUBLE = re.compile(r"SYSERR|Milter.*(error|refused|timeout|unsafe)")


def milter_lines(socket, before=(), after=()):
    """The packaged lines that put a milter in, with `socket` (None: as it is) as their socket, and
    with other milters around it, which are called in the order of their lines."""
    text = SNIPPET.read_text()
    if socket is not None:
        text = SOCKET.sub(socket, text)
    lines = [[f"INPUT_MAIL_FILTER(`{role}{number}', `S={other}, F=T')dnl\n"
              for number, other in enumerate(others)]
             for role, others in (("before", before), ("after", after))]
    return "".join((*lines[0], text, *lines[1]))


class Sendmail:
    """A Sendmail in `folder` that relays to `relay_port`. `milter` is the kind of socket over which
    it speaks to one, unix or inet, or None; `milter_socket` is then where calmend must listen.
    `second_port` is that of a daemon that calls itself submission.
    `before` and `after` are the sockets of other milters, called in that order."""

    NAME = "Sendmail"
    GROUP = "root"  # it opens the milter's socket as root
    EXTENSIONS = {"BODY=8BITMIME"}  # Debian builds it without SMTPUTF8

    def __init__(self, folder, relay_port, milter=None, host=HOST, before=(), after=()):
        self.folder = folder
        self.host = host
        self.submit_port = lab.free_port()
        self.second_port = lab.free_port()
        self.config = folder / "sendmail.cf"
        self.process = None
        for name in ("queue", "run"):
            (folder / name).mkdir(mode=0o700, parents=True)
        self.log = LogSocket(folder / "log.sock")
        (folder / "service.switch").write_text("hosts files\n")
        make_socket = {"unix": self._unix_socket, "inet": self._inet_socket, None: lambda: None}
        self.milter_socket = make_socket[milter]()
        self.milters_around = (before, after)
        self._write_config(relay_port, milter)

    @staticmethod
    def missing():
        """Why this MTA cannot run here, or None."""
        if not PROGRAM.exists():
            return f"no Sendmail is unpacked in {UNPACKED}"
        if not shutil.which("m4"):
            return "m4, which makes the configuration of Sendmail, is not installed"
        if os.geteuid() != 0:
            return "a private Sendmail needs root"
        tried = subprocess.run(["unshare", "--mount", "--uts", "mount", "-t", "tmpfs", "none",
                                "/dev"], stderr=subprocess.DEVNULL, check=False)
        return "Sendmail needs namespaces of its own" if tried.returncode != 0 else None

    def _unix_socket(self):
        """The packaged path, as it is named outside of Sendmail's namespace."""
        path = pathlib.PurePath(SOCKET.search(SNIPPET.read_text())[1])
        assert path.parent == pathlib.PurePath("/run/calmend"), f"{SNIPPET} names {path}"
        return f"unix:{self.folder}/run/{path.name}"

    def _inet_socket(self):
        return f"inet:{lab.free_port()}@127.0.0.1"

    def _milter_lines(self, milter):
        if milter is None:
            return ""
        return milter_lines(None if milter == "unix" else self.milter_socket, *self.milters_around)

    def _write_config(self, relay_port, milter):
        source = self.folder / "sendmail.mc"
        source.write_text(SETTINGS.format(folder=self.folder, host=self.host, relay=relay_port,
                                          port=self.submit_port, second_port=self.second_port,
                                          milter=self._milter_lines(milter)))
        made = subprocess.run(["m4", f"-D_CF_DIR_={MACROS}/", MACROS / "m4/cf.m4", source],
                              check=True, capture_output=True, timeout=lab.PATIENCE)
        self.config.write_bytes(made.stdout)

    def _command(self, *arguments):
        """A command line that runs Sendmail in its namespaces."""
        return ["unshare", "--mount", "--uts", "sh", "-c", NAMESPACE, "sh", self.log.path,
                self.folder / "run", self.host, PROGRAM, f"-C{self.config}", *arguments]

    def start(self):
        """Starts it and waits for its greeting."""
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(self._command("-bD"), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)
        lab.wait_until(self._greets, "Sendmail to greet")
        return self

    def _greets(self):
        assert self.process.poll() is None, (f"Sendmail ended with {self.process.returncode}\n"
                                             f"{(self.folder / 'output').read_text()}"
                                             f"{self.log_text()}")
        return sender.greets(self.submit_port)

    def stop(self):
        """Ends the daemon; a delivery in hand is left to its end."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(lab.PATIENCE)
            self.process = None
        self.log.close()

    def queue_id(self, reply):
        """The queue id in the reply to a message that was taken."""
        found = re.search(r"(\w+) Message accepted", reply)
        assert found, f"no queue id in {reply!r}"
        return found[1]

    def _queue(self):
        """The control files of its queue, each as its lines."""
        found = []
        for path in (self.folder / "queue").glob("[qt]f*"):
            try:
                found.append(path.read_text(errors="replace").splitlines())
            except FileNotFoundError:
                continue
        return found

    def deferred(self):
        """How many messages wait for another try: those with a reason for it (line M)."""
        return sum(any(line.startswith("M") for line in lines) for lines in self._queue())

    def waiting(self):
        """How many messages are in its queue at all."""
        return len(self._queue())

    def retry(self):
        """Tries what waits at once."""
        subprocess.run(self._command("-q"), check=True, timeout=60, stdin=subprocess.DEVNULL)

    def log_text(self):
        """Its log so far."""
        return self.log.text()

    def complaints(self):
        """What it has logged about trouble, its own or the milter's."""
        return [line for line in self.log_text().splitlines() if TROUBLE.search(line)]
