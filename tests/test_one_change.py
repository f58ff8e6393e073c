"""One figure is changed in a book that stands: the pages that show it are made again, and what fails costs no others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from helpers import fingerprints, table_numbers
from repository import copy_of_repository, handbook

PLACES = ("trafford", "stockport")  # Trafford is one of Stockport's statistical neighbours
WORDS = ("build", "--only", " ".join(PLACES))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = copy_of_repository(tmp_path_factory.mktemp("repo"))
    handbook(root, *WORDS)
    return root


def pages(root):
    """Return {page of a locality: (when it was written, its content)}."""
    top = root / "book" / "_build" / "html" / "localities"
    return {p.relative_to(top).as_posix(): (p.stat().st_mtime_ns, p.read_bytes()) for p in top.rglob("*.html")}


def change(root, amount):
    """Add to Trafford's oldest share of low birth weight, in the middle of Stockport's neighbours."""
    path = root / "data" / "figures" / "dfe-lait.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("low_birth_weight,E08000009,"))
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:3], f"{float(cells[3]) + amount:.4g}", "", "", *cells[6:]])
    path.write_text("".join(lines), encoding="utf-8")


def test_a_neighbours_old_figure_makes_only_the_chapter_that_shows_it_again(root):
    before = pages(root)
    change(root, 3)
    told = handbook(root, *WORDS).stdout
    after = pages(root)
    assert after.keys() == before.keys()
    written = {name for name in after if after[name][0] != before[name][0]}
    changed = {name for name in after if after[name][1] != before[name][1]}
    assert changed == {"trafford/needs.html", "stockport/needs.html"}
    assert {name for name in written if name.startswith("stockport/")} == {"stockport/needs.html"}
    assert "8 chapters run, 2 notebooks changed" in told  # Trafford's seven, and Stockport's needs


def test_pages_made_one_by_one_are_the_pages_made_at_once(root):
    change(root, -5)
    handbook(root, *WORDS)
    again = pages(root)
    (root / "book" / "_build").rename(root / "put-aside")
    handbook(root, *WORDS)
    assert {name: page for name, (_, page) in pages(root).items()} == {name: page for name, (_, page) in again.items()}


def test_a_chart_that_cannot_be_drawn_leaves_the_book_that_stands(root):
    """Jupyter Book has read the changed pages by then, and must not take them for written."""
    before = pages(root)
    change(root, 5)
    broken = (
        "import sys; from helpers import pictures, schemas; from helpers.__main__ import main\n"
        "def fail(*_, **__): raise schemas.DataError(['this chart could not be drawn'])\n"
        "pictures.draw = fail; main()"
    )
    environment = os.environ | {"HANDBOOK_ROOT": str(root)}
    command = [sys.executable, "-c", broken, *WORDS]
    failed = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert failed.returncode and "this chart could not be drawn" in failed.stdout + failed.stderr
    assert pages(root) == before
    assert not (root / "book" / "_build" / "unfinished").exists()
    handbook(root, *WORDS)
    after = pages(root)
    written = {name for name in after if after[name][0] != before[name][0]}
    assert {"trafford/needs.html", "stockport/needs.html"} <= written
    assert not {name for name in written if name.startswith("stockport/")} - {"stockport/needs.html"}


def test_a_book_of_other_pages_is_not_made_from_what_was_read_ahead(root):
    said = handbook(root, "build", "--only", "trafford").stdout
    assert not (root / "book" / "_build" / "html" / "localities" / "stockport").exists()
    page = (root / "book" / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    assert "localities/trafford/overview.html" in page and "localities/stockport" not in page
    assert "The book has" in said
    handbook(root, *WORDS)
    assert {name.partition("/")[0] for name in pages(root)} == set(PLACES)


def test_what_other_pages_take_from_a_chapter_are_all_its_tables_in_their_order(root):
    """Without its charts and what neighbours had, the n-th table must still be the n-th."""
    seen = left_out = 0
    for path in (root / "book" / "localities").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        html = "".join("".join(o.get("data", {}).get("text/html", "")) for c in cells for o in c.get("outputs", ()))
        captions = [table_numbers.CAPTION.search(t["inside"])[1] for t in table_numbers.TABLE.finditer(html)]
        taken = table_numbers.for_others(html)
        assert [table_numbers.CAPTION.search(t["inside"])[1] for t in table_numbers.TABLE.finditer(taken)] == captions
        for table in re.findall(r"every period[^<]*</caption>.*?</table>", html, re.DOTALL):
            assert re.findall(r"<th\b[^>]*>([^<]*)</th>", table.partition("</tr>")[0])[-1].startswith("Neighbours")
            left_out += 1
        seen += len(captions)
    assert seen > 200 and left_out > 50


def test_a_file_that_was_written_again_at_once_is_hashed_again(tmp_path):
    path, seen = tmp_path / "a", set()
    for number in range(50):
        path.write_text(f"{number:04}")  # the same size, and perhaps the same time
        seen.add(fingerprints.of_file(path))
    assert len(seen) == 50
