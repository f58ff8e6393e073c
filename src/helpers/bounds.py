"""What people who were lost could make of a result: the least and the most that it can be. Plain arrays in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NAN = float("nan")


class Bounds(NamedTuple):
    """The least and the most that an effect can be, whatever became of those who were lost."""

    lower: float
    upper: float


def worst_and_best(good, lost: int) -> Bounds:
    """Return the share with a good outcome if all who were lost did badly, and if all did well.

    >>> worst_and_best([1, 1, 0, 1], 1)
    Bounds(lower=0.6, upper=0.8)
    """
    good = np.asarray(good, float)
    n = len(good) + lost
    return Bounds(float(good.sum() / n), float((good.sum() + lost) / n)) if n else Bounds(NAN, NAN)


def manski(good_helped, lost_helped: int, good_compared, lost_compared: int) -> Bounds:
    """Return bounds of a difference in shares with no assumption about the lost.

    Source: Manski (1990), American Economic Review 80, 319-323.
    """
    one, other = worst_and_best(good_helped, lost_helped), worst_and_best(good_compared, lost_compared)
    return Bounds(one.lower - other.upper, one.upper - other.lower)


def lee(helped, compared) -> Bounds:
    """Return bounds of the difference in means among people who would be measured either way.

    Both: measures of everyone, nan where lost. It takes for granted that being helped made nobody less likely to be
    measured (or nobody more likely): the group with fewer lost is trimmed by the excess, from below and from above.
    Source: Lee (2009), Review of Economic Studies 76, 1071-1102.

    >>> lee([1, 2, 3, 4], [1, 2, 3, np.nan])
    Bounds(lower=0.0, upper=1.0)
    """
    helped, compared = np.asarray(helped, float), np.asarray(compared, float)
    seen = [float(np.mean(~np.isnan(g))) if len(g) else 0.0 for g in (helped, compared)]
    if not min(seen) > 0:
        return Bounds(NAN, NAN)
    one, other = np.sort(helped[~np.isnan(helped)]), np.sort(compared[~np.isnan(compared)])
    more, trimmed = (one, seen[1] / seen[0]) if seen[0] >= seen[1] else (other, seen[0] / seen[1])
    keep = max(round(trimmed * len(more)), 1)
    low, high = float(more[:keep].mean()), float(more[-keep:].mean())
    if seen[0] >= seen[1]:
        return Bounds(low - float(other.mean()), high - float(other.mean()))
    return Bounds(float(one.mean()) - high, float(one.mean()) - low)


def unexplained(outcome, helped, covariates) -> np.ndarray:
    """Return what is left of an outcome once the covariates are allowed for, as they work in the comparison group.

    Gaps in covariates count as their mean; nan where the outcome is lost. So that bounds for the lost, which compare
    plain groups, compare like with like.
    """
    y, t = np.asarray(outcome, float), np.asarray(helped, bool)
    x = np.asarray(covariates, float).reshape(len(y), -1)
    x = np.where(np.isnan(x), np.nanmean(x, axis=0), x)
    design = np.column_stack([np.ones(len(y)), x])
    known = ~t & ~np.isnan(y)
    return y - design @ np.linalg.lstsq(design[known], y[known], rcond=None)[0]
