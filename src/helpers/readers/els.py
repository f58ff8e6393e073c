"""The data sets of ONS Explore Local Statistics: one long CSV and one JSON of particulars each.

What an indicator's `select:` says:

    file               the CSV
    indicator          the text in its column `indicator`
    since              first day of the first period that is taken
    provisional_since  first day of the first period that the publisher calls provisional
    stated             {measure, unit, because}: what the file states where that is not our unit, and why we differ

The release date is the source date in the JSON of the same name, where it stands: for the indicator, for all that
the file shares, or for the file. Where there is none it is the date in data/sources/<id>.yml.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from .. import periods
from ..catalogue import Indicator, Source
from ..geography import Register
from . import Reading, _common, _csv, _select

COLUMNS = [
    *("areacd", "areanm", "geography", "indicator", "period", "observation"),
    *("measure", "unit", "lci_95", "uci_95", "status", "notes"),
]
STATUS = {"": "final", "x": "not_available", "u": "unreliable"}
# our unit: what the file says in `measure` and `unit`
UNITS = {
    "pct": ("Percentage", "%"),
    "gbp": ("Pounds", "£"),
    "years": ("Years", "yrs"),
    "per_100k": (
        "(Rate|Counts of .*) per 100,000 (population|people)",
        "(Rate|Count) per 100,000 (population|people)",
    ),
    "per_10k": ("Counts of .* per 10,000 people", "Count per 10,000 people"),
    "score_out_of_10": (r"Mean \(.*\)", "Score out of 10"),
}
# the values under these notes are as good as others; under the last kind they are not, and are not shown
HARMLESS = r"Obsolete code since .*|This data has been aggregated .*|.* renamed (to|from) .*|"
UNRELIABLE = r"Estimate and confidence interval unreliable .*"
# rows that are no authority, region or country: the reason that is told, and what their codes look like
NO_PLACE = {
    "statistical region (ITL), which is no authority": r"TL[A-Z0-9]+",
    "combined authority": r"E47\d{6}",
    "two authorities together": r"E67\d{6}",
}


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Return the figures of the indicators with the publisher's 95% limits.

    Raises DataError for a file, indicator, column, symbol, note, unit or period that is not known, and for two
    rows of one area and period. Format: https://github.com/ONSdigital/explore-local-statistics-data
    """
    tables: dict[str, pd.DataFrame] = {}
    rows = pd.concat([_rows(folder, source, indicator, tables) for indicator in indicators], ignore_index=True)
    kept = rows[rows["drop"] == ""].drop(columns="drop")
    reading = _common.reading(kept, indicators, register, source.id)
    own = rows.loc[rows["drop"] != "", "drop"].value_counts().sort_index().to_dict()
    return replace(reading, considered=len(rows), dropped={**own, **reading.dropped})


def _rows(folder: Path, source: Source, indicator: Indicator, tables: dict) -> pd.DataFrame:
    select = indicator.select
    _select.keys(indicator, select, ["file", "indicator"], ["since", "provisional_since", "stated"])
    file = _select.file(indicator, source, select["file"])
    if file.name not in tables:
        tables[file.name] = _table(folder, file.name)
    table = tables[file.name]
    _select.choice(indicator, "indicator", select["indicator"], table["indicator"].unique())
    table = table[table["indicator"] == select["indicator"]]
    _check_unit(indicator, table, file.name)

    drop = pd.Series("", index=table.index)
    drop[table["period"] < str(select.get("since", ""))] = "before the first year that is shown"
    for reason, pattern in NO_PLACE.items():
        drop[table["areacd"].str.fullmatch(pattern)] = reason
    shown = table[drop == ""]
    for row in shown.index[shown.duplicated(["areacd", "period"])]:
        what = f"{shown.at[row, 'areacd']} stands twice in {shown.at[row, 'period']}"
        raise _common.fail(file.name, row + 2, "areacd", what, _csv.UNCHANGED)
    status = _status(shown, file.name)
    late = shown["period"] >= str(select.get("provisional_since", "9999"))
    status[late & (status == "final")] = "provisional"
    out = pd.DataFrame(
        {"indicator": indicator.id, "area_code": table["areacd"], "period": table["period"], "drop": drop}
    )
    for name, column in (("value", "observation"), ("lower", "lci_95"), ("upper", "uci_95")):
        out[name] = _numbers(shown, column, file.name).where(status.isin(["final", "provisional"]))
    for row in shown.index[status.isin(["final", "provisional"]) & out.loc[shown.index, "value"].isna()]:
        what = "there is no number, and no status or note that says why"
        raise _common.fail(file.name, row + 2, "observation", what, f"Known status: {', '.join(STATUS)}.")
    out["status"] = status
    released = _released(folder, source, file.name, select["indicator"]) or file.release_date
    return out.assign(unit=indicator.unit, release_date=released, file=file.name)


def _table(folder: Path, name: str) -> pd.DataFrame:
    # the columns are not always in one order
    table = _csv.read(folder, name, COLUMNS)
    for row in table.index[~table["period"].str.fullmatch(periods.PATTERN)]:
        what = f"'{table.at[row, 'period']}' is not a period"
        raise _common.fail(name, row + 2, "period", what, "Expected start/duration, such as 2024-04-01/P1Y, or a day.")
    return table


def _check_unit(indicator: Indicator, table: pd.DataFrame, file: str) -> None:
    stated = indicator.select.get("stated")
    if stated:
        _select.keys(indicator, stated, ["measure", "unit", "because"])
        measure, unit = re.escape(stated["measure"]), re.escape(stated["unit"])
    elif indicator.unit in UNITS:
        measure, unit = UNITS[indicator.unit]
    else:
        what = f"the reader els does not know how this publisher writes the unit '{indicator.unit}'"
        raise _select.fault(indicator, what, f"Use one of: {', '.join(UNITS)}; or declare 'stated'.")
    for column, pattern in (("measure", measure), ("unit", unit)):
        for row in table.index[~table[column].str.fullmatch(pattern)]:
            what = f"'{table.at[row, column]}' is not the unit '{indicator.unit}' of data/indicators/{indicator.id}.yml"
            remedy = "Correct the unit; or, if the publisher is wrong, declare 'stated'."
            raise _common.fail(file, row + 2, column, what, remedy)


def _status(shown: pd.DataFrame, file: str) -> pd.Series:
    for row in shown.index[~shown["status"].isin(list(STATUS))]:
        what = f"'{shown.at[row, 'status']}' is not a known status"
        remedy = f"Known: {', '.join(STATUS)}. Teach the reader the new one."
        raise _common.fail(file, row + 2, "status", what, remedy)
    unreliable = shown["notes"].str.fullmatch(UNRELIABLE)
    for row in shown.index[~unreliable & ~shown["notes"].str.fullmatch(HARMLESS)]:
        what = f"'{shown.at[row, 'notes']}' is not a known note"
        remedy = "Read it, and teach the reader what it means for the value."
        raise _common.fail(file, row + 2, "notes", what, remedy)
    return shown["status"].map(STATUS).mask(unreliable & (shown["status"] == ""), "unreliable")


def _numbers(shown: pd.DataFrame, column: str, file: str) -> pd.Series:
    for row in shown.index[~shown[column].str.fullmatch(r"(-?\d+(\.\d+)?)?")]:
        what = f"'{shown.at[row, column]}' is not a number"
        remedy = "A missing value is empty here, with a letter in 'status'."
        raise _common.fail(file, row + 2, column, what, remedy)
    return pd.to_numeric(shown[column], errors="coerce").astype(float)


def _released(folder: Path, source: Source, file: str, indicator: str) -> str:
    name = Path(file).with_suffix(".json").name
    if name not in [f.name for f in source.files]:
        return ""
    about = json.loads((folder / name).read_text(encoding="utf-8-sig"))["ess-beta-metadata"]
    for level in (about.get(indicator, {}), about.get("shared", {}), about):
        date = level.get("sourceDate")
        if date:
            try:
                return datetime.strptime(date, "%d/%m/%Y").date().isoformat()
            except ValueError:
                what = f"sourceDate '{date}' is not a date"
                raise _common.fail(name, None, None, what, "Expected dd/mm/yyyy.") from None
    return ""
