"""Empirical Bayes: what is likely to be true of a place, given its figure and how much places differ at all.

A small area's rate is mostly chance; it is drawn towards the mean of all areas, a large area's hardly at all. The raw
figure stays beside it, and a raw figure beyond the 99.8% limits is always marked, however small the area.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

MIN_AREAS = 10  # with fewer, how much places differ cannot be told
BREACH = 0.001  # each tail beyond the 99.8% limits


def shrink(
    count, size, benchmark: float, kind: str, polarity: str = "no judgement", multiplier: float = 1, level: float = 0.95
) -> pd.DataFrame:
    """Return each area's shrunk value with its interval, the raw value beside it, and P(worse than the benchmark).

    `count` and `size` (denominators, or expected events): one number an area, nan where missing; all areas of the
    nation, not a few. `kind`: "rate" (gamma-Poisson) or "proportion" (beta-binomial). `benchmark`, such as England's
    value, is in the multiplier's unit, and so are all values. Columns: raw, value, lower, upper, p_higher (probability
    that the true value lies above the benchmark), p_worse (the same in words of the polarity; nan with no judgement),
    breach (raw beyond the 99.8% limits), method. attrs: prior_mean, prior_sd, n. No ranks, on purpose.
    Raises ValueError for fewer than 10 areas with data, an impossible count, or an unknown kind or polarity.
    Source: Clayton and Kaldor (1987), Biometrics 43, 671-681; the prior as in `prior`.

    >>> s = shrink([0, 40] + [20] * 10 + [12, 28] * 4, [1000] * 20, 20, "rate", "low is good", multiplier=1000)
    >>> s.loc[:1, ["raw", "value", "p_worse"]].round(2).values.tolist()
    [[0.0, 4.06, 0.0], [40.0, 35.99, 1.0]]
    """
    count, size = np.asarray(count, float), np.asarray(size, float)
    known = ~(np.isnan(count) | np.isnan(size)) & (size > 0)
    x, n = count[known], size[known]
    if kind not in ("rate", "proportion"):
        raise ValueError(f"Unknown kind {kind!r}. Use 'proportion' or 'rate'.")
    if polarity not in ("high is good", "low is good", "no judgement"):
        raise ValueError(f"Unknown polarity {polarity!r}.")
    if len(x) < MIN_AREAS:
        raise ValueError(f"Shrinking needs {MIN_AREAS} areas or more with data; {len(x)} have some. Show raw values.")
    if np.any(x < 0) or (kind == "proportion" and np.any(x > n)):
        raise ValueError("A count is 0 or more, and no more than the denominator of a proportion.")
    mean, strength = prior(x, n, kind)
    target = benchmark / multiplier
    if kind == "rate":  # a gamma prior with this mean, worth `strength` units of size
        posterior = stats.gamma(mean * strength + x, scale=1 / (strength + n))
        sd = np.sqrt(mean / strength)
        low, high = stats.poisson.cdf(x, n * target), stats.poisson.sf(x - 1, n * target)
    else:
        posterior = stats.beta(mean * strength + x, (1 - mean) * strength + n - x)
        sd = np.sqrt(mean * (1 - mean) / (strength + 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (x / n - target) / np.sqrt(target * (1 - target) / n)
        low, high = stats.norm.cdf(z), stats.norm.sf(z)
    higher = posterior.sf(target)
    worse = {"low is good": higher, "high is good": 1 - higher}.get(polarity, np.full(len(x), np.nan))
    columns = {
        "raw": multiplier * x / n,
        "value": multiplier * posterior.mean(),
        "lower": multiplier * posterior.ppf((1 - level) / 2),
        "upper": multiplier * posterior.ppf(0.5 + level / 2),
        "p_higher": higher,
        "p_worse": worse,
    }
    out = pd.DataFrame({name: np.full(len(count), np.nan) for name in columns})
    out.loc[known, list(columns)] = np.column_stack(list(columns.values()))
    out["breach"] = False
    out.loc[known, "breach"] = (low < BREACH) | (high < BREACH)
    out["method"] = "gamma-Poisson" if kind == "rate" else "beta-binomial"
    out.attrs = {"prior_mean": multiplier * mean, "prior_sd": float(multiplier * sd), "n": len(x)}
    return out


def prior(x: np.ndarray, n: np.ndarray, kind: str, penalty: float = 1) -> tuple[float, float]:
    """Return mean and strength (in units of size) of the prior that best explains how the counts of all areas differ.

    By maximum likelihood with a penalty against a spread of exactly 0, which plain likelihood often gives where areas
    differ little and which makes intervals far too short (Chung and others 2013, Psychometrika 78, 685-709); a penalty
    of 0 leaves that out. Raises ValueError where every area has the same extreme value.

    >>> mean, strength = prior(np.array([12.0, 20, 28] * 5), np.full(15, 1000.0), "rate")
    >>> round(mean, 3), 500 < strength < 1500
    (0.02, True)
    """
    pooled = x.sum() / n.sum()
    if pooled == 0 or (kind == "proportion" and pooled == 1):
        raise ValueError("Every area has the same extreme value: there is nothing to shrink.")

    def unlikelihood(parameters):
        position, strength = parameters[0], np.exp(parameters[1])
        if kind == "rate":
            a = np.exp(position) * strength
            terms = special.gammaln(a + x) - special.gammaln(a) + a * np.log(strength / (strength + n))
            return penalty * 0.5 * parameters[1] - np.sum(terms - x * np.log(strength + n))
        mean = special.expit(position)
        a, b = mean * strength, (1 - mean) * strength
        return penalty * 0.5 * parameters[1] - np.sum(special.betaln(a + x, b + n - x) - special.betaln(a, b))

    start = np.log(pooled) if kind == "rate" else special.logit(pooled)
    one = -np.log(pooled) if kind == "rate" else np.log(np.median(n))  # strength of one event, or of a middling area
    bounds = [(start - 3, start + 3), (one - 12, one + 12)]
    # Nelder-Mead: two parameters, and the same answer to the last digit whatever the linear algebra underneath
    options = {"xatol": 1e-8, "fatol": 1e-9}
    found = optimize.minimize(unlikelihood, [start, one], method="Nelder-Mead", bounds=bounds, options=options)
    mean, strength = (np.exp if kind == "rate" else special.expit)(found.x[0]), np.exp(found.x[1])
    return float(mean), float(strength)
