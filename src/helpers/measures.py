"""Intervals for proportions and rates, by the methods of OHID's public health technical guidance.

Numbers or arrays in, a named tuple of arrays out: value, lower, upper and the name of the method.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from .catalogue import Indicator

MULTIPLIER = {"pct": 100, "per_1k": 1_000, "per_10k": 10_000, "per_100k": 100_000}
SMALL_COUNT = 10  # below this many events Byar's approximation gives way to the exact Poisson limits


class Interval(NamedTuple):
    """A value with its lower and upper limit; arrays of one shape, in the multiplier's unit."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    method: str


def proportion(count, denominator, multiplier: float = 100, level: float = 0.95) -> Interval:
    """Return proportions with Wilson score limits.

    Raises ValueError where a count is negative or greater than its denominator.
    Source: Wilson (1927), recommended by Newcombe (1998); 81 of 263 gives .2553 to .3662.

    >>> i = proportion(81, 263, multiplier=1)
    >>> round(float(i.lower), 4), round(float(i.upper), 4)
    (0.2553, 0.3662)
    """
    count, denominator = np.asarray(count, float), np.asarray(denominator, float)
    if np.any(count < 0) or np.any(count > denominator):
        raise ValueError("A proportion needs 0 <= count <= denominator. Check which column is the denominator.")
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = proportion_confint(count, denominator, alpha=1 - level, method="wilson")
        value = count / denominator
    return Interval(multiplier * value, multiplier * np.asarray(lower), multiplier * np.asarray(upper), "Wilson")


def crude_rate(count, denominator, multiplier: float = 10_000, level: float = 0.95) -> Interval:
    """Return rates of events with Byar's limits, or exact Poisson limits below 10 events.

    The lower limit of no events is 0. Raises ValueError for a negative count.
    Source: Breslow and Day (1987); 65 events in 100 person-years gives 50.163 to 82.849 per 100.

    >>> i = crude_rate(65, 100, multiplier=100)
    >>> round(float(i.lower), 3), round(float(i.upper), 3)
    (50.163, 82.849)
    >>> round(float(crude_rate(0, 1, multiplier=1).upper), 4)
    3.6889
    """
    count, denominator = np.asarray(count, float), np.asarray(denominator, float)
    if np.any(count < 0):
        raise ValueError("A rate needs a count of 0 or more.")
    z = stats.norm.ppf(0.5 + level / 2)
    tail = (1 - level) / 2
    more = count + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        byar_lower = count * (1 - 1 / (9 * count) - z / (3 * np.sqrt(count))) ** 3
        byar_upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
        exact_lower = np.where(count > 0, stats.chi2.ppf(tail, 2 * count) / 2, 0.0)
        exact_upper = stats.chi2.ppf(1 - tail, 2 * more) / 2
        small = count < SMALL_COUNT
        lower, upper = np.where(small, exact_lower, byar_lower), np.where(small, exact_upper, byar_upper)
        scale = multiplier / denominator
        return Interval(count * scale, lower * scale, upper * scale, "Byar")


def with_intervals(figures: pd.DataFrame, indicators: dict[str, Indicator]) -> pd.DataFrame:
    """Return figures with `interval` (published, Wilson, Byar, or empty) and limits of our own where counts allow.

    Published limits are kept as published. A value is kept as published too; where only a count and a denominator
    are given, the value is theirs. Rows: as given. Units: each row's own.
    """
    out = figures.copy()
    out["interval"] = np.where(out["lower"].notna() & out["upper"].notna(), "published", "")
    for method, function in (("proportion", proportion), ("crude_rate", crude_rate)):
        ids = [i.id for i in indicators.values() if i.method == method]
        rows = out.index[
            out["indicator"].isin(ids)
            & (out["interval"] == "")
            & out["status"].isin(("final", "provisional", "revised"))
            & out["count"].notna()
            & (out["denominator"] > 0)
        ]
        if rows.empty:
            continue
        multiplier = out.loc[rows, "unit"].map(MULTIPLIER).to_numpy()
        made = function(out.loc[rows, "count"], out.loc[rows, "denominator"], multiplier)
        out.loc[rows, "lower"], out.loc[rows, "upper"] = made.lower, made.upper
        out.loc[rows, "value"] = out.loc[rows, "value"].fillna(pd.Series(made.value, index=rows))
        out.loc[rows, "interval"] = made.method
    return out
