"""Funnel plots of outcomes over all authorities, worked out once when bundles are built: points, limits, and counts.

An authority's figure strays from England's by chance, and the fewer people it rests on, the further. The limits say how
far. Where authorities differ by more than chance, wider limits are given too, as in Spiegelhalter (2005).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from . import funnel, measures
from .catalogue import Indicator
from .funnel import LEVELS, Dispersion, Funnel
from .geography import ENGLAND, Register
from .schemas import PRESENT

ENGLISH = ("E", "X")  # codes of England, and of made-up places: other nations count and fund in other ways
MIN_PLACES = 50  # with fewer, a funnel says little
STEPS = 24  # points at which the limits are drawn


def of_outcomes(rows: pd.DataFrame, register: Register, indicators: dict[str, Indicator]) -> dict[str, dict]:
    """Return the funnel of each outcome with counts or intervals, at its newest period.

    `rows`: measured figures of localities and England. See `_one` for a record. An outcome for which fewer than
    MIN_PLACES localities have an interval, or England has no figure, is left out.
    """
    places = [c for c in register.localities["area_code"] if c.startswith(ENGLISH)]
    present = rows[rows["status"].isin(PRESENT) & rows["lower"].notna() & rows["upper"].notna()]
    england = rows[rows["area_code"] == ENGLAND].set_index(["indicator", "period"])["value"]
    own = dict(tuple(present[present["area_code"].isin(places)].groupby("indicator")))
    made = {}
    for indicator in indicators.values():
        if indicator.chapter != "outcomes" or indicator.id not in own:
            continue
        newest = own[indicator.id].sort_values(["period", "area_code"])
        newest = newest[newest["period"] == newest["period"].max()]
        target = england.get((indicator.id, newest["period"].iloc[0]), np.nan)
        if len(newest) >= MIN_PLACES and target == target:
            made[indicator.id] = _one(newest, float(target), indicator)
    return made


def _one(newest: pd.DataFrame, target: float, indicator: Indicator) -> dict:
    """Return one funnel.

    Keys: period, kind, unit, n, target, phi, tau, method, chance (how many authorities chance puts beyond the 95% and the
    99.8% limits), beyond and beyond_wide (how many are, of the plain and of the wider limits), tenth (how many make a
    tenth), edge (the value at which the tenth on the worse side begins), chance_tenth (how many would reach it if all
    were as England is), places (area code -> size, value, four plain and four wider limits), curve (rows of size, four
    plain and four wider limits). Limits: lower, upper, outer lower, outer upper.
    """
    kind = {"proportion": "proportion", "crude_rate": "rate"}.get(indicator.method, "value")
    if kind == "value":
        size, value = (newest["upper"] - newest["lower"]) / 2, newest["value"]
        keep = size > 0
        size, value = size[keep].to_numpy(), value[keep].to_numpy()
        error = size / stats.norm.ppf(0.975)
        spread = dispersion_of_values(value, error, target)
    else:
        multiplier = measures.MULTIPLIER[indicator.unit]
        keep = newest["denominator"] > 0
        count, size = newest.loc[keep, "count"].to_numpy(), newest.loc[keep, "denominator"].to_numpy()
        value = multiplier * count / size
        spread = funnel.over_dispersion(count, size, target, kind, multiplier)

    def limits(at: np.ndarray, dispersion: Dispersion | None) -> Funnel:
        if kind == "value":
            return limits_of_values(at / stats.norm.ppf(0.975), target, dispersion)
        return funnel.funnel_limits(at, target, kind, multiplier, dispersion)

    plain, wide = limits(size, None), limits(size, spread)
    along = np.linspace(size.min(), size.max(), STEPS)
    if kind != "value":
        along = np.unique(np.round(np.linspace(np.sqrt(size.min()), np.sqrt(size.max()), STEPS) ** 2))
    table = np.column_stack([size, value, *_four(plain), *_four(wide)]).round(4)
    curve = np.column_stack([along, *_four(limits(along, None)), *_four(limits(along, spread))]).round(4)
    n = len(size)
    record = {
        "period": newest["period"].iloc[0],
        "kind": kind,
        "unit": indicator.unit,
        "n": n,
        "target": target,
        "phi": round(spread.phi, 2),
        "tau": round(spread.tau, 5),
        "method": f"{wide.method}; {spread.method}",
        "chance": [round(n * (1 - level), 1) for level in LEVELS],
        "beyond": _beyond(table[:, 1], table[:, 2:6]),
        "beyond_wide": _beyond(table[:, 1], table[:, 6:10]),
    }
    if indicator.polarity != "no judgement":
        record |= _tenth(value, size, target, kind, indicator)
    codes = newest.loc[keep, "area_code"]
    return record | {"places": dict(zip(codes, table.tolist(), strict=True)), "curve": curve.tolist()}


def _four(f: Funnel) -> list[np.ndarray]:
    return [f.lower, f.upper, f.lower_outer, f.upper_outer]


def _beyond(value: np.ndarray, limits: np.ndarray) -> list[int]:
    """Return how many values lie beyond the 95% and beyond the 99.8% limits, as both are rounded on the page."""
    return [int(((value < limits[:, k]) | (value > limits[:, k + 1])).sum()) for k in (0, 2)]


def _tenth(value: np.ndarray, size: np.ndarray, target: float, kind: str, indicator: Indicator) -> dict:
    """Return how many authorities make a tenth, where the tenth on the worse side begins, and how many chance puts there."""
    tenth = round(len(value) / 10)
    worse_is_high = indicator.polarity == "low is good"
    edge = float(np.sort(value)[-tenth if worse_is_high else tenth - 1])
    return {
        "tenth": tenth,
        "edge": round(edge, 4),
        "chance_tenth": round(float(reaching(edge, size, target, kind, worse_is_high, indicator.unit).sum()), 1),
    }


def reaching(edge: float, size, target: float, kind: str, high: bool, unit: str = "") -> np.ndarray:
    """Return for each area the chance that its value is at `edge` or beyond it, if its true value is the target.

    `high`: whether beyond is above. `size`: people, or for a published value half the width of its 95% interval.

    >>> float(reaching(50, [2], 50, "proportion", True, "pct")[0])  # one or two heads of two tosses
    0.75
    """
    size = np.asarray(size, float)
    if kind == "value":
        z = (edge - target) / (size / stats.norm.ppf(0.975))
        return stats.norm.sf(z) if high else stats.norm.cdf(z)
    multiplier = measures.MULTIPLIER[unit]
    count, p = edge / multiplier * size, target / multiplier
    spread = stats.binom(size, p) if kind == "proportion" else stats.poisson(size * p)
    return spread.sf(np.ceil(count - 1e-9) - 1) if high else spread.cdf(np.floor(count + 1e-9))


def dispersion_of_values(value, error, target: float, winsorise: float = 0.1) -> Dispersion:
    """Return how much more published values differ from the target than their own standard errors explain.

    As `funnel.over_dispersion`, for values whose counts are not published. Shapes: one number an area. Raises
    ValueError for fewer than 10 areas. Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202; the
    variance between areas by the moment estimator of DerSimonian and Laird (1986).

    >>> dispersion_of_values([49, 51] * 10, [2] * 20, 50).tau
    0.0
    >>> dispersion_of_values([46, 54] * 10, [2] * 20, 50).phi
    4.0
    """
    value, error = np.asarray(value, float), np.asarray(error, float)
    n = len(value)
    if n < 10:
        raise ValueError(f"Over-dispersion needs 10 areas or more with data; {n} have some.")
    z = (value - target) / error
    phi = float(np.mean(np.clip(z, *np.quantile(z, [winsorise, 1 - winsorise])) ** 2))
    weight = error**-2.0
    tau2 = (n * phi - (n - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return Dispersion(phi, float(np.sqrt(max(tau2, 0))), n, f"winsorised z at {winsorise:.0%}, DerSimonian-Laird")


def limits_of_values(error, target: float, dispersion: Dispersion | None = None) -> Funnel:
    """Return 95% and 99.8% limits around a target for values with the given standard errors (normal limits).

    >>> f = limits_of_values(1.0, 50)
    >>> round(float(f.lower), 2), round(float(f.upper_outer), 2)
    (48.04, 53.09)
    """
    error = np.asarray(error, float)
    tau = dispersion.tau if dispersion is not None else 0.0
    limits = []
    for level in LEVELS:
        half = stats.norm.ppf(0.5 + level / 2) * np.hypot(error, tau)
        limits += [target - half, target + half]
    return Funnel(np.full(error.shape, target), *limits, "normal" + (", over-dispersed" if tau > 0 else ""))
