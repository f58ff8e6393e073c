"""A private build: the same book with results that may not be published, in a place of its own, marked on every page.

It has a root of its own, build/private, so that nothing of it can stand among public pages: its bundles, notebooks,
pictures and site are all below that. Sources are linked, not copied; authored pages are copied, since a build writes
beside them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import orphans, pack, paths
from .schemas import DataError

MARK = paths.MARK
LINKED = ("data", "notebooks", "src")
MADE = shutil.ignore_patterns("_build", "_generated", "localities", "regions", "_toc.yml", "*.ipynb", "vega-bundle.js")


def root() -> Path:
    """Return where the private build of this repository is. Raises DataError inside a private build."""
    if paths.PRIVATE:
        raise DataError(["This is a private build already. Run it from the repository."])
    return paths.BUILD / "private"


def with_pack() -> list[str]:
    """Return the slugs of the localities that have a pack."""
    return sorted(p.parent.name for p in paths.LOCAL.glob(f"*/{pack.ABOUT}"))


def prepare() -> Path:
    """Make or renew the root of the private build, and return it."""
    target = root()
    target.mkdir(parents=True, exist_ok=True)
    for name in LINKED:
        link = target / name
        if link.is_symlink():
            link.unlink()
        link.symlink_to(os.path.relpath(paths.ROOT / name, target), target_is_directory=True)
    shutil.copytree(paths.BOOK, target / "book", ignore=MADE, dirs_exist_ok=True)
    shutil.copy(paths.CONFIG, target / paths.CONFIG.name)
    return target


def build(arguments: Sequence[str]) -> int:
    """Run `handbook build` with `arguments` in the root of the private build, and return its exit status."""
    target = prepare()
    environment = os.environ | {"HANDBOOK_ROOT": str(target)}
    command = [sys.executable, "-m", "helpers", "build", *arguments]
    return subprocess.run(command, cwd=target, env=environment, preexec_fn=orphans.tied()).returncode
