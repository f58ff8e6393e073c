"""Publishers' CSV files as text, cell for cell, so that every number and symbol is judged by its reader."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from . import _common

UNCHANGED = "Give the publisher's file unchanged."


def read(folder: Path, name: str, columns: Iterable[str]) -> pd.DataFrame:
    """Return the file as text: an empty cell is '', and a byte order mark at the start is passed over.

    The index counts from 0, so a row of the file, as a spreadsheet shows it, is the index plus 2.
    Raises DataError for a file that is no table, and for one of `columns` that is missing.
    """
    try:
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise _common.fail(name, None, None, f"cannot be read as a table: {error}", UNCHANGED) from None
    for column in columns:
        if column not in table:
            raise _common.fail(name, 1, column, "the column is missing", UNCHANGED)
    return table
