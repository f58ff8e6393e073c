"""A failed or unexecuted cell, a broken link or a request that leaves the site stops the book."""

from __future__ import annotations

import json

import nbformat
import pytest

from helpers import gates, links
from helpers.schemas import DataError


def notebook(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)


def ran(source="1 + 1", **rest):
    return nbformat.v4.new_code_cell(source, execution_count=1, **rest)


def test_sound_notebooks_pass(tmp_path):
    notebook(tmp_path / "a" / "needs.ipynb", nbformat.v4.new_markdown_cell("# A"), ran(), nbformat.v4.new_code_cell(""))
    notebook(tmp_path / "b" / "needs.ipynb", ran())
    assert gates.check_notebooks(tmp_path) == 2
    assert gates.check_notebooks(tmp_path / "a" / "needs.ipynb") == 1


@pytest.mark.parametrize(
    "cell, said",
    [
        (
            ran(outputs=[nbformat.v4.new_output("error", ename="ValueError", evalue="bad", traceback=[])]),
            "holds an error: ValueError: bad",
        ),
        (nbformat.v4.new_code_cell("1 + 1"), "was not executed"),
        (nbformat.v4.new_markdown_cell("x", metadata={"tags": ["papermill-error-cell-tag"]}), "papermill leaves"),
    ],
    ids=["error output", "not executed", "papermill's banner"],
)
def test_a_bad_cell_is_named(tmp_path, cell, said):
    notebook(tmp_path / "leeds" / "spend.ipynb", ran(), cell)
    with pytest.raises(DataError, match=rf"spend\.ipynb: cell 2 .*{said}"):
        gates.check_notebooks(tmp_path)


def test_all_faults_are_told_at_once(tmp_path):
    for name in ("a", "b"):
        notebook(tmp_path / f"{name}.ipynb", nbformat.v4.new_code_cell("1"))
    (tmp_path / "c.ipynb").write_text('{"cells": [')
    with pytest.raises(DataError) as told:
        gates.check_notebooks(tmp_path, tmp_path / "absent.ipynb")
    assert len(told.value.faults) == 4
    assert "not a whole notebook" in told.value.faults[2]


def test_a_notebook_of_another_edition_is_refused(tmp_path):
    path = tmp_path / "needs.ipynb"
    notebook(path, ran())
    content = json.loads(path.read_text())
    content["metadata"]["handbook"] = {"parameters": {"edition": "2025-01-01"}}
    path.write_text(json.dumps(content))
    assert gates.check_notebooks(path, edition="2025-01-01") == 1
    with pytest.raises(DataError, match="is of the edition 2025-01-01, the book of 2026-11-22"):
        gates.check_notebooks(path, edition="2026-11-22")


def test_which_notebooks_are_fit_is_remembered_and_a_change_is_seen(tmp_path, monkeypatch):
    path, memory = tmp_path / "needs.ipynb", tmp_path / "fit.json"
    notebook(path, ran())
    assert gates.check_notebooks(path, memory=memory) == 1
    looked, look = [], gates._cell_fault
    monkeypatch.setattr(gates, "_cell_fault", lambda cell: looked.append(cell) or look(cell))
    assert gates.check_notebooks(path, memory=memory) == 1
    assert not looked
    assert gates.check_notebooks(path, edition="2026-11-22", memory=memory) == 1  # another edition: looked at again
    assert looked
    notebook(path, nbformat.v4.new_code_cell("1"))
    for _ in range(2):  # one that is not fit is never remembered as fit
        with pytest.raises(DataError, match="was not executed"):
            gates.check_notebooks(path, edition="2026-11-22", memory=memory)


SOUND = """<!DOCTYPE html><html lang="en-GB"><head><link rel="stylesheet" href="_static/a.css">
<script defer src="_static/a.js"></script></head><body><h1 id="top">x</h1>
<a href="#top">up</a> <a href="sub/b.html#there">b</a> <a href="https://www.gov.uk/">out</a>
<a href="sub/b.html?q=1">b again</a> <img alt="" src="_static/a.svg">
<script type="application/json">{"href": "http://elsewhere.example/x"}</script>
<svg><a href="sub/b.html"><path d="M0 0"/></a></svg></body></html>"""


@pytest.fixture
def site(tmp_path):
    for name, text in (
        ("a.html", SOUND),
        ("sub/b.html", '<h2 id="there">b</h2><a href="../a.html">a</a>'),
        ("_static/a.css", "body { background: url(a.svg) }"),
        ("_static/a.js", "'use strict';"),
        ("_static/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_sound_site_passes(site):
    assert links.check(site) == 2


@pytest.mark.parametrize(
    "planted, said",
    [
        ('<a href="c.html">x</a>', "'c.html' leads to a file that is not there"),
        ('<a href="sub/b.html#gone">x</a>', "'sub/b.html#gone' leads to a place that is not on that page"),
        ('<a href="#gone">x</a>', "'#gone' leads to a place"),
        ('<a href="/a.html">x</a>', "not relative"),
        ('<a href="sub/">x</a>', "a file that is not there"),
        ('<a href="javascript:alert(1)">x</a>', "not a link that a page may have"),
        ('<a href="//elsewhere.example/x">x</a>', "not a link that a page may have"),
        ('<script src="https://cdn.example/vega.js"></script>', "'https://cdn.example/vega.js' leaves the site"),
        ('<script src="//cdn.example/vega.js"></script>', "leaves the site"),
        ('<link rel="stylesheet" href="https://fonts.example/f.css">', "leaves the site"),
        ('<img alt="" src="http://elsewhere.example/a.png">', "leaves the site"),
        ('<img alt="" srcset="a.html 1x, https://elsewhere.example/a.png 2x">', "leaves the site"),
        ('<iframe src="https://elsewhere.example"></iframe>', "leaves the site"),
        ('<svg><image xlink:href="https://elsewhere.example/a.png"/></svg>', "leaves the site"),
        ('<form action="https://elsewhere.example/"></form>', "leaves the site"),
        ("<style>@import 'https://elsewhere.example/a.css';</style>", "a style written into the page"),
        ('<p style="color: red">x</p>', "a style attribute"),
        ('<td class="a" STYLE=color:red>x</td>', "a style attribute"),
        ('<img alt="" src="data:image/png;base64,AA==">', "leaves the site"),
        ('<script>fetch("https://elsewhere.example")</script>', "a script written into the page"),
        ('<script type="module">import "https://elsewhere.example/x.js"</script>', "a script written into the page"),
        ('<img alt="" src="_static/a.svg" onerror="alert(1)">', r"a script inside an attribute \(onerror\)"),
        ('<base href="https://elsewhere.example/">', "has a <base>"),
        ('<meta http-equiv="refresh" content="0; url=https://elsewhere.example/">', "meta refresh"),
    ],
)
def test_a_planted_fault_is_named(site, planted, said):
    (site / "a.html").write_text(SOUND.replace("</body>", f"\n{planted}</body>"))
    with pytest.raises(DataError, match=rf"a\.html: line 7: .*{said}") as told:
        links.check(site)
    assert len(told.value.faults) == 1


def test_a_style_sheet_may_not_leave_the_site(site):
    (site / "_static" / "a.css").write_text("@font-face { src: url('https://fonts.example/f.woff2') }")
    with pytest.raises(DataError, match=r"_static/a\.css: 'https://fonts\.example/f\.woff2' leaves the site"):
        links.check(site)


def test_what_was_read_is_remembered_and_a_change_is_seen(site, tmp_path):
    memory = tmp_path / "memory" / "links.json"
    assert links.check(site, memory) == links.check(site, memory) == 2
    whole = (site / "sub" / "b.html").read_text()
    (site / "sub" / "b.html").write_text("<h2>no longer named</h2>")
    for _ in range(2):  # a fault is not kept, so it is found again
        with pytest.raises(DataError, match=r"'sub/b\.html#there' leads to a place that is not on that page"):
            links.check(site, memory)
    (site / "sub" / "b.html").write_text(whole)
    assert links.check(site, memory) == 2
    (site / "sub" / "b.html").unlink()
    with pytest.raises(DataError, match=r"a\.html: line \d+: 'sub/b\.html#there' leads to a file that is not there"):
        links.check(site, memory)


def test_a_page_that_was_not_changed_is_read_again_only_for_what_has_gone(site, tmp_path, monkeypatch):
    memory, asked = tmp_path / "links.json", []
    links.check(site, memory)
    (site / "sub" / "c é.html").write_text("<p>new</p>")
    (site / "sub" / "b.html").write_text('<h2 id="there">b</h2><p id="more">and more</p><a href="c%20é.html">c</a>')
    monkeypatch.setattr(links, "_fault", lambda target, *rest: asked.append(target))
    assert links.check(site, memory) == 3
    assert asked == ["sub/c é.html#", "_static/a.svg#"]
    asked.clear()
    (site / "sub" / "c é.html").unlink()
    links.check(site, memory)
    assert asked == ["sub/c é.html#", "_static/a.svg#"], "what leads to the page that has gone, and style sheets"


def test_tags_that_hold_an_address_are_read_however_they_are_written(site):
    """The reader leaves out tags that cannot hold an address: it must not leave out one that does."""
    for planted in (
        "<IMG SRC='https://elsewhere.example/a.png'>",
        '<td class="a" background="x"><img class="b"\n src=https://elsewhere.example/a.png>',
        '<p class="><img src=&quot;x&quot;"><img src="https://elsewhere.example/a.png">',
        '<script class="x">fetch("/")</script>',
        '<scr<td>ipt src="https://elsewhere.example/a.js"></script>',
    ):
        (site / "a.html").write_text(SOUND.replace("</body>", f"{planted}</body>"))
        with pytest.raises(DataError, match=r"leaves the site|written into the page"):
            links.check(site)
