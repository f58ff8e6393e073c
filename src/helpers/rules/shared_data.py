"""Area 3: which data to start, share or stop, so that what is done, what comes of it and what it costs stand side by side."""

from __future__ import annotations

from .. import due
from ..catalogue import THEMES
from ..evidence import Evidence, reason
from . import Finding
from .learning import FAILURE_DEMAND, UNIT_COSTS

AREA = 3
KEY, TITLE = "learning:data", "Data to start, share and stop"
COLUMNS = {"activity": "what is done", "outcome": "what comes of it", "cost": "what it costs"}


def recommend(e: Evidence, thresholds: dict) -> list[Finding]:
    """Return which figures are not there, missing here or overdue, and which staff are asked for twice."""
    rows, share, late, trace = (e.columns if e.nation else {}), {}, [], []
    overdue = {f.source: f.due for f in due.of(e) if f.state == due.LATE} if rows else {}
    start: dict[str, list[str]] = {}
    for theme, cells in rows.items():
        for column, words in COLUMNS.items():
            identity = cells[column]["indicator"]
            if not identity or e.nation not in e.indicators[identity]["nations"]:
                start.setdefault(THEMES[theme].lower(), []).append(words)
            else:
                share |= _missing(e, identity)
                trace.append(identity)
                if e.indicators[identity]["source"] in overdue:
                    late.append(identity)
    for identity in (*FAILURE_DEMAND, *UNIT_COSTS):
        if e.nation == "England" and identity in e.indicators:
            found = _missing(e, identity)
            share |= found
            trace += [identity] if found else []
    parts = []
    if start:
        named = [f"{theme} ({'all three' if len(w) == len(COLUMNS) else ', '.join(w)})" for theme, w in start.items()]
        parts.append(f"Start to publish, or bring into this handbook, for each place: {'; '.join(named)}.")
    if share:
        parts.append("Share what others share: " + "; ".join(f"{title} ({why})" for title, why in share.items()) + ".")
    if late:
        parts.append("Look for a newer release: " + "; ".join(e.indicators[i]["title"] for i in late) + ".")
    burden = (e.local or {}).get("burden") or {}
    twice = burden.get("held_elsewhere", 0)
    if twice:
        times = burden["times_a_year_held_elsewhere"]
        items = "1 item" if twice == 1 else f"{twice} items"
        parts.append(
            f"Stop asking staff for {items} that another system holds already, {times:,.0f} times a year in all."
        )
    if not parts:
        words = "No row of activity, outcome and cost is broken or overdue here, or none is held for this place."
        return [Finding(AREA, "nothing found", words, "A release that is missed.", key=KEY, title=TITLE)]
    if rows:
        whole = sum(all(_there(e, cells[c]["indicator"]) for c in COLUMNS) for cells in rows.values())
        parts.insert(0, f"In {whole} of {len(rows)} themes a figure of all three stands side by side for {e.name}.")
    return [
        Finding(
            AREA,
            "share data",
            " ".join(parts),
            "The missing figures, from those who hold them.",
            (*dict.fromkeys(trace), *(("local:burden",) if twice else ())),
            key=KEY,
            title=TITLE,
            flip="all of these figures, published and in time",
        )
    ]


def _there(e: Evidence, identity: str) -> bool:
    return bool(identity and e.latest(identity).period)


def _missing(e: Evidence, identity: str) -> dict[str, str]:
    """Return {title: why} where a place has no value of an indicator, or none for its newest period."""
    latest = e.latest(identity)
    if latest.period and not latest.newer:
        return {}
    return {e.indicators[identity]["title"]: latest.newer or reason(latest.status)}
