"""Jupyter Book, run as a program of its own, whose words are kept. It is started long before it is needed (beforehand.py)."""

from __future__ import annotations

import os
import re
import shutil
import sys

from . import beforehand, paths, schemas
from .schemas import DataError

LOG = paths.BUILD / "book.log"
RAISED = re.compile(r"[A-Za-z_.]*(Error|Exception|Interrupt): .+")


def run() -> None:
    """Let Jupyter Book write the pages, with warnings as errors, its words kept in build/book.log. Raises DataError.

    A run that failed or was killed leaves pages that Sphinx would take for finished, and would not warn of again,
    so the next run then starts afresh.
    """
    unfinished = paths.SITE.parent / "unfinished"
    if unfinished.exists():
        shutil.rmtree(paths.SITE.parent)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    process = beforehand.taken()
    said, _ = process.communicate(b"go on\n")
    told = re.sub(r"\x1b\[[0-9;]*m", "", said.decode(errors="replace"))
    for folder in (paths.ROOT, sys.prefix):  # people send this to each other
        told = told.replace(f"{folder}{os.sep}", "")
    schemas.write_text(LOG, told)
    lines = told.splitlines()
    warnings = [line for line in lines if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
    if process.returncode or warnings:
        cause = [line for line in lines if RAISED.match(line)][:1]  # and not the traceback around it
        last = [line for line in lines if line.strip()][-12:]
        raise DataError(
            [*(warnings or cause or last), f"Jupyter Book stopped; all that it said is in {paths.shown(LOG)}."]
        )
    # Sphinx copies styles and scripts only when some page has changed
    shutil.copytree(paths.BOOK / "_assets", paths.SITE / "_static", dirs_exist_ok=True)
    unfinished.unlink()
