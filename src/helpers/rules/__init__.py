"""Rules that turn evidence into recommendations: one module a rule, found by its place in this folder.

A rule module has AREA (1 to 5, the report's areas) and a pure function

    recommend(e: Evidence, thresholds: dict) -> list[Finding]

that returns at least one finding: a recommendation, or "cannot say" with what would settle it. A module whose name
begins with _ is no rule. Every finding then passes the gates of `_gates`, in their order.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from dataclasses import dataclass, replace

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
    # what a rule recommends
    "look first": "Look here first",
    "invest": "Invest",
    "convene": "Bring together",
    "measure": "Measure this",
    "share data": "Start, share or stop some data",
    "test": "Test",
    "fix the data first": "Fix the data first",
    "scale": "Scale",
    "grow and fix reach": "Grow, and reach those with the highest need",
    "grow": "Grow",
    "grow as a test": "Grow, as a test",
    "step down": "Step down, with a taper",
    "redesign": "Redesign",
    "talk": "Have a conversation",
    "change locally": "Change it here",
    "ask for a waiver": "Ask for a time-limited waiver, and measure",
    "ask government": "Ask government",
    "replace the terms": "Replace the payment terms",
    # what a rule says without recommending anything
    "keep": "Keep: it protects rights",
    "keep and monitor": "Keep, and monitor",
    "hold": "Hold",
    "watch": "Watch",
    "nothing found": "Nothing found by this rule",
    "cannot say": "The evidence cannot say yet",
}
SILENT = ("keep", "keep and monitor", "hold", "watch", "nothing found", "cannot say")
LANES = ("cashable", "other public", "social")
NOBODY = "no owner yet"


@dataclass(frozen=True)
class Finding:
    """One thing that a rule says, with the evidence it rests on. A rule fills what it knows; the engine the rest."""

    area: int
    status: str
    words: str
    settles: str = ""  # what would change it, or what to collect
    trace: tuple[str, ...] = ()  # ids of the evidence: an indicator, expected:<measure>, local:<table>:<id>
    key: str = ""  # what it is about, the same from run to run, such as programmes:family-start
    title: str = ""  # the same for a reader, where an area has several findings
    level: int = 0  # of evidence that something works, 1 to 5; 0 where nothing of the kind is claimed
    flip: str = ""  # the smallest change that would give another status
    heard: str = ""  # what people said of it, or who has not been heard
    owner: str = NOBODY
    review: str = ""  # ISO day
    money: tuple[tuple[str, str], ...] = ()  # (lane, words with a range); never summed
    stability: str = ""  # firm, leaning or look closer: see helpers.stability
    considered: tuple[tuple[str, str], ...] = ()  # (what was not recommended, why)

    def __post_init__(self):
        if self.status not in STATUSES:
            raise DataError(
                [f"src/helpers/rules: status '{self.status}' is not known. Use one of: {', '.join(STATUSES)}."]
            )
        if self.status == "cannot say" and not self.settles:
            raise DataError(["src/helpers/rules: a finding that cannot say must name what would settle it."])
        strange = [lane for lane, _ in self.money if lane not in LANES]
        if strange:
            raise DataError([f"src/helpers/rules: lane of money {strange} is not known. Use: {', '.join(LANES)}."])

    @property
    def recommends(self) -> bool:
        """Whether it asks for something to be done."""
        return self.status not in SILENT


def resolve(e: Evidence, identity: str) -> dict | None:
    """Return what an id in a trace stands for: kind, indicator, table, row; None where the evidence does not hold it."""
    if identity in e.indicators:
        record = e.indicators[identity]
        chapter = "need" if record["chapter"] in ("needs", "outcomes", "context") else "spend"
        return {"kind": chapter, "quality": e.sources[record["source"]]["quality"], "row": record}
    kind, _, rest = identity.partition(":")
    if kind == "expected" and rest in e.expected.index:
        return {"kind": "spend", "quality": 1, "row": e.expected.loc[rest].to_dict()}
    table, _, name = rest.partition(":")
    local = getattr(e, "local", None) or {}
    if kind == "local" and table in local:
        row = next((r for r in records(local[table], table) if name in (str(v) for v in r.values())), None)
        found = {"programmes": "programme"}.get(table, table)
        return (
            None
            if row is None and name
            else {"kind": found, "quality": (row or {}).get("quality", 1), "row": row or {}}
        )
    return None


ROWS = {"listening": "themes"}  # what an analysis calls its rows, where it is not the name of the table


def records(content: object, table: str) -> list[dict]:
    """Return the rows in what an analysis of a local pack gives: a list of records, or a mapping that holds them."""
    if isinstance(content, list):
        return [r for r in content if isinstance(r, dict)]
    if isinstance(content, dict):
        inner = content.get(ROWS.get(table, table), content.get("rows"))
        if inner is not None:
            return records(inner, table)
        return [{"id": key, **value} for key, value in content.items() if isinstance(value, dict)]
    return []


def rules() -> dict[str, object]:
    """Return {name: module} of the rules in this folder."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def derive(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return the findings of every rule, by area, each passed through the gates; within an area, what is asked for first.

    Raises DataError where a finding rests on evidence that is not there or of quality 3, lacks the evidence that its
    area asks for, or where an area has no finding.
    """
    from ._gates import faults, passed  # they need Finding

    found, wrong = [], []
    for name, module in rules().items():
        findings = _keyed(name, module.recommend(e, thresholds))
        for finding in findings:
            wrong += [f"src/helpers/rules/{name}.py: {fault}" for fault in faults(e, finding)]
            found.append(_dated(e, _told(e, passed(e, finding, thresholds)), thresholds))
    empty = [a for a in AREAS if not any(f.area == a for f in found)]
    if empty:
        wrong.append(f"src/helpers/rules: no finding for area {empty}. Each area needs one, if only 'cannot say'.")
    if wrong:
        raise DataError(wrong)
    return sorted(found, key=lambda f: (f.area, not f.recommends, f.status == "cannot say"))


def _keyed(name: str, findings: list[Finding]) -> list[Finding]:
    """Give each finding a key: its rule, and what it is about where the rule says several things."""
    keys = [f.key or name for f in findings]
    seen: Counter = Counter()
    out = []
    for finding, key in zip(findings, keys, strict=True):
        seen[key] += 1
        unique = key if seen[key] == 1 else f"{key}-{seen[key]}"
        out.append(replace(finding, key=re.sub(r"[^a-z0-9:_-]+", "-", unique.lower()).strip("-")))
    return out


def _told(e: Evidence, finding: Finding) -> Finding:
    """Say beside a recommendation what people said of it, where the rule said nothing of that."""
    from ._heard import said  # it needs Finding

    return replace(finding, heard=said(e, finding)) if finding.recommends and not finding.heard else finding


def _dated(e: Evidence, finding: Finding, thresholds: dict) -> Finding:
    """Set the day of review, where the rule set none: so many months after the edition."""
    if finding.review or "edition" not in e.place:
        return finding
    year, month, day = (int(part) for part in e.place["edition"].split("-"))
    total = year * 12 + month - 1 + int(thresholds.get("review_months", 12))
    return replace(finding, review=f"{total // 12:04d}-{total % 12 + 1:02d}-{min(day, 28):02d}")
