"""The reader of Fingertips, against cells, totals and rates of a real download."""

from __future__ import annotations

import pandas as pd
import pytest

import tiny
from helpers import catalogue, geography
from helpers.geography import ENGLAND
from helpers.readers import fingertips
from helpers.schemas import FIGURES, DataError, validate

SOURCE, INDICATOR = "ohid-fingertips", "child_injury_admissions"
YEAR = "2023-04-01/P1Y"


@pytest.fixture(scope="module")
def reading(raw):
    own = [i for i in catalogue.indicators().values() if i.source == SOURCE]
    return fingertips.read(raw / SOURCE, catalogue.sources()[SOURCE], own, geography.register())


@pytest.fixture(scope="module")
def figures(reading):
    return reading.figures.set_index(["area_code", "period"]).sort_index()


def test_every_row_of_the_real_file_is_accounted_for(reading):
    validate(reading.figures, FIGURES, SOURCE)
    assert reading.considered == 7208  # the rows of the file
    assert reading.dropped == {
        "a category of areas, such as a tenth by deprivation": 1330,
        "another sex": 3720,
        "the same row again": 14,  # England, in each of 14 years
    }


def test_cells_are_those_that_stand_in_the_file(figures):
    row = figures.loc["E08000009", YEAR]
    assert row[["value", "lower", "upper", "count", "denominator"]].tolist() == [
        51.6007,
        45.27815,
        58.55893,
        240,
        46511,
    ]
    assert figures.loc[(ENGLAND, YEAR), "value"] == 72.71223


def test_the_rate_is_the_count_for_every_10_000_children(figures):
    present = figures[figures["value"].notna()]
    assert len(present) == 2108
    assert (1e4 * present["count"] / present["denominator"] - present["value"]).abs().max() < 0.0001


def test_authorities_add_up_to_the_england_row(reading):
    localities = set(geography.register().localities["area_code"])
    rows = reading.figures[reading.figures["period"] == YEAR]
    england = rows.set_index("area_code").loc[ENGLAND]
    parts = rows[rows["area_code"].isin(localities)]
    assert len(parts) == 153
    assert parts["denominator"].sum() == england["denominator"] == 9_942_344  # Hackney's holds the City's children
    assert parts["count"].sum() == pytest.approx(england["count"], abs=2.5 * 153)  # rounded to 5 in each


def test_missing_values_say_why(figures):
    assert figures.loc[("E09000001", YEAR), "status"] == "not_available"  # counted with Hackney
    trust = figures.loc["E06000018", "2016-04-01/P1Y"]  # Nottingham: limits of -1 in the file
    assert trust["status"] == "unreliable"
    assert trust[["value", "lower", "upper"]].isna().all()
    assert {"E08000038", "E08000039"} <= set(figures.index.get_level_values("area_code"))


# --- tiny files that must be refused -------------------------------------------------------------------------------

HEAD = [*fingertips.OTHERS, *fingertips.COLUMNS.values()]
BASE = {
    **dict.fromkeys(HEAD, ""),
    **{"Indicator ID": "7", "Area Code": ENGLAND, "Area Type": "England", "Sex": "Persons", "Age": "All ages"},
    **{"Time period": "2023/24", "Time period range": "1y", "Value": "50", "Count": "50", "Denominator": "10000"},
    **{"Lower CI 95.0 limit": "40", "Upper CI 95.0 limit": "60"},
}


def _read(folder, rows, unit="per_10k", drop=None, year="financial", **select):
    table = pd.DataFrame([{**BASE, **row} for row in rows])[HEAD]
    table.drop(columns=drop or []).to_csv(folder / "a.csv", index=False)
    file = tiny.file("a.csv")
    source = tiny.source("fingertips", [{**file, "reads": {"year": year}}])
    indicator = tiny.indicator(
        "falls", {"file": "a.csv", "id": 7, "sex": "Persons", "age": "All ages", **select}, theme="health", unit=unit
    )
    return fingertips.read(folder, source, [indicator], geography.register())


def _refused(folder, rows, *parts, **arguments):
    with pytest.raises(DataError) as caught:
        _read(folder, rows, **arguments)
    for part in parts:
        assert part in str(caught.value)


def test_academic_years_begin_in_september(tmp_path):
    assert set(_read(tmp_path, [{}], year="academic").figures["period"]) == {"2023-09-01/P1Y"}


def test_a_bad_file_is_refused_with_file_row_and_column(tmp_path):
    trafford = {"Area Code": "E08000009"}
    _refused(tmp_path, [{}, {**trafford, "Value": "n/k"}], "a.csv: row 3, column 'Value'", "'n/k'")
    _refused(
        tmp_path, [{}, {"Value": "51", "Count": "51"}], "a.csv: row 3, column 'Area Code'", "twice", "different figures"
    )
    _refused(tmp_path, [{}], "a.csv: row 1, column 'Count'", "missing", drop=["Count"])
    _refused(tmp_path, [{}], "a.csv: row 2, column 'Value'", "50 is published", "500", "'per_100k'", unit="per_100k")
    _refused(tmp_path, [{"Time period": "2021 - 23"}], "a.csv: row 2, column 'Time period'", "'2021 - 23'")
    gone = {
        "Value": "",
        "Lower CI 95.0 limit": "",
        "Upper CI 95.0 limit": "",
        "Count": "",
        "Value note": "Lost in the post",
    }
    _refused(tmp_path, [{}, {**trafford, **gone}], "a.csv: row 3, column 'Value note'", "'Lost in the post'")
    _refused(tmp_path, [{"Lower CI 95.0 limit": "-1"}], "a.csv: row 2, column 'Lower CI 95.0 limit'", "-1")
    _refused(tmp_path, [{}], "a.csv", "reads: year: 'leap'", "financial", year="leap")


def test_a_bad_select_is_refused_with_the_indicators_file_and_the_choices(tmp_path):
    here = "data/indicators/falls.yml"
    _refused(tmp_path, [{}], here, "key 'sexes' is not known", "sex", sexes="Persons")
    _refused(tmp_path, [{}], here, "id: '8' is not there", "'7'", id=8)
    _refused(tmp_path, [{}], here, "sex: 'All' is not there", "'Persons'", sex="All")
    _refused(tmp_path, [{}], here, "'years' is not a rate", unit="years")
