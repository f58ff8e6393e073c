"""What all readers of figures share: area codes made current, rows accounted for, figures in our schema."""

from __future__ import annotations

import pandas as pd

from .. import schemas
from ..catalogue import Indicator
from ..geography import ENGLAND, UK, Register
from . import Reading

COLUMNS = list(schemas.FIGURES.columns)
RELEASES = list(schemas.RELEASES.columns)


def reading(rows: pd.DataFrame, indicators: list[Indicator], register: Register, source_id: str) -> Reading:
    """Turn parsed rows into a Reading: recode areas, drop what the handbook does not show, with the reason.

    `rows` holds schemas.FIGURES' columns (lower, upper, count, denominator may be absent) plus `release_date` and
    `file`. A row under an old code of the same ground moves to the new code, unless the publisher gives the new
    code for that period too. Districts stay only for indicators that say how districts make a county.
    """
    rows = rows.copy()
    for column in COLUMNS:
        if column not in rows:
            rows[column] = float("nan")
    numbers = ["value", "lower", "upper", "count", "denominator"]
    rows[numbers] = rows[numbers].astype(float)
    considered, dropped = len(rows), {}

    def drop(reason: str, which: pd.Series) -> None:
        nonlocal rows
        if which.any():
            dropped[reason] = dropped.get(reason, 0) + int(which.sum())
            rows = rows[~which]

    rows["given_code"] = rows["area_code"]
    rows["area_code"] = rows["area_code"].replace(register.recodes)
    shown = {UK, ENGLAND, *register.regions, *register.localities["area_code"]}
    by_district = {i.id for i in indicators if i.districts != "none"}
    districts = set(register.districts["district_code"]) - shown
    old = set(register.changes["old_code"])

    nation = rows["area_code"].str.match(r"^[EWSN]\d{8}$")
    drop("two or three nations together, or a place outside them", ~nation & (rows["area_code"] != UK))
    drop(
        "abolished area whose successors cover other ground",
        rows["area_code"].isin(old) & ~(rows["indicator"].isin(by_district) & rows["area_code"].isin(districts)),
    )
    drop(
        "district, and this indicator is shown for upper tiers",
        rows["area_code"].isin(districts) & ~rows["indicator"].isin(by_district),
    )
    drop("not a locality, region, nation or the United Kingdom", ~rows["area_code"].isin(shown | districts))

    key = ["indicator", "area_code", "period"]
    recoded = rows["area_code"] != rows["given_code"]
    both = rows.duplicated(key, keep=False) & recoded
    drop("old code, where the publisher gives the new code too", both)

    releases = (
        rows.assign(source=source_id)
        .groupby(["source", "indicator", "period"], as_index=False)[["release_date", "file"]]
        .max()[RELEASES]
    )
    return Reading(rows[COLUMNS].reset_index(drop=True), releases, considered, dropped)


def fail(file: str, row: int | None, column: str | None, what: str, remedy: str) -> schemas.DataError:
    """Return the DataError that tells file, row (the header is row 1), column, what is wrong and what to do.

    >>> print(fail("a.csv", 4, "Value", "'n/k' is not a number or a known symbol", "Add the symbol to the reader."))
    a.csv: row 4, column 'Value': 'n/k' is not a number or a known symbol. Add the symbol to the reader.
    """
    where = ", ".join([*([f"row {row}"] if row else []), *([f"column '{column}'"] if column else [])])
    return schemas.DataError([f"{file}: {where + ': ' if where else ''}{what}. {remedy}"])
