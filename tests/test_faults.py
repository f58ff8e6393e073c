"""What a machine does to a run: full disks, folders that cannot be written, clocks that jump, a command that is killed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kills
from helpers import paths, schemas
from repository import copy_of_repository, handbook
from test_reproducible import tree

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


@pytest.mark.slow
@pytest.mark.parametrize(("command", "size", "undo"), [
    ("bundle", 20_000, ["build/bundles"]), ("render", 60_000, ["build/rendered", "book/localities"]), ("book", 100_000, ["book/_build"]),
])  # fmt: skip
def test_a_full_disk_is_told_and_the_next_run_gives_the_same(again, command, size, undo):
    """A file that may not grow stops a writer as a full disk does, at a moment that is the same each time."""
    parts = ["build/bundles", "book/localities", "book/_build/html"]
    before = {part: tree(again / part) for part in parts}
    for folder in undo:
        shutil.rmtree(again / folder)
    done = limited(again, command, "--only", " ".join(PLACES), size=size)
    assert done.returncode == 1, done.stdout
    assert "error:" in done.stderr and "File too large" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr and 'File "' not in done.stderr
    assert not list(again.rglob(".writing-*")), "a half-written file was left"
    handbook(again, command, "--only", " ".join(PLACES))
    assert {part: tree(again / part) for part in parts} == before


def test_a_disk_that_is_full_is_told(tmp_path):
    """The words of a disk without room, from the system's own: a write to /dev/full."""
    with pytest.raises(OSError, match="No space left"):
        (tmp_path / ".writing-file.txt").symlink_to("/dev/full")
        schemas.write_text(tmp_path / "file.txt", "after")
    assert not list(tmp_path.iterdir())


def test_two_runs_at_once_on_one_output(tmp_path):
    """The second of two real commands stops with a clear word, touches nothing, and is told of the same when killed."""
    root = copy_of_repository(tmp_path / "repo")
    first = start(root, "bundle", "--only", "isles-of-scilly")
    try:
        wait_for(lambda: (root / "build" / ".lock").exists() and first.poll() is None, 60)
        time.sleep(0.2)  # the file is there a moment before it is locked
        second = handbook(root, "bundle", "--only", "isles-of-scilly", check=False)
        assert first.poll() is None, "the first had ended before the second began, so this shows nothing"
        assert second.returncode == 1
        assert "another handbook command is writing here. Wait for it to end" in second.stderr
    finally:
        first.kill()
        first.wait()
    handbook(root, "list")
    assert handbook(root, "bundle", "--only", "isles-of-scilly").returncode == 0  # the lock goes with who holds it


def start(root, *arguments):
    environment = os.environ | {"HANDBOOK_ROOT": str(root)}
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "helpers", *arguments], cwd=root, env=environment, **streams)


def wait_for(happens, seconds):
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a program with the one that started it")
def test_a_killed_command_leaves_nobody_writing(again):
    """Jupyter Book is a program of its own: when the command that started it is killed, it must end too, at once."""
    shutil.rmtree(again / "book" / "_build")
    process = start(again, "book", "--only", " ".join(PLACES))
    wait_for(lambda: any("jupyter_book" in words for words in kills.working_in(again).values()), 120)
    assert process.poll() is None
    process.kill()
    process.wait()
    assert kills.left_running(again, seconds=1) == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="only Linux lists the processes and what they were started for")
@pytest.mark.parametrize("follow", [True, False])
def test_a_pool_ends_with_the_command_that_asked_for_it(tmp_path, follow):
    """Workers of a killed command wait for work that never comes, unless they follow it."""
    script = tmp_path / "pool.py"
    script.write_text(
        "import sys, time\nfrom concurrent.futures import ProcessPoolExecutor\nfrom helpers import orphans\n"
        f"with ProcessPoolExecutor(2, initializer={'orphans.follow' if follow else 'None'}) as pool:\n"
        "    list(pool.map(abs, range(4)))\n    print('ready', flush=True)\n    time.sleep(600)\n"
    )
    environment = os.environ | {"HANDBOOK_ROOT": str(tmp_path)}
    process = subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.kill()
    process.wait()
    left = kills.working_in(tmp_path) if kills.left_running(tmp_path, seconds=5) else {}
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert bool(left) is not follow


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="only Linux lists the processes and what they were started for")
def test_a_chapter_and_what_it_started_end_with_a_killed_command(again):
    """A chapter that hangs, with a daemon that has left its group: nobody would be there to stop them."""
    chapter = again / "notebooks" / "90_sources.md"
    hang = "import subprocess, time\nsubprocess.Popen(['sleep', '611'], start_new_session=True)\ntime.sleep(600)\n"
    text = chapter.read_text()
    chapter.write_text(text.replace("from helpers import", f"{hang}from helpers import", 1))
    process = start(again, "render", "--only", PLACES[1])
    wait_for(lambda: any("sleep 611" in words for words in kills.working_in(again).values()), 120)
    process.kill()
    process.wait()
    assert kills.left_running(again, seconds=60) == []  # the daemon would be there for ten minutes


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
    fault = "if area_code == 'E06000053':\n    raise ValueError('no such quay in /home/somebody/secret/quay.csv')\n"
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
    assert (
        str(paths.ROOT) not in landing and str(again) not in landing and "/home/somebody" not in landing + done.stderr
    )


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


@pytest.mark.slow
def test_a_book_built_in_steps_is_the_book_built_at_once(again):
    """Nothing of an earlier run shows; the search of a book built in steps once forgot the terms of the glossary."""
    kills.change(again)
    handbook(again, "render", "--only", " ".join(PLACES))
    handbook(again, "book", "--only", " ".join(PLACES))
    site = again / "book" / "_build" / "html"
    steps = tree(site)
    shutil.rmtree(again / "book" / "_build")
    handbook(again, "book", "--only", " ".join(PLACES))
    once = tree(site)
    assert steps.keys() == once.keys()
    assert not [name for name in once if once[name] != steps[name]]
    assert "term-" in (site / "searchindex.js").read_text()


@pytest.mark.slow
def test_a_run_after_a_kill_gives_the_tree_of_an_undisturbed_run(tmp_path):
    """Two moments out of many: `make reliability` tries 200."""
    script = paths.ROOT / "tests" / "kills.py"
    environment = os.environ | {"HANDBOOK_ROOT": str(tmp_path / "kills" / "tree")}
    command = [sys.executable, script, "2", "--seed", "23"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=script.parent, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count('"trial"') == 2
