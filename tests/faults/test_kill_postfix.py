#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The milter is killed at each step of the protocol, with Postfix (kill_tests)."""
from fault_site import Postfix, lab
from kill_tests import case_of

KillUnderPostfix = case_of(Postfix)

if __name__ == "__main__":
    lab.run_tests()
