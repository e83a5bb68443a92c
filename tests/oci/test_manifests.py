#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the manifests of packaging/oci promise: rights, time to stop, settings that are good, one version.

Whether their form is right, test_schemas asks the published schemas.
"""
import configparser
import re
import subprocess
import unittest

import manifests
from manifests import OCI, lab

SETTINGS = sorted(OCI.rglob("*.conf"))
RESTRICTED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
              "capabilities": {"drop": ["ALL"]}}
# podman-systemd.unit(5) of Podman 4.4, where Quadlet began, and of what came until 5.
QUADLET_KEYS = {"Image", "ContainerName", "ReadOnly", "NoNewPrivileges", "DropCapability", "Network",
                "PublishPort", "Tmpfs", "Volume", "HealthCmd", "HealthInterval", "HealthTimeout",
                "HealthOnFailure", "PodmanArgs"}


def version():
    return re.search(r"(?m)^AC_INIT\(\[calmend\], \[(.*)\]\)", (lab.ROOT / "configure.ac").read_text())[1]


def seconds(text):
    return int(str(text).rstrip("s"))


def drain_seconds(text):
    settings = configparser.ConfigParser()
    settings.read_string(text)
    return settings.getint("service", "drain-seconds")


def check_settings(path):
    """What calmend-milter says of a settings file."""
    done = subprocess.run([lab.MILTER, "--check-config", "--config", path], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=lab.PATIENCE)
    return done.returncode, done.stdout


class Settings(unittest.TestCase):
    def test_are_good(self):
        self.assertGreater(len(SETTINGS), 3)
        for path in SETTINGS:
            with self.subTest(path=path):
                self.assertEqual(check_settings(path), (0, "The settings are good.\n"))
                self.assertIn("destination=stdout\nformat=json\n", path.read_text())

    def test_of_the_cluster_are_good(self):
        path = lab.scratch_folder(self) / "calmend.conf"
        path.write_text(manifests.kubernetes()["ConfigMap"]["data"]["calmend.conf"])
        self.assertEqual(check_settings(path), (0, "The settings are good.\n"))

    def test_of_compose_are_those_of_the_image(self):
        self.assertEqual((OCI / "compose/settings/calmend.conf").read_text(),
                         (OCI / "calmend.conf").read_text())


class Kubernetes(unittest.TestCase):
    def setUp(self):
        self.objects = manifests.kubernetes()
        self.template = self.objects["Deployment"]["spec"]["template"]
        self.pod = self.template["spec"]
        (self.container,) = self.pod["containers"]

    def test_kustomization_names_every_file(self):
        listed = manifests.yaml.safe_load((manifests.KUBERNETES / "kustomization.yaml").read_text())
        self.assertEqual(sorted(listed["resources"]),
                         sorted(path.name for path in manifests.KUBERNETES.glob("*.yaml")
                                if path.name != "kustomization.yaml"))
        self.assertEqual(listed["images"][0]["newTag"], version())

    def test_is_restricted(self):
        """The standard "restricted" of pods, which the namespace enforces."""
        self.assertEqual(self.container["securityContext"], RESTRICTED)
        self.assertTrue(self.pod["securityContext"]["runAsNonRoot"])
        self.assertEqual(self.pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertFalse(self.pod["automountServiceAccountToken"])
        self.assertEqual(self.objects["Namespace"]["metadata"]["labels"],
                         {"pod-security.kubernetes.io/enforce": "restricted"})
        self.assertIn(f"USER {self.pod['securityContext']['runAsUser']}:",
                      (OCI / "Containerfile").read_text())

    def test_there_is_time_to_stop(self):
        rest = self.pod["terminationGracePeriodSeconds"] \
            - self.container["lifecycle"]["preStop"]["sleep"]["seconds"]
        self.assertGreaterEqual(rest, drain_seconds(self.objects["ConfigMap"]["data"]["calmend.conf"]) + 10)

    def test_is_replaced_without_a_gap(self):
        self.assertEqual(self.objects["Deployment"]["spec"]["strategy"]["rollingUpdate"],
                         {"maxUnavailable": 0, "maxSurge": 1})
        self.assertGreater(self.objects["HorizontalPodAutoscaler"]["spec"]["minReplicas"],
                           self.objects["PodDisruptionBudget"]["spec"]["maxUnavailable"])

    def test_they_mean_the_same_pods(self):
        labels = self.template["metadata"]["labels"]
        for selector in (self.objects["Deployment"]["spec"]["selector"]["matchLabels"],
                         self.objects["Service"]["spec"]["selector"],
                         self.objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
                         self.objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]):
            self.assertEqual(selector, labels)
        self.assertEqual(self.objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"],
                         self.objects["Deployment"]["metadata"]["name"])

    def test_they_mean_the_same_port(self):
        (port,) = self.container["ports"]
        self.assertEqual((port["name"], port["containerPort"]), ("milter", 8938))
        self.assertEqual(self.objects["Service"]["spec"]["ports"][0]["targetPort"], "milter")
        self.assertEqual(self.objects["NetworkPolicy"]["spec"]["ingress"][0]["ports"][0]["port"], "milter")
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            self.assertEqual(self.container[probe]["exec"]["command"],
                             ["/usr/bin/calmend", "probe", "--health", "inet:8938@127.0.0.1"])

    def test_they_are_in_one_namespace(self):
        for kind, one in self.objects.items():
            name = one["metadata"]["name" if kind == "Namespace" else "namespace"]
            self.assertEqual(name, "mail", kind)


class Compose(unittest.TestCase):
    def test_is_restricted_and_has_time_to_stop(self):
        service = manifests.compose()["compose.yaml"]["services"]["calmend"]
        self.assertTrue(service["read_only"])
        self.assertEqual(service["cap_drop"], ["ALL"])
        self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
        self.assertGreaterEqual(seconds(service["stop_grace_period"]),
                                drain_seconds((OCI / "calmend.conf").read_text()) + 10)

    def test_keeps_mail_when_the_milter_is_gone(self):
        for file in manifests.compose().values():
            self.assertIn("default_action=tempfail",
                          file["services"]["postfix"]["environment"]["POSTFIX_MILTERS"])

    def test_version(self):
        for service in manifests.compose()["compose.yaml"]["services"].values():
            self.assertTrue(service["image"].endswith(f":{version()}"), service["image"])
        self.assertEqual(manifests.kubernetes()["Deployment"]["spec"]["template"]["spec"]
                         ["containers"][0]["image"], f"calmend:{version()}")


class Quadlet(unittest.TestCase):
    def test_units(self):
        for name in ("calmend.container", "calmend@.container"):
            with self.subTest(name=name):
                lines = manifests.quadlet(name)
                keys = {key for section, key, _ in lines if section == "Container"}
                self.assertLessEqual(keys, QUADLET_KEYS)
                values = {key: value for _, key, value in lines}
                self.assertEqual(values["Image"], f"localhost/calmend:{version()}")
                self.assertEqual((values["ReadOnly"], values["DropCapability"], values["NoNewPrivileges"]),
                                 ("true", "all", "true"))
                stop = int(re.search(r"--stop-timeout=(\d+)", values["PodmanArgs"])[1])
                self.assertGreaterEqual(stop, 30)
                self.assertGreater(int(values["TimeoutStopSec"]), stop)


class Containerfile(unittest.TestCase):
    def test_has_what_the_build_needs(self):
        """The table of bootstrap, but for what makes no difference in a container: systemd."""
        text = (OCI / "Containerfile").read_text()
        rows = re.findall(r"(?m)^build\|([^|]+)\|", (lab.ROOT / "bootstrap").read_text())
        self.assertGreater(len(rows), 8)
        for package in set(rows) - {"libsystemd-dev"}:
            self.assertRegex(text, rf"[\s]{re.escape(package)}[\s]")


if __name__ == "__main__":
    lab.run_tests()
