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

# European Standard Population 2013: people of each age group in 100,000 (Eurostat, KS-RA-13-028). 90+ joins two groups.
ESP2013 = {
    "0-4": 5_000, "5-9": 5_500, "10-14": 5_500, "15-19": 5_500, "20-24": 6_000, "25-29": 6_000, "30-34": 6_500,
    "35-39": 7_000, "40-44": 7_000, "45-49": 7_000, "50-54": 7_000, "55-59": 6_500, "60-64": 6_000, "65-69": 5_500,
    "70-74": 5_000, "75-79": 4_000, "80-84": 2_500, "85-89": 1_500, "90+": 1_000,
}  # fmt: skip


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


def directly_standardised_rate(
    count, population, weights=None, multiplier: float = 100_000, level: float = 0.95
) -> Interval:
    """Return directly standardised rates with Dobson's limits; nothing is shown below 10 events.

    `count` and `population`: areas x age groups, or one row of age groups; `weights`: the standard population of the
    age groups, by default ESP2013's 19 five-year groups. Value and limits are nan where an area has fewer than 10
    events, or a group is missing. Raises ValueError where the groups do not match the weights, a count is negative,
    or a group has no people.
    Source: Dobson and others (1991), Statistics in Medicine 10, 457-462, on Byar's limits of the whole count; the
    limit of 10 events is OHID's.

    >>> i = directly_standardised_rate([40, 60], [1000, 1000], weights=[1, 1], multiplier=1000)
    >>> round(float(i.value), 3), round(float(i.lower), 3), round(float(i.upper), 3)
    (50.0, 40.681, 60.814)
    """
    count, population = np.asarray(count, float), np.asarray(population, float)
    weights = np.asarray(list(ESP2013.values()) if weights is None else weights, float)
    if count.shape != population.shape or count.shape[-1] != len(weights):
        raise ValueError(
            f"Counts have {count.shape[-1]} age groups, populations {population.shape[-1]}, weights {len(weights)}. "
            "Give all three for the same age groups, in the same order."
        )
    if np.any(count < 0) or np.any(population <= 0):
        raise ValueError("A standardised rate needs counts of 0 or more, and people in every age group.")
    share = weights / weights.sum() / population
    events, rate = count.sum(axis=-1), (share * count).sum(axis=-1)
    whole = crude_rate(events, np.ones_like(events), multiplier=1, level=level)
    with np.errstate(divide="ignore", invalid="ignore"):
        stretch = np.sqrt((share**2 * count).sum(axis=-1) / events)
    shown = np.where(events >= SMALL_COUNT, multiplier, np.nan)  # nan events compare false
    lower, upper = rate + stretch * (whole.lower - events), rate + stretch * (whole.upper - events)
    return Interval(shown * rate, shown * lower, shown * upper, "Dobson")


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
