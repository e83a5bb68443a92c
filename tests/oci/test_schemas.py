#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The manifests of packaging/oci are what the published schemas of Kubernetes and of compose files say."""
import copy
import importlib.util
import shutil
import unittest

import manifests
from manifests import lab


class Schemas(unittest.TestCase):
    def setUp(self):
        lab.need(shutil.which("node"), "node is not installed")
        lab.need(importlib.util.find_spec("jsonschema"), "python3-jsonschema is not installed")
        lab.need((manifests.MODULES / "node_modules").is_dir(), "the schemas were not installed by npm")

    def test_kubernetes(self):
        objects = manifests.kubernetes()
        self.assertEqual(dict(zip(objects, manifests.check_kubernetes(list(objects.values())))),
                         dict.fromkeys(objects, ""))

    def test_compose(self):
        for name, file in manifests.compose().items():
            self.assertEqual(manifests.check_compose(file), [], name)

    def test_what_is_wrong_is_found(self):
        """So that the two above are tests."""
        deployment = copy.deepcopy(manifests.kubernetes()["Deployment"])
        deployment["spec"]["replicas"] = "two"
        budget = copy.deepcopy(manifests.kubernetes()["PodDisruptionBudget"])
        budget["spec"]["selector"]["matchLabels"] = ["calmend"]
        file = copy.deepcopy(manifests.compose()["compose.yaml"])
        file["services"]["calmend"]["read_onyl"] = True
        self.assertNotIn("", manifests.check_kubernetes([deployment, budget]))
        self.assertNotEqual(manifests.check_compose(file), [])


if __name__ == "__main__":
    lab.run_tests()
