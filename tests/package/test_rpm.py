#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The RPM that ./bootstrap rpm has made: what rpm and rpmlint say of it, and whether it works.

Its files are unpacked and run where they lie. rpm also installs it in a root of its own, without
scriptlets and dependencies, since Fedora's packages are not there; the scriptlet that makes the
user runs apart, with programs that only note how they were called.
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
import mails  # noqa: E402

PACKAGING = lab.ROOT / "packaging" / "rpm"
SPEC = PACKAGING / "calmend.spec"
BUILT = lab.ROOT / "build" / "rpm"
SETTINGS = "/etc/calmend/calmend.conf"
SWITCH = "/etc/calmend/FixRecipientTrackStatusTime"

# There is no page of the project yet, nor a place from which releases are fetched; and rpmlint 2.4
# does not find the manual of any program. README.md has a copy of the license beside it.
WARNINGS = {"no-url-tag", "invalid-url", "no-manual-page-for-binary", "files-duplicate"}

# A release has configure, and gcc brings the headers of the C library.
ONLY_IN_A_CLONE = {"autoconf", "automake", "autoconf-archive", "glibc-devel"}

PATHS = """
/etc/calmend
/etc/calmend/calmend.conf
/usr/bin/calmend
/usr/lib/systemd/catalog/calmend.catalog
/usr/lib/systemd/system/calmend.service
/usr/lib/systemd/system/calmend.socket
/usr/lib/sysusers.d/calmend.conf
/usr/lib/tmpfiles.d/calmend.conf
/usr/share/bash-completion/completions/calmend
/usr/share/bash-completion/completions/calmend-milter
/usr/share/doc/calmend/README.md
/usr/share/doc/calmend/packaging/postfix/main.cf
/usr/share/doc/calmend/tests/data/demo-reply.eml
/usr/share/fish/vendor_completions.d/calmend-milter.fish
/usr/share/fish/vendor_completions.d/calmend.fish
/usr/share/man/man1/calmend-report.1.gz
/usr/share/man/man1/calmend.1.gz
/usr/share/man/man5/calmend.conf.5.gz
/usr/share/man/man7/calmend-events.7.gz
/usr/share/man/man7/calmend-metrics.7.gz
/usr/share/man/man7/calmend-rules.7.gz
/usr/share/man/man8/calmend-milter.8.gz
/usr/share/zsh/site-functions/_calmend
""".split()

# getent knows what is in KNOWN; the others note their calls.
FAKES = {"getent": 'case " $KNOWN " in *" $1 "*) ;; *) exit 2 ;; esac',
         "groupadd": 'echo "groupadd $*" >>"$CALLS"', "useradd": 'echo "useradd $*" >>"$CALLS"'}


def run(*command, **options):
    """The standard output of a command that must go well."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, check=False, **options)
    assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr)
    return done.stdout


def built(pattern):
    """The one package of that name that ./bootstrap rpm has left."""
    found = list(BUILT.glob(pattern))
    lab.need(found, f"no {pattern} in build/rpm: ./bootstrap rpm makes it")
    assert len(found) == 1, found
    return found[0]


def need(*programs):
    for program in programs:
        lab.need(shutil.which(program), f"{program} is not installed")


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need("rpm")
        cls.package = built("RPMS/*/calmend-[0-9]*.rpm")

    def query(self, *options):
        return run("rpm", "-qp", *options, self.package)

    def per_file(self, tag):
        """A tag of every file."""
        lines = self.query("--queryformat", f"[%{{FILENAMES}} %{{{tag}}}\n]").splitlines()
        return dict(line.rsplit(" ", 1) for line in lines)


class Queries(Case):
    def test_version(self):
        version = re.search(r"AC_INIT\(\[calmend\], \[(.*?)\]\)",
                            (lab.ROOT / "configure.ac").read_text())[1]
        self.assertEqual(self.query("--queryformat", "%{VERSION}"), version)
        self.assertIn(f"- {version}-", self.query("--changelog").splitlines()[0])

    def test_license(self):
        self.assertEqual(self.query("--queryformat", "%{LICENSE}"), "BSD-2-Clause")
        self.assertRegex(self.query("--licensefiles"), r"LICENSE\n$")

    def test_files(self):
        found = set(self.query("--list").split())
        self.assertEqual(set(PATHS) - found, set())
        self.assertTrue({"/usr/sbin/calmend-milter", "/usr/bin/calmend-milter"} & found)

    def test_is_the_same_whatever_is_installed(self):
        """The pages for a browser are made where their tools are, and so are no part of it."""
        self.assertNotIn(".html", self.query("--list"))

    def test_settings_are_kept_on_upgrade(self):
        self.assertEqual(self.query("--configfiles"), f"{SETTINGS}\n")
        self.assertEqual(self.per_file("FILEFLAGS:fflags")[SETTINGS], "cn")

    def test_nothing_but_the_settings_is_in_their_folder(self):
        found = self.query("--list").split()
        self.assertEqual([path for path in found if path.startswith("/etc/calmend/")], [SETTINGS])

    def test_everything_is_roots_and_nobody_else_writes(self):
        self.assertEqual(set(self.per_file("FILEUSERNAME").values()), {"root"})
        self.assertEqual(set(self.per_file("FILEGROUPNAME").values()), {"root"})
        for path, mode in self.per_file("FILEMODES:perms").items():
            self.assertRegex(mode, r"^l|^[d-]rw[x-]r-[x-]r-[x-]$", path)

    def test_requirements(self):
        found = self.query("--requires")
        for library in ("glib-2.0", "gmime-3.0", "ical", "json-glib-1.0", "milter", "systemd"):
            self.assertIn(f"lib{library}.so.", found)
        for name in ("shadow-utils", "systemd"):
            self.assertIn(name, found.splitlines())

    def test_scriptlets(self):
        found = self.query("--scripts")
        for scriptlet, word in (
                ("preinstall", "useradd -r"), ("postinstall", "preset"),
                ("preuninstall", "disable"), ("postuninstall", "restart")):
            text = re.search(rf"(?ms)^{scriptlet} scriptlet .*?:$(.*?)(?=^\w+ scriptlet|\Z)", found)
            self.assertIsNotNone(text, scriptlet)
            self.assertEqual(subprocess.run(["sh", "-n"], input=text[1], text=True,
                                            check=False).returncode, 0, scriptlet)
            if "systemd-update-helper" not in text[1]:
                self.assertIn(word, text[1])

    def test_rpmlint(self):
        need("rpmlint")
        done = subprocess.run(
            ["rpmlint", "-c", PACKAGING / "rpmlint.toml", self.package,
             built("SRPMS/calmend-[0-9]*.rpm"), SPEC], stdout=subprocess.PIPE, text=True,
            timeout=120, check=False)
        found = re.findall(r"^\S+: ([EW]): (\S+)", done.stdout, re.MULTILINE)
        self.assertIn("0 errors", done.stdout)
        self.assertEqual([name for level, name in found if level == "E"], [], done.stdout)
        self.assertEqual({name for _, name in found} - WARNINGS, set(), done.stdout)


class Spec(Case):
    def test_needs_what_bootstrap_installs(self):
        table = re.search(r"TABLE'\n(.*?)TABLE", (lab.ROOT / "bootstrap").read_text(), re.S)[1]
        rows = [row.split("|") for row in table.splitlines()]
        known = {row[2] for row in rows if row[0] == "build"} - ONLY_IN_A_CLONE
        required = set(re.findall(r"(?m)^BuildRequires: +(\S+)$", SPEC.read_text()))
        self.assertEqual(required, known | {"systemd-rpm-macros"})

    def test_is_built_from_a_release_alone(self):
        need("rpmbuild")
        folder = lab.scratch_folder(self)
        options = ["--nodeps", "--define", f"_topdir {folder}"]
        if shutil.which("dpkg"):
            options += ["--load", PACKAGING / "macros.debian"]
        run("rpmbuild", "-ts", *options, built("SOURCES/calmend-*.tar.gz"))
        self.assertEqual(len(list(folder.glob("SRPMS/*.src.rpm"))), 1)


class Unpacked(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need("rpm2cpio", "cpio")
        cls.folder = lab.scratch_folder(cls)
        run("sh", "-c", 'rpm2cpio "$1" | cpio -idm --quiet --no-absolute-filenames', "sh",
            cls.package, cwd=cls.folder)

    def path(self, name):
        return self.folder / name.lstrip("/")

    def milter(self):
        return next(self.folder.glob("usr/*bin/calmend-milter"))

    def test_command_runs(self):
        version = self.query("--queryformat", "%{VERSION}")
        self.assertEqual(run(self.path("usr/bin/calmend"), "--version"), f"calmend {version}\n")
        done = subprocess.run([self.path("usr/bin/calmend"), "check", "-"],
                              input=mails.reply_mail(), stdout=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"attendee-change-missing", done.stdout)

    def test_milter_takes_the_settings(self):
        text = run(self.milter(), "--check-config", "--config", self.path(SETTINGS))
        self.assertEqual(text, "The settings are good.\n")

    def test_places_of_the_system(self):
        """Where the programs look by default, and the unit for the program."""
        text = run(self.milter(), "--print-config", "--config", self.path(SETTINGS))
        self.assertIn(f"switch-file = {SWITCH}\n", text)
        unit = self.path("usr/lib/systemd/system/calmend.service").read_text()
        self.assertIn(f"\nExecStart=/{self.milter().relative_to(self.folder)}\n", unit)

    def test_links_lead_somewhere(self):
        for path in self.folder.rglob("*"):
            if path.is_symlink() and ".build-id" not in path.parts:
                self.assertTrue(path.exists(), path)

    def test_links_of_the_documentation_hold(self):
        folder = self.path("/usr/share/doc/calmend")
        for page in folder.rglob("README.md"):
            for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
                self.assertTrue((page.parent / link).is_file(), (page.name, link))

    def test_user_of_the_unit_is_made(self):
        text = self.path("usr/lib/sysusers.d/calmend.conf").read_text()
        self.assertRegex(text, r"(?m)^u calmend ")


class User(Case):
    """The scriptlet that makes the user before the files come."""

    def calls(self, known):
        folder = lab.scratch_folder(self)
        for name, text in FAKES.items():
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        log = folder / "calls"
        log.touch()
        run("sh", "-c", self.query("--queryformat", "%{PREIN}"),
            env={"PATH": f"{folder}:/usr/bin:/bin", "CALLS": str(log), "KNOWN": known})
        return log.read_text().splitlines()

    def test_is_made(self):
        group, user = self.calls("")
        self.assertEqual(group, "groupadd -r calmend")
        self.assertRegex(user, "^useradd -r -g calmend .*nologin.* calmend$")

    def test_is_made_once(self):
        self.assertEqual(self.calls("passwd group"), [])
        self.assertEqual(len(self.calls("group")), 1)


class Installed(Case):
    def setUp(self):
        lab.need(os.geteuid() == 0, "only root can install a package")
        self.folder = lab.scratch_folder(self)
        self.rpm("-i", "--nodeps", "--noscripts", self.package)
        self.settings = self.folder / SETTINGS.lstrip("/")

    def rpm(self, *options):
        return run("rpm", "--root", self.folder, "--dbpath", "/var/lib/rpm", *options)

    def test_is_whole(self):
        self.assertEqual(self.rpm("--verify", "--nodeps", "--noscripts", "calmend"), "")

    def test_changed_settings_stay(self):
        self.settings.write_text("[repair]\nstamp=no\n")
        self.rpm("-U", "--nodeps", "--noscripts", "--replacepkgs", self.package)
        self.assertEqual(self.settings.read_text(), "[repair]\nstamp=no\n")

    def test_removal_leaves_what_the_administrator_made(self):
        self.settings.write_text("[repair]\nstamp=no\n")
        switch = self.folder / SWITCH.lstrip("/")
        switch.touch()
        self.rpm("-e", "--nodeps", "--noscripts", "calmend")
        self.assertTrue(switch.exists())
        self.assertEqual(self.settings.with_name("calmend.conf.rpmsave").read_text(),
                         "[repair]\nstamp=no\n")
        self.assertFalse((self.folder / "usr/bin/calmend").exists())


if __name__ == "__main__":
    lab.run_tests()
