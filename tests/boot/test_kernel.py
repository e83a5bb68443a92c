#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The AppArmor profile of the Debian package, enforced by a real kernel: mail passes and nothing that
the milter asks for is denied.

A machine of its own boots once, in software emulation, runs traffic.sh and turns itself off.
"""
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import booted_root  # noqa: E402
import clean_root  # noqa: E402
import emulated_machine  # noqa: E402
import lab  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MAIL = lab.ROOT / "tests/mta/data/kb938650.eml"
UNIT = f"""[Unit]
After=calmend.service systemd-journald.service
[Service]
Type=oneshot
ExecStart=/bin/sh /root/traffic.sh
StandardOutput=file:{emulated_machine.RESULT}
StandardError=journal
"""


def add_traffic(root):
    """What the machine does once it is up."""
    shutil.copy(HERE / "traffic.sh", root / "root/traffic.sh")
    shutil.copy(MAIL, root / "root/mail.eml")
    units = root / "etc/systemd/system"
    (units / "traffic.service").write_text(UNIT)
    wanted = units / "multi-user.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / "traffic.service").symlink_to("../traffic.service")


class Kernel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for reason in (clean_root.missing(), emulated_machine.missing()):
            lab.need(reason is None, reason)
        if emulated_machine.unfit():
            raise unittest.SkipTest(emulated_machine.unfit())
        package = booted_root.built()
        root = booted_root.prepare(cls, package, emulated_machine.KERNEL, "initramfs-tools",
                                   "apparmor", "udev", f"/root/{package.name}")
        add_traffic(root)
        cls.result = emulated_machine.run(root, lab.scratch_folder(cls))

    def said(self, name):
        """The lines of traffic.sh that begin with that word, without it."""
        return re.findall(rf"(?m)^{name} ?(.*)$", self.result)

    def test_1_it_ran_to_its_end(self):
        self.assertEqual(self.said("end"), [""], self.result)
        self.assertEqual(self.said("no"), [])
        self.assertEqual(self.said("service"), ["active"])

    def test_2_the_profile_is_enforced(self):
        self.assertEqual(self.said("profile"), ["calmend-milter (enforce)"])

    def test_3_a_denial_would_be_seen(self):
        self.assertEqual(self.said("read"), [])
        self.assertGreater(int(self.said("control")[0]), 0)

    def test_4_mail_passes(self):
        self.assertGreater(int(self.said("sent")[0]), 20)
        self.assertEqual(self.said("failed"), ["0"])
        self.assertGreater(int(self.said("repaired")[0]), 0)

    def test_5_nothing_is_denied(self):
        self.assertEqual(self.said("denied"), [])


if __name__ == "__main__":
    lab.TIME_LIMIT = 580
    lab.run_tests()
