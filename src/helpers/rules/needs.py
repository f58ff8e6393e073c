"""Area 2: the needs in which a place is clearly worse than England, and not only than England."""

from __future__ import annotations

from ..evidence import Evidence, Latest
from . import Finding, _elsewhere

AREA = 2


def distance(latest: Latest) -> float:
    """Return how many standard errors the value lies from England's: how clear the difference is, not how large."""
    standard_error = (latest.upper - latest.lower) / (2 * 1.96)
    return abs(latest.value - latest.england) / standard_error if standard_error else 0.0


def against(e: Evidence, word: str, chapters: tuple[str, ...] = ("needs", "outcomes")) -> list[Latest]:
    """Return the indicators that are `word` (better or worse) than England by interval and on the same side of the
    neighbours' median, the clearest first.
    """
    found = []
    for chapter in chapters:
        for indicator in e.select(chapter):
            latest = e.latest(indicator)
            if latest.against_england != word or latest.median != latest.median:
                continue
            higher = latest.value > latest.england
            if (latest.value > latest.median) == higher:
                found.append(latest)
    return sorted(found, key=lambda c: (-distance(c), c.id))


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return the needs to look at first, or say that the rule found none."""
    if e.nation != "England":
        return _elsewhere.needs(e)
    judged = [
        e.latest(i) for c in ("needs", "outcomes") for i in e.select(c) if e.indicators[i]["polarity"] != "no judgement"
    ]
    compared = [c for c in judged if c.against_england != "not compared"]
    chance = 0.025 * len(compared)
    worse = against(e, "worse")[: thresholds["needs_listed"]]
    if not worse:
        return [
            Finding(
                AREA,
                "nothing found" if compared else "cannot say",
                f"Of {len(judged)} indicators on which better and worse can be told, {len(compared)} have an interval and a"
                f" figure for England. {e.name} is clearly worse than England, and on the worse side of its {e.comparator},"
                " on none of them.",
                "Intervals for the other indicators, and what people say they need: nobody has been asked for this book yet.",
            )
        ]
    titles = [e.indicators[c.id]["title"] for c in worse]
    return [
        Finding(
            AREA,
            "look first",
            f"{'; '.join(titles)}. On each, the 95% interval for {e.name} lies wholly on the worse side of England's figure,"
            f" and its value is on the worse side of the median of its {e.comparator}. {len(compared)} indicators were"
            f" compared, so about {chance:.1f} would look worse than England by chance alone. The list runs from the"
            " clearest difference to the least clear, which is not the order of importance.",
            "An interval that comes to include England's figure, or a change of the neighbours' median. Nobody has been"
            " asked yet what they need: that may add to the list, and statistics may not take it off.",
            tuple(c.id for c in worse),
        )
    ]
