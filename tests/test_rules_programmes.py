"""Test, grow, scale, step down: ten worked cases, one a branch of the procedure, and what a weak design can never say."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import catalogue, shrinkage
from helpers import programmes as analysis
from helpers.evidence import Evidence
from helpers.rules import Finding, _gates, programmes
from helpers.wording import text

LIMITS = {name: t["value"] for name, t in catalogue.thresholds().items()}
USUAL = {
    "id": "family-start", "name": "Family Start", "mean": 300.0, "sd": 100.0, "level": 4, "clients": 500,
    "sampling_sd": 900.0, "feasible_n": 300, "trial_cost": 60_000.0, "break_even": 400.0, "integrity": "passes",
    "reach": 0.9, "statutory": False, "who_for": "parents of children under 3",
}  # fmt: skip
# Each branch of the procedure in turn. The first two columns of numbers are worked by hand: P = Phi(m / s), with s
# widened to sqrt(s² + m²) below level 3; the sign of ENBS follows from the cost of the trial against 500 x EVSI.
CASES = [
    # changes, P, is ENBS above 0?, verb
    ({"integrity": "fails"}, 0.9987, False, "fix the data first"),
    ({}, 0.9987, False, "scale"),
    ({"reach": 0.5}, 0.9987, False, "grow and fix reach"),
    ({"mean": 50.0}, 0.6915, False, "grow"),
    ({"level": 2, "trial_cost": 1_000.0}, 0.8286, True, "grow as a test"),
    ({"level": 2}, 0.8286, False, "keep and monitor"),
    ({"mean": -300.0}, 0.0013, False, "step down"),
    ({"mean": -300.0, "statutory": True}, 0.0013, False, "redesign"),
    ({"mean": 10.0, "trial_cost": 1_000.0}, 0.5398, True, "test"),
    ({"mean": 10.0}, 0.5398, False, "hold"),
]


@pytest.mark.parametrize(("changes", "chance", "worth", "verb"), CASES, ids=[c[3] for c in CASES])
def test_the_ten_worked_cases(changes, chance, worth, verb):
    found = programmes.decide(USUAL | changes, LIMITS)
    assert found.status == verb
    assert found.chance == pytest.approx(chance, abs=5e-5)
    assert (found.enbs > 0) == worth


def test_a_test_that_could_not_tell_is_not_recommended():
    blunt = USUAL | {"mean": 10.0, "trial_cost": 1_000.0, "break_even": 100.0}
    assert programmes.decide(blunt, LIMITS).status == "hold"  # it would see 146 or more, and 100 covers the cost


def test_a_weak_design_never_scales_or_steps_down_whatever_the_numbers():
    random = np.random.default_rng(8)
    verbs, chances = set(), []
    for _ in range(3_000):
        record = USUAL | {
            "mean": random.normal(0, 2_000), "sd": random.uniform(0.01, 800), "level": int(random.integers(1, 3)),
            "clients": random.uniform(0, 5_000), "trial_cost": random.uniform(0, 1e6), "reach": random.uniform(0, 1.5),
        }  # fmt: skip
        found = programmes.decide(record, LIMITS)
        verbs.add(found.status)
        chances.append(found.chance)
    assert not verbs & {"scale", "grow", "grow and fix reach", "step down", "redesign"}
    assert max(chances) <= stats.norm.cdf(1) and min(chances) >= stats.norm.cdf(-1)
    assert {"grow as a test", "keep and monitor", "hold"} <= verbs


def evidence(rows, **local) -> Evidence:
    """Evidence of a made-up place that holds a pack and nothing else."""
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None)
    e = Evidence(
        **fields
        | {"place": {"name": "Somewhere", "edition": "2026-11-22"}, "indicators": {}, "expected": pd.DataFrame()}
    )
    object.__setattr__(e, "local", {"programmes": {"programmes": [gross(row) for row in rows], **local}})
    return e


def gross(row):
    """The record of a pack, before the haircut, that comes to this one after it."""
    keep = 1 - LIMITS["optimism_haircut"]
    known = row | {"benefit": (row["mean"] + row["break_even"]) / keep, "sampling_sd": row["sampling_sd"] / keep}
    return known | {"benefit_sd": row["sd"] and row["sd"] / keep}


def test_each_verb_passes_or_meets_the_gate_that_it_should():
    e = evidence([USUAL])
    for changes, _, _, verb in CASES:
        e = evidence([USUAL | changes])
        (finding,) = programmes.recommend(e, LIMITS)
        assert finding.status == verb
        assert _gates.faults(e, finding) == []
        assert _gates.passed(e, finding, LIMITS).status == verb
    forged = Finding(4, "scale", "-", trace=("local:programmes:family-start",), level=2)
    assert _gates.passed(e, forged, LIMITS).status == "cannot say"  # even if a rule said so


def test_a_larger_haircut_changes_the_verb():
    e = evidence([USUAL | {"mean": 120.0}])
    said = [programmes.recommend(e, LIMITS | {"optimism_haircut": cut})[0].status for cut in (0.2, 0.4, 0.6)]
    assert said == ["scale", "hold", "step down"]


def test_without_a_pack_it_says_what_to_collect():
    e = evidence([])
    object.__setattr__(e, "local", {})
    (finding,) = programmes.recommend(e, LIMITS)
    assert finding.status == "cannot say" and "what it cost" in finding.words


def test_what_is_not_known_is_asked_for_and_not_guessed():
    (finding,) = programmes.recommend(evidence([USUAL | {"sd": None, "trial_cost": float("nan")}]), LIMITS)
    assert finding.status == "cannot say"
    assert "what a fair test would cost" in finding.settles and "How sure that is" in finding.settles


FORBIDDEN = re.compile(r"\b(caused|causes|saved|saves|impact of|led to|thanks to)\b", re.IGNORECASE)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_the_words_claim_no_more_than_the_design_bears(level):
    for changes, *_ in CASES:
        (finding,) = programmes.recommend(evidence([USUAL | changes | {"level": level}]), LIMITS)
        said = text(" ".join([finding.words, finding.settles, finding.flip]))
        assert bool(FORBIDDEN.search(said)) == (level >= 4 and finding.status != "fix the data first"), said


def test_who_loses_is_printed_before_anything_is_stepped_down():
    (finding,) = programmes.recommend(evidence([USUAL | {"mean": -300.0}]), LIMITS)
    assert "Who would lose: parents of children under 3" in finding.words and "taper" in finding.words


def test_the_nearest_flip_does_flip_and_a_smaller_step_does_not():
    (finding,) = programmes.recommend(evidence([USUAL]), LIMITS)
    value = float(re.search(r"of £([\d,]+)", finding.flip).group(1).replace(",", ""))
    assert programmes.decide(USUAL | {"mean": value}, LIMITS).status != "scale"
    assert programmes.decide(USUAL | {"mean": value + 10}, LIMITS).status == "scale"


def test_a_provider_with_three_people_and_no_success_triggers_no_review():
    random = np.random.default_rng(5)
    expected = random.uniform(20, 60, 40)
    successes = random.poisson(expected * random.gamma(20, 1 / 20, 40))
    mean, strength = shrinkage.prior(successes.astype(float), expected, "rate")
    assert programmes.bottom_tenth(0, 1.5, mean, strength) < LIMITS["provider_review"]
    assert programmes.bottom_tenth(0, 60.0, mean, strength) > LIMITS["provider_review"]  # of many people: it does


def test_most_of_the_raw_worst_tenth_is_there_by_chance_and_few_are_asked_to_talk():
    random = np.random.default_rng(11)
    expected = np.full(100, 10.0)
    successes = random.poisson(expected)  # all alike: whoever is in the worst tenth is there by chance
    mean, strength = shrinkage.prior(successes.astype(float), expected, "rate")
    flagged = [programmes.bottom_tenth(s, 10.0, mean, strength) >= LIMITS["provider_review"] for s in successes]
    assert sum(flagged) <= 2


def test_a_provider_is_asked_to_talk_only_above_the_threshold():
    e = evidence([USUAL], providers=[
        {"id": "a", "name": "Provider A", "programme": "family-start", "chance_bottom_tenth": 0.79},
        {"id": "b", "name": "Provider B", "programme": "family-start", "chance_bottom_tenth": 0.93},
    ])  # fmt: skip
    found = programmes.recommend(e, LIMITS)
    assert [f.title for f in found if f.status == "talk"] == ["Provider B"]


def measured(before, after, line=15.0):
    people = pd.DataFrame({"baseline": before, "follow_up": after})
    return analysis.over_line(people, pd.Series({"payment_line": line, "measure_better": "low"}))


def test_two_measures_and_no_comparison_give_what_was_followed_and_no_more():
    before, after = [20.0] * 60 + [10.0] * 20, [20.0] * 30 + [10.0] * 50  # a low score is good: 20, then 50 of 80
    found = measured(before, after)
    assert found.value == pytest.approx(30 / 80)
    pairs = np.repeat([0.0, 1.0], [50, 30])
    assert (found.lower, found.upper) == pytest.approx(stats.norm.interval(0.95, pairs.mean(), stats.sem(pairs)))
    assert measured(before[:20], after[:20]) is None and measured(before, after, float("nan")) is None
