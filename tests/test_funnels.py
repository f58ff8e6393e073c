"""Funnels of outcomes: against a library, against what they promise, and against figures read by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from helpers import bundles, catalogue, funnels, geography, settings
from helpers.geography import ENGLAND

INDICATORS = catalogue.indicators()
CARE = "three_placements_in_year"


@pytest.fixture(scope="module")
def register():
    return geography.load()


@pytest.fixture(scope="module")
def rows(register):
    return bundles.measured(bundles.figures(settings.load()["edition"]), register)


@pytest.fixture(scope="module")
def made(rows, register):
    return funnels.of_outcomes(rows, register, INDICATORS)


def noise(register, indicator=CARE, size=300, true=0.104, seed=1) -> pd.DataFrame:
    """Return counts of all localities whose true rate is the same."""
    codes = register.localities["area_code"].tolist()
    count = np.random.default_rng(seed).binomial(size, true, len(codes)).astype(float)
    table = pd.DataFrame({"area_code": codes, "count": count, "denominator": float(size)})
    whole = pd.DataFrame({"area_code": [ENGLAND], "count": [true * size * 1000], "denominator": [size * 1000.0]})
    table = pd.concat([table, whole], ignore_index=True)
    table = table.assign(indicator=indicator, period="2024-04-01/P1Y", status="final", unit="pct")
    table["value"] = 100 * table["count"] / table["denominator"]
    return table.assign(lower=table["value"] - 1, upper=table["value"] + 1)


def test_the_spread_of_values_is_that_of_statsmodels():
    rng = np.random.default_rng(3)
    error = rng.uniform(0.5, 2, 80)
    value = rng.normal(50, np.hypot(error, 1.5))
    mean = combine_effects(value, error**2, method_re="dl")
    made = funnels.dispersion_of_values(value, error, mean.mean_effect_fe, winsorise=0)
    assert made.tau**2 == pytest.approx(mean.tau2, rel=1e-6)


def test_limits_of_values_leave_the_nominal_share_outside():
    rng = np.random.default_rng(5)
    error = rng.uniform(1, 4, 200_000)
    value = rng.normal(60, error)
    made = funnels.limits_of_values(error, 60)
    assert np.mean((value < made.lower) | (value > made.upper)) == pytest.approx(0.05, abs=0.002)
    assert np.mean((value < made.lower_outer) | (value > made.upper_outer)) == pytest.approx(0.002, abs=0.0004)


def test_chance_of_reaching_an_edge_is_counted_whole():
    assert funnels.reaching(0, [5], 10, "proportion", False, "pct")[0] == pytest.approx(0.9**5)
    assert funnels.reaching(20, [5], 10, "proportion", True, "pct")[0] == pytest.approx(
        1 - 0.9**5
    )  # one of five or more
    assert funnels.reaching(2, [10], 1, "rate", True, "per_1k")[0] == pytest.approx(stats.poisson(0.01).sf(0))
    assert funnels.reaching(60 + 1.96, [1.959964], 60, "value", True)[0] == pytest.approx(0.025, abs=1e-5)


def test_places_that_are_all_alike_stay_within_the_limits(register):
    """Pure noise: about as many beyond the limits as chance puts there, and about the whole worst tenth is chance."""
    found = []
    for seed in range(12):
        made = funnels.of_outcomes(noise(register, seed=seed), register, INDICATORS)[CARE]
        found.append([made["beyond"][0], made["beyond"][1], made["chance_tenth"], made["tenth"]])
    beyond, far, chance, tenth = np.mean(found, axis=0)
    assert beyond < 1.3 * 0.05 * 153 and far < 1
    assert tenth == 15 and 10 < chance < 25


def test_a_real_funnel_agrees_with_the_publishers_counts(made, rows):
    record = made[CARE]
    own = rows[(rows["indicator"] == CARE) & (rows["period"] == record["period"])].set_index("area_code")
    size, value, low, high, *_ = record["places"]["E08000009"]
    assert (own.at["E08000009", "count"], own.at["E08000009", "denominator"]) == (20, 353) and size == 353
    assert value == pytest.approx(100 * 20 / 353, abs=1e-4)
    p = own.at[ENGLAND, "value"] / 100
    half = 1.959964 * np.sqrt(p * (1 - p) / 353)  # the score limits, by hand
    assert (low, high) == pytest.approx((100 * (p - half), 100 * (p + half)), abs=1e-3)


def test_counts_of_authorities_are_those_of_the_points(made):
    for record in made.values():
        points = np.array(list(record["places"].values()))
        value, limits = points[:, 1], points[:, 2:].T
        outside = [int(((value < limits[k]) | (value > limits[k + 1])).sum()) for k in (0, 2, 4, 6)]
        assert record["beyond"] + record["beyond_wide"] == outside
        assert record["n"] == len(points) and record["beyond_wide"][0] <= record["beyond"][0]
        assert record["chance"] == pytest.approx([0.05 * record["n"], 0.002 * record["n"]], abs=0.051)
        worse = value >= record["edge"] - 1e-3
        assert max(worse.sum(), (value <= record["edge"] + 1e-3).sum()) >= record["tenth"]


def test_every_outcome_with_counts_or_intervals_has_a_funnel(made, rows):
    newest = rows[rows["area_code"].str.startswith("E0") & rows["lower"].notna()]
    expected = {i for i in newest["indicator"].unique() if INDICATORS[i].chapter == "outcomes"}
    assert set(made) == expected and len(made) == 10


def test_other_nations_are_not_among_the_points(rows, register):
    """An authority whose code is not of England is left out, whatever figures it has."""
    welsh = register.localities["area_code"].iloc[0]
    swapped = rows.assign(area_code=rows["area_code"].replace(welsh, "W06000001"))
    places = register.localities.assign(area_code=register.localities["area_code"].replace(welsh, "W06000001"))
    other = dataclasses.replace(register, localities=places)
    assert all("W06000001" not in r["places"] for r in funnels.of_outcomes(swapped, other, INDICATORS).values())
