"""A locality beside England and beside places like it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

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


def peers(values: np.ndarray, columns: list[int], minimum: int = MIN_NEIGHBOURS) -> Peers:
    """Return the median of the peers, and how many have data, for each row.

    `values`: rows x areas, nan where there is no value; `columns`: the peers' columns. Below `minimum` peers with
    data the median is nan, and n says how few there are.

    >>> p = peers(np.array([[1.0, 2.0, 3.0, 9.0], [1.0, np.nan, np.nan, 9.0]]), [0, 1, 2], minimum=3)
    >>> p.median.tolist(), p.n.tolist()
    ([2.0, nan], [3, 1])
    """
    chosen = values[:, columns]
    n = (~np.isnan(chosen)).sum(axis=1)
    enough = n >= minimum
    median = np.full(len(values), np.nan)
    if enough.any():
        median[enough] = np.nanmedian(chosen[enough], axis=1)
    return Peers(median, n)


# Scales on which an interval is nearly symmetrical, so that its half-width serves as a standard error
SCALES = {
    "value": lambda x: x,
    "rate": lambda x: np.sqrt(np.clip(x, 0, None)),
    "proportion": lambda x: np.arcsin(np.sqrt(np.clip(x, 0, 1))),
}


def p_values(value, lower, upper, benchmark, kind: str = "value", multiplier: float = 1, level: float = 0.95):
    """Return two-sided p values of "no different from the benchmark", worked out from published or own intervals.

    Below 1 - level exactly where the interval leaves the benchmark out, so they never contradict `compare`. Shapes:
    arrays of one length; nan where anything is missing, or an interval has no width. `kind`: rate, proportion (both
    in the multiplier's unit) or value, for anything else. Raises KeyError for a kind that is not in SCALES.
    Source: Altman and Bland (2011), BMJ 343, d2304: a p value from a confidence interval; the square root and the
    arcsine make the intervals of rates and proportions nearly symmetrical first.

    >>> p_values(10, 10 - 1.96, 10 + 1.96, 8.04).round(3).item()
    0.05
    """
    scale = SCALES[kind]
    value, lower, upper, benchmark = (
        scale(np.asarray(x, float) / multiplier) for x in np.broadcast_arrays(value, lower, upper, benchmark)
    )
    width = np.where(benchmark < value, value - lower, upper - value)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(value - benchmark) / width * special.ndtri(0.5 + level / 2)
    return np.where((width > 0) & ~np.isnan(lower + upper), 2 * special.ndtr(-z), np.nan)


class Discoveries(NamedTuple):
    """Which of many comparisons still stand out once it is counted how many were made."""

    found: np.ndarray  # true where the difference stands
    adjusted: np.ndarray  # the p value after the adjustment; nan where there was none
    n: int  # how many comparisons were made
    by_chance: float  # how many of them would pass an unadjusted test at this rate with no difference anywhere
    rate: float
    method: str


def false_discovery(p, rate: float = 0.05) -> Discoveries:
    """Return which of many p values stand out, so that on average no more than `rate` of those named are false.

    `p`: one p value a comparison (from `p_values`, or exact); nan where nothing was compared, which is not found and
    not counted. Raises ValueError for a p value outside 0 to 1.
    Source: Benjamini and Hochberg (1995), JRSS B 57, 289-300, by statsmodels. It holds for independent comparisons and
    for those that move together; needs of one place do move together.

    >>> d = false_discovery([0.001, 0.04, 0.03, np.nan])
    >>> d.found.tolist(), d.n, round(d.by_chance, 2)
    ([True, True, True, False], 3, 0.15)
    """
    p = np.asarray(p, float)
    made = ~np.isnan(p)
    if np.any(p[made] < 0) or np.any(p[made] > 1):
        raise ValueError("A p value lies between 0 and 1. Make them with p_values.")
    found, adjusted = np.zeros(p.shape, bool), np.full(p.shape, np.nan)
    if made.any():
        found[made], adjusted[made], _, _ = multipletests(p[made], alpha=rate, method="fdr_bh")
    n = int(made.sum())
    return Discoveries(found, adjusted, n, rate * n, rate, "Benjamini-Hochberg")


class SlopeIndex(NamedTuple):
    """The gap between the two ends of a ranked population, in the value's unit, and the same as a ratio."""

    value: float  # slope index: the fitted value at the last end minus that at the first
    lower: float
    upper: float
    ratio: float  # relative index: the fitted value at the last end over that at the first
    ratio_lower: float  # nan where an end of the fitted line is not above 0
    ratio_upper: float
    first: float  # the fitted value at the first end
    method: str


def slope_index(value, population, error=None, level: float = 0.95) -> SlopeIndex:
    """Return the slope and the relative index of inequality over groups in order of rank, such as deprivation tenths.

    `value`, `population` and `error` (standard errors of the values): one number a group, in order from the most
    deprived. With errors the limits carry the values' own uncertainty, without them the scatter about the line. The
    ratio's limits are symmetrical in its logarithm. Raises ValueError for fewer than five groups, missing values, or
    groups with no people.
    Source: Pamuk (1985) and Mackenbach and Kunst (1997): weighted least squares on the midpoints of cumulative
    population; five groups or more, as OHID asks.

    >>> s = slope_index([10, 20, 30, 40, 50], [100] * 5, error=[1] * 5)
    >>> round(s.value, 3), round(s.ratio, 3), round(s.first, 3)
    (50.0, 11.0, 5.0)
    """
    from statsmodels.regression.linear_model import WLS  # brings a parser of formulas: a tenth of what a build loads

    value, population = np.asarray(value, float), np.asarray(population, float)
    if value.ndim != 1 or len(value) < 5 or value.shape != population.shape:
        raise ValueError("A slope index needs five groups or more, and a population for each.")
    if np.isnan(value).any() or not np.all(population > 0):
        raise ValueError("A slope index needs a value and people in every group: leave out the area, not the group.")
    share = population / population.sum()
    design = np.column_stack([np.ones(len(share)), np.cumsum(share) - share / 2])
    fit = WLS(value, design, weights=share).fit()
    first, slope = fit.params
    if error is None:
        covariance, z = fit.cov_params(), stats.t.ppf(0.5 + level / 2, fit.df_resid)
        method = "weighted least squares, limits from the scatter about the line"
    else:
        solve = np.linalg.solve(design.T @ (share[:, None] * design), design.T * share)  # params = solve @ value
        covariance, z = solve * np.asarray(error, float) ** 2 @ solve.T, stats.norm.ppf(0.5 + level / 2)
        method = "weighted least squares, limits from the groups' standard errors"
    half = z * np.sqrt(covariance[1, 1])
    last = first + slope
    ratio, factor = last / first if first else np.nan, np.nan
    if first > 0 and last > 0:
        gradient = np.array([1 / last - 1 / first, 1 / last])  # of log(last / first)
        factor = np.exp(z * np.sqrt(gradient @ covariance @ gradient))
    numbers = (slope, slope - half, slope + half, ratio, ratio / factor, ratio * factor, first)
    return SlopeIndex(*map(float, numbers), method)
