"""Checks of payment by results: known answers, and what they find and do not find where the truth is planted.

Power with about 1,100 people who started: with the sizes planted in northbeck_people.TRUTHS["result-contract"], creaming,
parking, bunching and over-claiming were each found in 100 of 100 runs (seeds 0 to 99); with half those sizes (HALF) in 100,
87, 78 and 100. With nothing planted, 12 of 200 runs raised a flag (seeds 10,000 to 10,199). integrity_page.TRIED says so.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats
from statsmodels.stats.multitest import multipletests

from helpers import checks, integrity, need_checks, participants, paths
from helpers.pack import northbeck_people as made
from helpers.pack.model import Pack

PUBLISHED = yaml.safe_load((paths.ROOT / "tests" / "published" / "programmes.yml").read_text(encoding="utf-8"))
CONTRACT = made.TRUTHS["result-contract"]
MIDDLE = sum(CONTRACT.effect_by_third) / 3
HALF = made.replace(
    CONTRACT,
    started_by_need=CONTRACT.started_by_need / 2,
    effect_by_third=tuple((MIDDLE + effect) / 2 for effect in CONTRACT.effect_by_third),
    moved_to_line=CONTRACT.moved_to_line / 2,
    stands=(1 + CONTRACT.stands) / 2,
)


@cache
def programme(truth) -> pd.Series:
    row = {"programme": truth.programme, "name": truth.programme, "design": "comparison", "measure_better": "low"}
    line = float("nan") if truth.line is None else truth.line
    return Pack.of(programmes=[{**row, "payment_line": line, "payment": "results"}]).table("programmes").iloc[0]


def verdicts(truth, seed: int) -> dict[str, str]:
    """What the panel says of one programme, drawn anew."""
    rows = made.people(truth, np.random.default_rng(seed))
    row, own = programme(truth), Pack("made-up", tables={"participants": rows})
    panel = integrity.panel(participants.of(own, row), made.claims(truth, rows), row)
    return {c.id: c.verdict for c in panel}


def test_an_exact_interval_is_the_published_one():
    (case,) = PUBLISHED["clopper_pearson"]
    found = checks.over_claiming(case["of"], case["of"] - case["count"])
    assert (found.lower, found.upper) == (
        pytest.approx(case["lower"], abs=5e-4),
        pytest.approx(case["upper"], abs=5e-4),
    )


def test_whipple_s_index_at_its_two_ends():
    (case,) = PUBLISHED["whipple"]
    assert checks.whipple(np.arange(23, 63)) == case["none"]
    assert checks.whipple(np.array([25, 30, 35, 60])) == case["only"]


def test_troubled_families_end_at_the_cap():
    case = PUBLISHED["at_cap"]
    found = checks.at_cap(case["claimed"], case["cap"])
    assert found.statistic == pytest.approx(case["share"], abs=5e-5)
    assert found.verdict == "flag"
    assert checks.at_cap(0.9 * case["cap"], case["cap"]).verdict == "no sign"


def test_each_planted_fault_is_found():
    runs = 25
    found = [verdicts(CONTRACT, seed) for seed in range(runs)]
    for fault in CONTRACT.flags:
        assert sum(v[fault] == "flag" for v in found) >= 0.9 * runs, fault


def test_half_of_each_fault_is_found_about_as_often_as_the_page_says():
    runs = 15
    found = [verdicts(HALF, seed) for seed in range(runs)]
    for fault, share in (("creaming_enrolled", 1), ("parking", 0.87), ("bunching", 0.78), ("over_claiming", 1)):
        seen = sum(v[fault] == "flag" for v in found)
        assert stats.binomtest(seen, runs, min(share, 0.99)).pvalue > 0.001, fault


@pytest.mark.parametrize("alone", ["creaming_enrolled", "parking", "bunching", "over_claiming", "at_cap"])
def test_a_fault_raises_its_own_flag_and_hardly_another(alone):
    fields = {
        "creaming_enrolled": {"started_by_need": CONTRACT.started_by_need},
        "parking": {"effect_by_third": CONTRACT.effect_by_third},
        "bunching": {"moved_to_line": CONTRACT.moved_to_line},
        "over_claiming": {"stands": CONTRACT.stands},
        "at_cap": {"of_cap": CONTRACT.of_cap},
    }[alone]
    truth = (
        made.replace(made.clean(CONTRACT), effect=2.0, **fields)
        if alone != "parking"
        else made.replace(made.clean(CONTRACT), **fields)
    )
    runs = 8
    found = [{k for k, v in verdicts(truth, 500 + seed).items() if v == "flag"} for seed in range(runs)]
    assert sum(alone in f for f in found) >= 0.85 * runs
    assert sum(len(f - {alone}) for f in found) <= 2


def test_where_nothing_is_planted_a_flag_is_as_rare_as_promised():
    runs = 120
    truth = made.replace(made.clean(CONTRACT), effect=2.0)
    raised = sum("flag" in verdicts(truth, 10_000 + seed).values() for seed in range(runs))
    # at most 5 in 100 in the long run; 3 standard errors of such a share in 120 runs come on top
    assert raised / runs <= checks.FALSE_ALARM + 3 * np.sqrt(checks.FALSE_ALARM * (1 - checks.FALSE_ALARM) / runs)


def test_p_values_of_each_test_are_even_where_nothing_is_wrong():
    rng = np.random.default_rng(3)
    runs = 600
    p = {"creaming": [], "bunching": [], "heaping": [], "over_claiming": [], "attrition": []}
    for _ in range(runs):
        scores = np.round(rng.normal(18, 6.5, 1400))
        p["creaming"].append(need_checks.creaming(scores[:500], rng.random(500) < 0.6).p)
        p["bunching"].append(checks.bunching(scores, 14, "low").p)  # on a slope, not at the top
        p["heaping"].append(checks.heaping(scores, line=14).p)
        p["over_claiming"].append(checks.over_claiming(120, int(rng.binomial(120, 0.95))).p)
        p["attrition"].append(checks.attrition(200, int(rng.binomial(200, 0.2))).p)
    for name, values in p.items():
        assert np.mean(np.array(values) < 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs), name
    for name in ("creaming", "bunching", "heaping"):  # and they do not sleep: exact tests of counts may
        assert stats.kstest(p[name], "uniform").pvalue > 1e-4, name


def test_a_slope_through_the_line_is_no_bunching():
    rng = np.random.default_rng(4)
    steep = [checks.bunching(np.round(rng.normal(22, 6, 1600)), 15, "low") for _ in range(60)]
    assert np.mean([c.p < 0.05 for c in steep if c.p == c.p]) < 0.15
    plain = np.mean([stats.binomtest(700, 1300, 0.5).pvalue])  # a test without the slope would call 700 of 1,300 a flag
    assert plain < 0.01


def test_few_people_near_the_line_cannot_tell():
    scores = np.round(np.random.default_rng(5).normal(18, 6, 280))
    found = checks.bunching(scores, 15, "low")
    assert found.verdict == "cannot tell" and "300" in found.why
    assert checks.judge([found])[0].verdict == "cannot tell"


def test_people_let_in_from_a_round_score_on_do_not_look_rounded():
    rng = np.random.default_rng(16)
    before = np.round(rng.normal(20, 10, 6000))
    let_in = before[before >= 20]  # the lowest score is a round one, and the commonest
    assert checks.whipple(let_in) > checks.MATTERS_WHIPPLE
    assert checks.heaping(let_in).statistic < checks.MATTERS_WHIPPLE


def test_a_line_at_a_round_number_is_not_taken_for_rounding():
    rng = np.random.default_rng(6)
    scores = np.round(rng.normal(18, 6, 2500))
    scores[(scores > 15) & (scores <= 17) & (rng.random(2500) < 0.6)] = 15
    assert checks.heaping(scores).statistic > checks.MATTERS_WHIPPLE  # seen without care, it looks like rounding
    assert checks.heaping(scores, line=15).statistic < checks.MATTERS_WHIPPLE


def test_which_side_is_paid_for_follows_the_better_end():
    rng = np.random.default_rng(7)
    high = np.round(rng.normal(30, 6, 3000))
    high[(high >= 31) & (high < 33) & (rng.random(3000) < 0.5)] = 33
    assert checks.bunching(high, 33, "high").statistic > 1.5
    assert checks.bunching(40 - high, 7, "low").statistic == pytest.approx(checks.bunching(high, 33, "high").statistic)


def test_holm_s_adjustment_is_that_of_statsmodels():
    p = np.random.default_rng(10).random(12) ** 3
    assert checks.holm(list(p)) == pytest.approx(list(multipletests(p, method="holm")[1]))


def test_many_checks_do_not_make_a_flag():
    one = checks.Check("a", 0.3, 0.05, 0.55, 0.02, 100, 0.2)
    many = [one, *(checks.Check(str(i), 0.1, -0.2, 0.4, 0.5, 100, 0.2) for i in range(8))]
    assert checks.judge([one])[0].verdict == "flag"
    assert checks.judge(many)[0].verdict == "cannot tell"


def test_a_difference_too_small_to_matter_raises_no_flag_however_sure():
    tiny = checks.Check("a", 0.05, 0.03, 0.07, 1e-6, 100_000, 0.2)
    assert checks.judge([tiny])[0].verdict == "no sign"


def test_parking_needs_somebody_to_compare_with():
    rng = np.random.default_rng(8)
    found = need_checks.parking(rng.normal(0, 1, 600), rng.normal(50, 10, 600), np.ones(600, bool))
    assert found.verdict == "cannot tell" and found.p != found.p


def test_a_third_is_drawn_towards_the_mean_of_the_thirds():
    rng = np.random.default_rng(9)
    need, helped = rng.normal(50, 10, 900), rng.random(900) < 0.5
    gain = rng.normal(0, 6, 900) + 2 * helped
    thirds = need_checks.by_third(gain, need, helped)
    spread = np.ptp([t.raw for t in thirds]), np.ptp([t.shrunk for t in thirds])
    assert spread[1] < spread[0]


def test_an_audit_cannot_confirm_more_than_it_drew():
    with pytest.raises(ValueError, match="31 of 30"):
        checks.over_claiming(30, 31)
