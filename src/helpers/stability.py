"""Would the rules say the same, had we chosen otherwise? The preset variations, and what one changed threshold flips.

Varied are: the set of neighbours, the last year or the one before it, whether a figure that rests on few people is
drawn towards the others, and the thresholds, all a little stricter and all a little laxer. Every combination is run:
2 x 2 x 2 x 3 = 24 runs of the rules themselves. The deflator is not varied, since no rule sets money of two years side by
side: a test holds that another deflator, or another year of prices, changes nothing that a rule says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from . import evidence
from .evidence import COMPARATORS, Evidence
from .rules import Finding, derive
from .schemas import DataError

FIRM, LEANING = 0.9, 0.6
STEP = 0.05  # what is added to or taken from a chance; other thresholds move by this share
WORDS = {
    "firm": "firm: it stays the same in at least nine of ten ways to work it out",
    "leaning": "leaning: it stays the same in more than six of ten ways to work it out",
    "look closer": "look closer: it depends on how it is worked out",
}


@dataclass(frozen=True)
class Stable:
    """How often a finding stays as it is over the variations, and which choice moves it most."""

    share: float
    label: str
    moved_by: str  # the dimension whose other value changes it most often; empty where none does


@dataclass(frozen=True)
class Flip:
    """A finding that another threshold, or another choice, makes another."""

    key: str
    title: str
    before: str  # status; "not said" where the finding is not there
    after: str


def label(share: float) -> str:
    """Return the word for a share of runs in which a finding is unchanged.

    >>> [label(s) for s in (1.0, 0.9, 0.75, 0.6, 0.5)]
    ['firm', 'firm', 'leaning', 'leaning', 'look closer']
    """
    return "firm" if share >= FIRM else "leaning" if share >= LEANING else "look closer"


def given(e: Evidence) -> dict[str, float]:
    """Return the thresholds of this edition as the rules take them."""
    return {name: record["value"] for name, record in e.thresholds.items()}


def nudged(records: Mapping[str, Mapping], way: int) -> dict[str, float]:
    """Return all thresholds made stricter (`way` 1) or laxer (-1): by .05 where they are chances, by 5% where not.

    `records`: as in thresholds.yml, with value and stricter. All move the same way, so that none makes up for another.

    >>> given = {"chance": (0.95, "higher"), "error": (0.1, "lower"), "people": (10, "higher")}
    >>> given = {name: {"value": value, "stricter": side} for name, (value, side) in given.items()}
    >>> nudged(given, 1), nudged(given, -1)
    ({'chance': 0.99, 'error': 0.05, 'people': 10.5}, {'chance': 0.9, 'error': 0.15, 'people': 9.5})
    """
    out = {}
    for name, record in records.items():
        value, sign = record["value"], way if record["stricter"] == "higher" else -way
        if 0 < value < 1:
            out[name] = round(min(max(value + sign * STEP, 0.01), 0.99), 10)
        else:
            out[name] = round(value * (1 + sign * STEP), 10)
    return out


def year_before(e: Evidence) -> Evidence:
    """Return the evidence as it was a release earlier: without the newest period of each series."""
    last = e.series.groupby("indicator")["period"].transform("max")
    only = e.series.groupby("indicator")["period"].transform("nunique") == 1
    keep = (e.series["period"] < last) | only | e.series["indicator"].str.startswith("population_")
    newest = e.early_late.groupby("account")["financial_year"].transform("max")
    standing, expected = evidence.before(e)
    years = e.early_late[e.early_late["financial_year"] < newest]
    return replace(e, series=e.series[keep], early_late=years, standing=standing, expected=expected)


def unshrunk(e: Evidence) -> Evidence:
    """Return the evidence with the chance of being above England's from each figure alone, drawn towards no others."""
    if "p_value" not in e.standing:
        return e
    above = [_above(e, i) for i in e.standing["indicator"]]
    alone = np.where(above, 1 - e.standing["p_value"] / 2, e.standing["p_value"] / 2)
    known = e.standing["p_higher"].notna()
    return _also(e, standing=e.standing.assign(p_higher=np.where(known, alone, np.nan)))


def _also(e: Evidence, **changes) -> Evidence:
    """Return the evidence with changes that leave its series as they are, so that these are not gone through again."""
    other = replace(e, **changes)
    other.__dict__["_rows"] = e._rows
    return other


def _above(e: Evidence, indicator: str) -> bool:
    latest = e.latest(indicator)
    return bool(latest.value > latest.england)


DIMENSIONS = ("neighbours", "year", "prior", "thresholds")
RUNS = 24


def variants(e: Evidence) -> Iterator[tuple[tuple, Evidence, dict]]:
    """Yield (choice on each of DIMENSIONS, evidence, thresholds) of every run; the first is the one of the page."""
    other_set = next(s for s in COMPARATORS if s != e.comparator_set)
    limits = {0: given(e), 1: nudged(e.thresholds, 1), -1: nudged(e.thresholds, -1)}
    for year, prior in itertools.product(("last", "before"), ("drawn", "alone")):
        base = year_before(e) if year == "before" else e
        base = unshrunk(base) if prior == "alone" else base
        for neighbours in (e.comparator_set, other_set):
            chosen = base if neighbours == base.comparator_set else _also(base, comparator_set=neighbours)
            for way, moved in limits.items():
                yield (neighbours, year, prior, way), chosen, moved


def of(e: Evidence) -> dict[str, Stable]:
    """Return for each finding, by key, how often it keeps its status over the variations."""
    runs = [(choice, {f.key: f.status for f in derive(v, limits)}) for choice, v, limits in variants(e)]
    first, base = runs[0]
    out = {}
    for key, status in base.items():
        same = np.array([found.get(key) == status for _, found in runs])
        share = float(same.mean())
        moved = ""
        if share < 1:
            rates = {}
            for position, name in enumerate(DIMENSIONS):
                other = np.array([choice[position] != first[position] for choice, _ in runs])
                rates[name] = float(same[~other].mean() - same[other].mean())
            moved = max(rates, key=lambda name: rates[name])
        out[key] = Stable(round(share, 4), label(share), moved)
    return out


def what_if(e: Evidence, changes: Mapping[str, float]) -> list[Flip]:
    """Return exactly the findings whose status another value of some thresholds changes, in the order of their keys.

    Raises DataError for a threshold that is not known.
    """
    limits = given(e)
    strange = [name for name in changes if name not in limits]
    if strange:
        raise DataError(
            [f"threshold '{name}' is not known. Use one of: {', '.join(sorted(limits))}." for name in strange]
        )
    return flips(derive(e, limits), derive(e, limits | dict(changes)))


def flips(before: list[Finding], after: list[Finding]) -> list[Flip]:
    """Return the findings that differ in status between two runs, and those that are in one only."""
    was, now = ({f.key: f for f in findings} for findings in (before, after))
    out = []
    for key in sorted(was.keys() | now.keys()):
        one, other = was.get(key), now.get(key)
        old, new = (f.status if f else "not said" for f in (one, other))
        if old != new:
            out.append(Flip(key, (one or other).title, old, new))
    return out


def table(found: Mapping[str, Stable]) -> pd.DataFrame:
    """Return stabilities as a table: key, share, label, moved_by."""
    return pd.DataFrame(
        [[k, s.share, s.label, s.moved_by] for k, s in found.items()], columns=["key", "share", "label", "moved_by"]
    )
