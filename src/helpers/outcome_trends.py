"""Whether outcomes are changing, by rule, for all localities at once, when bundles are built.

A control chart where a series has 13 points or more without a gap; else the five-point trend test; else too few points.

The test leaves out the year that draws attention: of the newest six points, the one furthest on the worse side of
England's figure. A place is looked at because one year was bad, and the years about a bad one look better by chance
alone (regression to the mean). Without that year, the other five are what they would be had nobody looked.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from . import periods, trends
from .catalogue import Indicator
from .geography import ENGLAND, NATIONS, Register
from .measures import MULTIPLIER
from .schemas import PRESENT
from .worked_out import NOTHING, Memory, parted

COLUMNS = [
    *("area_code", "indicator", "rule", "word", "first", "last", "points", "left_out"),
    *("value", "lower", "upper", "mean", "detail"),
]
WINDOW = trends.POINTS + 1
NOT_TESTED = "not tested"
MARKS = {  # the gravest first
    "outside": "outside the limits",
    "shift": "a run",
    "trend": "a steady rise or fall",
    "two_of_three": "near a limit",
}
SIDES = {1: "above the mean", -1: "below the mean"}


def of_outcomes(
    rows: pd.DataFrame, register: Register, indicators: dict[str, Indicator], memory: Memory = NOTHING
) -> pd.DataFrame:
    """Return one row per locality and outcome with a value: the rule that was used and what it says.

    Columns: COLUMNS. `rule`: xmr, five points, or none. `word`: trends' words, or "not tested" where neither counts
    nor intervals are published. `points`: how many the rule looked at. `left_out`: the period that the test left
    out. `value`, `lower`, `upper`: the change from one period to the next (five points), or the limits of the control
    chart, with their `mean`. `detail`: what the control chart marks, or why nothing was tested.
    """
    chosen = [i for i in indicators.values() if i.chapter == "outcomes"]
    wanted = rows["indicator"].isin([i.id for i in chosen]) & rows["status"].isin(PRESENT)
    by_indicator = parted(rows, wanted, "indicator")
    letters = register.localities["region_code"].str[0]
    places = {code: register.localities.loc[letters == x, "area_code"].tolist() for x, (code, _) in NATIONS.items()}
    calls = [
        (by_indicator[i.id], own, i, nation) for i in chosen if i.id in by_indicator for nation, own in places.items()
    ]
    return memory.each(of_one, calls).reindex(columns=COLUMNS)


def steps(available: list[str]) -> list[str]:
    """Return the periods in equal steps of a year from the first to the newest, so that a year without data is a gap.

    Periods that overlap share people, and would show a trend by themselves: of those, only the newest and those that
    end before the next begins are kept. Where the steps cannot be told, the periods are returned as they are.

    >>> steps(["2018-09-01/P1Y", "2021-09-01/P1Y"])
    ['2018-09-01/P1Y', '2019-09-01/P1Y', '2020-09-01/P1Y', '2021-09-01/P1Y']
    >>> steps(["2018-01-01/P3Y", "2019-01-01/P3Y", "2020-01-01/P3Y", "2021-01-01/P3Y"])
    ['2018-01-01/P3Y', '2021-01-01/P3Y']
    """
    ordered = sorted(set(available))
    starts = [periods.split(p)[0] for p in ordered]
    tails = {p[4:] for p in ordered}
    if not ordered or len(tails) > 1:
        return ordered
    every = max(1, periods.split(ordered[-1])[1] // 12)
    years = range(starts[-1].year, starts[0].year - 1, -every)
    return [f"{year}{ordered[0][4:]}" for year in reversed(years)]


def of_one(rows: pd.DataFrame, places: list[str], indicator: Indicator, nation: str = ENGLAND) -> pd.DataFrame:
    """Return what `of_outcomes` says of one indicator, for places of one nation."""
    grid = steps(list(rows["period"]))
    wide = {
        c: rows.pivot(index="area_code", columns="period", values=c).reindex(index=places, columns=grid)
        for c in ("value", "lower", "upper", "count", "denominator")
    }
    england = rows[rows["area_code"] == nation].set_index("period")["value"].reindex(grid).to_numpy(float)
    value = wide["value"].to_numpy(float)
    counted = indicator.method in ("proportion", "crude_rate")
    weighed = ("count", "denominator") if counted else ("lower", "upper")
    usable = ~np.isnan(value) & ~np.isnan([wide[c].to_numpy(float) for c in weighed]).any(axis=0)
    kept, left_out = without_choosing(np.where(usable, value, np.nan), england, indicator.polarity)
    test = _five_points({c: np.where(kept, wide[c].to_numpy(float), np.nan) for c in wide}, indicator, counted)
    found = []
    for i, code in enumerate(places):
        known = np.flatnonzero(~np.isnan(value[i]))
        if not len(known):
            continue
        run = _newest_run(known)
        row = {"area_code": code, "indicator": indicator.id, "left_out": "", "detail": ""}
        if len(run) >= trends.MIN_CHART_POINTS:
            found.append(row | _chart(value[i][run], [grid[j] for j in run]))
            continue
        used = np.flatnonzero(kept[i])
        row |= {"rule": "none", "points": len(known), "first": grid[known[0]], "last": grid[known[-1]]}
        if len(known) < WINDOW:
            overlap = " that do not overlap" if periods.split(grid[-1])[1] > 12 else ""
            some = f"{len(known)} period{'' if len(known) == 1 else 's'}"
            found.append(row | {"word": trends.TOO_FEW, "detail": some + overlap})
        elif usable[i].sum() < WINDOW:
            found.append(row | {"word": NOT_TESTED, "detail": "no interval and no counts are published"})
        else:
            numbers = {c: getattr(test, c)[i] for c in ("word", "value", "lower", "upper")}
            where = {"first": grid[used[0]], "last": grid[used[-1]], "points": len(used), "left_out": grid[left_out[i]]}
            found.append(row | {"rule": "five points"} | where | numbers)
    return pd.DataFrame(found).reindex(columns=COLUMNS)


def without_choosing(value: np.ndarray, england: np.ndarray, polarity: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which points the five-point test may look at, and which one is left out of the newest six.

    `value`: areas x periods, nan where missing; `england`: one figure a period. Left out is the point furthest on the
    worse side of England (furthest on either side without a declared polarity, and from the area's own mean where
    England has no figure). Areas with fewer than six points have none to look at; their left-out index is -1.

    >>> kept, out = without_choosing(np.array([[5, 5, 9, 5, 5, 5.0]]), np.full(6, 5.0), "low is good")
    >>> kept.tolist(), out.tolist()
    ([[True, True, False, True, True, True]], [2])
    """
    known = ~np.isnan(value)
    newest = known & (known[:, ::-1].cumsum(axis=1)[:, ::-1] <= WINDOW)
    enough = newest.sum(axis=1) == WINDOW
    window = np.where(newest, value, np.nan)
    mean = np.array([np.nanmean(r) if k.any() else np.nan for r, k in zip(window, newest, strict=True)])
    off = window - np.where(np.isnan(england), mean[:, None], england)
    sign = {"low is good": 1, "high is good": -1}.get(polarity)
    off = np.abs(off) if sign is None else sign * off
    left = np.where(np.isnan(off), -np.inf, off).argmax(axis=1)
    kept = newest & enough[:, None]
    kept[np.arange(len(value)), left] = False
    return kept, np.where(enough, left, -1)


def _five_points(wide: dict[str, np.ndarray], indicator: Indicator, counted: bool) -> trends.Trend:
    if counted:
        kind = {"proportion": "proportion", "crude_rate": "rate"}[indicator.method]
        multiplier = MULTIPLIER[indicator.unit]
        return trends.recent_trend(wide["count"], wide["denominator"], kind, indicator.polarity, multiplier)
    return trends.recent_trend_of_values(wide["value"], wide["lower"], wide["upper"], indicator.polarity)


def _newest_run(known: np.ndarray) -> np.ndarray:
    """Return the positions without a gap that end with the newest."""
    breaks = np.flatnonzero(np.diff(known) > 1)
    return known[breaks[-1] + 1 :] if len(breaks) else known


def _chart(values: np.ndarray, when: list[str]) -> dict:
    chart = trends.xmr(values)
    return {
        "rule": "xmr",
        "word": chart.word,
        "first": when[0],
        "last": when[-1],
        "points": len(values),
        "value": np.nan,
        "lower": chart.lower,
        "upper": chart.upper,
        "mean": chart.value,
        "detail": "; ".join(_marked(chart, when)),
    }


def _marked(chart: trends.Chart, when: list[str]) -> list[str]:
    """Return in words what the gravest two rules that mark anything mark; a mark is a reason to look, and no finding."""
    said = []
    marks = chart.points
    above = np.sign(marks["value"].to_numpy() - chart.value)
    for rule, words in MARKS.items():
        flagged = marks[rule].to_numpy()
        side = np.where(flagged, 1 if rule == "trend" else above, 0)
        ends = np.flatnonzero(np.diff(np.r_[0, side, 0]))
        spans = [(a, b) for a, b in itertools.pairwise(ends) if side[a]]
        for a, b in spans:
            span = periods.label(when[a]) + (f" to {periods.label(when[b - 1])}" if b - a > 1 else "")
            side_words = "" if rule == "trend" else f" {SIDES[int(side[a])]}"
            said.append((rule, f"{words}{side_words}, {span}"))
    gravest = [rule for rule in MARKS if any(r == rule for r, _ in said)][:2]
    return [words for rule, words in said if rule in gravest]
