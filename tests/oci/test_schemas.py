#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The manifests of packaging/oci are what the published schemas of Kubernetes and of compose files say.

The kustomization has no schema that is published by a registry: kubectl itself makes the objects of it.
"""
import copy
import importlib.util
import shutil
import subprocess
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


class Kustomization(unittest.TestCase):
    def setUp(self):
        lab.need(shutil.which("kubectl"), "kubectl is not installed")
        self.folder = lab.scratch_folder(self) / "kubernetes"
        shutil.copytree(manifests.KUBERNETES, self.folder)
        self.file = self.folder / "kustomization.yaml"

    def make(self):
        """(code, text) of what `kubectl apply -k` would hand to the cluster."""
        done = subprocess.run(["kubectl", "kustomize", self.folder], check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=lab.PATIENCE)
        return done.returncode, done.stdout

    def test_gives_the_objects_of_the_files(self):
        code, text = self.make()
        self.assertEqual(code, 0, text)
        self.assertEqual({one["kind"]: one for one in manifests.yaml.safe_load_all(text)},
                         manifests.kubernetes())

    def test_sets_the_image(self):
        """Of an administrator's own registry."""
        name = "newName: mx.example/calmend\n    "
        self.file.write_text(self.file.read_text().replace("newTag: ", f"{name}newTag: "))
        code, text = self.make()
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r" image: mx\.example/calmend:\d")

    def test_what_is_wrong_is_found(self):
        self.file.write_text(self.file.read_text().replace("newTag: ", "newTga: "))
        code, text = self.make()
        self.assertEqual(code, 1, text)
        self.assertIn("newTga", text)


if __name__ == "__main__":
    lab.run_tests()
