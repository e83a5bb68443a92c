#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What configure says at its end, with and without libsystemd."""
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402

# pkg-config of a machine without libsystemd-dev
PKG_CONFIG = '#!/bin/sh\ncase "$*" in *libsystemd*) exit 1 ;; esac\nexec pkg-config "$@"\n'
WARNING = "Built without libsystemd"


class Configure(unittest.TestCase):
    def end(self, *options):
        """The last lines of a run in a folder of its own."""
        lab.need((lab.ROOT / "configure").exists(), "there is no configure: autoreconf -i makes it")
        lab.need(shutil.which("pkg-config"), "pkg-config is not installed")
        if (lab.ROOT / "config.status").exists():
            raise unittest.SkipTest("configured where the sources are")
        folder = lab.scratch_folder(self)
        program = folder / "other-pkg-config"
        program.write_text(PKG_CONFIG)
        program.chmod(0o755)
        done = subprocess.run(
            [lab.ROOT / "configure", *(option.format(other=program) for option in options)],
            cwd=folder, check=False, timeout=lab.TIME_LIMIT / 2, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:])
        return done.stdout.splitlines()[-14:]

    def test_without_libsystemd(self):
        """Below all that is usual, where it is seen: what will be missing, and the package."""
        for option in ("PKG_CONFIG={other}", "--without-systemd"):
            with self.subTest(option=option):
                lines = self.end(option)
                text = "\n".join(lines)
                warning = text.index(WARNING)
                self.assertGreater(warning, text.index("prefix "))
                for word in ("calmend.service", "calmend.socket", "sysusers.d", "tmpfiles.d",
                             "libsystemd-dev", "systemd-devel"):
                    self.assertIn(word, text[warning:])

    def test_with_libsystemd(self):
        lab.need(subprocess.run(["pkg-config", "libsystemd"], check=False).returncode == 0,
                 "libsystemd is not installed")
        self.assertNotIn(WARNING, "\n".join(self.end()))


if __name__ == "__main__":
    lab.run_tests()
