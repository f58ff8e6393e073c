"""The CSV download of Fingertips, the public health profiles of the Office for Health Improvement and Disparities.

One row an area, sex, age, category (such as a tenth of areas by deprivation) and period. What an indicator's
`select:` says:

    file       the CSV
    id         the number in its column `Indicator ID`
    sex, age   as in the columns of those names

The file states no unit. So every value must be its own count / denominator in the indicator's unit. The file's
`reads: {year: financial}` in data/sources says what a period such as 2023/24 is: a financial or an academic year.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from .. import periods
from ..catalogue import Indicator, Source
from ..geography import Register
from . import Reading, _common, _csv, _select

COLUMNS = {
    "value": "Value",
    "lower": "Lower CI 95.0 limit",
    "upper": "Upper CI 95.0 limit",
    "count": "Count",
    "denominator": "Denominator",
}
OTHERS = [
    *("Indicator ID", "Area Code", "Area Type", "Sex", "Age", "Category Type", "Category", "Time period"),
    *("Value note", "Time period range"),
]
# why there is no value: what the note of the row says
MISSING = {
    "not_available": r"Value for .* combined",
    "unreliable": r"Not presented due to .*",
}
YEARS = {"financial": periods.financial_year, "academic": lambda year: f"{year}-09-01/P1Y"}
PER = {"pct": 100, "per_1k": 1_000, "per_10k": 10_000, "per_100k": 100_000}


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Return the figures of the indicators with the publisher's 95% limits, counts and denominators.

    Raises DataError for an indicator, sex, age, column, period or missing value that is not known, for a value
    that is not its count / denominator, and for two rows of one area and period that differ.
    Origin of the format: https://fingertips.phe.org.uk (download of an indicator)
    """
    rows = pd.concat([_rows(folder, source, indicator) for indicator in indicators], ignore_index=True)
    kept = rows[rows["drop"] == ""].drop(columns="drop")
    reading = _common.reading(kept, indicators, register, source.id)
    own = rows.loc[rows["drop"] != "", "drop"].value_counts().sort_index().to_dict()
    return replace(reading, considered=len(rows), dropped={**own, **reading.dropped})


def _rows(folder: Path, source: Source, indicator: Indicator) -> pd.DataFrame:
    select = indicator.select
    _select.keys(indicator, select, ["file", "id", "sex", "age"])
    file = _select.file(indicator, source, select["file"])
    table = _csv.read(folder, file.name, [*COLUMNS.values(), *OTHERS])
    for key, column in (("id", "Indicator ID"), ("sex", "Sex"), ("age", "Age")):
        _select.choice(indicator, key, str(select[key]), table[column].unique())
    table = table[(table["Indicator ID"] == str(select["id"])) & (table["Age"] == select["age"])]

    drop = pd.Series("", index=table.index)
    drop[table["Sex"] != select["sex"]] = "another sex"
    drop[table["Category Type"] != ""] = "a category of areas, such as a tenth by deprivation"
    shown = table[drop == ""]
    # the download gives England twice, once as the parent of the areas
    drop[shown.index[shown.duplicated([*OTHERS, *COLUMNS.values()])]] = "the same row again"
    shown = table[drop == ""]
    for row in shown.index[shown.duplicated(["Area Code", "Time period"])]:
        what = f"{shown.at[row, 'Area Code']} stands twice in {shown.at[row, 'Time period']} with different figures"
        raise _common.fail(file.name, row + 2, "Area Code", what, _csv.UNCHANGED)

    out = pd.DataFrame({"indicator": indicator.id, "area_code": table["Area Code"], "drop": drop})
    out["period"] = _periods(shown, file)
    for name, column in COLUMNS.items():
        out[name] = _numbers(shown, column, file.name)
    out["status"] = _status(shown, out.loc[shown.index, "value"], file.name)
    out.loc[out["value"].isna(), ["lower", "upper"]] = np.nan  # a missing value has limits of -1
    _check_unit(indicator, out.loc[shown.index], file.name)
    return out.assign(unit=indicator.unit, release_date=file.release_date, file=file.name)


def _periods(shown: pd.DataFrame, file) -> pd.Series:
    kind = file.reads.get("year")
    if kind not in YEARS:
        what = f"reads: year: '{kind}' is not known"
        raise _common.fail(file.name, None, None, what, f"Use one of: {', '.join(YEARS)}.")
    known = shown["Time period"].str.fullmatch(r"\d{4}/\d{2}") & (shown["Time period range"] == "1y")
    for row in shown.index[~known]:
        given = f"'{shown.at[row, 'Time period']}' ({shown.at[row, 'Time period range']})"
        what = f"{given} is not one year such as 2023/24"
        raise _common.fail(file.name, row + 2, "Time period", what, "Teach the reader the new form.")
    return shown["Time period"].map(lambda text: YEARS[kind](int(text[:4])))


def _numbers(shown: pd.DataFrame, column: str, file: str) -> pd.Series:
    # -1 stands for a limit that is not there
    pattern = r"(\d+(\.\d+)?)?" + ("|-1" if "limit" in column else "")
    for row in shown.index[~shown[column].str.fullmatch(pattern)]:
        what = f"'{shown.at[row, column]}' is not a number"
        raise _common.fail(file, row + 2, column, what, "A missing value is empty here, with a note.")
    numbers = pd.to_numeric(shown[column], errors="coerce").astype(float)
    for row in shown.index[(numbers == -1) & (shown["Value"] != "")]:
        what = "the limit is -1, but there is a value"
        raise _common.fail(file, row + 2, column, what, "Ask the publisher.")
    return numbers


def _status(shown: pd.DataFrame, value: pd.Series, file: str) -> pd.Series:
    status = pd.Series("final", index=shown.index)
    for row in shown.index[value.isna()]:
        note = shown.at[row, "Value note"]
        reasons = [state for state, pattern in MISSING.items() if re.fullmatch(pattern, note)]
        if note and not reasons:
            what = f"'{note}' is not a known reason for a missing value"
            remedy = f"Known: {'; '.join(MISSING.values())}. Teach the reader the new one."
            raise _common.fail(file, row + 2, "Value note", what, remedy)
        status[row] = reasons[0] if note else "reason_not_given"
    return status


def _check_unit(indicator: Indicator, rows: pd.DataFrame, file: str) -> None:
    if indicator.unit not in PER:
        what = f"unit '{indicator.unit}' is not a rate"
        raise _select.fault(indicator, what, f"Use one of: {', '.join(PER)}.")
    made = PER[indicator.unit] * rows["count"] / rows["denominator"]
    for row in rows.index[(made - rows["value"]).abs() > 1e-3 * made.abs().clip(lower=1)]:
        what = f"{rows.at[row, 'value']:g} is published, but count / denominator is {made[row]:.6g}"
        remedy = f"Correct the unit '{indicator.unit}' in data/indicators/{indicator.id}.yml."
        raise _common.fail(file, row + 2, "Value", what, remedy)
