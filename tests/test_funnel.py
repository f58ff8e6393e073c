"""Funnel limits against published ones, and against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from helpers import benchmarks, funnel, measures, paths

PUBLISHED = yaml.safe_load((paths.ROOT / "tests" / "published" / "funnel.yml").read_text(encoding="utf-8"))
INVERSE, *DIRECT = PUBLISHED
SIDES = ("lower", "upper", "lower_outer", "upper_outer")


@pytest.mark.parametrize("case", INVERSE["cases"], ids=lambda c: f"observed {c[0]}")
def test_published_limits_of_rates(case):
    """A count is at a limit where the expected number is the one that was published for it."""
    observed, *expected = case
    for side, size in zip(SIDES, expected, strict=True):
        assert size * float(getattr(funnel.funnel_limits(size), side)) == pytest.approx(
            observed, rel=1e-5
        )  # ten digits were printed


@pytest.mark.parametrize(("group", "case"), [(g, c) for g in DIRECT for c in g["cases"]])
def test_published_limits(group, case):
    size, *limits = case
    multiplier = 100 if group["kind"] == "proportion" else 1
    made = funnel.funnel_limits(size, group["target"], group["kind"], multiplier, drawn=group["drawn"])
    for side, limit in zip(SIDES, limits, strict=True):
        assert float(getattr(made, side)) == pytest.approx(limit, abs=1e-6)


def test_a_funnel_never_contradicts_a_comparison():
    size = np.repeat([60, 200, 900], 60)
    count = np.tile(np.arange(60), 3)
    made, limits = measures.proportion(count, size), funnel.funnel_limits(size, 9.0, "proportion", 100)
    words = benchmarks.compare(made.lower, made.upper, 9.0, "no judgement")
    assert (words == "lower").tolist() == (made.value < limits.lower).tolist()
    assert (words == "higher").tolist() == (made.value > limits.upper).tolist()
    exact_lower = np.where(count > 0, stats.chi2.ppf(0.025, 2 * count) / 2, 0)
    exact_upper = stats.chi2.isf(0.025, 2 * (count + 1)) / 2
    limits = funnel.funnel_limits(size, 0.05)
    words = benchmarks.compare(exact_lower / size, exact_upper / size, 0.05, "no judgement")
    assert (words == "lower").tolist() == (count / size < limits.lower).tolist()
    assert (words == "higher").tolist() == (count / size > limits.upper).tolist()


@pytest.mark.parametrize("expected", [0.5, 3, 15, 80.5, 4000])
def test_chance_alone_leaves_no_more_than_2_5_percent_beyond_each_limit(expected):
    made = funnel.funnel_limits(expected)
    low, high = (np.round(float(x) * expected, 9) for x in (made.lower, made.upper))
    assert stats.poisson.cdf(np.ceil(low) - 1, expected) <= 0.025
    assert stats.poisson.sf(np.floor(high), expected) <= 0.025


def test_the_other_way_of_drawing_names_too_many_low_areas():
    """What the number .5597 for an expected 15 is, and why it is not what is drawn unless asked for."""
    made = funnel.funnel_limits(15, drawn="interval")
    below, above = stats.poisson.cdf(15 * made.lower, 15), stats.poisson.sf(15 * made.upper, 15)
    assert (round(float(below), 3), round(float(above), 3)) == (0.037, 0.011)


def test_tau_against_statsmodels():
    """Without winsorising, and around the areas' own weighted mean, the moment estimator is the usual one."""
    rng = np.random.default_rng(7)
    size = rng.integers(50, 2000, 60)
    count = rng.poisson(size * rng.gamma(25, 1 / 25, 60))
    y, variance = np.sqrt(count / size), 1 / (4 * size)
    usual = combine_effects(y, variance, method_re="dl")
    made = funnel.over_dispersion(count, size, np.average(y, weights=size) ** 2, "rate", winsorise=0)
    assert made.tau**2 == pytest.approx(usual.tau2, rel=1e-9) and made.tau > 0


@pytest.mark.parametrize("kind", ["rate", "proportion"])
def test_over_dispersion_is_found_where_it_is_and_not_where_it_is_not(kind):
    rng = np.random.default_rng(8)
    size = rng.integers(500, 5000, 150)

    def draw(true):
        return rng.poisson(size * true) if kind == "rate" else rng.binomial(size, true)

    none = [funnel.over_dispersion(draw(np.full(150, 0.2)), size, 0.2, kind) for _ in range(100)]
    assert np.mean([d.phi for d in none]) < 1.1 and np.mean([d.tau == 0 for d in none]) > 0.5
    some = [funnel.over_dispersion(draw(np.clip(rng.normal(0.2, 0.04, 150), 0, 1)), size, 0.2, kind) for _ in range(50)]
    assert min(d.tau for d in some) > 0 and np.mean([d.phi for d in some]) > 3
    plain = funnel.funnel_limits(size, 0.2, kind)
    wide = funnel.funnel_limits(size, 0.2, kind, dispersion=some[0])
    assert (wide.lower < plain.lower).all() and (wide.upper > plain.upper).all() and "over-dispersed" in wide.method
    same = funnel.funnel_limits(size, 0.2, kind, dispersion=none[0]._replace(tau=0.0))
    assert (same.lower == plain.lower).all() and "over-dispersed" not in same.method
    value = np.array([draw(np.clip(rng.normal(0.2, 0.04, 150), 0, 1)) / size for _ in range(50)])
    outside = ((value < wide.lower) | (value > wide.upper)).mean()
    assert 0.05 < outside < 0.15  # see over_dispersion: about a tenth, where plain limits would name a third or more
    assert ((value < plain.lower) | (value > plain.upper)).mean() > 0.33


def test_chance_and_the_spread_between_areas_add_up():
    spread = funnel.Dispersion(9.0, 0.05, 50, "")
    made = funnel.funnel_limits([400, 1e12], 0.25, dispersion=spread)
    assert float(made.upper[0]) == pytest.approx((0.5 + 1.959964 * np.sqrt(1 / 1600 + 0.0025)) ** 2)
    assert float(made.lower_outer[1]) == pytest.approx((0.5 - 3.090232 * 0.05) ** 2, rel=1e-6)
    made = funnel.funnel_limits(400, 25, "proportion", 100, dispersion=spread)
    angle = np.pi / 6 - 1.959964 * np.sqrt(1 / 1600 + 0.0025)  # the arcsine of the square root of 25%
    assert float(made.lower) == pytest.approx(100 * np.sin(angle) ** 2)


def test_one_outlier_does_not_widen_the_funnel():
    size = np.full(40, 1000)
    count = np.r_[np.tile([190, 200, 210], 13), 600]
    assert funnel.over_dispersion(count, size, 0.2, "rate").tau == 0
    assert funnel.over_dispersion(count, size, 0.2, "rate", winsorise=0).tau > 0


def test_a_missing_size_has_no_limits():
    made = funnel.funnel_limits([np.nan, 0, 100], 0.2)
    assert np.isnan(made.lower).tolist() == [True, True, False] and np.isnan(made.upper).tolist() == [True, True, False]
    made = funnel.funnel_limits([np.nan, 100], 20, "proportion", 100)
    assert np.isnan(made.lower).tolist() == [True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 9, "kind": "ratio"}, "Unknown kind"),
        ({"size": 9, "target": 20, "kind": "proportion"}, "multiplier"),
        ({"size": 9, "target": 0.5, "kind": "proportion", "drawn": "interval"}, "cannot be drawn"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        funnel.funnel_limits(**arguments)


def test_over_dispersion_needs_ten_areas():
    with pytest.raises(ValueError, match="10 areas"):
        funnel.over_dispersion([1, 2, np.nan] * 4, [9] * 12, 1, "rate")
