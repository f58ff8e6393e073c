"""A table against its shape, and how a fault in it is told: file, row (the header is row 1), column, and what to do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from ..errors import DataError
from ..paths import shown
from .shapes import FIGURES, MISSING, PRESENT


def validate(frame: pd.DataFrame, schema: pa.DataFrameSchema, file: Path | str) -> pd.DataFrame:
    """Return `frame` checked against `schema`, or raise DataError that lists every fault at once.

    >>> from helpers.schemas import DEFLATOR
    >>> validate(pd.DataFrame({"financial_year": ["2024-25"], "index": [-1.0]}), DEFLATOR, "data/figures/deflator.csv")
    Traceback (most recent call last):
    helpers.errors.DataError: data/figures/deflator.csv: row 2, column 'index': -1.0 breaks the rule greater_than(0). Correct the value, or drop the row with its reason.
    """
    name = shown(file)
    expected = list(schema.columns)
    if list(frame.columns) != expected:
        missing = [c for c in expected if c not in frame.columns]
        extra = [c for c in frame.columns if c not in expected]
        raise DataError(
            [
                f"{name}: row 1: the columns are not as expected"
                f" (missing: {missing or 'none'}; not known: {extra or 'none'})."
                f" Write exactly: {','.join(expected)}"
            ]
        )
    try:
        checked = schema.validate(frame.reset_index(drop=True), lazy=True)
    except pa.errors.SchemaErrors as error:
        raise DataError(_faults(error, frame.reset_index(drop=True), schema, name)) from None
    if schema is FIGURES:
        _check_states(checked, name)
    return checked


def _faults(error, frame: pd.DataFrame, schema: pa.DataFrameSchema, name: str) -> list[str]:
    lines = []
    if schema.unique:
        twice = frame[frame.duplicated(schema.unique, keep="first")]
        for row, record in twice.iterrows():
            key = ", ".join(str(record[c]) for c in schema.unique)
            lines.append(
                f"{name}: row {row + 2}, columns {schema.unique}: {key} stands twice. Keep one row for each key."
            )
    for case in error.failure_cases.to_dict("records"):
        if str(case["check"]) == "multiple_fields_uniqueness":
            continue
        where = "" if pd.isna(case["index"]) else f"row {int(case['index']) + 2}, "
        lines.append(
            f"{name}: {where}column '{case['column']}': {case['failure_case']!r} breaks the rule"
            f" {case['check']}. Correct the value, or drop the row with its reason."
        )
    return sorted(set(lines))


def _check_states(frame: pd.DataFrame, name: str) -> None:
    """A value is present exactly when its status says so, and limits surround it."""
    present = frame["status"].isin(PRESENT)
    faults = []
    for row in frame.index[present & frame["value"].isna()]:
        faults.append(
            f"{name}: row {row + 2}, column 'value': empty, but status is '{frame.at[row, 'status']}'."
            f" Give the value, or a reason it is missing: {', '.join(MISSING)}."
        )
    for row in frame.index[~present & frame["value"].notna()]:
        faults.append(
            f"{name}: row {row + 2}, column 'status': '{frame.at[row, 'status']}' says missing, but there is"
            f" a value. Use one of: {', '.join(PRESENT)}."
        )
    outside = present & ((frame["lower"] > frame["value"]) | (frame["upper"] < frame["value"]))
    for row in frame.index[outside]:
        faults.append(
            f"{name}: row {row + 2}, columns 'lower', 'upper': {frame.at[row, 'lower']} to"
            f" {frame.at[row, 'upper']} does not surround the value {frame.at[row, 'value']}."
            " Check the publisher's interval and its column."
        )
    if faults:
        raise DataError(faults)
