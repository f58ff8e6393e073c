"""After any change the site is the one that a build from nothing makes: no page keeps what it said before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from helpers import fingerprints
from repository import handbook
from small_book import small_book

PLACES = ("trafford", "stockport")  # each is named on the other's pages, as a place like it
LONG_AGO = 1_600_000_000
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return small_book(tmp_path_factory.mktemp("steps") / "repo", PLACES)


def site(root):
    top = root / "book" / "_build" / "html"
    return {p.relative_to(top).as_posix(): p.read_bytes() for p in top.rglob("*") if p.is_file()}


def differences(root, places=PLACES):
    """Build what stands on, and then from nothing; return the files that were changed, and those that are not the same."""
    before = site(root)
    handbook(root, "book", "--only", " ".join(places))
    on = site(root)
    shutil.rmtree(root / "book" / "_build")
    handbook(root, "book", "--only", " ".join(places))
    afresh = site(root)
    changed = {name for name in on if on[name] != before.get(name)}
    return changed, {name for name in on.keys() | afresh.keys() if on.get(name) != afresh.get(name)}


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_sentence_of_the_landing_page(root):
    with open(root / "book" / "index.md", "a", encoding="utf-8") as page:
        page.write("\nOne sentence more.\n")
    changed, other = differences(root)
    assert "index.html" in changed and not other
    assert b"One sentence more." in site(root)["index.html"]


def test_the_heading_of_a_page_that_all_others_lead_to(root):
    edit(root / "book" / "glossary.md", "# ", "# Words: ")
    changed, other = differences(root)
    assert {"methods.html", "localities/trafford/needs.html"} <= changed and not other


def test_a_frame_of_an_older_time(root):
    layout = root / "src" / "sphinxext" / "handbook_theme" / "layout.html"
    edit(layout, "(not in this book)", "(not here)")
    edit(layout, "</body>", "<p>A line at the end</p></body>")
    os.utime(layout, (LONG_AGO, LONG_AGO))
    changed, other = differences(root)
    assert "localities/trafford/needs.html" in changed and not other


def test_a_list_that_was_written_while_the_clock_was_behind(root):
    edit(root / "data" / "sources" / "dfe-lait.yml", "title: ", "title: Another name of the ")
    write = "from helpers import catalogue, paths, source_list; source_list.write(catalogue.sources(), paths.BOOK)"
    subprocess.run([sys.executable, "-c", write], env=os.environ | {"HANDBOOK_ROOT": str(root)}, check=True)
    for path in (root / "book" / "_generated").iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO))
    changed, other = differences(root)
    assert "attribution.html" in changed and not other


def test_a_table_that_is_being_written_is_left_to_its_writer(root):
    """Findings are put beside a page by another process while it is written."""
    folder = root / "book" / "_build" / "html" / "localities" / "trafford" / "recommendations"
    folder.mkdir(exist_ok=True)
    handbook(root, "book", "--only", " ".join(PLACES))
    for name in (".writing-findings.csv", "findings.csv", "old.csv"):
        (folder / name).touch()
    note = root / "book" / "_build" / "made-from.json"
    listing = fingerprints.listing(root / "book" / "_build" / "html")
    note.write_text(json.dumps(json.loads(note.read_text()) | {"site": listing}))  # as if they had been left there
    edit(root / "book" / "localities" / "trafford" / "recommendations.ipynb", "A question?", "Another question?")
    handbook(root, "book", "--only", " ".join(PLACES))
    left = sorted(path.name for path in folder.iterdir())
    shutil.rmtree(root / "book" / "_build")  # for these are not of this book
    handbook(root, "book", "--only", " ".join(PLACES))
    assert left == [".writing-findings.csv", "findings.csv"]


def test_a_place_that_goes_and_comes(root):
    """Its notebooks are gone meanwhile, as those of a place that failed."""
    notebooks = root / "book" / "localities" / "stockport"
    notebooks.rename(root / "put-aside")
    gone = differences(root, ["trafford"])
    (root / "put-aside").rename(notebooks)
    for changed, other in (gone, differences(root)):
        assert "localities/trafford/needs.html" in changed and not other


def test_another_edition_leaves_no_table_of_the_one_before(root):
    page = root / "book" / "localities" / "trafford" / "needs.ipynb"
    table = "<table><caption>Made up</caption><tr><th>a</th></tr><tr><td>1</td></tr></table>"
    table = f'<div class=\\"hb-table\\" role=\\"region\\">{table}</div>'
    edit(page, '<h3 id=\\"one\\">', f'{table}<h3 id=\\"one\\">')
    handbook(root, "book", "--only", " ".join(PLACES))
    before = {name for name in site(root) if name.startswith("localities/trafford/needs/")}
    edition = next(iter(before)).partition("needs-")[2][:10]
    edit(root / "_config.yml", edition, "2026-01-05")
    for slug in PLACES:
        edit(root / "build" / "bundles" / slug / "place.json", edition, "2026-01-05")
    changed, other = differences(root)
    edit(root / "_config.yml", "2026-01-05", edition)
    for slug in PLACES:
        edit(root / "build" / "bundles" / slug / "place.json", "2026-01-05", edition)
    assert before and not before & changed and not before & site(root).keys() and not other


def test_other_packages_read_every_page_again(root, tmp_path, monkeypatch):
    """The foot of each page names them, and another version of a reader may read a page another way."""
    handbook(root, "book", "--only", " ".join(PLACES))
    top = root / "book" / "_build" / ".doctrees"
    before = {path: path.stat().st_mtime_ns for path in top.rglob("*.doctree")}
    (tmp_path / "packages" / "pandas-0.dist-info").mkdir(parents=True)
    (tmp_path / "sitecustomize.py").write_text(
        "import sysconfig; paths = sysconfig.get_paths()\n"
        f"sysconfig.get_paths = lambda *_: {{**paths, 'purelib': {str(tmp_path / 'packages')!r}}}"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    handbook(root, "book", "--only", " ".join(PLACES))
    assert before and all(path.stat().st_mtime_ns != then for path, then in before.items())
    log = root / "build" / "book.log"
    log.unlink()
    handbook(root, "book", "--only", " ".join(PLACES))
    assert not log.exists()  # and once is enough
