"""Chapters run by real Dask workers give the bytes of the local run, whatever becomes of a worker on the way."""

from __future__ import annotations

import os
import queue
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from helpers import cluster, geography
from helpers.schemas import DataError
from loopback import loopback
from repository import copy_of_repository, handbook

distributed = pytest.importorskip("distributed", reason="Dask is not installed: it is in requirements.txt (make setup)")

CHAPTERS = ("10_needs.md", "90_sources.md")  # two of the six, for time
BROKEN = "salford"
PLACES = [s for s in geography.register().localities["slug"] if s != BROKEN][::7][:20]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with the bundles of 21 localities, one of them spoilt; its code is what all processes run."""
    root = copy_of_repository(tmp_path_factory.mktemp("cluster") / "repo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root / "src"))  # else an edit in this tree would make workers differ
        yield _spoilt(root)


def _spoilt(root):
    for path in (root / "notebooks").glob("[0-9]*.md"):
        if path.name not in CHAPTERS:
            path.unlink()
    handbook(root, "bundle", "--only", " ".join([*PLACES, BROKEN]))
    (root / "build" / "bundles" / BROKEN / "series.csv").write_text("not,a,bundle\n")
    return root


def written(folder) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_killed_worker_changes_no_byte(repository, tmp_path):
    only = ("--only", " ".join([*PLACES, BROKEN]))
    here, there = tmp_path / "here", tmp_path / "there"
    local = handbook(repository, "render", *only, "--to", str(here), check=False)
    assert len(written(here)) == 20 * len(CHAPTERS)
    with loopback(tmp_path / "dask") as dask, ThreadPoolExecutor(1) as thread:
        doomed = dask.worker("--no-nanny")  # a nanny would start it again
        dask.worker()
        remote = ("render", *only, "--to", str(there), "--scheduler", dask.address)
        running = thread.submit(handbook, repository, *remote, check=False)
        until = time.monotonic() + 120
        while len(list(there.glob("*"))) < 5 and not running.done() and time.monotonic() < until:
            time.sleep(0.02)
        assert not running.done(), running.result().stdout + running.result().stderr
        assert len(list(there.glob("*"))) < 20, "this must be in the middle"
        os.kill(doomed.pid, signal.SIGKILL)
        done = running.result()
        assert doomed.wait(5) == -signal.SIGKILL
        assert written(there) == written(here)
        # a locality that fails by itself is said as in a local run, and the rest stand
        assert done.returncode == local.returncode == 1
        assert done.stderr == local.stderr and f"error: {BROKEN}: cell" in done.stderr
        assert "20 of 21 localities rendered: 40 chapters run, 40 notebooks changed" in done.stdout

        # what is done is not done again; what has changed reaches a worker that has the old text
        few = ("--only", " ".join(PLACES[:3]))
        remote = ("render", *few, "--to", str(there), "--scheduler", dask.address)
        chapter = repository / "notebooks" / CHAPTERS[1]
        chapter.write_text(chapter.read_text() + "\nA sentence that was not there.\n")
        assert "3 chapters run, 3 notebooks changed" in handbook(repository, *remote).stdout
        handbook(repository, "render", *few, "--to", str(here))
        assert written(there) == written(here)
        assert b"A sentence that was not there" in (there / PLACES[0] / "sources.ipynb").read_bytes()
    assert not list((tmp_path / "dask" / "worker1").rglob("*.csv")), "a worker must leave no data behind"


def test_a_worker_with_other_code_or_none_is_refused(repository, tmp_path):
    other = copy_of_repository(tmp_path / "other") / "src"
    (other / "helpers" / "periods.py").open("a").write("# one line more\n")
    (tmp_path / "none.py").write_text("import sys\nsys.modules['helpers'] = None\n")
    with loopback(tmp_path / "dask") as dask:
        dask.worker("--no-nanny", PYTHONPATH=str(other))
        dask.worker("--no-nanny", "--preload", str(tmp_path / "none.py"))
        with distributed.Client(dask.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        to = tmp_path / "to"
        done = handbook(
            repository, "render", "--only", PLACES[0], "--to", str(to), "--scheduler", dask.address, check=False
        )
    assert done.returncode == 1
    assert "differs from this machine: helpers " in done.stderr and "install the same commit" in done.stderr
    assert "cannot load this package" in done.stderr
    assert "Traceback" not in done.stderr
    assert not to.exists()


def test_no_scheduler_and_no_worker_are_said_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 1)
    monkeypatch.setattr(cluster, "WORKER_SECONDS", 1)
    with pytest.raises(DataError, match="no Dask scheduler answers there"), cluster._client("tcp://127.0.0.1:1"):
        pass
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 30)
    with loopback(tmp_path / "dask") as dask, cluster._client(dask.address) as client:
        with pytest.raises(DataError, match="the scheduler has no worker"):
            cluster._agreed(client)
        with pytest.raises(DataError, match="no worker is left"):
            cluster._next(queue.SimpleQueue(), client)


def test_what_ends_workers_is_the_localitys_fault_and_what_a_worker_cannot_do_is_not():
    def ended(error):
        future = Future()
        future.set_exception(error)
        return future

    killed = distributed.KilledWorker("task", None, 3)
    assert cluster._result(ended(killed)) == ({}, "4 workers ended while they ran its chapters, one after the other")
    with pytest.raises(DataError, match="a worker could not do its task"):
        try:
            raise OSError("No space left on device")
        except OSError as error:
            cluster._result(ended(error))


def test_versions_name_all_that_decides_the_bytes():
    assert {"Python", "helpers", "altair", "pandas", "numpy", "papermill", "ipython", "distributed"} <= set(
        cluster.versions()
    )
    ours = cluster.versions()
    assert not cluster.differences(dict(ours), ours)
    assert not cluster.differences({k: v for k, v in ours.items() if k != "numpy"}, ours)  # an import would say so
    assert "pandas 2.0 there" in cluster.differences(ours | {"pandas": "2.0"}, ours)
    assert "absent there" in cluster.differences(ours | {"locality-evidence-handbook": "absent"}, ours)
