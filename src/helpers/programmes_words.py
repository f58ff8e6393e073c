"""What may be said of a programme: words that go no further than its level of evidence (helpers.effects.PHRASES).

At level 1 it "reported"; at 2 something "followed"; at 3 it is "consistent with" an effect; only at 4 and 5 it "led to"
one. All sentences about what a programme did are written here.
"""

from __future__ import annotations

from . import effects
from .evidence import Evidence
from .wording import paragraph


def fictional(e: Evidence) -> str:
    """Return a notice where the pack is made up."""
    return (
        paragraph("Fictional data: neither these programmes nor these people exist.", "hb-notice")
        if e.local.get("fictional")
        else ""
    )


def finding(row: dict) -> str:
    """Return the one sentence on what a programme did, in the words that its level of evidence allows."""
    effect, change, name = row["effect"], row["before_after"], row["name"]
    shown = row["level"]
    if shown == 1 or (shown == 2 and change["value"] is None):
        reported = row["cost"].get("reported") or {}
        said = (
            f"{name} reported good outcomes for {reported['pct']:.0f}% of the people who started"
            if reported.get("pct")
            else ""
        )
        if not said:
            said = (
                f"{name} reported no good outcomes"
                if reported.get("count") == 0
                else f"{name} reported too few people to show"
            )
        why = change["why"] or row["level_why"] or "there is nobody to compare with"
        return f"{said}. Whether it made a difference cannot be told: {why}."
    if shown == 2 and change["lower"] <= 0 <= change["upper"]:
        return (
            f"Taking part in {name} was followed by no clear change of the measure (95% interval {limits_of(change)})."
        )
    if shown == 2:
        way = "got better" if change["value"] > 0 else "got worse"
        return (
            f"Taking part in {name} was followed by a change: the measure {way} by {abs(change['value']):.1f} points"
            f" (95% interval {limits_of(change)}). With nobody to compare with, that may have come anyway."
        )
    size, limits = f"{abs(effect['value']):.1f} points", f"95% interval {limits_of(effect)}"
    sure = effect["lower"] > 0 or effect["upper"] < 0
    way = "better" if effect["value"] > 0 else "worse"
    if shown == 3:
        verdict = "a difference" if sure else "no difference"
        return (
            f"What happened is consistent with {name} making {verdict}: people who took part ended {size} {way} than people like them who"
            f" did not ({limits}). They may also differ in ways that nobody measured."
        )
    if sure:
        return f"{name} led to a measure that is {size} {way} ({limits})."
    return f"No effect of {name} can be shown: the measure ended {size} {way} ({limits})."


def limits_of(found: dict) -> str:
    """Return an interval in words."""
    low, high = found["lower"], found["upper"]
    return f"{signed(low)} to {signed(high)}, good is positive"


def signed(value: float, decimals: int = 1) -> str:
    """Return a number with a proper minus.

    >>> signed(-0.02), signed(-1.25, 2)
    ('0.0', '−1.25')
    """
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")  # adding 0 turns −0.0 into 0.0


def level(row: dict) -> str:
    """Return the level of evidence in words, and where less is shown than is claimed, why."""
    shown, claimed = row["level"], row["declared"]
    words = f"Evidence of level {shown} of 5: {effects.LEVELS[shown]}."
    if claimed is None:
        return f"{words} It claims no level."
    if claimed > shown:
        return f"{words} It claims level {claimed:g}, and its data do not bear that out: {row['level_why']}."
    return f"{words} That is what it claims{'; ' if row['level_why'] else ''}{row['level_why']}."
