"""What a machine does to a run: full disks, folders that cannot be written, clocks that jump, a locality that fails."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys

import pytest

from helpers import paths, schemas
from repository import copy_of_repository, handbook

PLACES = ("trafford", "isles-of-scilly")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A repository in which the book of two localities is built."""
    root = copy_of_repository(tmp_path_factory.mktemp("whole"))
    handbook(root, "build", "--only", " ".join(PLACES))
    return root


@pytest.fixture
def again(whole, tmp_path):
    """A copy of it, with the times of its files."""
    root = tmp_path / "again"
    shutil.copytree(whole, root)
    return root


def limited(root, *arguments, size=None):
    """Run a command that may write no file larger than `size`, and only where the modes of folders let it."""
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200"}
    obey = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.getuid() == 0 else []  # root too

    def limit():
        if size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    command = [*obey, sys.executable, "-m", "helpers", *arguments]
    streams = {"capture_output": True, "text": True}
    return subprocess.run(command, cwd=root, env=environment, preexec_fn=limit, timeout=300, **streams)


def test_a_folder_that_cannot_be_written_is_told_with_its_name(tmp_path):
    root = copy_of_repository(tmp_path / "repo")
    (root / "build").mkdir()
    folder = root / "build"
    folder.chmod(0o555)
    done = limited(root, "bundle", "--only", "trafford")
    assert done.returncode == 1
    assert "error:" in done.stderr and "build" in done.stderr and "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr
    folder.chmod(0o755)


@pytest.mark.slow
def test_a_locality_that_fails_is_named_and_the_others_are_published(again):
    """One of two: the book is built without it, says so where readers look, and the exit status is not 0."""
    chapter = again / "notebooks" / "90_sources.md"
    fault = "if area_code == 'E06000053':\n    raise ValueError('no such quay')\n"
    text = chapter.read_text()
    chapter.write_text(text.replace("from helpers import", f"{fault}from helpers import", 1))
    done = handbook(again, "build", "--only", " ".join(PLACES), check=False)
    assert done.returncode == 1
    assert "isles-of-scilly" in done.stderr and "no such quay" in done.stderr
    site = again / "book" / "_build" / "html"
    landing = (site / "index.html").read_text()
    assert "Isles of Scilly" in landing and "no such quay" in landing
    assert (site / "localities" / "trafford" / "needs.html").exists()
    assert not (site / "localities" / "isles-of-scilly").exists()
    assert str(paths.ROOT) not in landing and str(again) not in landing


@pytest.mark.slow
def test_a_clock_that_is_set_back_leaves_no_old_page(again):
    """Sphinx goes by the time of a file; a page that is written while the clock is a year behind must show too."""
    chapter = again / "notebooks" / "10_needs.md"
    chapter.write_text(chapter.read_text().replace("What help do people here need", "Which help do people here need"))
    handbook(again, "render", "--only", " ".join(PLACES))
    long_ago = 1_600_000_000
    for path in (again / "book" / "localities").rglob("*.ipynb"):
        os.utime(path, (long_ago, long_ago))
    handbook(again, "book", "--only", " ".join(PLACES))
    page = (again / "book" / "_build" / "html" / "localities" / "trafford" / "needs.html").read_text()
    assert "Which help do people here need" in page


def test_a_writer_that_is_killed_leaves_the_file_before(tmp_path):
    path = tmp_path / "file.txt"
    schemas.write_text(path, "before")
    script = (
        "import os, signal; from pathlib import Path; from helpers import schemas\n"
        "os.replace = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"schemas.write_text(Path({str(path)!r}), 'after')"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == -9
    assert path.read_text() == "before"
