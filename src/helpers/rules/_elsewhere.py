"""What the rules say of a place outside England, or of one with no public figures: less, and in words that are true there.

The rules weigh a place among the authorities of England and read accounts that councils of England send.
"""

from __future__ import annotations

from ..evidence import Evidence, Latest
from . import Finding

CHAPTERS = ("needs", "outcomes")


def against(e: Evidence, word: str) -> list[Latest]:
    """Return the indicators that are `word` (better or worse) than the place's nation by interval, and on the same side
    of the neighbours' median, in the order of the chapters.
    """
    every = [e.latest(i) for chapter in CHAPTERS for i in e.select(chapter)]
    found = [c for c in every if c.against == word and c.median == c.median]
    return [c for c in found if (c.value > c.median) == (c.value > c.benchmark)]


def needs(e: Evidence) -> list[Finding]:
    """Return the needs to look at first, or say that there is too little to name any."""
    every = [e.latest(i) for chapter in CHAPTERS for i in e.select(chapter)]
    compared = [c for c in every if c.against in ("better", "similar", "worse")]
    settles = "More figures with an interval, and what people say they need: nobody has been asked for this book yet."
    if not e.nation:
        return [Finding(2, "cannot say", f"No public figure is held for {e.name}, so no need can be named.", settles)]
    nation = e.standard(compared)
    counted = (
        f"{len(compared)} indicators on which better and worse can be told have an interval and a figure of {nation}."
    )
    worse = against(e, "worse")
    if not worse:
        words = f"{counted} On none of them is {e.name} clearly worse than {nation} and its {e.comparator}."
        return [Finding(2, "nothing found" if compared else "cannot say", words, settles)]
    titles = "; ".join(e.indicators[c.id]["title"] for c in worse)
    words = (
        f"{titles}. On each, the 95% interval for {e.name} lies wholly on the worse side of the figure of {nation},"
        f" and its value on the worse side of the median of its {e.comparator}. {counted} About {0.025 * len(compared):.1f} of"
        " them would look worse by chance alone. The order says nothing of their weight."
    )
    return [Finding(2, "look first", words, settles, tuple(c.id for c in worse))]


def learning(e: Evidence) -> list[Finding]:
    """Say that no account of spending is held that the rule could read."""
    where = f"in {e.nation}" if e.nation else f"for {e.name}"
    words = (
        "How money moves between early and late help cannot be followed: this handbook holds no account of public spending"
        f" {where}. The rule reads an account that is of England only."
    )
    settles = "An account of what is spent on children each year, line by line, with early and late help told apart."
    return [Finding(3, "cannot say", words, settles)]
