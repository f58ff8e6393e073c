"""The book's contents, its bundle for charts, and a build that stops at the first fault it should."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml

from helpers import book, paths
from helpers.schemas import DataError
from repository import copy_of_repository, handbook
from small_book import PLACES, made_up, small_book

CHAPTERS = ["overview", "needs", "sources"]


@pytest.fixture
def shapes(tmp_path):
    path = tmp_path / "boundaries.json"
    path.write_text('{"width": 10, "height": 10, "places": {"E08000009": "M0 0 9 0 9 9Z"}}')
    return path


def test_the_contents_hold_every_page_once(tmp_path):
    slugs = {"north-west": ["trafford", "wigan"], "london": ["barnet"]}
    book.write_toc(slugs, CHAPTERS, ["methods"], tmp_path)
    toc = yaml.safe_load((tmp_path / "_toc.yml").read_text())
    assert toc["root"] == "index"
    assert [c["file"] for c in toc["chapters"]] == ["methods", "regions/north-west", "regions/london"]
    first = toc["chapters"][1]["sections"][0]
    assert first == {
        "file": "localities/trafford/overview",
        "sections": [{"file": "localities/trafford/needs"}, {"file": "localities/trafford/sources"}],
    }
    assert not book.write_toc(slugs, CHAPTERS, ["methods"], tmp_path)


def test_one_chapter_alone_makes_contents_too(tmp_path):
    book.write_toc({"london": ["barnet"]}, ["overview"], [], tmp_path)
    toc = yaml.safe_load((tmp_path / "_toc.yml").read_text())
    assert toc["chapters"][0]["sections"] == [{"file": "localities/barnet/overview"}]


def test_the_pages_of_a_part_are_named_and_only_its_regions(tmp_path, shapes):
    pages = book.write_pages(["trafford"], CHAPTERS, "2026-11-22", {"across": "Across"}, folder=tmp_path, shapes=shapes)
    assert pages == [
        "index", "across", *book.AUTHORED, "regions/north-west", *(f"localities/trafford/{c}" for c in CHAPTERS),
    ]  # fmt: skip
    assert "'file': 'across'" in str(yaml.safe_load((tmp_path / "_toc.yml").read_text()))


def test_a_place_that_is_not_known_is_refused(tmp_path, shapes):
    with pytest.raises(DataError, match="'atlantis' is not the slug of a locality"):
        book.write_pages(["trafford", "atlantis"], CHAPTERS, "2026-11-22", folder=tmp_path, shapes=shapes)
    assert not (tmp_path / "_toc.yml").exists()


def test_every_authored_page_is_there():
    assert [page for page in ("index", *book.AUTHORED) if not (paths.BOOK / f"{page}.md").exists()] == []


def test_the_bundle_is_one_script_of_its_own_and_is_written_once(tmp_path):
    path = tmp_path / "vega-bundle.js"
    assert book.vega_bundle(path)
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("(function(){") and text.endswith("})();\n")
    assert "window.vegaEmbed=" in text
    assert not book.vega_bundle(path)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_book(tmp_path_factory.mktemp("small"))


def page(root, name):
    return (root / "book" / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_frame_is_scoped_to_the_locality(small):
    text = page(small, "localities/trafford/needs")
    assert text.count("<h1") == 1
    assert "<title>Needs of Trafford – Locality Evidence Handbook</title>" in text
    assert 'href="../isles-of-scilly' not in text and "Isles of Scilly" not in text
    assert text.count('href="#" aria-current="page"') == 2  # in the menu, and above the chapter on a phone
    assert 'rel="prev" href="overview.html"' in text and 'rel="next" href="spend.html"' in text
    assert 'rel="prev"' not in page(small, "localities/trafford/overview")
    assert 'rel="next"' not in page(small, "localities/trafford/sources")
    assert '<a href="../../regions/north-west.html">North West</a>' in text
    assert 'lang="en-GB"' in text and "Skip to main content" in text and "Open Government Licence v3.0" in text
    assert 'download="trafford-needs-2026-11-22.ipynb"' in text
    assert text.index("Made-up measure") < text.index("How this was made: show the code")


@pytest.mark.slow
def test_scripts_stand_only_where_they_are_used(small):
    wanted = {"localities/trafford/spend": (1, 0), "localities/trafford/needs": (0, 0), "index": (0, 1)}
    for name, (chart, find) in wanted.items():
        text = page(small, name)
        assert [text.count("vega-bundle.js"), text.count("charts.js"), text.count("find.js")] == [chart, chart, find]
        assert "searchindex.js" not in text and "MathJax" not in text and "thebe" not in text
    assert "searchindex.js" in page(small, "search")


@pytest.mark.slow
def test_words_that_nobody_looks_for_are_not_in_the_search_index(small):
    site = small / "book" / "_build" / "html"
    index = json.loads((site / "searchindex.js").read_text().removeprefix("Search.setIndex(").removesuffix(")"))
    assert "measur" in index["terms"] and "glossari" in index["titleterms"]
    assert not {"this", "thi", "is", "i", "what", "how", "who", "ha"} & set(index["terms"])
    # the made-up headings say "Made-up measure 3 of people&#x27;s lives", and the search page looks for no numbers
    assert "peopl" in index["terms"] and not {"", "s", "x27"} & set(index["terms"])
    assert not [term for term in index["titleterms"] if term.isdigit()]
    # nor does "2019" of one cell become a word with "next" of the cell after it
    assert [term for term in index["terms"] if not term or term[0].isdigit()] == ["360give"]
    # what is not in the index must not be looked for, or a question would find nothing
    stop = re.search(r"stopwords = (\[.*?\])", (site / "_static" / "language_data.js").read_text(), re.DOTALL)
    assert {"this", "is", "what", "how", "who", "has", "s"} <= set(json.loads(stop[1]))


@pytest.mark.slow
def test_the_notebook_can_be_downloaded(small):
    there = small / "book" / "_build" / "html" / "_sources" / "localities" / "trafford" / "needs.ipynb"
    assert there.read_bytes() == (small / "book" / "localities" / "trafford" / "needs.ipynb").read_bytes()


@pytest.mark.slow
def test_a_smaller_book_leaves_no_page_behind(small, tmp_path):
    root = tmp_path / "smaller"
    shutil.copytree(small, root)
    handbook(root, "book", "--only", "trafford isles-of-scilly")
    site = root / "book" / "_build" / "html"
    assert not (site / "localities" / "city-of-london" / "needs.html").exists()
    assert not (site / "regions" / "london.html").exists()
    assert not list((site / "_sources" / "localities" / "city-of-london").glob("*"))
    assert "London</a></li>" not in page(root, "index")


@pytest.mark.slow
@pytest.mark.parametrize("touched", ["book/localities/trafford/needs.ipynb", "book/glossary.md", "_config.yml", "site"])
def test_a_book_is_left_alone_only_while_nothing_has_changed(small, tmp_path, touched):
    """What the book is made from, and the book itself as it was left, decide together."""
    root = tmp_path / "again"
    shutil.copytree(small, root)
    handbook(root, "book", "--only", " ".join(PLACES))  # a copy's files have other times
    log = root / "build" / "book.log"
    log.unlink()
    handbook(root, "book", "--only", " ".join(PLACES))
    assert not log.exists()
    changed = root / ("book/_build/html/localities/trafford/needs.html" if touched == "site" else touched)
    text = changed.read_text()
    changed.write_text(text.replace("A question?", "Another question?") if "A question?" in text else f"{text}\n")
    done = handbook(root, "book", "--only", " ".join(PLACES))
    assert log.exists(), done.stdout + done.stderr
    assert touched != "site" or changed.read_text() == text


@pytest.mark.slow
def test_a_warning_stops_the_book_every_time(small, tmp_path):
    """Sphinx does not warn again of a page that it does not read again: the gate must not open by itself."""
    root = tmp_path / "warned"
    shutil.copytree(small, root)
    path = root / "book" / "localities" / "trafford" / "needs.ipynb"
    path.write_text(path.read_text().replace("## A question?", "[nowhere](nowhere.md)"))
    for _ in range(2):
        done = handbook(root, "book", "--only", "trafford", check=False)
        assert done.returncode == 1
        assert "book/localities/trafford/needs.ipynb" in done.stderr and "nowhere.md" in done.stderr
        assert str(root) not in done.stderr + done.stdout
    made_up(root, "trafford", "Trafford")
    handbook(root, "book", "--only", "trafford")


@pytest.mark.slow
def test_two_chapters_with_one_heading_are_refused(small, tmp_path):
    root = tmp_path / "twins"
    shutil.copytree(small, root)
    made_up(root, "isles-of-scilly", "Trafford")
    done = handbook(root, "book", "--only", "trafford isles-of-scilly", check=False)
    assert done.returncode == 1 and "the heading 'Needs of Trafford' is also that of" in done.stderr


@pytest.mark.slow
def test_a_page_without_a_heading_is_refused(small, tmp_path):
    root = tmp_path / "bare"
    shutil.copytree(small, root)
    path = root / "book" / "localities" / "trafford" / "needs.ipynb"
    path.write_text(path.read_text().replace("# Needs of Trafford", "Needs").replace("## A question?", "Why?"))
    done = handbook(root, "book", "--only", "trafford", check=False)
    assert done.returncode == 1 and "the page must have one first-level heading" in done.stderr


@pytest.mark.slow
def test_an_attack_in_a_name_becomes_text_on_every_page(small, tmp_path):
    attack = "<img src=x onerror=alert(1)> & *b* {x}"
    root = tmp_path / "attacked"
    shutil.copytree(small, root)
    register = root / "data" / "figures" / "localities.csv"
    lines = register.read_text(encoding="utf-8").replace("E08000009,Trafford,", f"E08000009,{attack},")
    register.write_text(lines.replace(",North West", ",North West <script>alert(1)</script>"), encoding="utf-8")
    made_up(root, "trafford", "&lt;img src=x onerror=alert(1)&gt; &amp; \\*b\\* \\{x}")
    handbook(root, "book", "--only", "E08000009")  # its gates refuse a script in a page
    site = root / "book" / "_build" / "html"
    for path in [*site.rglob("*.html"), site / "searchindex.js"]:
        text = path.read_text(encoding="utf-8")
        assert "<img src=x" not in text and "<script>alert" not in text, path
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; *b* {x}" in page(root, "localities/trafford/needs")


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(small, tmp_path):
    again = copy_of_repository(tmp_path / "again")
    for name in ("book/localities", "book/across-localities.ipynb", "build/bundles"):
        source = small / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, again / name)
    handbook(again, "book", "--only", " ".join(PLACES))
    one, two = (root / "book" / "_build" / "html" for root in (small, again))
    compared = subprocess.run(["diff", "-rq", one, two], capture_output=True, text=True)
    assert compared.stdout == ""
