"""Jupyter Book, run as a program of its own, whose words are kept. It is started long before it is needed (beforehand.py)."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from . import beforehand, paths, schemas
from .schemas import DataError

LOG = paths.BUILD / "book.log"
RAISED = re.compile(r"[A-Za-z_.]*(Error|Exception|Interrupt): .+")


@contextmanager
def reading() -> Iterator[Callable[[], None]]:
    """Let Jupyter Book read the pages, and yield what lets it write them, as soon as pictures are drawn.

    When this ends, the pages stand, with warnings as errors and its words in build/book.log. Raises DataError. A run that
    failed while it wrote, or was killed, leaves pages that Sphinx would take for finished, and would not warn of again,
    so the next run then starts afresh. Where it is not let write, what Sphinx remembered of the pages is put back.
    """
    unfinished, environment = beforehand.UNFINISHED, beforehand.ENVIRONMENT
    if unfinished.exists():
        shutil.rmtree(paths.SITE.parent)
    process = beforehand.taken()
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    remembered = environment.read_bytes() if environment.exists() else b""
    writing = False

    def say(word: bytes) -> None:
        with suppress(BrokenPipeError):  # it has ended: there was nothing to write, or it failed, and says so
            process.stdin.write(word)
            process.stdin.flush()

    def go_on() -> None:
        nonlocal writing
        writing = True
        say(b"write\n")

    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(process.stdout.read)  # a pipe that is full would stop it
        try:
            say(b"read\n")
            yield go_on
            _check(process.wait(), said.result().decode(errors="replace"))
        finally:
            process.kill()
            process.wait()
            if remembered and not writing:
                environment.write_bytes(remembered)
                unfinished.unlink()
    # Sphinx copies styles and scripts only when some page has changed
    shutil.copytree(paths.BOOK / "_assets", paths.SITE / "_static", dirs_exist_ok=True)
    unfinished.unlink()


def _check(code: int, said: str) -> None:
    """Keep what Jupyter Book said, and raise DataError where it failed or warned."""
    told = re.sub(r"\x1b\[[0-9;]*m", "", said)
    for folder in (paths.ROOT, sys.prefix):  # people send this to each other
        told = told.replace(f"{folder}{os.sep}", "")
    schemas.write_text(LOG, told)
    lines = told.splitlines()
    warnings = [line for line in lines if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
    if code or warnings:
        cause = [line for line in lines if RAISED.match(line)][:1]  # and not the traceback around it
        last = [line for line in lines if line.strip()][-12:]
        raise DataError(
            [*(warnings or cause or last), f"Jupyter Book stopped; all that it said is in {paths.shown(LOG)}."]
        )
