# SPDX-License-Identifier: BSD-2-Clause
"""zone_readers: what independent readers make of the VTIMEZONE that is written for a zone.

A reader gives the offsets of a zone, seconds east of UTC, at instants (seconds since 1970-01-01
UTC) or at local times (seconds since 1970-01-01T00:00 there). Zoneinfo reads none, but the zone of
the system: it is what the others are held to.
"""
import array
import datetime
import importlib
import io
import subprocess
import zoneinfo

from zone_rows import lab

PROGRAM = lab.BUILD / "tests" / "zones" / "zone_reader"
EPOCH = datetime.datetime(1970, 1, 1)


def text_of(tzid):
    """The VTIMEZONE that is written for the zone."""
    done = subprocess.run([PROGRAM, "text", tzid], check=True, stdout=subprocess.PIPE, timeout=60)
    return done.stdout


def local_time(seconds):
    return EPOCH + datetime.timedelta(seconds=seconds)


def whole(offset):
    return int(offset.total_seconds())


class Python:
    """A zone as a tzinfo."""

    def __init__(self, tzid):
        self.zone = self.read(tzid)

    def read(self, tzid):
        raise NotImplementedError

    def at(self, instants):
        convert, zone = datetime.datetime.fromtimestamp, self.zone
        return array.array("i", [whole(convert(instant, zone).utcoffset()) for instant in instants])

    def locally(self, times):
        zone = self.zone
        return array.array("i", [whole(local_time(time).replace(tzinfo=zone).utcoffset())
                                 for time in times])


class Zoneinfo(Python):
    """The IANA database of the system."""

    def read(self, tzid):
        return zoneinfo.ZoneInfo(tzid)

    def plain(self, times):
        """Those of the local times that are there, and once, and the offsets at them."""
        kept, offsets = array.array("q"), array.array("i")
        for seconds in times:
            time = local_time(seconds).replace(tzinfo=self.zone)
            offset = time.utcoffset()
            if offset == time.replace(fold=1).utcoffset():
                kept.append(seconds)
                offsets.append(whole(offset))
        return kept, offsets


class Icalendar(Python):
    """python3-icalendar."""

    module = "icalendar"

    def read(self, tzid):
        return importlib.import_module("icalendar").Calendar.from_ical(text_of(tzid)).to_tz()

    def locally(self, times):
        localize = self.zone.localize
        return array.array("i", [whole(localize(local_time(time)).utcoffset()) for time in times])


class Dateutil(Python):
    """python3-dateutil."""

    module = "dateutil.tz"

    def read(self, tzid):
        text = "BEGIN:VCALENDAR\r\n" + text_of(tzid).decode("ascii") + "END:VCALENDAR\r\n"
        return importlib.import_module("dateutil.tz").tzical(io.StringIO(text)).get(tzid)


class Libical:
    """libical, asked through zone_reader."""

    module = None
    process = None

    def __init__(self, tzid):
        self.tzid = tzid
        if Libical.process is None:
            Libical.process = subprocess.Popen([PROGRAM, "offsets"], stdin=subprocess.PIPE,
                                               stdout=subprocess.PIPE)

    def ask(self, kind, times):
        request = array.array("q", times)
        pipe = Libical.process
        pipe.stdin.write(f"{self.tzid} {kind} {len(request)}\n".encode() + request.tobytes())
        pipe.stdin.flush()
        offsets = array.array("i")
        offsets.frombytes(pipe.stdout.read(len(request) * offsets.itemsize))
        return offsets

    def at(self, instants):
        return self.ask("utc", instants)

    def locally(self, times):
        return self.ask("local", times)

    @classmethod
    def close(cls):
        """Ends the program, which must end well: under a sanitizer it tells what it lost."""
        process, cls.process = cls.process, None
        if process is not None:
            process.communicate()
            assert process.returncode == 0, f"zone_reader ended with {process.returncode}"
