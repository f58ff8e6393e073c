"""Effects and their levels: published answers, planted truths, and what may not be said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.treatment.tests.results as shipped
import yaml
from scipy import stats

from helpers import bounds, effects, paths

PUBLISHED = yaml.safe_load((paths.ROOT / "tests" / "published" / "programmes.yml").read_text(encoding="utf-8"))
NAN = float("nan")


def chosen(rng, n=1500, effect=2.0):
    """Draw people who were helped more often the worse they were, and what became of them."""
    need, before = rng.normal(0, 1, n), rng.normal(20, 5, n)
    helped = rng.random(n) < 1 / (1 + np.exp(-0.8 * need - 0.05 * (before - 20)))
    after = before + 1.5 * need + effect * helped + rng.normal(0, 3, n)
    return after, helped, np.column_stack([need, before])


def test_the_effect_is_the_published_one():
    case = PUBLISHED["adjusted"]
    births = pd.read_csv(Path(shipped.__file__).parent / "cataneo2.csv")
    covariates = births[["mmarried_", "mage", "mage2", "fbaby_", "medu", "prenatal1_"]]
    found = effects.adjusted(births["bweight"], births["mbsmoke_"] == 1, covariates)
    assert found.value == pytest.approx(case["value"], rel=0.01)
    assert found.error == pytest.approx(case["error"], rel=0.01)


def test_the_interval_holds_the_planted_effect_19_times_in_20():
    rng = np.random.default_rng(21)
    runs, held, naive = 40, 0, 0
    for _ in range(runs):
        after, helped, known = chosen(rng, 600)
        found = effects.adjusted(after, helped, known)
        held += found.lower <= 2 <= found.upper
        gap = after[helped].mean() - after[~helped].mean()
        error = np.sqrt(after[helped].var() / helped.sum() + after[~helped].var() / (~helped).sum())
        naive += abs(gap - 2) < 1.96 * error
    assert held >= 0.85 * runs
    assert naive < 0.8 * runs  # without the adjustment it is wrong


def test_groups_that_do_not_overlap_have_no_effect():
    after, _, known = chosen(np.random.default_rng(22))
    found = effects.adjusted(after, known[:, 0] > 0, known)
    assert np.isnan(found.value) and "overlap" in found.why


def test_a_level_is_borne_out_by_the_data_or_lowered():
    rng = np.random.default_rng(23)
    after, helped, known = chosen(rng)
    fair = effects.adjusted(after, helped, known)
    drawn = effects.adjusted(after, rng.random(len(after)) < 0.5, known)
    nobody = effects.adjusted(after, np.ones(len(after), bool), known)
    full = (0.05, 0.05)
    assert effects.level(4, "before-after", 200, nobody, full, "").shown == 2
    assert effects.level(4, "comparison", 200, nobody, full, "").shown == 2  # declared, and no comparison rows
    assert effects.level(3, "comparison", 200, fair, full, "waiting list").shown == 3
    assert effects.level(5, "comparison", 200, fair, full, "waiting list").shown == 3
    assert effects.level(4, "natural experiment", 200, fair, full, "birthday").shown == 3  # not alike before
    assert effects.level(4, "natural experiment", 200, drawn, full, "birthday").shown == 4
    assert effects.level(4, "natural experiment", 200, drawn, full, "").shown == 3  # nobody says why they are alike
    assert effects.level(5, "randomised", 200, drawn, full, "").shown == 5
    assert effects.level(5, "randomised", 200, drawn, (0.05, 0.30), "").shown == 3  # lost from one group
    assert effects.level(5, "randomised", 20, drawn, full, "").shown == 1
    assert effects.level(2, "comparison", 200, fair, full, "").shown == 2  # no more than is claimed
    assert effects.level(NAN, "comparison", 200, fair, full, "").shown == 3
    with pytest.raises(KeyError):
        effects.level(3, "hearsay", 200, fair, full, "")


def test_the_worst_tenth_improves_by_itself_and_is_refused():
    case = PUBLISHED["back_by_itself"]
    distance = stats.norm.pdf(stats.norm.ppf(0.1)) / 0.1
    assert effects.by_itself(distance, case["reliability"]) == pytest.approx(case["worst_tenth"], abs=0.005)
    rng = np.random.default_rng(24)
    steady = rng.normal(0, np.sqrt(0.7), 40_000)
    before, after = (steady + rng.normal(0, np.sqrt(0.3), 40_000) for _ in range(2))  # nothing happens in between
    worst = before <= np.quantile(before, 0.1)
    change, why = effects.before_after(before[worst], after[worst], better="high")
    assert change.value == pytest.approx(case["worst_tenth"], abs=0.03) and not why  # what a reader would be told
    change, why = effects.before_after(before[worst], after[worst], before, better="high")
    assert np.isnan(change.value) and "chosen because their score was bad" in why
    change, why = effects.before_after(before, after, before, better="high")
    assert change.lower < 0 < change.upper and not why


def test_a_low_measure_may_be_the_good_one():
    before, after = np.full(40, 20.0), np.full(40, 15.0) + np.arange(40) % 3
    assert effects.before_after(before, after, better="low")[0].value == pytest.approx(4.0, abs=0.1)
    worse = np.arange(60.0)
    assert (
        effects.before_after(worse[40:], worse[40:], worse, better="low")[1]
        == "fewer than 30 people have a measure before and after"
    )
    assert effects.before_after(worse[20:], worse[20:], worse, better="low")[1].startswith("those who started")
    assert not effects.before_after(worse[20:], worse[20:], worse, better="high")[1]  # they had the good scores


def test_bounds_hold_the_truth_whoever_is_lost():
    rng = np.random.default_rng(25)
    for _ in range(20):
        one, other = rng.normal(1, 1, 4000), rng.normal(0, 1, 4000)
        lost = one > np.quantile(one, 0.85)  # those who did best are not found again
        seen = np.where(lost, np.nan, one)
        low, high = bounds.lee(seen, other)
        assert low - 0.06 < 1 < high + 0.06
        assert np.nanmean(seen) - other.mean() < 0.85  # and the plain difference misses it
        good, known = one > 0.5, ~lost
        share = bounds.worst_and_best(good[known], int(lost.sum()))
        assert share.lower <= good.mean() <= share.upper
        both = bounds.manski(good[known], int(lost.sum()), other > 0.5, 0)
        assert both.lower <= good.mean() - (other > 0.5).mean() <= both.upper


def test_bounds_meet_where_nobody_is_lost():
    one, other = np.arange(10.0), np.arange(10.0) + 1
    assert bounds.lee(one, other) == bounds.Bounds(-1.0, -1.0)
    assert bounds.manski([1, 0], 0, [0, 0], 0) == bounds.Bounds(0.5, 0.5)
    assert np.isnan(bounds.lee([NAN, NAN], other).lower)


def test_bounds_of_what_need_does_not_explain_hold_the_adjusted_effect():
    after, helped, known = chosen(np.random.default_rng(26), 4000)
    rest = bounds.unexplained(after, helped, known)
    low, high = bounds.lee(rest[helped], rest[~helped])
    assert low - 0.3 < 2 < high + 0.3
    assert abs(after[helped].mean() - after[~helped].mean() - 2) > 0.5  # the plain groups differ in need


def test_reach_holds_the_planted_ratio():
    rng = np.random.default_rng(27)
    runs, held = 300, 0
    truth = 0.4 / (0.3 * 0.4 + 0.7 * 0.6)
    for _ in range(runs):
        found = effects.reach((int(rng.binomial(90, 0.4)), 90), (int(rng.binomial(210, 0.6)), 210))
        held += found.lower <= truth <= found.upper
    assert 0.92 <= held / runs <= 0.985
    assert effects.reach((0, 90), (100, 210)).value == 0
    assert np.isnan(effects.reach((0, 90), (0, 210)).value)


def test_a_cost_has_no_upper_limit_where_there_may_be_no_outcome():
    found = effects.cost_per_outcome(100_000, 100, effects.Interval(0.2, 0.0, 0.4))
    assert found == effects.Interval(5_000, 2_500, float("inf"))
    assert np.isnan(effects.cost_per_outcome(0, 100, effects.Interval(0.2, 0.1, 0.4)).value)
