"""Only what has changed is made again, and all that has changed is."""

from __future__ import annotations

import re

import pytest

from repository import copy_of_repository, handbook

PLACES = "trafford salford"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = copy_of_repository(tmp_path_factory.mktemp("repo"))
    again(root)
    return root


def again(root):
    """Bundle and render, and return how many chapters were run."""
    handbook(root, "bundle", "--only", PLACES)
    return int(re.search(r"(\d+) chapters run", handbook(root, "render", "--only", PLACES).stdout)[1])


def test_nothing_changed_nothing_run(root):
    bundles = {p: p.stat().st_mtime_ns for p in (root / "build" / "bundles").rglob("*")}
    assert again(root) == 0
    assert bundles == {p: p.stat().st_mtime_ns for p in (root / "build" / "bundles").rglob("*")}


def test_a_changed_chapter_is_run_for_every_locality(root):
    path = root / "notebooks" / "10_needs.md"
    path.write_text(path.read_text().replace("## Are people well?", "## Are people in good health?"))
    assert again(root) == 2
    assert "in good health" in (root / "book" / "localities" / "salford" / "needs.ipynb").read_text()


def test_a_changed_figure_is_run_for_the_places_that_show_it(root):
    figures = root / "data" / "figures" / "dfe-lait.csv"
    lines = figures.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("low_birth_weight") and ",E08000009," in line)
    number = lines[at].split(",")[3]
    lines[at] = lines[at].replace(f",{number},", f",{float(number) + 1:g},", 1)
    figures.write_text("".join(lines))
    assert 6 <= again(root) <= 12  # Trafford's own, and Salford's if Trafford is one of its neighbours
    assert f"{float(number) + 1:.1f}%" in (root / "book" / "localities" / "trafford" / "needs.ipynb").read_text()


def test_a_notebook_that_was_touched_is_made_again(root):
    path = root / "book" / "localities" / "trafford" / "spend.ipynb"
    whole = path.read_text()
    path.write_text(whole.replace("early", "late", 1))
    assert again(root) == 1
    assert path.read_text() == whole


def test_a_notebook_that_was_deleted_is_made_again(root):
    (root / "book" / "localities" / "salford" / "needs.ipynb").unlink()
    assert again(root) == 1


def test_another_parameter_is_another_result(root):
    told = handbook(root, "render", "--only", "trafford", "--price-base-year", "2023-24").stdout
    assert "7 chapters run" in told
    assert "prices of 2023-24" in (root / "book" / "localities" / "trafford" / "spend.ipynb").read_text()
