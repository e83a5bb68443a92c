#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""configure.ac says the version; the packages and NEWS.md say the same one first."""
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402

SPEC = "packaging/rpm/calmend.spec"


def first(path, pattern):
    """What the first match of a pattern in a file of the tree has in its group."""
    return re.search(rf"(?m){pattern}", (lab.ROOT / path).read_text(encoding="utf-8"))[1]


class Version(unittest.TestCase):
    def test_is_the_same_everywhere(self):
        version = first("configure.ac", r"^AC_INIT\(\[calmend\], \[(.*)\]\)")
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")
        for path, pattern in (("NEWS.md", r"^## (\S+)$"),
                              ("packaging/debian/changelog", r"^calmend \((.*)-[^-]+\) "),
                              (SPEC, r"^Version: +(\S+)$"),
                              (SPEC, r"(?s)^%changelog\n\* .*? - (\S+)-\d+\n")):
            with self.subTest(path=path):
                self.assertEqual(first(path, pattern), version)


if __name__ == "__main__":
    lab.run_tests()
