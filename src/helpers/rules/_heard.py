"""What people said that bears on a finding, and who has not been heard: told beside every recommendation."""

from __future__ import annotations

from ..evidence import Evidence
from . import Finding, records

NOBODY_ASKED = "nothing yet: nobody here has been asked for this book"


def said(e: Evidence, finding: Finding) -> str:
    """Return the themes whose indicators a finding rests on, each with how many people; or that none bears on it."""
    content = (e.local or {}).get("listening")
    if not content:
        return NOBODY_ASKED
    bears = [
        f"“{row['theme']}” ({people(row)})"
        for row in records(content, "listening")
        if {i["indicator"] for i in row["indicators"]} & set(finding.trace)
    ]
    return f"{'; '.join(bears) or 'nothing that bears on this'}{who_is_missing(e)}"


def people(theme: dict) -> str:
    """Return how many people raised a theme, in words; a small number is not shown."""
    return "fewer than 8 people" if theme["people"] is None else f"at least {theme['people']:,} people"


def who_is_missing(e: Evidence) -> str:
    """Return whom a place says it has not heard yet, as the end of a sentence; "" where it names nobody."""
    rows = ((e.local or {}).get("listening") or {}).get("not_heard", [])
    names = [row["who"] for row in rows]
    if not names:
        return ""
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"; not yet heard: {listed}"
