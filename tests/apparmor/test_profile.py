#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The AppArmor profile: apparmor_parser takes it, it gives the milter what it needs, and no more.

No kernel enforces it here. What the milter asks for is seen by strace in sessions at the documented
places, and held against the rules; its capabilities are truly taken away.
"""
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import apparmor_profile  # noqa: E402
import lab  # noqa: E402
import mails  # noqa: E402
import milter_wire  # noqa: E402
import traced_milter  # noqa: E402

TEMPLATE = lab.ROOT / "packaging" / "apparmor" / "usr.sbin.calmend-milter.in"
FEATURES = "/etc/apparmor.d/abi/3.0"

# Said of the machine without AppArmor that the test runs on, and of the distribution's abstractions,
# which name a newer abi from AppArmor 4 on and are then held to that of the profile.
OF_OTHERS = re.compile(r"Cache read/write disabled: interface file missing\.|"
                       r"Warning from .* /etc/apparmor\.d/abstractions/\S+ features abi 'abi/\d\.\d' "
                       r"differs from policy declared feature abi,")

# Rules that a session here does not need: the kernel reads the program before the trace begins, and
# no file system here lacks files without a name.
UNSEEN = ("/usr/sbin/calmend-milter", "/{,var/}tmp/calmend-??????")

INSTRUMENTED = re.compile(rb"__[atu]b?san_init|__gcov_init|\.gcda")
KEEP = "/var/lib/calmend/kept"
TEXTFILE = "/var/lib/prometheus/node-exporter/calmend.prom"


def write_profile(folder):
    """The profile as it is installed."""
    path = folder / "usr.sbin.calmend-milter"
    text = TEMPLATE.read_text().replace("@sbindir@", "/usr/sbin").replace("@sysconfdir@", "/etc")
    path.write_text(text)
    return path


def need_parser():
    lab.need(shutil.which("apparmor_parser"), "apparmor is not installed")


class Parser(unittest.TestCase):
    def setUp(self):
        need_parser()
        self.path = write_profile(lab.scratch_folder(self))

    def parse(self):
        """The exit code of apparmor_parser, and what it said of the profile."""
        done = subprocess.run(
            ["apparmor_parser", "--skip-kernel-load", "--skip-cache", "--warn=all",
             "--kernel-features", FEATURES, self.path], text=True, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
        lines = [line for line in done.stderr.splitlines() if not OF_OTHERS.match(line)]
        return done.returncode, lines

    def test_takes_it_without_a_warning(self):
        self.assertEqual(self.parse(), (0, []))

    def test_would_warn(self):
        """The test above can fail."""
        text = self.path.read_text()
        self.path.write_text(text.replace("network inet stream,", "network inet stream"))
        code, lines = self.parse()
        self.assertNotEqual(code, 0)
        self.assertTrue(lines)

    def test_has_no_placeholder(self):
        self.assertNotIn("@s", self.path.read_text())


class Limits(unittest.TestCase):
    """What a milter that was taken over does not get."""

    @classmethod
    def setUpClass(cls):
        need_parser()
        cls.profile = apparmor_profile.Profile(write_profile(lab.scratch_folder(cls)))

    def test_files(self):
        for path, permission in (
                ("/etc/shadow", "r"), ("/etc/calmend/calmend.conf", "w"),
                ("/etc/calmend/FixRecipientTrackStatusTime", "w"),
                ("/etc/calmend/FixCalendarMail", "w"), ("/etc/passwd", "w"),
                ("/usr/sbin/calmend-milter", "w"), ("/usr/sbin/calmend-milter", "x"),
                ("/bin/sh", "x"), ("/usr/bin/sh", "r"), ("/home/ada/mail", "r"),
                ("/root/.ssh/id_rsa", "r"), ("/tmp/other", "r"), ("/tmp/calmend-abc", "w"),
                ("/var/spool/postfix/active/4F2A1C0B7", "r"), ("/run/calmend/other", "w"),
                ("/var/spool/postfix/private/smtp", "w"), ("/var/mail/ada", "r"),
                ("/var/lib/prometheus/node-exporter/other.txt", "w"), ("/proc/1/environ", "r")):
            with self.subTest(path=path):
                self.assertEqual(self.profile.missing(path, permission), {permission})

    def test_capabilities(self):
        self.assertEqual(self.profile.capabilities, {"setuid", "setgid", "chown", "dac_override"})


class Matcher(unittest.TestCase):
    """The reader of globs by itself."""

    def test_globs(self):
        for glob, path, matches in (
                ("/a/*", "/a/b", True), ("/a/*", "/a/", False), ("/a/*", "/a/b/c", False),
                ("/a/**", "/a/b/c", True), ("/a/**", "/a/", False), ("/a/{,**}", "/a/", True),
                ("/a/b*", "/a/b", True), ("/a?", "/a/", False), ("/a.c", "/abc", False),
                ("/{a,b{c,d}}/e", "/bd/e", True), ("/{a,b{c,d}}/e", "/b/e", False),
                ("/#[0-9]*", "/#12", True), ("/#[0-9]*", "/#a", False)):
            with self.subTest(glob=glob, path=path):
                regex = re.compile(apparmor_profile.glob_to_regex(glob))
                self.assertEqual(bool(regex.fullmatch(path)), matches)


class Sessions(unittest.TestCase):
    """What it asks for in sessions with every setting that names a place."""

    @classmethod
    def setUpClass(cls):
        need_parser()
        lab.need(shutil.which("strace") and shutil.which("setpriv"), "strace or setpriv is missing")
        if INSTRUMENTED.search(pathlib.Path(lab.MILTER).read_bytes()):
            raise unittest.SkipTest("a sanitizer or gcov does what the milter does not")
        if not traced_milter.can_run():
            raise unittest.SkipTest("no mount namespace or no trace can be made here")
        cls.profile = apparmor_profile.Profile(write_profile(lab.scratch_folder(cls)))
        cls.accesses, cls.networks = set(), set()
        cls.play("unix:/run/calmend/calmend.sock", "/run/calmend/calmend.pid")
        cls.play("unix:/var/spool/postfix/calmend/calmend.sock", "/run/calmend-milter.pid",
                 log="/run/log", temporary="/var/tmp")
        cls.play(f"inet:{lab.free_port()}@127.0.0.1", "/run/calmend/calmend.pid")
        cls.play(f"inet6:{lab.free_port()}@::1", "/run/calmend/calmend.pid")

    @classmethod
    def play(cls, socket, pid_file, **places):
        """One run from start to stop, with a message that is spooled, and a reload."""
        settings = {"service": {"socket": socket, "socket-group": "postfix", "pid-file": pid_file},
                    "limits": {"memory-bytes": 100}, "repair": {"keep": KEEP},
                    "metrics": {"textfile": TEXTFILE, "interval": 1}}
        milter = traced_milter.TracedMilter(cls, settings, cls.profile.capabilities, **places)
        milter.start()
        outcome = milter_wire.one_message(milter.socket(), mails.reply_mail())
        assert outcome.codes() == "bi", outcome.codes()
        milter.send_signal(signal.SIGHUP)
        metrics = milter.root / TEXTFILE.lstrip("/")
        lab.wait_until(lambda: "calmend_settings_generation 1" in metrics.read_text(), "the reload")
        assert milter.end() == 0, milter.output.read_text()
        accesses, networks = milter.read_trace()
        cls.accesses |= accesses
        cls.networks |= networks

    def test_trace_is_whole(self):
        """What must be seen is seen."""
        for access in (
                ("/etc/calmend/calmend.conf", "r"), ("/etc/passwd", "r"), ("/run/calmend/", "r"),
                ("/etc/calmend/FixRecipientTrackStatusTime", "r"),
                ("/etc/calmend/FixCalendarMail", "r"),
                ("/run/calmend/calmend.sock", "w"), ("/run/calmend/calmend.pid", "w"),
                ("/var/spool/postfix/calmend/calmend.sock", "w"), (f"{TEXTFILE}.new", "w"),
                (TEXTFILE, "w"), (f"{KEEP}/", "r"), ("/run/systemd/notify", "w"), ("/run/systemd/journal/socket", "w"),
                ("/run/log", "w")):
            with self.subTest(access=access):
                self.assertIn(access, self.accesses)
        spools = {path.rpartition("#")[0] for path, _ in self.accesses if "#" in path}
        self.assertEqual(spools, {"/tmp/", "/var/tmp/"})

    def test_every_file_is_allowed(self):
        """/run/log stands for /dev/log where no journal is."""
        for path, permission in sorted(self.accesses - {("/run/log", "w")}):
            with self.subTest(path=path):
                self.assertEqual(self.profile.missing(path, permission), set())

    def test_every_rule_is_needed(self):
        for rule in self.profile.own:
            if any(path in rule.text for path in UNSEEN):
                continue
            with self.subTest(rule=rule.text):
                used = {letter for path, letter in self.accesses if letter in rule.gives(path)}
                self.assertEqual(used, rule.permissions)

    def test_every_network_is_allowed(self):
        self.assertIn("inet6 stream", self.networks)
        self.assertEqual(self.networks - self.profile.networks, set())

    def test_every_capability_is_needed(self):
        """Without it the milter does not start in a folder of its user."""
        settings = {"service": {"socket": "unix:/run/calmend/calmend.sock",
                                "socket-group": "postfix"}}
        for capability in self.profile.capabilities:
            with self.subTest(capability=capability):
                rest = self.profile.capabilities - {capability}
                milter = traced_milter.TracedMilter(self, settings, rest).begin()
                self.assertEqual(milter.process.wait(timeout=lab.PATIENCE), 2)


if __name__ == "__main__":
    lab.run_tests()
