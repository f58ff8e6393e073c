"""Area 2: what several groups of people raised, and no indicator covers. Statistics take no theme off this list."""

from __future__ import annotations

from ..evidence import Evidence
from . import Finding, records
from ._heard import people, who_is_missing

AREA = 2
DIRECTION = "need"


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "measure this" for each theme that enough independent groups raised and no indicator covers."""
    rows = [r for r in records((e.local or {}).get("listening"), "listening") if r["direction"] == DIRECTION]
    if not rows:
        return [_ask(e)]
    enough = round(thresholds["community_groups"])
    bare = [row for row in rows if not covered(e, row)]
    few = tuple(
        (f"“{r['theme']}”", f"{_groups(r['groups'])} raised it, and {enough} are asked for")
        for r in bare
        if r["groups"] < enough
    )
    known = tuple((f"“{r['theme']}”", "an indicator covers it: see the page on needs") for r in rows if r not in bare)
    found = [_measure(r, enough) for r in bare if r["groups"] >= enough]
    if found:
        return found
    words = (
        f"People in {e.name} named {len(rows)} needs. None of those that no indicator covers was raised by {enough} groups"
        " or more."
    )
    settles = f"More conversations{who_is_missing(e)}."
    return [Finding(AREA, "nothing found", words, settles, key="community", title=TITLE, considered=few + known)]


TITLE = "What people raised and no figure covers"


def covered(e: Evidence, row: dict) -> bool:
    """Return whether an indicator of this edition bears on a theme."""
    return any(bears["indicator"] in e.indicators for bears in row["indicators"])


def _groups(number: int) -> str:
    return "1 group" if number == 1 else f"{number} groups"


def _measure(row: dict, enough: int) -> Finding:
    words = (
        f"“{row['theme']}”: {row['groups']} different groups raised it ({people(row)}), and no indicator here covers it. Agree with"
        " them what would show that it gets better, and begin to count it."
    )
    return Finding(
        AREA,
        "measure",
        words,
        "A figure that those who raised it take for a fair one.",
        (f"local:listening:{row['id']}",),
        key=f"community:{row['id']}",
        title=f"“{row['theme']}”",
        flip=f"an indicator that covers it, or fewer than {enough} groups that raise it",
        heard=f"“{row['theme']}”: {row['groups']} groups, {people(row)}",
    )


def _ask(e: Evidence) -> Finding:
    return Finding(
        AREA,
        "cannot say",
        f"Nobody in {e.name} has been asked for this book what they need. What people there know, and no figure tells, is"
        " missing from this page.",
        "Conversations with people of several groups, and what they raised, as themes. The tables of sessions and listening"
        f" ask just that: handbook new-pack {e.place.get('slug', '')} writes them.",
        key="community",
        title=TITLE,
    )
