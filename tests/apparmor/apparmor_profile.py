# SPDX-License-Identifier: BSD-2-Clause
"""apparmor_profile: what an AppArmor profile allows, asked without a kernel that enforces it.

apparmor_parser puts the includes in their places; here variables are expanded and globs made into
regular expressions, as apparmor.d(5) says. `owner` is taken as given: the caller knows whose a
file is. Of rules on signals, ptrace, dbus and unix addresses nothing is known.
"""
import itertools
import re
import subprocess

import lab

VARIABLE = re.compile(r"^\s*(@\{\w+\})\s*(\+?=)\s*(.*)$")
FILE_RULE = re.compile(r'^\s*(?P<deny>deny\s+)?(?P<owner>owner\s+)?(?P<path>(?:/|@\{)\S+)\s+'
                       r"(?P<permissions>[rwaxmlkipcuPCU]+),")
WORDS_RULE = re.compile(r"^\s*(capability|network)\s+([\w ]+?)\s*,")


def flatten(path):
    """The text of the profile with everything that it includes."""
    return subprocess.run(["apparmor_parser", "--preprocess", path], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          timeout=lab.PATIENCE).stdout


def split_alternatives(text):
    """The alternatives of what stands between braces, which may hold braces again."""
    depth, parts = 0, [""]
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def closing_brace(glob):
    """Where the brace at the beginning ends."""
    depth = 0
    for position, letter in enumerate(glob):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return position
    raise ValueError(f"no end of {glob}")


def glob_to_regex(glob):
    """A pattern for the whole of a path. A star behind a slash stands for one letter at least."""
    regex, before = "", ""
    while glob:
        taken = 1
        if glob.startswith("**"):
            taken, piece = 2, ".+" if before == "/" else ".*"
        elif glob[0] == "*":
            piece = "[^/]+" if before == "/" else "[^/]*"
        elif glob[0] == "?":
            piece = "[^/]"
        elif glob[0] == "[":
            taken = glob.index("]") + 1
            piece = glob[:taken]
        elif glob[0] == "{":
            taken = closing_brace(glob) + 1
            parts = split_alternatives(glob[1:taken - 1])
            piece = "(?:" + "|".join(glob_to_regex(part) for part in parts) + ")"
        else:
            piece = re.escape(glob[0])
        regex, before, glob = regex + piece, glob[taken - 1], glob[taken:]
    return regex


class Rule:
    """One file rule."""

    def __init__(self, match, expand):
        self.deny = bool(match["deny"])
        self.text = match.group().strip()
        self.permissions = set(match["permissions"])
        globs = (re.sub("//+", "/", path) for path in expand(match["path"]))
        self.regex = re.compile("|".join(f"(?:{glob_to_regex(glob)})" for glob in globs))

    def gives(self, path):
        """The permissions on that path."""
        return self.permissions if self.regex.fullmatch(path) else set()


class Profile:
    """The rules of a profile. `own` are those that stand in the file itself, as capabilities do."""

    def __init__(self, path):
        self.variables = {}
        text = flatten(path)
        for line in text.splitlines():
            match = VARIABLE.match(line)
            if match:
                values = [value.strip('"') for value in match[3].split("#")[0].split()]
                self.variables.setdefault(match[1], []).extend(values)
        self.rules = self._file_rules(text)
        self.own = self._file_rules(path.read_text())
        self.capabilities = self._words("capability", path.read_text())
        self.networks = self._words("network", text)

    @staticmethod
    def _words(kind, text):
        matches = (WORDS_RULE.match(line) for line in text.splitlines())
        return {match[2] for match in matches if match and match[1] == kind}

    def _file_rules(self, text):
        matches = (FILE_RULE.match(line) for line in text.splitlines())
        return [Rule(match, self._expand) for match in matches if match]

    def _expand(self, path):
        names = re.findall(r"@\{\w+\}", path)
        if not names:
            return [path]
        found = []
        for values in itertools.product(*(self.variables[name] for name in names)):
            text = path
            for name, value in zip(names, values):
                text = text.replace(name, value, 1)
            found.extend(self._expand(text))
        return found

    def missing(self, path, permissions):
        """Which of the permissions on that path the profile does not give."""
        given, denied = set(), set()
        for rule in self.rules:
            (denied if rule.deny else given).update(rule.gives(path))
        return set(permissions) - (given - denied)
