"""Providers beside one another: never a raw worst tenth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from helpers import casemix


def many_providers(rng, providers=20, people=(15, 90), spread=0.5):
    """Draw providers that differ in truth and in whom they help."""
    truth = rng.normal(0, spread, providers)
    sizes = rng.integers(*people, providers)
    which = np.repeat(np.arange(providers), sizes)
    mix = rng.normal(0, 0.6, providers)  # some have harder cases
    need = rng.normal(mix[which], 1)
    good = (rng.random(len(which)) < special.expit(0.2 - 0.8 * need + truth[which])).astype(float)
    return truth, which, need, good


def test_of_those_said_to_be_in_the_lowest_tenth_most_are():
    rng = np.random.default_rng(11)
    said, right, raw_right, raw_said, chances, truly = 0, 0, 0, 0, [], []
    for _ in range(40):
        truth, which, need, good = many_providers(rng)
        found = casemix.providers(good, casemix.expected(good, need[:, None]), [f"{k:02d}" for k in which])
        lowest = truth < stats.norm.ppf(0.1) * 0.5
        chances += list(found["p_lowest"])
        truly += list(lowest)
        flagged = found["p_lowest"].to_numpy() >= casemix.CERTAIN
        said, right = said + flagged.sum(), right + (flagged & lowest).sum()
        raw = np.argsort(found["reached"].to_numpy())[:2]  # the worst tenth of a plain list of 20
        raw_said, raw_right = raw_said + 2, raw_right + lowest[raw].sum()
    assert said >= 8 and right / said >= 0.75
    assert raw_right / raw_said < right / said  # a plain list is wrong more often
    chances, truly = np.array(chances), np.array(truly)
    assert np.mean(chances) == pytest.approx(np.mean(truly), abs=0.03)  # chances mean what they say


def test_three_people_and_no_success_trigger_nothing():
    rng = np.random.default_rng(12)
    for _ in range(10):
        _, which, need, good = many_providers(rng)
        good = np.append(good, [0.0, 0, 0])
        need = np.append(need, [0.0, 0, 0])
        names = [*(f"{k:02d}" for k in which), *["tiny"] * 3]
        found = casemix.providers(good, casemix.expected(good, need[:, None]), names).set_index("provider")
        assert found.loc["tiny", "reached"] == 0  # the lowest of a plain list
        assert found.loc["tiny", "p_lowest"] < 0.5


def test_hard_cases_are_not_held_against_a_provider():
    rng = np.random.default_rng(13)
    which = np.repeat(np.arange(12), 150)
    need = rng.normal(np.where(which == 0, 1.5, 0), 1)
    good = (rng.random(len(which)) < special.expit(-need)).astype(float)
    found = casemix.providers(good, casemix.expected(good, need[:, None]), [f"{k:02d}" for k in which])
    assert found["reached"].idxmin() == 0 and found["p_lowest"][0] < casemix.CERTAIN
    plain = casemix.providers(good, np.full(len(good), good.mean()), [f"{k:02d}" for k in which])
    assert plain["p_lowest"][0] > casemix.CERTAIN  # which it would be without allowing for them


def test_a_provider_is_drawn_towards_the_others_the_more_the_smaller_it_is():
    reached = [30, 35, 40, 45, 50, 50, 55, 60, 65, 70]  # of 100 each
    good = np.concatenate([[1.0] * k + [0.0] * (100 - k) for k in reached] + [[0.0] * 4, [0.0] * 40])
    names = [*np.repeat([f"{k:02d}" for k in range(10)], 100), *["few"] * 4, *["more"] * 40]
    found = casemix.providers(good, np.full(len(good), good.mean()), names).set_index("provider")
    assert found.loc["few", "shrunk"] > 0.25 and found.loc["more", "shrunk"] < 0.15  # none of 4, none of 40
    assert found.loc["00", "lower"] < 0.30 < found.loc["00", "shrunk"] < found.loc["00", "upper"] < 0.5


def test_nine_providers_are_too_few():
    with pytest.raises(ValueError, match="10 or more; there are 9"):
        casemix.providers(np.ones(90), np.full(90, 0.5), np.repeat([str(k) for k in range(9)], 10))


def test_what_cannot_be_fitted_leaves_the_common_chance():
    good = np.array([0.0, 0, 1, 1])
    assert casemix.expected(good, good[:, None]).tolist() == [0.5] * 4  # told apart without a fault: no fit
    assert casemix.expected(np.ones(4), np.arange(4.0)[:, None]).tolist() == [1.0] * 4
