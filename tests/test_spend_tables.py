"""Spend of all localities at once: sums to the pound with the publishers' own rows, and what is held against need."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from helpers import bundles, catalogue, geography, paths, schemas, settings, spend_tables

LINES = {
    # publisher's name: (ours, stage), copied from the publisher's dictionary by hand
    "SureStartFinance": "early",
    "FamilySupportFinance": "early",
    "YoungPeopleFinance": "early",
    "SafeguardingFinance": "late",
    "TotalLACFinance": "late",
    "YouthJusticeFinance": "unclassified",
    "OtherChildren&FamilyFinance": "unclassified",
}
TOTAL = "C&YPExpenditure"
ABOLISHED = {835, 836, 837, 909, 928}  # Dorset, Poole, Bournemouth, Cumbria, Northamptonshire: no locality today


@pytest.fixture(scope="module")
def register():
    return geography.load()


@pytest.fixture(scope="module")
def classification():
    return schemas.read(paths.REFERENCE / "spend_classification.csv", schemas.CLASSIFICATION)


@pytest.fixture(scope="module")
def exceptions():
    return schemas.read(paths.REFERENCE / "spend_exceptions.csv", schemas.SPEND_EXCEPTIONS)


@pytest.fixture(scope="module")
def rows(register):
    return bundles.measured(bundles.figures(settings.load()["edition"]), register)


@pytest.fixture(scope="module")
def sums(rows, register, classification, exceptions):
    return spend_tables.early_late(rows, register, classification, exceptions)


@pytest.fixture(scope="module")
def lait(raw):
    """The publisher's own rows, read here without our reader."""
    table = pd.read_parquet(raw / "dfe-lait" / "bds_long_0.parquet")
    table = table[table["Short Desc"].isin([*LINES, TOTAL])]
    return table.assign(value=pd.to_numeric(table["Values"], errors="coerce"), year=table["Years"].str[:7])


def test_every_stage_of_section_251_is_the_sum_of_the_publishers_rows_to_the_pound(sums, lait):
    councils = lait[(lait["LA Number"] < 970) & ~lait["LA Number"].isin(ABOLISHED)]
    ours = sums[sums["account"] == "s251"].set_index(["area_code", "financial_year"])
    for year in sorted(lait["year"].unique()):
        own = ours.xs(year, level="financial_year")
        theirs = councils[councils["year"] == year]
        for stage in ("early", "late", "unclassified"):
            lines = theirs[theirs["Short Desc"].isin([k for k, s in LINES.items() if s == stage])]
            published = lines.pivot(index="LA Number", columns="Short Desc", values="value").sum(axis=1, skipna=False)
            assert own[stage].sum() == published.sum(), (year, stage)
            assert own[stage].notna().sum() == published.notna().sum()
        assert own["total"].sum() == theirs.loc[theirs["Short Desc"] == TOTAL, "value"].sum()


def test_the_publishers_england_is_the_sum_of_all_its_councils(lait):
    """So that nothing but what is named here lies between the localities and England."""
    councils = lait[lait["LA Number"] < 970].groupby(["Short Desc", "year"])["value"].sum()
    england = lait[lait["LA Number"] == 970].set_index(["Short Desc", "year"])["value"]
    gap = (england - councils).round()
    odd = gap[gap.abs() > 10]  # each of some 150 councils is rounded to the pound
    assert odd.to_dict() == {("TotalLACFinance", "2017-18"): 60_000_000, (TOTAL, "2017-18"): 60_000_000}


FOLDER = "mhclg-revenue-outturn"
RO3 = {
    # year: file, sheet, row of the services' names, row of the other headers (counted from 1)
    "2022-23": ("RO3_2022-23_data_by_LA.ods", "RO3_LA_Data_2022-23", 11, 12),
    "2023-24": ("RO3_2023-24_data_by_LA.ods", "RO3_LA_Data_2023-24", 11, 12),
    "2024-25": ("RO3_LA_Data_2024-25_data_by_LA.ods", "RO3_LA_Data_202425", 7, 7),
}


def plain(cell) -> str:
    return " ".join(str(cell).replace("-", " ").split()).casefold()


@pytest.mark.parametrize("year", RO3)
def test_every_line_of_ro3_is_the_sum_of_the_publishers_rows_to_the_pound(raw, sums, register, year):
    """Read the sheet here without our reader; only current councils of upper tiers are localities."""
    name, sheet, services, header = RO3[year]
    cells = CalamineWorkbook.from_path(str(raw / FOLDER / name)).get_sheet_by_name(sheet).to_python()
    titles, named, service = [plain(c) for c in cells[header - 1]], [], ""
    for over, title in zip(cells[services - 1], titles, strict=True):
        service = plain(over) or service
        named.append(f"{service} {title}" if services != header else title)
    places = [
        i
        for i, t in enumerate(named)
        if t.startswith(("children's social care", "total children"))
        and "total expenditure" in t
        and "of which" not in t
    ]
    assert len(places) == 9, [named[i] for i in places]
    codes = set(register.localities["area_code"])
    codes -= {"E09000015"} if year == "2023-24" else set()  # Harrow: a line is declared missing, so it has no late sum
    by_old = dict(register.recodes)
    total = 0.0
    for row in cells[header:]:
        code = by_old.get(row[titles.index("ons code")], row[titles.index("ons code")])
        numbers = [row[i] for i in places]
        if code in codes and all(isinstance(n, (int, float)) for n in numbers):
            total += sum(numbers)
    ours = sums[(sums["account"] == "ro3") & (sums["financial_year"] == year) & sums["area_code"].isin(codes)]
    made = ours[["early", "late", "unclassified", "total"]].sum().sum()  # the eight lines, and their total
    assert round(made) == round(1000 * total)


RSX = {
    # year: file, sheet ("" for CSV), row of the headers, councils that sent a return
    "2021-22": ("RSX_2021-22_data_by_LA_Live.csv", "", 11, 151),
    "2022-23": ("RSX_2022-23_data_by_LA.ods", "RSX_LA_Data_2022-23", 11, 147),
    "2023-24": ("RSX_2023-24_data_by_LA.ods", "RSX_LA_Data_2023-24", 11, 142),
    "2024-25": ("RSX_LA_Data_2024-25_data_by_LA.ods", "RSX_LA_Data_202425", 7, 150),
}


def amount(cell) -> float | None:
    try:
        return float(str(cell).replace(",", ""))
    except ValueError:  # [x]: no return
        return None


@pytest.mark.parametrize("year", RSX)
@pytest.mark.parametrize(
    "indicator", ["rsx_total", "rsx_adult_social_care", "rsx_children_social_care", "rsx_public_health"]
)
def test_the_whole_council_is_the_sum_of_the_publishers_rows_to_the_pound(raw, rows, register, indicator, year):
    """Read RSX here without our reader."""
    name, sheet, header, councils = RSX[year]
    if sheet:
        cells = CalamineWorkbook.from_path(str(raw / FOLDER / name)).get_sheet_by_name(sheet).to_python()
    else:
        with open(raw / FOLDER / name, encoding="utf-8-sig", newline="") as stream:
            cells = list(csv.reader(stream))
    titles = [plain(c) for c in cells[header - 1]]
    line = plain(catalogue.indicators()[indicator].select["line"])
    (place,) = [i for i, t in enumerate(titles) if t.startswith(line) and "net current expenditure" in t]
    codes, by_old, at = set(register.localities["area_code"]), dict(register.recodes), titles.index("ons code")
    of_upper_tiers = [row for row in cells[header:] if by_old.get(row[at], row[at]) in codes]
    published = [n for n in (amount(row[place]) for row in of_upper_tiers) if n is not None]
    period = f"{year[:4]}-04-01/P1Y"
    own = rows[(rows["indicator"] == indicator) & (rows["period"] == period) & rows["area_code"].isin(codes)]
    assert round(1000 * own["value"].sum()) == round(1000 * sum(published))
    assert own["value"].notna().sum() == len(published) == councils


def test_early_late_and_neither_make_the_total_of_every_locality(sums):
    whole = sums[sums["total"].notna() & (sums["note"] == "")]
    made = whole[["early", "late", "unclassified"]].sum(axis=1) + whole["difference"]
    assert (made - whole["total"]).abs().max() < 0.005
    assert whole.groupby("account")["difference"].apply(lambda d: d.abs().max()).to_dict() == {"ro3": 2000, "s251": 2}
    assert len(whole) > 1700
    assert (sums["note"] != "").sum() == 3


def test_a_build_stops_at_a_line_that_does_not_add_up(rows, register, classification, exceptions):
    spoilt = rows.copy()
    line = (spoilt["indicator"] == "s251_safeguarding") & (spoilt["area_code"] == "E08000009")
    line &= spoilt["period"] == "2023-04-01/P1Y"
    spoilt.loc[line, "value"] += 1000
    with pytest.raises(schemas.DataError) as error:
        spend_tables.early_late(spoilt, register, classification, exceptions)
    (said,) = error.value.faults
    assert "Trafford (E08000009), 2023-24" in said and "s251_total" in said and "−£1,000" in said


# ---- given need


@pytest.fixture(scope="module")
def given(rows, register, classification):
    return spend_tables.given_need(rows, register, classification)


def test_need_holds_neither_spend_nor_outcomes(classification):
    """Whatever predicts spend is context or need of people: never a pound, a service used, or a result."""
    known = catalogue.indicators()
    for measure in spend_tables.measures_of(classification):
        for name in measure.predictors:
            if name.startswith("share_"):
                continue  # made of the population alone
            assert known[name].chapter in ("needs", "context")
            assert not known[name].unit.startswith("gbp")
            assert known[name].source not in ("mhclg-revenue-outturn", "dfe-csc")
        assert not set(measure.predictors) & {*measure.plus, *measure.minus}


def test_every_locality_has_a_reading_or_a_reason(given, register):
    table, records = given
    for measure, part in table.groupby("measure"):
        assert set(part["area_code"]) == set(register.england["area_code"])
        compared = part["why"] == ""
        assert part.loc[compared, ["actual", "expected", "low", "high", "studentised"]].notna().all(axis=None)
        assert part.loc[~compared, "expected"].isna().all()
        assert compared.sum() == records[measure]["n"] > 100
        assert 0 < records[measure]["r_squared"] < 1


def test_spend_a_head_is_that_of_figures_worked_out_by_hand(given):
    """Trafford, 2024-25: £15,746,992 + £31,681,552 of late help, for 56,737 children in the middle of 2024."""
    table, _ = given
    late = table[(table["measure"] == "late") & (table["area_code"] == "E08000009")].iloc[0]
    assert late["actual"] == pytest.approx((15_746_992 + 31_681_552) / 56_737)


def test_a_county_and_a_very_small_place_are_not_compared(given):
    table = given[0].set_index(["measure", "area_code"])["why"]
    assert "districts" in table["council", "E10000030"] and table["late", "E10000030"] == ""
    assert all("20,000" in table[m, "E06000053"] for m in ("late", "early", "council"))
    assert "missing" in table["late", "E06000002"]


def test_the_outcome_of_one_place_does_not_move_what_is_expected_of_it(rows, register, classification, given):
    other = rows.copy()
    line = (other["indicator"] == "s251_looked_after") & (other["area_code"] == "E08000009")
    other.loc[line, "value"] *= 3
    changed = spend_tables.given_need(other, register, classification)[0].set_index(["measure", "area_code"])
    before = given[0].set_index(["measure", "area_code"])
    key = ("late", "E08000009")
    assert changed.at[key, "actual"] > 2 * before.at[key, "actual"]
    assert np.isclose(changed.at[key, "expected"], before.at[key, "expected"])


def test_an_edition_before_the_figures_on_need_says_so(register, classification):
    old = bundles.measured(bundles.figures("2025-09-01"), register)
    table, records = spend_tables.given_need(old, register, classification)
    assert all(record["n"] == 0 for record in records.values())
    assert table["why"].str.contains("this edition has no figures for").all()
