"""Comparisons: no interval, no word; too few neighbours, no median; many comparisons, fewer findings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from helpers import benchmarks, measures, paths


def published(name):
    return yaml.safe_load((paths.ROOT / "tests" / "published" / f"{name}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("lower", "upper", "polarity", "word"),
    [
        (6, 8, "low is good", "worse"),
        (6, 8, "high is good", "better"),
        (6, 8, "no judgement", "higher"),
        (1, 3, "no judgement", "lower"),
        (4, 6, "high is good", "similar"),
        (5, 8, "high is good", "similar"),  # a limit that touches the benchmark does not exclude it
        (np.nan, 8, "high is good", "not compared"),
    ],
)
def test_words_follow_interval_and_polarity(lower, upper, polarity, word):
    assert benchmarks.compare(lower, upper, 5.0, polarity).item() == word


def test_the_words_are_those_that_ohid_published(raw):
    """Better, similar or worse than England: the publisher's verdict on 153 authorities, 14 years and both sexes."""
    table = pd.read_csv(raw / "ohid-fingertips" / "la_hospital_admissions_2324.csv", low_memory=False)
    table = table[table["Category Type"].isna()].drop_duplicates(["Area Code", "Time period", "Sex"])
    england = table[table["Area Code"] == "E92000001"].set_index(["Time period", "Sex"])["Value"]
    table = table[table["Area Code"] != "E92000001"]
    benchmark = england.reindex(pd.MultiIndex.from_frame(table[["Time period", "Sex"]])).to_numpy()
    limits = (table[f"{side} CI 95.0 limit"].to_numpy() for side in ("Lower", "Upper"))
    ours = benchmarks.compare(*limits, benchmark, "low is good")
    theirs = table["Compared to England value or percentiles"].str.lower().to_numpy()
    said = theirs != "not compared"
    assert said.sum() == 5701 and {*theirs[said]} == {"better", "similar", "worse"}
    assert (ours == theirs)[said].all()


def test_no_benchmark_no_comparison():
    assert benchmarks.compare(1, 2, np.nan, "low is good").item() == "not compared"


def test_an_unknown_polarity_is_an_error():
    with pytest.raises(KeyError):
        benchmarks.compare(1, 2, 3, "lower is better")


def test_peers_are_refused_below_five():
    values = np.array([[1.0, 2.0, 3.0, 4.0, np.nan], [1.0, 2.0, 3.0, 4.0, 5.0]])
    found = benchmarks.peers(values, [0, 1, 2, 3, 4])
    assert np.isnan(found.median[0]) and found.n.tolist() == [4, 5]
    assert found.median[1] == 3.0


def test_published_discoveries():
    (case,) = published("discovery")
    made = benchmarks.false_discovery(case["p"], case["rate"])
    assert made.found.tolist() == [True] * case["found"] + [False] * (len(case["p"]) - case["found"])
    assert (made.n, round(made.by_chance, 2)) == (15, 0.75)


def test_what_was_not_compared_is_not_counted():
    made = benchmarks.false_discovery([np.nan, 0.03, np.nan])
    assert made.found.tolist() == [False, True, False] and made.n == 1
    nothing = benchmarks.false_discovery([np.nan, np.nan])
    assert nothing.n == 0 and not nothing.found.any()


def test_a_p_value_above_one_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        benchmarks.false_discovery([0.1, 1.2])


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("rate", measures.crude_rate(np.arange(10, 60), np.full(50, 3000.0), 1000)),
        ("proportion", measures.proportion(np.arange(10, 60), np.full(50, 100))),
        ("value", measures.Interval(np.linspace(-2, 2, 50), np.linspace(-3, 1.5, 50), np.linspace(-1, 2.5, 50), "")),
    ],
)
def test_p_values_never_contradict_the_comparison(kind, made):
    multiplier = {"rate": 1000, "proportion": 100, "value": 1}[kind]
    benchmark = np.median(made.value)
    p = benchmarks.p_values(made.value, made.lower, made.upper, benchmark, kind, multiplier)
    words = benchmarks.compare(made.lower, made.upper, benchmark, "no judgement")
    assert ((p < 0.05) == (words != "similar")).all() and {"lower", "similar", "higher"} <= set(words)


def test_no_interval_no_p_value():
    assert np.isnan(benchmarks.p_values([5, 5, np.nan], [np.nan, 5, 4], [6, 5, 6], 7)).all()


def test_where_all_areas_are_equal_no_more_than_the_rate_is_named():
    """60 indicators of one place, the truth equal to England's in each: any finding is false.

    So the share of false findings is 1 in a run with any, and its average is how often a run has any. 3,000 runs give
    .05 a standard error of .004; unadjusted, about 2.5 of the 60 would be named in every run.
    """
    rng = np.random.default_rng(3)
    runs, size = 3000, np.exp(rng.uniform(np.log(2_000), np.log(60_000), 60))
    p = np.empty((runs, 60))
    rates, shares = slice(0, 30), slice(30, 60)
    made = measures.crude_rate(rng.poisson(size[rates] * 0.01, (runs, 30)), size[rates], 10_000)
    p[:, rates] = benchmarks.p_values(made.value, made.lower, made.upper, 100, "rate", 10_000)
    people = (size[shares] / 20).astype(int)
    made = measures.proportion(rng.binomial(people, 0.2, (runs, 30)), people)
    p[:, shares] = benchmarks.p_values(made.value, made.lower, made.upper, 20, "proportion", 100)
    named = [benchmarks.false_discovery(row).found.any() for row in p]
    assert 0.02 < np.mean(named) <= 0.05 + 2 * 0.004
    assert (p < 0.05).sum(axis=1).mean() > 2


def test_real_differences_are_still_found():
    rng = np.random.default_rng(4)
    z = rng.normal(size=(500, 60))
    z[:, :10] += 4
    found = np.array([benchmarks.false_discovery(2 * measures.stats.norm.sf(abs(row))).found for row in z])
    false_share = found[:, 10:].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    assert found[:, :10].mean() > 0.85 and false_share.mean() <= 0.05


def test_published_slope_index():
    case = published("inequality")[1]
    made = benchmarks.slope_index(case["value"], case["population"])
    assert (round(made.value, 2), round(made.first, 2)) == (case["index"], pytest.approx(case["first"], abs=0.01))
    half = stats.t.ppf(0.975, len(case["value"]) - 2) * case["error"]
    assert (made.value - made.lower, made.upper - made.value) == pytest.approx((half, half), abs=1e-6)


def test_published_ranks_lie_on_a_line():
    case = published("inequality")[0]
    share = np.array(case["population"]) / sum(case["population"])
    ranks = np.cumsum(share) - share / 2
    assert ranks[:2].round(10).tolist() == case["ranks"]
    made = benchmarks.slope_index(ranks, case["population"])
    assert (round(made.value, 10), round(made.first, 10)) == (1, 0)


def test_slope_index_against_numpy_s_least_squares():
    rng = np.random.default_rng(5)
    population = rng.integers(5_000, 9_000, 10)
    value = 80 + 0.8 * np.arange(10) + rng.normal(0, 0.5, 10)
    share = population / population.sum()
    slope, first = np.polyfit(np.cumsum(share) - share / 2, value, 1, w=np.sqrt(share))
    for error in (None, np.full(10, 0.3)):
        made = benchmarks.slope_index(value, population, error)
        assert (made.value, made.first) == pytest.approx((slope, first))
        assert made.ratio == pytest.approx((first + slope) / first)
        assert made.lower < made.value < made.upper and made.ratio_lower < made.ratio < made.ratio_upper


def test_slope_index_limits_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(6)
    population, error = np.linspace(900, 300, 10), np.linspace(1, 3, 10)
    share = population / population.sum()
    true = 40 + 30 * (np.cumsum(share) - share / 2)
    made = [benchmarks.slope_index(true + error * rng.normal(size=10), population, error) for _ in range(1000)]
    assert 0.93 < np.mean([m.lower < 30 < m.upper for m in made]) < 0.97
    assert 0.93 < np.mean([m.ratio_lower < 70 / 40 < m.ratio_upper for m in made]) < 0.97


@pytest.mark.parametrize(
    ("value", "population"),
    [([1, 2, 3, 4], [1] * 4), ([1, 2, 3, 4, np.nan], [1] * 5), ([1, 2, 3, 4, 5], [1, 1, 0, 1, 1])],
)
def test_too_few_or_empty_groups_are_refused(value, population):
    with pytest.raises(ValueError, match="slope index needs"):
        benchmarks.slope_index(value, population)


def test_a_line_that_falls_below_nothing_has_no_ratio_limits():
    made = benchmarks.slope_index([-4, -2, 0, 2, 4], [1] * 5)
    assert np.isnan(made.ratio_lower) and made.value == pytest.approx(10)
