"""The corrections that touch a locality, on its page of sources."""

from __future__ import annotations

from . import evidence, tables
from .corrections import EVERYONE
from .evidence import Evidence
from .wording import Html, paragraph


def of_place(e: Evidence) -> Html:
    """Return the corrections that touch a locality, or that none has been needed since the first edition."""
    code = e.place["area_code"]
    own = [r for r in evidence.shared("corrections.json") if {EVERYONE, code} & set(r["who_is_affected"].split())]
    if not own:
        return paragraph(
            f"No correction touches {e.name} so far. When one does, it stands here for good: what was wrong, since when, who is"
            " affected, and what was done. Whoever finds a fault can say so where the handbook's code is kept."
        )
    columns = ("corrected_on", "what_was_wrong", "since_edition", "what_was_done", "where")
    rows = [[r[c] for c in columns] for r in own]
    head = ["Corrected on", "What was wrong", "Since the edition of", "What was done", "Where"]
    return tables.table(f"Corrections that touch {e.name}", head, rows)
