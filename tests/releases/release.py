# SPDX-License-Identifier: BSD-2-Clause
"""release: calmend in a clean root of a release of Debian, from the sources as they are here.

The tests of `Release` are one story, as a newcomer types it: the unit, command and protocol tests,
the demo, the Debian package. Everything is installed by ./bootstrap, which so is tested too. A
subclass names the release, and is a test program of its own. Skipped where no such root can be
made, and where the sources are no clone.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "package"))

import clean_root  # noqa: E402
import lab  # noqa: E402

ARCHIVES = lab.ROOT / "build/debian-root"
SOURCES = "usr/src/calmend"
SECONDS = 900
LAST_WORDS = 6000


def copy_sources(folder):
    """Every file that git has or would take, as it is now."""
    folder.mkdir()
    listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", lab.ROOT, "ls-files", "-z",
                             "--cached", "--others", "--exclude-standard"], check=True,
                            stdout=subprocess.PIPE)
    packed = subprocess.run(["tar", "-C", lab.ROOT, "--null", "--files-from=-", "-c"], check=True,
                            input=listed.stdout, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-C", folder, "--no-same-owner", "-x"], check=True, input=packed.stdout)


class Release(unittest.TestCase):
    NAME = None  # as the mirrors spell it

    @classmethod
    def setUpClass(cls):
        reason = clean_root.missing()
        lab.need(reason is None, reason)
        lab.need(shutil.which("git") and (lab.ROOT / ".git").exists(), "the sources are no clone")
        cls.root = clean_root.CleanRoot(lab.scratch_folder(cls), ARCHIVES, cls.NAME)
        cls.addClassCleanup(cls.root.stop)
        copy_sources(cls.root.path / SOURCES)

    def bootstrap(self, *words):
        """What ./bootstrap prints, with the network of this machine, for the packages."""
        code, text = self.root.run("env", "-C", f"/{SOURCES}", "./bootstrap", *words, network=None,
                                   seconds=SECONDS)
        self.assertEqual(code, 0, text[-LAST_WORDS:])
        return text

    def test_1_suite(self):
        text = self.bootstrap("check", "plain")
        totals = re.fullmatch(r"(\d+) passed, 0 failed, (\d+) skipped", text.splitlines()[-1])
        self.assertTrue(totals, text[-LAST_WORDS:])
        print(f"# {self.NAME}: {totals[0]}")
        logs = {path.parent.name for path in
                (self.root.path / SOURCES / "build/tests").glob("*/*.trs")}
        self.assertLessEqual({"unit", "cli", "protocol"}, logs)

    def test_2_demo(self):
        self.assertIn("\nAs it should be. ", self.bootstrap("demo"))

    def test_3_package(self):
        self.assertRegex(self.bootstrap("deb"), r"(?m)/calmend_\S+\.deb$")
        folder = self.root.path / SOURCES / "build/deb"
        package = next(path.name for path in folder.glob("calmend_*.deb"))
        self.root.do("apt-get", "-qy", "--no-install-recommends", "install",
                     f"/{SOURCES}/build/deb/{package}", network=None)
        self.root.do("calmend-milter", "--check-config")


def run():
    """Runs the subclass of the calling program."""
    lab.TIME_LIMIT = 3 * SECONDS
    lab.run_tests()
