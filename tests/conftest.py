"""What several test modules share."""

from __future__ import annotations

import os
import shutil

import pytest
from filelock import FileLock

from helpers import paths
from repository import GOLDEN, copy_of_repository, handbook


@pytest.fixture(scope="session")
def raw():
    """The folder of the publishers' files, where this machine has it; they are not in the repository."""
    folder = paths.ROOT.parent / "shared" / "data" / "raw"
    if not folder.exists():
        pytest.skip("the publishers' files are not on this machine: nothing to read them from")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The root of a repository in which the book of the golden localities is built, once a test run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built-once"  # workers share it
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            shutil.rmtree(shared, ignore_errors=True)  # what a failed build left
            shared.mkdir()
            copy_of_repository(shared)
            (shared / "said").write_text(handbook(shared, "build", "--only", " ".join(GOLDEN)).stdout)
            (shared / "done").touch()
    return shared
