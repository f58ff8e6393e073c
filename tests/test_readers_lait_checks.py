"""Bad files of spend are refused: the real lines of Section 251, spoilt one way at a time."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import catalogue, geography, paths
from helpers.readers import _lait_checks, lait
from helpers.schemas import DataError

LINES = [_lait_checks.TOTAL, *_lait_checks.PARTS]
YEARS = ["2022-23 (OT)", "2023-24 (OT)", "2024-25 (OT)"]
COUNTRY = 970


@pytest.fixture(scope="module")
def real(raw):
    """The rows of the eight lines in the three newest years, as the publisher gives them."""
    columns = [*lait.TABLE_COLUMNS]
    table = pd.read_parquet(raw / "dfe-lait" / lait.TABLE, columns=columns)
    return table[table["Short Desc"].isin(LINES) & table["Years"].isin(YEARS)].reset_index(drop=True)


@pytest.fixture
def read(raw, tmp_path):
    """Return a function that reads a table with the real dictionary and look-up beside it."""
    source = catalogue.load_source(paths.SOURCES / "dfe-lait.yml")
    indicators = [
        i
        for p in sorted(paths.INDICATORS.glob("s251_*.yml"))
        if (i := catalogue.load_indicator(p)).select["measure"] in LINES
    ]
    declared = [d for d in source.files[0].reads["declared"] if _lait_checks.TOTAL in d["measures"]]
    files = [
        f.model_copy(update={"reads": {"declared": declared}}) if f.name == lait.TABLE else f for f in source.files
    ]
    source = source.model_copy(update={"files": tuple(files)})
    for name in (lait.DICTIONARY, lait.LOOKUP):
        (tmp_path / name).write_bytes((raw / "dfe-lait" / name).read_bytes())

    def go(table):
        table.to_parquet(tmp_path / lait.TABLE)
        return lait.read(tmp_path, source, indicators, geography.load())

    return go


def refusal(read, table) -> str:
    with pytest.raises(DataError) as error:
        read(table)
    said = str(error.value)
    assert said.startswith(f"{lait.TABLE}: ")  # the file; the caller looks for row, column and remedy
    return said


def cells(table, line, year=YEARS[-1], number=None):
    chosen = (table["Short Desc"] == line) & (table["Years"] == year) & (table["Values"] != "-")
    return chosen if number is None else chosen & (table["LA Number"] == number)


def test_the_real_lines_are_read(read, real):
    taken = read(real)
    trafford = taken.figures.set_index(["indicator", "area_code", "period"])["value"]
    assert trafford["s251_total", "E08000009", "2024-04-01/P1Y"] == 61358244  # read by hand in the file


def test_a_year_in_thousands_of_pounds_is_refused(read, real):
    spoilt = real.copy()
    rows = spoilt["Years"].eq(YEARS[-1]) & (spoilt["Values"] != "-")
    spoilt.loc[rows, "Values"] = (spoilt.loc[rows, "Values"].astype(float) / 1000).map("{:.0f}".format)
    said = refusal(read, spoilt)
    assert "column 'Values'" in said and "0.00" in said and "£ thousand must not be read as £" in said


def test_one_councils_return_in_thousands_is_refused_with_its_row(read, real):
    spoilt = real.copy()
    for line in LINES:
        rows = cells(spoilt, line, number=358)
        spoilt.loc[rows, "Values"] = (spoilt.loc[rows, "Values"].astype(float) / 1000).map("{:.0f}".format)
    row = spoilt.index[cells(spoilt, _lait_checks.TOTAL, number=358)][0] + 2
    said = refusal(read, spoilt)
    assert f"row {row}, column 'Values'" in said and "(358)" in said


@pytest.mark.parametrize(
    "pair",
    [
        ("SureStartFinance", "SafeguardingFinance"),
        ("FamilySupportFinance", "YoungPeopleFinance"),
        ("TotalLACFinance", "YouthJusticeFinance"),
    ],
)
@pytest.mark.parametrize("year", YEARS)
def test_two_lines_that_changed_places_are_refused(read, real, pair, year):
    spoilt = real.copy()
    first, second = (spoilt["Short Desc"].eq(line) & spoilt["Years"].eq(year) for line in pair)
    spoilt.loc[first, "Short Desc"], spoilt.loc[second, "Short Desc"] = pair[1], pair[0]
    said = refusal(read, spoilt)
    assert "column 'Short Desc'" in said and all(line in said for line in pair) and "Compare the file" in said


def test_a_total_that_changed_places_with_a_line_is_refused(read, real):
    spoilt = real.copy()
    total, line = (
        spoilt["Short Desc"].eq(name) & spoilt["Years"].eq(YEARS[-1])
        for name in (_lait_checks.TOTAL, "SafeguardingFinance")
    )
    spoilt.loc[total, "Short Desc"], spoilt.loc[line, "Short Desc"] = "SafeguardingFinance", _lait_checks.TOTAL
    said = refusal(read, spoilt)
    assert "is not the sum of its seven lines for" in said and "2024-25" in said and "row " in said


def test_swapped_columns_are_refused(read, real):
    spoilt = real.rename(columns={"Values": "Years", "Years": "Values"})
    said = refusal(read, spoilt[real.columns])
    assert "row 2, column 'Values'" in said and "is not a number" in said


def test_a_total_row_among_the_councils_is_refused(read, real):
    extra = real[cells(real, _lait_checks.TOTAL, number=COUNTRY)].assign(
        **{"LA and Regions": "All councils", "LA Number": 999.0}
    )
    said = refusal(read, pd.concat([real, extra], ignore_index=True))
    assert f"row {len(real) + 2}, column 'LA Number': '999' (All councils) is not a known area" in said


def test_a_council_that_stands_twice_is_refused(read, real):
    extra = real[cells(real, "SafeguardingFinance", number=358)]
    said = refusal(read, pd.concat([real, extra], ignore_index=True))
    assert f"row {len(real) + 2}, column 'LA Number': 358 stands in row {extra.index[0] + 2} too" in said
    assert "Keep one row" in said


def test_a_wrong_year_is_refused(read, real):
    said = refusal(read, real.replace({"Years": {YEARS[-1]: "2034-35 (OT)"}}))
    assert "column 'Years'" in said and "ends after the file was released" in said and "correct the label" in said
    said = refusal(read, real.replace({"Years": {YEARS[-1]: "2024-26 (OT)"}}))
    assert "column 'Years'" in said and "does not fit" in said
    mislabelled = real.replace({"Years": {YEARS[-1]: YEARS[-2]}})
    assert "stands in row" in refusal(read, mislabelled)


def test_one_year_under_two_labels_is_refused(read, real):
    extra = real[cells(real, "SafeguardingFinance", number=358)].assign(Years="2024-25")
    said = refusal(read, pd.concat([real, extra], ignore_index=True))
    assert f"358 stands in row {extra.index[0] + 2} too, for SafeguardingFinance, 2024-25" in said
    rows = pd.DataFrame({"Years": ["2025", "2024-25"], "LA Number": [358.0, 358.0], "LA and Regions": ["Trafford"] * 2})
    rows = rows.assign(period="2024-04-01/P1Y", last_day="2025-03-31")
    file = catalogue.load_source(paths.SOURCES / "dfe-lait.yml").files[0]
    with pytest.raises(DataError, match=r"row 3, column 'Years': x: Trafford has .* under another label too"):
        _lait_checks.check_labels(rows, file, "x")
