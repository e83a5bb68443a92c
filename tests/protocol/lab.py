# SPDX-License-Identifier: BSD-2-Clause
"""lab: what every test program here stands on.

Paths of the programs under test, a scratch folder, waiting by condition, and TAP for automake's
driver. CALMEND_BUILD names the build folder (default: build/ in the source tree), CALMEND_MILTER
and CALMEND name single binaries. A test program ends by itself: after TIME_LIMIT seconds the test
in hand fails, the clean-ups run, and no further test is begun.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CALMEND_BUILD", ROOT / "build")).resolve()
MILTER = os.environ.get("CALMEND_MILTER", str(BUILD / "calmend-milter"))
COMMAND = os.environ.get("CALMEND", str(BUILD / "calmend"))
TIME_LIMIT = 180
PATIENCE = 20.0

# For `shim`: no thread can be made, as where a bound of processes is reached.
NO_THREADS = """
#include <errno.h>
int pthread_create(void *thread, const void *attributes, void *(*run)(void *), void *data)
{
    (void)thread, (void)attributes, (void)run, (void)data;
    return EAGAIN;
}
"""


def need(condition, reason):
    """Skips the test where `condition` does not hold; where CI is true that is a failure."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        raise AssertionError(f"cannot run, and CI allows no skip: {reason}")
    raise unittest.SkipTest(reason)


def wait_until(condition, what, patience=PATIENCE):
    """The first true result of `condition`, asked every few milliseconds; AssertionError with
    `what` when `patience` seconds passed without one."""
    end = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(0.005)


def scratch_folder(case, above=None):
    """A fresh folder that other users may enter, removed when the test or class `case` is over; in
    the folder `above`, or where such folders usually are."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="calmend-test-", dir=above))
    folder.chmod(0o755)
    add = case.addClassCleanup if isinstance(case, type) else case.addCleanup
    add(shutil.rmtree, folder, ignore_errors=True)
    return folder


def shim(folder, source, **variables):
    """The environment in which a program loads a library made of this C first."""
    need(shutil.which("cc"), "no compiler for a shim")
    library = folder / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library], input=source,
                   text=True, check=True)
    return {**os.environ, "LD_PRELOAD": str(library), **variables,
            "ASAN_OPTIONS": "verify_asan_link_order=0:handle_abort=0:handle_segv=0"}


def free_port():
    """A TCP port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def has_ipv6():
    """Whether the loopback interface speaks IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def first_difference(one, other):
    """The position at which two octet strings part."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def assert_octets_equal(actual, expected, what="octets"):
    """AssertionError that shows where two octet strings part; short even for 20 MiB of them."""
    if actual == expected:
        return
    at = first_difference(actual, expected)
    start = max(0, at - 60)
    raise AssertionError(
        f"{what} differ at octet {at} (sizes {len(actual)} and {len(expected)}):\n"
        f"  actual   {actual[start:at + 80]!r}\n  expected {expected[start:at + 80]!r}")


def run_tests():
    """Runs the tests of the calling program and prints TAP."""
    try:
        from tap.runner import TAPTestRunner
    except ImportError:
        print("1..0 # SKIP python3-tap is not installed")
        sys.exit(1 if os.environ.get("CI") == "true" else 0)
    runner = TAPTestRunner()
    runner.set_stream(True)
    runner.set_format("{method_name}")
    _bound(runner)
    unittest.main(module="__main__", testRunner=runner)


def _bound(runner):
    """Makes the test in hand fail and the run end, clean-ups done, when time is up or on TERM."""
    make_result = runner._makeResult
    results = []

    def keep_result():
        results.append(make_result())
        return results[-1]

    def interrupted(signum, _frame):
        for result in results:
            result.stop()
        raise TimeoutError(f"stopped by {signal.Signals(signum).name}, limit {TIME_LIMIT} s")

    runner._makeResult = keep_result
    for signum in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(signum, interrupted)
    signal.alarm(TIME_LIMIT)
