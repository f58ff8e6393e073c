"""Area 2: figures that look ordinary for everyone, and hide that one group of people is far behind.

A pair is an indicator that names, as `part_of`, the indicator of everyone. The two sides share people, so taking them as
independent makes the interval of the gap a little too wide: a gap that is named here would be named all the more.
"""

from __future__ import annotations

import math

from scipy import special

from .. import periods
from ..evidence import Evidence, Latest
from ..schemas import UNITS
from . import Finding

AREA = 2
NORMAL_95 = special.ndtri(0.975)
KEY, TITLE = "needs:hidden-gap", "Gaps within the place"
SETTLES = (
    "The number of people on each side of the gap, with the number who did well, from the publisher or the council."
)


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "look first" for each gap that an ordinary figure hides; else what was looked at, and what is lacking."""
    pairs = [(e.latest(i), e.latest(r["part_of"])) for i, r in sorted(e.indicators.items()) if r.get("part_of")]
    pairs = [(part, whole) for part, whole in pairs if part.period and part.period == whole.period]
    if not pairs:
        words = f"Whether a figure that looks ordinary hides a gap inside {e.name} cannot be told: no figure is held of both sides of one."
        return [Finding(AREA, "cannot say", words, SETTLES, key=KEY, title=TITLE)]
    told = [(part, whole, gap(e, part, whole)) for part, whole in pairs]
    found = [
        (part, whole, limits) for part, whole, limits in told if limits and limits[1] > 0 and whole.against == "similar"
    ]
    considered = tuple((e.indicators[part.id]["title"], _why(e, part, whole, limits)) for part, whole, limits in told)
    if found:
        return [_finding(e, *one) for one in found]
    without = [part for part, _, limits in told if not limits]
    trace = tuple(part.id for part, *_ in told)
    if without:
        which = f"For {len(without)} of them nobody publishes" if len(without) < len(told) else "None of them has"
        words = (
            f"{len(told)} figures here are also published for one group of the same people. {which} an interval or the numbers"
            " of people behind it, so a gap cannot be told from chance."
        )
        return [Finding(AREA, "cannot say", words, SETTLES, trace, KEY, TITLE, considered=considered)]
    words = "No figure that is similar to England's hides a gap that is clear of chance."
    return [Finding(AREA, "nothing found", words, SETTLES, trace, KEY, TITLE, considered=considered)]


def gap(e: Evidence, part: Latest, whole: Latest) -> tuple[float, float, float] | None:
    """Return how far a group is behind everyone, with 95% limits, in the unit of the figure; None without intervals.

    Above 0: behind, whichever way is good.
    """
    if any(math.isnan(end) for one in (part, whole) for end in (one.lower, one.upper)):
        return None
    behind = whole.value - part.value
    if e.indicators[part.id]["polarity"] == "low is good":
        behind = -behind
    error = math.hypot(*((one.upper - one.lower) / (2 * NORMAL_95) for one in (part, whole)))
    return behind, behind - NORMAL_95 * error, behind + NORMAL_95 * error


def _shown(e: Evidence, one: Latest, value: float) -> str:
    own = e.indicators[one.id]
    return f"{value:.{own['decimals']}f}{UNITS[own['unit']]}"


def _why(e: Evidence, part: Latest, whole: Latest, limits: tuple | None) -> str:
    sides = f"{_shown(e, part, part.value)} of them, {_shown(e, whole, whole.value)} of everyone ({periods.label(part.period)})"
    if e.nation == "England" and part.england == part.england and whole.england == whole.england:
        sides += f"; in England {_shown(e, part, part.england)} and {_shown(e, whole, whole.england)}"
    if not limits:
        return f"{sides}; no interval is published"
    if limits[1] <= 0:
        return f"{sides}; the gap could be chance"
    return (
        f"{sides}; the figure of everyone is {whole.against} than England's, or is not compared, so nothing is hidden"
    )


def _finding(e: Evidence, part: Latest, whole: Latest, limits: tuple) -> Finding:
    own, everyone = (e.indicators[one.id]["title"] for one in (part, whole))
    behind, low, high = (f"{value:.{e.indicators[part.id]['decimals']}f}" for value in limits)
    words = (
        f"{own}, {periods.label(part.period)}: {_shown(e, part, part.value)}, and {_shown(e, whole, whole.value)} of everyone. They are"
        f" {behind} behind (95% interval {low} to {high}), while the figure of everyone ({everyone}) is similar to England's and"
        " would not make anybody look."
    )
    return Finding(
        AREA,
        "look first",
        words,
        "A newer pair of figures.",
        (part.id, whole.id),
        key=f"{KEY}-{part.id}",
        title=own,
        flip=f"a gap smaller by {low}, or a figure of everyone that is no longer similar to England's",
    )
