"""Start what a build will need while it does something else: loading takes as long as the work that follows.

Two programs wait until they are asked: Jupyter Book (jupyter_book.py), which is started before the build loads what it
needs itself, so nothing is imported here that takes long; and the server that chapters are forked from (engine.py).
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from multiprocessing import forkserver

from . import orphans, paths

PRELOAD = ["helpers.warm"]
COMMAND = ("-P", "-m", "helpers.jupyter_book_run", "build", "book", "--path-output", "book", "--config", "_config.yml")
OPTIONS = ("-W", "--keep-going", "-n")

_waiting: list[subprocess.Popen] = []


def jupyter_book() -> None:
    """Start Jupyter Book, unless it stands ready: it loads what it needs, and waits until it is told to go on."""
    if not _waiting:
        _waiting.append(
            subprocess.Popen(
                [sys.executable, *COMMAND, *OPTIONS],
                cwd=paths.ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                preexec_fn=orphans.tied(),
            )
        )


def taken() -> subprocess.Popen:
    """Return the Jupyter Book that stands ready, or a new one; it is no longer kept here."""
    jupyter_book()
    return _waiting.pop()


def server_possible() -> bool:
    """Return whether this system can fork from a server."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def server() -> None:
    """Start the server, where there can be one, unless it runs."""
    if server_possible():
        multiprocessing.get_context("forkserver").set_forkserver_preload(PRELOAD)
        forkserver.ensure_running()
