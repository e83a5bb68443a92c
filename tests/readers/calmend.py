# SPDX-License-Identifier: BSD-2-Clause
"""calmend: the program under test (CALMEND, default build/calmend), over many mails at once.

Every call that ends in trouble raises.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
CALMEND = os.environ.get("CALMEND", str(SOURCE / "build" / "calmend"))
NOW = "20260106T120000Z"
CHUNK = 100
SECONDS = 120
SETTINGS = tempfile.NamedTemporaryFile(suffix=".conf")  # empty: the defaults


def run(command: str, *arguments: str) -> bytes:
    done = subprocess.run(
        [CALMEND, command, "--config", SETTINGS.name, *arguments],
        capture_output=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1) or done.stderr:
        raise RuntimeError(f"{command} {arguments[:6]}: {done.stderr[:300].decode('latin-1')}")
    return done.stdout


def rules() -> dict[str, str]:
    """The family of every rule of the program."""
    rows = map(json.loads, run("rules", "--json").splitlines())
    return {row["rule"]: row["family"] for row in rows}


def profile(name: str, *enable: str) -> list[str]:
    """The options for a profile and the rules that are on besides; `every rule` has all of them."""
    if name == "every rule":
        name, enable = "inbound", sorted(set(rules().values()) - {"calmend"})
    return ["--profile", name, *(["--enable", ";".join(enable)] if enable else [])]


def check(options: list[str], paths: list[Path]) -> list[dict]:
    """What it would do to each mail: the objects of check --json, in the order of the paths."""
    reports = []
    for start in range(0, len(paths), CHUNK):
        chunk = [str(path) for path in paths[start : start + CHUNK]]
        out = run("check", "--json", "--now", NOW, *options, *chunk)
        reports += map(json.loads, out.splitlines())
    assert [report["file"] for report in reports] == [str(path) for path in paths]
    return reports


def repair(options: list[str], path: Path) -> bytes:
    return run("repair", "--now", NOW, *options, str(path))
