"""Whatever the bytes are, a reader says what is wrong or gives what was written: it never stops with a traceback."""

from __future__ import annotations

import csv
import io
import math
import os
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import workbooks
from corpus import TABLE
from helpers import periods, tabular
from helpers.tabular.files import clean

EXAMPLES = int(
    os.environ.get("FUZZ_EXAMPLES", "150")
)  # of each property; thousands were tried once: see reliability.md
QUICK = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
HEADING = b"place,value,cost,share,people,seen,year,answer\n"


def read(folder, data, ending=".csv", quiet=False):
    path = folder / f"sample{ending}"
    path.write_bytes(data)
    got = tabular.read(path, TABLE, quiet=quiet)
    assert got.rows == got.kept + got.blank + got.totals + got.above + got.refused, got.account
    assert len(got.frame) == got.kept
    assert got.faults or not got.refused, "rows were refused and nothing was said"
    return got


@QUICK
@given(st.binary(max_size=2000))
def test_any_bytes(tmp_path, data):
    read(tmp_path, data)
    read(tmp_path, HEADING + data)


@QUICK
@given(st.lists(st.lists(WORDS, min_size=8, max_size=8), max_size=6), st.sampled_from([",", ";", "\t", "|"]))
def test_any_cells(tmp_path, rows, delimiter):
    stream = io.StringIO()
    lines = csv.writer(stream, delimiter=delimiter)
    lines.writerow(HEADING.decode().strip().split(","))
    lines.writerows(rows)
    got = read(tmp_path, stream.getvalue().encode("utf-8"))
    for row in got.frame.itertuples():  # what was kept is what was written, and says so
        assert row.place == clean(row.place) != ""
    said = "\n".join(read(tmp_path, stream.getvalue().encode("utf-8"), quiet=True).faults)
    secret = [c for r in rows for c in r if len(c) > 12 and c.isalnum()]
    assert not [c for c in secret if c in said], "a quiet reader showed a cell"


NUMBERS = st.one_of(st.integers(-(10**12), 10**12).map(float), st.decimals(-(10**9), 10**9, places=2).map(float))


@QUICK
@given(NUMBERS, st.sampled_from(["{:.2f}", "{:,.2f}", " {:.2f} ", "\xa0{:,.2f}"]))
def test_a_number_comes_back_as_it_was_written(tmp_path, value, form):
    got = read(tmp_path, f'place,value\nAshby,"{form.format(value)}"\n'.encode())
    assert not got.faults
    assert math.isclose(got.frame["value"].iloc[0], value, rel_tol=1e-12, abs_tol=0.005)


@QUICK
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_day_comes_back_or_is_refused_never_another_day(tmp_path, day):
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"):
        got = read(tmp_path, f"place,seen\nAshby,{day.strftime(form)}\n".encode())
        assert got.faults or got.frame["seen"].iloc[0] == day.isoformat()
        assert got.faults or form != "%d/%m/%Y" or day.day > 12 or day.day == day.month


@QUICK
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook(tmp_path, position, noise):
    path = workbooks.xlsx(tmp_path / "whole.xlsx", {"S": [["place", "value"], ["Ashby", 1], ["Barton", 2]]})
    data = bytearray(path.read_bytes())
    at = position % len(data)
    data[at : at + len(noise)] = noise
    read(tmp_path, bytes(data), ".xlsx")


def damaged(path, member, position, noise):
    """Return the bytes of a workbook with one of its parts written over from `position` on."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w") as new:
        for item in old.namelist():
            text = old.read(item).decode()
            if item == member:
                at = position % len(text)
                text = text[:at] + noise + text[at + len(noise) :]
            new.writestr(item, text)
    return stream.getvalue()


@QUICK
@given(
    st.sampled_from(["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"]),
    st.integers(0, 600),
    st.one_of(WORDS, st.from_regex(r"\A[-0-9eE.A-Z]{1,8}\Z")),
)
@example("xl/styles.xml", 234, "0")  # an encoding that nobody knows: U0F-8
@example("xl/styles.xml", 31, "UTF-7 ")
@example("xl/worksheets/sheet1.xml", 30, "x-mac-")
def test_a_workbook_with_damaged_xml(tmp_path, member, position, noise):
    path = workbooks.xlsx(tmp_path / "whole.xlsx", {"S": [["place", "value"], ["Ashby", 1], ["Barton", 2]]})
    read(tmp_path, damaged(path, member, position, noise), ".xlsx")


@QUICK
@given(st.integers(0, 1400), st.one_of(WORDS, st.from_regex(r"\A[0-9]{1,7}\Z")))
def test_an_opendocument_workbook_with_damaged_xml(tmp_path, position, noise):
    path = workbooks.ods(tmp_path / "whole.ods", {"S": [["place", "value"], ["Ashby", 1], ["Barton", 2]]})
    read(tmp_path, damaged(path, "content.xml", position, noise), ".ods")


NUMBER_CELLS = st.one_of(
    st.floats(), st.integers(), st.sampled_from(["1e999", "-1e999", "NaN", "inf", "9" * 400, "1e308", "2958466", "-1"])
)


@QUICK
@given(st.lists(NUMBER_CELLS, min_size=8, max_size=8), st.sampled_from(["number", "date", "percent"]))
def test_any_number_in_a_workbook(tmp_path, values, kind):
    """Every kind of column is given every number that a cell can hold, as a number, a day or a percentage."""
    heading = ["place", "value", "cost", "share", "people", "seen", "year", "code"]
    row = ["Ashby", *(workbooks.Cell(value, kind) for value in values[1:])]
    path = workbooks.xlsx(tmp_path / "whole.xlsx", {"S": [heading, row]})
    read(tmp_path, path.read_bytes(), ".xlsx")


@QUICK
@given(st.one_of(WORDS, st.from_regex(r"\A\d{4}[-/ ]\d{1,4}([-/]\d{1,2})?(/P\d[YMD])?\Z")))
def test_periods_are_understood_or_refused(text):
    for parse in (periods.split, periods.label):
        try:
            parse(text)
        except ValueError as error:
            assert str(error)


def test_the_fuzz_can_fail(tmp_path, monkeypatch):
    """A reader that drops a row without saying so is caught."""
    whole = tabular.reading._lines
    monkeypatch.setattr(tabular.reading, "_lines", lambda *a: whole(*a)[1:])
    with pytest.raises(AssertionError):
        read(tmp_path, b"place,value\nAshby,1\nBarton,2\n")
