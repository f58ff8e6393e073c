"""Providers beside one another: allowing for whom each one helped, and for chance.

A raw list of providers is mostly a list of who had hard cases and who had few. Here each provider has a chance of
being among the lowest tenth, and nothing else: no place in any order.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.tools.sm_exceptions import PerfectSeparationError

from .shrinkage import MIN_AREAS

LOWEST = 0.1  # the part of providers that is asked about
CERTAIN = 0.8  # the chance from which a talk with a provider is suggested
_Z = np.linspace(-4.5, 4.5, 181)
_SPREADS = np.linspace(0.02, 1.6, 40)  # of providers' log odds


def expected(good, covariates) -> np.ndarray:
    """Return each person's chance of a good outcome, given what is known of the person and not who helped.

    `good`: 0 or 1; `covariates`: people x columns without gaps. By logistic regression; where that cannot be fitted
    everybody has the common chance.
    """
    from statsmodels.discrete.discrete_model import Logit  # takes long to load, and only packs need it

    good, covariates = np.asarray(good, float), np.asarray(covariates, float)
    same = np.full(len(good), good.mean())
    moving = covariates[:, covariates.std(axis=0) > 0] if covariates.size else covariates
    if not 0 < good.mean() < 1 or not moving.size:
        return same
    design = np.column_stack([np.ones(len(good)), (moving - moving.mean(axis=0)) / moving.std(axis=0)])
    try:
        fit = Logit(good, design).fit(disp=0, maxiter=50)
    except (np.linalg.LinAlgError, PerfectSeparationError):
        return same
    return fit.predict(design) if fit.mle_retvals["converged"] else same


def providers(good, chance, provider) -> pd.DataFrame:
    """Return for each provider what it reached beside what was expected of it, and P(it is in the lowest tenth).

    `good`: 0 or 1; `chance`: from `expected`; `provider`: labels. Rows: providers, by name. Columns: people, reached
    (share of people), expected (share), shrunk, lower, upper (share that it would reach with the people that all
    providers have), p_lowest.
    A provider's shift in log odds has a normal spread over all providers; the spread is averaged over what the data
    allow (prior: half-normal, sd 1). The lowest tenth is that of the spread of true shifts, not of this list.
    Source: Normand, Glickman and Gatsonis (1997), JASA 92, 803-814, worked out on a grid. Counts here are common
    events, for which the gamma-Poisson of helpers.shrinkage would give intervals too wide.
    Raises ValueError for fewer than 10 providers.
    """
    good, chance = np.asarray(good, float), np.clip(np.asarray(chance, float), 1e-6, 1 - 1e-6)
    names, which = np.unique(np.asarray(provider, str), return_inverse=True)
    if len(names) < MIN_AREAS:
        raise ValueError(f"Comparing providers needs {MIN_AREAS} or more; there are {len(names)}.")
    order = np.argsort(which, kind="stable")  # people of one provider stand together, so that they can be added up
    good, chance, which = good[order], chance[order], which[order]
    starts = np.searchsorted(which, np.arange(len(names)))
    offset = special.logit(chance)
    prior = stats.norm.pdf(_Z)
    prior /= prior.sum()
    likelihood = np.empty((len(_SPREADS), len(names), len(_Z)))
    for s, spread in enumerate(_SPREADS):
        linear = offset[:, None] + spread * _Z
        each = good[:, None] * linear - np.logaddexp(0, linear)
        likelihood[s] = np.add.reduceat(each, starts, axis=0)
    top = likelihood.max(axis=2, keepdims=True)
    joint = np.exp(likelihood - top) * prior
    evidence = (np.log(joint.sum(axis=2)) + top[..., 0]).sum(axis=1) + stats.norm.logpdf(_SPREADS)
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    posterior = joint / joint.sum(axis=2, keepdims=True) * weight[:, None, None]  # spread x provider x shift
    lowest = stats.norm.ppf(LOWEST) > _Z
    shifts = (_SPREADS[:, None] * _Z).ravel()
    rising = np.argsort(shifts)
    mass = posterior.transpose(1, 0, 2).reshape(len(names), -1)[:, rising]
    running = np.cumsum(mass, axis=1)
    grid = np.linspace(shifts.min(), shifts.max(), 201)
    share = special.expit(offset[:, None] + grid).mean(axis=0)  # of everybody, had all gone to one provider

    def at(q: float) -> np.ndarray:
        return np.interp(shifts[rising][(running >= q).argmax(axis=1)], grid, share)

    people = np.bincount(which)
    return pd.DataFrame(
        {
            "provider": names,
            "people": people,
            "reached": np.bincount(which, weights=good) / people,
            "expected": np.bincount(which, weights=chance) / people,
            "shrunk": mass @ np.interp(shifts[rising], grid, share),
            "lower": at(0.025),
            "upper": at(0.975),
            "p_lowest": posterior[:, :, lowest].sum(axis=(0, 2)),
        }
    )
