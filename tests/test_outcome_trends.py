"""Trends of outcomes: places chosen for being worst are not found to have got better; and the rules are the field's."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers import catalogue, outcome_trends, trends
from helpers.geography import ENGLAND

PROPORTION = catalogue.indicators()["three_placements_in_year"]  # low is good, with counts
PUBLISHED = catalogue.indicators()["life_satisfaction"]  # high is good, with published intervals
YEARS = [f"{y}-04-01/P1Y" for y in range(2015, 2025)]


def figures(count: np.ndarray, size: float, england: float, indicator=PROPORTION, years=YEARS) -> pd.DataFrame:
    """Return rows of figures: one series of counts an area, England with `england` (a share) in every year."""
    codes = [f"E06{i:06d}" for i in range(len(count))]
    rows = pd.DataFrame(
        {
            "area_code": np.repeat(codes, len(years)),
            "period": np.tile(years, len(codes)),
            "count": count.ravel().astype(float),
            "denominator": float(size),
        }
    )
    whole = pd.DataFrame({"area_code": ENGLAND, "period": years, "count": england * 1e6, "denominator": 1e6})
    rows = pd.concat([rows, whole], ignore_index=True).assign(indicator=indicator.id, status="final")
    rows["value"] = 100 * rows["count"] / rows["denominator"]
    half = 196 * np.sqrt(rows["value"] / 100 * (1 - rows["value"] / 100) / rows["denominator"])
    return rows.assign(lower=rows["value"] - half, upper=rows["value"] + half)


def said(rows, indicator=PROPORTION) -> pd.DataFrame:
    places = [c for c in rows["area_code"].unique() if c != ENGLAND]
    return outcome_trends.of_one(rows, places, indicator)


def regression_to_the_mean(seed: int = 7, areas: int = 6000) -> np.ndarray:
    """Return counts of 300 people each whose true shares never change, of areas that were worst in one of the years.

    Truth differs between areas; reliability of one year is about .7. Kept are the areas in the worst tenth of the sixth
    year from the end, and so at the start of the window: where regression to the mean looks most like improvement.
    """
    rng = np.random.default_rng(seed)
    truth = np.clip(rng.normal(0.12, 0.028, areas), 0.02, 0.5)
    count = rng.binomial(300, truth[:, None], (areas, len(YEARS)))
    chosen = count[:, -6]
    return count[chosen >= np.quantile(chosen, 0.9)]


def test_no_improvement_is_claimed_of_places_chosen_for_being_worst():
    found = said(figures(regression_to_the_mean(), 300, 0.12))
    assert (found["rule"] == "five points").all() and len(found) > 500
    better, worse = ((found["word"] == w).mean() for w in ("getting better", "getting worse"))
    assert better <= 0.004 and worse <= 0.004  # two sides of a test at 99.8% are a thousandth each


def test_without_the_protection_improvement_would_be_claimed(monkeypatch):
    """The same data, with the choosing year left in: improvement in many times as many places as chance allows."""

    def newest_five(value, england, polarity):
        kept = np.zeros(value.shape, bool)
        kept[:, -6:-1] = True  # the choosing year and the four after it
        return kept, np.full(len(value), value.shape[1] - 1)

    monkeypatch.setattr(outcome_trends, "without_choosing", newest_five)
    found = said(figures(regression_to_the_mean(), 300, 0.12))
    assert (found["word"] == "getting better").mean() > 0.01


@pytest.mark.parametrize("year", [-5, -3, -1])
def test_whichever_year_the_places_were_chosen_by(year):
    rng = np.random.default_rng(11)
    count = rng.binomial(300, 0.12, (6000, len(YEARS)))
    chosen = count[count[:, year] >= np.quantile(count[:, year], 0.9)]
    found = said(figures(chosen, 300, 0.12))
    assert (found["word"] == "getting better").mean() <= 0.004


def test_a_true_improvement_is_found_and_the_year_left_out_is_said():
    shares = np.linspace(0.20, 0.08, len(YEARS))
    found = said(figures(np.round(1000 * shares)[None, :], 1000, 0.05)).iloc[0]
    assert found["word"] == "getting better" and found["upper"] < 0 and found["points"] == 5
    assert found["left_out"] == "2019-04-01/P1Y"  # of the newest six, the furthest above England
    assert (found["first"], found["last"]) == ("2020-04-01/P1Y", "2024-04-01/P1Y")


def test_the_worse_side_follows_the_polarity():
    value = np.array([[5, 4, 5, 6, 5, 5.0]])
    low = outcome_trends.without_choosing(value, np.full(6, 5.0), "low is good")[1]
    high = outcome_trends.without_choosing(value, np.full(6, 5.0), "high is good")[1]
    assert (low.item(), high.item()) == (3, 1)


def test_five_points_are_too_few_since_one_is_left_out():
    rows = figures(np.full((1, 10), 30), 300, 0.1)
    rows = rows[rows["period"] >= "2020"]
    found = said(rows).iloc[0]
    assert (found["word"], found["rule"], found["detail"]) == (trends.TOO_FEW, "none", "5 periods")


def test_values_without_interval_or_counts_are_not_tested():
    rows = figures(np.full((1, 10), 30), 300, 0.1).assign(lower=np.nan, upper=np.nan)
    assert said(rows, PUBLISHED)["word"].item() == outcome_trends.NOT_TESTED


def test_periods_that_overlap_are_thinned_first():
    years = [f"{y}-01-01/P3Y" for y in range(2011, 2023)]
    rows = figures(np.full((1, 12), 30), 300, 0.1, PUBLISHED, years)
    found = said(rows, PUBLISHED).iloc[0]
    assert (found["points"], found["word"]) == (4, trends.TOO_FEW) and "overlap" in found["detail"]


def test_a_control_chart_only_from_13_points_without_a_gap():
    years = [f"{y}-04-01/P1Y" for y in range(2010, 2025)]
    rng = np.random.default_rng(2)
    rows = figures(rng.binomial(1000, 0.1, (1, 15)), 1000, 0.1, PROPORTION, years)
    assert said(rows)["rule"].item() == "xmr"
    gap = rows[~((rows["period"] == "2014-04-01/P1Y") & (rows["area_code"] != ENGLAND))]
    assert said(gap)["rule"].item() == "five points"


def test_the_control_chart_is_that_of_trends_and_claims_nothing_good_or_bad():
    years = [f"{y}-04-01/P1Y" for y in range(2010, 2025)]
    values = np.array([[100] * 7 + [160] * 8])
    found = said(figures(values, 1000, 0.1, PROPORTION, years)).iloc[0]
    chart = trends.xmr(values[0] / 10)
    assert (found["mean"], found["lower"], found["upper"]) == pytest.approx((chart.value, chart.lower, chart.upper))
    assert found["word"] == "special cause" and "a run below the mean, 2010-11 to 2016-17" in found["detail"]
    assert "better" not in found["detail"] and "worse" not in found["detail"]


def test_how_many_points_were_looked_at_is_a_whole_number():
    """A page says (10), and not (10.0), also where a nation has no place with a value."""
    rows = figures(np.full((3, len(YEARS)), 30), 300, 0.1)
    places = pd.DataFrame({"area_code": [f"E06{i:06d}" for i in range(4)], "region_code": "E12000001"})
    register = SimpleNamespace(localities=places)
    found = outcome_trends.of_outcomes(rows, register, {PROPORTION.id: PROPORTION})
    assert found["area_code"].tolist() == places["area_code"].tolist()[:3]
    assert found["points"].dtype == "int64"
