#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Settings and switch file replaced by what they must not be, with HUP, while mail comes in.

Bad settings leave those in force (event 345). A switch that cannot be trusted counts as off (event
343): mail passes as it came and is neither lost nor put off.
"""
import os
import pathlib
import random
import shutil
import signal
import unittest

from fault_site import Account, FaultSite, Traffic, lab

HOLE = 1 << 32


def _rubbish(path):
    path.write_bytes(random.Random(327).randbytes(50000))


def _hole(path):
    path.touch()
    os.truncate(path, HOLE)


def _writable(path):
    path.touch()
    path.chmod(0o666)


def _link_to_writable(path):
    target = path.with_name("everybodys")
    _writable(target)
    path.symlink_to(target)


# What takes the place of a file, and what the log says of it.
SETTINGS = {
    "rubbish": (_rubbish, "calmend.conf: "),
    "nothing": (lambda path: None, "No such file"),
    "folder": (pathlib.Path.mkdir, "Not a regular file"),
    "dangling link": (lambda path: path.symlink_to("/nonexistent/file"), "No such file"),
    "link to itself": (lambda path: path.symlink_to(path), "Too many levels"),
    "link to /dev/zero": (lambda path: path.symlink_to("/dev/zero"), "Not a regular file"),
    "pipe": (os.mkfifo, "Not a regular file"),
    "hole of 4 GiB": (_hole, "octets"),
}
SWITCH_OFF = {
    "folder": (pathlib.Path.mkdir, "regular"),
    "link to itself": (lambda path: path.symlink_to(path), "Too many levels"),
    "link to /dev/zero": (lambda path: path.symlink_to("/dev/zero"), "regular"),
    "dangling link": (lambda path: path.symlink_to("/nonexistent/file"), "Repairs are off"),
    "link to a file that others may write": (_link_to_writable, "may write it"),
    "file that others may write": (_writable, "may write it"),
    "pipe": (os.mkfifo, "regular"),
}


def remove(path):
    """Whatever stands there."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


class Files(unittest.TestCase):
    """Under traffic, with one Postfix."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls)
        cls.milter = cls.site.milter
        cls.good = cls.milter.config.read_bytes()

    def test_settings(self):
        traffic = Traffic(self.site)
        config = self.milter.config
        spare = config.with_name("spare")
        self.addCleanup(shutil.copy, spare, config)
        spare.write_bytes(self.good)

        def replace_each():
            for put, words in SETTINGS.values():
                seen = len(self.milter.events())
                remove(config)
                put(config)
                self.milter.process.send_signal(signal.SIGHUP)
                self.milter.wait_event(345, seen, words)
                traffic.wait_for_more()
            remove(config)
            shutil.copy(spare, config)
            seen = len(self.milter.events())
            self.milter.process.send_signal(signal.SIGHUP)
            self.milter.wait_event(344, seen)

        account = self.site.attempt(Account("settings replaced, HUP", len(SETTINGS)), traffic,
                                    replace_each)
        self.assertEqual((account.put_off, account.repaired), (0, account.taken))

    def test_switch(self):
        """Each state but "on" is followed by "on" again. A look between the two steps of a
        replacement finds no file, and says so before it tells what stands there."""
        traffic = Traffic(self.site)
        switch = self.milter.switch
        self.addCleanup(self.milter.switch_on)

        def replace_each():
            for put, words in SWITCH_OFF.values():
                seen = len(self.milter.events())
                remove(switch)
                put(switch)
                self.milter.wait_event(343, seen, words)
                traffic.wait_for_more()
                seen = len(self.milter.events())
                remove(switch)
                self.milter.switch_on()
                self.milter.wait_event(342, seen, "Repairs are on")

        account = self.site.attempt(Account("switch file replaced", len(SWITCH_OFF)), traffic,
                                    replace_each)
        self.assertEqual(account.put_off, 0)
        self.assertGreater(account.repaired, 0)
        self.assertGreater(account.as_it_came, 0)
        self.assertEqual(account.repaired + account.as_it_came, account.taken)


if __name__ == "__main__":
    lab.run_tests()
