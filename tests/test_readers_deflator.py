"""The deflator: financial years worked out by hand, and the publisher's own calendar years."""

from __future__ import annotations

import csv

import pytest

from helpers import catalogue, paths, schemas
from helpers.readers import deflator
from helpers.schemas import DataError


def source():
    return catalogue.load_source(paths.SOURCES / "ons-gdp-deflator.yml")


@pytest.fixture(scope="module")
def folder(raw):
    return raw / "ons-gdp-deflator"


@pytest.fixture(scope="module")
def index(folder):
    table = deflator.tables(folder, source())["deflator"]
    return schemas.validate(table, schemas.DEFLATOR, "data/figures/deflator.csv").set_index("financial_year")["index"]


@pytest.mark.parametrize(
    ("year", "quarters"),
    [
        # read by eye in the file: April to June first
        ("2018-19", (88.1, 88.6, 89.3, 89.3)),
        ("2020-21", (98.8, 94.9, 94.3, 95.3)),
        ("2023-24", (106.8, 107.8, 108.0, 109.3)),
        ("2024-25", (110.1, 112.1, 113.2, 114.1)),
    ],
)
def test_a_financial_year_is_the_mean_of_its_quarters(index, year, quarters):
    assert index[year] == pytest.approx(sum(quarters) / 4, abs=1e-9)


def test_the_years_run_without_a_gap_from_2008_09_to_2024_25(index):
    assert list(index.index) == [f"{year}-{(year + 1) % 100:02d}" for year in range(2008, 2025)]
    assert index["2024-25"] == 112.375


def test_the_quarters_that_are_read_make_the_publishers_calendar_years(folder):
    with (folder / "ybgb.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    published = {int(row[0]): float(row[1]) for row in rows if len(row) == 2 and row[0].isdigit()}
    quarters = deflator._quarters(rows, source().files[0])
    for year in range(2008, 2025):
        mean = sum(quarters[year, quarter] for quarter in (1, 2, 3, 4)) / 4
        # the publisher weights quarters by their output; the difference is rounding and that
        assert mean == pytest.approx(published[year], abs=0.2)


# ---- small files that must be refused


def rows():
    quarters = [("2008 Q2", "74"), ("2008 Q3", "75"), ("2008 Q4", "76"), ("2009 Q1", "77"), ("2009 Q2", "78")]
    head = [["Title", "Deflator"], ["CDID", "YBGB"], ["Release date", "30-06-2025"], ["Important notes", ""]]
    return [*head, ["2008", "75"], *[list(quarter) for quarter in quarters]]


def refusal(small):
    with pytest.raises(DataError) as error:
        deflator.parse(small, source().files[0])
    return str(error.value)


def test_a_small_file_is_read_and_the_year_that_is_not_over_left_out():
    frame = deflator.parse(rows(), source().files[0])
    assert frame.to_dict("records") == [{"financial_year": "2008-09", "index": 75.5}]


@pytest.mark.parametrize(
    ("row", "cells", "said"),
    [
        (2, ["CDID", "ABMI"], "ybgb.csv: row 2, column 'CDID': 'ABMI' is not 'YBGB'"),
        (3, ["Release date", "30-09-2025"], "row 3, column 'Release date': '30-09-2025' is not '30-06-2025'"),
        (7, ["2008 Q2", "75"], "row 7: 2008 Q2 stands twice"),
        (7, ["2008 Q3", ".."], "row 7, column '2008 Q3': '..' is not a number"),
        (7, ["2008 Q3", "0"], "row 7, column '2008 Q3': 0 is not a positive index"),
        (7, ["2008 Q5", "75"], "row 7: '2008 Q5,75' is not a year or quarter"),
        (7, ["2008Q3", "75"], "row 7: '2008Q3,75' is not a year or quarter"),
        (7, ["2008 Q3", "75", "r"], "row 7: '2008 Q3,75,r' is not a year or quarter"),
        (7, ["2007 Q3", "75"], "2008-09 lacks a quarter"),
    ],
)
def test_a_wrong_row_is_told_with_its_number(row, cells, said):
    small = rows()
    small[row - 1] = cells
    assert said in refusal(small)


def test_a_file_without_quarters_is_refused():
    assert "there are no quarters in it" in refusal(rows()[:5])
