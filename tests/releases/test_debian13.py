#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Debian 13: see release."""
import release


class Debian13(release.Release):
    NAME = "trixie"


if __name__ == "__main__":
    release.run()
