"""Krippendorff's alpha against published worked answers, and against a rate of agreement that is known."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from helpers import agreement, paths

WORKED = yaml.safe_load((paths.ROOT / "tests" / "published" / "agreement.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", WORKED, ids=lambda c: c["source"][-40:])
def test_alpha_is_the_published_one(case):
    units = [[v for v in unit if v != "*"] for unit in zip(*(row.split() for row in case["coders"]), strict=True)]
    assert round(agreement.alpha(units)["alpha"], 3) == case["alpha"]
    sets = [[frozenset([v]) for v in unit] for unit in units]
    assert round(agreement.alpha(sets, agreement.overlap)["alpha"], 3) == case["alpha"]


def test_coders_who_guess_have_an_alpha_about_nothing_and_the_interval_holds_it():
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(40):
        found = agreement.alpha(rng.integers(0, 4, (80, 2)).tolist())
        inside += found["lower"] <= 0 <= found["upper"]
    assert 34 <= inside <= 40  # 38 are expected


def test_part_of_a_set_in_common_counts_in_part():
    shared = [[frozenset("ab"), frozenset("a")], [frozenset("c"), frozenset("c")], [frozenset("d"), frozenset("d")]]
    names = agreement.alpha(shared)["alpha"]
    assert names < agreement.alpha(shared, agreement.overlap)["alpha"] < 1


@pytest.mark.parametrize("units", [[], [["a"]], [["a", "a"]] * 20])
def test_nothing_is_said_where_nothing_could_differ(units):
    assert agreement.verdict(agreement.alpha(units)) == "cannot tell"
