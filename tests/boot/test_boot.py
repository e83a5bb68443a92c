#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Debian package of ./bootstrap deb under a real systemd, from its install to its purge.

The tests are one story, in the order of their numbers. What the unit promises is asked of systemd
itself: readiness, reload, watchdog, restart, the passed socket, the catalogue of the journal.
"""
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import booted_root  # noqa: E402
import lab  # noqa: E402

SERVICE, SOCKET = "calmend.service", "calmend.socket"
SETTINGS = "etc/calmend/calmend.conf"
ADDRESS = "unix:/run/calmend/calmend.sock"
DROP_IN = "etc/systemd/system/calmend.service.d/test.conf"
KILLS = 8


def make_newer(package, path):
    """The same package with a higher version."""
    folder = path.parent / "newer"
    subprocess.run(["dpkg-deb", "-R", package, folder], check=True)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 9.0-1", control.read_text()))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", folder, path], check=True,
                   stdout=subprocess.DEVNULL)


class Boot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = booted_root.missing()
        lab.need(reason is None, reason)
        package = booted_root.built()
        path = booted_root.prepare(cls, package)
        reason = booted_root.why_not(path)
        if reason:
            raise unittest.SkipTest(reason)
        cls.package = f"/root/{package.name}"
        make_newer(package, path / "root/newer.deb")
        cls.root = booted_root.BootedRoot(path)
        cls.addClassCleanup(cls.root.stop)

    # --- Helpers of the story

    def install(self, name):
        return self.root.do("apt-get", "-qy", "--no-install-recommends", "install", name)

    def systemctl(self, *words):
        """What ends with 0, or shows what the service had to say."""
        code, text = self.root.run("systemctl", *words)
        self.assertEqual(code, 0, text + self.root.journal("-n", "20", "-u", SERVICE))

    def state(self, unit=SERVICE):
        return self.root.show(unit, "ActiveState")

    def process(self):
        """The main process of the service; 0 when there is none."""
        return int(self.root.show(SERVICE, "MainPID"))

    def events(self, number):
        """The lines of an event in the journal."""
        return self.root.journal("-t", "calmend-milter", "--grep",
                                 f"Event ID: {number};").splitlines()

    def check_serves(self):
        self.root.do("calmend", "probe", "--health", ADDRESS)

    def check_restarted(self, old, restarts):
        """systemd has put another process in the place of `old`, without being told to."""
        lab.wait_until(lambda: self.state() == "active" and self.process() not in (0, old),
                       "the restart", 60)
        self.assertEqual(int(self.root.show(SERVICE, "NRestarts")), restarts + 1)
        self.check_serves()

    # --- The story

    def test_01_install_starts_it(self):
        self.install(self.package)
        self.assertEqual(self.state(), "active")
        self.assertEqual(self.root.show(SERVICE, "Result"), "success")
        self.assertEqual(len(self.events(340)), 1)
        self.check_serves()
        self.assertEqual(self.root.run("systemctl", "is-enabled", SERVICE), (0, "enabled\n"))
        self.assertEqual(self.root.run("systemctl", "is-enabled", SOCKET), (1, "disabled\n"))
        self.assertEqual(self.state(SOCKET), "inactive")

    def test_02_what_it_is(self):
        """The user of the package, without a capability of any set."""
        status = self.root.do("cat", f"/proc/{self.process()}/status")
        user = self.root.do("id", "--user", "calmend").strip()
        self.assertEqual(set(re.search(r"(?m)^Uid:(.*)$", status)[1].split()), {user})
        sets = dict(re.findall(r"(?m)^Cap(\w+):\s+(\w+)$", status))
        self.assertEqual({name: int(value, 16) for name, value in sets.items()},
                         {"Inh": 0, "Prm": 0, "Eff": 0, "Bnd": 0, "Amb": 0})

    def test_03_ready_when_it_serves(self):
        """The start job ends with READY, and then the socket answers; the status is its own."""
        self.root.do("sh", "-c", f"systemctl restart {SERVICE} && "
                     f"calmend probe --health {ADDRESS}")
        lab.wait_until(lambda: self.root.show(SERVICE, "StatusText").startswith("connections "),
                       "the status")

    def test_04_reload(self):
        old = self.process()
        path = self.root.path / SETTINGS
        path.write_text(path.read_text().replace("[limits]\n", "[limits]\nparts=77\n"))
        self.systemctl("reload", SERVICE)
        lab.wait_until(lambda: self.events(344), "event 344")
        self.assertEqual((self.state(), self.process()), ("active", old))
        self.check_serves()

    def test_05_bad_reload(self):
        """It fails where the administrator sees it, and the old settings stay."""
        old, path = self.process(), self.root.path / SETTINGS
        good = path.read_text()
        path.write_text(good + "[nonsense]\n")
        self.addCleanup(path.write_text, good)
        code, text = self.root.run("systemctl", "reload", SERVICE)
        self.assertEqual(code, 1, text)
        self.assertIn("[nonsense]", self.root.journal("-u", SERVICE))
        self.assertEqual((self.state(), self.process()), ("active", old))
        self.check_serves()

    def test_06_journal_explains(self):
        text = self.root.journal("-x", "-u", SERVICE)
        self.assertIn("-- Subject: calmend event 340: Service, Information\n", text)
        self.assertIn("-- Documentation: man:calmend-events(7)\n", text)
        self.assertIn("-- Subject: calmend event 344: ", text)

    def test_07_killed(self):
        old, restarts = self.process(), int(self.root.show(SERVICE, "NRestarts"))
        self.systemctl("kill", "--signal=KILL", SERVICE)
        self.check_restarted(old, restarts)

    def drop_in(self, line):
        """Has the service run with another line of its unit, for the test."""
        path = self.root.path / DROP_IN
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"[Service]\n{line}\n")
        self.systemctl("daemon-reload")
        self.systemctl("restart", SERVICE)
        self.addCleanup(self.systemctl, "daemon-reload")
        self.addCleanup(path.unlink)

    def test_07_killed_again_and_again(self):
        """More often than systemd starts a service by default."""
        self.drop_in("RestartSec=100ms")
        for _ in range(KILLS):
            old, restarts = self.process(), int(self.root.show(SERVICE, "NRestarts"))
            self.systemctl("kill", "--signal=KILL", SERVICE)
            self.check_restarted(old, restarts)

    def test_08_watchdog(self):
        """A process that stands still is ended and started again."""
        self.drop_in("WatchdogSec=2")
        old, restarts = self.process(), int(self.root.show(SERVICE, "NRestarts"))
        self.systemctl("kill", "--signal=STOP", SERVICE)
        self.check_restarted(old, restarts)
        self.assertIn("watchdog", self.root.journal("-u", SERVICE).lower())

    def test_09_stop(self):
        stopped = len(self.events(341))
        self.systemctl("restart", SERVICE)
        self.systemctl("stop", SERVICE)
        self.assertEqual((self.state(), self.root.show(SERVICE, "Result")), ("inactive", "success"))
        self.assertEqual(len(self.events(341)), stopped + 2)
        self.assertFalse((self.root.path / "run/calmend/calmend.sock").exists())

    def test_10_socket_activation(self):
        """systemd listens; the first connection starts the service, with the socket."""
        self.systemctl("start", SOCKET)
        self.assertEqual((self.state(SOCKET), self.state()), ("active", "inactive"))
        self.check_serves()
        self.assertEqual(self.state(), "active")
        self.systemctl("stop", SOCKET, SERVICE)
        self.systemctl("start", SERVICE)
        self.check_serves()

    def test_11_upgrade(self):
        """The new one runs, and what the administrator wrote stays."""
        old, settings = self.process(), (self.root.path / SETTINGS).read_bytes()
        self.install("/root/newer.deb")
        self.assertEqual(self.state(), "active")
        self.assertNotIn(self.process(), (0, old))
        self.assertEqual((self.root.path / SETTINGS).read_bytes(), settings)
        self.check_serves()

    def test_12_remove(self):
        old = self.process()
        self.root.do("apt-get", "-qy", "remove", "calmend")
        self.assertNotEqual(self.state(), "active")
        self.assertNotEqual(self.root.run("test", "-d", f"/proc/{old}")[0], 0)
        self.assertEqual(self.root.show(SERVICE, "LoadState"), "not-found")
        self.assertTrue((self.root.path / SETTINGS).exists())

    def test_13_purge(self):
        self.root.do("apt-get", "-qy", "purge", "calmend")
        for name in ("/etc/calmend", "/run/calmend"):
            self.assertNotEqual(self.root.run("test", "-e", name)[0], 0, name)
        units = self.root.run("systemctl", "list-unit-files", "--no-legend", "calmend*")
        self.assertEqual(units[1], "")

    def test_14_no_unit_has_failed(self):
        self.assertEqual(self.root.do("systemctl", "--failed", "--no-legend", "--plain"), "")


if __name__ == "__main__":
    lab.TIME_LIMIT = 400
    lab.run_tests()
