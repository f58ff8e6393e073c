"""What the project is made of: every part locked by hash, under a permissive licence, and listed; no secret in the tree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from helpers import paths

LOCK = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\]+)", LOCK, re.MULTILINE))
PERMISSIVE = {
    "0BSD", "Apache-2.0", "Apache 2.0", "Apache Software License", "Apache License, Version 2.0", "BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause",
    "CC0-1.0", "ISC License (ISCL)", "MIT", "MIT License", "PSF-2.0", "Python Software Foundation License", "Zlib",
    "MIT-0", "MIT-CMU", "ISC", "The Unlicense (Unlicense)", "Unlicense", "ZPL-2.1",
}  # fmt: skip
# Parts with another licence, and why they may be used. None of them is copied into what we publish.
REASONED = {
    "certifi": ("Mozilla Public License 2.0 (MPL 2.0)", "a list of certificates, used as it is; MPL binds its own files"),
    "axe-playwright-python": ("", "MIT in its licence file; it names none in its metadata. A test tool"),
    "fqdn": ("MPL-2.0", "looks at host names for a validator, used as it is; MPL binds its own files"),
    "hypothesis": ("MPL-2.0", "a test tool, used as it is; MPL binds its own files"),
    "docutils": ("Public Domain", "the GPL is of one editor mode that is not in the wheel"),
    "tqdm": ("MPL-2.0 AND MIT", "a progress bar, used as it is; MPL binds its own files"),
}  # fmt: skip


def licence_of(part):
    told = metadata.metadata(part)
    classifiers = [c.rpartition(":: ")[2] for c in told.get_all("Classifier") or [] if c.startswith("License")]
    return told.get("License-Expression") or " AND ".join(classifiers) or (told.get("License") or "").partition("\n")[0]


def permissive(licence):
    return all(
        any(word.strip(" ()") in PERMISSIVE or word in PERMISSIVE for word in choice.split(" OR "))
        for choice in licence.split(" AND ")
    )


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
