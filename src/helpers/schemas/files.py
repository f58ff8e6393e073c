"""Tables and texts on disk: read and checked, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from ..paths import shown
from ..writing import write_text
from .faults import DataError, validate


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a CSV of data/figures or data/reference and validate it. Raises DataError."""
    path = Path(path)
    if not path.exists():
        raise DataError([f"{shown(path)}: the file is missing. Run: handbook ingest --from DIR"])
    types = {
        name: "float64" if str(column.dtype).startswith("float") else "str"
        for name, column in schema.columns.items()
        if not str(column.dtype).startswith("int")
    }
    try:
        frame = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8", index_col=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(
            [f"{shown(path)}: cannot be read as a table: {error}. Restore it from git, or ingest again."]
        ) from None
    return validate(frame, schema, path)


def write(frame: pd.DataFrame, schema: pa.DataFrameSchema, path: Path) -> None:
    """Validate, sort by the schema's key and write as CSV, whole or not at all.

    Floats are written as the shortest text that reads back the same, so that bytes are stable.
    """
    keys = schema.unique or [name for name, column in schema.columns.items() if column.unique][:1]
    checked = validate(frame.sort_values(keys or list(frame.columns), kind="stable"), schema, path)
    text = checked.copy()
    for name, column in schema.columns.items():
        if str(column.dtype).startswith("float"):
            text[name] = [number_text(v) for v in checked[name]]
    write_text(path, text.to_csv(index=False, lineterminator="\n"))


def number_text(value: float) -> str:
    """Return the shortest text of a number, with no artefact of binary floats and no trailing '.0'.

    >>> [number_text(v) for v in (9.3699999999999992, 1200.0, float("nan"), 0.1 + 0.2, 40880.05)]
    ['9.37', '1200', '', '0.3', '40880.05']
    """
    if value != value:
        return ""
    short = f"{value:.12g}"
    if "e" in short:
        short = f"{value:.0f}" if abs(value) >= 1 else f"{value:.15f}".rstrip("0")
    return "0" if short == "-0" else short
