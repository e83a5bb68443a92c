#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What happens to a milter that is served well and badly, while mail comes in.

Restarts, reloads, a process that hangs, a socket that is taken away, and a clock that jumps. What
the administrator sees is asserted along with the account.
"""
import os
import shutil
import signal
import subprocess
import time
import unittest

from fault_site import Account, FaultSite, ROUNDS, Traffic, lab, mails, run_under

HANGS_FOR = 0.5
SHIM = """
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static long long frozen(void)
{
    long long seconds = 0;
    FILE *file = fopen(getenv("CLOCK_FILE"), "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%lld", &seconds) != 1)
        seconds = 0;
    fclose(file);
    return seconds;
}
int clock_gettime(clockid_t clock, struct timespec *at)
{
    long long seconds = clock == CLOCK_REALTIME ? frozen() : 0;
    if (seconds == 0)
        return (int)syscall(SYS_clock_gettime, clock, at);
    *at = (struct timespec){.tv_sec = seconds};
    return 0;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *at = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}
"""
CLOCK_BACK, BACK_AS_STAMP = 1577836800, b"20200101T000000Z"
CLOCK_FORWARD = 2208988800


class Service(unittest.TestCase):
    """Under traffic, with one Postfix."""

    @classmethod
    def setUpClass(cls):
        cls.site = FaultSite(cls)
        cls.milter = cls.site.milter
        cls.access = {"socket-mode": "0660", "socket-group": cls.site.mta.GROUP}

    def setUp(self):
        if not self.milter.alive():
            self.milter.start()

    def attempt(self, text, fault, times=ROUNDS, **traffic):
        """The fault so many times: its account, with everything repaired."""
        running = Traffic(self.site, **traffic)

        def repeat():
            for _ in range(times):
                fault(running)
        account = self.site.attempt(Account(text, times), running, repeat)
        self.assertEqual(account.repaired, account.taken)
        return account

    def test_reload(self):
        def reload(traffic):
            seen = len(self.milter.events())
            self.milter.reload({"limits": {"parts": 100 + seen}, "service": self.access})
            self.milter.wait_event(344, seen)
            traffic.wait_for_more(1)
        account = self.attempt("reload (HUP)", reload)
        self.assertEqual(account.put_off, 0)

    def test_restart(self):
        def restart(traffic):
            self.assertEqual(self.milter.stop(), 0)
            self.milter.start()
            traffic.wait_for_more()
        self.attempt("stop (TERM) and start", restart)

    def test_away(self):
        def go_away(traffic):
            self.assertEqual(self.milter.stop(), 0)
            traffic.wait_for_refusals()
            self.milter.start()
            traffic.wait_for_more()
        account = self.attempt("stopped for a while", go_away)
        self.assertGreater(account.put_off, ROUNDS)
        self.assertRegex(self.site.mta.log_text(), "warning: connect to Milter service unix:.*: ")

    def test_hangs(self):
        """A process that answers nothing for a while, as on a machine that swaps."""
        def hang(traffic):
            self.milter.process.send_signal(signal.SIGSTOP)
            lab.wait_until(self.is_stopped, "the milter to stand still")
            time.sleep(HANGS_FOR)
            self.milter.process.send_signal(signal.SIGCONT)
            traffic.wait_for_more()
        account = self.attempt("hangs for half a second (STOP, CONT)", hang, max(1, ROUNDS // 4))
        self.assertEqual(account.put_off, 0)

    def is_stopped(self):
        with open(f"/proc/{self.milter.process.pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"

    def test_socket_removed(self):
        """The milter ends and says why; started again, it makes the socket anew."""
        path = self.milter.socket.partition(":")[2]

        def remove(traffic):
            seen = len(self.milter.events())
            os.unlink(path)
            self.assertEqual(self.milter.process.wait(lab.PATIENCE), 2)
            self.milter.wait_event(348, seen)
            self.milter.start()
            traffic.wait_for_more()
        self.attempt("socket removed", remove, max(1, ROUNDS // 4))
        self.assertIn("No such file or directory", self.site.mta.log_text())

    def test_clock(self):
        """The clock jumps years back, forth and home. A time after tomorrow is not believed, so
        that with the clock back the clock's own time is written."""
        lab.need(shutil.which("cc"), "no compiler for the shim around the clock")
        folder = self.site.folder
        shim, clock = folder / "clock.so", folder / "clock"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", shim], input=SHIM,
                       text=True, check=True)
        run_under(self.milter, "env", f"LD_PRELOAD={shim}", f"CLOCK_FILE={clock}")
        self.addCleanup(run_under, self.milter)
        calendar = mails.reply_calendar(True).replace(
            mails.ATTRIBUTE + b":" + mails.STAMP, mails.ATTRIBUTE + b":" + BACK_AS_STAMP)
        late = mails.mail(mails.part(mails.calendar_type(), calendar))
        for text, seconds, mended in (("set back by years", CLOCK_BACK, late),
                                      ("set forth by years", CLOCK_FORWARD, None),
                                      ("set right again", 0, None)):
            clock.write_text(str(seconds))
            self.attempt(f"clock {text}", lambda traffic: traffic.wait_for_more(), 1, mended=mended)


if __name__ == "__main__":
    lab.run_tests()
