#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Debian 12: see release."""
import release


class Debian12(release.Release):
    NAME = "bookworm"


if __name__ == "__main__":
    release.run()
