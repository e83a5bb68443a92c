#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What an administrator copies from packaging/monitoring: it fits the milter, and it works.

Alert rules under promtool, each also shown to be needed by its test; every metric and label that
rules and dashboard name is one of the milter's; rsyslog files what it says.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402
import mails  # noqa: E402
import metrics_file  # noqa: E402
import milter_process  # noqa: E402
import milter_wire  # noqa: E402
import test_syslog  # noqa: E402

EXAMPLES = lab.ROOT / "packaging" / "monitoring"
ALERTS = EXAMPLES / "calmend-alerts.yml"
ALERT_TESTS = pathlib.Path(__file__).resolve().parent / "alerts_test.yml"
NAME = re.compile(r"\bcalmend_[a-z_]+")
SELECTOR = re.compile(r"\b(calmend_[a-z_]+)\{([^}]*)\}")
MATCHER = re.compile(r'\b([a-z_]+)=~?"([^"$]+)"')
GROUPING = re.compile(r"\b(?:by|on) \(([^)]*)\)|\{\{ *(?:\$labels\.)?(\w+) *\}\}")

# Labels of Prometheus itself.
ADDED = {"job", "instance"}


class Alerts(unittest.TestCase):
    def setUp(self):
        lab.need(shutil.which("promtool"), "promtool is not installed")
        self.folder = lab.scratch_folder(self)

    def promtool(self, rules, command):
        """The exit code of promtool with these alert rules."""
        path = self.folder / "rules.yml"
        path.write_text(rules)
        tests = self.folder / "tests.yml"
        tests.write_text(ALERT_TESTS.read_text().replace("RULES", str(path)))
        subject = {"check": path, "test": tests}[command]
        return subprocess.run(["promtool", command, "rules", subject], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode

    def test_sound(self):
        self.assertEqual(self.promtool(ALERTS.read_text(), "check"), 0)

    def test_fire_when_they_should(self):
        self.assertEqual(self.promtool(ALERTS.read_text(), "test"), 0)

    def test_every_alert_is_tested(self):
        """Without any one of them the tests fail."""
        head, *alerts = re.split(r"(?m)^(?=      - alert:)", ALERTS.read_text())
        self.assertGreater(len(alerts), 5)
        for index, alert in enumerate(alerts):
            with self.subTest(alert=alert.split()[2]):
                rest = alerts[:index] + alerts[index + 1:]
                self.assertNotEqual(self.promtool(head + "".join(rest), "test"), 0)


class Names(unittest.TestCase):
    """What is named is there."""

    @classmethod
    def setUpClass(cls):
        folder = lab.scratch_folder(cls)
        path = folder / "calmend.prom"
        milter_process.started(cls, {"metrics": {"textfile": path}}, folder=folder)
        cls.series = metrics_file.wait(path, bool, "the metrics")

    def check(self, text):
        known = metrics_file.names(self.series)
        self.assertEqual(set(NAME.findall(text)) - known - {"calmend_"}, set())
        for name, labels in SELECTOR.findall(text):
            for label, values in MATCHER.findall(labels):
                for word in values.split("|"):
                    metrics_file.value(self.series, name, **{label: word})
        labels = {label for _, pairs in self.series for label, _ in pairs}
        for names in GROUPING.findall(text):
            self.assertLessEqual({*re.findall(r"\w+", " ".join(names))}, labels | ADDED)

    def test_alerts(self):
        self.check(ALERTS.read_text())

    def test_dashboard(self):
        board = json.loads((EXAMPLES / "calmend-dashboard.json").read_text())
        queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        legends = [target["legendFormat"] for panel in board["panels"]
                   for target in panel["targets"]]
        self.check("\n".join(queries + legends))
        ids = [panel["id"] for panel in board["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        shown = set(NAME.findall("\n".join(queries)))
        families = {re.sub(r"_(bucket|sum|count)$", "", name)
                    for name in metrics_file.names(self.series)}
        missing = {family for family in families
                   if not any(name.startswith(family) for name in shown)}
        self.assertLessEqual(missing, {"calmend_switch_refused"})

    def test_dashboard_panels_do_not_overlap(self):
        board = json.loads((EXAMPLES / "calmend-dashboard.json").read_text())
        taken = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells


class Rsyslog(unittest.TestCase):
    def test_warnings_are_filed_apart(self):
        lab.need(shutil.which("rsyslogd"), "rsyslogd is not installed")
        if not test_syslog.can_unshare():
            raise unittest.SkipTest("a mount namespace cannot be made here")
        folder = lab.scratch_folder(self)
        filed = folder / "warnings.log"
        example = (EXAMPLES / "calmend-rsyslog.conf").read_text()
        self.assertIn("/var/log/calmend-warnings.log", example)
        config = folder / "rsyslog.conf"
        config.write_text(
            f'global(workDirectory="{folder}")\n'
            'module(load="imuxsock" SysSock.Use="off")\n'
            f'input(type="imuxsock" Socket="{folder}/log.sock")\n'
            + example.replace("/var/log/calmend-warnings.log", str(filed)))
        self.start_rsyslog(config, folder)
        milter = test_syslog.SyslogMilter(folder, str(folder / "log.sock"), {})
        self.addCleanup(milter.finish)
        milter.start()
        milter_wire.one_message(milter.socket, mails.reply_mail(), queue_id=b"FILED1")
        milter.switch_on()
        milter_wire.one_message(milter.socket, mails.reply_mail(), queue_id=b"FILED2")
        lab.wait_until(lambda: filed.exists() and b"FILED2" in filed.read_bytes(), "the events")
        self.filter_mail(milter, b"--queue-id=FILED3")
        lab.wait_until(lambda: b"FILED3" in filed.read_bytes(), "the event of the filter")
        lines = filed.read_text().splitlines()
        self.assertEqual([re.search(r"Event ID: (\d+);", line)[1] for line in lines],
                         ["328", "327", "327"])
        self.assertRegex(lines[0], r"^\d{4}-\d\d-\d\dT\S+ \S+ warning FILED1: Event Type: ")

    def filter_mail(self, milter, option):
        """Sends a mail through the command, with the settings and the log of the milter."""
        program = ["unshare", "--mount", "sh", "-c", test_syslog.NAMESPACE, "sh",
                   milter.log_socket, lab.COMMAND, "filter", "--config", str(milter.config), option]
        subprocess.run(program, input=mails.reply_mail(), stdout=subprocess.DEVNULL, check=True,
                       timeout=lab.PATIENCE)

    def start_rsyslog(self, config, folder):
        check = subprocess.run(["rsyslogd", "-N1", "-f", config], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, check=False)
        self.assertEqual(check.returncode, 0, check.stdout)
        server = subprocess.Popen(["rsyslogd", "-n", "-f", config, "-i", folder / "rsyslog.pid"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(os.kill, server.pid, signal.SIGTERM)
        lab.wait_until((folder / "log.sock").exists, "rsyslogd")


if __name__ == "__main__":
    lab.run_tests()
