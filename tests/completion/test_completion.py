#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What bash, zsh and fish offer behind calmend and calmend-milter, beside what --help says.

The help is read here anew, without the program that prints the completions.
"""
import functools
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402
import shells  # noqa: E402

OPTION = re.compile(r"^ +(?:-(\w), )?--([\w-]+)(?:=(\S+))? +(\S.*)$", re.MULTILINE)

# Words for values, and what is offered for them. A new word belongs here, and
# perhaps in packaging/completion/completion.awk.
VALUES = {"FILE": "file", "DIR": "file", "SPEC": "socket", "SOCKET": "socket", "ADDRESS": None,
          "NAME": None, "SECONDS": None, "ID": None, "NUMBER": None, "YYYY-MM-DD": None,
          "YYYYMMDDTHHMMSSZ": None, "PROFILE": "profile", "RULES": "rule"}


def help_of(place):
    """What a program, command, or command with an option says of itself."""
    program, *rest = place.split()
    path = {"calmend": lab.COMMAND, "calmend-milter": lab.MILTER}[program]
    return subprocess.run([path, *rest, "--help"], check=True, text=True,
                          stdout=subprocess.PIPE, timeout=lab.PATIENCE).stdout


def commands():
    """The commands of calmend with their texts."""
    block = help_of("calmend").partition("Commands:\n")[2].partition("\n\n")[0]
    return dict(re.findall(r"^  (\S+) +(.*)$", block, re.MULTILINE))


def places():
    """Wherever options stand."""
    found = ["calmend-milter", *(f"calmend {command}" for command in commands())]
    for place in list(found):
        for option in re.findall(r"With (--\S+) it takes other options", help_of(place)):
            found.append(f"{place} {option}")
    return found


def options(place):
    """The options there, as name: text, short names too."""
    found = {}
    for short, name, _, text in OPTION.findall(help_of(place)):
        found[f"--{name}"] = text
        if short:
            found[f"-{short}"] = text
    for other in re.findall(r"With (--\S+) it takes other options", help_of(place)):
        found[other] = options(f"{place} {other}")[other]
    return found


@functools.lru_cache(maxsize=None)
def rules_and_families():
    """All that there are."""
    with tempfile.NamedTemporaryFile(suffix=".conf") as settings:
        rows = subprocess.run([lab.COMMAND, "rules", "--json", "--config", settings.name], check=True,
                              text=True, stdout=subprocess.PIPE, timeout=lab.PATIENCE).stdout
    return {json.loads(row)[key] for row in rows.splitlines() for key in ("rule", "family")}


@functools.lru_cache(maxsize=None)
def taken_by(option):
    """The rules and families that an option of `calmend check` takes."""
    with tempfile.NamedTemporaryFile(suffix=".conf") as settings:
        def takes(name):
            return subprocess.run([lab.COMMAND, "check", "--config", settings.name, option, name, os.devnull],
                                  check=False, text=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  timeout=lab.PATIENCE).stderr.find(option) < 0
        return {name for name in rules_and_families() if takes(name)}


class Help(unittest.TestCase):
    def test_is_understood(self):
        self.assertIn("--config", options("calmend check"))
        self.assertIn("-c", options("calmend-milter"))
        self.assertIn("calmend probe --health", places())
        for place in places():
            lines = [line for line in help_of(place).splitlines() if line.startswith("  -")]
            self.assertEqual(len(lines), len(OPTION.findall(help_of(place))), place)

    def test_every_word_for_a_value_is_known(self):
        for place in places():
            for _, _, value, _ in OPTION.findall(help_of(place)):
                self.assertIn(value, {"", *VALUES}, place)


class Shell:
    """What is asked of each shell; `start` gives it."""

    @classmethod
    def setUpClass(cls):
        lab.need(shutil.which(cls.program), f"{cls.program} is not installed")
        cls.folder = lab.scratch_folder(cls)
        (cls.folder / "mail.eml").write_text("")
        (cls.folder / "deep").mkdir()
        cls.listener = socket.socket(socket.AF_UNIX)
        cls.addClassCleanup(cls.listener.close)
        cls.listener.bind(str(cls.folder / "milter.sock"))
        cls.shell = cls.start()

    def names(self, line):
        """What is offered, without the sign of a value or a folder."""
        return {re.sub(r"[=/]$", "", word) for word in self.shell.offers(line)}

    def test_commands(self):
        self.assertEqual(self.names("calmend "), set(commands()))

    def test_commands_begin_with_the_word(self):
        self.assertEqual(self.names("calmend r"), {"repair", "report", "rules"})

    def test_options_of_the_command_itself(self):
        named = set(re.findall(r"--[a-z]\w*", help_of("calmend")))
        self.assertEqual(self.names("calmend --"), named)

    def test_every_option(self):
        for place in places():
            with self.subTest(place=place):
                mode = {word for word in place.split() if word.startswith("--")}
                self.assertEqual(self.names(f"{place} -") | mode, set(options(place)))

    def test_options_of_the_first_command_alone(self):
        """A file may have the name of a command."""
        self.assertIn("--diff", self.names("calmend repair check -"))
        self.assertNotIn("--diff", self.names("calmend check repair -"))

    def test_files(self):
        everything = {"mail.eml", "deep", "milter.sock"}
        for line in ("calmend check ", "calmend repair ", "calmend check --json mail.eml ",
                     "calmend check --config ", "calmend-milter -c ", "calmend-milter --pid-file ",
                     "calmend probe unix:milter.sock ", "calmend probe --helo x inet:1@::1 "):
            with self.subTest(line=line):
                self.assertEqual(self.names(line), everything)

    def test_file_behind_the_sign(self):
        offered = self.names("calmend check --config=ma")
        self.assertEqual({word.removeprefix("--config=") for word in offered}, {"mail.eml"})

    def test_nothing(self):
        """zsh shows the options where nothing else stands."""
        for line in ("calmend rules ", "calmend-milter ", "calmend check --now ", "calmend check --policy ",
                     "calmend probe --timeout ", "calmend probe --health unix:milter.sock ",
                     "calmend nonsense ", "calmend nonsense --"):
            with self.subTest(line=line):
                offered = self.names(line)
                self.assertEqual({word for word in offered if not word.startswith("-")}, set())

    def test_profiles(self):
        for line in ("calmend check --profile ", "calmend repair --profile=",
                     "calmend repair --in-place --profile "):
            with self.subTest(line=line):
                offered = self.names(line)
                self.assertEqual({word.removeprefix("--profile=") for word in offered},
                                 {"inbound", "outbound", "none"})

    def test_rules(self):
        """And families: those that the option takes."""
        self.assertLess(taken_by("--enable"), taken_by("--disable"))
        self.assertEqual(taken_by("--disable"), rules_and_families())
        for option in ("--enable", "--disable"):
            for sign in (" ", "="):
                with self.subTest(option=option, sign=sign):
                    offered = self.names(f"calmend check {option}{sign}")
                    self.assertEqual({word.removeprefix(f"{option}=") for word in offered},
                                     taken_by(option))

    def test_rules_behind_a_comma(self):
        for line in ("calmend repair --disable epoch,stamp-m", "calmend check --enable=epoch,stamp-m"):
            with self.subTest(line=line):
                offered = self.names(line)
                self.assertEqual({re.split("[=,]", word)[-1] for word in offered}, {"stamp-missing"})

    def test_kinds_of_sockets(self):
        for line in ("calmend probe ", "calmend probe --health ", "calmend probe --helo unix ",
                     "calmend probe --health --timeout 3 ", "calmend-milter -s ",
                     "calmend-milter --socket "):
            with self.subTest(line=line):
                self.assertEqual(self.names(line), {"unix:", "inet:", "inet6:"})

    def test_sockets(self):
        """No file that is none."""
        for line in ("calmend probe ", "calmend-milter -s ", "calmend-milter --socket="):
            with self.subTest(line=line):
                offered = self.names(f"{line}unix:{self.folder}/")
                self.assertEqual({re.split("[:/]", word)[-1] for word in offered},
                                 {"milter.sock", "deep"})

    def test_program_with_its_path(self):
        path = os.path.relpath(lab.COMMAND, self.folder)
        self.assertEqual(self.names(f"{path} ch"), {"check"})


class Texts:
    """What is asked of a shell that shows texts."""

    def test_text_of_every_command(self):
        self.assertEqual(self.shell.offers("calmend "), commands())

    def test_text_of_every_option(self):
        for place in places():
            known = options(place)
            for name, text in self.shell.offers(f"{place} --").items():
                self.assertEqual(text, known[name.rstrip("=")], (place, name))


class Keys:
    """What is asked of a shell on a terminal. `list_goes_on`: what it puts behind a word of a list."""

    list_goes_on = ""

    def test_key(self):
        for line, completed in (
                ("calmend ch", "calmend check "),
                ("calmend check --conf", "calmend check --config="),
                ("calmend check --js", "calmend check --json "),
                ("calmend check --config=ma", "calmend check --config=mail.eml "),
                ("calmend check --profile=inb", "calmend check --profile=inbound "),
                ("calmend check --enable=epoch,stamp-mis",
                 f"calmend check --enable=epoch,stamp-missing{self.list_goes_on}"),
                ("calmend probe un", "calmend probe unix:"),
                ("calmend probe unix:mil", "calmend probe unix:milter.sock "),
                ("calmend-milter --socket=unix:mil", "calmend-milter --socket=unix:milter.sock "),
                ("calmend repair <ma", "calmend repair <mail.eml ")):
            with self.subTest(line=line):
                self.assertEqual(self.shell.completed(line), completed)


class Bash(Shell, Keys, unittest.TestCase):
    program = "bash"

    @classmethod
    def start(cls):
        return shells.Bash(cls, cls.folder, with_package=False)


class BashWithPackage(Bash):
    @classmethod
    def start(cls):
        lab.need(os.path.exists(shells.BASH_COMPLETION), "bash-completion is not installed")
        return shells.Bash(cls, cls.folder, with_package=True)


class Zsh(Shell, Texts, Keys, unittest.TestCase):
    program = "zsh"
    list_goes_on = ","  # which goes with the next key, unless that is a letter

    @classmethod
    def start(cls):
        return shells.Zsh(cls, cls.folder)


class Fish(Shell, Texts, unittest.TestCase):
    program = "fish"

    @classmethod
    def start(cls):
        return shells.Fish(cls, cls.folder)


if __name__ == "__main__":
    lab.run_tests()
