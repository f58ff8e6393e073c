"""Run chapters on other machines through Dask: its scheduler, its workers, and its `concurrent.futures` executor.

Nothing is shared but the network. A task carries the bundle of its locality, and brings the executed notebooks
back; what all localities read goes to each worker once. Only this machine writes notebooks.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import multiprocessing
import os
import platform
import queue
import re
import shutil
import threading
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import fingerprints, paths, render
from .render import Rendered
from .schemas import DataError

AHEAD = 1000  # localities that the scheduler holds at once, some 100 KB each, however many there are
ANSWER_SECONDS = 15  # for a scheduler to answer
WORKER_SECONDS = 60  # without any worker, before giving up
ROOTS = ("locality-evidence-handbook", "distributed")

Packed = dict[str, bytes]  # {path below the root: compressed content}


@dataclass(frozen=True)
class Kit:
    """What all tasks of one run need, sent to each worker once."""

    id: str
    versions: dict[str, str]
    files: Packed  # the shared bundle and the chapters


class Differs(Exception):
    """A worker does not have what this machine has, so that it could write other bytes."""


def localities(
    places: Iterable[tuple[str, str, str]],
    parameters: dict[str, str],
    scheduler: str,
    target: Path = paths.BOOK / "localities",
    engine_name: str = "forked",
) -> Iterator[Rendered]:
    """Yield the outcome of each locality as it is done, as render.localities does, from workers of a Dask scheduler.

    `scheduler`: its address, such as tcp://10.0.0.1:8786. A task whose worker is lost runs again on another, up to
    Dask's own limit; a chapter that fails by itself is not tried again. Raises DataError where the scheduler does not
    answer, no worker is there, or a worker differs from this machine.
    """
    common = fingerprints.common(paths.BUNDLES / "_common")
    chapters = {p.relative_to(paths.ROOT).as_posix(): fingerprints.text_of(p) for p in render.chapters().values()}
    files = pack((paths.BUNDLES / "_common").rglob("*"))
    files |= {name: zlib.compress(text.encode(), 1) for name, text in chapters.items()}
    done: queue.SimpleQueue[Future] = queue.SimpleQueue()
    waiting: dict[Future, tuple[str, dict[str, str]]] = {}
    with _client(scheduler) as client:
        ours = _agreed(client)
        id = fingerprints.of(common, chapters, ours)
        kit = client.submit(Kit, id, ours, files, key=f"kit-{id}")  # a task: Dask makes it again if its holder is lost
        executor = client.get_executor(pure=False)

        def outcomes(most: int) -> Iterator[Rendered]:
            while waiting and (len(waiting) > most or not done.empty()):
                future = _next(done, client)
                slug, wanted = waiting.pop(future)
                texts, fault = _result(future)
                yield render.failed(slug, target, fault) if fault else render.keep(slug, target, wanted, texts)

        try:
            for code, slug, name in places:
                own = {"area_code": code, **parameters}
                try:
                    wanted, due = render.plan(slug, name, own, target, engine_name, common)
                    bundle = pack((paths.BUNDLES / slug).rglob("*"))
                except Exception as error:
                    yield render.failed(slug, target, render.fault_of(error))
                    continue
                if not due:
                    yield render.keep(slug, target, wanted, {})
                    continue
                names = {c: render.chapters()[c].relative_to(paths.ROOT).as_posix() for c in due}
                future = executor.submit(on_worker, kit, bundle, names, name, own, engine_name)
                waiting[future] = (slug, wanted)
                future.add_done_callback(done.put)
                yield from outcomes(AHEAD)
            yield from outcomes(0)
        finally:
            for future in list(waiting):
                future.cancel()


def pack(files: Iterable[Path]) -> Packed:
    """Return files below the root, compressed, by their path from it."""
    return {
        p.relative_to(paths.ROOT).as_posix(): zlib.compress(p.read_bytes(), 1)
        for p in sorted(files)
        if p.is_file() and p.name != fingerprints.STAMP
    }


def unpack(packed: Packed, root: Path) -> None:
    """Write packed files below another root."""
    for name, content in packed.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(zlib.decompress(content))


@contextlib.contextmanager
def _client(scheduler: str):
    """Yield a connection to a scheduler; Dask forgets our tasks when it ends, however it ends."""
    try:
        from distributed import Client
    except ImportError as error:
        raise DataError(["--scheduler needs Dask. Install what requirements.txt names: make setup"]) from error
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what it would log, we say in a line
    try:
        client = Client(scheduler, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise DataError([f"--scheduler {scheduler}: no Dask scheduler answers there ({error})."]) from error
    with client:
        yield client


def _agreed(client) -> dict[str, str]:
    """Return `versions` of this machine, which those of every worker must equal. Raises DataError otherwise."""
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError as error:
        raise DataError([f"the scheduler has no worker, after {WORKER_SECONDS} s. Start one: dask worker"]) from error
    ours, faults = versions(), []
    for worker, theirs in client.run(versions, on_error="return").items():
        if isinstance(theirs, Exception):
            faults.append(f"worker {worker} cannot load this package: {theirs}. On it, run: make setup")
        elif said := differences(theirs, ours):
            faults.append(f"worker {worker} {said}")
    if faults:
        raise DataError(faults)
    return ours


@cache
def versions() -> dict[str, str]:
    """Return what decides the bytes: Python, this package's code, and the version of every package that it needs."""
    code = Path(__file__).parent
    found = {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "helpers": fingerprints.of_files(code.rglob("*.py"), code)[:12],
    }
    wanted = list(ROOTS)
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name in found:
            continue
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "absent"
            continue
        found[name] = package.version
        wanted += [re.match(r"[\w.-]+", r)[0] for r in package.requires or [] if "extra ==" not in r]
    return found


def differences(theirs: dict[str, str], ours: dict[str, str]) -> str:
    """Return in words how a worker differs from this machine; the empty text when it does not.

    A package that only one system needs differs without harm: then it is absent on the other.

    >>> differences({"helpers": "a1", "altair": "6.2.0"}, {"helpers": "a1", "altair": "6.3.0"})
    'differs from this machine: altair 6.2.0 there, 6.3.0 here. On it, install the same commit (make setup) and start it again.'
    """
    words = [
        f"{name} {theirs.get(name, 'absent')} there, {version} here"
        for name, version in ours.items()
        if theirs.get(name, "absent") != version
        and (name in ROOTS or "absent" not in (theirs.get(name, "absent"), version))
    ]
    remedy = "On it, install the same commit (make setup) and start it again."
    return f"differs from this machine: {'; '.join(words)}. {remedy}" if words else ""


def _next(done: queue.SimpleQueue, client) -> Future:
    """Return the next task that has ended. Raises DataError when no worker is left and none comes."""
    while True:
        try:
            return done.get(timeout=WORKER_SECONDS)
        except queue.Empty:
            if not client.nthreads():
                raise DataError(
                    [f"no worker is left, {WORKER_SECONDS} s after the last notebook. What is done is kept: run again."]
                ) from None


def _result(future: Future) -> tuple[dict[str, str], str]:
    """Return the executed notebooks of a task, or its fault. Raises DataError when the fault is not the locality's."""
    from distributed import KilledWorker

    try:
        packed, fault = future.result()
    except CancelledError:
        raise DataError(["the scheduler is gone. What is done is kept: start it and run again."]) from None
    except KilledWorker as error:
        return {}, f"{error.allowed_failures + 1} workers ended while they ran its chapters, one after the other"
    except Differs as error:
        raise DataError([str(error)]) from None
    except Exception as error:  # a locality's own fault is returned, so this is the worker's
        raise DataError([f"a worker could not do its task: {render.fault_of(error)}"]) from None
    return {chapter: zlib.decompress(text).decode() for chapter, text in packed.items()}, fault


# what follows runs on a worker

_turn = threading.Condition()
_desk = {"kit": "", "busy": 0}  # which kit lies in this process's folder, and how many tasks are at it


def on_worker(
    kit: Kit, bundle: Packed, chapters: dict[str, str], name: str, parameters: dict[str, str], engine_name: str
) -> tuple[Packed, str]:
    """Run chapters of one locality in a folder of this worker; return their notebooks, compressed, or the fault."""
    from distributed import get_worker

    worker = get_worker()
    if said := differences(versions(), kit.versions):  # it may have joined after the others were asked
        raise Differs(f"worker {worker.address} {said}")
    root = Path(worker.local_directory) / "handbook"  # Dask clears it away, even after a worker that was killed
    with _at_desk(kit, root):
        unpack(bundle, root)
        try:
            texts = render.run({c: root / path for c, path in chapters.items()}, name, parameters, engine_name)
        except Exception as error:
            return {}, render.fault_of(error)
        finally:
            for folder in {(root / path).parent for path in bundle}:
                shutil.rmtree(folder, ignore_errors=True)
    return {chapter: zlib.compress(text.encode(), 1) for chapter, text in texts.items()}, ""


@contextlib.contextmanager
def _at_desk(kit: Kit, root: Path):
    """Hold the worker's folder with a kit in it. A task of another kit waits until those of this one are done."""
    from . import execution

    with _turn:
        _turn.wait_for(lambda: kit.id == _desk["kit"] or not _desk["busy"])
        if kit.id != _desk["kit"]:
            _desk["kit"] = ""
            shutil.rmtree(root, ignore_errors=True)
            unpack(kit.files, root)
            fingerprints.text_of.cache_clear()
            execution.source.cache_clear()
            os.environ["HANDBOOK_ROOT"] = str(root)  # for the processes that run the cells
            # Dask starts a worker as a daemon, which may have no processes of its own; but ours end with their notebook
            multiprocessing.current_process().daemon = False
            _desk["kit"] = kit.id
        _desk["busy"] += 1
    try:
        yield
    finally:
        with _turn:
            _desk["busy"] -= 1
            _turn.notify_all()
