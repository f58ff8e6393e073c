"""A locality beside England and beside places like it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

MIN_NEIGHBOURS = 5  # fewer than this with data, and no median is shown

WORDS = {
    # polarity: (interval below the benchmark, interval around it, interval above it)
    "high is good": ("worse", "similar", "better"),
    "low is good": ("better", "similar", "worse"),
    "no judgement": ("lower", "similar", "higher"),
}


def compare(lower, upper, benchmark, polarity: str) -> np.ndarray:
    """Return better, similar or worse (higher, similar or lower without a declared polarity), or "not compared".

    The area's 95% interval is held against the benchmark's value; where either is missing nothing is compared.
    Shapes: arrays of one length. Raises KeyError for a polarity that is not in WORDS.
    Source: OHID Fingertips' comparison with a benchmark value.

    >>> compare([1, 4, 7, np.nan], [3, 6, 9, 5], 5, "low is good").tolist()
    ['better', 'similar', 'worse', 'not compared']
    """
    lower, upper, benchmark = np.broadcast_arrays(
        np.asarray(lower, float), np.asarray(upper, float), np.asarray(benchmark, float)
    )
    below, similar, above = WORDS[polarity]
    words = np.where(upper < benchmark, below, np.where(lower > benchmark, above, similar)).astype(object)
    words[np.isnan(lower) | np.isnan(upper) | np.isnan(benchmark)] = "not compared"
    return words


class Peers(NamedTuple):
    """What the peers of one locality show, per row of values."""

    median: np.ndarray  # nan below MIN_NEIGHBOURS
    n: np.ndarray  # how many of the peers have a value
    low: np.ndarray
    high: np.ndarray


def peers(values: np.ndarray, columns: list[int], minimum: int = MIN_NEIGHBOURS) -> Peers:
    """Return median, number with data, lowest and highest of the peers for each row.

    `values`: rows x areas, nan where there is no value; `columns`: the peers' columns. Below `minimum` peers with
    data the statistics are nan, and n says how few there are.

    >>> p = peers(np.array([[1.0, 2.0, 3.0, 9.0], [1.0, np.nan, np.nan, 9.0]]), [0, 1, 2], minimum=3)
    >>> p.median.tolist(), p.n.tolist()
    ([2.0, nan], [3, 1])
    """
    chosen = values[:, columns]
    n = (~np.isnan(chosen)).sum(axis=1)
    enough = n >= minimum
    result = [np.full(len(values), np.nan) for _ in range(3)]
    if enough.any():
        for target, function in zip(result, (np.nanmedian, np.nanmin, np.nanmax), strict=True):
            target[enough] = function(chosen[enough], axis=1)
    return Peers(result[0], n, result[1], result[2])
