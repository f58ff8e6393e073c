"""Rules that turn evidence into recommendations: one module a rule, found by its place in this folder.

A rule module has AREA (1 to 5, the report's areas) and a pure function

    recommend(e: Evidence, thresholds: dict) -> list[Finding]

that returns at least one finding: a recommendation, or "cannot say" with what would settle it.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from ..evidence import Evidence
from ..schemas import DataError

AREAS = {
    1: "Invest in shared institutions and backbone organisations",
    2: "Understand what help people need, and the strengths they have",
    3: "Learn from activities, outcomes and costs as they happen",
    4: "Test, grow and scale what works here; step down what does not",
    5: "Redesign the rules that are in the way",
}
STATUSES = {
    "look first": "Look here first",
    "test": "Worth testing",
    "watch": "Watch",
    "nothing found": "Nothing found by this rule",
    "cannot say": "The evidence cannot say yet",
}


@dataclass(frozen=True)
class Finding:
    """One thing that a rule says, with the evidence it rests on."""

    area: int
    status: str
    words: str
    settles: str = ""  # what would change it, or what to collect
    trace: tuple[str, ...] = ()  # ids of the indicators that it rests on

    def __post_init__(self):
        if self.status not in STATUSES:
            raise DataError(
                [f"src/helpers/rules: status '{self.status}' is not known. Use one of: {', '.join(STATUSES)}."]
            )
        if self.status == "cannot say" and not self.settles:
            raise DataError(["src/helpers/rules: a finding that cannot say must name what would settle it."])


def derive(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return the findings of every rule, by area.

    Raises DataError where a finding rests on an indicator that the evidence does not hold, or an area has none.
    """
    found = []
    for name in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")):
        module = importlib.import_module(f"{__name__}.{name}")
        findings = module.recommend(e, thresholds)
        for finding in findings:
            dangling = [i for i in finding.trace if i not in e.indicators]
            if dangling:
                raise DataError(
                    [f"src/helpers/rules/{name}.py: rests on {dangling}, which no indicator has as its id."]
                )
        found += findings
    empty = [a for a in AREAS if not any(f.area == a for f in found)]
    if empty:
        raise DataError([f"src/helpers/rules: no finding for area {empty}. Each area needs one, if only 'cannot say'."])
    return sorted(found, key=lambda f: f.area)
