#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Debian as it will be: see release."""
import release


class Testing(release.Release):
    NAME = "testing"


if __name__ == "__main__":
    release.run()
