#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Where the milter listens, and what it must not take away to do so.

A socket that nobody listens on is removed; a file, a link, a folder or a socket in use stays, and
the start fails with a message that names it.
"""
import grp
import os
import pathlib
import socket
import stat
import unittest

import lab
import mails
import milter_process
import milter_wire


class SocketCase(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.path = self.folder / "milter.sock"

    def start(self, **arguments):
        return milter_process.started(self, folder=self.folder, **arguments)

    def refused(self, spec=None, settings=None):
        """The message of a milter that does not start."""
        milter = milter_process.MilterProcess(self.folder, settings, spec)
        code, _, err = milter_process.run(lab.MILTER, "--foreground", "--config", milter.config)
        self.assertNotEqual(code, 0)
        return err.decode()

    def check_serves(self, milter):
        outcome = milter_wire.one_message(milter.socket, mails.reply_mail())
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)


class UnixSocket(SocketCase):
    def bind(self):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(self.path))
        return listener

    def test_stale_socket_is_removed(self):
        self.bind().close()
        self.assertTrue(self.path.is_socket())
        self.check_serves(self.start())

    def test_left_over_of_a_kill_is_removed(self):
        milter = self.start()
        milter.process.kill()
        milter.process.wait()
        self.check_serves(milter.start())

    def test_regular_file_stays(self):
        self.path.write_bytes(b"precious")
        self.assertIn(str(self.path), self.refused())
        self.assertEqual(self.path.read_bytes(), b"precious")

    def test_folder_stays(self):
        self.path.mkdir()
        self.assertIn(str(self.path), self.refused())
        self.assertTrue(self.path.is_dir())

    def test_link_stays_and_is_not_followed(self):
        target = self.folder / "target.sock"
        stale = socket.socket(socket.AF_UNIX)
        stale.bind(str(target))
        stale.close()
        self.path.symlink_to(target)
        self.assertIn(str(self.path), self.refused())
        self.assertTrue(self.path.is_symlink())
        self.assertTrue(target.is_socket())

    def test_socket_in_use_stays(self):
        first = self.start()
        inode = self.path.stat().st_ino
        self.assertIn(str(self.path), self.refused())
        self.assertEqual(self.path.stat().st_ino, inode)
        self.check_serves(first)

    def test_folder_that_is_missing(self):
        path = self.folder / "missing" / "milter.sock"
        self.assertIn(str(path.parent), self.refused(f"unix:{path}"))

    def test_path_that_is_too_long(self):
        path = self.folder / ("x" * 120)
        self.assertIn("x" * 40, self.refused(f"unix:{path}"))

    def test_mode_is_as_set_whatever_the_umask(self):
        for mode in (0o600, 0o660, 0o666):
            for mask in (0o000, 0o077):
                with self.subTest(mode=oct(mode), mask=oct(mask)):
                    before = os.umask(mask)
                    try:
                        milter = self.start(settings={"service": {"socket-mode": f"{mode:04o}"}})
                    finally:
                        os.umask(before)
                    self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), mode)
                    milter.stop()

    def test_group_is_as_set(self):
        lab.need(os.geteuid() == 0, "a group is given away by root")
        group = next(entry for entry in grp.getgrall() if entry.gr_gid not in (0, os.getegid()))
        self.start(settings={"service": {"socket-group": group.gr_name}})
        self.assertEqual(self.path.stat().st_gid, group.gr_gid)

    def test_group_that_is_unknown(self):
        err = self.refused(settings={"service": {"socket-group": "no-such-group"}})
        self.assertIn("no-such-group", err)

    def test_gone_after_the_stop(self):
        milter = self.start()
        self.assertEqual(milter.stop(), 0)
        self.assertFalse(self.path.exists())

    def test_removed_while_it_listens(self):
        """Nobody can reach it: it says so and ends, for a service manager to start it again."""
        milter = self.start()
        self.path.unlink()
        self.assertEqual(milter.process.wait(lab.PATIENCE), 2)
        self.assertIn(str(self.path), milter.wait_event(348)["description"])
        self.check_serves(milter.start())

    def test_said_as_it_was_set(self):
        for text in (f"local:{self.path}", f"unix:{self.path}", f"inet:{lab.free_port()}@localhost",
                     f"inet:{lab.free_port()}@127.0.0.1"):
            with self.subTest(socket=text):
                milter = self.start(socket=text)
                self.assertTrue(milter.wait_event(340, words=text)["description"]
                                .endswith(f"listens at {text}"))
                milter.stop()

    def test_local_is_unix(self):
        self.check_serves(self.start(socket=f"local:{self.path}"))


class InetSocket(SocketCase):
    def test_inet(self):
        port = lab.free_port()
        self.check_serves(self.start(socket=f"inet:{port}@127.0.0.1"))

    def test_inet6(self):
        try:
            with socket.create_server(("::1", 0), family=socket.AF_INET6) as probe:
                port = probe.getsockname()[1]
        except OSError:
            raise unittest.SkipTest("no IPv6 on the loopback interface") from None
        self.check_serves(self.start(socket=f"inet6:{port}@[::1]"))

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            self.assertIn(str(port), self.refused(f"inet:{port}@127.0.0.1"))

    def test_listens_only_where_told(self):
        port = lab.free_port()
        self.start(socket=f"inet:{port}@127.0.0.1")
        table = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
        listening = {line.split()[1] for line in table if line.split()[3] == "0A"}
        self.assertIn(f"0100007F:{port:04X}", listening)
        self.assertNotIn(f"00000000:{port:04X}", listening)


class Specifications(SocketCase):
    def test_bad_ones_are_refused_by_name(self):
        for spec in ("tcp:25@127.0.0.1", "unix:", "unix:relative.sock", "inet:0@127.0.0.1",
                     "inet:70000@127.0.0.1", "inet:abc@127.0.0.1", "inet:8891@", "nonsense"):
            with self.subTest(spec=spec):
                self.assertIn(spec, self.refused(spec))

    def test_option_goes_before_settings(self):
        other = self.folder / "other.sock"
        milter = milter_process.MilterProcess(self.folder)
        milter.socket = f"unix:{other}"
        self.addCleanup(milter.finish)
        milter.start(options=["--socket", milter.socket])
        self.check_serves(milter)
        self.assertFalse(self.path.exists())


if __name__ == "__main__":
    lab.run_tests()
