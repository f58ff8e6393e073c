"""What was decided, what it was expected to change, and what has been seen since: scored again at each run."""

from __future__ import annotations

import math

from . import periods
from .evidence import Evidence
from .pack import Pack

VERDICTS = {
    "no measure": "It names no indicator, so nothing here can tell",
    "not due": "Not due yet",
    "no figure": "Due, but no figure is that new yet",
    "reached": "The expected change is there",
    "in range": "The figure fits the expected change, and its interval holds other answers too",
    "partly": "Some of the expected change is there",
    "unchanged": "No change can be told from the value when it was decided",
    "other way": "It moved the other way",
}
KEPT = (
    "decision",
    "date",
    "what",
    "recommendation",
    "owner",
    "indicator",
    "expected_change",
    "expected_by",
    "unit",
    "baseline",
)


def results(pack: Pack) -> dict:
    """Return {rows}: the decisions as they were written down; {} where the pack has none. They name no person."""
    if not pack.has("decisions"):
        return {}
    return {"rows": pack.table("decisions")[list(KEPT)].to_dict("records")}


def verdict(baseline: float, change: float, value: float, lower: float, upper: float) -> str:
    """Return the key of VERDICTS for a figure seen after the day it was expected by; limits may be nan.

    Reached: the whole interval lies at or beyond what was expected. Whether the decision brought it about, no figure of
    one place can tell.

    >>> verdict(22.4, -3, 18.0, 17.2, 18.9), verdict(22.4, -3, 19.6, 18.7, 20.5), verdict(22.4, -3, 21.0, 20.2, 21.8)
    ('reached', 'in range', 'partly')
    >>> verdict(22.4, -3, 22.0, 21.1, 22.9), verdict(22.4, -3, 25.0, 24.0, 26.0)
    ('unchanged', 'other way')
    """
    low, high = (end if math.isfinite(end) else value for end in (lower, upper))
    way = 1.0 if change >= 0 else -1.0
    near, far = sorted((way * (low - baseline), way * (high - baseline)))  # progress in the wanted direction
    if near >= abs(change):
        return "reached"
    if far < 0:
        return "other way"
    if near <= 0:
        return "unchanged" if far < abs(change) else "in range"
    return "in range" if far >= abs(change) else "partly"


def scored(e: Evidence) -> list[dict]:
    """Return each decision of the locality's pack with the newest figure, its interval and a verdict.

    Adds: value, lower, upper, period, verdict (a key of VERDICTS).
    """
    rows = ((getattr(e, "local", None) or {}).get("decisions") or {}).get("rows", [])
    out = []
    for row in rows:
        found = dict(row) | {"value": math.nan, "lower": math.nan, "upper": math.nan, "period": ""}
        change, baseline = (row[k] if row[k] is not None else math.nan for k in ("expected_change", "baseline"))
        if row["indicator"] not in e.indicators or not math.isfinite(change) or not math.isfinite(baseline):
            out.append(found | {"verdict": "no measure"})
            continue
        latest = e.latest(row["indicator"])
        found |= {k: getattr(latest, k) for k in ("value", "lower", "upper", "period")}
        by = row["expected_by"]
        if not by or by > e.place["edition"]:
            word = "not due"
        elif not latest.period or periods.end(latest.period).isoformat() < by:
            word = "no figure"
        else:
            word = verdict(baseline, change, latest.value, latest.lower, latest.upper)
        out.append(found | {"verdict": word})
    return out
