#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""How the milter ends: on TERM and INT, at any moment, without breaking a message off.

A stop that was asked for is exit code 0, whenever the signal comes. HUP ends nothing. Moments that
last no time are stretched by a shim around the C library.
"""
import os
import shutil
import signal
import subprocess
import threading
import time
import unittest

import lab
import mails
import milter_process
import milter_wire

# A signal when the program's first function calls a library, and when it is about to begin.
SIGNAL_EARLY = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>
#ifdef FIRST
void *g_option_context_new(const char *text)
{
    kill(getpid(), SIGTERM);
    return ((void *(*)(const char *))dlsym(RTLD_NEXT, "g_option_context_new"))(text);
}
#else
void *g_log_set_default_handler(void *handler, void *data)
{
    kill(getpid(), SIGTERM);
    return ((void *(*)(void *, void *))dlsym(RTLD_NEXT, "g_log_set_default_handler"))(handler, data);
}
#endif
"""

# A verdict of one octet that is written late.
ANSWER_LATE = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
ssize_t writev(int file, const struct iovec *pieces, int count)
{
    const char *command = count > 0 && pieces[0].iov_len == 5 ? pieces[0].iov_base : NULL;
    if (command != NULL && command[3] == 1 && command[4] == 'c')
        usleep(DELAY);
    return syscall(SYS_writev, file, pieces, count);
}
"""

ROUNDS = 25
DELAY = 0.6
CLIENTS = 4
STOPS = 20
AT_ONCE = 10.0
DRAINS_FOR = 0.7


class Stop(unittest.TestCase):
    def setUp(self):
        self.milter = milter_process.started(self)
        self.milter.switch_on()

    def session(self):
        connection = milter_wire.open_session(self.milter.socket)
        self.addCleanup(connection.close)
        return connection

    def begin(self, sent):
        """A message up to the end of its header: (connection, body)."""
        fields, body = milter_wire.split_mail(sent)
        connection = self.session()
        connection.envelope()
        connection.head(fields)
        return connection, body

    def finish(self, connection, body):
        outcome = milter_wire.Outcome()
        connection.body(body, outcome)
        return connection.end(outcome)

    def check_ends(self, code=0):
        """It ends soon, with that exit code."""
        process, self.milter.process = self.milter.process, None
        began = time.monotonic()
        self.assertEqual(process.wait(timeout=lab.PATIENCE), code)
        self.assertLess(time.monotonic() - began, AT_ONCE)

    def test_right_after_the_start(self):
        for number in range(ROUNDS):
            if not self.milter.alive():
                self.milter.start()
            code = self.milter.stop()
            self.assertEqual(code, 0, f"round {number}: {self.milter.lines()[-1:]}")

    def test_on_both_signals_with_connections_open(self):
        for signum in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=signum.name):
                if not self.milter.alive():
                    self.milter.start()
                idle = self.session()
                idle.message(mails.reply_mail())
                self.milter.process.send_signal(signum)
                self.check_ends()

    def test_message_under_way_is_finished(self):
        sent = mails.alternative_mail()
        connection, body = self.begin(sent)
        self.milter.process.send_signal(signal.SIGTERM)
        lab.wait_until(self.refuses_new_messages, "the milter to take no more")
        with self.assertRaises(subprocess.TimeoutExpired):
            self.milter.process.wait(timeout=DRAINS_FOR)
        outcome = self.finish(connection, body)
        self.assertEqual(outcome.verdict, milter_wire.CONTINUE)
        lab.assert_octets_equal(mails.without_fields(outcome.apply(sent), "X-Calmend"),
                                mails.alternative_mail(True))
        self.check_ends()

    def refuses_new_messages(self):
        """True once a new message is put off, or no new connection is taken."""
        try:
            with milter_wire.open_session(self.milter.socket) as connection:
                connection.step(b"M", b"<a@example.com>\0")
                connection.step(b"R", b"<b@example.org>\0")
                return connection.step(b"T") == milter_wire.TEMPFAIL
        except (OSError, EOFError):
            return True

    def test_second_signal_waits_no_longer(self):
        self.begin(mails.reply_mail())
        self.milter.process.send_signal(signal.SIGTERM)
        lab.wait_until(self.refuses_new_messages, "the milter to take no more")
        self.milter.process.send_signal(signal.SIGTERM)
        self.check_ends()

    def test_drain_is_bounded(self):
        """A message that never comes to its end is given up, and the stop is as it should be."""
        self.milter.stop()
        self.milter.write_config({"service": {"drain-seconds": 1}})
        self.milter.start()
        with milter_wire.open_session(self.milter.socket) as connection:
            connection.message(mails.reply_mail())
        connection, _ = self.begin(mails.reply_mail())
        self.milter.process.send_signal(signal.SIGTERM)
        lab.wait_until(self.refuses_new_messages, "the milter to take no more")
        self.check_ends()
        stopped = self.milter.events()[-1]
        self.assertEqual(stopped["id"], 341)
        self.assertRegex(stopped["description"],
                         r"stopped: messages 1, examined 1, repaired 1, .*, put off \d+$")
        with self.assertRaises((OSError, EOFError)):
            connection.step(b"N")

    def shim(self, source, *options):
        """Has the milter started next run with functions of this source in front of others."""
        lab.need(shutil.which("cc"), "no compiler for a shim")
        library = self.milter.folder / "shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library, *options],
                       input=source, text=True, check=True)
        os.environ["LD_PRELOAD"] = str(library)
        self.addCleanup(os.environ.pop, "LD_PRELOAD", None)

    def test_signal_in_the_first_moments(self):
        """TERM waits until there is something to stop."""
        self.milter.stop()
        for options in (["-DFIRST"], []):
            with self.subTest(options=options):
                self.shim(SIGNAL_EARLY, *options)
                done = subprocess.run(self.milter.command([]), timeout=lab.PATIENCE, check=False,
                                      stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(b"Event ID: 341", done.stderr)

    def test_waits_for_the_answer(self):
        """A message that was edited gets its verdict, however long that is on its way."""
        self.milter.stop()
        self.shim(ANSWER_LATE, f"-DDELAY={int(DELAY * 1e6)}")
        self.milter.start()
        sent = mails.reply_mail()
        connection, body = self.begin(sent)
        outcome = milter_wire.Outcome()
        connection.body(body, outcome)
        connection.send(b"E")
        outcome.replies.append(connection.receive())
        self.milter.process.send_signal(signal.SIGTERM)
        connection.collect(outcome)
        self.assertEqual((outcome.verdict, outcome.codes()), (milter_wire.CONTINUE, "bi"))
        connection.close()
        self.check_ends()

    def test_message_that_comes_too_late_is_put_off(self):
        """It was let in before the stop, and its header comes when nothing was under way any more:
        the milter is still there, for the answer of a connection that stays silent."""
        late = self.session()
        late.envelope()
        self.session().message(mails.reply_mail())
        self.milter.process.send_signal(signal.SIGTERM)
        lab.wait_until(self.refuses_new_messages, "the milter to take no more")
        fields, _ = milter_wire.split_mail(mails.reply_mail())
        self.assertEqual(late.head(fields), (b"N", milter_wire.TEMPFAIL))
        self.check_ends()
        self.assertRegex(self.milter.events()[-1]["description"], "messages 1, .* put off [1-9]")

    def test_no_message_is_broken_off_between_its_edits(self):
        """Under load, whatever the moment of the stop."""
        torn = []
        for _ in range(STOPS):
            if not self.milter.alive():
                self.milter.start()
            clients = [threading.Thread(target=self.play, args=(torn,)) for _ in range(CLIENTS)]
            seen = len(self.milter.events())
            for client in clients:
                client.start()
            self.milter.wait_event(327, seen)
            self.assertEqual(self.milter.stop(), 0)
            for client in clients:
                client.join()
        self.assertEqual(torn, [])

    def play(self, torn):
        """Sends until it is refused. What had an edit and no verdict goes to `torn`."""
        sent = mails.reply_mail()
        fields, body = milter_wire.split_mail(sent)
        outcome = milter_wire.Outcome()
        try:
            with milter_wire.open_session(self.milter.socket) as connection:
                while True:
                    outcome = milter_wire.Outcome()
                    connection.envelope()
                    if connection.head(fields)[1] != milter_wire.CONTINUE:
                        return
                    connection.body(body, outcome)
                    connection.end(outcome)
        except (OSError, EOFError, AssertionError):
            if outcome.replies and not outcome.verdict:
                torn.append(outcome.codes())

    def test_hup_ends_nothing(self):
        connection, body = self.begin(mails.reply_mail())
        for _ in range(50):
            self.milter.process.send_signal(signal.SIGHUP)
        outcome = self.finish(connection, body)
        self.assertEqual((outcome.verdict, outcome.codes()), (milter_wire.CONTINUE, "bi"))
        self.assertEqual(connection.message(mails.reply_mail()).codes(), "bi")
        self.assertEqual(self.milter.stop(), 0)


if __name__ == "__main__":
    lab.run_tests()
