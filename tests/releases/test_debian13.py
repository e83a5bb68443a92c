#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Debian 13: see release. It is the first one whose Podman has Quadlet."""
import re

import release

QUADLET = f"/{release.SOURCES}/packaging/oci/quadlet"
GENERATOR = "/usr/lib/systemd/system-generators/podman-system-generator"
UNITS = "/root/units"


class Debian13(release.Release):
    NAME = "trixie"

    def test_4_quadlet(self):
        """What it makes of the units of packaging/oci, systemd takes."""
        self.root.do("apt-get", "-qy", "--no-install-recommends", "install", "podman", "systemd",
                     network=None)
        self.root.do("mkdir", UNITS)
        self.root.do("env", f"QUADLET_UNIT_DIRS={QUADLET}", GENERATOR, UNITS, UNITS, UNITS)
        for name in ("calmend", "calmend@"):
            text = (self.root.path / UNITS[1:] / f"{name}.service").read_text()
            (command,) = re.findall(r"(?m)^ExecStart=(\S+ run .*)$", text)
            for word in ("--read-only", "--cap-drop all", "--security-opt=no-new-privileges", "--stop-timeout=40",
                         "/etc/calmend:/etc/calmend:ro", "--health-on-failure kill", "localhost/calmend:"):
                self.assertIn(word, command)
        self.root.do("systemd-analyze", "verify", "--man=no", f"{UNITS}/calmend.service",
                     f"{UNITS}/calmend@8938.service")


if __name__ == "__main__":
    release.run()
