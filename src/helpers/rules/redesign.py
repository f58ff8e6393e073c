"""Area 5: rules that are in the way are known to the people who meet them, and to no open data set."""

from __future__ import annotations

from ..evidence import Evidence
from . import Finding

AREA = 5


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return "cannot say": no register of barriers is published for any locality."""
    return [
        Finding(
            AREA,
            "cannot say",
            f"No open data records which rule, form or contract term stops people in {e.name} from getting help in time.",
            "A list of barriers from front-line staff and the people they help: the rule, who owns it, how many cases it"
            " touched, the hours it cost, and what was tried.",
        )
    ]
