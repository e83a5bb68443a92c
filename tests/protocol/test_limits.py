#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is too large passes unread, what is large goes through a file, and neither leaves a trace.

The limits are set small here, so that the tests are quick.
"""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import lab
import mails
import milter_process
import milter_wire
from milter_wire import CONTINUE

MESSAGE_BYTES = 400000
MEMORY_BYTES = 20000
HEADER_MAX = 60000
KEPT_FILES = 4  # common/transit/spool_file.c
MEMORY_FROM = 128 << 10  # common/transit/spool.c
BLOCK = 12 << 20  # common/transit/spool_block.h

# A machine without a processor to spare, on which the wait for one, of some 30 s, is over at once.
NO_SLOT = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>
typedef int (*Wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
unsigned g_get_num_processors(void)
{
    return 0;
}
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *end)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (end->tv_sec - now.tv_sec >= 29 && end->tv_sec - now.tv_sec <= 31)
        return ETIMEDOUT;
    return ((Wait)dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"))(condition, mutex, end);
}
"""


def mail_of_size(size, mended=False):
    """A broken REPLY in front of an attachment; `size` octets about."""
    return mails.mail(mails.multipart(
        b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar(mended), "base64"),
        mails.attachment(size * 3 // 4)))


def deleted_files(milter):
    """The nameless files that a milter holds open."""
    names = []
    for link in pathlib.Path(f"/proc/{milter.process.pid}/fd").iterdir():
        try:
            names.append(os.readlink(link))
        except FileNotFoundError:
            continue
    return [name for name in names if name.endswith("(deleted)")]


def resident_file_pages(milter):
    """Octets of files that are in the memory of a milter."""
    status = pathlib.Path(f"/proc/{milter.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"RssFile:\s+(\d+) kB", status)[1]) * 1024


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = lab.scratch_folder(cls)
        cls.spool = folder / "spool"
        cls.spool.mkdir()
        os.environ["TMPDIR"] = str(cls.spool)
        cls.addClassCleanup(os.environ.pop, "TMPDIR")
        cls.milter = milter_process.started(
            cls, {"limits": {"message-bytes": MESSAGE_BYTES, "memory-bytes": MEMORY_BYTES}},
            folder=folder)
        cls.milter.switch_on()

    def session(self, **offer):
        connection = milter_wire.open_session(self.milter.socket, **offer)
        self.addCleanup(connection.close)
        return connection

    def deleted_files(self):
        """The nameless files that the milter holds open."""
        return deleted_files(self.milter)

    def check_mended(self, outcome, sent, mended):
        self.assertEqual(outcome.verdict, CONTINUE)
        lab.assert_octets_equal(mails.without_fields(outcome.apply(sent), "X-Calmend"), mended)

    def test_too_large_is_skipped_and_untouched(self):
        sent = mail_of_size(3 * MESSAGE_BYTES)
        outcome = self.session().message(sent, queue_id=b"LARGE1")
        self.assertEqual((outcome.verdict, outcome.replies), (CONTINUE, []))
        self.assertLess(outcome.sent, MESSAGE_BYTES + 3 * milter_wire.CHUNK)
        self.assertNotIn(327, [event["id"] for event in self.milter.events_of("LARGE1")])

    def test_unread_messages_are_counted(self):
        milter = milter_process.started(self, {"limits": {"message-bytes": MESSAGE_BYTES}})
        for mail in (mail_of_size(2 * MESSAGE_BYTES), mails.reply_mail()):
            milter_wire.one_message(milter.socket, mail)
        milter.stop()
        self.assertRegex(milter.wait_event(341)["description"], r"examined 1\b.*unread 1\b")

    def test_too_large_without_skip(self):
        steps = milter_wire.ALL_STEPS & ~milter_wire.STEP["SKIP"]
        connection = self.session(steps=steps)
        outcome = connection.message(mail_of_size(3 * MESSAGE_BYTES))
        self.assertEqual((outcome.verdict, outcome.replies), (CONTINUE, []))
        sent = mails.reply_mail()
        self.check_mended(connection.message(sent), sent, mails.reply_mail(True))

    def test_small_after_too_large(self):
        connection = self.session()
        for _ in range(3):
            connection.message(mail_of_size(2 * MESSAGE_BYTES))
            sent = mails.reply_mail()
            self.check_mended(connection.message(sent), sent, mails.reply_mail(True))

    def test_above_memory_goes_through_a_nameless_file(self):
        sent = mail_of_size(10 * MEMORY_BYTES)
        fields, body = milter_wire.split_mail(sent)
        connection = self.session()
        connection.envelope()
        connection.head(fields)
        outcome = milter_wire.Outcome()
        connection.body(body, outcome)
        lab.wait_until(self.deleted_files, "a nameless spool file")
        self.assertEqual(list(self.spool.iterdir()), [])
        self.check_mended(connection.end(outcome), sent, mail_of_size(10 * MEMORY_BYTES, True))

    def test_a_file_is_kept_for_the_next_body(self):
        """What a longer body before it left there is not read."""
        connection = self.session()
        for size in (12 * MEMORY_BYTES, 6 * MEMORY_BYTES, 9 * MEMORY_BYTES):
            sent = mail_of_size(size)
            self.check_mended(connection.message(sent), sent, mail_of_size(size, True))
            self.assertLessEqual(len(self.deleted_files()), KEPT_FILES)

    def test_no_more_files_are_kept_than_a_few(self):
        """Whatever number of large bodies there were at once."""
        sent = mail_of_size(10 * MEMORY_BYTES)
        fields, body = milter_wire.split_mail(sent)
        connections = [self.session() for _ in range(3 * KEPT_FILES)]
        for connection in connections:
            connection.envelope()
            connection.head(fields)
            connection.body(body, milter_wire.Outcome())
        lab.wait_until(lambda: len(self.deleted_files()) >= len(connections), "a file for each")
        for connection in connections:
            self.check_mended(connection.end(milter_wire.Outcome()), sent,
                              mail_of_size(10 * MEMORY_BYTES, True))
        lab.wait_until(lambda: len(self.deleted_files()) == KEPT_FILES, "the others to go")

    def test_around_the_border_to_the_file(self):
        connection = self.session()
        empty = len(milter_wire.split_mail(mail_of_size(0))[1])
        for size in range(MEMORY_BYTES - empty - 300, MEMORY_BYTES - empty + 300, 40):
            sent = mail_of_size(size)
            for chunk in (997, milter_wire.CHUNK):
                self.check_mended(connection.message(sent, chunk=chunk), sent,
                                  mail_of_size(size, True))

    def test_aborted_spool_is_given_back(self):
        connection = self.session()
        fields, body = milter_wire.split_mail(mail_of_size(10 * MEMORY_BYTES))
        for _ in range(10):
            connection.envelope()
            connection.head(fields)
            connection.body(body, milter_wire.Outcome())
            connection.send(b"A")
        connection.close()
        lab.wait_until(lambda: len(self.deleted_files()) <= KEPT_FILES, "the spool files to go")

    def test_huge_header_field(self):
        for size in (1000, HEADER_MAX, 102400, 209684):
            extra = b"X-Large: " + b"a" * size + b"\r\n"
            sent = mails.reply_mail(extra=extra)
            self.check_mended(self.session().message(sent), sent,
                              mails.reply_mail(True, extra=extra))

    def test_many_header_fields(self):
        extra = b"".join(b"X-Field-%d: value\r\n\tfolded\r\n" % i for i in range(3000))
        sent = mails.reply_mail(extra=extra)
        self.check_mended(self.session().message(sent), sent, mails.reply_mail(True, extra=extra))

    def test_long_boundary_and_parameters(self):
        boundary = b"b" * 60
        parameters = b"".join(b";\r\n\tx%d=\"%s\"" % (i, b"y" * 60) for i in range(500))
        sent, mended = (mails.mail(mails.multipart(
            b"mixed", mails.part(mails.calendar_type(), mails.reply_calendar(whole)),
            boundary=boundary, parameters=parameters)) for whole in (False, True))
        self.check_mended(self.session().message(sent), sent, mended)


class Pool(unittest.TestCase):
    """A large body is in memory that the milter keeps, where there is some; else in a file."""

    def setUp(self):
        self.milter = milter_process.started(
            self, {"limits": {"memory-bytes": 2 * MEMORY_FROM, "pool-bytes": BLOCK}})
        self.milter.switch_on()

    def hold(self, size, *parameters):
        """A session that has handed over a mail of that size but for its end, and the size."""
        connection = milter_wire.open_session(self.milter.socket)
        self.addCleanup(connection.close)
        fields, body = milter_wire.split_mail(mail_of_size(size))
        connection.envelope(parameters=parameters)
        connection.head(fields)
        self.assertEqual(connection.body(body, milter_wire.Outcome()), CONTINUE)
        return connection, size

    def end(self, held):
        connection, size = held
        mended = connection.end(milter_wire.Outcome()).apply(mail_of_size(size))
        lab.assert_octets_equal(mails.without_fields(mended, "X-Calmend"),
                                mail_of_size(size, True))

    def test_one_at_a_time(self):
        for size in (MEMORY_FROM // 2, 3 * MEMORY_FROM, MEMORY_FROM, 20 * MEMORY_FROM):
            self.end(self.hold(size))
        self.assertEqual(deleted_files(self.milter), [])

    def test_others_at_once_go_to_files(self):
        held = [self.hold(4 * MEMORY_FROM) for _ in range(3)]
        self.assertEqual(len(deleted_files(self.milter)), 2)
        for one in held:
            self.end(one)

    def test_too_large_goes_to_a_file(self):
        self.end(self.hold(BLOCK + MEMORY_FROM))
        self.assertEqual(len(deleted_files(self.milter)), 1)
        self.end(self.hold(3 * MEMORY_FROM))
        self.assertEqual(len(deleted_files(self.milter)), 1)

    def test_announced_as_too_large_goes_to_a_file(self):
        for size, files in ((BLOCK, 0), (BLOCK + 1, 1), (0, 1)):
            held = self.hold(3 * MEMORY_FROM, b"BODY=8BITMIME", b"size=%d" % size)
            self.assertEqual(len(deleted_files(self.milter)), files)
            self.end(held)

    def test_none_from_a_reload_on(self):
        held = self.hold(3 * MEMORY_FROM)
        self.milter.reload({"limits": {"memory-bytes": 2 * MEMORY_FROM, "pool-bytes": 0}})
        self.milter.wait_event(344)
        self.end(held)
        self.assertEqual(deleted_files(self.milter), [])
        self.end(self.hold(3 * MEMORY_FROM))
        self.assertEqual(len(deleted_files(self.milter)), 1)


class Resident(unittest.TestCase):
    """A file that was read is not in memory while the MTA takes its time."""

    SIZE = 32 << 20

    def test_while_the_mta_takes_the_body(self):
        milter = milter_process.started(self, {"limits": {"mta-bytes": 0}})
        milter.switch_on()
        fields, body = milter_wire.split_mail(mail_of_size(self.SIZE))
        with milter_wire.open_session(milter.socket) as connection:
            connection.envelope()
            connection.head(fields)
            connection.body(body, milter_wire.Outcome())
            before = resident_file_pages(milter)
            connection.send(b"E")
            self.assertEqual(connection.receive()[0], milter_wire.REPLBODY)
            self.assertLess(resident_file_pages(milter) - before, self.SIZE // 32)


class MtaLimit(unittest.TestCase):
    """A repair never takes a message over the MTA's own limit, at which it would be refused."""

    MTA_BYTES = 300000

    def setUp(self):
        self.milter = milter_process.started(self, {"limits": {"mta-bytes": self.MTA_BYTES}})
        self.milter.switch_on()

    def outcome(self, size, queue_id):
        """Of a broken response that is exactly `size` octets large."""
        mail = mails.reply_mail(extra=b"X-Fill: \r\n")
        fill = b"X-Fill: " + b"a" * 900 + b"\r\n"
        count, rest = divmod(size - len(mail), len(fill))
        mail = mails.reply_mail(extra=b"X-Fill: " + b"a" * rest + b"\r\n" + fill * count)
        assert len(mail) == size
        return milter_wire.one_message(self.milter.socket, mail, queue_id=queue_id)

    def test_close_below_it_passes_as_it_came(self):
        for number, size in enumerate((self.MTA_BYTES, self.MTA_BYTES - 1000)):
            outcome = self.outcome(size, b"CLOSE%d" % number)
            self.assertEqual((outcome.verdict, outcome.replies), (CONTINUE, []))
            event, = self.milter.wait_events_of(f"CLOSE{number}", [331])
            self.assertIn("mta-bytes", event["description"])

    def test_far_below_it_is_repaired(self):
        self.assertEqual(self.outcome(self.MTA_BYTES // 2, b"FAR1").codes(), "bi")

    def test_above_it_the_mta_has_another(self):
        self.assertEqual(self.outcome(self.MTA_BYTES + 100, b"ABOVE1").codes(), "bi")

    def test_none(self):
        self.milter.reload({"limits": {"mta-bytes": 0}})
        self.milter.wait_event(344)
        self.assertEqual(self.outcome(self.MTA_BYTES, b"NONE1").codes(), "bi")


class Turn(unittest.TestCase):
    """A large message waits for its turn for so long and no longer."""

    def test_passes_as_it_came(self):
        lab.need(shutil.which("cc"), "no compiler for a shim")
        folder = lab.scratch_folder(self)
        library = folder / "shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library], input=NO_SLOT,
                       text=True, check=True)
        os.environ["LD_PRELOAD"] = str(library)
        self.addCleanup(os.environ.pop, "LD_PRELOAD")
        milter = milter_process.started(self, {"limits": {"memory-bytes": MEMORY_BYTES}},
                                        folder=folder)
        milter.switch_on()
        with milter_wire.open_session(milter.socket) as connection:
            connection.socket.settimeout(3 * lab.PATIENCE)  # a sanitizer may come before the shim
            large = connection.message(mail_of_size(10 * MEMORY_BYTES))
            self.assertEqual((large.verdict, large.replies), (CONTINUE, []))
            self.assertIn("processor", milter.wait_event(346)["description"])
            self.assertEqual(connection.message(mails.reply_mail()).codes(), "bi")
        milter.stop()
        self.assertRegex(milter.wait_event(341)["description"], r"messages 2, .*\bunread 1\b")


class DiskFull(unittest.TestCase):
    """Where nothing can be written, mail passes as it came, and an event says why."""

    def test_spool_folder_missing(self):
        folder = lab.scratch_folder(self)
        os.environ["TMPDIR"] = str(folder / "missing")
        self.addCleanup(os.environ.pop, "TMPDIR")
        milter = milter_process.started(self, {"limits": {"memory-bytes": MEMORY_BYTES}},
                                        folder=folder)
        milter.switch_on()
        with milter_wire.open_session(milter.socket) as connection:
            large = connection.message(mail_of_size(10 * MEMORY_BYTES), queue_id=b"FULL1")
            self.assertEqual((large.verdict, large.replies), (CONTINUE, []))
            milter.wait_events_of("FULL1", [331])
            sent = mails.reply_mail()
            small = connection.message(sent)
            self.assertEqual(small.codes(), "bi")


if __name__ == "__main__":
    lab.run_tests()
