"""Area 3: should some money move toward earlier help, as a test?

Three signs are asked for, and each can be wrong by itself: little of the money is early, late help costs more than the
need lets one expect, and much of the help comes back. All three together are worth a test with a comparison group. This
rule can never say scale.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..evidence import Evidence, once
from . import Finding, _elsewhere

AREA = 3
TITLE = "Earlier help for children"
RISING = ("increasing", "getting worse")
FAILURE_DEMAND = ("rereferrals", "referrals_no_further_action", "repeat_protection_plans")
UNIT_COSTS = {
    "unit_cost_looked_after": "a child in care",
    "unit_cost_residential_care": "a child in residential care",
}
LOW = 0.1  # the 80% interval of the neighbours leaves a tenth of them on either side
MIN_NEIGHBOURS = 5
WEEKS = 52


class Sign(NamedTuple):
    """One of the three signs: whether it is there (None: cannot be told), in words, and how far it is from turning."""

    there: bool | None
    words: str
    turns: str


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "test" where all three signs are there, "watch" where two are, and what would change that."""
    if e.nation != "England":
        return _elsewhere.learning(e)
    years = own_years(e)
    if len(years) < 2:
        return [
            Finding(
                AREA,
                "cannot say",
                f"The early share of children's spend in {e.name} cannot be followed: fewer than two years have every line.",
                "The council's Section 251 return for the missing years.",
                key="learning:rebalance",
                title=TITLE,
            )
        ]
    first, last = years[0], years[-1]
    around = neighbours(e, last["financial_year"])
    signs = (_share(e, first, last, around, thresholds), _late(e, thresholds), _failure_demand(e, thresholds))
    there = [s for s in signs if s.there]
    unknown = [s for s in signs if s.there is None]
    size = size_of_test(last, around, thresholds)
    story = " ".join(s.words for s in signs)
    turns = "; or ".join(s.turns for s in signs if s.turns)
    if not there and turns:
        turns = f"two of these: {turns}"  # one sign alone is nothing to watch
    settles = (
        "A newer return, or another reading of which lines are early. No open data shows activity, outcome and cost of"
        " one service side by side in the same year, so whether earlier help would have avoided late help here is not known."
    )
    usual = {
        "area": AREA,
        "settles": settles,
        "trace": _trace(e),
        "key": "learning:rebalance",
        "title": TITLE,
        "flip": turns,
        "considered": _not_there(signs),
    }
    if len(there) == 3 and size > 0:
        words = (
            f"{story} All three signs point the same way, so rebalancing toward earlier help is worth testing: at most"
            f" {_pounds(size)} a year, with a comparison group, before it is spread. {break_even(e, size)}"
        )
        lanes = (
            (
                "cashable",
                f"£0 to {_pounds(size)} a year, only if fewer children need late help; an average cost is not what one child fewer frees",
            ),
            ("other public", "not known: no open figure says what schools, health or police would notice"),
            ("social", "not known, and not put in pounds"),
        )
        return [Finding(status="test", words=words, money=lanes, **usual)]
    if len(there) == 3:
        words = f"{story} All three signs are there, but {e.name} is not below its {e.comparator} in the early share, so no size of a test follows from them."
        return [Finding(status="watch", words=words, **usual)]
    if len(there) == 2:
        return [Finding(status="watch", words=f"{story} Two of the three signs are there: watch.", **usual)]
    if len(unknown) > 1 or (unknown and there):
        words = f"{story} Too little is known to say whether money should move toward earlier help."
        return [Finding(status="cannot say", words=words, **usual)]
    count = "One" if there else "None"
    words = f"{story} {count} of the three signs is there, so nothing is recommended."
    return [Finding(status="nothing found", words=words, **usual)]


@once
def own_years(e: Evidence) -> list[dict]:
    """Return the years of this locality's Section 251 spend in which every early and late line is known, oldest first."""
    table = e.early_late
    own = table[(table["area_code"] == e.place["area_code"]) & (table["account"] == "s251")]
    return own[own["early_share"].notna()].sort_values("financial_year").to_dict("records")


@once
def neighbours(e: Evidence, year: str) -> np.ndarray:
    """Return the early shares of the neighbours in a year, %, of those that have one."""
    codes = [n["area_code"] for n in e.neighbours]
    table = e.early_late
    chosen = table[(table["account"] == "s251") & (table["financial_year"] == year) & table["area_code"].isin(codes)]
    return chosen["early_share"].dropna().to_numpy(float)


def size_of_test(last: dict, around: np.ndarray, thresholds: dict) -> float:
    """Return the most that a test may move in a year, £: the gap to the neighbours' median, or a tenth of late spend.

    0 where the place is not below that median, or too few neighbours have a figure.
    """
    if len(around) < MIN_NEIGHBOURS:
        return 0.0
    gap = (float(np.median(around)) - last["early_share"]) / 100 * (last["early"] + last["late"])
    return max(0.0, min(gap, thresholds["rebalance_most_of_late"] * last["late"]))


def break_even(e: Evidence, size: float) -> str:
    """Return how much late help a test of this size would have to make unneeded, at published average costs."""
    parts = []
    for identity, what in UNIT_COSTS.items():
        latest = e.latest(identity) if identity in e.indicators else None
        if latest is not None and latest.value > 0:
            parts.append(f"{what} for {size / (WEEKS * latest.value):.1f} years (at £{latest.value:,.0f} a week)")
    if not parts:
        return "How much late help that would have to make unneeded is not known: no unit cost is published here."
    return f"To cover its cost it would have to make unneeded the keep of {' or of '.join(parts)}. That is an average cost, and not what one child fewer frees."


def _share(e: Evidence, first: dict, last: dict, around: np.ndarray, t: dict) -> Sign:
    fall = first["early_share"] - last["early_share"]
    moved = f"a fall of {fall:.1f} points" if fall > 0 else f"a rise of {-fall:.1f} points"
    story = (
        f"The early share of {e.name}'s spend on early and late help for children was {first['early_share']:.1f}% in"
        f" {first['financial_year']} and {last['early_share']:.1f}% in {last['financial_year']}: {moved}"
    )
    far = fall >= t["early_share_fall_points"]
    if len(around) < MIN_NEIGHBOURS:
        words = f"{story}. Too few of its {e.comparator} have a figure to compare with."
        return Sign(far or None, words, "more neighbours with a full return")
    low, middle = float(np.quantile(around, LOW)), float(np.median(around))
    below = last["early_share"] < low
    words = (
        f"{story}. The middle of its {e.comparator} has {middle:.1f}%, and nine in ten have {low:.1f}% or more"
        f" ({len(around)} have data)."
    )
    if below or far:
        turns = f"an early share of {low:.1f}% or more instead of {last['early_share']:.1f}%" if below else ""
        if far:
            turns += f"{' and ' if below else ''}a fall of less than {t['early_share_fall_points']:g} points"
    else:
        turns = f"an early share below {low:.1f}% instead of {last['early_share']:.1f}%"
    return Sign(below or far, words, turns)


@once
def _expected(e: Evidence) -> dict | None:
    return e.expected.loc["late"].to_dict() if "late" in e.expected.index else None


@once
def _rates(e: Evidence) -> list:
    """Return the standing of the rates of help that comes back, as named tuples."""
    if not {"indicator", "p_higher", "q"} <= set(e.standing.columns):
        return []
    return [row for row in e.stood if row.indicator in FAILURE_DEMAND]


def _late(e: Evidence, t: dict) -> Sign:
    row = _expected(e)
    limit = t["late_spend_studentised"]
    if row is None or row["why"] or not math.isfinite(row["studentised"]):
        why = "it is not worked out" if row is None else row["why"] or "it is not worked out"
        return Sign(None, f"Whether late help costs more than need lets one expect cannot be told: {why}.", "")
    words = (
        f"Late help cost {_pounds(row['actual'])} a child; from its need about {_pounds(row['expected'])} is expected"
        f" (80% interval {_pounds(row['low'])} to {_pounds(row['high'])})."
    )
    there = bool(row["studentised"] >= limit)
    turns = f"late spend {'less' if there else 'more'} than {limit:g} standard errors above what is expected (it is {row['studentised']:.2f})"
    return Sign(there, words, turns)


def priority(e: Evidence, thresholds: dict) -> list[str]:
    """Return the rates of help that comes back that are high here, by the tests of a priority need.

    They have no side on which everyone agrees that it is good, so the rule of needs does not judge them itself; here a
    high rate is taken for a sign to look closer.
    """
    column = f"p_higher_{e.comparator_set}"
    found = []
    for row in _rates(e):
        likely = row.p_higher >= thresholds["needs_probability"] and row.q <= thresholds["needs_false_discovery"]
        stands_out = getattr(row, column) >= thresholds["needs_against_neighbours"] or row.recent in RISING
        if likely and stands_out and row.excess >= thresholds["needs_excess_people"]:
            found.append(row.indicator)
    return sorted(found)


def _failure_demand(e: Evidence, t: dict) -> Sign:
    known = [row.p_higher for row in _rates(e) if row.p_higher == row.p_higher]
    if not known:
        return Sign(None, "How much help comes back cannot be compared here: no rate of it has an interval.", "")
    high = priority(e, t)
    nearest = max(known)
    shown = "more than 99%" if nearest > 0.99 else f"{nearest:.0%}"
    limit = f"{t['needs_probability']:.0%}"
    turns = f"a rate of help that comes back that is above England's with a chance of {limit} or more; the nearest has {shown}"
    if high:
        turns = f"no rate of help that comes back that is above England's with a chance of {limit}, and that stands out among its neighbours or rises"
    if not high:
        return Sign(False, f"None of the {len(known)} rates of help that comes back is clearly high.", turns)
    titles = "; ".join(e.indicators[i]["title"] for i in high)
    return Sign(True, f"Help comes back more often than in England and in places like it: {titles}.", turns)


@once
def _trace(e: Evidence) -> tuple[str, ...]:
    lines = e.classification[
        (e.classification["account"] == "s251") & e.classification["stage"].isin(["early", "late"])
    ]
    rates = [i for i in FAILURE_DEMAND if i in e.indicators and e.latest(i).period]
    late = ["expected:late"] if "late" in e.expected.index else []
    return (*lines["indicator"], *late, *rates)


def _not_there(signs: tuple[Sign, ...]) -> tuple[tuple[str, str], ...]:
    names = ("Little of the money is early", "Late help costs more than expected", "Help comes back")
    return tuple(
        (name, "cannot be told" if s.there is None else "not here")
        for name, s in zip(names, signs, strict=True)
        if not s.there
    )


def _pounds(value: float) -> str:
    return f"£{value:,.0f}"
