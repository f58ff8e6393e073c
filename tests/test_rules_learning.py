"""Rebalancing toward earlier help: three signs, a size, what it would have to avert, and never "scale"."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from helpers import catalogue
from helpers.evidence import Evidence, Latest
from helpers.rules import learning

LIMITS = {name: t["value"] for name, t in catalogue.thresholds().items()}
OWN, PEERS = "X99000001", [f"X9900001{n}" for n in range(10)]


def evidence(
    share=10.0,
    first=25.0,
    studentised=2.0,
    p=0.99,
    q=0.01,
    excess=40.0,
    near=None,
    recent="no significant change",
    peers=None,
    weekly=2_000.0,
):
    """Evidence of a made-up place: £10m of early and late spend, ten neighbours, one rate of help that comes back."""
    blank = {f.name: None for f in dataclasses.fields(Latest)}
    rows = [[OWN, "2016-17", 1e7 * first / 100, 1e7 * (1 - first / 100), first]]
    rows += [[OWN, "2024-25", 1e7 * share / 100, 1e7 * (1 - share / 100), share]]
    rows += [[code, "2024-25", 1, 1, value] for code, value in zip(PEERS, peers or range(15, 25), strict=False)]
    early_late = pd.DataFrame(rows, columns=["area_code", "financial_year", "early", "late", "early_share"])
    standing = pd.DataFrame(
        {
            "indicator": ["rereferrals"],
            "p_higher": [p],
            "q": [q],
            "p_higher_dfe": [p if near is None else near],
            "p_higher_ons": [p],
            "excess": [excess],
            "recent": [recent],
        }
    )
    expected = pd.DataFrame(
        {
            "actual": [900.0],
            "expected": [700.0],
            "low": [600.0],
            "high": [800.0],
            "studentised": [studentised],
            "why": [""],
        },
        index=["late"],
    )
    if np.isnan(studentised):
        expected["why"] = "a figure on spend is missing"
    values = {"rereferrals": 30.0, "unit_cost_looked_after": weekly}
    indicators = {i: {"title": i, "chapter": "needs", "source": "s"} for i in values if values[i] == values[i]}
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None) | {
        "place": {"name": "Somewhere", "area_code": OWN, "edition": "2026-11-22", "nation": "England", "region_code": "E12000001", "neighbours": {"dfe": [{"area_code": c} for c in PEERS]}},
        "early_late": early_late.assign(account="s251"), "standing": standing, "expected": expected, "indicators": indicators,
        "classification": pd.DataFrame([["s251", "s251_early_years", "early"]], columns=["account", "indicator", "stage"]),
        "comparator_set": "dfe",
    }  # fmt: skip
    e = Evidence(**fields)
    latest = {
        i: Latest(**blank | {"id": i, "period": "2024-04-01/P1Y", "value": values[i], "newer": ""}) for i in indicators
    }
    object.__setattr__(e, "latest", lambda i: latest[i])
    return e


def said(**changes):
    return learning.recommend(evidence(**changes), LIMITS)[0]


def test_all_three_signs_make_a_test_and_no_more():
    found = said()
    assert found.status == "test" and "with a comparison group" in found.words
    assert [lane for lane, _ in found.money] == ["cashable", "other public", "social"]


@pytest.mark.parametrize(
    "missing", [{"share": 20.0, "first": 22.0}, {"studentised": 1.27}, {"p": 0.94}, {"q": 0.11}, {"excess": 9.0}]
)
def test_two_of_three_is_watch(missing):
    assert said(**missing).status == "watch"


def test_one_of_three_recommends_nothing_and_says_what_was_looked_at():
    found = said(studentised=0.0, p=0.5)
    assert found.status == "nothing found"
    assert {what for what, _ in found.considered} == {"Late help costs more than expected", "Help comes back"}


def test_the_flip_of_no_sign_asks_for_two_and_of_one_sign_for_one():
    none = said(share=24.0, studentised=0.0, p=0.5)
    assert none.status == "nothing found" and none.flip.startswith("two of these: an early share below")
    assert not said(studentised=0.0, p=0.5).flip.startswith("two of these")


def test_a_rate_that_is_like_the_neighbours_counts_only_where_it_rises():
    assert said(near=0.5).status == "watch"
    assert said(near=0.5, recent="increasing").status == "test"


def test_what_cannot_be_told_is_not_a_no():
    found = said(studentised=float("nan"), p=0.5)
    assert found.status == "cannot say" and "a figure on spend is missing" in found.words


def test_a_fall_of_ten_points_counts_even_where_neighbours_fell_too():
    assert said(share=14.9, first=25.0, peers=[15.0] * 10).status == "test"
    assert said(share=15.3, first=25.0, peers=[15.2] * 10).status == "watch"


def test_the_size_is_the_smaller_of_the_gap_and_a_tenth_of_late_spend():
    def size(share):
        e = evidence(share=share)
        return learning.size_of_test(learning.own_years(e)[-1], learning.neighbours(e, "2024-25"), LIMITS)

    assert size(19.0) == pytest.approx(0.005 * 1e7)  # the gap to 19.5%
    assert size(10.0) == pytest.approx(0.1 * 9e6)  # a tenth of late spend is less than the gap of £950,000
    assert size(30.0) == 0.0


def test_the_break_even_is_the_size_over_a_year_of_the_published_cost():
    words = learning.break_even(evidence(), 208_000.0)
    assert "a child in care for 2.0 years (at £2,000 a week)" in words and "average cost" in words
    assert "is not known" in learning.break_even(evidence(weekly=float("nan")), 208_000.0)


def test_it_can_never_say_scale_or_claim_an_effect():
    random = np.random.default_rng(2)
    for _ in range(300):
        found = said(
            share=random.uniform(0, 60), first=random.uniform(0, 60), studentised=random.normal(0, 2),
            p=random.uniform(0, 1), q=random.uniform(0, 0.3), excess=random.normal(0, 50),
        )  # fmt: skip
        assert found.status in {"test", "watch", "nothing found", "cannot say"}
        assert not re.search(r"\b(caused|saved|impact of|led to)\b", found.words)


def test_too_few_years_or_neighbours_are_said():
    e = evidence()
    one = dataclasses.replace(e, early_late=e.early_late[e.early_late["financial_year"] == "2024-25"])
    object.__setattr__(one, "latest", e.latest)
    assert learning.recommend(one, LIMITS)[0].status == "cannot say"
    assert "Too few" in said(peers=[15.0, 16.0], first=12.0).words
