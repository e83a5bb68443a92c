# SPDX-License-Identifier: BSD-2-Clause
"""milter_process: the daemon under test, as a process of ours, and the `calmend` command beside it.

One folder holds its settings, socket, switch file and log. It runs in the foreground, so its events
come on stderr and are read from there as an administrator would. It is stopped by its pid; one that
does not stop in time is killed, and that is an error.
"""
import json
import os
import re
import signal
import stat
import subprocess

import lab
import milter_wire

# One line of the log; design: Events. The sender may hold anything but a control octet.
EVENT_LINE = re.compile(
    r"^(?P<queue_id>\S+): Event Type: (?P<type>\w+); Event Source: calmend; "
    r"Event Category: (?P<category>[\w ]+); Event ID: (?P<id>\d+); User: (?P<user>.*?); "
    r"Computer: (?P<computer>.*?); Description: (?P<description>.*)$")

SANITIZER = re.compile(rb"(Address|Leak|Thread|Memory)Sanitizer|runtime error:")


# The limit of an MTA that has not changed its own, so that no repair is left for want of it.
MTA_BYTES = 10240000

DEFAULT_MODE = "0660"


class MilterProcess:
    """A milter in `folder`. `settings` maps group to key to value; socket and switch files have
    defaults in the folder. Where the test is root's, the milter stays root's."""

    user = "root"

    def __init__(self, folder, settings=None, socket=None):
        self.folder = folder
        self.socket = socket or f"unix:{folder}/milter.sock"
        self.switch = folder / "FixRecipientTrackStatusTime"
        self.mail_switch = folder / "FixCalendarMail"
        self.log = folder / "milter.log"
        self.config = folder / "calmend.conf"
        self.mode = None  # of the socket, once its settings are written
        self.process = None
        self.write_config(settings or {})

    def write_config(self, settings):
        """Writes the settings file."""
        groups = {"service": {"socket": self.socket, "user": self.user},
                  "repair": {"switch-file": self.switch, "mail-switch-file": self.mail_switch},
                  "limits": {"mta-bytes": MTA_BYTES}}
        for group, keys in settings.items():
            groups.setdefault(group, {}).update(keys)
        self.mode = int(groups["service"].get("socket-mode", DEFAULT_MODE), 8)
        text = "".join(f"[{group}]\n" + "".join(f"{k}={v}\n" for k, v in keys.items())
                       for group, keys in groups.items())
        self.config.write_text(text)

    def reload(self, settings):
        """Puts other settings, or a text, in place of the settings file, as one, and sends HUP."""
        config, self.config = self.config, self.config.with_suffix(".new")
        if isinstance(settings, str):
            self.config.write_text(settings)
        else:
            self.write_config(settings)
        self.config = self.config.replace(config)
        self.process.send_signal(signal.SIGHUP)

    def command(self, options):
        """Its command line."""
        return [lab.MILTER, "--foreground", "--config", str(self.config), *options]

    def start(self, options=()):
        """Starts it and waits until it listens. `options` go to its command line."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(options), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        lab.wait_until(self._listens, f"the milter to listen on {self.socket}")
        return self

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the milter ended with {self.process.returncode}:\n"
                                 + self.log.read_text(errors="replace"))
        try:
            milter_wire.Connection(self.socket).close()
            return self._lets_others_in()
        except OSError:
            return False

    def _lets_others_in(self):
        """root may connect to a unix socket before its group and its mode, in this order, are set:
        an MTA may not."""
        kind, _, path = self.socket.partition(":")
        return kind != "unix" or stat.S_IMODE(os.stat(path).st_mode) == self.mode

    def alive(self):
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, signum=signal.SIGTERM):
        """Ends it and returns its exit code; AssertionError when it had to be killed."""
        if self.process is None:
            return None
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signum)
        try:
            return process.wait(timeout=lab.PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the milter did not stop") from None

    def finish(self):
        """Stops it, and fails when a sanitizer has had something to say."""
        self.stop()
        report = [line for line in self.lines() if SANITIZER.search(line)]
        assert not report, b"\n".join(self.lines()).decode("utf-8", "replace")

    def switch_on(self):
        """Turns repairs on."""
        self.switch.write_bytes(b"")
        self.switch.chmod(0o644)

    def switch_off(self):
        """Turns repairs off."""
        self.switch.unlink(missing_ok=True)

    def lines(self):
        """Every whole line of the log so far."""
        return self.log.read_bytes().split(b"\n")[:-1]

    def events(self):
        """Every event so far, in order. AssertionError on a line that is none."""
        found = []
        for line in self.lines():
            match = EVENT_LINE.match(line.decode("utf-8", "backslashreplace"))
            assert match, f"no event line: {line!r}"
            found.append({**match.groupdict(), "id": int(match["id"])})
        return found

    def json_events(self):
        """The same of a log in JSON."""
        return [json.loads(line) for line in self.lines()]

    def events_of(self, queue_id):
        """The events of one message."""
        return [event for event in self.events() if event["queue_id"] == queue_id]

    def wait_events_of(self, queue_id, numbers):
        """Waits for the events of one message; their numbers must be `numbers`, in any order."""
        if numbers:
            lab.wait_until(lambda: len(self.events_of(queue_id)) >= len(numbers),
                           f"events {numbers} of {queue_id}")
        found = self.events_of(queue_id)
        assert sorted(event["id"] for event in found) == sorted(numbers), (numbers, found)
        return found

    def wait_event(self, number, after=0, words=""):
        """The first event of that number that says `words`, among those from position `after` on."""
        def look():
            return [event for event in self.events()[after:]
                    if event["id"] == number and words in event["description"]]
        return lab.wait_until(look, f"event {number} with {words!r}")[0]


def started(case, settings=None, socket=None, folder=None):
    """A running milter that ends with the test or class `case`."""
    milter = MilterProcess(folder or lab.scratch_folder(case), settings, socket)
    add = case.addClassCleanup if isinstance(case, type) else case.addCleanup
    add(milter.finish)
    return milter.start()


def run(program, *arguments, stdin=b""):
    """Runs a program to its end: (exit code, stdout, stderr), octets."""
    done = subprocess.run([program, *map(str, arguments)], input=stdin, timeout=lab.PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout, done.stderr


def repaired(mail, config, *options):
    """What `calmend repair` makes of a mail under the settings file `config`."""
    code, out, err = run(lab.COMMAND, "repair", "--config", config, *options, stdin=mail)
    assert code == 0, f"calmend repair ended with {code}: {err!r}"
    return out
