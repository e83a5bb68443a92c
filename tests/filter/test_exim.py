#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend in Exim, by the packaged lines of a transport.

Debian's Exim cannot be installed beside its Postfix, so it is only unpacked: CALMEND_EXIM names the
folder (default: exim/ in the build folder, where bootstrap puts it). It runs in a mount namespace of
its own, in which there is the user that it was built for. No daemon: a message is queued by one call
and delivered by another.
"""
import os
import pathlib
import subprocess
import unittest

import filter_site
from filter_cases import SENDER, Cases

import lab
import mails

UNPACKED = pathlib.Path(os.environ.get("CALMEND_EXIM", lab.BUILD / "exim"))
PROGRAM = UNPACKED / "usr/sbin/exim4"
USER = "Debian-exim"
USER_ID = 64999
RECIPIENT = "olga@example.org"

# $1 and $2 are put in the place of passwd and group; then the command.
NAMESPACE = """mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 &&
exec "$@" """

SETTINGS = """
primary_hostname = mx.lab.example
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
exim_path = {program}
keep_environment =
never_users =
host_lookup =
message_size_limit = 64M
queue_only = true

begin routers
all:
  driver = accept
  transport = local

begin transports
local:
  driver = appendfile
  maildir_format
  directory = {maildir}
  create_directory
  user = {nobody}
  group = {nobody}
.include {snippet}

begin retry
* * F,1h,1m
"""


class Exim:
    """Delivers into a Maildir."""

    envelope = ["--", RECIPIENT]
    kept_when_killed = True

    def __init__(self, site):
        self.folder = site.folder / "exim"
        self.maildir = site.folder / "home"
        filter_site.make_folder(self.maildir)
        for name in ("", "spool", "log"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, USER_ID, USER_ID)
        self._add_user()
        self.config = self.folder / "exim.conf"
        self.config.write_text(SETTINGS.format(
            folder=self.folder, program=PROGRAM, maildir=self.maildir, nobody=filter_site.NOBODY,
            snippet=site.put_snippet("exim/transport.conf")))

    def _add_user(self):
        self.accounts = []
        for name, line in (("passwd", f"{USER}:x:{USER_ID}:{USER_ID}::{self.folder}:/bin/false"),
                           ("group", f"{USER}:x:{USER_ID}:")):
            path = self.folder / name
            path.write_text(pathlib.Path("/etc", name).read_text() + line + "\n")
            self.accounts.append(str(path))

    def run(self, *arguments, stdin=b""):
        return subprocess.run(["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", *self.accounts,
                               PROGRAM, "-C", self.config, *arguments], input=stdin, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=4 * lab.PATIENCE).stdout

    def send(self, mail, *recipients):
        self.run("-odq", "-oi", "-f", SENDER, *(recipients or [RECIPIENT]),
                 stdin=mail.replace(b"\r\n", b"\n"))
        self.retry()

    def retry(self):
        self.run("-qff")

    def waiting(self):
        return int(self.run("-bpc"))

    def take(self):
        paths = [path for path in sorted((self.maildir / "new").glob("*"))]
        octets = [path.read_bytes() for path in paths]
        for path in paths:
            path.unlink()
        return octets


class Delivery(Cases, unittest.TestCase):
    @classmethod
    def start(cls):
        lab.need(PROGRAM.exists(), f"no Exim is unpacked in {UNPACKED}")
        done = subprocess.run(["unshare", "--mount", "true"], check=False,
                              stderr=subprocess.DEVNULL)
        lab.need(done.returncode == 0, "Exim needs a namespace of its own")
        return Exim(cls.site)

    def test_queue_id_is_told(self):
        self.send(mails.reply_mail())
        self.arrived()
        log = (self.mailer.folder / "log/mainlog").read_text()
        queue_id, = [word.partition("=")[2] for word in self.site.arguments()
                     if word.startswith("--queue-id=")]
        self.assertIn(f" {queue_id} => olga <{RECIPIENT}>", log)


if __name__ == "__main__":
    lab.run_tests()
