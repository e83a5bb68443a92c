# SPDX-License-Identifier: BSD-2-Clause
"""shells: bash, zsh and fish as somebody at a keyboard has them, to be asked what they offer.

bash and zsh run on a terminal of their own and complete with the keys that people press; fish
answers by its builtin `complete -C`. Each finds completion in folders of the kind that it looks
into when the package is installed. `offers` gives a dict from candidate to its text (bash shows
none), `completed` the line after the key Tab.
"""
import os
import pty
import select
import subprocess
import time

import lab

BUILT = lab.BUILD / "packaging" / "completion"
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"
START, END = "[[[", "]]]"

BASH_SETUP = r"""
PS1=
bind 'set enable-bracketed-paste off'
bind 'set completion-query-items 0'
bind 'set page-completions off'
bind 'set bell-style none'
bind '"\C-xi": insert-completions'
show() { printf '%s%s%s' '[[[' "$READLINE_LINE" ']]]'; }
bind -x '"\C-xs": show'
"""

# compadd is where all candidates pass; what it matched is kept beside.
ZSH_SETUP = r"""
PS1= PS2= RPS1=
unsetopt beep prompt_sp prompt_cr
fpath=($CALMEND_FPATH $fpath)
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' completer _complete
typeset -a collected
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a hits texts
    local name=${@[(i)-d]} i
    (( name > $# )) || texts=("${(@P)@[name+1]}")
    builtin compadd -A hits -D texts "$@"
    for i in {1..$#hits}; do
        [[ -z $hits[i] ]] || collected+=("$IPREFIX$hits[i]"$'\t'"$texts[i]")
    done
    builtin compadd "$@"
}
offer() { collected=(); zle list-choices; print -rn -- "[[[${(F)collected}]]]" }
show() { print -rn -- "[[[$BUFFER]]]" }
zle -N offer
zle -N show
bindkey -e
bindkey '^I' complete-word '^Xi' offer '^Xs' show
"""


class Terminal:
    """A shell on a terminal, fed with keys. It ends with the test or class `case`."""

    def __init__(self, case, folder, command, environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, {
                "PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb",
                "INPUTRC": "/dev/null", "COLUMNS": "200", "LINES": "200", **environment})
        case.addClassCleanup(self.close)

    def close(self):
        """Hangs up, which ends the shell."""
        os.close(self.terminal)
        os.waitpid(self.pid, 0)

    def press(self, keys):
        """Sends keys, the last of which has the shell print a text in its frame; that text."""
        os.write(self.terminal, keys.encode())
        seen = b""
        end = time.monotonic() + lab.PATIENCE
        while END.encode() not in seen:
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"no answer to {keys!r}, only {seen!r}")
            seen += os.read(self.terminal, 65536)
        return seen.decode().replace("\r", "").rpartition(START)[2].partition(END)[0]


class Bash:
    """bash, with the functions of the package bash-completion or without them."""

    def __init__(self, case, folder, with_package):
        home = lab.scratch_folder(case)
        completions = home / "completions"
        completions.mkdir()
        for program in ("calmend", "calmend-milter"):
            (completions / program).symlink_to(BUILT / "bash" / "calmend")
        source = BASH_COMPLETION if with_package else completions / "calmend"
        rc = home / "bashrc"
        rc.write_text(f"{BASH_SETUP}\n. {source}\n")
        self.terminal = Terminal(case, folder, ["bash", "--noprofile", "--rcfile", str(rc), "-i"],
                                 {"BASH_COMPLETION_USER_DIR": str(home)})

    def offers(self, line):
        inserted = self.terminal.press(f"\x15{line}\x18i\x18s")
        if inserted == line:
            return {}
        kept = line[:line.rfind(" ") + 1]
        assert inserted.startswith(kept), (line, inserted)
        return {word: None for word in inserted[len(kept):].split()}

    def completed(self, line):
        return self.terminal.press(f"\x15{line}\t\x18s")


class Zsh:
    """zsh with its completion system."""

    def __init__(self, case, folder):
        home = lab.scratch_folder(case)
        (home / ".zshrc").write_text(ZSH_SETUP)
        self.terminal = Terminal(case, folder, ["zsh", "-d", "-i"],
                                 {"ZDOTDIR": str(home), "CALMEND_FPATH": str(BUILT / "zsh")})

    def offers(self, line):
        rows = self.terminal.press(f"\x15{line}\x18i").splitlines()
        pairs = (row.partition("\t") for row in rows)
        return {word: text.partition("-- ")[2] for word, _, text in pairs}

    def completed(self, line):
        return self.terminal.press(f"\x15{line}\t\x18s")


class Fish:
    """fish, which loads completion by the name of a program that it finds."""

    def __init__(self, case, folder):
        self.folder = folder
        self.home = lab.scratch_folder(case)
        folders = {os.path.dirname(program): None for program in (lab.COMMAND, lab.MILTER)}
        self.path = ":".join([*folders, os.environ["PATH"]])
        for program in ("calmend", "calmend-milter"):
            (self.home / f"{program}.fish").symlink_to(BUILT / "fish" / "calmend.fish")

    def offers(self, line):
        done = subprocess.run(
            ["fish", "--no-config", "-c", "set fish_complete_path $argv[1]; complete -C $argv[2]",
             str(self.home), line], cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=lab.PATIENCE, check=False,
            env={"PATH": self.path, "HOME": str(self.home)})
        assert (done.returncode, done.stderr) == (0, ""), done
        pairs = (row.partition("\t") for row in done.stdout.splitlines())
        return {word: text for word, _, text in pairs}
