"""How old each source is, and when its next release is due: as its own rhythm so far lets one expect."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date

from . import periods
from .locality import Evidence, once

NOT_KNOWN, LATE = "not known", "a newer release may be out"


@dataclass(frozen=True)
class Fresh:
    """One source of a locality at the edition's day."""

    source: str
    newest: str  # ISO day: the end of the newest period
    age: int  # months from then to the edition
    released: str  # ISO day of the newest release
    gap: int  # months between its newest two periods; 0 where there is one period only
    due: str  # ISO day of the next release by that rhythm; empty where it cannot be told
    announced: str  # what the publisher says, as a line of words
    state: str  # in time | a newer release may be out | not known


def later(day: str, months: int) -> str:
    """Return the day so many months later, never beyond the 28th.

    >>> later("2025-11-30", 12)
    '2026-11-28'
    """
    at = date.fromisoformat(day)
    total = at.year * 12 + at.month - 1 + months
    return date(total // 12, total % 12 + 1, min(at.day, 28)).isoformat()


def gap_of(every: set[str]) -> int:
    """Return the months between the ends of the two newest periods; 0 with fewer than two.

    >>> gap_of({"2022-04-01/P1Y", "2023-04-01/P1Y"}), gap_of({"2025-10-01"})
    (12, 0)
    """
    ends = sorted({periods.end(p) for p in every})
    return (ends[-1].year - ends[-2].year) * 12 + ends[-1].month - ends[-2].month if len(ends) > 1 else 0


@once
def of(e: Evidence) -> list[Fresh]:
    """Return each source of this locality's figures, by id."""
    used = e.series[(e.series["source"] != "") & e.series["value"].notna()]
    every: dict[str, dict[str, set[str]]] = {}  # {source: {indicator: its periods}}
    days: dict[str, set[str]] = {}
    columns = (used[c].tolist() for c in ("source", "indicator", "period", "release_date"))
    for source, indicator, period, day in zip(*columns, strict=True):
        every.setdefault(source, {}).setdefault(indicator, set()).add(period)
        days.setdefault(source, set()).add(day)
    found = []
    for source, series in sorted(every.items()):
        newest = max(periods.end(p) for p in set().union(*series.values())).isoformat()
        gaps = [g for g in map(gap_of, series.values()) if g]
        gap = int(statistics.median(gaps)) if gaps else 0
        released = max(days[source])
        due = later(released, gap) if gap else ""
        state = NOT_KNOWN if not due else LATE if due <= e.place["edition"] else "in time"
        age = periods.age_in_months(newest, e.place["edition"])
        found.append(Fresh(source, newest, age, released, gap, due, e.sources[source]["next_release"], state))
    return found
