"""A copy of what a fresh clone holds, and the command line run in it: for tests and the benchmark."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from helpers import paths

GOLDEN = (
    *("trafford", "isles-of-scilly", "westmorland-and-furness", "sheffield", "middlesbrough"),
    *("cardiff", "orkney-islands"),
)
FIRST_MADE_UP = 100_000  # packs may bring X99 codes with lower numbers
PACKS = ("northbeck", "trafford")  # the packs in data/local that git keeps


def copy_of_repository(target, origin=paths.ROOT):
    """Copy what a fresh clone holds, so that a test can build without touching this tree."""
    kept = ("data", "notebooks", "book", "src", "_config.yml", "pyproject.toml")
    generated = shutil.ignore_patterns(
        "_build",
        "localities",
        "regions",
        "_generated",
        "_toc.yml",
        "*.ipynb",
        "vega-bundle.js",
        "__pycache__",
        "*.egg-info",
    )

    def left_out(folder, names):
        if folder == str(origin / "data" / "local"):
            return set(names) - set(PACKS)
        return generated(folder, names)

    for name in kept:
        here = origin / name
        if here.is_dir():
            shutil.copytree(here, target / name, ignore=left_out)
        else:
            shutil.copy(here, target / name)
    return target


def handbook(root, *arguments, check=True):
    """Run the command line in a repository at `root`, as a person would, with no network in its environment."""
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200", "PYTHONHASHSEED": "random"}
    done = subprocess.run(
        [sys.executable, "-m", "helpers", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def synthetic_localities(root, number):
    """Fill the figures of a repository up to `number` localities with copies of real ones, under made-up codes.

    For measuring only: each copy says in its name that it is made up.
    """
    import pandas as pd

    figures = root / "data" / "figures"

    def read(name):
        return pd.read_csv(figures / name, dtype=str, keep_default_na=False)  # or a path, which stays as it is

    real = read("localities.csv")
    sizes = [number // len(real) + (i < number % len(real)) for i in range(len(real))]
    copies = [(code, k) for code, size in zip(real["area_code"], sizes, strict=True) for k in range(1, size)]
    codes = {(code, k): f"X99{n:06d}" for n, (code, k) in enumerate(copies, FIRST_MADE_UP)}
    rounds = range(1, max(sizes))

    def renamed(frame, k, column="area_code"):
        chosen = frame[frame[column].isin([c for c, j in copies if j == k])]
        return chosen.assign(**{column: [codes[c, k] for c in chosen[column]]})

    def extend(name, make):
        frame = read(name)
        pd.concat([frame, *(make(frame, k) for k in rounds)]).to_csv(figures / name, index=False, lineterminator="\n")

    def place(frame, k):
        return renamed(frame, k).assign(
            name=lambda d: d["name"] + f" (made up {k})", slug=lambda d: d["slug"] + f"-made-up-{k}"
        )

    extend("localities.csv", place)
    extend("neighbours.csv", renamed)
    extend(root / "data" / "reference" / "spend_exceptions.csv", renamed)
    for path in figures.glob("*.csv"):
        if path.name.startswith(("dfe-", "mhclg-", "ohid-", "ons-")):
            extend(path.name, renamed)
