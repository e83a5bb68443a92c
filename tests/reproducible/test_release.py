#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two releases of the same sources, by ./bootstrap release, are equal octet for octet.

They are made at the same time by two people: in folders of different length, as different users
where root runs this, with their own umask, time zone, locale, home, host name and number of processors,
the second one more than a year later (by libfaketime, which leaves the times of files as they are).
The first one makes it of a tag. The unit tests are left out. Then the SBOM is held to what the release has.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import unittest

for room in ("releases", "protocol"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / room))

import lab  # noqa: E402
import release  # noqa: E402

SECONDS = 1500
SOMEBODY = 23456
PLACES = {
    "here": {"umask": 0o022, "environment": {"TZ": "UTC", "LC_ALL": "C"}, "before": []},
    "a-longer.way/to+go": {
        "umask": 0o077,
        "environment": {"TZ": "Asia/Kathmandu", "LANG": "C.UTF-8", "NO_FAKE_STAT": "1"},
        "before": ["faketime", "-f", "+373d"]},
}
KINDS = (".tar.gz", ".orig.tar.gz", ".debian.tar.xz", ".dsc", ".deb", ".rpm", ".src.rpm", ".spdx.json",
         "SHA256SUMS")


def as_somebody(folder, environment):
    """The begin of a command line of another user on another host, with one processor; `folder` becomes
    his."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, SOMEBODY, SOMEBODY, follow_symlinks=False)
    environment.update(HOME=str(folder), USER="somebody", LOGNAME="somebody")
    return ["unshare", "--uts", "sh", "-c", 'hostname elsewhere.example && exec "$@"', "sh",
            "taskset", "1", "setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]


def tag_sources(folder):
    """The tag that the folder has afterwards, of its sources as they are."""
    version = re.search(r"AC_INIT\(\[calmend\], \[(.*?)\]\)", (folder / "configure.ac").read_text())[1]
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"],
                  ["tag", "-m", version, f"v{version}"]):
        subprocess.run(["git", "-C", folder, *author, *words], check=True)
    return f"v{version}"


class TwoReleases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for program in ("git", "faketime", "rpmbuild", "dpkg-buildpackage", "unshare", "setpriv"):
            lab.need(shutil.which(program), f"{program} is not installed")
        lab.need((lab.ROOT / ".git").exists(), "the sources are no clone")
        scratch = lab.scratch_folder(cls)
        runs = [cls.start(scratch / name, **place) for name, place in PLACES.items()]
        for run in runs:
            cls.addClassCleanup(lambda run=run: run.poll() is None and run.kill())
        for run, name in zip(runs, PLACES):
            words = run.communicate(timeout=SECONDS)[0]
            assert run.returncode == 0, f"{name}: {words[-3000:]}"
            listed = [line for line in words.splitlines() if line.startswith("build/release/")]
            assert listed and all((scratch / name / "calmend" / line).exists() for line in listed), words
        cls.folders = [scratch / name / "calmend/build/release" for name in PLACES]

    @staticmethod
    def start(folder, umask, environment, before, tags=False):
        """One person's ./bootstrap release."""
        folder.mkdir(parents=True)
        release.copy_sources(folder / "calmend")
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEB_BUILD_OPTIONS": "nocheck",
                     **environment}
        words = [*before, "./bootstrap", "release", *([tag_sources(folder / "calmend")] if tags else [])]
        if before and os.geteuid() == 0:
            words = as_somebody(folder, variables) + words
        return subprocess.Popen(words, cwd=folder / "calmend", env=variables, umask=umask,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def names(self):
        return sorted(path.name for path in self.folders[0].iterdir())

    def test_1_octets_are_equal(self):
        self.assertEqual(self.names(), sorted(path.name for path in self.folders[1].iterdir()))
        for name in self.names():
            with self.subTest(name=name):
                self.assertEqual(*((folder / name).read_bytes() for folder in self.folders))

    def test_2_is_whole(self):
        for ending in KINDS:
            self.assertTrue([name for name in self.names() if name.endswith(ending)], ending)
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=self.folders[0], check=True)

    def sbom(self):
        path = next(self.folders[0].glob("*.spdx.json"))
        return json.loads(path.read_text())

    def test_3_sbom_has_each_file(self):
        archive = next(path for path in self.folders[0].glob("calmend-*.tar.gz"))
        with tarfile.open(archive) as tar:
            files = {"./" + member.name.split("/", 1)[1]:
                     hashlib.sha256(tar.extractfile(member).read()).hexdigest()
                     for member in tar if member.isfile()}
        told = {file["fileName"]: file["checksums"][1]["checksumValue"] for file in self.sbom()["files"]}
        self.assertEqual(told, files)

    def test_4_sbom_has_each_package(self):
        sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in self.folders[0].iterdir() if path.suffix in (".deb", ".rpm")}
        told = {package["packageFileName"]: package["checksums"][1]["checksumValue"]
                for package in self.sbom()["packages"]
                if package.get("primaryPackagePurpose") == "INSTALL"}
        self.assertEqual(told, sums)

    def test_5_sbom_has_the_libraries(self):
        """Those of the Debian package, by the names that Debian's own tools gave them."""
        package = next(self.folders[0].glob("calmend_*.deb"))
        words = subprocess.run(["dpkg-deb", "-f", package, "Depends"], check=True, text=True,
                               stdout=subprocess.PIPE).stdout
        wanted = set(re.findall(r"\b(lib[\w.+-]+)", words))
        self.assertGreater(len(wanted), 5)
        sbom = self.sbom()
        names = {one["SPDXID"]: one["name"] for one in sbom["packages"]}
        self.assertEqual({names[row["relatedSpdxElement"]] for row in sbom["relationships"]
                          if row["relationshipType"] == "DYNAMIC_LINK"}, wanted)

    def test_6_sbom_holds_together(self):
        """Identifiers are unique, and relationships name what is there."""
        sbom = self.sbom()
        ids = [one["SPDXID"] for one in (sbom, *sbom["packages"], *sbom["files"])]
        self.assertEqual(len(ids), len(set(ids)))
        for one in ids:
            self.assertRegex(one, r"^SPDXRef-[A-Za-z0-9.-]+$")
        for row in sbom["relationships"]:
            self.assertLessEqual({row["spdxElementId"], row["relatedSpdxElement"]}, set(ids))


if __name__ == "__main__":
    lab.TIME_LIMIT = 2 * SECONDS
    lab.run_tests()
