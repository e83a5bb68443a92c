#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Debian package of ./bootstrap deb, in a clean Debian, as its administrator meets it.

The tests are one story, in the order of their numbers: install, the steps of README.md with the
distribution's own Postfix, upgrade, removal, purge, a second install. There is no service manager
in the root, so the test starts the milter by the lines of the installed unit.
"""
import configparser
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mta"))

import clean_root  # noqa: E402
import lab  # noqa: E402
import mails  # noqa: E402
from log_socket import LogSocket  # noqa: E402

PACKAGES = lab.ROOT / "build/deb"
ARCHIVES = lab.ROOT / "build/debian-root"
DATA = lab.ROOT / "tests/mta/data"
SETTINGS = "etc/calmend/calmend.conf"
DOCS = "usr/share/doc/calmend"
SWITCH = "etc/calmend/FixRecipientTrackStatusTime"
MAIL_SWITCH = "etc/calmend/FixCalendarMail"
SWITCHES = (SWITCH, MAIL_SWITCH)
UNIT = "lib/systemd/system/calmend.service"
SOCKET_FOLDER = "var/spool/postfix/calmend"
WANTED = "etc/systemd/system/multi-user.target.wants/calmend.service"
POSTFIX_ANSWERS = """postfix postfix/main_mailer_type select Internet Site
postfix postfix/mailname string mx.example.com
"""
TRACE = ("Return-Path", "X-Original-To", "Delivered-To", "Received", "X-Calmend")
SEND = """
import sys
sys.path.insert(0, sys.argv[1])
import sender
print(sender.send(25, sys.stdin.buffer.read(), "ben@mx.example.com").code)
"""


def built(pattern):
    """The one file of that name that ./bootstrap deb has left."""
    found = list(PACKAGES.glob(pattern))
    lab.need(found, f"no {pattern} in build/deb: ./bootstrap deb makes it")
    assert len(found) == 1, found
    return found[0]


def readme_blocks(title):
    """The literal blocks of a section of README.md."""
    section = re.search(rf"(?ms)^### {title}$(.*?)^##", (lab.ROOT / "README.md").read_text())[1]
    return re.findall(r"(?ms)^```\n(.*?)^```$", section)


def crlf(path):
    """The octets of a mail of the tree, as it travels."""
    return path.read_bytes().replace(b"\n", b"\r\n")


def read_unit(path):
    """The [Service] keys of a unit; of a repeated one the last."""
    unit = configparser.RawConfigParser(strict=False, comment_prefixes="#", delimiters="=")
    unit.optionxform = str
    unit.read(path)
    return unit["Service"]


class Debian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = clean_root.missing()
        lab.need(reason is None, reason)
        cls.package = built("calmend_*.deb")
        cls.folder = lab.scratch_folder(cls)
        cls.root = clean_root.CleanRoot(cls.folder, ARCHIVES)
        cls.addClassCleanup(cls.root.stop)
        cls.milter = None
        shutil.copy(cls.package, cls.path("root/calmend.deb"))
        cls.root.fetch("/root/calmend.deb", "postfix")

    @classmethod
    def path(cls, name):
        """Where a file of the root lies."""
        return cls.root.path / name

    # --- Helpers of the story

    def start_log(self):
        """A syslog for the root."""
        log = LogSocket(self.path("dev/log"))
        self.path("dev/log").chmod(0o666)
        type(self).log = log
        self.addClassCleanup(log.close)

    def events(self, number):
        """The lines of an event in the root's syslog."""
        return [line for line in self.log.text().splitlines() if f"Event ID: {number};" in line]

    @staticmethod
    def as_unit(service):
        """The begin of a command line that runs the rest as the user of the unit."""
        return ["setpriv", f"--reuid={service['User']}", f"--regid={service['Group']}",
                "--init-groups", "--no-new-privs", "--bounding-set=-all"]

    def start_milter(self):
        """Does what systemd does with the installed unit, but for its sandbox."""
        service = read_unit(self.path(UNIT))
        prefix, before = re.match(r"([-+]*)(.*)", service["ExecStartPre"]).groups()
        self.assertIn("+", prefix, "the test runs it as root")
        self.root.do(*shlex.split(before))
        log = open(self.folder / "milter.log", "ab")
        self.addClassCleanup(log.close)
        started = len(self.events(340))
        type(self).milter = self.root.spawn(*self.as_unit(service),
                                            *shlex.split(service["ExecStart"]), log=log)
        lab.wait_until(lambda: self.ended() or len(self.events(340)) > started, "event 340")
        self.assertFalse(self.ended(), (self.folder / "milter.log").read_text())

    def ended(self):
        return self.milter.poll() is not None

    def stop_milter(self):
        os.kill(clean_root.child_of(self.milter.pid), signal.SIGTERM)
        self.assertEqual(self.milter.wait(lab.PATIENCE), 0)

    def send(self, mail):
        """Hands a mail to the root's Postfix by SMTP."""
        done = subprocess.run([*self.root.enter("net"), "/usr/bin/python3", "-c", SEND,
                               lab.ROOT / "tests/mta"], input=mail, check=True,
                              stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, b"250\n", self.log.text()[-3000:])

    def deliver(self, mail):
        """Sends a mail to a mailbox of the root; what arrived there, without what was added."""
        mailbox = self.path("var/mail/ben")
        self.send(mail)
        lab.wait_until(lambda: mailbox.exists() and mailbox.read_bytes().endswith(b"\n\n"),
                       "the mail in the mailbox")
        begin, octets = mailbox.read_bytes().split(b"\n", 1)
        mailbox.unlink()
        self.assertTrue(begin.startswith(b"From "))
        return mails.without_fields(octets[:-1].replace(b"\n", b"\r\n"), *TRACE)

    def check_fresh(self):
        """What holds after every install from nothing."""
        self.assertIn("enabled", self.root.do("systemctl", "is-enabled", "calmend.service"))
        self.assertEqual(self.root.run("systemctl", "is-enabled", "calmend.socket"),
                         (1, "disabled\n"))
        self.assertTrue(self.path(SETTINGS).exists())
        for name in SWITCHES:
            self.assertFalse(self.path(name).exists())
        self.assertEqual(self.root.do("dpkg", "--verify", "calmend"), "")
        self.root.do("calmend-milter", "--check-config")

    # --- The story

    def test_00_policy(self):
        """Debian's own checker finds nothing, down to its pedantic opinions."""
        lab.need(shutil.which("lintian"), "lintian is not installed")
        done = subprocess.run(["lintian", "--allow-root", "--pedantic", "-I", "-E", "--fail-on",
                               "error,warning,info,pedantic,experimental", built("*.changes")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_01_install(self):
        text = self.root.install("/root/calmend.deb")
        end = text[text.index("\nSetting up calmend "):]
        self.assertNotRegex(end, r"(?i)error|fail|warning|cannot|unable")
        self.check_fresh()

    def test_02_user_and_folder(self):
        user = self.root.do("getent", "passwd", "calmend").strip().split(":")
        self.assertRegex(user[2], r"^[1-9]\d{0,2}$", "a system user")
        self.assertEqual(user[-1], "/usr/sbin/nologin")
        self.assertEqual(self.root.do("stat", "-c", "%U:%G %a", "/run/calmend"),
                         "calmend:calmend 755\n")

    def test_03_settings_are_the_defaults(self):
        """Every key is there, and none is set."""
        for line in self.path(SETTINGS).read_text().splitlines():
            self.assertRegex(line, r"^(#.*|\[[a-z]+\]|)$")
        self.assertIn(SETTINGS, self.root.do("dpkg-query", "-W", "-f=${Conffiles}", "calmend"))
        self.path("tmp/empty.conf").touch()
        self.assertEqual(self.root.do("calmend-milter", "--print-config"),
                         self.root.do("calmend-milter", "--print-config", "--config",
                                      "/tmp/empty.conf"))

    def test_04_units_and_catalogue(self):
        self.assertEqual(self.root.do("systemd-analyze", "verify", "--man=no", "calmend.service",
                                      "calmend.socket"), "")
        self.assertIn("calmend", self.root.do("journalctl", "--list-catalog"))

    def test_05_documentation(self):
        """What its pages name is there, and the broken mail is broken."""
        pages = list(self.path(DOCS).rglob("README.md"))
        self.assertGreater(len(pages), 4)
        for page in pages:
            for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
                self.assertTrue((page.parent / link).is_file(), (page, link))
        text = self.path(f"{DOCS}/README.Debian").read_text()
        named = set(re.findall(rf"/{DOCS}/[\w./-]*\w", text))
        self.assertGreater(len(named), 2)
        for name in named:
            self.assertTrue(self.path(name[1:]).exists(), name)
        for command in re.findall(r"(?m)^    (calmend (?:check|repair) .*)$", text):
            code, out = self.root.run(*shlex.split(command))
            self.assertEqual(code, int("check" in command), out)
            self.assertIn("ATTENDEE-CRITICAL-CHANGE", out)

    def test_05_default_socket(self):
        """What the service does right after the install, where there is no MTA yet."""
        self.start_log()
        self.start_milter()
        self.assertFalse(self.path("var/spool/postfix").exists())
        self.root.do("calmend", "probe", "--health", "unix:/run/calmend/calmend.sock")
        self.stop_milter()

    def test_06_readme_with_postfix(self):
        """The lines of README.md, word for word, with what Debian's Postfix comes with."""
        settings, main_cf = readme_blocks("Postfix")
        self.root.do("debconf-set-selections", stdin=POSTFIX_ANSWERS)
        self.root.install("postfix")
        self.root.do("useradd", "--create-home", "ben")
        with open(self.path(SETTINGS), "a", encoding="ascii") as file:
            file.write(settings)
        self.root.do("calmend-milter", "--check-config")
        self.start_milter()
        with open(self.path("etc/postfix/main.cf"), "a", encoding="ascii") as file:
            file.write(main_cf)
        if self.root.run("postfix", "status")[0] != 0:
            self.root.do("postfix", "start")
        self.root.do("postfix", "reload")
        self.assertEqual(self.root.do("stat", "-c", "%U:%G %a", f"/{SOCKET_FOLDER}",
                                      f"/{SOCKET_FOLDER}/calmend.sock"),
                         "calmend:postfix 2710\ncalmend:postfix 660\n")

    def test_07_switch_off(self):
        mail = crlf(DATA / "kb938650.eml")
        lab.assert_octets_equal(self.deliver(mail), mail)
        self.assertEqual((len(self.events(328)), len(self.events(327))), (1, 0), self.log.text())

    def test_08_switch_on(self):
        self.root.do("touch", f"/{SWITCH}")
        lab.assert_octets_equal(self.deliver(crlf(DATA / "kb938650.eml")),
                                crlf(DATA / "kb938650.mended.eml"))
        self.assertEqual((len(self.events(328)), len(self.events(327))), (1, 1), self.log.text())

    def test_09_reload(self):
        """By the lines of the unit, with what a small system has. A bad file fails it."""
        service = read_unit(self.path(UNIT))
        check, hup = re.findall(r"(?m)^ExecReload=(.*)$", self.path(UNIT).read_text())
        settings = self.path(SETTINGS).read_text()
        self.path(SETTINGS).write_text(settings + "\nsocket-group=no-such-group # typo\n")
        code, text = self.root.run(*self.as_unit(service), *shlex.split(check))
        self.assertEqual(code, 2)
        self.assertRegex(text, r"/etc/calmend/calmend.conf: line \d+: \[service\] socket-group")
        self.path(SETTINGS).write_text(settings)
        self.root.do(*self.as_unit(service), *shlex.split(check))
        status = pathlib.Path(f"/proc/{clean_root.child_of(self.milter.pid)}/status").read_text()
        number = re.search(r"(?m)^NSpid:.*\t(\d+)$", status)[1]
        self.root.do(*self.as_unit(service), "env", f"MAINPID={number}",
                     *shlex.split(hup))
        lab.wait_until(lambda: self.events(344), "event 344")

    def test_10_upgrade(self):
        """What the administrator has written stays as it is."""
        for name in SWITCHES:
            self.path(name).write_bytes(b"1 # since Monday\n")
        kept = [(self.path(name).read_bytes(), self.path(name).stat().st_mode)
                for name in (SETTINGS, *SWITCHES)]
        newer = self.folder / "newer"
        subprocess.run(["dpkg-deb", "-R", self.package, newer], check=True)
        control = newer / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 9.0-1", control.read_text()))
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", newer, self.path("root/newer.deb")],
                       check=True, stdout=subprocess.DEVNULL)
        self.root.install("/root/newer.deb")
        self.assertEqual(self.root.do("dpkg-query", "-W", "-f=${Version}", "calmend"), "9.0-1")
        self.assertEqual([(self.path(name).read_bytes(), self.path(name).stat().st_mode)
                          for name in (SETTINGS, *SWITCHES)], kept)
        self.assertTrue(self.path(WANTED).is_symlink())

    def test_11_remove(self):
        self.stop_milter()
        settings = self.path(SETTINGS).read_bytes()
        text = self.root.do("apt-get", "-qy", "remove", "calmend")
        self.assertIn("Postfix still asks calmend", text)
        self.assertIn(readme_blocks("Postfix")[1].strip(), text)
        self.assertFalse(self.path("usr/sbin/calmend-milter").exists())
        self.assertFalse(self.path(UNIT).exists())
        self.assertEqual(self.path(SETTINGS).read_bytes(), settings)
        for name in SWITCHES:
            self.assertEqual(self.path(name).read_bytes(), b"1 # since Monday\n")

    def test_12_purge(self):
        text = self.root.do("apt-get", "-qy", "purge", "calmend")
        self.assertNotIn("warning", text)
        for name in ("etc/calmend", SOCKET_FOLDER, "run/calmend"):
            self.assertFalse(self.path(name).exists(), name)
        self.assertFalse(os.path.lexists(self.path(WANTED)))
        self.assertNotEqual(self.root.run("dpkg-query", "-W", "calmend")[0], 0)
        self.root.do("getent", "passwd", "calmend")

    def test_13_second_install(self):
        """Also where a policy forbids every service to start, as in the making of an image."""
        policy = self.path("usr/sbin/policy-rc.d")
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        self.root.install("/root/calmend.deb")
        self.check_fresh()

    def test_14_take_out(self):
        """As README.md says: the MTA first."""
        self.root.do("postconf", "-X", "smtpd_milters")
        self.root.do("postfix", "reload")
        self.assertNotIn("still asks", self.root.do("apt-get", "-qy", "remove", "calmend"))


if __name__ == "__main__":
    lab.TIME_LIMIT = 400
    lab.run_tests()
