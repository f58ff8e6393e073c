"""How old each source is, and when its next release is due: as announced, or as its own rhythm so far lets one expect."""

from __future__ import annotations

from . import due, tables
from .evidence import Evidence
from .wording import Html, paragraph


def table(e: Evidence) -> Html:
    """Return each source's age beside the day of its next release, and how that day is known."""
    rows = []
    for f in due.of(e):
        record = e.sources[f.source]
        told = "The publisher has announced none that we know of" if f.announced == "not announced" else f.announced
        expected = (
            f"{f.due}, if it comes every {f.gap} months as before" if f.due else "not known: it has one period only"
        )
        rows.append(
            [f"{record['publisher']}: {record['title']}", f"{f.age} months", f.released, expected, told, f.state]
        )
    late = sum(f.state == due.LATE for f in due.of(e))
    lead = f"Of {len(rows)} sources, {late} may have a newer release than the one used here, by the rhythm of their releases so far."
    head = ["Source", "Age of newest figure", "Released", "Next expected, our reckoning", "Announced", "State"]
    return Html(paragraph(lead) + tables.table("Age of each source, and its next release", head, rows))
