"""Whether a short series has a trend, and whether a longer one shows more than its own routine variation.

Neither says why. And neither undoes a choice: of areas picked out because one year was bad, more than the nominal
share look better afterwards. Leave the year that drew attention out of the series first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

POINTS = 5
CRITICAL = 9.5495  # chi-squared with one degree of freedom, 99.8%
TOO_FEW = "too few points"
NO_CHANGE = "no significant change"
TREND_WORDS = {  # polarity: (falling, rising)
    "high is good": ("getting worse", "getting better"),
    "low is good": ("getting better", "getting worse"),
    "no judgement": ("decreasing", "increasing"),
}
LIMIT = 2.66  # three standard deviations, from the mean moving range of two points
RANGE_LIMIT = 3.267  # the upper limit of a moving range of two points
MIN_CHART_POINTS = 13


class Trend(NamedTuple):
    """The recent trend of each series; arrays, one item a series."""

    word: np.ndarray
    value: np.ndarray  # the fitted change from one period to the next; nan with too few points
    lower: np.ndarray
    upper: np.ndarray
    chi_squared: np.ndarray
    points: int  # how many points the rule looked at
    method: str


def recent_trend(
    count, denominator, kind: str = "proportion", polarity: str = "no judgement", multiplier: float = 1,
    points: int = POINTS, level: float = 0.95,
) -> Trend:  # fmt: skip
    """Return the trend over the last five points of each series of counts.

    A trend needs two things: chi-squared for trend above 9.5495 (99.8%), and a slope that keeps its sign when any one
    point is dropped. Otherwise the word is "no significant change"; with fewer than five points, "too few points".
    `count` and `denominator`: series x periods, or one series, oldest first, evenly spaced, nan where missing; the last
    five points there are, wherever the gaps, each at its own time. `kind`: "proportion" or "rate". Slopes are in the
    multiplier's unit.
    Raises ValueError for an unknown kind or a negative count, KeyError for an unknown polarity.
    Source: OHID Fingertips' recent trends; the statistic is Cochran's (1954) and Armitage's (1955) for proportions, and
    the same with Poisson variance for rates.

    >>> recent_trend([100, 120, 140, 165, 180], [1000] * 5, polarity="low is good").word.item()
    'getting worse'
    >>> recent_trend([100, 120, 140], [1000] * 3).word.item()
    'too few points'
    """
    count, denominator = np.broadcast_arrays(np.asarray(count, float), np.asarray(denominator, float))
    if np.any(count < 0) or np.any(denominator < 0):
        raise ValueError("A trend needs counts and denominators of 0 or more.")
    if kind not in ("proportion", "rate"):
        raise ValueError(f"Unknown kind {kind!r}. Use 'proportion' or 'rate', or recent_trend_of_values.")
    (count, denominator), time = _last(points, count, denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (count.sum(axis=-1) / denominator.sum(axis=-1))[..., None]
        variance = pooled * (1 - pooled) if kind == "proportion" else pooled
        weight = denominator / variance
        value = count / denominator
    return _trend(multiplier * value, weight / multiplier**2, time, polarity, points, level, "chi-squared for trend")


def recent_trend_of_values(
    value, lower, upper, polarity: str = "no judgement", points: int = POINTS, level: float = 0.95
) -> Trend:
    """Return the trend over the last five points of series that are published as values with intervals.

    For rates whose counts are not published, such as directly standardised ones: the same rule, with each value
    weighted by its interval's width (limits at 95%). Shapes, words and errors as in `recent_trend`.

    >>> recent_trend_of_values([50, 48, 46, 43, 41], [49, 47, 45, 42, 40], [51, 49, 47, 44, 42]).word.item()
    'decreasing'
    """
    given = np.broadcast_arrays(*(np.asarray(x, float) for x in (value, lower, upper)))
    (value, lower, upper), time = _last(points, *given)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = (2 * special.ndtri(0.975) / (upper - lower)) ** 2
    return _trend(value, weight, time, polarity, points, level, "weighted regression on published intervals")


def _last(points: int, *series):
    """Return the last so many points that no series lacks, and their times; nan in front where there are fewer."""
    known = ~np.isnan(series).any(axis=0)
    order = np.argsort(known, axis=-1, kind="stable")[..., -points:]  # the missing first, each part in order of time
    kept = np.take_along_axis(known, order, axis=-1)
    return [np.where(kept, np.take_along_axis(x, order, axis=-1), np.nan) for x in series], order


def _trend(value, weight, time, polarity: str, points: int, level: float, method: str) -> Trend:
    falling, rising = TREND_WORDS[polarity]
    usable = np.isfinite(value).all(axis=-1) & np.isfinite(weight).all(axis=-1) & (weight > 0).all(axis=-1)
    usable &= value.shape[-1] == points
    slope, spread = _slope(value, weight, time)
    with np.errstate(divide="ignore", invalid="ignore"):
        chi_squared = slope**2 * spread
        half = special.ndtri(0.5 + level / 2) / np.sqrt(spread)
    keeps = np.ones(slope.shape, bool)
    for left_out in range(value.shape[-1]):
        without = weight.copy()
        without[..., left_out] = 0
        keeps &= np.sign(_slope(value, without, time)[0]) == np.sign(slope)
    word = np.where((chi_squared > CRITICAL) & keeps, np.where(slope > 0, rising, falling), NO_CHANGE).astype(object)
    word[~usable] = TOO_FEW
    numbers = [np.where(usable, x, np.nan) for x in (slope, slope - half, slope + half, chi_squared)]
    return Trend(word, *numbers, points, f"{method}, {points} points, above {CRITICAL}, sign kept without any one")


def _slope(value, weight, time):
    """Return the weighted slope on time, and the weighted spread of time (one over the slope's variance)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weight.sum(axis=-1, keepdims=True)
        off = time - (weight * time).sum(axis=-1, keepdims=True) / total
        spread = (weight * off**2).sum(axis=-1)
        return np.asarray((weight * off * value).sum(axis=-1) / spread), np.asarray(spread)


class Chart(NamedTuple):
    """A control chart: one row a point, and what it was made with."""

    points: pd.DataFrame  # value, mean, lower, upper, outside, shift, trend, two_of_three, direction
    value: float  # the mean, or nan with too few points
    lower: float
    upper: float
    mean_range: float  # mean moving range, after screening
    screened: int  # how many moving ranges were left out as too large
    shift: int  # points on one side of the mean that make a shift
    trend: int  # points in a row, each beyond the one before, that make a trend
    word: str  # "special cause", "routine variation" or "too few points"
    method: str


def xmr(values, shift: int = 7, trend: int = 7, minimum: int = MIN_CHART_POINTS) -> Chart:
    """Return the control chart (XmR) of one series, with every point that breaks a rule marked.

    Limits: mean plus and minus 2.66 mean moving ranges, once ranges of 3.267 times their mean or more are left out.
    Rules: a point outside the limits; `shift` points in a row on one side of the mean (a point on it ends the run);
    `trend` points in a row, each above, or each below, the one before; two of three points in a row beyond two thirds
    of the way to the same limit. `direction` is 1 for a mark above, -1 below, 0 for none. `values`: oldest first,
    evenly spaced; with fewer than `minimum` points there are no limits and no marks. The four rules together mark one
    unchanging series of 24 points in five, so a mark is a reason to look, not a finding.
    Raises ValueError for a gap in the series, or run lengths below 2.
    Source: Wheeler (1993), Understanding Variation; run lengths and screening as in NHS England's Making Data Count.

    >>> chart = xmr([10, 12, 11, 13, 12, 10, 11, 12, 13, 11, 12, 11, 30])
    >>> chart.word, chart.points["outside"].tolist().index(True), chart.screened
    ('special cause', 12, 1)
    """
    values = np.asarray(values, float)
    if values.ndim != 1 or np.isnan(values).any():
        raise ValueError("A control chart needs one series without gaps: start it after the gap.")
    if shift < 2 or trend < 2:
        raise ValueError("A run is two points or more.")
    n, flags = len(values), ("outside", "shift", "trend", "two_of_three")
    method = f"XmR: mean ± {LIMIT} mean moving ranges, shift of {shift}, trend of {trend}, from {minimum} points"
    if n < minimum:
        table = pd.DataFrame({"value": values} | dict.fromkeys(("mean", "lower", "upper"), np.nan))
        table = table.assign(**dict.fromkeys(flags, False), direction=0)
        return Chart(table, *[np.nan] * 4, 0, shift, trend, TOO_FEW, method)
    ranges = np.abs(np.diff(values))
    kept = ranges[ranges < RANGE_LIMIT * ranges.mean()] if ranges.any() else ranges
    mean, spread = values.mean(), LIMIT * kept.mean()
    side = np.sign(values - mean)
    step = np.sign(np.diff(values))
    far = np.where(np.abs(values - mean) > spread * 2 / 3, side, 0)
    marks = {"outside": np.where(np.abs(values - mean) > spread, side, 0)}
    marks["shift"] = _runs(side, shift)
    rises = _runs(step, trend - 1)  # a run of steps marks the points at both of its ends
    marks["trend"] = np.where(np.r_[0, rises] != 0, np.r_[0, rises], np.r_[rises, 0])
    pairs = np.zeros(n)
    for start in range(n - 2):
        window = far[start : start + 3]
        for sign in (1, -1):
            if np.count_nonzero(window == sign) >= 2:
                pairs[start : start + 3][window == sign] = sign
    marks["two_of_three"] = pairs
    table = pd.DataFrame({"value": values, "mean": mean, "lower": mean - spread, "upper": mean + spread})
    direction = np.zeros(n, int)
    for name in reversed(flags):  # the gravest rule has the last word
        table[name] = marks[name] != 0
        direction = np.where(table[name], marks[name], direction).astype(int)
    table = table[["value", "mean", "lower", "upper", *flags]].assign(direction=direction)
    word = "special cause" if direction.any() else "routine variation"
    limits = (float(mean), float(mean - spread), float(mean + spread), float(kept.mean()))
    return Chart(table, *limits, len(ranges) - len(kept), shift, trend, word, method)


def _runs(signs: np.ndarray, length: int) -> np.ndarray:
    """Return the sign where an item belongs to a run of `length` or more of one sign, and 0 elsewhere."""
    out = np.zeros(len(signs))
    start = 0
    for end in range(1, len(signs) + 1):
        if end == len(signs) or signs[end] != signs[start]:
            if end - start >= length:
                out[start:end] = signs[start]
            start = end
    return out
