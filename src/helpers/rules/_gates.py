"""The gates that every finding passes, in this order: data, integrity, disclosure, level of evidence.

A gate that fails turns a recommendation into "cannot say", in words. What should never happen in a rule (evidence
that is not there, or that is too weak to rest anything on) is a fault instead, and fails the build.
"""

from __future__ import annotations

from dataclasses import replace

from .. import periods
from ..evidence import Evidence
from . import Finding, resolve

ASKS = {2: ("need",), 3: ("need", "spend")}  # kinds of evidence that a recommendation in an area must name
NEEDS_LEVEL = ("scale", "grow", "grow and fix reach", "step down", "redesign")
ASKS_FOR_DATA = ("share data", "measure")  # they rest on what is missing
LEVEL = 3  # a comparison that can bear "is consistent with"


def faults(e: Evidence, finding: Finding) -> list[str]:
    """Return what is wrong with the evidence that a finding names; each fails the build."""
    found = []
    kinds = set()
    if finding.recommends and not finding.trace:
        found.append(f"'{finding.key}' recommends, but names no evidence.")
    for identity in finding.trace:
        evidence = resolve(e, identity)
        if evidence is None:
            found.append(f"rests on '{identity}', which no indicator or local record has as its id.")
            continue
        kinds.add(evidence["kind"])
        if finding.recommends and evidence["quality"] == 3:
            found.append(
                f"'{finding.key}' rests on '{identity}', whose quality is 3: that may not bear a recommendation."
            )
    lacking = [kind for kind in ASKS.get(finding.area, ()) if kind not in kinds]
    if finding.recommends and finding.trace and lacking and finding.status not in ASKS_FOR_DATA:
        found.append(f"'{finding.key}' recommends, but names no {' and no '.join(lacking)} in its trace.")
    if finding.area == 4 and finding.recommends and "programme" not in kinds:
        found.append(f"'{finding.key}' recommends, but names no programme in its trace.")
    return found


def data(e: Evidence, finding: Finding, thresholds: dict) -> str:
    """The rows are there, whole, add up to the published total, and are not too old to act on.

    How many people a figure rests on is in its interval, which the rules ask for; results of programmes with too few
    people have no level that could bear a recommendation.
    """
    if finding.status in ASKS_FOR_DATA:
        return ""
    limit = thresholds.get("oldest_months")
    for identity in finding.trace:
        if identity not in e.indicators:
            continue
        latest = e.latest(identity)
        title = e.indicators[identity]["title"]
        if not latest.period:
            return f"'{title}' has no value for {e.name}"
        if latest.coverage and latest.coverage.split(" of ")[0] != latest.coverage.split(" of ")[1].split()[0]:
            return f"'{title}' is there for {latest.coverage} only"
        why = _unreconciled(e, identity)
        if why:
            return why
        age = periods.age_in_months(latest.period, e.place["edition"])
        if limit and age > limit:
            return f"'{title}' is {age} months old, and no more than {limit:.0f} are allowed"
    return ""


def _unreconciled(e: Evidence, identity: str) -> str:
    """Return why a line of spend cannot be trusted: its account does not make the published total in its newest year."""
    account = identity.partition("_")[0]
    own = e.early_late[(e.early_late["area_code"] == e.place["area_code"]) & (e.early_late["account"] == account)]
    if e.indicators[identity]["chapter"] != "spend" or own.empty:
        return ""
    last = own.sort_values("financial_year").iloc[-1]
    return f"the account of {last['financial_year']} does not add up: {last['note']}" if last["note"] else ""


def integrity(e: Evidence, finding: Finding, thresholds: dict) -> str:
    """No measure of a programme that it rests on failed the check of how it was made."""
    if finding.status in ("fix the data first", "replace the terms"):
        return ""
    for identity in finding.trace:
        row = (resolve(e, identity) or {}).get("row", {})
        if identity.startswith("local:") and row.get("integrity") == "fails":
            return f"the figures of {row.get('name', identity)} fail the check of how they were made"
    return ""


def disclosure(e: Evidence, finding: Finding, thresholds: dict) -> str:
    """Nothing that it rests on has been held back to protect people."""
    for identity in finding.trace:
        row = (resolve(e, identity) or {}).get("row", {})
        if identity.startswith("local:") and row.get("withheld"):
            return f"{row.get('name', identity)} is held back to protect people: {row['withheld']}"
    return ""


def level(e: Evidence, finding: Finding, thresholds: dict) -> str:
    """What cannot easily be undone rests on a comparison, whatever the rule says."""
    if finding.area == 4 and finding.status in NEEDS_LEVEL and finding.level < LEVEL:
        return f"the evidence is of level {finding.level}, and this needs level {LEVEL}: a fair comparison"
    return ""


GATES = {
    "data": (data, "Newer or complete figures."),
    "integrity": (integrity, "An independent check of a random sample of the results, and figures put right."),
    "disclosure": (disclosure, "More people in each group, or the data controller's agreement."),
    "level of evidence": (level, "A comparison of people in the programme with people like them who are not."),
}


def passed(e: Evidence, finding: Finding, thresholds: dict) -> Finding:
    """Return the finding, or "cannot say" with the first gate that stopped it. What recommends nothing passes."""
    if not finding.recommends:
        return finding
    for name, (gate, settles) in GATES.items():
        why = gate(e, finding, thresholds)
        if why:
            words = f"Nothing is recommended here, because the gate for {name} stopped it: {why}."
            return replace(finding, status="cannot say", words=words, settles=settles, money=(), flip="")
    return finding
