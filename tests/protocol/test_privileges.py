#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whom the milter becomes, and the file with its number.

Started as root it must become somebody else, for good, and serve all the same. The tests of that
need root; a process of anybody else stays what it is. Where the users of the machine would be in
the way, the milter sees others, in a mount namespace.
"""
import contextlib
import grp
import os
import pathlib
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import unittest

import lab
import mails
import milter_process
import milter_wire

NOBODY = pwd.getpwnam("nobody")
ACCOUNTS = ("/etc/passwd", "/etc/group")
OTHER_ACCOUNTS = """mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 &&
exec "$@" """
GROUPS_OF_ROOT = (0, 6, 42)  # such as a root's shell has: root, disk, shadow


class OtherAccounts(milter_process.MilterProcess):
    """A milter that runs as root and sees the users and groups of the tree `accounts`; the settings
    leave its user at the default."""

    def __init__(self, folder, accounts):
        self.files = [f"{accounts}{path}" for path in ACCOUNTS]
        super().__init__(folder)

    def write_config(self, settings):
        super().write_config(settings)
        text = self.config.read_text()
        self.config.write_text(text.replace("user=root\n", ""))

    def command(self, options):
        return ["unshare", "--mount", "sh", "-c", OTHER_ACCOUNTS, "sh", *self.files,
                *super().command(options)]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)

    def status(self, milter):
        """The fields of status in /proc that tell of rights, as lists of words, the same in every
        thread. The socket is open before they are dropped, event 340 comes after."""
        milter.wait_event(340)
        found = []
        for path in pathlib.Path(f"/proc/{milter.process.pid}/task").glob("*/status"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended
                found.append(self.thread_status(path))
        self.assertGreater(len(found), 1, "it has threads")
        for other in found:
            self.assertEqual(other, found[0])
        return found[0]

    @staticmethod
    def thread_status(path):
        fields = dict(line.split(":", 1) for line in path.read_text().splitlines())
        return {name: fields[name].split() for name in
                ("Uid", "Gid", "Groups", "CapPrm", "CapEff", "CapInh", "CapAmb", "NoNewPrivs")}

    def start(self, user, **service):
        return milter_process.started(self, {"service": {"user": user, **service}},
                                      folder=self.folder)

    def refused(self, user):
        """The message of a milter that does not start."""
        return self.not_started(
            milter_process.MilterProcess(self.folder, {"service": {"user": user}}))

    def not_started(self, milter):
        code, _, err = milter_process.run(*milter.command([]))
        self.assertEqual(code, 2)
        self.assertFalse((self.folder / "milter.sock").exists())
        return err.decode()

    def check_serves(self, milter, mail=None):
        milter.switch_on()
        outcome = milter_wire.one_message(milter.socket, mail or mails.reply_mail())
        self.assertEqual(outcome.codes(), "bi")


class Root(Case):
    def setUp(self):
        lab.need(os.geteuid() == 0, "only root can become somebody else")
        super().setUp()

    def check_is(self, milter, user, group, groups):
        status = self.status(milter)
        self.assertEqual(status["Uid"], [str(user)] * 4)
        self.assertEqual(status["Gid"], [str(group)] * 4)
        self.assertEqual(sorted(status["Groups"]), sorted(map(str, groups)))
        for name in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
            self.assertEqual(int(status[name][0], 16), 0, name)
        self.assertEqual(status["NoNewPrivs"], ["1"])

    def test_becomes_the_user(self):
        milter = self.start("nobody")
        groups = set(os.getgrouplist("nobody", NOBODY.pw_gid))
        self.check_is(milter, NOBODY.pw_uid, NOBODY.pw_gid, groups)
        self.check_serves(milter)

    def test_becomes_user_and_group(self):
        group = grp.getgrnam("daemon").gr_gid
        milter = self.start("nobody:daemon")
        self.check_is(milter, NOBODY.pw_uid, group, {group})
        self.check_serves(milter)

    def test_large_message_after_the_drop(self):
        milter = milter_process.started(
            self, {"service": {"user": "nobody"}, "limits": {"memory-bytes": 1000}},
            folder=self.folder)
        self.check_serves(milter, mails.mail(mails.multipart(
            b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar()),
            mails.attachment(100000))))

    def test_root_only_when_told(self):
        self.assertEqual(self.status(self.start("root"))["Uid"], ["0"] * 4)

    def test_refuses_to_stay_root_untold(self):
        self.assertIn("user=root", self.refused(""))

    def test_groups_of_root_are_gone(self):
        milter = milter_process.MilterProcess(self.folder, {"service": {"user": "nobody"}})
        self.addCleanup(milter.finish)
        command = milter.command([])
        milter.command = lambda options: [
            "setpriv", "--groups", ",".join(map(str, GROUPS_OF_ROOT)), *command]
        groups = set(os.getgrouplist("nobody", NOBODY.pw_gid))
        self.assertFalse(groups & set(GROUPS_OF_ROOT))
        milter.start()
        self.check_is(milter, NOBODY.pw_uid, NOBODY.pw_gid, groups)

    def test_inheritable_capabilities_are_gone(self):
        """As the root of a container has them."""
        milter = milter_process.MilterProcess(self.folder, {"service": {"user": "nobody"}})
        self.addCleanup(milter.finish)
        command = milter.command([])
        milter.command = lambda options: ["setpriv", "--inh-caps", "+chown,+kill", *command]
        milter.start()
        self.check_is(milter, NOBODY.pw_uid, NOBODY.pw_gid,
                      set(os.getgrouplist("nobody", NOBODY.pw_gid)))
        self.check_serves(milter)

    def accounts_without_default_user(self):
        """A tree with the files of users and groups of this machine, but for calmend."""
        lab.need(shutil.which("useradd"), "useradd is not installed")
        tree = self.folder / "accounts"
        (tree / "etc").mkdir(parents=True)
        for path in ACCOUNTS:
            lines = pathlib.Path(path).read_text().splitlines(keepends=True)
            rest = [line for line in lines if not line.startswith("calmend:")]
            (tree / path[1:]).write_text("".join(rest))
        return tree

    def test_default_user_that_nobody_made(self):
        """It is refused, and what the error says to do is right."""
        if subprocess.run(["unshare", "--mount", "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            raise unittest.SkipTest("a mount namespace cannot be made here")
        tree = self.accounts_without_default_user()
        milter = OtherAccounts(self.folder, tree)
        self.addCleanup(milter.finish)
        err = self.not_started(milter)
        self.assertIn("user=root", err)

        command = shlex.split(re.search(r'"(useradd [^"]+)"', err)[1])
        subprocess.run([*command, "--prefix", tree, "--groups", "daemon,mail"], check=True,
                       stderr=subprocess.DEVNULL)
        made = [line.split(":") for line in (tree / "etc/passwd").read_text().splitlines()
                if line.startswith("calmend:")]
        user, group = int(made[0][2]), int(made[0][3])
        milter.start()
        self.check_is(milter, user, group,
                      {group, grp.getgrnam("daemon").gr_gid, grp.getgrnam("mail").gr_gid})
        self.check_serves(milter)

    def test_user_that_is_unknown(self):
        err = self.refused("no-such-user")
        self.assertIn("no-such-user", err)
        self.assertIn("user=root", err)

    def test_group_that_is_unknown(self):
        self.assertIn("no-such-group", self.refused("nobody:no-such-group"))

    def test_stops_and_starts_again(self):
        """The socket that it may not take away is stale for the next one."""
        milter = self.start("nobody")
        self.assertEqual(milter.stop(), 0)
        self.check_serves(milter.start())

    def test_settings_that_the_user_cannot_read(self):
        milter = self.start("nobody")
        seen = len(milter.events())
        milter.config.chmod(0o600)
        milter.process.send_signal(signal.SIGHUP)
        self.assertIn(str(milter.config), milter.wait_event(345, seen)["description"])
        self.check_serves(milter)

    def test_pid_file_is_left_empty(self):
        path = self.folder / "milter.pid"
        milter = self.start("nobody", **{"pid-file": path})
        milter.wait_event(340)
        self.assertEqual(path.read_text(), f"{milter.process.pid}\n")
        self.assertEqual(milter.stop(), 0)
        self.assertEqual(path.read_text(), "")


class Anybody(Case):
    def test_stays_what_it_is(self):
        milter = milter_process.MilterProcess(self.folder, {"service": {"user": "no-such-user"}})
        self.addCleanup(milter.finish)
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY.pw_uid, NOBODY.pw_gid)
            command = milter.command([])
            milter.command = lambda options: [
                "setpriv", "--reuid", "nobody", "--regid", str(NOBODY.pw_gid), "--clear-groups",
                *command]
        milter.start()
        self.assertNotIn("0", self.status(milter)["Uid"])
        self.check_serves(milter)


class PidFile(Case):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "milter.pid"

    def begin(self, options=(), **service):
        milter = milter_process.MilterProcess(self.folder, {"service": service})
        self.addCleanup(milter.finish)
        milter.start(options).wait_event(340)
        return milter

    def test_holds_the_number_until_the_stop(self):
        milter = self.begin(**{"pid-file": self.path})
        self.assertEqual(self.path.read_text(), f"{milter.process.pid}\n")
        self.assertEqual(milter.stop(), 0)
        self.assertFalse(self.path.exists())

    def test_option_goes_before_settings(self):
        other = self.folder / "other.pid"
        milter = self.begin(["--pid-file", str(other)], **{"pid-file": self.path})
        self.assertEqual(other.read_text(), f"{milter.process.pid}\n")
        self.assertFalse(self.path.exists())

    def test_left_over_of_a_kill_is_written_anew(self):
        self.path.write_text("123456789012345\n")
        milter = self.begin(**{"pid-file": self.path})
        self.assertEqual(self.path.read_text(), f"{milter.process.pid}\n")

    def test_file_of_another_is_not_taken_away(self):
        milter = self.begin(**{"pid-file": self.path})
        self.path.unlink()
        self.path.write_text("1\n")
        self.assertEqual(milter.stop(), 0)
        self.assertEqual(self.path.read_text(), "1\n")

    def check_refused(self):
        milter = milter_process.MilterProcess(self.folder, {"service": {"pid-file": self.path}})
        code, _, err = milter_process.run(lab.MILTER, "--foreground", "--config", milter.config)
        self.assertEqual(code, 2)
        self.assertIn(str(self.path), err.decode())

    def test_link_is_not_followed(self):
        target = self.folder / "precious"
        target.write_text("precious")
        self.path.symlink_to(target)
        self.check_refused()
        self.assertEqual(target.read_text(), "precious")

    def test_folder_and_pipe_are_refused(self):
        self.path.mkdir()
        self.check_refused()
        self.path.rmdir()
        os.mkfifo(self.path)
        self.check_refused()


if __name__ == "__main__":
    lab.run_tests()
