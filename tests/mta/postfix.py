# SPDX-License-Identifier: BSD-2-Clause
"""postfix: a private Postfix on loopback, beside any that is installed.

Configuration, queue, data and log are in a folder of its own; one smtpd listens on a free port of
127.0.0.1 and everything is relayed to another port. It is started by postfix(1) and ended by the
pid of its master. The milter stands in it by the packaged lines, word for word where the socket is
a unix one: then smtpd runs in its chroot, as Debian's does.

An MTA class has: NAME, GROUP, EXTENSIONS, missing(), milter_socket, start(), stop(), submit_port,
second_port, host, queue_id(), deferred(), waiting(), retry(), log_text(), complaints(); the cases
know no more of an MTA.
"""
import json
import os
import re
import shutil
import signal
import subprocess

import lab
import sender

HOST = "mx.lab.example"
SNIPPET = lab.ROOT / "packaging" / "postfix" / "main.cf"
SOCKET = re.compile(r"(?<=\{ )unix:([^\s,]+)")
MILTERS = re.compile(r"(?<=smtpd_milters = )\{.*\}")

SERVICES = """
127.0.0.1:{port} inet n - {chroot} - - smtpd
127.0.0.1:{second_port} inet n - {chroot} - - smtpd
 -o milter_macro_daemon_name=submission
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""

# No session is kept for the next message: one that was refused for want of a milter stays refused.
# What a client says of another one by XCLIENT is believed, and such clients may relay. Without IPv6
# on the machine, Postfix knows no such client either, and "all" would make it complain.
SETTINGS = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
syslog_name = {name}
myhostname = {host}
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = loopback-only
inet_protocols = {protocols}
mynetworks = 127.0.0.0/8 192.0.2.0/24 198.51.100.0/24 [2001:db8::]/31
smtpd_authorized_xclient_hosts = 127.0.0.0/8
relayhost = [127.0.0.1]:{relay}
smtp_host_lookup = native
smtp_dns_support_level = disabled
smtp_connection_cache_on_demand = no
smtputf8_enable = yes
message_size_limit = 67108864
minimal_backoff_time = 300s
"""


def milter_lines(socket, before=(), after=()):
    """The packaged lines that put a milter in, with `socket` (None: as it is) as their socket, and
    with other milters around it."""
    text = SNIPPET.read_text()
    if socket is not None:
        text = SOCKET.sub(socket, text)
    return MILTERS.sub(lambda found: ", ".join((*before, found[0], *after)), text)


def _own_form(socket):
    """Postfix has a way of its own to write an inet socket."""
    return re.sub(r"^inet:(\d+)@(.*)$", r"inet:\2:\1", socket)


class Postfix:
    """A Postfix in `folder` that relays to `relay_port`. `milter` is the kind of socket over which
    it speaks to one, unix or inet, or None; `milter_socket` is then where calmend must listen.
    `second_port` is that of a daemon that calls itself submission.
    `before` and `after` are the sockets of other milters, called in that order."""

    NAME = "Postfix"
    GROUP = "postfix"  # whose members may open the milter's socket
    EXTENSIONS = {"BODY=8BITMIME", "SMTPUTF8"}  # of the options of cases

    def __init__(self, folder, relay_port, milter=None, host=HOST, before=(), after=()):
        self.folder = folder
        self.host = host
        self.submit_port = lab.free_port()
        self.second_port = lab.free_port()
        self.config = folder / "etc"
        self.log = folder / "mail.log"
        for name in ("etc", "queue", "data"):
            (folder / name).mkdir(parents=True)
        shutil.chown(folder / "data", "postfix")
        make_socket = {"unix": self._unix_socket, "inet": self._inet_socket, None: lambda: None}
        self.milter_socket = make_socket[milter]()
        self.milters_around = (before, after)
        self._write_config(relay_port, milter)

    @staticmethod
    def missing():
        """Why this MTA cannot run here, or None."""
        if not shutil.which("postfix"):
            return "Postfix is not installed"
        if os.geteuid() != 0:
            return "a private Postfix needs root"
        return None

    def _unix_socket(self):
        """The packaged path is named from the queue directory."""
        name = SOCKET.search(SNIPPET.read_text())[1]
        assert not name.startswith("/"), f"{SNIPPET} names a socket outside of the queue directory"
        path = self.folder / "queue" / name
        path.parent.mkdir(parents=True)
        return f"unix:{path}"

    def _inet_socket(self):
        return f"inet:{lab.free_port()}@127.0.0.1"

    def _milter_lines(self, milter):
        if milter is None:
            return ""
        around = [[_own_form(socket) for socket in sockets] for sockets in self.milters_around]
        return milter_lines(None if milter == "unix" else _own_form(self.milter_socket), *around)

    def _write_config(self, relay_port, milter):
        settings = SETTINGS.format(folder=self.folder, name=self.folder.name, host=self.host,
                                   relay=relay_port,
                                   protocols="all" if lab.has_ipv6() else "ipv4")
        settings += self._milter_lines(milter)
        chroot = "y" if milter == "unix" else "n"
        (self.config / "main.cf").write_text(settings)
        (self.config / "master.cf").write_text(SERVICES.format(
            port=self.submit_port, second_port=self.second_port, chroot=chroot))

    def _run(self, program, *arguments):
        return subprocess.run([program, "-c", str(self.config), *arguments], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)

    def start(self):
        """Starts it and waits for its greeting."""
        done = self._run("postfix", "start")
        assert done.returncode == 0, f"postfix start: {done.stdout}\n{self.log_text()}"
        lab.wait_until(lambda: sender.greets(self.submit_port), "Postfix to greet")
        return self

    def submit(self, mail, from_address, recipient):
        """Hands it a mail on its own host, by sendmail(1)."""
        subprocess.run(["sendmail", "-C", self.config, "-i", "-f", from_address, recipient],
                       input=mail, check=True, timeout=60)

    def stop(self):
        """Ends the master and with it its children."""
        try:
            pid = int((self.folder / "queue/pid/master.pid").read_text())
            os.kill(pid, signal.SIGTERM)
        except (FileNotFoundError, ProcessLookupError):
            return
        lab.wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "Postfix to end")

    def queue_id(self, reply):
        """The queue id in the reply to a message that was taken."""
        found = re.search(r"queued as (\w+)", reply)
        assert found, f"no queue id in {reply!r}"
        return found[1]

    def _queue(self):
        lines = self._run("postqueue", "-j").stdout.splitlines()
        return [json.loads(line) for line in lines]

    def deferred(self):
        """How many messages wait for another try."""
        return sum(entry["queue_name"] == "deferred" for entry in self._queue())

    def waiting(self):
        """How many messages are in its queue at all."""
        return len(self._queue())

    def retry(self):
        """Tries what waits at once."""
        self._run("postqueue", "-f")

    def log_text(self):
        """Its log so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def complaints(self):
        """What it has logged about trouble, its own or the milter's; not of the machine's clock,
        beside which that of its file system may be a second ahead."""
        return [line for line in self.log_text().splitlines()
                if ("warning:" in line or "milter-" in line)
                and not re.search("file system clock|file time stamps", line)]
