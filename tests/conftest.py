"""What several test modules share."""

from __future__ import annotations

import pytest

from helpers import paths


@pytest.fixture(scope="session")
def raw():
    """The folder of the publishers' files, where this machine has it; they are not in the repository."""
    folder = paths.ROOT.parent / "shared" / "data" / "raw"
    if not folder.exists():
        pytest.skip("the publishers' files are not on this machine: nothing to read them from")
    return folder


@pytest.fixture(scope="session")
def defaults():
    """The parameters that _config.yml gives."""
    from helpers import settings

    return settings.load()


GOLDEN = ("trafford", "isles-of-scilly", "westmorland-and-furness", "sheffield", "middlesbrough")


def copy_of_repository(target):
    """Copy what a fresh clone holds, so that a test can build without touching this tree."""
    import shutil

    kept = ("data", "notebooks", "book", "src", "_config.yml", "pyproject.toml")
    generated = shutil.ignore_patterns(
        "_build", "localities", "regions", "_generated", "_toc.yml", "*.ipynb", "vega-bundle.js", "local", "__pycache__", "*.egg-info"
    )
    for name in kept:
        here = paths.ROOT / name
        if here.is_dir():
            shutil.copytree(here, target / name, ignore=generated)
        else:
            shutil.copy(here, target / name)
    return target


def handbook(root, *arguments, check=True):
    """Run the command line in a repository at `root`, as a person would, with no network in its environment."""
    import os
    import subprocess
    import sys

    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200", "PYTHONHASHSEED": "random"}
    done = subprocess.run(
        [sys.executable, "-m", "helpers", *arguments], cwd=root, env=environment, capture_output=True, text=True, timeout=900
    )
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The root of a repository in which the book of the five golden localities is built, once a test run."""
    from filelock import FileLock

    shared = tmp_path_factory.getbasetemp().parent / "built-once"
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            shared.mkdir()
            copy_of_repository(shared)
            (shared / "said").write_text(handbook(shared, "build", "--only", " ".join(GOLDEN)).stdout)
            (shared / "done").touch()
    return shared
