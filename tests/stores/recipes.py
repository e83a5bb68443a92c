# SPDX-License-Identifier: BSD-2-Clause
"""recipes: the commands of doc/stored-mail.md, to be run as they stand there.

What is another one on this machine (a name, a port, a socket) is replaced, and each such word must
be in the recipe.
"""
import os
import re
import subprocess
import textwrap

import lab

PAGE = lab.ROOT / "doc" / "stored-mail.md"


def blocks(section):
    """The blocks of commands under a heading, in order."""
    text = PAGE.read_text(encoding="utf-8")
    body = re.search(rf"(?ms)^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text)[1]
    return [textwrap.dedent(block) for block in
            re.findall(r"(?ms)^ *```\n(.*?)^ *```$", body)]


def adapt(text, words):
    """The text with other words in place of some."""
    for word, other in words.items():
        assert word in text, f"{PAGE.name} has no {word!r}"
        text = text.replace(word, other)
    return text


def run(commands, home, **environment):
    """Runs commands as a shell does, each of which must end well; calmend is the one under test."""
    path = f"{os.path.dirname(lab.COMMAND)}:/usr/sbin:/sbin:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-e", "-c", commands], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          timeout=lab.TIME_LIMIT / 2,
                          env={**os.environ, "HOME": str(home), "PATH": path, **environment})
    assert done.returncode == 0, f"{commands}\nended with {done.returncode}:\n{done.stdout}"
    return done.stdout
