#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Several sockets: each of them serves, whatever kind the first is, and all at once.

[service] socket as a list: its mode, group and peers hold for each; a connection that is open keeps
none of the others waiting; one socket that is gone ends the process, and after a stop none is left.
[listener NAME]: mode and group of its own, and a policy for the mail that comes by it.
"""
import concurrent.futures
import grp
import socket
import stat
import unittest

import lab
import mails
import milter_process
import milter_wire

# What holds where nothing was negotiated: calmend answers none of these.
UNASKED = milter_wire.Negotiated(6, 0, sum(milter_wire.STEP[name] for name in (
    "NR_CONN", "NR_MAIL", "NR_RCPT", "NR_HDR")), {})


class Listeners(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.one, self.two = self.folder / "one.sock", self.folder / "two.sock"
        self.specs = [f"unix:{self.one}", f"unix:{self.two}", f"inet:{lab.free_port()}@127.0.0.1"]
        if lab.has_ipv6():
            self.specs.append(f"inet6:{lab.free_port()}@::1")

    def start(self, specs, settings=None):
        """A milter at a list of sockets; it is there once it is found at the last."""
        milter = milter_process.MilterProcess(self.folder, settings, ", ".join(specs))
        milter.socket = specs[-1]
        milter.switch_on()
        self.addCleanup(milter.finish)
        return milter.start()

    def check_serves(self, specs):
        for spec in specs:
            with self.subTest(spec=spec):
                outcome = milter_wire.one_message(spec, mails.reply_mail())
                self.assertEqual((outcome.verdict, outcome.codes()), (milter_wire.CONTINUE, "bi"))

    def refused(self, specs):
        milter = milter_process.MilterProcess(self.folder, None, ", ".join(specs))
        code, _, err = milter_process.run(lab.MILTER, "--foreground", "--config", milter.config)
        self.assertEqual(code, 2)
        return err.decode()

    def test_each_serves_whichever_is_first(self):
        for number in range(len(self.specs)):
            specs = self.specs[number:] + self.specs[:number]
            milter = self.start(specs)
            self.check_serves(specs * 3)
            self.assertEqual(milter.stop(), 0)

    def test_all_at_once(self):
        self.start(self.specs)
        sessions = [milter_wire.open_session(spec) for spec in self.specs * 3]
        for session in sessions:
            self.addCleanup(session.close)

        def send(session):
            return {session.message(mails.reply_mail(), queue_id=b"N%d" % number).codes()
                    for number in range(50)}
        with concurrent.futures.ThreadPoolExecutor(len(sessions)) as pool:
            self.assertEqual(set().union(*pool.map(send, sessions)), {"bi"})

    def test_busy_one_does_not_starve_another(self):
        """Connections come to the second without an end, and the first still gets its turn."""
        self.start(self.specs[:2])
        stop = []

        def flood():
            while not stop:
                try:
                    milter_wire.Connection(self.specs[1]).close()
                except BlockingIOError:
                    continue  # as many wait as may
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            done = pool.submit(flood)
            try:
                self.check_serves(self.specs[:1] * 20)
            finally:
                stop.append(True)
            done.result()

    def test_told_at_the_start(self):
        milter = self.start(self.specs)
        self.assertTrue(milter.wait_event(340)["description"].endswith(", ".join(self.specs)))

    def test_mode_of_each(self):
        self.start(self.specs[:2], {"service": {"socket-mode": "0604"}})
        self.assertEqual({stat.S_IMODE(path.stat().st_mode) for path in (self.one, self.two)},
                         {0o604})

    def test_gone_after_the_stop(self):
        milter = self.start(self.specs)
        milter_wire.one_message(self.specs[1], mails.plain_mail())
        self.assertEqual(milter.stop(), 0)
        self.assertFalse(self.one.exists() or self.two.exists())

    def test_gone_after_a_kill(self):
        milter = self.start(self.specs)
        milter.process.kill()
        milter.process.wait()
        milter.start()
        self.check_serves(self.specs)

    def test_one_is_removed(self):
        milter = self.start(self.specs)
        self.two.unlink()
        self.assertIn(str(self.two), milter.wait_event(348)["description"])
        self.assertEqual(milter.process.wait(lab.PATIENCE), 2)
        self.assertFalse(self.one.exists())

    def test_second_in_use(self):
        """Nothing is left of the first."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            spec = f"inet:{taken.getsockname()[1]}@127.0.0.1"
            self.assertIn(f"socket {spec}: ", self.refused([self.specs[0], spec]))
        self.assertFalse(self.one.exists())

    def test_same_twice(self):
        self.assertIn("it is the same as", self.refused([self.specs[0], self.specs[0]]))

    def test_file_at_the_second(self):
        self.two.write_bytes(b"precious")
        self.assertIn(f"{self.two}: something that is no socket", self.refused(self.specs))
        self.assertEqual(self.two.read_bytes(), b"precious")

    def test_what_is_no_address(self):
        for specs in ([self.specs[0], ""], [self.specs[0], "tcp:1"]):
            self.assertIn("unix:, local:, inet: or inet6:", self.refused(specs))

    def test_peers_are_needed_for_each(self):
        self.assertIn("peers", self.refused([self.specs[0], "inet:8891@0.0.0.0"]))

    def test_no_hang_on_the_way(self):
        """TCP_NODELAY and a queue as the first has them: many connections at once are taken."""
        self.start(self.specs)
        waiting = [milter_wire.Connection(self.specs[2]) for _ in range(100)]
        for connection in waiting:
            self.addCleanup(connection.close)
        for connection in waiting:
            connection.negotiate()


class Sections(unittest.TestCase):
    """One milter at [service] and two listeners, each of which has a policy."""

    def setUp(self):
        self.folder = lab.scratch_folder(self)
        self.specs = {"": f"unix:{self.folder}/main.sock", "inner": f"unix:{self.folder}/in.sock",
                      "outer": f"inet:{lab.free_port()}@127.0.0.1"}
        self.milter = milter_process.started(self, self.settings(), self.specs[""], self.folder)
        self.milter.wait_event(340)  # at all sockets
        self.milter.switch_on()

    def settings(self, **inner):
        """Those of the milter, with these of the listener `inner`."""
        return {"listener inner": {"socket": self.specs["inner"], **inner},
                "listener outer": {"socket": self.specs["outer"]},
                "policy within": {"listeners": "inner"},
                "policy without": {"listeners": "outer", "disable": "epoch"}}

    def check_policy(self, listener, number):
        """What a message by that listener becomes."""
        queue_id = f"L{number}"
        outcome = milter_wire.one_message(self.specs[listener], mails.reply_mail(),
                                          queue_id=queue_id.encode())
        described = [event["description"] for event in self.milter.events_of(queue_id)]
        self.assertEqual(outcome.codes(), "" if listener == "outer" else "bi")
        self.assertEqual(["; policy within" in text for text in described],
                         {"": [False], "inner": [True], "outer": []}[listener])

    def test_policy_of_each(self):
        """Also where a connection has the descriptor of one that came by another socket."""
        for number in range(60):
            self.check_policy(["", "inner", "outer"][number * 7 % 3], number)

    def test_policy_of_many_at_once(self):
        sessions = [(listener, milter_wire.open_session(self.specs[listener]))
                    for listener in ("inner", "outer", "") * 8]
        for _, session in sessions:
            self.addCleanup(session.close)

        def send(listener, session):
            return listener, {session.message(mails.reply_mail(), queue_id=b"N%d" % number).codes()
                              for number in range(30)}
        with concurrent.futures.ThreadPoolExecutor(len(sessions)) as pool:
            for listener, codes in pool.map(send, *zip(*sessions)):
                self.assertEqual(codes, {"" if listener == "outer" else "bi"}, listener)

    def test_policy_without_negotiation(self):
        """libmilter takes a message of which nothing was negotiated; the MTA takes no repair then."""
        for listener, policies in (("inner", ["within"]), ("outer", [])):
            with milter_wire.Connection(self.specs[listener]) as connection:
                connection.negotiated = UNASKED
                connection.message(mails.reply_mail(), queue_id=listener.encode())
            described = [event["description"] for event in self.milter.events_of(listener)]
            self.assertEqual([text.partition("; policy ")[2] for text in described], policies)

    def test_policy_of_an_open_connection_that_is_reloaded(self):
        with milter_wire.open_session(self.specs["outer"]) as connection:
            self.assertEqual(connection.message(mails.reply_mail()).codes(), "")
            settings = self.settings()
            settings["policy without"]["disable"] = "alarm"
            self.milter.reload(settings)
            self.milter.wait_event(344)
            self.assertEqual(connection.message(mails.reply_mail()).codes(), "bi")

    def test_listener_that_a_reload_takes_away(self):
        """It serves until a restart, by what holds for all others."""
        settings = {key: keys for key, keys in self.settings().items() if "out" not in key}
        self.milter.reload(settings)
        event = self.milter.wait_event(344)
        self.assertTrue(event["description"].endswith("after a restart: [listener outer]"), event)
        outcome = milter_wire.one_message(self.specs["outer"], mails.reply_mail(), queue_id=b"GONE")
        self.assertEqual(outcome.codes(), "bi")
        event, = self.milter.events_of("GONE")
        self.assertNotIn("; policy ", event["description"])

    def test_what_holds_after_a_restart(self):
        self.milter.reload(self.settings(**{"socket-mode": "0600"}))
        event = self.milter.wait_event(344)
        self.assertTrue(event["description"].endswith("after a restart: [listener inner]"), event)

    def test_same_socket_twice(self):
        """It is told before the restart that would fail; however it is written."""
        former = self.specs["outer"].replace("127.0.0.1", "localhost")
        settings = {**self.settings(), "listener other": {"socket": former}}
        self.milter.reload(settings)
        event = self.milter.wait_event(345)
        why = f'socket "{former}": it is the same as "{self.specs["outer"]}": keep one of the two'
        self.assertIn(why, event["description"])
        code, _, err = milter_process.run(lab.MILTER, "--check-config", "--config",
                                          self.milter.config)
        self.assertEqual(code, 2)
        self.assertIn(why, err.decode())
        self.assertTrue(self.milter.alive())

    def test_told_at_the_start(self):
        event = self.milter.wait_event(340)
        self.assertTrue(event["description"].endswith(", ".join(self.specs.values())), event)

    def test_access_of_each(self):
        """The other one has that of [service]."""
        milter = milter_process.started(self, {
            "listener a": {"socket": f"unix:{self.folder}/a.sock, unix:{self.folder}/b.sock",
                           "socket-mode": "0604", "socket-group": "mail"},
            "listener c": {"socket": f"unix:{self.folder}/c.sock"}},
            f"unix:{self.folder}/own.sock", lab.scratch_folder(self))
        own, mail = (self.folder / "own.sock").stat().st_gid, grp.getgrnam("mail").gr_gid
        self.assertEqual(milter.stop(), 0)
        milter.start()
        lab.wait_until(lambda: [event["id"] for event in milter.events()].count(340) == 2,
                       "both starts to be told, with all sockets open")
        for name, access in (("own", (0o660, own)), ("a", (0o604, mail)), ("b", (0o604, mail)),
                             ("c", (0o660, own))):
            status = (self.folder / f"{name}.sock").stat()
            self.assertEqual((stat.S_IMODE(status.st_mode), status.st_gid), access, name)

    def probe(self, spec, *options):
        """What `calmend probe` says of the policy at a socket."""
        mail = self.folder / "mail"
        mail.write_bytes(mails.reply_mail())
        code, out, err = milter_process.run(lab.COMMAND, "probe", *options, spec, mail)
        self.assertEqual((code, err), (0, b""))
        return [line for line in out.decode().splitlines() if line.startswith("policy")]

    def test_probe_names_the_policy(self):
        config = ("--config", self.milter.config)
        for listener, policy in (("", "[repair]"), ("inner", "within"), ("outer", "without")):
            self.assertEqual(self.probe(self.specs[listener], *config),
                             [f"policy by the settings: {policy}"])
        self.assertEqual(self.probe(self.specs["inner"]), [])

    def test_probe_of_a_socket_that_is_written_in_another_way(self):
        path = f"{self.folder}/in.sock"
        port = self.specs["outer"][len("inet:"):].partition("@")[0]
        for spec, policy in ((path, "within"), (f"local:{path}", "within"),
                             (f"unix:{self.folder}/./in.sock", "within"),
                             (f"inet:{port}", "without"), (f"inet:127.0.0.1:{port}", "without"),
                             (f"inet:{port}@localhost", "without")):
            self.assertEqual(self.probe(spec, "--config", self.milter.config),
                             [f"policy by the settings: {policy}"], spec)

    def test_probe_of_a_listener_at_all_addresses_and_at_a_path_with_a_blank(self):
        tcp, path = f"inet:{lab.free_port()}", f"unix:{self.folder}/a b.sock"
        milter = milter_process.started(
            self, {"listener all": {"socket": f"{tcp}@0.0.0.0 , {path}", "peers": "192.0.2.1"},
                   "policy theirs": {"listeners": "all"}},
            f"unix:{self.folder}/own.sock", lab.scratch_folder(self))
        milter.wait_event(340)
        for spec in (f"{tcp}@127.0.0.1", path):
            self.assertEqual(self.probe(spec, "--config", milter.config),
                             ["policy by the settings: theirs"])

    def test_probe_of_a_socket_that_the_settings_do_not_name(self):
        config = self.folder / "other.conf"
        config.write_text("[listener a]\nsocket=unix:/nowhere, inet:1@127.0.0.1\n"
                          "[policy x]\nlisteners=a\n")
        for spec in self.specs.values():
            self.assertEqual(self.probe(spec, "--config", config),
                             ["policy by the settings, which do not name this socket: [repair]"])

    def test_probe_with_wrong_settings(self):
        config = self.folder / "wrong.conf"
        config.write_text("[policy x]\nlisteners=nowhere\n")
        code, out, err = milter_process.run(lab.COMMAND, "probe", "--config", config,
                                            self.specs[""], config)
        self.assertEqual((code, out), (2, b""))
        self.assertIn(b"there is no [listener nowhere]; there is no listener at all", err)


if __name__ == "__main__":
    lab.run_tests()
