# SPDX-License-Identifier: BSD-2-Clause
"""machine: what figures depend on beside the code: processor, system, libraries, other work."""
import os
import platform
import re
import shutil
import subprocess

import lab

ENGINE = str(lab.BUILD / "tests/bench/engine")
# A package of the distribution, where it has that name.
PACKAGES = ("libmilter1.0.1", "postfix", "python3-milter", "python3-icalendar")


def processor():
    """The processor's name."""
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
        found = re.search(r"^model name\s*:\s*(.*)$", lines.read(), re.MULTILINE)
    return found[1] if found else platform.machine()


def memory():
    """Its memory, in GiB."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def engine_versions():
    """What the engine was compiled with and runs with: {name: version}."""
    text = subprocess.run([ENGINE, "--versions"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return dict(line.split("\t") for line in text.splitlines())


def package_versions():
    """The versions of the other programs, as the package system has them: {name: version}."""
    if not shutil.which("dpkg-query"):
        return {}
    found = {}
    for name in PACKAGES:
        done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", name], check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if done.returncode == 0 and done.stdout:
            found[name] = done.stdout
    return found


def system():
    """The distribution and the kernel."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, Linux {platform.release()}"


def load():
    """What else the machine does, as a list of one: runnable processes of the last minute."""
    return [f"{os.getloadavg()[0]:.1f}"]


def describe():
    """All of it, as text by name; `load` is a list, to be filled."""
    versions = {**engine_versions(), **package_versions(),
                "python": platform.python_version()}
    return {"machine": f"{len(os.sched_getaffinity(0))} processors, {processor()}, {memory()}",
            "system": system(), "versions": versions, "load": load()}


def as_text(head):
    """The head of the table."""
    versions = ", ".join(f"{name} {version}" for name, version in head["versions"].items())
    return (f"machine   {head['machine']}\nsystem    {head['system']}\nversions  {versions}\n"
            f"load      {' before, '.join(head['load'])} after")
