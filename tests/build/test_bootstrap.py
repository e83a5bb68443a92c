#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What ./bootstrap would install for each verb and stage.

It runs in a folder of its own, on a machine that seems to have no package and cannot get one: then
it names what is missing and ends, before it builds anything.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402

FAKES = {"dpkg-query": "exit 1", "apt-get": "exit 1", "debconf-set-selections": "cat >/dev/null",
         "sudo": 'exec "$@"'}

# stage: some that it needs, some that only others need
STAGES = {
    "guard": ("python3 python3-tap valgrind", "clang postfix miltertest zsh debootstrap rpm gcovr"),
    "gcc": ("postfix miltertest zsh prometheus systemd", "clang gcovr debootstrap debhelper valgrind"),
    "asan": ("clang miltertest zsh rsyslog", "postfix opendkim gcovr debootstrap"),
    "tsan": ("clang miltertest", "postfix zsh gcovr debootstrap"),
    "valgrind": ("valgrind python3", "clang postfix zsh debootstrap"),
    "fuzz": ("clang python3", "postfix miltertest zsh valgrind debootstrap"),
    "coverage": ("gcovr python3", "clang postfix zsh debootstrap"),
    "faults": ("postfix python3-aiosmtpd m4", "clang zsh debootstrap gcovr"),
    "stores": ("dovecot-imapd isync postfix python3-aiosmtpd", "clang zsh debootstrap gcovr"),
    "filter": ("procmail maildrop dovecot-sieve libidn12 postfix", "clang zsh debootstrap gcovr"),
    "readers": ("python3-vobject php-cli nodejs", "clang postfix zsh debootstrap gcovr"),
    "browser": ("chromium chromium-driver python3-selenium", "clang postfix zsh debootstrap gcovr"),
    "boot": ("systemd-container debhelper", "clang postfix zsh lintian qemu-system-x86"),
    "kernel": ("qemu-system-x86 e2fsprogs debhelper", "clang postfix zsh systemd-container"),
    "debian13": ("debootstrap python3-tap", "clang postfix miltertest zsh debhelper"),
    "releases": ("debootstrap python3-tap", "clang postfix miltertest zsh debhelper"),
    "plain": ("miltertest python3-tap", "clang postfix zsh debootstrap valgrind"),
    "reproducible": ("faketime debhelper rpm", "clang postfix zsh debootstrap lintian valgrind"),
    "oci": ("podman buildah crun kubernetes-client nodejs debootstrap postfix haproxy", "clang zsh lintian gcovr faketime"),
    "packages": ("debootstrap lintian debhelper rpm python3-tap", "clang postfix zsh valgrind gcovr"),
}


class Packages(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        shutil.copy(lab.ROOT / "bootstrap", self.folder)
        for name, text in FAKES.items():
            (self.folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.folder / name).chmod(0o755)

    def wanted(self, *arguments, **environment):
        """The packages that it names as missing."""
        done = subprocess.run(
            ["sh", self.folder / "bootstrap", *arguments], check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=lab.PATIENCE,
            env={**{name: value for name, value in os.environ.items() if name != "CI"},
                 "PATH": f"{self.folder}:{os.environ['PATH']}", **environment})
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("the packages could not be installed", done.stderr)
        self.assertFalse((self.folder / "build").exists())
        names = re.findall(r"(?m)^   (\S+) +\S", done.stdout)
        self.assertEqual(len(names), len(set(names)), "each is named once")
        return set(names)

    def test_stage(self):
        build = self.wanted("build")
        self.assertIn("libgmime-3.0-dev", build)
        for stage, (needed, foreign) in STAGES.items():
            with self.subTest(stage=stage):
                wanted = self.wanted("check", stage)
                self.assertLessEqual(build | set(needed.split()), wanted)
                self.assertEqual(wanted & set(foreign.split()), set())

    def test_release(self):
        """Before anything of it is built: what is there decides what is built."""
        wanted = self.wanted("release")
        self.assertEqual(wanted, self.wanted("rpm") | self.wanted("deb") | {"python3", "python3-tap"})
        self.assertEqual(self.wanted("release", "v1.2.3"), wanted | {"git"})

    def test_release_of_no_tag(self):
        """Nothing is built, and nothing goes that was built before."""
        (self.folder / "dpkg-query").write_text("#!/bin/sh\necho installed\n")
        kept = self.folder / "build/release/SHA256SUMS"
        kept.parent.mkdir(parents=True)
        kept.touch()
        done = subprocess.run(["sh", self.folder / "bootstrap", "release", "v9.9.9"], check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=lab.PATIENCE,
                              env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("no tag v9.9.9 here\n", done.stderr)
        self.assertTrue(kept.exists())

    def test_program_of_another_maker(self):
        """Debian's package has the same file, and cannot be installed beside it."""
        self.assertIn("kubernetes-client", self.wanted("check", "oci"))
        (self.folder / "dpkg-query").write_text(
            '#!/bin/sh\ncase $* in *kubectl) echo installed ;; *) exit 1 ;; esac\n')
        self.assertNotIn("kubernetes-client", self.wanted("check", "oci"))

    def test_stages_together(self):
        self.assertEqual(self.wanted("check", "guard", "fuzz"),
                         self.wanted("check", "guard") | self.wanted("check", "fuzz"))

    def test_every_stage_is_held_to_this(self):
        text = (lab.ROOT / "bootstrap").read_text()
        table = re.search(r"(?s)\nstages\(\) \{.*?<<'TABLE'\n(.*?)TABLE\n", text)[1]
        names = {row.split("|")[0] for row in table.splitlines()}
        self.assertEqual(names, set(STAGES))

    def test_no_stage_is_named(self):
        """Nothing that would start a service; continuous integration has all."""
        wanted = self.wanted("check")
        self.assertLessEqual({"postfix", "clang", "valgrind"}, wanted)
        self.assertEqual(wanted & {"prometheus", "rsyslog", "haproxy", "debootstrap", "gcovr"}, set())
        every = set().union(*(self.wanted("check", stage) for stage in STAGES))
        self.assertEqual(self.wanted("check", CI="true"), every)


if __name__ == "__main__":
    lab.run_tests()
