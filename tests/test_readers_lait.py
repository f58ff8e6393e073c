"""The Local Authority Interactive Tool: labels, gaps and areas, checked against what publishers say elsewhere."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import catalogue, geography, paths, schemas
from helpers.readers import lait
from helpers.schemas import DataError

FILES = sorted(p for p in paths.INDICATORS.glob("*.yml") if "source: dfe-lait" in p.read_text(encoding="utf-8"))
LINES = [
    "s251_early_years",
    "s251_family_support",
    "s251_young_people",
    "s251_youth_justice",
    "s251_safeguarding",
    "s251_looked_after",
    "s251_other",
]
EARLY, LATE = LINES[:3], ["s251_safeguarding", "s251_looked_after"]
TRAFFORD, SHEFFIELD, BARNSLEY = "E08000009", "E08000039", "E08000038"
MIDDLESBROUGH, CUMBERLAND, LUTON, SLOUGH = "E06000002", "E06000063", "E06000032", "E06000039"


def source():
    return catalogue.load_source(paths.SOURCES / "dfe-lait.yml")


def source_that_declares(*entries):
    """Return the source with other declared cells."""
    files = [
        f if f.name != lait.TABLE else f.model_copy(update={"reads": {"declared": entries}}) for f in source().files
    ]
    return source().model_copy(update={"files": tuple(files)})


def indicator(measure="TotPerAbNew", year="academic", unit="pct", **changes):
    base = catalogue.load_indicator(paths.INDICATORS / "persistent_absence.yml")
    return base.model_copy(update={"select": {"measure": measure, "year": year}, "unit": unit, **changes})


@pytest.fixture(scope="module")
def folder(raw):
    return raw / "dfe-lait"


@pytest.fixture(scope="module")
def everything(folder):
    indicators = [catalogue.load_indicator(path) for path in FILES]
    return lait.read(folder, source(), indicators, geography.load())


@pytest.fixture(scope="module")
def figures(everything):
    return everything.figures.set_index(["indicator", "area_code", "period"]).sort_index()


@pytest.fixture(scope="module")
def spend(everything):
    """Lines of spending, one row for each area and year."""
    rows = everything.figures[everything.figures["indicator"].isin([*LINES, "s251_total", "s251_leaving_care"])]
    return rows.pivot(index=["area_code", "period"], columns="indicator", values="value")


def localities(frame):
    return frame[frame.index.get_level_values("area_code").isin(geography.load().localities["area_code"])]


# ---- labels of years


@pytest.mark.parametrize(
    ("label", "year", "meaning", "status"),
    [
        ("2024", "financial", "2023-04-01/P1Y", "final"),
        ("2024-25 (OT)", "financial", "2024-04-01/P1Y", "final"),
        ("2021/22-23/24", "financial", "2021-04-01/P3Y", "final"),
        ("2025", "academic", "2024-09-01/P1Y", "final"),
        ("2023/24", "academic", "2023-09-01/P1Y", "final"),
        ("2023-24", "academic", "2023-09-01/P1Y", "final"),
        ("2025 (prov)", "academic", "2024-09-01/P1Y", "provisional"),
        ("2025 (Rev)", "academic", "2024-09-01/P1Y", "revised"),
        ("2023", "calendar", "2023-01-01/P1Y", "final"),
        ("2014-16", "calendar", "2014-01-01/P3Y", "final"),
        ("2025", "year_to_30_september", "2024-10-01/P1Y", "final"),
        ("2025", "snapshot_30_september", "2025-09-30", "final"),
        ("2025", "snapshot_31_march", "2025-03-31", "final"),
        ("2025", "december_to_february", "2024-12-01/P3M", "final"),
        # days of the school census, as the department announced them
        ("2024", "snapshot_january", "2024-01-18", "final"),
        ("2021", "snapshot_january", "2021-01-21", "final"),
    ],
)
def test_a_label_is_read_by_its_measure(label, year, meaning, status):
    assert lait.period(label, year) == (meaning, status)


@pytest.mark.parametrize(
    ("label", "year"),
    [
        ("2014-16", "financial"),
        ("2014-15", "calendar"),
        ("2013/14-15/17", "financial"),
        ("2013/15-15/16", "academic"),
        ("2013/14-13/14", "financial"),
        ("2024-25", "snapshot_31_march"),
        ("2024/25", "december_to_february"),
        ("2013/14-15/16", "calendar"),
        ("2025 (guess)", "academic"),
        ("25", "academic"),
        ("0", "academic"),
        ("2024-25(OT)", "financial"),
    ],
)
def test_a_label_that_does_not_fit_is_refused(label, year):
    with pytest.raises(ValueError, match="does not fit the reading"):
        lait.period(label, year)


# ---- the real file


def test_every_row_is_accounted_for(everything, folder):
    table = pd.read_parquet(folder / lait.TABLE, columns=["Short Desc"])
    measures = [catalogue.load_indicator(path).select["measure"] for path in FILES]
    assert len(set(measures)) == len(measures) == len(set(everything.figures["indicator"]))
    assert everything.considered == table["Short Desc"].isin(measures).sum()
    assert everything.considered == len(everything.figures) + sum(everything.dropped.values())
    assert set(everything.dropped) == {
        "abolished area whose successors cover other ground",
        "not a locality, region, nation or the United Kingdom",  # Inner and Outer London
    }


def test_the_figures_and_releases_are_in_our_schema(everything):
    schemas.validate(everything.figures.sort_values(schemas.FIGURES.unique), schemas.FIGURES, "figures.csv")
    schemas.validate(everything.releases, schemas.RELEASES, "releases.csv")
    shown = everything.figures["area_code"].unique()
    assert len(shown) == 153 + 9 + 1


@pytest.mark.parametrize(
    ("name", "area", "period", "value"),
    [
        # read by hand in the publisher's table
        ("persistent_absence", TRAFFORD, "2024-09-01/P1Y", 12.6),
        ("persistent_absence", geography.ENGLAND, "2020-09-01/P1Y", 12.08),
        ("permanent_exclusions", TRAFFORD, "2023-09-01/P1Y", 0.11866),
        ("permanent_exclusions", TRAFFORD, "2020-09-01/P1Y", 0.03999),  # written 3.9989999999999998E-2
        ("under_18_alcohol_admissions", TRAFFORD, "2021-04-01/P3Y", 12.03),
        ("free_school_meals_primary", TRAFFORD, "2025-01-16", 17.0),
        ("neet_or_not_known_16_17", TRAFFORD, "2024-12-01/P3M", 4.2),
        ("agency_social_workers", TRAFFORD, "2021-09-30", 40.4),
        ("infant_mortality", geography.ENGLAND, "2023-01-01/P1Y", 3.9),
        ("higher_education_by_19_fsm", TRAFFORD, "2023-09-01/P1Y", 30.4),
        ("s251_early_years", TRAFFORD, "2024-04-01/P1Y", 2188886.0),
        ("s251_young_people", TRAFFORD, "2020-04-01/P1Y", 0.0),  # a zero stays a zero
        ("s251_leaving_care", TRAFFORD, "2024-04-01/P1Y", 3373153.0),
        ("unit_cost_looked_after", TRAFFORD, "2024-04-01/P1Y", 1720.0),
        ("first_time_entrants_youth_justice", "E12000001", "2024-01-01/P1Y", 181.0),
    ],
)
def test_cells_read_by_hand(figures, name, area, period, value):
    assert figures.at[(name, area, period), "value"] == value


def test_each_gap_has_its_reason(figures):
    def status(*key):
        return figures.at[key, "status"]

    assert status("good_level_of_development", TRAFFORD, "2019-09-01/P1Y") == "not_available"
    assert status("persistent_absence", geography.ENGLAND, "2019-09-01/P1Y") == "not_available"
    assert status("s251_looked_after", MIDDLESBROUGH, "2024-04-01/P1Y") == "not_submitted"
    assert status("s251_looked_after", MIDDLESBROUGH, "2023-04-01/P1Y") == "final"
    assert status("s251_total", LUTON, "2022-04-01/P1Y") == "reason_not_given"
    assert status("attainment_8", CUMBERLAND, "2021-09-01/P1Y") == "not_applicable"  # founded in April 2023
    assert status("attainment_8", CUMBERLAND, "2022-09-01/P1Y") == "final"
    assert status("phonics_year_1", TRAFFORD, "2024-09-01/P1Y") == "provisional"
    assert figures.loc["first_time_entrants_youth_justice"].loc[geography.ENGLAND, "status"].eq("not_available").all()


def test_barnsley_and_sheffield_come_under_their_new_codes(figures):
    for code in (BARNSLEY, SHEFFIELD):
        assert figures.loc["persistent_absence"].loc[code, "value"].notna().sum() == 9
    assert not {"E08000016", "E08000019"} & set(figures.index.get_level_values("area_code"))


def test_release_dates_are_the_dictionarys_unless_they_cannot_be(everything):
    releases = everything.releases.set_index(["indicator", "period"])["release_date"]
    assert releases["persistent_absence", "2024-09-01/P1Y"] == "2026-03-01"  # Excel day 46082
    assert releases["child_in_need_persistent_absence", "2024-09-01/P1Y"] == "2026-04-01"  # the later of two entries
    assert releases["participation_16_17", "2024-03-31"] == "2025-02-01"
    assert releases["participation_16_17", "2025-03-31"] == "2026-04-08"  # 'updated' before the day it describes
    ends = pd.Series([lait.periods.end(period).isoformat() for period in releases.index.get_level_values("period")])
    assert (ends.to_numpy() < releases.to_numpy()).all()


# ---- against figures that others published


def test_absence_is_that_of_the_national_office(figures, raw):
    theirs = pd.read_csv(raw / "ons-els" / "persistent-absences-for-all-pupils.csv", encoding="utf-8-sig")
    theirs["areacd"] = theirs["areacd"].replace(geography.load().recodes)
    theirs["year"] = theirs["period"].str[:4]
    ours = figures.loc["persistent_absence"].reset_index().dropna(subset="value")
    ours["year"] = ours["period"].str[:4]
    both = ours.merge(theirs, left_on=["area_code", "year"], right_on=["areacd", "year"])
    assert len(both) > 1000 and both["area_code"].nunique() > 100
    assert ((both["value"] - both["observation"]).abs() < 0.0051).all()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("social_worker_turnover", "turnover_rate_fte"),
        ("agency_social_workers", "agency_rate_fte"),
        ("social_worker_caseload", "caseload_fte"),
    ],
)
def test_the_workforce_is_that_of_the_departments_own_release(figures, raw, name, column):
    theirs = pd.read_csv(raw / "dfe-csc" / "csww_indicators_2017_to_2025.csv", dtype=str)
    code = theirs["new_la_code"].fillna(theirs["region_code"]).fillna(theirs["country_code"])
    theirs["area_code"] = code.replace(geography.load().recodes)
    theirs["published"] = pd.to_numeric(theirs[column], errors="coerce")
    ours = figures.loc[name].reset_index()
    ours["time_period"] = ours["period"].str[:4].astype(int)
    ours["time_period"] = (ours["time_period"] + ours["period"].str.contains("/")).astype(str)  # the year it ends
    both = ours.merge(theirs, on=["area_code", "time_period"]).dropna(subset=["value", "published"])
    same = (both["value"] - both["published"]).abs() < 0.051
    assert len(both) > 1200
    assert same.mean() > 0.99  # the department has since revised a few


def test_a_single_financial_year_is_the_year_it_ends_in(folder, raw):
    theirs = pd.read_csv(raw / "ohid-fingertips" / "la_hospital_admissions_2324.csv", dtype={"Category Type": str})
    theirs = theirs[(theirs["Sex"] == "Persons") & theirs["Category Type"].isna()].drop_duplicates(
        ["Area Code", "Time period"]
    )
    theirs["period"] = theirs["Time period"].str[:4] + "-04-01/P1Y"
    one = indicator("HospAd0-14", "financial", "per_10k")
    ours = lait.read(folder, source(), [one], geography.load()).figures.dropna(subset="value")
    both = ours.merge(theirs, left_on=["area_code", "period"], right_on=["Area Code", "period"])
    assert len(both) > 1000
    assert ((both["value"] - both["Value"]).abs() < 0.0051).all()


def test_seven_lines_of_spending_make_the_total(spend):
    gap = localities((spend["s251_total"] - spend[LINES].sum(axis=1, min_count=7)).to_frame("gap"))["gap"].dropna()
    # the total of Slough for 2017-18 leaves youth justice out; all others are exact but for rounding
    assert gap[(SLOUGH, "2017-04-01/P1Y")] == -spend.at[(SLOUGH, "2017-04-01/P1Y"), "s251_youth_justice"]
    assert gap.drop((SLOUGH, "2017-04-01/P1Y")).abs().max() <= 2
    assert len(gap) > 1300
    # so leaving care is not an eighth line: it is within the spending on looked-after children
    assert not (spend["s251_leaving_care"] > spend["s251_looked_after"]).any()


def test_england_is_the_sum_of_its_councils_in_the_latest_year(spend):
    latest = spend.xs("2024-04-01/P1Y", level="period")
    councils = latest[latest.index.isin(geography.load().localities["area_code"])]
    assert ((latest.loc[geography.ENGLAND] - councils.sum()).abs() < 10).all()


def test_the_early_share_of_spending_fell(spend):
    complete = localities(spend)[EARLY + LATE].dropna()
    sums = complete.groupby("period").sum()
    share = 100 * sums[EARLY].sum(axis=1) / sums.sum(axis=1)
    assert round(share["2016-04-01/P1Y"], 1) == 26.4
    assert round(share["2024-04-01/P1Y"], 1) == 19.0
    assert complete.groupby("period").size()["2024-04-01/P1Y"] == 151


def test_zero_lines_are_kept(spend):
    assert (localities(spend)[LINES[:6]] == 0).sum().sum() == 74


def test_declared_cells_would_fail_when_the_publisher_mends_them(folder):
    entry = {"why": "a test", "measures": ["TotPerAbNew"], "labels": ["2021"], "status": "not_available"}
    with pytest.raises(DataError, match=r"row \d+, column 'Values': '[\d.]+' is not '-', which .* 'a test' expects"):
        lait.read(folder, source_that_declares(entry), [indicator()], geography.load())


@pytest.mark.parametrize(
    "entry",
    [
        {"measures": ["TotPerAbNew"], "labels": ["2021"], "status": "not_available"},
        {"why": "a test", "measures": ["TotPerAb"], "labels": ["2021"], "status": "not_available"},
        {"why": "a test", "measures": ["TotPerAbNew"], "labels": ["2021"], "status": "missing"},
        {"why": "a test", "measures": ["TotPerAbNew"], "label": ["2021"], "status": "not_available"},
        {"why": "a test", "measures": ["TotPerAbNew"], "status": "not_available"},
    ],
)
def test_a_bad_declaration_is_refused(folder, entry):
    with pytest.raises(DataError, match=r"data/sources/dfe-lait\.yml: .* is missing or not known\. Write why"):
        lait.read(folder, source_that_declares(entry), [indicator()], geography.load())


# ---- bad input, in a small copy of the format


@pytest.fixture
def small(tmp_path):
    """Write the three files with one measure, and return a function that reads them after a change."""

    def go(rows=(), columns=None, dictionary=(), one=None):
        table = pd.DataFrame(
            [
                ("TotPerAbNew", "2024", "Trafford", "14.34", 358.0),
                ("TotPerAbNew", "2024", "England", "19.949999999999999", 970.0),
                ("TotPerAbNew", "2024", "Yorkshire and the Humber", "-", 982.0),
                ("TotPerAbNew", "2024", "London (Inner)", "17", 987.0),
                ("TotPerAbNew", "2024", "Cumbria", "20", 909.0),
                *rows,
            ],
            columns=lait.TABLE_COLUMNS,
        )
        table.rename(columns=columns or {}).to_parquet(tmp_path / lait.TABLE)
        entries = [("TotPerAbNew", "Academic Year", "% of persistent absence", "46082"), *dictionary]
        pd.DataFrame(entries, columns=lait.DICTIONARY_COLUMNS).to_csv(tmp_path / lait.DICTIONARY, index=False)
        (tmp_path / lait.LOOKUP).write_text("la_code,old_la_code\nE08000009,358\n", encoding="utf-8")
        return lait.read(tmp_path, source_that_declares(), [one or indicator()], geography.load())

    return go


def test_a_small_table_is_read(small):
    taken = small()
    assert taken.considered == 5
    assert sum(taken.dropped.values()) == 2
    values = taken.figures.set_index("area_code")["value"]
    assert (values[TRAFFORD], values[geography.ENGLAND]) == (14.34, 19.95)
    assert taken.figures.set_index("area_code").at["E12000003", "status"] == "reason_not_given"


def test_words_for_a_date_fall_back_to_the_files_date(small):
    other = indicator("New", "academic")
    rows = [("New", "2024", "Trafford", "1", 358.0)]
    taken = small(rows=rows, dictionary=[("New", "Academic Year", "% of pupils", "New Data")], one=other)
    assert set(taken.releases["release_date"]) == {"2026-04-08"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("2024", "Bury", "c", 358.0), "row 7, column 'Values': 'c' is not a number or '-'"),
        (("2024", "Bury", None, 358.0), "row 7, column 'Values'"),
        (("2024", "Bury", "1,200", 358.0), "row 7, column 'Values': '1,200' is not a number"),
        (("2023 to 24", "Bury", "1", 358.0), "row 7, column 'Years': persistent_absence: label '2023 to 24'"),
        (("2022-24", "Bury", "1", 358.0), "label '2022-24' does not fit the reading 'academic'"),
        (("2024", "Nowhere", "1", 999.0), "row 7, column 'LA Number': '999' (Nowhere) is not a known area"),
        (("2024", "Nowhere", "1", float("nan")), "row 7, column 'LA Number'"),
    ],
)
def test_a_bad_row_is_refused(small, row, says):
    with pytest.raises(DataError) as error:
        small(rows=[("TotPerAbNew", *row)])
    assert f"{lait.TABLE}: " in str(error.value) and says in str(error.value)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (indicator(measure="TotPerAb"), "select.measure 'TotPerAb' is not a Measure_short"),
        (indicator(measure="TotPerAb"), "Nearest: TotPerAbNew"),
        (
            indicator(year="accademic"),
            "select.year 'accademic' is not known. Use one of: financial, academic, calendar",
        ),
        (
            indicator(year="calendar"),
            "the publisher says 'Academic Year'. Use one of: academic, snapshot_january.",
        ),
        (
            indicator(unit="per_10k"),
            "unit 'per_10k' does not fit: the publisher writes '% of persistent absence'. Use one of: pct.",
        ),
        (
            indicator().model_copy(update={"select": {"measure": "TotPerAbNew"}}),
            "key 'select.year' is missing",
        ),
        (
            indicator().model_copy(update={"select": {"measure": "TotPerAbNew", "year": "academic", "sex": "all"}}),
            "key 'select.sex' is not known. Use: measure, year.",
        ),
    ],
)
def test_a_bad_select_is_refused(small, one, says):
    with pytest.raises(DataError) as error:
        small(one=one)
    assert "data/indicators/persistent_absence.yml: " in str(error.value) and says in str(error.value)


def test_a_lost_column_or_measure_is_refused(small):
    with pytest.raises(DataError, match=r"bds_long_0\.parquet: row 1, column 'Values': the column is missing"):
        small(columns={"Values": "Value"})
    known_only_by_name = [("Gone", "Academic Year", "% of pupils", "46082")]
    with pytest.raises(DataError, match="no rows for Gone"):
        small(dictionary=known_only_by_name, one=indicator("Gone"))


def test_two_entries_of_the_dictionary_must_agree(small):
    with pytest.raises(DataError, match=r"row 3, column 'Year_Type': two entries of 'TotPerAbNew' disagree"):
        small(dictionary=[("TotPerAbNew", "Calendar Year", "% of persistent absence", "46082")])


# ---- the classification of the lines


def test_the_classification_names_every_line_once():
    rows = schemas.read(paths.REFERENCE / "spend_classification.csv", schemas.CLASSIFICATION)
    stages = rows[rows["account"] == "s251"].set_index("indicator")["stage"]
    assert sorted(stages.index) == sorted(p.stem for p in FILES if p.stem.startswith("s251_"))
    added = set(stages.index[~stages.isin(["part", "total"])])
    assert added == set(LINES)  # what is not a sum, or part of another line, makes the total and no more
    assert set(stages.index[stages == "early"]) == set(EARLY) and set(stages.index[stages == "late"]) == set(LATE)
