#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calmend in Dovecot with Pigeonhole, by the packaged files."""
import pathlib
import shutil
import subprocess
import unittest

import filter_site
from filter_cases import SENDER, Cases

import lab

LDA = pathlib.Path("/usr/lib/dovecot/dovecot-lda")
PLUGIN = pathlib.Path("/usr/lib/dovecot/modules/sieve/lib90_sieve_extprograms_plugin.so")
RECIPIENT = "olga@example.org"

# By version: what the test needs beside the packaged settings, and their name.
VERSIONS = {
    "2.3": ("""
mail_location = maildir:{maildir}
protocol lda {{
  mail_plugins = sieve
}}
""", "90-calmend.conf"),
    "2.4": ("""
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = {maildir}
protocol lda {{
  mail_plugins {{
    sieve = yes
  }}
}}
""", "90-calmend-2.4.conf"),
}

# Nothing of Dovecot runs beside the delivery agent. The folders of the packaged settings are those
# of the test.
SETTINGS = """
base_dir = {home}/run
state_dir = {home}/run
postmaster_address = postmaster@example.org
hostname = mx.lab.example
log_path = {home}/log
ssl = no
"""


def version():
    """Such as 2.3; None where there is none."""
    if not shutil.which("dovecot"):
        return None
    done = subprocess.run(["dovecot", "--version"], stdout=subprocess.PIPE, check=True, text=True)
    return ".".join(done.stdout.split(".")[:2])


class Dovecot(filter_site.Agent):
    envelope = [f"--sender={SENDER}", f"--recipient={RECIPIENT}"]

    def __init__(self, site):
        super().__init__(site, "dovecot-lda", kept_when_killed=False)
        etc = site.folder / "dovecot"
        scripts = etc / "sieve-before.d"
        programs = etc / "sieve-filter"
        for folder in (scripts, programs, self.home / "run"):
            folder.mkdir(parents=True)
        shutil.copy(filter_site.SNIPPETS / "dovecot/calmend.sieve", scripts)
        site.put_snippet("dovecot/calmend").rename(programs / "calmend")
        self.config = etc / "dovecot.conf"
        settings, name = VERSIONS[version()]
        packaged = (filter_site.SNIPPETS / "dovecot" / name).read_text()
        self.config.write_text(
            (settings + SETTINGS).format(home=self.home, maildir=self.maildir)
            + packaged.replace("/etc/dovecot/", f"{etc}/"))
        subprocess.run(["sievec", "-c", self.config, scripts], check=True, timeout=lab.PATIENCE)

    def command(self):
        return [str(LDA), "-e", "-c", str(self.config), "-f", SENDER, "-a", RECIPIENT]


class Delivery(Cases, unittest.TestCase):
    @classmethod
    def start(cls):
        lab.need(LDA.exists() and version() in VERSIONS, "no Dovecot of a known version")
        lab.need(PLUGIN.exists(), "dovecot-sieve is not installed")
        return Dovecot(cls.site)


if __name__ == "__main__":
    lab.run_tests()
