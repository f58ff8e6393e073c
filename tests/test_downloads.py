"""A table that is taken away says what the page says, in a form that programs can read and no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import defusedcsv.csv
import pytest

from helpers import downloads, tables
from helpers.wording import Html


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def page(*made):
    return "<h1>x</h1>" + "".join(made)


PLACE = {"area_code": "E08000009", "area": "Trafford", "edition": "2026-11-22"}


def test_a_table_becomes_a_file_with_area_and_edition_and_a_link_to_it():
    made = tables.table("Grants, by year", ["Year", "Cash", "Share"], [["2024-25", "£1,234", "5.5%"]], numeric=(1, 2))
    body, files = downloads.tables(page(made), PLACE, "trafford-spend-2026-11-22", "spend")
    assert list(files) == ["trafford-spend-2026-11-22-grants.csv"]
    assert read(files["trafford-spend-2026-11-22-grants.csv"]) == [
        ["area_code", "area", "edition", "Year", "Cash (£)", "Share (%)"],
        ["E08000009", "Trafford", "2026-11-22", "2024-25", "1234", "5.5"],
    ]
    assert body.count('<a href="spend/trafford-spend-2026-11-22-grants.csv" download>') == 1
    assert "Grants, by year" in body.rpartition('class="hb-unseen"')[2]


def test_two_tables_of_one_name_are_two_files_and_a_given_name_is_taken():
    made = (
        tables.table("A", ["x"], [["1"]]),
        tables.table("A", ["x"], [["2"]]),
        tables.table("B", ["x"], [["3"]], file="c"),
    )
    body, files = downloads.tables(page(*made), {}, "s", "f")
    assert list(files) == ["s-a.csv", "s-a-2.csv", "s-c.csv"]
    assert [body.count(f'aria-label="{words}"') for words in ("A", "A (2)", "B")] == [1, 1, 1]
    assert read(files["s-a-2.csv"]) == [["x"], ["2"]]


def test_the_page_is_written_once_however_often_it_is_made():
    made = tables.table("A", ["x"], [["1"]])
    once, _ = downloads.tables(page(made), {}, "s", "f")
    assert downloads.tables(once, {}, "s", "f") == (once, {})


def test_a_column_of_two_units_is_left_as_it_is():
    head, rows = downloads.plain_numbers(["a", "b"], [["£5", "5%"], ["5%", "none"]])
    assert head == ["a", "b (%)"] and rows == [["£5", "5"], ["5%", "none"]]


def test_links_and_marks_in_a_cell_are_read_as_words():
    made = tables.table("A", ["x", "y"], [[Html('<a href="b.html#c">one &amp; two</a>'), Html("3<br>4")]])
    _, files = downloads.tables(made, {}, "s", "f")
    assert read(files["s-a.csv"])[1] == ["one & two", "3 4"]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "\t=1", "\r=1",
     '=HYPERLINK("http://x","y")', "=IMPORTXML(CONCAT(1),2)", " =1+1", "＝1+1"],
)  # fmt: skip
def test_what_begins_like_a_formula_is_neutral_in_the_file(cell):
    """defusedcsv, which others wrote, finds nothing left to defuse in a cell that was made neutral."""
    made = downloads.neutral(cell)
    assert made == "'" + cell
    out = io.StringIO(newline="")
    defusedcsv.csv.writer(out).writerow([made.replace("|", "")])
    assert read(out.getvalue())[0] == [made.replace("|", "")]
    _, files = downloads.tables(tables.table("A", [cell, "n"], [[cell, "1"]]), {"area": cell}, "s", "f")
    for row in read(files["s-a.csv"])[1:]:
        assert not [c for c in row if c.strip().startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("cell", ["-3.2", "1e-5", "-1E+3", "Trafford", "", "a=b"])
def test_numbers_and_plain_words_are_not_touched(cell):
    assert downloads.neutral(cell) == cell


def test_a_column_without_a_name_is_refused():
    with pytest.raises(ValueError, match="a column without a name"):
        tables.table("A", ["", "x"], [["1", "2"]])
