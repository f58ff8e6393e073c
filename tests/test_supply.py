"""What the project is made of: every part locked by hash, under a permissive licence, and listed; no secret in the tree."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import paths
from licences import LOCK, PARTS, REASONED, licence_of, permissive


def test_every_part_is_locked_with_hashes():
    assert len(PARTS) > 100
    for block in re.split(r"\n(?=\S)", LOCK):
        if "==" in block:
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]
    assert "--require-hashes" in (paths.ROOT / "Makefile").read_text()


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_part_has_a_licence_that_lets_us_use_it(part):
    licence = licence_of(part)
    if part in REASONED:
        assert licence.startswith(REASONED[part][0]), f"the licence of {part} has changed: decide again"
    else:
        assert licence and permissive(licence), f"{part}: {licence or 'no licence named'}"


def test_nothing_that_is_dead_or_stale_is_used():
    assert not {"atomicwrites", "scrapbook", "testbook", "altair-saver", "messytables", "goodtables"} & PARTS.keys()


def test_the_licences_of_all_parts_are_listed():
    done = subprocess.run([sys.executable, "tests/licences.py"], cwd=paths.ROOT, capture_output=True, text=True)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["part"]: row["version"] for row in rows} == PARTS
    assert all(row["licence"] and row["why it may be used"] for row in rows)


@pytest.mark.parametrize(("reached", "found", "status"), [(1, 0, 0), (0, 1, 1), (0, 0, 0)])
def test_an_audit_that_cannot_be_made_is_skipped_aloud_and_a_fault_that_is_found_fails(
    tmp_path, reached, found, status
):
    """The recipe as make would run it, with stand-ins for the two programs that it calls."""
    (tmp_path / "bin").mkdir()
    for name, ends in (("python", reached), ("pip-audit", found)):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\nexit {ends}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    command = ["make", "--no-print-directory", "-n", "-o", "setup", "supply", f"VENV={tmp_path}"]
    recipe = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True).stdout
    audit = recipe[recipe.index("if ") :]
    assert "--require-hashes" in audit
    done = subprocess.run(["sh", "-c", audit], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == status
    assert ("SKIPPED: no list of known faults" in done.stdout) is bool(reached)


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "MIT AND GPL-2.0", "Proprietary", "LGPL-2.1"])
def test_a_licence_that_binds_what_uses_it_is_refused(licence):
    assert not permissive(licence)


@pytest.mark.slow
def test_the_list_of_parts_names_each_with_its_version_and_hash(tmp_path):
    tool = Path(sys.executable).parent / "cyclonedx-py"
    target = tmp_path / "sbom.json"
    command = [tool, "requirements", "--output-reproducible", "--output-file", target, "requirements.txt"]
    subprocess.run(command, cwd=paths.ROOT, check=True, capture_output=True)
    found = {part["name"]: part for part in json.loads(target.read_text())["components"]}
    assert found.keys() == PARTS.keys()
    for name, version in PARTS.items():
        assert found[name]["version"] == version
        assert any(r.get("hashes") for r in found[name]["externalReferences"])


def secrets_in(files, root):
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings, get_settings

    with default_settings():
        # a hash looks like a key to a measure of disorder, and the tree is full of hashes
        get_settings().disable_plugins("HexHighEntropyString", "Base64HighEntropyString")
        return [f"{secret.filename}:{secret.line_number}: {secret.type}" for f in files for secret in scan_file(str(f))]


@pytest.mark.slow
def test_no_secret_is_in_the_tree(tmp_path):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a git checkout: which files belong to it cannot be asked")
    endings = {".csv", ".ipynb", ".png", ".json"}  # figures and what is made of them
    files = [paths.ROOT / name for name in listed.stdout.split("\0") if name and Path(name).suffix not in endings]
    assert not secrets_in([f for f in files if f.exists()], paths.ROOT)
    planted = tmp_path / "settings.py"
    planted.write_text("aws = 'AKIA" + "QWERTYUIOPASDFGH'\npassword = 'correct horse " + "battery'\n")
    assert len(secrets_in([planted], tmp_path)) == 2
