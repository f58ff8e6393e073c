"""Area 4: no open data follows people through a programme, so nothing can be grown or cut on this evidence."""

from __future__ import annotations

from ..evidence import Evidence
from . import Finding

AREA = 4


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "cannot say": programme records are not published for any locality."""
    return [
        Finding(
            AREA,
            "cannot say",
            f"No programme in {e.name} publishes who took part, what changed for them, and what it cost. Public statistics"
            " cannot tell one programme's work from another's, so nothing here is a reason to scale one or to cut one.",
            "For each programme: how many people of each level of need were eligible, referred, enrolled and completed; what"
            " changed for them and for people like them who were not in it; and the cost of the year.",
        )
    ]
