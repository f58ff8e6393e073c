"""Area 1: nothing in open data says who works with whom, so the rule says what to ask."""

from __future__ import annotations

from ..evidence import Evidence
from . import Finding

AREA = 1


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "cannot say": no open register of institutions or their ties exists for any locality."""
    return [
        Finding(
            AREA,
            "cannot say",
            f"No open data tells which organisations in {e.name} work together, which of them others rely on, or which"
            " supporter teams, community anchors and family hubs there are.",
            "A list of the organisations that help people here, and for each: whom it works with, how often, and how far"
            " it trusts them; answered by at least 70% of those asked.",
        )
    ]
