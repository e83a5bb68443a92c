#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The milter is killed at each step of the protocol, with Sendmail (kill_tests)."""
from fault_site import Sendmail, lab
from kill_tests import case_of

KillUnderSendmail = case_of(Sendmail)

if __name__ == "__main__":
    lab.run_tests()
