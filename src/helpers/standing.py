"""Where each locality stands among all authorities of England, worked out once for all of them when bundles are built.

A figure is held against England in two ways, and both are kept. How likely is it that the true value is worse than
England's, once chance is allowed for (a figure that rests on few people is drawn towards the middle of all places)?
And is the place unusual, given that places differ anyway? For the second, the limits are widened by as much as
authorities differ beyond chance: without that, a third of England is unusual on everything.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from . import benchmarks, outcome_trends, periods, trends
from .catalogue import Indicator
from .geography import ENGLAND
from .measures import MULTIPLIER
from .worked_out import NOTHING, Memory, Rows, parted, told

CHAPTERS = ("needs", "outcomes")
COMPARATORS = ("dfe", "ons")
SPREAD = {"low": 5, "quarter": 25, "middle": 50, "three_quarters": 75, "high": 95}  # percentiles of the authorities
MIN_AREAS = 10  # with fewer, how much places differ cannot be told
WINSORISE = 0.1
NORMAL_95 = special.ndtri(0.975)
# the mean square of a standard normal whose outer tenths are pulled in: what phi is by chance alone
_EDGE = -special.ndtri(WINSORISE)
_DENSITY = np.exp(-(_EDGE**2) / 2) / np.sqrt(2 * np.pi)
BY_CHANCE = 1 - 2 * WINSORISE - 2 * _EDGE * _DENSITY + 2 * WINSORISE * _EDGE**2


def kind(unit: str) -> str:
    """Return on which of benchmarks.SCALES the values of a unit have nearly symmetrical intervals.

    >>> kind("pct"), kind("per_10k"), kind("years")
    ('proportion', 'rate', 'value')
    """
    return "proportion" if unit == "pct" else "rate" if unit in MULTIPLIER else "value"


def of_all(
    rows: pd.DataFrame,
    neighbours: pd.DataFrame,
    indicators: dict[str, Indicator],
    at_risk: pd.DataFrame,
    memory: Memory = NOTHING,
    name: str = "",
) -> pd.DataFrame:
    """Return one row per locality of England and indicator of needs and outcomes, at the locality's newest value.

    `rows`: bundles.measured. `at_risk`: whom a published rate without counts is about (schemas.AT_RISK). `name` tells
    one use from another in `memory`. Columns:
    area_code, indicator, period; authorities (with a value in that period) and the percentiles of SPREAD among them;
    and, where there is an interval and a figure for England: shrunk, shrunk_lower, shrunk_upper, p_higher (chance that
    the true value lies above England's), p_value (of no difference from England, two-sided), q (the same after false
    discovery, over the locality's indicators with, or without, a declared polarity), p_unusual (of being as far from
    England as authorities are anyway: limits widened), tau (by how much, on the scale of `kind`), p_higher_dfe and p_higher_ons (chance that it lies above the mean of its neighbours), recent
    (see `recent`), excess with excess_lower and excess_upper (people above what England's rate would give;
    negative for fewer). nan where it cannot be told. No ranks, on purpose.
    """
    chosen = {i.id: i for i in indicators.values() if i.chapter in CHAPTERS}
    area = rows["area_code"].astype(str)
    is_local = area.str.match(r"E(06|08|09|10)|X99") & rows["indicator"].isin(chosen) & rows["value"].notna()
    local, england = parted(rows, is_local, "indicator"), parted(rows, area == ENGLAND, "indicator")
    near = told(neighbours[["comparator", "area_code", "neighbour_code"]])
    is_population = rows["indicator"].str.startswith("population_") & rows["value"].notna()
    people = rows.loc[is_population, ["indicator", "area_code", "period", "value"]]
    people = people.sort_values("period").groupby(["indicator", "area_code"])["value"].last()
    at_risk = at_risk.set_index("indicator")
    calls, nobody = [], Rows(rows, np.array([], int))
    for indicator, part in local.items():
        base = _at_risk(indicator, at_risk, people) if indicator in at_risk.index else None
        calls.append((part, england.get(indicator, nobody), chosen[indicator], near, base))
    out = memory.each(_of_indicator, calls, name)
    words = memory.each(recent, [(part, chosen_one, beside) for part, beside, chosen_one, _, _ in calls], name)
    out = out.merge(words, on=["area_code", "indicator"], how="left", validate="one_to_one")
    out["recent"] = out["recent"].fillna(trends.TOO_FEW)
    judged = out["indicator"].map(lambda i: chosen[i].polarity != "no judgement")
    p_value, q = out["p_value"].to_numpy(), np.full(len(out), np.nan)
    for at in out.groupby(["area_code", judged]).indices.values():
        q[at] = benchmarks.false_discovery(p_value[at]).adjusted
    out["q"] = q
    first = ["area_code", "indicator", "period"]
    return out[[*first, *(c for c in out if c not in first)]].sort_values(first[:2], ignore_index=True)


def _of_indicator(
    part: pd.DataFrame, england: pd.DataFrame, indicator: Indicator, neighbours: pd.DataFrame, base: pd.Series | None
) -> pd.DataFrame:
    """Return the standing on one indicator of every area at its newest period.

    `england`: its own rows; `base`: how many people a published rate is about, by area; None where denominators tell.
    """
    newest = part.groupby("area_code")["period"].max()
    standard = england.set_index("period")["value"]
    found = []
    for period, rows in part.groupby("period"):
        wanted = newest.index[newest == period]
        if wanted.empty:
            continue
        table = _one(rows.set_index("area_code"), standard.get(period, np.nan), indicator, neighbours)
        table = table.assign(**_excess(table, table["denominator"] if base is None else base, indicator)).loc[wanted]
        found.append(table.assign(indicator=indicator.id, period=period).reset_index())
    return pd.concat(found, ignore_index=True).drop(columns=["value", "lower", "upper", "denominator", "england"])


def _one(part: pd.DataFrame, england: float, indicator: Indicator, neighbours: pd.DataFrame) -> pd.DataFrame:
    """Return the standing of all areas on one indicator in one period, indexed by area."""
    table = part[["value", "lower", "upper", "denominator"]].assign(england=england, authorities=len(part))
    for name, percentile in SPREAD.items():
        table[name] = np.percentile(table["value"], percentile)
    unit, scale = MULTIPLIER.get(indicator.unit, 1), kind(indicator.unit)
    found = against(table["value"], table["lower"], table["upper"], england, scale, unit)
    for column in found:
        table[column] = found[column].to_numpy()
    centre, variance = found["centre"].to_numpy(), found["variance"].to_numpy()
    for name in COMPARATORS:
        pairs = neighbours[neighbours["comparator"] == name]
        own, other = (table.index.get_indexer(pairs[c]) for c in ("area_code", "neighbour_code"))
        known = (own >= 0) & (other >= 0)
        near = np.zeros((len(table), len(table)))
        near[own[known], other[known]] = 1
        table[f"p_higher_{name}"] = _above(centre, variance, near)
    return table.drop(columns=["centre", "variance"])


def _above(centre: np.ndarray, variance: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return for each place the chance that its true value lies above the mean of those with a 1 in its row of `near`.

    Those without a value do not count; nan with fewer than five that have one.
    """
    known = ~np.isnan(centre)
    weight = near * known
    n = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = weight @ np.where(known, centre, 0) / n
        spread = np.sqrt(variance + weight @ np.where(known, variance, 0) / n**2)
        chance = special.ndtr((centre - mean) / spread)
    return np.where(n >= benchmarks.MIN_NEIGHBOURS, chance, np.nan)


def against(value, lower, upper, benchmark: float, kind: str, multiplier: float = 1) -> pd.DataFrame:
    """Return what the intervals of all areas say beside one benchmark.

    `value`, `lower`, `upper`: one number an area, limits at 95%, nan where missing; `benchmark` in the same unit.
    Columns: centre and variance (of the shrunk value, on the scale of `kind`), shrunk, shrunk_lower, shrunk_upper,
    p_higher, p_value, p_unusual, tau. All nan with fewer than 10 areas that have an interval, or without a benchmark.
    Sources: normal empirical Bayes as in Carlin and Louis (2008), chapter 3, with the moment estimator of DerSimonian
    and Laird (1986), never below one standard error of its own, since a spread of exactly 0 makes intervals far too
    short (Chung and others 2013); widened limits after Spiegelhalter (2005), his winsorised phi divided by what it is
    by chance, so that authorities that differ as a bell curve does are outside the 95% limits one time in 20.

    >>> import numpy as np
    >>> v = np.r_[np.linspace(18, 22, 20), 40.0]
    >>> a = against(v, v - 2, v + 2, 20, "value")
    >>> a.iloc[-1][["shrunk", "p_higher"]].round(2).tolist(), bool(a["p_value"].iloc[-1] < 0.01)
    ([39.03, 1.0], True)
    """
    columns = [
        "centre",
        "variance",
        "shrunk",
        "shrunk_lower",
        "shrunk_upper",
        "p_higher",
        "p_value",
        "p_unusual",
        "tau",
    ]
    scale, back = benchmarks.SCALES[kind], _BACK[kind]
    given = np.asarray(np.broadcast_arrays(value, lower, upper), float) / multiplier
    y, low, high = (scale(g) for g in given)
    with np.errstate(invalid="ignore"):
        error = (high - low) / (2 * NORMAL_95)
        known = ~np.isnan(y) & (error > 0)
    out = pd.DataFrame(np.nan, index=range(len(y)), columns=columns)
    if known.sum() < MIN_AREAS or benchmark != benchmark:
        return out
    y, error, target = y[known], error[known], scale(np.asarray(benchmark / multiplier))
    weight = error**-2
    room = weight.sum() - (weight**2).sum() / weight.sum()
    mean = (weight * y).sum() / weight.sum()
    n = len(y)
    between = ((weight * (y - mean) ** 2).sum() - (n - 1)) / room
    between = max(between, np.sqrt(2 * (n - 1)) / room)
    mean = np.average(y, weights=1 / (error**2 + between))
    of_mean = 1 / (1 / (error**2 + between)).sum()
    pull = between / (between + error**2)
    centre, variance = mean + pull * (y - mean), pull * error**2 + (1 - pull) ** 2 * of_mean
    half = NORMAL_95 * np.sqrt(variance)

    z = (y - target) / error
    edges = np.quantile(z, [WINSORISE, 1 - WINSORISE])
    phi = np.mean(np.clip(z, *edges) ** 2) / BY_CHANCE
    tau = np.sqrt(max((n * phi - (n - 1)) / room, 0))
    out.loc[known, columns] = np.column_stack(
        [
            centre,
            variance,
            *(multiplier * back(c) for c in (centre, centre - half, centre + half)),
            special.ndtr((centre - target) / np.sqrt(variance)),
            benchmarks.p_values(*given[:, known], benchmark / multiplier, kind),
            2 * special.ndtr(-np.abs(y - target) / np.hypot(error, tau)),
            np.full(n, tau),
        ]
    )
    return out


_BACK = {
    "value": lambda y: y,
    "rate": lambda y: np.clip(y, 0, None) ** 2,
    "proportion": lambda y: np.sin(np.clip(y, 0, np.pi / 2)) ** 2,
}


def _excess(table: pd.DataFrame, base: pd.Series, indicator: Indicator) -> dict[str, np.ndarray]:
    """Return how many people more than at England's rate, with limits: the area's interval, England's taken as known."""
    if indicator.unit not in MULTIPLIER:
        base = np.nan  # a score or a ratio counts nobody
    else:
        base = base.reindex(table.index).to_numpy(float) / MULTIPLIER[indicator.unit]
    names = {"excess": "value", "excess_lower": "lower", "excess_upper": "upper"}
    return {name: (table[column] - table["england"]).to_numpy() * base for name, column in names.items()}


def _at_risk(name: str, at_risk: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Return how many people a published rate is about, from the populations that data/reference names for it."""
    row = at_risk.loc[name]
    return people[row["population"]] - (people[row["less"]] if isinstance(row["less"], str) else 0)


def recent(part: pd.DataFrame, indicator: Indicator, england: pd.DataFrame) -> pd.DataFrame:
    """Return area_code, indicator and recent: the trend of each series by the five-point rule, in trends' words.

    `part`: rows of one indicator with a value; `england`: England's. Periods that overlap are not used
    twice. Of the newest six periods the one furthest on the worse side of England is left out, as outcome_trends does
    and for its reason: a place is looked at because one year was bad, and the years about a bad one look better by
    chance alone. Empty where neither counts nor limits are published.
    """
    counted = indicator.method != "published" and part["count"].notna().any()
    if not counted and not part["lower"].notna().any():
        return pd.DataFrame({"area_code": [], "indicator": [], "recent": []}, dtype=object)
    every = _apart(sorted(part["period"].unique()))
    names = ("value", "count", "denominator") if counted else ("value", "value", "lower", "upper")
    part = part[part["period"].isin(every)]
    wide = [part.pivot(index="area_code", columns="period", values=c).reindex(columns=every) for c in names]
    value, *series = (w.to_numpy(float) for w in wide)
    usable = ~np.isnan([value, *series]).any(axis=0)
    beside = england.set_index("period")["value"].reindex(every).to_numpy(float)
    kept, _ = outcome_trends.without_choosing(np.where(usable, value, np.nan), beside, indicator.polarity)
    series = [np.where(kept, x, np.nan) for x in series]
    if counted:
        kind = "proportion" if indicator.method == "proportion" else "rate"
        word = trends.recent_trend(*series, kind, indicator.polarity).word
    else:
        word = trends.recent_trend_of_values(*series, indicator.polarity).word
    return pd.DataFrame({"area_code": wide[0].index, "indicator": indicator.id, "recent": word})


def _apart(every: list[str]) -> list[str]:
    """Return the periods, newest kept, without those that share time with a later one that is kept.

    >>> _apart(["2019-01-01/P3Y", "2020-01-01/P3Y", "2021-01-01/P3Y", "2022-01-01/P3Y"])
    ['2019-01-01/P3Y', '2022-01-01/P3Y']
    """
    kept: list[str] = []
    for period in reversed(every):
        if not kept or periods.end(period) < periods.split(kept[-1])[0] or "/" not in period:
            kept.append(period)
    return kept[::-1]
