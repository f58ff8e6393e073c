"""Population by single year of age: one row a lower-tier or unitary authority, one column a year of age.

The file's `reads: {period: "2023-06-30", oldest: 90+}` in data/sources says the day that the estimate is of, and
the name of the last column. An indicator's `select:` says

    file   the CSV
    ages   'all', one age, an age and over such as '65+', or a span such as '18-24'

Counties are not in the file: the districts below them are, and are added up later. England is not there either.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..catalogue import Indicator, Source
from ..geography import Register
from ..schemas import AREA_CODE
from . import Reading, _common, _csv, _select

OUTSIDE = "outside England, where the copy holds shares of a nation's people and not counts"


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Return the number of people of the selected ages in each area.

    Raises DataError for a column, age or number that is not known, for an area that stands twice, and for a
    row whose ages do not add up to its total.
    """
    tables: dict[str, pd.DataFrame] = {}
    rows = []
    for indicator in indicators:
        _select.keys(indicator, indicator.select, ["file", "ages"])
        file = _select.file(indicator, source, indicator.select["file"])
        if file.name not in tables:
            tables[file.name] = _table(folder, file)
        table = tables[file.name]
        if indicator.unit != "count":
            what = f"the file counts people, and the unit is '{indicator.unit}'"
            raise _select.fault(indicator, what, "Write 'count'.")
        ages = _ages(indicator, [c for c in table if c not in ("code", "all")])
        part = pd.DataFrame({"area_code": table["code"], "value": table[ages].sum(axis=1)})
        same = {"indicator": indicator.id, "period": str(file.reads["period"]), "unit": "count"}
        rows.append(part.assign(**same, status="final", release_date=file.release_date, file=file.name))
    rows = pd.concat(rows, ignore_index=True)
    english = rows["area_code"].str.startswith("E")
    reading = _common.reading(rows[english], indicators, register, source.id)
    dropped = {OUTSIDE: int((~english).sum()), **reading.dropped} if not english.all() else reading.dropped
    return replace(reading, considered=len(rows), dropped=dropped)


def _table(folder: Path, file) -> pd.DataFrame:
    oldest = file.reads["oldest"]
    ages = [*(str(age) for age in range(int(oldest.rstrip("+")))), oldest]
    expected = ["code", "name", "all", *ages]
    text = _csv.read(folder, file.name, expected)
    for column in text:
        if column not in expected:
            remedy = f"Correct `reads: oldest` ('{oldest}') in data/sources."
            raise _common.fail(file.name, 1, column, "the column is not known", remedy)
    for row in text.index[~text["code"].str.fullmatch(AREA_CODE)]:
        what = f"'{text.at[row, 'code']}' is not a GSS code"
        raise _common.fail(file.name, row + 2, "code", what, _csv.UNCHANGED)
    # outside England the copy holds shares of a country's total: fractions of people, which are not used
    table, english = text[["code"]].copy(), text["code"].str.startswith("E")
    for column in expected[2:]:
        for row in text.index[english & ~text[column].str.fullmatch(r"\d+(\.0)?")]:
            what = f"'{text.at[row, column]}' is not a number of people"
            raise _common.fail(file.name, row + 2, column, what, _csv.UNCHANGED)
        table[column] = pd.to_numeric(text[column], errors="coerce").astype(float)
    for row in table.index[table["code"].duplicated()]:
        what = f"{table.at[row, 'code']} stands twice"
        raise _common.fail(file.name, row + 2, "code", what, "Keep one row an area.")
    for row in table.index[english & (table[ages].sum(axis=1) != table["all"])]:
        what = f"{table.at[row, 'all']:.0f} people, but the ages add up to {table.loc[row, ages].sum():.0f}"
        raise _common.fail(file.name, row + 2, "all", what, _csv.UNCHANGED)
    return table


def _ages(indicator: Indicator, columns: list[str]) -> list[str]:
    wanted = str(indicator.select["ages"])
    if wanted == "all":
        return columns
    if wanted in columns:
        return [wanted]
    match = re.fullmatch(r"(\d+)(?:\+|-(\d+))", wanted)
    if not match:
        raise _select.fault(indicator, f"ages: '{wanted}' is not known", "Write 'all', '65+' or '18-24'.")
    first, last = match.group(1), match.group(2) or columns[-1]
    for age in (first, last):
        _select.choice(indicator, "ages", age, columns)
    return columns[columns.index(first) : columns.index(last) + 1]
