"""The public log of corrections: what was wrong, since when, who is affected, and what was done."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from . import paths, schemas

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
