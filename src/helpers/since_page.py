"""What changed since the edition before, for readers: in one locality, and in all together."""

from __future__ import annotations

import json
from collections import Counter

from . import editions, paths, periods, tables
from .evidence import Evidence
from .rules import STATUSES
from .wording import Html, listed, number, paragraph

FIRST = (
    "This is the first edition that is kept, so there is nothing to compare it with yet. From the next one on, this part"
    " says what changed and why: new data, revised, redefined, recoded, or worked out in another way."
)


SERIES = {
    # kind: what is said of so many series
    "new data": "with new data",
    "revised": "revised",
    "redefined": "redefined",
    "recoded": "under another code",
    "method": "worked out in another way",
    "new indicator": "new here",
    "gone": "gone",
}


def _number(findings: int) -> str:
    return "1 finding" if findings == 1 else f"{findings} findings"


def _status(word: str) -> str:
    return STATUSES.get(word, word.capitalize())


def of_place(e: Evidence) -> Html:
    """Return what changed in a locality since the edition before: figures by kind of change, then recommendations."""
    if not e.changes:
        return paragraph(FIRST, "hb-gap")
    figures, flips, since = e.changes["figures"], e.changes["findings"], e.changes["since"]
    if not figures and not flips:
        return paragraph(f"No figure and no finding changed for {e.name} since the edition of {periods.label(since)}.")
    kinds = Counter(c["kind"] for c in figures)
    said = [f"{n} {SERIES[kind]}" for kind, n in sorted(kinds.items())]
    counted = f"of the series of figures, {listed(said)}" if said else "no figure changed"
    lead = f"Since the edition of {periods.label(since)}: {counted}; {_number(len(flips))} changed."
    meaning = " ".join(f"{kind.capitalize()}: {editions.KINDS[kind]}." for kind in sorted(kinds))
    rows = [
        [
            _title(e, c["indicator"]),
            _kind(c),
            _value(e, c, "period", "value"),
            _value(e, c, "period_before", "value_before"),
        ]
        for c in figures
    ]
    parts = [paragraph(lead), paragraph(meaning, "hb-source") if kinds else ""]
    if flips:
        moved = [[f["title"] or f["key"], _status(f["before"]), _status(f["after"]), f["why"]] for f in flips]
        parts.append(tables.table("Findings that changed, and why", ["Finding", "Before", "Now", "Why"], moved))
    if rows:
        table = tables.table("Figures that changed", ["Figure", "What changed", "Now", "Before"], rows, numeric=(2, 3))
        parts.append(f"<details><summary>Every figure that changed: {len(rows)}</summary>{table}</details>")
    return Html("".join(parts))


def _title(e: Evidence, indicator: str) -> str:
    return e.indicators[indicator]["title"] if indicator in e.indicators else indicator


def _value(e: Evidence, change: dict, period: str, value: str) -> str:
    if not change[period] or change[value] is None:
        return "none"
    own = e.indicators.get(change["indicator"])
    shown = number(change[value], own["unit"], own["decimals"]) if own else f"{change[value]:g}"
    return f"{shown}, {periods.label(change[period])}"


def _kind(change: dict) -> str:
    """Return what changed; a revision that leaves the newest value as it was is of an earlier period, and says so."""
    same = change["kind"] == "revised" and change["value"] == change["value_before"]
    return "revised, in an earlier period" if same else change["kind"]


def overall() -> Html:
    """Return what changed in all localities of the build since the edition before."""
    path = paths.BUNDLES / "_common" / "changes.json"
    if not path.exists():
        return paragraph(FIRST, "hb-gap")
    whole = json.loads(path.read_text(encoding="utf-8"))
    names = json.loads((path.parent / "indicators.json").read_text(encoding="utf-8"))
    places = f"{whole['localities']} localities"
    if not whole["figures"] and not whole["findings"]:
        return paragraph(
            f"No figure and no finding changed in {places} since the edition of {periods.label(whole['since'])}."
        )
    kinds = sorted({c["kind"] for c in whole["figures"]})
    said = [f"{len([c for c in whole['figures'] if c['kind'] == kind])} {SERIES[kind]}" for kind in kinds]
    flips = sum(f["places"] for f in whole["findings"])
    counted = f"of the indicators, {listed(said)}" if said else "no figure changed"
    lead = f"Since the edition of {periods.label(whole['since'])}, in {places}: {counted}; {_number(flips)} changed."
    rows = [
        [names.get(c["indicator"], {}).get("title", c["indicator"]), c["kind"], str(c["places"])]
        for c in whole["figures"]
    ]
    moved = [[_status(f["before"]), _status(f["after"]), f["why"], str(f["places"])] for f in whole["findings"]]
    parts = [paragraph(lead)]
    if moved:
        parts.append(
            tables.table("Findings that changed, and why", ["Before", "Now", "Why", "Findings"], moved, numeric=(3,))
        )
    if rows:
        table = tables.table("Indicators that changed", ["Indicator", "What changed", "Localities"], rows, numeric=(2,))
        parts.append(f"<details><summary>Every indicator that changed</summary>{table}</details>")
    return Html("".join(parts))
