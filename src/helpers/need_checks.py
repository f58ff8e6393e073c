"""Are those who need most left out (creaming), or taken on and then left alone (parking)? Checks as in helpers.checks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from .checks import LEAST_GROUP, MATTERS_SD, NAN, Check, too_few


class Difference(NamedTuple):
    """A difference of means in standard deviations, with its interval and the one-sided p value of none or less."""

    value: float
    lower: float
    upper: float
    p: float


def standardised(one, other, level: float = 0.95) -> Difference:
    """Return how far the mean of `one` lies above that of `other`, in their pooled standard deviations.

    Source: Hedges and Olkin (1985), Statistical Methods for Meta-Analysis, for the interval; Welch's t test for p.

    >>> d = standardised([2, 3, 4, 5] * 10, [1, 2, 3, 4] * 10)
    >>> round(d.value, 2), d.p < 0.001
    (0.88, True)
    """
    one, other = np.asarray(one, float), np.asarray(other, float)
    n, m = len(one), len(other)
    pooled = np.sqrt(((n - 1) * one.var(ddof=1) + (m - 1) * other.var(ddof=1)) / (n + m - 2))
    if not pooled > 0:
        return Difference(NAN, NAN, NAN, NAN)
    d = (one.mean() - other.mean()) / pooled
    half = stats.norm.ppf(0.5 + level / 2) * np.sqrt(1 / n + 1 / m + d**2 / (2 * (n + m)))
    p = stats.ttest_ind(one, other, equal_var=False, alternative="greater").pvalue
    return Difference(float(d), float(d - half), float(d + half), float(p))


def creaming(need, passed, check: str = "creaming") -> Check:
    """Return how much more help those who did not pass a gate needed than those who did, in standard deviations.

    `need`: high is more need, nan where unknown; `passed`: true where the person went on. Above 0, a gate keeps out
    those who need most.
    """
    need, passed = np.asarray(need, float), np.asarray(passed, bool)
    known = ~np.isnan(need)
    left, on = need[known & ~passed], need[known & passed]
    if min(len(left), len(on)) < LEAST_GROUP:
        why = f"fewer than {LEAST_GROUP} people on one of the two sides"
        return too_few(check, why, int(known.sum()), MATTERS_SD)
    d = standardised(left, on)
    if d.value != d.value:
        return too_few(check, "everybody has the same need", int(known.sum()), MATTERS_SD)
    return Check(check, d.value, d.lower, d.upper, d.p, int(known.sum()), MATTERS_SD)


class Third(NamedTuple):
    """What a programme added for a third of people by need: raw, and drawn towards the mean of the thirds."""

    people: int
    raw: float  # in units of the measure, good is positive
    error: float
    shrunk: float


def by_third(gain, need, helped) -> list[Third]:
    """Return for the least, middle and most need what those helped gained beyond the comparison group.

    The thirds are cut at the needs of those helped. Shrinkage: normal, its spread after DerSimonian and Laird.
    Returns an empty list where a third has fewer than 20 people in either group.
    """
    gain, need, helped = np.asarray(gain, float), np.asarray(need, float), np.asarray(helped, bool)
    known = ~np.isnan(gain) & ~np.isnan(need)
    gain, need, helped = gain[known], need[known], helped[known]
    if helped.sum() < 3 * LEAST_GROUP:
        return []
    third = np.searchsorted(np.quantile(need[helped], [1 / 3, 2 / 3]), need, side="left")
    raw, error, people = [], [], []
    for k in range(3):
        one, other = gain[(third == k) & helped], gain[(third == k) & ~helped]
        if min(len(one), len(other)) < LEAST_GROUP:
            return []
        raw.append(one.mean() - other.mean())
        error.append(np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))
        people.append(len(one))
    raw, error = np.array(raw), np.array(error)
    with np.errstate(invalid="ignore"):  # it also works out a variant that is not used and may not exist
        fit = combine_effects(raw, error**2, method_re="dl")
    spread, mean = max(fit.tau2, 0.0), fit.mean_effect_re
    weight = spread / (spread + error**2)
    shrunk = mean + weight * (raw - mean)
    return [Third(*map(float, row)) for row in zip(people, raw, error, shrunk, strict=True)]


def parking(gain, need, helped) -> Check:
    """Return how much less the third with most need gained from the programme than the third with least.

    In standard deviations of the gain. Without a comparison group this cannot be told: people with more need do less
    well in any case, and scores that start extreme move back towards the middle in any case.
    """
    gain = np.asarray(gain, float)
    thirds = by_third(gain, need, helped)
    if not thirds:
        why = f"fewer than {LEAST_GROUP} people helped, or compared with, in a third by need"
        return too_few("parking", why, 0, MATTERS_SD)
    sd = np.nanstd(gain, ddof=1)
    gap = (thirds[0].raw - thirds[2].raw) / sd
    error = np.hypot(thirds[0].error, thirds[2].error) / sd
    half = stats.norm.ppf(0.975) * error
    n = int(sum(t.people for t in thirds))
    return Check("parking", gap, gap - half, gap + half, float(stats.norm.sf(gap / error)), n, MATTERS_SD)
