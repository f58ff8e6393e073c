"""Two builds in different folders, by different users, in other time zones and locales, are the same, byte for byte."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import subprocess
import sys
import zipfile

from repository import GOLDEN, copy_of_repository

CANARY = "canary-4c1f-in-the-environment"


def tree(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def as_another_user():
    """Return what a command must begin with to be run by another user, where this system lets us be one."""
    command = ["unshare", "--user", "--map-user=1234", "--map-group=1234"]
    try:
        return command if subprocess.run([*command, "true"], capture_output=True).returncode == 0 else []
    except OSError:  # no such program
        return []


def test_another_build_elsewhere_is_the_same(built, tmp_path):
    root = copy_of_repository(tmp_path / "quite" / "another place")
    environment = os.environ | {
        "HANDBOOK_ROOT": str(root), "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "1", "USER": "somebody", "HOME": str(root),
        "SOURCE_DATE_EPOCH": "1000000000", "A_SECRET": CANARY,
    }  # fmt: skip
    command = [
        *as_another_user(),
        sys.executable,
        "-m",
        "helpers",
        "build",
        "--only",
        " ".join(GOLDEN),
        "--workers",
        "1",
    ]
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
    packed = 0
    for path in (built / "book" / "_build" / "html").rglob("*"):
        if path.is_file():
            contents = [path.read_bytes()]
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    contents += [archive.read(name) for name in archive.namelist()]
                packed += 1
            assert not [w for w in told if any(w in content for content in contents)], path
    assert packed, "no bundle was looked into"
