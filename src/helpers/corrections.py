"""The public log of corrections: what was wrong, since when, who is affected, and what was done."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from . import paths, schemas, tables
from .evidence import Evidence
from .narrative import Html, paragraph

LOG = paths.REFERENCE / "corrections.csv"
DAY = r"^\d{4}-\d{2}-\d{2}$"
EVERYONE, CODE = "all", r"[EWSNKX]\d{8}"
SCHEMA = pa.DataFrameSchema(
    {
        "corrected_on": pa.Column(str, pa.Check.str_matches(DAY)),
        "what_was_wrong": pa.Column(str, pa.Check.str_length(min_value=20)),
        "since_edition": pa.Column(str, pa.Check.str_matches(DAY)),  # the first edition that had it wrong
        "who_is_affected": pa.Column(str, pa.Check.str_matches(rf"^({EVERYONE}|{CODE}( {CODE})*)$")),
        "what_was_done": pa.Column(str, pa.Check.str_length(min_value=10)),
        "where": pa.Column(str, pa.Check.str_length(min_value=3)),  # the chapter or the indicator's id
    },
    strict=True,
    ordered=True,
)


def read(path: Path = LOG) -> pd.DataFrame:
    """Return the log, newest first. Raises DataError for a line without one of its parts."""
    return schemas.read(path, SCHEMA).sort_values("corrected_on", ascending=False, ignore_index=True)


def of_place(e: Evidence, path: Path = LOG) -> Html:
    """Return the corrections that touch a locality, or that none has been needed since the first edition."""
    log = read(path)
    code = e.place["area_code"]
    own = log[[who == EVERYONE or code in who.split() for who in log["who_is_affected"]]]
    if own.empty:
        return paragraph(
            f"No correction touches {e.name} so far. When one does, it stands here for good: what was wrong, since when, who is"
            " affected, and what was done. Whoever finds a fault can say so where the handbook's code is kept."
        )
    rows = [[r.corrected_on, r.what_was_wrong, r.since_edition, r.what_was_done, r.where] for r in own.itertuples()]
    head = ["Corrected on", "What was wrong", "Since the edition of", "What was done", "Where"]
    return tables.table(f"Corrections that touch {e.name}", head, rows)
