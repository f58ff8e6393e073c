"""A whole build of a pack of canaries: none of them in any byte of what is written, and a private build marked as such."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

import canaries
from helpers import local_evidence, pack, paths, private
from repository import copy_of_repository, handbook

pytestmark = pytest.mark.slow
MARK = private.MARK
WRITTEN = ("build", "book", ".cache")  # all that a build writes


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A repository whose one pack is full of canaries, without an agreement, built for the public and then privately."""
    root = copy_of_repository(tmp_path_factory.mktemp("canary"))
    for file in (root / "data" / "local" / "trafford").glob("*"):
        file.unlink()
    told = canaries.plant(root / "data" / "local")
    (root / "secret").write_text(json.dumps([[*key, *sorted(words)] for key, words in told.items()]))
    handbook(root, "build", "--only", "trafford")
    return root


@pytest.fixture(scope="module")
def closed(root):
    """The same repository after a private build too."""
    done = handbook(root, "build", "--private", "--only", "trafford")
    assert "build/private/book/_build/html/index.html" in done.stdout
    return root


def secret(root):
    return {(table, column): set(words) for table, column, *words in json.loads((root / "secret").read_text())}


def html(folder):
    return sorted(p for p in folder.rglob("*.html") if "_static" not in p.parts)


def test_no_canary_in_any_byte_of_the_public_build(root):
    assert len(secret(root)) >= 9
    for name in WRITTEN:
        assert canaries.found(root / name, secret(root)) == {}


def test_the_pack_was_really_in_the_build(root):
    """Words that are meant to be read did get through, so that the search above means something."""
    public = {("programmes", "name"): {"cnrprogrammesname"}, ("barriers", "rule"): {"cnrbarriersrule"}}
    assert set(canaries.found(root / "book" / "_build" / "html", public)) == set(public)


def test_without_an_agreement_the_page_says_that_results_are_not_published(root):
    page = (root / "book" / "_build" / "html" / "localities" / "trafford" / "outcomes.html").read_text("utf-8")
    assert "has not agreed" in page
    local = (root / "build" / "bundles" / "trafford" / "local.json").read_text("utf-8")
    assert re.search(r'"withheld": \[\s*"claims",\s*"participants"', local)


def test_nothing_public_is_marked_private(root):
    assert not [p for p in html(root / "book" / "_build" / "html") if MARK in p.read_text("utf-8")]


def test_every_page_and_notebook_of_a_private_build_is_marked(closed):
    site = closed / "build" / "private" / "book" / "_build" / "html"
    pages = [p for p in html(site) if p.name not in ("genindex.html",)]
    assert len(pages) > 8
    for page in pages:
        text = page.read_text("utf-8")
        assert MARK in text and 'name="robots" content="noindex' in text, page
    notebooks = sorted((closed / "build" / "private" / "book").rglob("*.ipynb"))
    assert len(notebooks) >= 7
    for notebook in notebooks:
        assert MARK in notebook.read_text("utf-8"), notebook


def test_no_canary_in_any_byte_of_the_private_build_either(closed):
    for part in ("book", "build", ".cache"):
        assert canaries.found(closed / "build" / "private" / part, secret(closed)) == {}


def test_the_public_book_is_left_as_it_was(closed):
    assert not [p for p in html(closed / "book" / "_build" / "html") if MARK in p.read_text("utf-8")]


def test_every_chapter_stands_with_an_empty_and_a_half_filled_pack(root):
    done = subprocess.run(
        [sys.executable, str(paths.ROOT / "tests" / "half_packs.py")],
        env=os.environ | {"HANDBOOK_ROOT": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "FAILED" not in done.stdout, done.stdout
    assert int(done.stdout.split()[0]) > 400


@pytest.mark.parametrize("column", ["person", "quote", "baseline"])
def test_the_search_finds_what_gets_out(tmp_path, column):
    """The protection switched off: a row in a file, as a careless analysis would write it, is found."""
    told = canaries.plant(tmp_path / "local", agreed=("participants", "claims"))
    own = pack.read(tmp_path / "local" / "trafford")
    table = "listening" if column == "quote" else "participants"
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "local.json").write_text(
        own.table(table).head(20).to_json(orient="records", double_precision=12)
    )
    assert (table, column) in canaries.found(tmp_path / "out", told)


def test_a_careless_analysis_is_stopped_before_anything_is_written(tmp_path, monkeypatch):
    canaries.plant(tmp_path, agreed=("participants", "claims"))

    class Careless:
        @staticmethod
        def results(own):
            return {"rows": own.table("participants").head(3).to_dict("records")}

    monkeypatch.setattr(local_evidence, "analyses", lambda: {"careless": Careless})
    with pytest.raises(ValueError, match="id of a person"):
        local_evidence.of_place("trafford", folder=tmp_path)
