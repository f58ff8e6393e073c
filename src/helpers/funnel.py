"""Funnel limits: how far from the benchmark an area of a given size strays by chance alone.

Two rules. A funnel never contradicts a comparison: an area lies outside exactly where its own interval (Wilson's for
a proportion, exact Poisson for a rate) leaves the benchmark out. And where areas differ among themselves more than
chance explains, the limits can be widened by as much.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special, stats

LEVELS = (0.95, 0.998)  # about two and three standard deviations


class Dispersion(NamedTuple):
    """How much more the areas differ than chance explains."""

    phi: float  # mean squared z score after winsorising: about 1 where only chance is at work
    tau: float  # standard deviation between areas, on the transformed scale (square root or arcsine); 0 for none
    n: int  # how many areas it was worked out from
    method: str


class Funnel(NamedTuple):
    """The benchmark with inner (95%) and outer (99.8%) limits for each size; arrays of one shape, benchmark's unit."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    lower_outer: np.ndarray
    upper_outer: np.ndarray
    method: str


def over_dispersion(count, size, target, kind: str, multiplier: float = 1, winsorise: float = 0.1) -> Dispersion:
    """Return how much more areas differ from the target than chance explains.

    `count` and `size` (denominators, or expected events): one number an area; areas with either missing are left out.
    `winsorise`: the share of z scores pulled in at each end, so that the few outliers a funnel is meant to show do not
    widen it. The price: where areas differ as a bell curve does, with no outliers, tau is nearly a quarter too small, and
    a tenth of them lie beyond the widened 95% limits. Raises ValueError for fewer than 10 areas, or an unknown kind.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, with the between-area variance by the moment
    estimator of DerSimonian and Laird (1986).

    >>> over_dispersion([91, 109] * 10, [100] * 20, 1, "rate").tau
    0.0
    >>> round(over_dispersion([60, 140] * 10, [100] * 20, 1, "rate").phi, 1)
    16.9
    """
    count, size, target = np.asarray(count, float), np.asarray(size, float), target / multiplier
    known = ~(np.isnan(count) | np.isnan(size)) & (size > 0)
    count, size = count[known], size[known]
    n = len(count)
    if n < 10:
        raise ValueError(f"Over-dispersion needs 10 areas or more with data; {n} have some. Draw plain limits instead.")
    z = (_scale(count / size, kind) - _scale(target, kind)) / _error(size, target, kind)
    low, high = np.quantile(z, [winsorise, 1 - winsorise])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    weight = _error(size, target, kind) ** -2
    tau2 = (n * phi - (n - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return Dispersion(phi, float(np.sqrt(max(tau2, 0))), n, f"winsorised z at {winsorise:.0%}, DerSimonian-Laird")


def funnel_limits(
    size,
    target=1.0,
    kind: str = "rate",
    multiplier: float = 1,
    dispersion: Dispersion | None = None,
    drawn: str = "test",
) -> Funnel:
    """Return limits at 95% and 99.8% around a target, for areas of the given sizes.

    `size`: denominators, in people, or expected events where `target` is 1 and the value is a ratio of observed to
    expected. `target` and limits are in the multiplier's unit. `kind`: "proportion" (score limits, the inverse of
    Wilson's interval, kept within 0 and 1) or "rate" (exact Poisson). With a `dispersion` above 0 the limits are those
    of the transformed value with its variance added, and never narrower than the plain ones.

    `drawn`: "test" puts 2.5% of chance at most beyond each limit. "interval" instead draws the exact interval of a
    count equal to the expected one, as the R package FunnelPlotR does (expected 15: .5597 to 1.6493); it leaves 3.7%
    below and 1.1% above, so it names too many low areas. For rates only.
    Raises ValueError for an unknown kind or way of drawing, a target below 0, or a proportion above 1.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202; the exact limits as in OHID's funnel plots.

    >>> f = funnel_limits([15, 1500])
    >>> f.lower.round(3).tolist(), f.upper.round(3).tolist()
    ([0.495, 0.949], [1.568, 1.051])
    >>> round(float(funnel_limits(15, drawn="interval").lower), 4)
    0.5597
    """
    size = np.asarray(size, float)
    target = np.asarray(target, float) / multiplier
    _scale(0.0, kind)  # refuses an unknown kind
    if drawn not in ("test", "interval") or (drawn == "interval" and kind != "rate"):
        raise ValueError(f"Limits of a {kind} cannot be drawn as {drawn!r}. Use 'test'; or 'interval', for a rate.")
    if np.any(target < 0) or (kind == "proportion" and np.any(target > 1)):
        raise ValueError("A target is 0 or more, and a proportion no more than the whole. Check the multiplier.")
    size, target = np.broadcast_arrays(size, target)
    pairs = []
    for level in LEVELS:
        lower, upper = _plain(size, target, kind, level, drawn)
        if dispersion is not None and dispersion.tau > 0:
            half = stats.norm.ppf(0.5 + level / 2) * np.hypot(_error(size, target, kind), dispersion.tau)
            centre = _scale(target, kind)
            lower = np.fmin(lower, _unscale(centre - half, kind))
            upper = np.fmax(upper, _unscale(centre + half, kind))
        pairs += [multiplier * lower, multiplier * upper]
    names = {"proportion": "score limits (inverse Wilson)", "rate": "exact Poisson"}
    method = names[kind] + (", over-dispersed" if dispersion is not None and dispersion.tau > 0 else "")
    return Funnel(multiplier * target, *pairs, method)


def _plain(size, target, kind: str, level: float, drawn: str):
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "proportion":
            half = stats.norm.isf(tail) * np.sqrt(target * (1 - target) / size)
            return np.clip(target - half, 0, 1), np.clip(target + half, 0, 1)
        expected = size * target
        if drawn == "interval":
            low, high = stats.chi2.ppf(tail, 2 * expected) / 2, stats.chi2.isf(tail, 2 * (expected + 1)) / 2
        else:  # counts x, between whole numbers too, with P(X <= x) = tail and P(X >= x) = tail
            low = np.where(np.exp(-expected) < tail, special.pdtrik(tail, expected), 0.0)
            high = special.pdtrik(1 - tail, expected) + 1
        unknown = np.isnan(expected) | (size <= 0)
        return np.where(unknown, np.nan, low / size), np.where(unknown, np.nan, high / size)


def _scale(x, kind: str):
    """Return values on the scale where chance has about the same spread at every level."""
    if kind == "rate":
        return np.sqrt(x)
    if kind == "proportion":
        return np.arcsin(np.sqrt(x))
    raise ValueError(f"Unknown kind {kind!r}. Use 'proportion' or 'rate'.")


def _unscale(y, kind: str):
    return np.clip(y, 0, None) ** 2 if kind == "rate" else np.sin(np.clip(y, 0, np.pi / 2)) ** 2


def _error(size, target, kind: str):
    """Return the standard error of a transformed value; it does not depend on the target, and that is the point."""
    with np.errstate(divide="ignore"):
        return np.broadcast_to(1 / (2 * np.sqrt(size)), np.broadcast_shapes(np.shape(size), np.shape(target)))
