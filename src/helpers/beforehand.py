"""Start what a build will need while it does something else: loading takes as long as the work that follows.

Two programs wait until they are asked: Jupyter Book (jupyter_book.py), which is started before the build loads what it
needs itself, so nothing is imported here that takes long; and the server that chapters are forked from (engine.py). From
that server one process is forked for what can be done beside the build.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache, partial
from multiprocessing import forkserver

from . import fingerprints, orphans, paths

PRELOAD = ["helpers.warm"]
PROGRAM = ("-P", "-m", "helpers.jupyter_book_run")
COMMAND = ("build", "book", "--path-output", "book", "--config", "_config.yml", "-W", "--keep-going", "-n")
UNFINISHED = paths.SITE.parent / "unfinished"
ENVIRONMENT = paths.SITE.parent / ".doctrees" / "environment.pickle"  # what Sphinx remembers of the pages
AT_START = (  # what Jupyter Book reads before it looks at a page
    paths.CONFIG,
    paths.BOOK / "_toc.yml",
    *(paths.BOOK / "_generated" / name for name in ("site.json", "drawing.json")),
    paths.BUNDLES / "_common" / "indicators.json",
)

_waiting: list[tuple[subprocess.Popen, str]] = []
_started: list[bool] = []


def jupyter_book() -> None:
    """Start Jupyter Book, unless it stands ready: it loads what it needs, and waits until it is told to go on.

    Where a book stands it also reads what that was made from, which is most often what the next is made from.
    """
    if not _waiting:
        state = _state()
        process = subprocess.Popen(
            [sys.executable, *PROGRAM, "ahead" if state else "wait", *COMMAND],
            cwd=paths.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=orphans.tied(),
        )
        _waiting.append((process, state))


def taken() -> subprocess.Popen:
    """Return the Jupyter Book that stands ready, or a new one; it is no longer kept here."""
    jupyter_book()
    process, state = _waiting.pop()
    if state in ("", _state()) and process.poll() is None:
        return process
    process.kill()  # what it has read is no longer so
    process.communicate()
    return taken()


def _state() -> str:
    """Return one hash of what Jupyter Book reads as it starts; empty where no whole book stands."""
    if UNFINISHED.exists() or not ENVIRONMENT.exists():
        return ""
    kept = os.stat(ENVIRONMENT)
    read, frame = [fingerprints.of_file(path) for path in AT_START], fingerprints.of_files(paths.files(paths.FRAME))
    return fingerprints.of([kept.st_size, kept.st_mtime_ns], read, frame)


def aside(function: Callable, *args) -> Callable:
    """Begin function(*args) in a process beside this one; return what waits for its result, or raises what it raises.

    The process is one for all, forked from the server where that was started; else the function is called here, when
    its result is asked for.
    """
    if not _started:
        return partial(function, *args)
    thread, process = _beside()  # a thread, for the server answers only once it has loaded all that it needs
    return thread.submit(lambda: process.submit(function, *args).result()).result


@cache
def _beside() -> tuple[ThreadPoolExecutor, ProcessPoolExecutor]:
    context = multiprocessing.get_context("forkserver")
    return ThreadPoolExecutor(1), ProcessPoolExecutor(1, context, orphans.follow)


def server_possible() -> bool:
    """Return whether this system can fork from a server."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def server() -> None:
    """Start the server, where there can be one, unless it runs."""
    if server_possible():
        multiprocessing.get_context("forkserver").set_forkserver_preload(PRELOAD)
        forkserver.ensure_running()
        _started.append(True)
