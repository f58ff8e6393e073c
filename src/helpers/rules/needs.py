"""Area 2: priority needs, and strengths by the same rule turned round. The numbers come from helpers.standing.

A priority need passes four tests: the true value is very likely worse than England's; that stands once it is counted
how many indicators were looked at; places like it do better too, or it is getting worse; and it touches enough people.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy import special

from .. import periods
from ..evidence import Evidence, Latest, once
from . import Finding, _elsewhere

AREA = 2
CHAPTERS = ("needs", "outcomes")
NORMAL_95 = special.ndtri(0.975)
SUREST = 1 - 1e-9
TRENDS = {"worse": "getting worse", "better": "getting better"}


@dataclass(frozen=True)
class Judged:
    """One indicator on which better and worse can be told, with what the rule makes of it."""

    latest: Latest
    worse: float  # chance that the true value is worse than England's; nan where it cannot be told
    worse_near: float  # chance that it is worse than the mean of the neighbours; nan below five with data
    q: float  # what is left of the comparison with England once all comparisons are counted
    unusual: bool  # outside the 95% limits even when they are widened by how much authorities differ anyway
    recent: str
    people: float  # how many more people (worse) or fewer (better) than at England's rate; nan where nobody is counted
    people_lower: float
    people_upper: float
    need: str  # empty: a priority need; else why not
    strength: str  # empty: a strength; else why not


def judged(e: Evidence, thresholds: Mapping[str, float]) -> list[Judged]:
    """Return every indicator of needs and outcomes with a polarity and a standing, in the order of their ids."""
    return list(_judged(e, tuple(sorted((k, v) for k, v in thresholds.items() if k.startswith("needs_")))))


@once
def _judged(e: Evidence, chosen: tuple) -> tuple[Judged, ...]:
    thresholds, found = dict(chosen), []
    for row in e.stood:
        record = e.indicators.get(row.indicator)
        if not record or record["chapter"] not in CHAPTERS or record["polarity"] == "no judgement":
            continue
        high_is_worse = record["polarity"] == "low is good"
        near = getattr(row, f"p_higher_{e.comparator_set}")
        worse, worse_near = (p if high_is_worse else 1 - p for p in (row.p_higher, near))
        people, ends = row.excess, (row.excess_lower, row.excess_upper)
        if not high_is_worse:
            people, ends = -people, (-ends[1], -ends[0])
        one = Judged(
            e.latest(row.indicator), worse, worse_near, row.q, bool(row.p_unusual <= 0.05), row.recent, people, *ends, "", ""
        )  # fmt: skip
        need = _refused(one, "worse", worse, worse_near, thresholds) or _too_few(one, thresholds)
        strength = _refused(one, "better", 1 - worse, 1 - worse_near, thresholds)
        found.append(Judged(**{**one.__dict__, "need": need, "strength": strength}))
    return tuple(found)


def _refused(one: Judged, word: str, p: float, near: float, t: Mapping[str, float]) -> str:
    """Return why an indicator is not clearly `word`; empty where it is."""
    if math.isnan(p):
        return "no interval is published, or no figure for England"
    if p < t["needs_probability"]:
        return f"the chance that it is {word} than England is {p:.0%}"
    if not one.q <= t["needs_false_discovery"]:
        return "it could be chance, given how many indicators were compared"
    if near >= t["needs_against_neighbours"] or one.recent == TRENDS[word]:
        return ""
    if math.isnan(near):
        return f"too few neighbours have an interval, and it is not {TRENDS[word]}"
    return f"the chance that it is {word} than its neighbours is {near:.0%}, and it is not {TRENDS[word]}"


def _too_few(one: Judged, t: Mapping[str, float]) -> str:
    if math.isnan(one.people):
        return "the figure is a score, or an age, so people cannot be counted"
    if one.people < t["needs_excess_people"]:
        return f"it comes to {max(one.people, 0):,.0f} people"
    return ""


def priorities(e: Evidence, thresholds: Mapping[str, float]) -> list[Judged]:
    """Return the priority needs, most people first."""
    return sorted((j for j in judged(e, thresholds) if not j.need), key=lambda j: (-j.people, j.latest.id))


def strengths(e: Evidence, thresholds: Mapping[str, float]) -> list[Judged]:
    """Return the strengths, the most certain beside its neighbours first."""
    chosen = [j for j in judged(e, thresholds) if not j.strength]
    return sorted(chosen, key=lambda j: (j.worse_near if j.worse_near == j.worse_near else 1, j.latest.id))


def tied(one: Judged, other: Judged) -> bool:
    """Return whether the intervals of the numbers of people overlap, so that neither is known to be more."""
    return one.people_lower <= other.people_upper and other.people_lower <= one.people_upper


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return a finding for each priority need, and what was looked at and not named."""
    if e.nation != "England":
        return _elsewhere.needs(e)
    every = judged(e, thresholds)
    compared = [j for j in every if not math.isnan(j.worse)]
    silent = [i for c in CHAPTERS for i in e.select(c) if e.indicators[i]["polarity"] != "no judgement"]
    found = priorities(e, thresholds)
    considered = tuple(
        (e.indicators[j.latest.id]["title"], j.need)
        for j in every
        if j.need and j.worse >= thresholds["needs_probability"]
    )
    counted = (
        f"Of {len(silent)} indicators on which better and worse can be told, {len(compared)} have an interval and a figure"
        " for England, so they could be compared."
    )
    if not found:
        return [
            Finding(
                AREA,
                "nothing found" if compared else "cannot say",
                f"{counted} None of them is a priority need of {e.name} by the rule.",
                "Intervals for the other indicators, and what people say they need.",
                key="needs",
                title="Priority needs",
                considered=considered,
            )
        ]
    return [_finding(e, j, found, counted, considered if n == 0 else (), thresholds) for n, j in enumerate(found)]


def _finding(e: Evidence, one: Judged, found: list[Judged], counted: str, considered: tuple, t: Mapping) -> Finding:
    title = e.indicators[one.latest.id]["title"]
    if one.worse_near == one.worse_near:
        near = f"{sure(one.worse_near)} that it is worse than the mean of its {e.comparator}"
    else:
        near = f"too few of its {e.comparator} have an interval"
    low = e.indicators[one.latest.id]["polarity"].startswith("low")
    who = "more people are affected" if low else "fewer people have a good result"
    words = (
        f"{title}: {sure(one.worse)} that {e.name} is worse than England ({periods.label(one.latest.period)}), and {near}. The"
        f" recent trend: {one.recent}."
        f" About {one.people:,.0f} {who} than at England's rate ({one.people_lower:,.0f} to {one.people_upper:,.0f}). {counted}"
    )
    ties = [e.indicators[j.latest.id]["short_title"] for j in found if j is not one and tied(one, j)]
    if ties:
        words += f" In numbers of people it cannot be told apart from: {'; '.join(ties)}."
    return Finding(
        AREA,
        "look first",
        words,
        "A newer figure that is no worse than England's or its neighbours'. What people say they need"
        " may add to the list, and statistics may not take anything off it.",
        (one.latest.id,),
        key=f"needs:{one.latest.id}",
        title=title,
        flip=nearest(one, e.comparator, t),
        considered=considered,
    )


def nearest(one: Judged, comparator: str, t: Mapping[str, float]) -> str:
    """Return the smallest change that would make a priority need none: the test that it passes by least.

    How far each test is from turning is told in standard errors of the figure, so that chances, what is left after
    all comparisons (q) and numbers of people can be set side by side.
    """
    spread = (one.people_upper - one.people_lower) / (2 * NORMAL_95)
    near, limit = one.worse_near, t["needs_against_neighbours"]
    beside = f"a chance of being worse than the mean of its {comparator} below {limit:.0%}, where it is {_exact(near)}"
    tests = [
        (
            _apart(one.worse, t["needs_probability"]),
            f"a chance of being worse than England below {t['needs_probability']:.0%}, where it is {_exact(one.worse)}",
        ),
        (
            _apart(1 - one.q / 2, 1 - t["needs_false_discovery"] / 2),
            f"a share of false alarms above {t['needs_false_discovery']:.0%}, where it is {max(one.q, 0.001):.1%}",
        ),
        (
            (one.people - t["needs_excess_people"]) / spread if spread > 0 else math.inf,
            f"a difference of fewer than {t['needs_excess_people']:g} people from England's rate, where it is {one.people:,.0f}",
        ),
    ]
    worsens = one.recent == TRENDS["worse"]
    if near >= limit and not worsens:
        tests.append((_apart(near, limit), beside))
    elif near >= limit:
        tests.append((_apart(near, limit), f"{beside}, and a trend that is no longer {TRENDS['worse']}"))
    else:
        tests.append((0.0, f"a trend that is no longer {TRENDS['worse']}"))
    return min(tests)[1]


def _exact(p: float) -> str:
    return percent(p) if p > 0.99 else f"{p:.1%}"


def _apart(chance: float, limit: float) -> float:
    return float(special.ndtri(min(chance, SUREST)) - special.ndtri(limit))


def sure(p: float) -> str:
    """Return a chance in words that claim no more digits than it has.

    >>> sure(0.9998), sure(0.962)
    ('a chance of more than 99%', 'a chance of 96%')
    """
    return f"a chance of {percent(p)}"


def percent(p: float) -> str:
    """Return a chance as a percentage that claims no more digits than it has.

    >>> percent(0.9998), percent(0.962)
    ('more than 99%', '96%')
    """
    return "more than 99%" if p > 0.99 else f"{math.floor(100 * p)}%"
