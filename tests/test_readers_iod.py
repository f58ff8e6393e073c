"""Indices of Deprivation: against cells read by hand, the publisher's own ranks, and what a tenth must be."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import catalogue, geography, paths
from helpers.readers import _sheets, iod
from helpers.schemas import DataError

SOURCE = "mhclg-iod"
NAMES = ("deprivation_score", "children_income_deprivation", "deprived_neighbourhoods")
HARTLEPOOL, MIDDLESBROUGH, SHEFFIELD = "E06000001", "E06000002", "E08000039"


def source():
    return catalogue.load_source(paths.SOURCES / f"{SOURCE}.yml")


def indicators():
    return [catalogue.load_indicator(paths.INDICATORS / f"{name}.yml") for name in NAMES]


@pytest.fixture(scope="module")
def file(raw):
    return raw / SOURCE / source().files[0].name


@pytest.fixture(scope="module")
def reading(raw):
    return iod.read(raw / SOURCE, source(), indicators(), geography.load())


@pytest.fixture(scope="module")
def table(reading):
    return reading.figures.pivot(index="area_code", columns="indicator", values="value")


# ---- the real file


@pytest.mark.parametrize(
    ("area", "name", "value"),
    [
        # read by eye in the file
        (HARTLEPOOL, "deprivation_score", 37.58),
        (HARTLEPOOL, "children_income_deprivation", 49.4),
        (HARTLEPOOL, "deprived_neighbourhoods", 42.11),
        (MIDDLESBROUGH, "deprivation_score", 40.037),
        (MIDDLESBROUGH, "deprived_neighbourhoods", 50),
    ],
)
def test_a_cell_read_by_hand_comes_out_with_shares_in_per_cent(table, area, name, value):
    assert table.at[area, name] == value


def test_all_296_districts_are_there_once_and_no_england(reading, table):
    assert len(table) == 296
    assert table.notna().all().all()
    assert "E92000001" not in table.index
    assert SHEFFIELD in table.index  # under its newer code
    assert reading.dropped == {}
    assert set(reading.figures["period"]) == {"2025-10-30"}


@pytest.mark.parametrize(
    ("name", "domain", "ranks"),
    [
        ("deprivation_score", "Index of Multiple Deprivation", "rank_average_score"),
        ("children_income_deprivation", "Income Deprivation Affecting Children", "rank_average_score"),
        ("deprived_neighbourhoods", "Index of Multiple Deprivation", "rank_proportion_bottom_decile"),
    ],
)
def test_the_order_is_that_of_the_publishers_own_ranks(file, table, name, domain, ranks):
    published = pd.read_csv(file).query("index_domain == @domain").set_index("area_code")[ranks]
    ours = table[name].rename({new: old for old, new in geography.load().recodes.items() if old in published.index})
    in_their_order = ours.loc[published.sort_values().index]
    # the publisher ranked before it rounded
    assert (in_their_order.diff().dropna() <= 1e-9).all()


def test_a_tenth_of_england_lives_in_the_most_deprived_tenth(raw, table):
    people = pd.read_csv(raw / "ons-population-mid2023" / "age.csv").set_index("code")["all"]
    people = people.rename(geography.load().recodes).reindex(table.index)
    share = (table["deprived_neighbourhoods"] * people).sum() / people.sum()
    assert share == pytest.approx(10, abs=0.3)  # a tenth of neighbourhoods, not quite of people


# ---- small files that must be refused


def rows():
    area = ["E06000001", "One", "Local Authority District (2024)", "2025"]
    numbers = ["100", "1", "30.5", "1", "0.25", "1"]
    shares = ["100", "1", "0.305", "1", "0.25", "1"]
    return [
        list(iod.COLUMNS),
        [*area, "Index of Multiple Deprivation", *numbers],
        [*area, "Income Deprivation Affecting Children", *shares],
    ]


def refusal(small):
    with pytest.raises(DataError) as error:
        iod.parse(small, source().files[0], indicators())
    return str(error.value)


def with_cell(row, column, value):
    small = rows()
    small[row - 1][iod.COLUMNS.index(column)] = value
    return small


def test_a_small_file_is_read_whole():
    frame = iod.parse(rows(), source().files[0], indicators())
    assert list(frame["value"]) == [30.5, 30.5, 25]


@pytest.mark.parametrize(
    ("row", "column", "value", "said"),
    [
        (2, "deprivation_data_year", "2019", "'2019' is not '2025'"),
        (2, "area_type", "Ward", "'Ward' is not 'Local Authority District (2024)'"),
        (3, "index_domain", "Wealth", "'Wealth' is not known. Known: Index of Multiple Deprivation"),
        (3, "average_score", "30.5", "30.5 is not a share from 0 to 1"),
        (2, "proportion_bottom_decile", "25", "25 is not a share from 0 to 1"),
        (2, "average_score", "[x]", "'[x]' is not a number or a known symbol"),
        (2, "average_score", "", "'' is not a number or a known symbol"),
    ],
)
def test_a_wrong_cell_is_told_with_row_and_column(row, column, value, said):
    message = refusal(with_cell(row, column, value))
    assert f"indices_of_deprivation_2025_lad.csv: row {row}, column '{column}': {said}" in message


def test_swapped_columns_are_refused():
    small = [[*row[:7], row[9], *row[8:9], row[7], *row[10:]] for row in rows()]
    assert "row 1: the columns are not as expected" in refusal(small)


def test_a_district_that_stands_twice_is_refused():
    assert "row 4, column 'area_code': E06000001 and" in refusal([*rows(), rows()[1]])


def test_a_domain_that_is_missing_is_refused():
    assert "E06000001 has no 'Income Deprivation Affecting Children'" in refusal(rows()[:2])


def test_a_short_row_is_refused():
    assert "row 2: it has 10 cells, not 11" in refusal([rows()[0], rows()[1][:-1]])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"select": {"domain": "Crime"}}, "key 'measure' is missing"),
        ({"select": {"domain": "Crimes", "measure": "average_score"}}, "'Crime'"),
        ({"select": {"domain": "Crime", "measure": "rank"}}, "'proportion_bottom_decile'"),
        ({"unit": "pct"}, "Write unit: score"),
    ],
)
def test_a_wrong_indicator_is_told_with_its_file_and_the_choices(tmp_path, change, said):
    wrong = indicators()[0].model_copy(update=change)
    with pytest.raises(DataError) as error:
        iod.read(tmp_path, source(), [wrong], geography.load())
    assert "data/indicators/deprivation_score.yml" in str(error.value)
    assert said in str(error.value)


def test_the_csv_must_be_utf_8(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("area,£".encode("latin-1"))
    with pytest.raises(DataError, match=r"a\.csv: cannot be read"):
        _sheets.rows(path)
