"""A number in a sentence leads to its card, and only where the sentence names what the number is of."""

from __future__ import annotations

import json

import pytest

from helpers import table_numbers, trust

HEAD = "indicator,period,value,lower,upper,interval,status,source,release_date\n"
ROWS = (
    "pupils,2023-04-01/P1Y,17.0,,,,final,s,2024-11-01\n"
    "pupils,2024-04-01/P1Y,18.24,16.1,20.4,Wilson,provisional,s,2025-11-01\n"
    "pupils,2025-04-01/P1Y,,,,,suppressed,s,2025-11-01\n"
    "hidden,2024-04-01/P1Y,5,,,,final,s,2025-11-01\n"
)


@pytest.fixture
def known(tmp_path):
    bundles, book = tmp_path / "bundles", tmp_path / "book"
    for folder in (bundles / "_common", bundles / "leeds", book / "localities" / "leeds"):
        folder.mkdir(parents=True)
    record = {"chapter": "needs", "unit": "pct", "decimals": 1, "source": "s"}
    indicators = {
        "pupils": record | {"title": 'Pupils who "stay" <away>', "short_title": "Pupils away"},
        "hidden": record | {"title": "Hidden", "short_title": "Hidden"},
    }
    source = {"publisher": "P & Q", "title": "Numbers", "quality": 1}
    (bundles / "_common" / "indicators.json").write_text(json.dumps(indicators))
    (bundles / "_common" / "sources.json").write_text(json.dumps({"s": source}))
    (bundles / "leeds" / "place.json").write_text(json.dumps({"edition": "2026-11-22"}))
    (bundles / "leeds" / "series.csv").write_text(HEAD + ROWS)
    (book / "localities" / "leeds" / "needs.ipynb").write_text(json.dumps({"x": '<h3 id="pupils">'}))
    return trust.rows("leeds", bundles, book)


def test_the_newest_value_is_told_with_source_release_age_interval_quality_and_status(known):
    (row,) = known  # the other has no card to lead to
    assert row.shown == "18.2%" and row.address == "needs.html#pupils"
    assert row.about == (
        "P & Q: Numbers. Released 2025-11-01. 2024-25, 19 months old at this edition."
        " 95% interval 16.1% to 20.4% (ours, Wilson method). Quality 1 of 3: official or accredited."
        " Provisional: may be revised."
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "<p>In Leeds, pupils away (18.2%; England 20.1%) are fewer.</p>",
        "<li>Pupils away: <strong>18.2%</strong> in 2024-25</li>",
        '<li><a href="needs.html#pupils">Pupils away</a>: 18.2%</li>',
        "<p>pupils who &quot;stay&quot; &lt;away&gt;: 18.2%.</p>",
    ],
)
def test_a_value_after_the_name_of_its_indicator_is_linked(known, sentence):
    made = trust.link(sentence, known)
    assert made.count('<a class="hb-num" href="needs.html#pupils" data-hb-about="P &amp; Q: ') == 1
    assert made.count(">18.2%</a>") == 1
    assert trust.link(made, known) == made


@pytest.mark.parametrize(
    "other",
    [
        "<p>Children in need (18.2%).</p>",  # another indicator
        "<p>Pupils away (118.2%).</p>",  # another number
        "<p>Pupils away (18.2%)</p>".replace("p>", "td>"),  # a row of a table is where a link would lead
        "<table><tr><td><p>Pupils away: 18.2%</p></td></tr></table>",
        '<article class="hb-card"><p>Pupils away: 18.2%</p></article>',
        '<script type="application/json">"<p>Pupils away: 18.2%</p>"</script>',
        "<p>No number of pupils away.</p>",
    ],
)
def test_nothing_else_is_touched(known, other):
    assert trust.link(other, known) == other


def test_without_a_bundle_the_page_stays_as_it_is(tmp_path):
    assert trust.rows("leeds", tmp_path, tmp_path) == []
    assert trust.link("<p>1</p>", []) == "<p>1</p>"


@pytest.fixture
def chapters(tmp_path, monkeypatch):
    """Return a book with two chapters of one place, where tables are kept, and how often one is read."""
    read = []
    of_notebook = table_numbers.of_notebook
    monkeypatch.setattr(table_numbers, "of_notebook", lambda text, page: read.append(page) or of_notebook(text, page))
    folder = tmp_path / "book" / "localities" / "leeds"
    folder.mkdir(parents=True)
    for chapter, value in (("needs", "18"), ("spend", "4,514")):
        table = (
            "<table><caption>A</caption><tr><th>Year</th><th>All</th></tr>"
            f"<tr><th>2024-25</th><td>{value}</td></tr></table>"
        )
        output = {"data": {"text/html": [f'<div class="hb-table">{table}</div>']}}
        cells = [{"cell_type": "code", "outputs": [output]}]
        (folder / f"{chapter}.ipynb").write_text(json.dumps({"cells": cells}))

    def numbers(page: str, number: str) -> list[str]:
        trust._tables.cache_clear()  # as in another process
        found = trust.other_tables("leeds", page, tmp_path / "kept", tmp_path / "book")
        return [cell.address for tables in found for cell in tables.find("", number)]

    yield folder, tmp_path / "kept", read, numbers
    trust._tables.cache_clear()


def test_tables_of_other_chapters_are_kept_until_the_chapter_says_something_else(chapters):
    folder, _, read, numbers = chapters
    assert numbers("needs", "4514") == ["spend.html#t1r1"] and numbers("needs", "18") == []
    assert numbers("spend", "18") == ["needs.html#t1r1"]
    assert sorted(read) == ["needs.html", "spend.html"]
    chapter = folder / "spend.ipynb"
    chapter.write_text(chapter.read_text().replace("4,514", "4,600"))
    assert numbers("needs", "4600") == ["spend.html#t1r1"] and numbers("needs", "4514") == []
    assert read.count("spend.html") == 2


def test_kept_tables_that_were_cut_short_or_read_by_other_code_are_read_again(chapters, monkeypatch):
    _, kept, read, numbers = chapters
    numbers("needs", "4514")
    file = kept / "localities" / "leeds" / "spend.tables"
    for short in (b"", file.read_bytes()[:40], file.read_bytes()[:-5]):
        file.write_bytes(short)
        assert numbers("needs", "4514") == ["spend.html#t1r1"]
    assert len(read) == 4
    monkeypatch.setattr(trust, "MADE_BY", b"other code")
    assert numbers("needs", "4514") == ["spend.html#t1r1"] and len(read) == 5


@pytest.mark.parametrize(
    ("words", "followed"),
    [
        ("pupils away: 18.2%", True),
        ("pupils away</a> (<strong>18.2%", True),
        ("pupils away were many, and 18.2%", False),
        ("18.2% of pupils away", False),
        ("pupils away and pupils away: 18.2%", True),
    ],
)
def test_a_pattern_is_asked_only_where_a_value_stands_close_behind_a_name(words, followed):
    assert trust._followed("pupils away", "18.2%", words) is followed
