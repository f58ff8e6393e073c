"""The reader of Explore Education Statistics, against the publisher's own totals, rates and cells."""

from __future__ import annotations

import pandas as pd
import pytest

import tiny
from helpers import catalogue, geography
from helpers.geography import ENGLAND
from helpers.readers import dfe_tidy
from helpers.schemas import FIGURES, DataError, validate

SOURCE = "dfe-csc"
TRAFFORD, BARNSLEY = "E08000009", "E08000038"
YEAR, DAY = "2024-04-01/P1Y", "2025-03-31"


@pytest.fixture(scope="module")
def reading(raw):
    own = [i for i in catalogue.indicators().values() if i.source == SOURCE]
    return dfe_tidy.read(raw / SOURCE, catalogue.sources()[SOURCE], own, geography.register())


@pytest.fixture(scope="module")
def figures(reading):
    return reading.figures.set_index(["indicator", "area_code", "period"]).sort_index()


def test_every_row_of_the_real_files_is_accounted_for(reading):
    validate(reading.figures, FIGURES, "dfe-csc")
    assert reading.considered == len(reading.figures) + sum(reading.dropped.values())
    # Bournemouth, Poole, Dorset, Cumbria and Northamptonshire; Inner and Outer London
    assert set(reading.dropped) == {
        "abolished area whose successors cover other ground",
        "not a locality, region, nation or the United Kingdom",
        "before the first year that is shown",
    }


# cells of the publisher's files, read by eye: value as published, count, denominator
CELLS = [
    ("rereferrals", TRAFFORD, YEAR, 18.0, 339, 1879),
    ("referrals_no_further_action", TRAFFORD, YEAR, 3.6, 67, 1879),
    ("referrals_assessed_not_in_need", TRAFFORD, YEAR, 22.9, 430, 1879),
    ("repeat_protection_plans", TRAFFORD, YEAR, 27.5, 53, 193),
    ("rereferrals", BARNSLEY, "2012-04-01/P1Y", 27.6, 619, 2242),
    ("rereferrals", ENGLAND, YEAR, 22.6, 142900, 632830),
    ("children_looked_after", TRAFFORD, DAY, 62, 353, 56737),
    ("children_starting_care", TRAFFORD, YEAR, 21, 119, 56737),
    ("care_leavers_suitable_homes", TRAFFORD, YEAR, 91, 128, 141),
    ("three_placements_in_year", TRAFFORD, YEAR, 6, 20, 353),
    ("same_carer_two_years", TRAFFORD, DAY, 76, 90, 119),
    ("children_looked_after", ENGLAND, DAY, 67, 81770, 12183016),
]


@pytest.mark.parametrize("indicator, area, period, published, count, denominator", CELLS)
def test_a_cell_is_the_one_that_stands_in_the_file(figures, indicator, area, period, published, count, denominator):
    row = figures.loc[indicator, area, period]
    assert (row["count"], row["denominator"], row["status"]) == (count, denominator, "final")
    decimals = catalogue.indicators()[indicator].decimals
    assert round(row["value"], decimals) == published


def test_counts_and_population_stand_without_a_published_rate(figures):
    row = figures.loc["referrals", TRAFFORD, YEAR]
    assert (row["count"], row["denominator"]) == (1879, 56737)  # mid-2024 for the year to March 2025
    assert figures.loc[("children_in_need", TRAFFORD, DAY), "count"] == 1517
    assert figures.loc[("population_0_17", TRAFFORD, "2024-06-30"), "value"] == 56737
    factor = figures.loc["factor_domestic_abuse", TRAFFORD, YEAR]
    assert (factor["count"], factor["denominator"]) == (440, 1788)


def test_authorities_add_up_to_the_england_row(reading):
    localities = set(geography.register().localities["area_code"])
    figures = reading.figures
    for indicator in (
        "referrals",
        "children_in_need",
        "children_looked_after",
        "factor_neglect",
        "repeat_protection_plans",
        "child_protection_plans",
        "child_protection_plans_started",
    ):
        newest = figures[(figures["indicator"] == indicator)]
        newest = newest[newest["period"] == newest["period"].max()]
        parts = newest[newest["area_code"].isin(localities)]
        england = newest.set_index("area_code").loc[ENGLAND, "count"]
        hidden = parts["count"].isna().sum()  # suppressed: at most a few children each
        assert parts["count"].sum() == pytest.approx(england, abs=5 + 10 * int(hidden)), indicator
        assert len(parts) == 153
    children = figures[(figures["indicator"] == "population_0_17") & (figures["period"] == "2024-06-30")]
    parts = children[children["area_code"].isin(localities)]["value"]
    assert parts.sum() == children.set_index("area_code").loc[ENGLAND, "value"] == 12_183_016


@pytest.mark.parametrize(
    "indicator, measure, at_least",
    [
        ("referrals", "CPP_Total_Rateper10,000", 1480),
        ("children_in_need", "CIN", 1480),
        ("children_looked_after", "LAC", 740),
        ("child_protection_plans", "CPP_rate", 1470),
        ("child_protection_plans_started", "CPP_Abuse_Rate", 1470),
    ],
)
def test_rates_are_those_that_the_department_publishes_elsewhere(raw, reading, indicator, measure, at_least):
    """LAIT gives the department's own rates, and no counts: ours must round to them for every authority and year."""
    lait = pd.read_parquet(raw / "dfe-lait" / "bds_long_0.parquet").astype(str)
    lait = lait[lait["Short Desc"] == measure]
    lookup = pd.read_csv(raw / "dfe-lait" / "la-lookup.csv", dtype=str, encoding="utf-8-sig")
    code = dict(zip(lookup["old_la_code"], lookup["la_code"], strict=True))
    lait["area_code"] = (
        lait["LA Number"].str.replace(r"\.0$", "", regex=True).map(code).replace(geography.register().recodes)
    )
    lait["year"] = lait["Years"].str[:4]
    lait["theirs"] = pd.to_numeric(lait["Values"], errors="coerce")
    ours = reading.figures[reading.figures["indicator"] == indicator].copy()
    ours["year"] = [str(int(p[:4]) + p.endswith("/P1Y")) for p in ours["period"]]
    both = ours.merge(lait, on=["area_code", "year"]).dropna(subset=["value", "theirs"])
    assert len(both) >= at_least
    rounding = 0.5 if measure == "LAC" else 0.05
    assert (both["value"] - both["theirs"]).abs().max() <= rounding + 1e-6


def test_a_year_divides_by_the_population_of_the_summer_before(reading):
    figures = reading.figures
    population = figures[figures["indicator"] == "population_0_17"].copy()
    population["period"] = [f"{int(p[:4]) + 1}-03-31" for p in population["period"]]
    in_care = figures[figures["indicator"] == "children_looked_after"].dropna(subset=["denominator"])
    both = in_care.merge(population, on=["area_code", "period"])
    assert len(both) == len(in_care) > 790
    assert (both["denominator_x"] == both["value_y"]).all()


def test_symbols_become_reasons(figures):
    assert figures.loc[("children_looked_after", "E09000001", DAY), "status"] == "suppressed"  # City of London: c
    assert figures.loc[("referrals", "E09000012", "2020-04-01/P1Y"), "status"] == "not_available"  # Hackney: x
    assert figures.loc[("referrals", "E10000014", "2023-04-01/P1Y"), "status"] == "unreliable"  # Hampshire: u
    assert figures.loc[("children_looked_after", "E06000063", "2021-03-31"), "status"] == "not_applicable"  # z
    assert figures.loc[figures["status"] != "final", "value"].isna().all()


def test_recoded_and_reorganised_areas_keep_their_history(figures):
    assert len(figures.loc["referrals", BARNSLEY]) == 13
    assert len(figures.loc["referrals", "E06000065"]) == 13  # North Yorkshire, a county until 2023
    assert figures.loc[("referrals", "E06000065", "2012-04-01/P1Y"), "value"] > 0


def test_a_region_whose_rate_leaves_an_authority_out_keeps_the_rate_alone(figures):
    """Yorkshire and The Humber, 2021-22: 1,660 of 7,490 is 22.2%, but 23.6% is published, without Doncaster.

    In England 14,550 of 64,390 is 22.6%, and 22.7% is published, for the same reason.
    """
    row = figures.loc["repeat_protection_plans", "E12000003", "2021-04-01/P1Y"]
    assert row["value"] == 23.6
    assert pd.isna(row["count"]) and pd.isna(row["denominator"])
    alone = figures[figures["value"].notna() & figures["count"].isna()].drop("population_0_17", level="indicator")
    assert set(alone.index) == {("repeat_protection_plans", code, "2021-04-01/P1Y") for code in (ENGLAND, "E12000003")}


# --- tiny files that must be refused -------------------------------------------------------------------------------

HEAD = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,"
    "new_la_code,la_name,kind,referrals,repeats,repeats_percent,people"
)
GOOD = [
    HEAD,
    "2025,Reporting year,National,E92000001,England,,,,,,All,1000,200,20,10000",
    "2025,Reporting year,Local authority,E92000001,England,E12000002,NW,358,E08000009,Trafford,All,40,10,25,1000",
    "2025,Reporting year,Local authority,E92000001,England,E12000003,Yorks,370,E08000016,Barnsley,All,30,c,c,900",
]
SELECT = {
    "file": "a.csv",
    "covers": "year to 31 March",
    "count": "repeats",
    "denominator": "referrals",
    "value": "repeats_percent",
}


def _read(folder, lines=GOOD, unit="pct", **select):
    files = []
    for name in ("a.csv", "b.csv"):
        files.append(tiny.file(name))
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    source = tiny.source("dfe_tidy", files)
    chosen = {k: v for k, v in {**SELECT, **select}.items() if v is not None}
    indicator = tiny.indicator("tiny_one", chosen, theme="family", unit=unit, method="proportion")
    return dfe_tidy.read(folder, source, [indicator], geography.register())


def _refused(folder, *parts, **arguments):
    with pytest.raises(DataError) as caught:
        _read(folder, **arguments)
    for part in parts:
        assert part in str(caught.value)


def test_the_tiny_file_is_read(tmp_path):
    figures = _read(tmp_path).figures.set_index("area_code")
    assert figures.loc[TRAFFORD, ["value", "count", "denominator"]].tolist() == [25, 10, 40]
    assert figures.loc[BARNSLEY, "status"] == "suppressed"
    assert figures.loc[BARNSLEY, "denominator"] == 30
    assert set(figures["period"]) == {YEAR}


def test_financial_years_in_six_digits_are_the_same_years(tmp_path):
    lines = [line.replace("2025,Reporting year", "202425,Financial year") for line in GOOD]
    assert set(_read(tmp_path, lines).figures["period"]) == {YEAR}
    assert set(_read(tmp_path, lines, covers="31 March").figures["period"]) == {DAY}


def test_a_bad_file_is_refused_with_file_row_and_column(tmp_path):
    def line(old, new):
        return [row.replace(old, new) for row in GOOD]

    _refused(tmp_path, "a.csv: row 3, column 'repeats'", "'n/k'", lines=line(",40,10,25,", ",40,n/k,25,"))
    _refused(
        tmp_path,
        "a.csv: row 4, column 'new_la_code'",
        "stands twice",
        "Filter",
        "one of: kind",
        lines=[*GOOD[:3], GOOD[2]],
    )
    _refused(tmp_path, "a.csv: row 1, column 'new_la_code'", "missing", lines=line("new_la_code", "la_code"))
    _refused(
        tmp_path, "a.csv: row 3, column 'repeats_percent'", "25 is published", "33.33", lines=line(",40,10,", ",30,10,")
    )
    _refused(
        tmp_path,
        "a.csv: row 2, column 'time_period'",
        "'2025/26'",
        lines=line("2025,Reporting year,N", "2025/26,Reporting year,N"),
    )
    _refused(tmp_path, "a.csv: row 2, column 'time_period'", "(Week 4)", lines=line("Reporting year,N", "Week 4,N"))
    _refused(tmp_path, "a.csv: row 2, column 'geographic_level'", "'Ward'", lines=line("National", "Ward"))


def test_a_bad_select_is_refused_with_the_indicators_file_and_the_choices(tmp_path):
    here = "data/indicators/tiny_one.yml"
    _refused(tmp_path, here, "key 'colum' is not known", "covers", colum="x")
    _refused(tmp_path, here, "'c.csv' is not there", "'a.csv', 'b.csv'", file="c.csv")
    _refused(tmp_path, here, "'repeat' is not there", "'repeats'", count="repeat")
    _refused(tmp_path, here, "'Every' is not there", "'All'", filters={"kind": "Every"})
    _refused(tmp_path, here, "'sort' is not there", "'kind'", filters={"sort": "All"})
    _refused(tmp_path, here, "covers: 'year'", "'31 March'", covers="year")
    _refused(tmp_path, here, "'repeats_percent' is in 'pct'", unit="per_10k")
    _refused(tmp_path, here, "not a rate", unit="count", value=None)
    _refused(tmp_path, here, "neither 'value' nor 'count'", count=None, value=None)
    _refused(tmp_path, here, "'value' and 'check' are both there", check="repeats_percent")


def test_a_denominator_from_another_file_must_be_found_for_every_row(tmp_path):
    lines = [GOOD[0], *(row.replace("2025,", "2024,", 1) for row in GOOD[1:])]
    other = {"file": "b.csv", "column": "people", "years_before": 1}
    (tmp_path / "b.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures = _read(tmp_path, denominator=other, value=None, unit="per_10k").figures.set_index("area_code")
    assert figures.loc[TRAFFORD, ["value", "denominator"]].tolist() == [100, 1000]
    (tmp_path / "b.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    _refused(
        tmp_path,
        "a.csv: row 4, column 'new_la_code'",
        "E08000016 in 2025 has no row in b.csv",
        denominator=other,
        value=None,
        unit="per_10k",
    )
