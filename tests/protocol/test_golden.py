#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every golden pair through the milter: the mail that an MTA holds afterwards is the one wanted.

The milter has the switches on that the pair does not turn off, the settings of the pair and the pair's time for its clock. Its
answers are applied as Postfix does: header fields by name and number, in the order of the answers,
and then the body; what an MTA makes of the files before is said in golden_mails.py. A mail that has
been repaired is sent once more, and must then stay. `test_golden.py Pairs.test_NAME` runs one pair,
with "_" for "-" in its name.
"""
import functools
import re
import tempfile
import unittest

import golden_mails
import lab
import milter_process
import milter_wire

CLOCK = lab.BUILD / "tests/protocol/fixed_clock.so"
SWITCHES = ("switch-file", "mail-switch-file")


class ClockedMilter(milter_process.MilterProcess):
    """A milter for which it is always the same time."""

    def __init__(self, folder, settings, now):
        super().__init__(folder, settings)
        self.now = now

    def command(self, options):
        """Its command line, with the clock put in."""
        return ["/usr/bin/env", f"LD_PRELOAD={CLOCK}", f"CALMEND_FIXED_CLOCK={self.now}",
                *super().command(options)]


@functools.lru_cache(maxsize=None)
def groups_of_keys():
    """The group of each key that the milter knows."""
    with tempfile.NamedTemporaryFile(suffix=".conf") as empty:
        code, printed, err = milter_process.run(lab.MILTER, "--print-config", "--config",
                                                empty.name)
    assert code == 0, err
    groups, group = {}, None
    for line in printed.decode().splitlines():
        if line.startswith("["):
            group = line.strip("[]")
        elif " = " in line or line.endswith(" ="):
            groups[line.split(" =")[0]] = group
    return groups


class Pairs(unittest.TestCase):
    """A test for each pair, and a milter for each setting that pairs share."""

    milters = {}

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(cls.milters.clear)

    @classmethod
    def milter(cls, setting):
        """The running milter for a setting."""
        if setting not in cls.milters:
            cls.milters[setting] = cls.start(setting)
        return cls.milters[setting]

    @classmethod
    def start(cls, setting):
        groups = groups_of_keys()
        folder = lab.scratch_folder(cls)
        switches = {key: folder / key for key in SWITCHES if key in groups}
        settings = {}
        for key, value in [*setting.values, *switches.items()]:
            if key not in groups:
                raise unittest.SkipTest(f"the milter has no setting {key}")
            settings.setdefault(groups[key], {})[key] = value
        for key, switch in switches.items():
            if (key, "off") not in setting.values:
                switch.touch(mode=0o644)
        milter = ClockedMilter(folder, settings, setting.now)
        cls.addClassCleanup(milter.finish)
        return milter.start()

    def send(self, pair, mail):
        """What the milter answers to a mail of the pair, played without a loss."""
        lab.assert_octets_equal(milter_wire.Outcome().apply(mail), mail, "fields and body of it")
        outcome = milter_wire.one_message(self.milter(pair.setting).socket, mail, **pair.envelope)
        self.assertIn(outcome.verdict, (milter_wire.ACCEPT, milter_wire.CONTINUE))
        return outcome

    def hold(self, pair):
        """The mail becomes what is wanted, and stays that."""
        mail, wanted = pair.before(), pair.after()
        lab.assert_octets_equal(self.send(pair, mail).apply(mail), wanted, pair.shows)
        self.assertEqual(self.send(pair, wanted).replies, [], "a second pass")


def _add_tests():
    for pair in golden_mails.read_pairs():
        name = "test_" + re.sub(r"\W", "_", pair.name)
        assert not hasattr(Pairs, name), f"golden.tsv has {pair.name} twice"
        setattr(Pairs, name, lambda self, pair=pair: self.hold(pair))


_add_tests()

if __name__ == "__main__":
    lab.run_tests()
