"""The reader of ONS Explore Local Statistics, against cells of the real files and the publishers' England rows."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import tiny
from helpers import catalogue, geography, periods
from helpers.geography import ENGLAND
from helpers.readers import els
from helpers.schemas import FIGURES, DataError, validate

SOURCE = "ons-els"
TRAFFORD = "E08000009"


def own():
    return [i for i in catalogue.indicators().values() if i.source == SOURCE]


@pytest.fixture(scope="module")
def reading(raw):
    return els.read(raw / SOURCE, catalogue.sources()[SOURCE], own(), geography.register())


@pytest.fixture(scope="module")
def figures(reading):
    return reading.figures.set_index(["indicator", "area_code", "period"]).sort_index()


def test_every_row_of_the_real_files_is_accounted_for(raw, reading):
    validate(reading.figures, FIGURES, SOURCE)
    assert reading.considered == len(reading.figures) + sum(reading.dropped.values())
    # every row of the files that an indicator names, and no other, was considered
    expected = 0
    for indicator in own():
        table = pd.read_csv(raw / SOURCE / indicator.select["file"], dtype=str, encoding="utf-8-sig")
        expected += int((table["indicator"] == indicator.select["indicator"]).sum())
    assert reading.considered == expected
    assert reading.dropped["before the first year that is shown"] > 10_000
    assert reading.dropped["two authorities together"] == 44  # Hackney with the City, Cornwall with Scilly: 22 periods


# cells of the publisher's files, read by eye
CELLS = [
    ("claimant_count", TRAFFORD, "2025-01-01/P1Y", 3.0, None, None),
    ("claimant_count", ENGLAND, "2025-01-01/P1Y", 4.0, None, None),
    ("healthy_life_expectancy_male", TRAFFORD, "2022-01-01/P3Y", 63.8, 60.4, 67.1),
    ("healthy_life_expectancy_female", TRAFFORD, "2022-01-01/P3Y", 65.2, 61.3, 69.1),
    # in this file the columns stand in another order
    ("anxiety", TRAFFORD, "2022-04-01/P1Y", 3.55, 3.18, 3.93),
    ("worthwhile", TRAFFORD, "2022-04-01/P1Y", 7.71, 7.43, 8),
    ("happiness", TRAFFORD, "2022-04-01/P1Y", 7.28, 7.05, 7.52),
    ("life_satisfaction", TRAFFORD, "2022-04-01/P1Y", 7.46, 7.25, 7.66),
    ("library_within_30_minutes", TRAFFORD, "2024-05-15", 93, None, None),
    ("children_relative_poverty_ahc", TRAFFORD, "2024-04-01/P1Y", 15.80529564, None, None),
    ("disposable_income_per_head", TRAFFORD, "2023-01-01/P1Y", 28557, None, None),
    ("housing_affordability_ratio", TRAFFORD, "2025-04-01", 8.67, None, None),
    ("adult_obesity", ENGLAND, "2024-11-16/P1Y", 26.64292, 26.41749, 26.87557),
    ("no_qualifications", "E06000049", "2022-01-01/P1Y", 6.5, 4.0, 9.0),
]


@pytest.mark.parametrize(("indicator", "area", "period", "value", "lower", "upper"), CELLS)
def test_a_cell_is_the_one_that_stands_in_the_file(figures, indicator, area, period, value, lower, upper):
    row = figures.loc[indicator, area, period]
    assert row["value"] == value
    assert (None if pd.isna(row["lower"]) else row["lower"]) == lower
    assert (None if pd.isna(row["upper"]) else row["upper"]) == upper


def test_missing_and_unreliable_values_say_so(figures):
    assert figures.loc[("no_qualifications", "E06000049", "2023-01-01/P1Y"), "status"] == "not_available"  # x
    doubtful = figures.loc["no_qualifications", "E06000050", "2023-01-01/P1Y"]  # 5.2, with a note that says unreliable
    assert doubtful["status"] == "unreliable" and pd.isna(doubtful["value"])
    assert figures.loc[("employment_rate", "E09000001", "2022-01-01/P1Y"), "status"] == "unreliable"  # u
    assert figures.loc[("disposable_income_per_head", TRAFFORD, "2023-01-01/P1Y"), "status"] == "provisional"
    assert figures.loc[("disposable_income_per_head", TRAFFORD, "2022-01-01/P1Y"), "status"] == "final"


def test_long_series_are_kept_for_fifteen_years_at_most(reading):
    for indicator, rows in reading.figures.groupby("indicator"):
        assert rows["period"].nunique() <= 15, indicator


def test_every_indicator_but_child_poverty_has_england(figures):
    """The collection holds no England row of child poverty; the indicators say so."""
    without = {i.id for i in own() if ENGLAND not in figures.loc[i.id].index.get_level_values("area_code")}
    assert without == {"children_relative_poverty_ahc", "children_relative_poverty_bhc"}


def test_old_codes_move_to_new_ones(figures):
    for indicator in ("claimant_count", "adult_obesity", "housing_affordability_ratio"):
        areas = set(figures.loc[indicator].index.get_level_values("area_code"))
        assert {"E08000038", "E08000039"} <= areas
        assert not {"E08000016", "E08000019"} & areas
        assert len(areas & set(geography.register().england["area_code"])) == 153


@pytest.mark.parametrize(
    ("indicator", "tolerance"),
    [("disposable_income_per_head", 150), ("library_within_30_minutes", 0.7), ("employment_rate", 0.5)],
)
def test_weighted_by_population_the_localities_make_the_england_row(raw, figures, indicator, tolerance):
    """Two files that know nothing of one another: a shifted row or a wrong unit would show."""
    register = geography.register()
    people = pd.read_csv(raw / "ons-population-mid2023" / "age.csv", usecols=["code", "all"])
    weight = people.groupby(people["code"].map(register.locality_of))["all"].sum()
    newest = figures.loc[indicator].reset_index()
    newest = newest[newest["period"] == newest["period"].max()].set_index("area_code")["value"]
    localities = newest[newest.index.isin(weight.index)].dropna()
    mean = (localities * weight[localities.index]).sum() / weight[localities.index].sum()
    assert mean == pytest.approx(newest[ENGLAND], abs=tolerance)


def test_the_release_date_is_the_source_date_of_the_json(raw, reading):
    source = catalogue.sources()[SOURCE]
    dates = {f.name: f.release_date for f in source.files}
    for release in reading.releases.itertuples():
        about = json.loads((raw / SOURCE / release.file.replace(".csv", ".json")).read_text(encoding="utf-8"))
        day, month, year = (about["ess-beta-metadata"].get("shared") or about["ess-beta-metadata"])["sourceDate"].split(
            "/"
        )
        assert release.release_date == f"{year}-{month}-{day}" == dates[release.file]
        assert periods.end(release.period).isoformat() < release.release_date


# --- tiny files that must be refused -------------------------------------------------------------------------------

HEAD = "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
GOOD = [
    HEAD,
    "E92000001,England,Nation,Kites,2024-01-01/P1Y,5,Percentage,%,4,6,,",
    "E08000009,Trafford,Local Authority District,Kites,2024-01-01/P1Y,7,Percentage,%,6,8,,",
    "E08000009,Trafford,Local Authority District,Kites,2019-01-01/P1Y,6,Percentage,%,,,,",
    "E06000053,Isles of Scilly,County or Unitary Authority,Kites,2024-01-01/P1Y,,Percentage,%,,,x,",
    "TLD3,Greater Manchester,ITL Level 2,Kites,2024-01-01/P1Y,7,Percentage,%,6,8,,",
]


def _read(folder, lines=GOOD, unit="pct", about=None, **select):
    files = [tiny.file("kites.csv")]
    # a byte order mark, as some of the real files have
    (folder / "kites.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    if about is not None:
        (folder / "kites.json").write_text(json.dumps({"ess-beta-metadata": about}), encoding="utf-8")
        files.append({**files[0], "name": "kites.json"})
    source = tiny.source("els", files)
    indicator = tiny.indicator(
        "kites", {"file": "kites.csv", "indicator": "Kites", **select}, theme="community", unit=unit
    )
    return els.read(folder, source, [indicator], geography.register())


def _refused(folder, *parts, **arguments):
    with pytest.raises(DataError) as caught:
        _read(folder, **arguments)
    for part in parts:
        assert part in str(caught.value)


def test_the_tiny_file_is_read_and_what_is_left_out_is_counted(tmp_path):
    reading = _read(tmp_path, since="2020-01-01")
    assert reading.considered == 5 and len(reading.figures) == 3
    assert reading.dropped == {
        "before the first year that is shown": 1,
        "statistical region (ITL), which is no authority": 1,
    }
    assert set(reading.releases["release_date"]) == {"2025-02-01"}


@pytest.mark.parametrize(
    "about",
    [{"sourceDate": "24/12/2025"}, {"shared": {"sourceDate": "24/12/2025"}}, {"Kites": {"sourceDate": "24/12/2025"}}],
)
def test_the_source_date_is_found_at_the_level_where_it_stands(tmp_path, about):
    assert set(_read(tmp_path, about=about).releases["release_date"]) == {"2025-12-24"}


def test_a_bad_file_is_refused_with_file_row_and_column(tmp_path):
    def line(old, new):
        return [row.replace(old, new) for row in GOOD]

    _refused(tmp_path, "kites.csv: row 5, column 'status'", "'q'", lines=line(",,,x,", ",,,q,"))
    _refused(tmp_path, "kites.csv: row 5, column 'observation'", "no number", lines=line(",,,x,", ",,,,"))
    _refused(
        tmp_path,
        "kites.csv: row 3, column 'observation'",
        "'7*'",
        lines=line("P1Y,7,Percentage,%,6,8,,", "P1Y,7*,Percentage,%,6,8,,"),
    )
    _refused(tmp_path, "kites.csv: row 3, column 'areacd'", "stands twice", lines=[GOOD[0], GOOD[2], GOOD[2]])
    _refused(tmp_path, "kites.csv: row 1, column 'uci_95'", "missing", lines=line("uci_95", "upper"))
    _refused(tmp_path, "kites.csv: row 2, column 'measure'", "'Rate'", "'pct'", lines=line("5,Percentage", "5,Rate"))
    _refused(tmp_path, "kites.csv: row 2, column 'measure'", "'Percentage'", "'gbp'", unit="gbp")
    _refused(tmp_path, "kites.csv: row 3, column 'notes'", "'Guess'", lines=line("%,6,8,,", "%,6,8,,Guess"))
    _refused(
        tmp_path,
        "kites.csv: row 2, column 'period'",
        "'2024'",
        lines=line("Nation,Kites,2024-01-01/P1Y", "Nation,Kites,2024"),
    )
    _refused(tmp_path, "kites.json", "'soon' is not a date", about={"sourceDate": "soon"})


def test_a_bad_select_is_refused_with_the_indicators_file_and_the_choices(tmp_path):
    here = "data/indicators/kites.yml"
    _refused(tmp_path, here, "key 'from' is not known", "since", **{"from": "2020"})
    _refused(tmp_path, here, "'kytes.csv' is not there", "'kites.csv'", file="kytes.csv")
    _refused(tmp_path, here, "'Kytes' is not there", "'Kites'", indicator="Kytes")
    _refused(tmp_path, here, "unit 'ratio'", "pct", unit="ratio")


def test_a_declared_wrong_unit_fails_when_the_publisher_mends_it(tmp_path):
    stated = {"measure": "Percentage", "unit": "%", "because": "it is a ratio"}
    assert set(_read(tmp_path, unit="ratio", stated=stated).figures["unit"]) == {"ratio"}
    mended = [row.replace("Percentage,%", "Ratio,Ratio") for row in GOOD]
    _refused(tmp_path, "kites.csv: row 2, column 'measure'", "'Ratio'", lines=mended, unit="ratio", stated=stated)
