"""The decision log as a reader sees it."""

from __future__ import annotations

from . import periods, tables
from .decisions import VERDICTS, scored
from .evidence import Evidence
from .wording import Html, number, paragraph

NONE = (
    "No decision has been written down for this handbook yet. A decision log is the table decisions in the locality's own"
    " folder: what was decided, which figure should change, by how much and by when. Each run of the handbook then says what is"
    " seen."
)


def log(e: Evidence) -> Html:
    """Return each decision with what was expected of it, what is seen now with its interval, and the verdict."""
    found = scored(e)
    if not found:
        return paragraph(NONE, "hb-gap")
    rows = []
    for row in found:
        own = e.indicators.get(row["indicator"])
        if own and row["period"]:
            seen = f"{number(row['value'], own['unit'], own['decimals'])} in {periods.label(row['period'])}"
            if row["lower"] == row["lower"]:
                ends = (number(row[k], own["unit"], own["decimals"]) for k in ("lower", "upper"))
                seen += f" (95% interval {' to '.join(ends)})"
        else:
            seen = "no figure"
        expected = "not written down"
        if own and row["expected_change"] is not None and row["baseline"] is not None:
            unit = row["unit"] or "in the figure's own units"
            change = f"{row['expected_change']:+g}".replace("-", "−")
            expected = f"{change} {unit} from {row['baseline']:g}, by {row['expected_by'] or 'no day'}"
        what = f"{row['what']} ({row['date']})"
        rows.append([what, own["title"] if own else "none", expected, seen, VERDICTS[row["verdict"]]])
    fiction = "Fictional data. " if (getattr(e, "local", None) or {}).get("fictional") else ""
    head = ["Decision", "Figure", "Expected", "Seen now", "Verdict"]
    note = "A verdict says what is seen, and not that the decision brought it about: other things changed too."
    return Html(
        tables.table(f"{fiction}Decisions, and what has been seen since", head, rows) + paragraph(note, "hb-source")
    )
