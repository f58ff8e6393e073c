"""Two builds in different folders, by different users, in other time zones and locales, are the same, byte for byte."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from repository import GOLDEN, copy_of_repository

NOBODY = 65534  # a user who owns nothing
CANARY = "canary-4c1f-in-the-environment"


def tree(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def elsewhere(tmp_path):
    """A folder elsewhere, and what a command must begin with to be run there by another user, where that can be."""
    if os.getuid():
        yield tmp_path / "quite" / "another place", []
        return
    with tempfile.TemporaryDirectory() as folder:  # one that another user may reach; pytest's own are closed
        os.chmod(folder, 0o755)
        yield Path(folder) / "quite" / "another place", ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def test_another_build_elsewhere_is_the_same(built, elsewhere):
    root, as_another = elsewhere
    copy_of_repository(root)
    for path in (root, *root.rglob("*")) if as_another else ():
        os.chown(path, NOBODY, NOBODY)
    environment = os.environ | {
        "HANDBOOK_ROOT": str(root), "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "1", "USER": "somebody", "HOME": str(root),
        "SOURCE_DATE_EPOCH": "1000000000", "A_SECRET": CANARY,
    }  # fmt: skip
    command = [*as_another, sys.executable, "-m", "helpers", "build", "--only", " ".join(GOLDEN), "--workers", "1"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("build/bundles", "book/localities", "book/_build/html"):
        ours, theirs = tree(built / part), tree(root / part)
        assert ours.keys() == theirs.keys()
        assert not [name for name in ours if ours[name] != theirs[name]]
    for part in ("build", "book"):  # logs too: people send them to each other
        for path in (root / part).rglob("*"):
            assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


def test_nothing_published_names_this_machine(built):
    words = ["Traceback (most recent call last)", str(built), os.path.expanduser("~") + os.sep, sys.prefix]
    words += [name for name in (socket.gethostname(), getpass.getuser()) if len(name) > 5]  # "vm" is in many a word
    told = [w.encode() for w in words]
    for path in (built / "book" / "_build" / "html").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [w for w in told if w in content], path
