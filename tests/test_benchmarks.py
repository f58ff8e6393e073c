"""Comparisons: no interval, no word; too few neighbours, no median."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import benchmarks


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


def test_no_benchmark_no_comparison():
    assert benchmarks.compare(1, 2, np.nan, "low is good").item() == "not compared"


def test_an_unknown_polarity_is_an_error():
    with pytest.raises(KeyError):
        benchmarks.compare(1, 2, 3, "lower is better")


def test_peers_are_refused_below_five():
    values = np.array([[1.0, 2.0, 3.0, 4.0, np.nan], [1.0, 2.0, 3.0, 4.0, 5.0]])
    found = benchmarks.peers(values, [0, 1, 2, 3, 4])
    assert np.isnan(found.median[0]) and found.n.tolist() == [4, 5]
    assert (found.median[1], found.low[1], found.high[1]) == (3.0, 1.0, 5.0)
