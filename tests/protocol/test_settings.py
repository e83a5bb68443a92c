#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Settings as the daemon reads them: --check-config, --print-config, and what a start does.

Whatever is wrong is named with its file and its key; nothing is taken by half.
"""
import re
import subprocess
import unittest

import lab
import milter_process

# Settings that are wrong, and what the message must name.
BAD = {
    "unknown_group": ("[servise]\nsocket=unix:/run/x\n", ["servise"]),
    "unknown_key": ("[service]\nsockett=unix:/run/x\n", ["service", "sockett"]),
    "bad_number": ("[limits]\nparts=many\n", ["parts", "many"]),
    "negative_number": ("[limits]\nmessage-bytes=-1\n", ["message-bytes", "-1"]),
    "number_out_of_range": ("[limits]\nparts=99999999999999999999\n", ["parts"]),
    "bad_mode": ("[service]\nsocket-mode=rw\n", ["socket-mode", "rw"]),
    "mode_out_of_range": ("[service]\nsocket-mode=17777\n", ["socket-mode", "17777"]),
    "unknown_rule_enabled": ("[repair]\nenable=no-such-rule\n", ["enable", "no-such-rule"]),
    "unknown_rule_disabled": ("[repair]\ndisable=stamp-epoch;nonsense\n", ["disable", "nonsense"]),
    "bad_choice": ("[log]\nformat=xml\n", ["format", "xml", "json"]),
    "bad_facility": ("[log]\nfacility=postbox\n", ["facility", "postbox"]),
    "textfile_of_another_name": ("[metrics]\ntextfile=/tmp/x.txt\n", ["textfile", ".prom"]),
    "textfile_without_a_folder": ("[metrics]\ntextfile=x.prom\n", ["textfile", "absolute"]),
    "no_interval": ("[metrics]\ninterval=0\n", ["interval", "3600"]),
    "bad_socket": ("[service]\nsocket=tcp:1\n", ["socket", "tcp:1"]),
    "bad_drain": ("[service]\ndrain-seconds=601\n", ["drain-seconds", "601", "600"]),
    "no_sessions": ("[service]\nmax-sessions=0\n", ["max-sessions"]),
    "bad_network": ("[exempt]\nclients=192.0.2.0/24, 192.0.2.1/24\n", ["clients", "192.0.2.1/24"]),
    "bad_sender": ("[exempt]\nsenders=@example.com, example.org\n", ["senders", "example.org"]),
    "bad_recipient": ("[exempt]\nrecipients=root\n", ["recipients", "root"]),
    "bad_authenticated": ("[exempt]\nauthenticated=maybe\n", ["authenticated", "maybe"]),
    "bad_boolean": ("[repair]\nstamp=perhaps\n", ["stamp", "perhaps"]),
    "unknown_user": ("[service]\nuser=no-such-user\n", ["line 2", "user", "useradd", "user=root"]),
    "unknown_group_of_user": ("[service]\nuser=root:no-such-group\n", ["user", "no such group"]),
    "unknown_socket_group": ("[service]\nsocket-group=no-such-group\n",
                             ["line 2", "socket-group", "postfix"]),
    "key_twice": ("[log]\nformat=text\nformat=json\n", ["line 3", "format", "on line 2"]),
    "comment_behind_value": ("[service]\nsocket-group=daemon # of the MTA\n",
                             ["line 2", "socket-group", "comment"]),
    "no_group": ("socket=unix:/run/x\n", []),
    "no_key_file": ("[service\n", []),
}

GOOD = """[service]
socket=inet:8891@127.0.0.1
socket-mode=0640
user=nobody:daemon
max-sessions=10
drain-seconds=0
pid-file=/tmp/invented.pid

[repair]
switch-file=/tmp/invented-switch
disable=stamp-epoch
stamp=no

[limits]
message-bytes=1000000
memory-bytes=5000
parts=10

[exempt]
clients=192.0.2.0/24, 2001:db8::1
senders=ben@example.com, @example.org, .example.net, <>
recipients=@example.org
authenticated=yes

[log]
format=json

[metrics]
textfile=/var/lib/prometheus/node-exporter/calmend.prom
interval=60
"""


class Settings(unittest.TestCase):
    def setUp(self):
        self.file = lab.scratch_folder(self) / "calmend.conf"

    def run_with(self, text, *options):
        self.file.write_text(text)
        return milter_process.run(lab.MILTER, *options, "--config", self.file)

    def check_refused(self, text, words, *options):
        code, out, err = self.run_with(text, *options)
        self.assertNotEqual(code, 0, (out, err))
        for word in [str(self.file), *words]:
            self.assertIn(word, err.decode())

    def test_good_and_empty_files_are_accepted(self):
        for text in ("", "# nothing\n", GOOD):
            code, _, err = self.run_with(text, "--check-config")
            self.assertEqual((code, err), (0, b""))

    def test_print_config_is_accepted_and_prints_itself(self):
        for text in ("", GOOD):
            code, printed, err = self.run_with(text, "--print-config")
            self.assertEqual(code, 0, err)
            code, again, err = self.run_with(printed.decode(), "--print-config")
            self.assertEqual((code, again), (0, printed), err)
            code, _, err = self.run_with(printed.decode(), "--check-config")
            self.assertEqual(code, 0, err)

    def test_print_config_shows_what_is_set(self):
        printed = self.run_with(GOOD, "--print-config")[1].decode()
        lines = printed.replace(" = ", "=").splitlines()
        for line in GOOD.splitlines():
            if "=" in line:
                self.assertIn(line, lines)

    def test_example_is_the_defaults(self):
        """Each of its keys, no longer a comment, says what holds without it."""
        example = (lab.BUILD / "doc" / "calmend.conf").read_text()
        defaults = self.run_with("", "--print-config")[1]
        self.assertEqual(self.run_with(example, "--print-config")[:2], (0, defaults))
        keys = re.sub(r"^#(?=\S+=)", "", example, flags=re.MULTILINE)
        self.assertEqual(self.run_with(keys, "--print-config")[:2], (0, defaults))

    def test_words_of_a_choice_are_in_manual_and_example(self):
        manual, example = ((lab.BUILD / "doc" / name).read_text()
                           for name in ("calmend.conf.5", "calmend.conf"))
        for key, words in (("format", "text, json"), ("dkim-signed", "repair, leave"),
                           ("authenticated", "no, yes")):
            self.assertRegex(manual, rf'(?s)\.It Cm "\\&{key}"[^@]*?One of: {words}\.\n')
            self.assertRegex(example, rf"\n# One of: {words}\.\n#{key}=")

    def test_file_that_is_missing(self):
        missing = self.file.with_name("missing.conf")
        for option in ("--check-config", "--print-config", "--foreground"):
            code, _, err = milter_process.run(lab.MILTER, option, "--config", missing)
            self.assertNotEqual(code, 0)
            self.assertIn(str(missing), err.decode())

    def test_unknown_option_and_stray_argument(self):
        for argument in ("--no-such-option", "stray"):
            code, _, err = milter_process.run(lab.MILTER, argument)
            self.assertNotEqual(code, 0)
            self.assertIn(argument.lstrip("-"), err.decode())

    def test_version(self):
        code, out, err = milter_process.run(lab.MILTER, "--version")
        self.assertEqual((code, err), (0, b""))
        self.assertRegex(out.decode(), r"^calmend-milter \d+\.\d+\.\d+")

    def test_standard_output_that_takes_nothing(self):
        """Whoever asks and gets no answer is told so."""
        self.file.write_text("")
        for option in ("--version", "--print-config", "--check-config", "--help"):
            with self.subTest(option=option), open("/dev/full", "wb") as full:
                done = subprocess.run([lab.MILTER, option, "--config", self.file], stdout=full,
                                      stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (
                    2, "calmend-milter: cannot write to standard output: "
                       "No space left on device\n"))

    def test_everything_wrong_is_said_at_once(self):
        for option in ("--check-config", "--print-config"):
            code, out, err = self.run_with(
                "[service]\nsocket=tcp:1\nuser=no-such-user\nsocket-group=no-such-group\n"
                "[limits]\nparts=x\nparts=5\n", option)
            self.assertEqual((code, out), (2, b""))
            lines = err.decode().splitlines()
            begin = f"calmend-milter: {self.file}: line "
            self.assertEqual([line[:len(begin) + 1] for line in lines],
                             [f"{begin}{number}" for number in (2, 3, 4, 6, 7)], err)

    def test_does_not_start_with_bad_settings(self):
        self.check_refused(*BAD["unknown_key"], "--foreground")


def _add_bad(name, text, words):
    setattr(Settings, f"test_check_{name}",
            lambda self: self.check_refused(text, words, "--check-config"))


for _name, (_text, _words) in BAD.items():
    _add_bad(_name, _text, _words)


if __name__ == "__main__":
    lab.run_tests()
