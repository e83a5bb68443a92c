# SPDX-License-Identifier: BSD-2-Clause
"""dovecot: a private Dovecot on loopback that serves one Maildir over IMAP.

Configuration, sockets and logs are in a folder of its own; it is no service, and is ended by its
pid. Everybody may log in with the password. The Maildir belongs to a user of its own number.
"""
import imaplib
import os
import re
import shutil
import subprocess

import lab

PASSWORD = "secret"
USER = 23456

COMMON = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
mailbox_idle_check_interval = 1s
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  client_limit = 100
}}
"""

# Settings of the one major version that the other names otherwise.
SINCE_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {mail}
mail_uid = {user}
mail_gid = {user}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    home = {folder}/home
  }}
}}
"""
BEFORE_2_4 = """
disable_plaintext_auth = no
mail_location = maildir:{mail}
mail_uid = {user}
mail_gid = {user}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = home={folder}/home
}}
"""


def missing():
    """Why it cannot run here, or None."""
    if not shutil.which("dovecot"):
        return "Dovecot is not installed"
    if os.geteuid() != 0:
        return "a private Dovecot needs root"
    return None


def _version():
    text = subprocess.run(["dovecot", "--version"], check=True, stdout=subprocess.PIPE, text=True)
    return tuple(map(int, re.findall(r"\d+", text.stdout)[:2]))


class Dovecot:
    """A server for the Maildir `mail`, which it makes its user's. Ends with the test `case`."""

    def __init__(self, case, mail):
        reason = missing()
        lab.need(reason is None, reason)
        self.folder = lab.scratch_folder(case)
        self.port = lab.free_port()
        self.log = self.folder / "log"
        self._take(mail)
        (self.folder / "home").mkdir()
        os.chown(self.folder / "home", USER, USER)
        (self.folder / "state").mkdir()
        config = self.folder / "dovecot.conf"
        own = SINCE_2_4 if _version() >= (2, 4) else BEFORE_2_4
        # The version stands first, where there is one.
        config.write_text((own + COMMON).format(folder=self.folder, mail=mail, user=USER,
                                                port=self.port, password=PASSWORD))
        self.process = subprocess.Popen(["dovecot", "-F", "-c", config],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        case.addCleanup(self._stop)
        lab.wait_until(self._greets, f"Dovecot to greet\n{self.log_text()}")

    @staticmethod
    def _take(mail):
        for path in (mail, *mail.rglob("*")):
            os.chown(path, USER, USER)

    def _greets(self):
        assert self.process.poll() is None, self.process.stderr.read()
        try:
            imaplib.IMAP4("127.0.0.1", self.port, 5).shutdown()
            return True
        except (OSError, imaplib.IMAP4.error):
            return False

    def _stop(self):
        self.process.terminate()
        self.process.wait(lab.PATIENCE)
        self.process.stderr.close()

    def login(self, case):
        """A client that has logged in; it leaves with the test."""
        client = imaplib.IMAP4("127.0.0.1", self.port, int(lab.PATIENCE))
        client.login("olga", PASSWORD)
        case.addCleanup(client.shutdown)
        return client

    def log_text(self):
        """Its log so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def complaints(self):
        """What it has logged about trouble."""
        return [line for line in self.log_text().splitlines()
                if re.search(r"\b(Error|Warning|Panic|Fatal):", line)]


def fetch_all(client, what="(UID FLAGS INTERNALDATE BODY.PEEK[])"):
    """The mails of the selected mailbox: dicts of uid, flags (a set), date and octets."""
    _, found = client.uid("FETCH", "1:*", what)
    mails = []
    for item in found or ():
        if not isinstance(item, tuple):
            continue
        head = item[0].decode()
        flags = set(re.search(r"FLAGS \(([^)]*)\)", head)[1].split()) - {"\\Recent"}
        mails.append({"uid": int(re.search(r"UID (\d+)", head)[1]), "flags": flags,
                      "date": re.search(r'INTERNALDATE "([^"]*)"', head)[1],
                      "octets": item[1].replace(b"\r\n", b"\n")})
    return mails
