#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Mails made to end, stall or fill a filter: none crashes it, none is put off, none takes more than
four times its size and 32 MiB of memory.

Each goes at its full size through `calmend check` and `calmend repair`, with the default rules and
with every rule on, and through a milter of its own, which must do the same as the command. Time is
told and not judged, but for a guard against a hang.
"""
import functools
import json
import re
import tempfile
import time
import unittest

import measured_run
from fault_site import lab, mails, milter_process, milter_wire, say
from hostile_mails import MAILS

MEMORY_TIMES = 4
MEMORY_MORE = 32 << 20
MTA_BYTES = 1 << 30  # the command knows no MTA
GUARD = 60
lab.TIME_LIMIT = 3600
RULES = ("default", "every rule")
# Of the envelope, in the command and in the milter.
RECIPIENT = ("--recipient", "b@example.org")


def bound(mail):
    """The most memory that a mail may cost."""
    return MEMORY_TIMES * len(mail) + MEMORY_MORE


@functools.lru_cache(maxsize=None)
def switchable_rules():
    """The rules that can be enabled: those that the milter's settings take."""
    code, printed, err = milter_process.run(lab.COMMAND, "rules", "--json")
    assert code == 0, err
    names = dict.fromkeys(json.loads(line)["rule"] for line in printed.splitlines())
    with tempfile.NamedTemporaryFile("w+", suffix=".conf") as config:
        return [name for name in names if _is_taken(config, name)]


def _is_taken(config, name):
    config.seek(0)
    config.truncate()
    config.write(f"[repair]\nenable={name}\n")
    config.flush()
    return milter_process.run(lab.MILTER, "--check-config", "--config", config.name)[0] == 0


def repair_settings(rules):
    """The group [repair] for a row of RULES."""
    if rules == "default":
        return {"stamp": "no"}
    return {"stamp": "no", "enable": ", ".join(switchable_rules())}


class Hostiles(unittest.TestCase):
    """A test for each mail and each of RULES."""

    def hold(self, hostile, rules):
        self.folder = lab.scratch_folder(self)
        self.path = self.folder / "hostile.eml"
        mail = hostile.mail()
        self.path.write_bytes(mail)
        self.milter = milter_process.started(self, {"repair": repair_settings(rules),
                                                    "limits": {"mta-bytes": MTA_BYTES}})
        self.milter.switch_on()
        self.milter.mail_switch.touch()
        check, _ = self.command("check", mail)
        repair, repaired = self.command("repair", mail)
        outcome, seconds = self.send(mail)
        lab.assert_octets_equal(outcome.apply(mail), repaired, "command and milter")
        self.check_second_pass(repaired)
        peak = max(check.peak, repair.peak, self.milter_peak())
        fate = self.fate(check, mail, repaired)
        say({"table": "hostile", "fault": f"{hostile.name}, {rules}", "octets": len(mail),
             "fate": fate, "seconds": round(max(repair.seconds, seconds), 2), "peak": peak},
            f"{hostile.name}, {rules}: {len(mail)} octets, {fate}, check {check.seconds:.2f} s, "
            f"repair {repair.seconds:.2f} s, milter {seconds:.2f} s, peak {peak >> 20} MiB")

    def command(self, word, mail):
        """Runs a command of calmend within the bounds: its figures and its output."""
        out = self.folder / word
        found = measured_run.run([lab.COMMAND, word, "--config", self.milter.config, *RECIPIENT,
                                  self.path], GUARD, out)
        self.assertIn(found.code, (0, 1) if word == "check" else (0,), f"calmend {word}: {found}")
        self.assertLessEqual(found.peak, bound(mail), f"memory of calmend {word}")
        return found, out.read_bytes()

    def milter_peak(self):
        """The most memory that the milter had so far, in octets."""
        with open(f"/proc/{self.milter.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) * 1024

    def send(self, mail):
        """What the milter does within the bounds, and how long its answer at the end takes."""
        fields, body = milter_wire.split_mail(mail)
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.socket.settimeout(GUARD)
            connection.envelope()
            connection.head(fields)
            outcome = milter_wire.Outcome()
            connection.body(body, outcome)
            begin = time.monotonic()
            connection.end(outcome)
            seconds = time.monotonic() - begin
            connection.quit()
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        self.assertTrue(self.milter.alive())
        self.assertLessEqual(self.milter_peak(), bound(mail), "memory of the milter")
        return outcome, seconds

    def check_second_pass(self, repaired):
        """What was repaired is whole."""
        self.path.write_bytes(repaired)
        _, again = self.command("repair", repaired)
        lab.assert_octets_equal(again, repaired, "a second pass")

    def fate(self, check, mail, repaired):
        """What became of it, in a word or two."""
        if repaired != mail:
            return "repaired"
        return "left, reported" if check.code == 1 else "as it came"


def _add_tests():
    for hostile in MAILS:
        for rules in RULES:
            name = "test_" + re.sub(r"\W+", "_", f"{hostile.name}_{rules}")
            setattr(Hostiles, name,
                    lambda self, hostile=hostile, rules=rules: self.hold(hostile, rules))


_add_tests()

if __name__ == "__main__":
    lab.run_tests()
