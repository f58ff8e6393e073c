"""Intervals against answers that others published (tests/published/intervals.yml names each source)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import catalogue, measures, paths, schemas

PUBLISHED = yaml.safe_load((paths.ROOT / "tests" / "published" / "intervals.yml").read_text(encoding="utf-8"))
CASES = [(group["method"], case) for group in PUBLISHED for case in group["cases"]]


@pytest.mark.parametrize(("method", "case"), CASES)
def test_published_limits(method, case):
    made = getattr(measures, method)(case["count"], case["denominator"], multiplier=case["multiplier"])
    for side in ("lower", "upper"):
        printed = str(case[side])  # compared to the digits that were printed
        assert float(f"{float(getattr(made, side)):.{len(printed.partition('.')[2])}f}") == case[side]


def test_arrays_go_in_and_come_out():
    made = measures.crude_rate([0, 9, 10, 500], [1e4] * 4)
    assert made.value.tolist() == [0, 9, 10, 500]
    assert (made.lower < made.upper).all()
    assert made.lower[0] == 0


@pytest.mark.parametrize(("count", "denominator"), [(-1, 10), (11, 10)])
def test_impossible_counts_are_refused(count, denominator):
    with pytest.raises(ValueError, match="count"):
        measures.proportion(count, denominator)


def rows(**changes):
    base = dict.fromkeys(schemas.FIGURES.columns, np.nan) | {
        "indicator": "rereferrals",
        "area_code": "E08000009",
        "period": "2024-04-01/P1Y",
        "value": 22.4,
        "count": 230.0,
        "denominator": 1027.0,
        "unit": "pct",
        "status": "final",
    }
    return pd.DataFrame([base | changes])


@pytest.fixture
def indicators():
    return {"rereferrals": catalogue.indicators()["rereferrals"]}


def test_a_published_value_is_kept_and_the_interval_is_marked_as_ours(indicators):
    out = measures.with_intervals(rows(), indicators).iloc[0]
    assert out["value"] == 22.4 and out["interval"] == "Wilson"
    assert out["lower"] < 22.4 < out["upper"]


def test_published_limits_are_kept(indicators):
    out = measures.with_intervals(rows(lower=20.0, upper=25.0), indicators).iloc[0]
    assert (out["lower"], out["upper"], out["interval"]) == (20.0, 25.0, "published")


def test_a_suppressed_value_gets_no_interval(indicators):
    out = measures.with_intervals(rows(value=np.nan, status="suppressed"), indicators).iloc[0]
    assert out["interval"] == "" and np.isnan(out["lower"]) and np.isnan(out["value"])


def test_the_input_is_not_changed(indicators):
    given = rows()
    before = given.copy()
    measures.with_intervals(given, indicators)
    pd.testing.assert_frame_equal(given, before)


*STANDARDISED, ESP = yaml.safe_load(
    (paths.ROOT / "tests" / "published" / "standardised.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", STANDARDISED, ids=["Down's syndrome", "vignette"])
def test_published_standardised_rates(case):
    made = measures.directly_standardised_rate(
        case["count"], case["population"], case.get("weights"), multiplier=case["multiplier"]
    )
    for name in ("value", "lower", "upper"):
        if name in case:  # compared to the digits that were printed
            printed = len(str(case[name]).partition(".")[2])
            assert round(float(getattr(made, name)), printed) == case[name], name


def test_the_european_standard_population_is_the_published_one():
    bands = measures.ESP2013
    assert len(bands) == 19 and sum(bands.values()) == ESP["whole"]
    assert sum(n for band, n in bands.items() if int(band.rstrip("+").partition("-")[0]) >= 65) == ESP["from_65"]


def test_an_area_of_the_standard_s_own_shape_has_its_crude_rate_and_byar_s_limits():
    weights = np.array(list(measures.ESP2013.values()))
    count = np.arange(19)
    made = measures.directly_standardised_rate(count, 7 * weights)
    crude = measures.crude_rate(count.sum(), 7 * weights.sum(), multiplier=100_000)
    for mine, plain in zip(made[:3], crude[:3], strict=True):
        assert float(mine) == pytest.approx(float(plain))


def test_standardising_takes_out_age():
    rates = np.linspace(0.001, 0.1, 19)  # the same in both areas, one much older
    population = np.array([np.linspace(9000, 1000, 19), np.linspace(1000, 9000, 19)])
    made = measures.directly_standardised_rate(population * rates, population)
    assert made.value[0] == pytest.approx(made.value[1])
    assert made.method == "Dobson" and (made.lower < made.value).all() and (made.value < made.upper).all()


def test_no_standardised_rate_below_ten_events_or_with_a_group_missing():
    population = np.full((3, 2), 1000.0)
    made = measures.directly_standardised_rate([[4, 5], [5, 5], [50, np.nan]], population, [1, 1])
    assert np.isnan(made.value).tolist() == np.isnan(made.upper).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("count", "population", "message"),
    [([1, 2, 3], [9, 9, 9], "age groups"), ([-1, 20], [9, 9], "0 or more"), ([1, 20], [9, 0], "people in every")],
)
def test_ill_matched_age_groups_are_refused(count, population, message):
    with pytest.raises(ValueError, match=message):
        measures.directly_standardised_rate(count, population, [1, 1])


def test_our_intervals_are_ohid_s(raw):
    """To every digit where the counts are exact (2010/11 and 2011/12); later ones are rounded to the nearest 5."""
    table = pd.read_csv(raw / "ohid-fingertips" / "la_hospital_admissions_2324.csv").query("Sex == 'Persons'")
    for level, name in ((0.95, "95.0"), (0.998, "99.8")):
        limits = [f"Lower CI {name} limit", f"Upper CI {name} limit"]
        rows = table.dropna(subset=["Count", "Denominator", *limits])
        made = measures.crude_rate(rows["Count"], rows["Denominator"], 10_000, level)
        exact = rows["Time period"].isin(["2010/11", "2011/12"]).to_numpy()
        slack = np.where(exact, 1e-5, 3.5 * 10_000 / rows["Denominator"])  # 2.5 events, and their share of the width
        assert len(rows) > 1500 and (level == 0.998 or exact.sum() > 250)
        for mine, column in zip((made.lower, made.upper), limits, strict=True):
            assert (np.abs(mine - rows[column].to_numpy()) <= slack).all()
