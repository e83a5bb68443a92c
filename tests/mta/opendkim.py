# SPDX-License-Identifier: BSD-2-Clause
"""opendkim: Debian's opendkim as a signer and as a verifier, with a key of the test's own.

The public key is in a file in the place of the DNS, so nothing is looked up. Both are milters on
loopback, ended by their pids; verifies() asks the same program about a mail without a milter.
"""
import base64
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

import lab

DOMAIN = "example.com"  # of the senders in `mails`
SELECTOR = "lab"
HEADER_FIELDS = ("DKIM-Signature", "DKIM-Filter", "Authentication-Results")

COMMON = """
Background no
Syslog no
UMask 000
Socket inet:{port}@127.0.0.1
"""
SETTINGS = {
    "signer": COMMON + """
Mode s
Domain {domain}
Selector {selector}
KeyFile {folder}/private.key
RequireSafeKeys no
Canonicalization relaxed/relaxed
""",
    "verifier": COMMON + """
Mode v
TestPublicKeys {folder}/public.keys
""",
}


def missing():
    """Why this cannot run here, or None."""
    for program in ("opendkim", "openssl"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


def for_module():
    """A signer and a verifier that run until the tests of the module are over; skips them where
    opendkim cannot run."""
    reason = missing()
    lab.need(reason is None, reason)
    folder = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="calmend-test-"))
    neighbours = OpenDkim(pathlib.Path(folder))
    unittest.addModuleCleanup(neighbours.stop)
    return neighbours.start()


def _openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True,
                          timeout=lab.PATIENCE).stdout


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class OpenDkim:
    """A signer and a verifier with keys and settings in `folder`. Once started, `milters` maps
    "signer" and "verifier" to their sockets, as calmend writes one."""

    def __init__(self, folder):
        self.folder = folder
        self.milters = {}
        self.processes = []
        self._make_keys()

    def start(self):
        """Starts both and waits until they listen."""
        for role in SETTINGS:
            self._start(role)
        return self

    def _make_keys(self):
        private = self.folder / "private.key"
        _openssl("genrsa", "-out", private, "2048")
        public = base64.b64encode(_openssl("rsa", "-in", private, "-pubout", "-outform", "DER"))
        (self.folder / "public.keys").write_text(
            f"{SELECTOR}._domainkey.{DOMAIN} v=DKIM1; k=rsa; p={public.decode()}\n")

    def _start(self, role):
        port = lab.free_port()
        settings = self.folder / f"{role}.conf"
        settings.write_text(SETTINGS[role].format(folder=self.folder, port=port, domain=DOMAIN,
                                                  selector=SELECTOR))
        with open(self.folder / f"{role}.output", "ab") as output:
            process = subprocess.Popen(["opendkim", "-x", settings], stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=output)
        self.processes.append(process)
        lab.wait_until(lambda: _listens(port), f"the {role} to listen")
        self.milters[role] = f"inet:{port}@127.0.0.1"

    def stop(self):
        """Ends both, at the same time: a milter that is idle takes seconds to notice."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(lab.PATIENCE)

    def verifies(self, mail):
        """True when the mail bears a signature that holds, False when it holds not. AssertionError
        when there is none."""
        done = subprocess.run(["opendkim", "-x", self.folder / "verifier.conf", "-t", "-"],
                              input=mail, check=False, timeout=lab.PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        verdicts = {"succeeded": True, "failed": False}
        words = done.stdout.decode().split()
        found = [verdicts[word] for word in words if word in verdicts]
        assert len(found) == 1, done.stdout
        return found[0]
