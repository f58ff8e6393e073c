"""The golden notebooks can fail: one altered figure, and nbval says so. They are the chapters as they stand."""

from __future__ import annotations

import re
import subprocess
import sys

import nbformat
import pytest

from helpers import paths, render
from repository import GOLDEN

FOLDER = paths.ROOT / "tests" / "golden"


def test_the_golden_localities_are_there():
    assert sorted(p.name for p in FOLDER.iterdir() if p.is_dir()) == sorted(GOLDEN)


@pytest.mark.parametrize("slug", GOLDEN)
def test_a_golden_notebook_is_the_chapter_in_the_book(slug, built):
    for chapter in render.chapters():
        golden = (FOLDER / slug / f"{chapter}.ipynb").read_bytes()
        assert golden == (built / "book" / "localities" / slug / f"{chapter}.ipynb").read_bytes(), chapter


@pytest.mark.slow
def test_nbval_catches_one_altered_figure(tmp_path):
    """Change one digit of one printed value in a golden notebook: the run that passed must fail."""
    whole = FOLDER / "trafford" / "spend.ipynb"
    text = whole.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, 4)
    cell = next(c for c in notebook.cells if c.cell_type == "code" and "line_table" in c.source)
    html = cell.outputs[0]["data"]["text/html"]
    money = re.search(r"£\d\d,\d{3},\d{3}", html)[0]
    altered = money[:-1] + str((int(money[-1]) + 1) % 10)
    cell.outputs[0]["data"]["text/html"] = html.replace(money, altered, 1)
    nbformat.write(notebook, tmp_path / "spend.ipynb")

    def nbval(path):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:doctest",
            "-o",
            "addopts=",
            str(path),
        ]
        return subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)

    assert nbval(whole).returncode == 0
    told = nbval(tmp_path / "spend.ipynb")
    assert told.returncode == 1
    assert altered in told.stdout and "1 failed" in told.stdout
