"""A copy of what a fresh clone holds, and the command line run in it: for tests and the benchmark."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from helpers import paths

GOLDEN = ("trafford", "isles-of-scilly", "westmorland-and-furness", "sheffield", "middlesbrough")


def copy_of_repository(target):
    """Copy what a fresh clone holds, so that a test can build without touching this tree."""
    kept = ("data", "notebooks", "book", "src", "_config.yml", "pyproject.toml")
    generated = shutil.ignore_patterns(
        "_build", "localities", "regions", "_generated", "_toc.yml", "*.ipynb", "vega-bundle.js", "local", "__pycache__", "*.egg-info"
    )
    for name in kept:
        here = paths.ROOT / name
        if here.is_dir():
            shutil.copytree(here, target / name, ignore=generated)
        else:
            shutil.copy(here, target / name)
    return target


def handbook(root, *arguments, check=True):
    """Run the command line in a repository at `root`, as a person would, with no network in its environment."""
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200", "PYTHONHASHSEED": "random"}
    done = subprocess.run(
        [sys.executable, "-m", "helpers", *arguments], cwd=root, env=environment, capture_output=True, text=True, timeout=900
    )
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done
