"""Statutory homelessness tables (MHCLG, H-CLIC): one workbook a quarter, one row a housing authority.

Table A1 counts households newly assessed in the quarter, TA1 households in temporary accommodation on its
last day. Sheets, headings and columns move from year to year: each file's are declared in data/sources
(period, status, and for both tables the sheet and the first and last row of its headings). Columns are
found by their headings.

The number of households in an area is given in thousands, with decimals; our denominator is in households.
Counts of authorities are exact; those of England and the regions are rounded to 10 and include estimates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .. import periods
from ..catalogue import File, Indicator, Source
from ..geography import Register
from ..schemas import PRESENT
from . import Reading, _common, _select, _sheets

TABLES = ("assessments", "accommodation")
SYMBOLS = {"..": "not_available"}  # the notes of each sheet: missing or incomplete data
HOUSEHOLDS = r"Number of households.*\(000s\)"
AREA = re.compile(r"E\d{8}")
TOLERANCE = 0.01  # a region's published rate was once made before its count was rounded


@dataclass(frozen=True)
class Measure:
    """Where a measure stands: its table, and the patterns of its heading and of its published rate's."""

    table: str
    heading: str
    rate: str


MEASURES = {
    "prevention duty owed": Measure(
        "assessments",
        r"(Assessed as owed a duty )?Threatened with homelessness.* Prevention duty owed",
        r"Households assessed as threatened with homelessness per \(000s\)",
    ),
    "relief duty owed": Measure(
        "assessments",
        r"(Assessed as owed a duty )?Homeless - Relief duty owed",
        r"Households assessed as homeless per \(000s\)",
    ),
    "households in temporary accommodation": Measure(
        "accommodation",
        r"Total number of households in TA",
        r"Total number of households in TA per \(000s\).*",
    ),
}


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Take the selected measures of every quarter; `select` of an indicator has the key `measure`.

    Unit: per 1,000 households, the publisher's own rate where there is one. The period of a duty is the
    quarter, that of temporary accommodation the quarter's last day. Raises DataError.
    """
    wanted = {}
    for indicator in indicators:
        _select.keys(indicator, indicator.select, ["measure"])
        wanted[indicator.id] = _select.choice(indicator, "measure", indicator.select["measure"], MEASURES)
        if indicator.unit != "per_1k":
            what = f"unit '{indicator.unit}' is not the publisher's"
            raise _select.fault(indicator, what, "Write unit: per_1k.")
    frames, left = [], {}
    for file in source.files:
        sheets = {name: _sheets.rows(folder / file.name, file.reads[name]["sheet"]) for name in TABLES}
        taken, dropped = parse(sheets, file, wanted)
        frames.append(taken)
        left = {reason: left.get(reason, 0) + dropped.get(reason, 0) for reason in [*left, *dropped]}
    reading = _common.reading(pd.concat(frames, ignore_index=True), indicators, register, source.id)
    considered = reading.considered + sum(left.values())
    return replace(reading, considered=considered, dropped={**reading.dropped, **left})


def parse(
    sheets: dict[str, list[list[Any]]], file: File, wanted: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return one row for each area and wanted indicator, and how many were left out, by reason.

    `sheets` holds the rows of the tables `assessments` and `accommodation`, `wanted` is {indicator:
    measure}. Raises DataError for another quarter, a heading that is not found once, an area that stands
    twice, a cell that is neither a number nor a known symbol, and a published rate that its own count and
    households do not make.
    """
    if file.reads["status"] not in PRESENT:
        what = f"its status '{file.reads['status']}' is not known"
        raise _common.fail(file.name, None, None, what, f"Use one of: {', '.join(PRESENT)}.")
    tables = {name: _table(rows, file, name) for name, rows in sheets.items()}
    quarter = file.reads["period"]
    dated = {"assessments": quarter, "accommodation": periods.end(quarter).isoformat()}
    left: dict[str, int] = {}
    frames = []
    for indicator, name in wanted.items():
        measure = MEASURES[name]
        taken = _measure(tables, measure, file)
        frames.append(taken.assign(indicator=indicator, period=dated[measure.table]))
        for reason, count in tables[measure.table].left.items():
            left[reason] = left.get(reason, 0) + count
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(unit="per_1k", release_date=file.release_date, file=file.name), left


def _measure(tables: dict[str, Table], measure: Measure, file: File) -> pd.DataFrame:
    """Return area_code, value, count, denominator and status of every area in the measure's table."""
    table = tables[measure.table]
    count, rate = table.column(measure.heading), table.column(measure.rate, needed=False)
    # the oldest A1 tables have no households: those of TA1 of the same quarter are used, and there is no rate
    homes = table if table.column(HOUSEHOLDS, needed=False) is not None else tables["accommodation"]
    thousands = homes.column(HOUSEHOLDS)
    records = []
    for area_code in table.areas:
        number, missing = table.number(area_code, count)
        if missing:
            records.append((area_code, None, None, None, missing))
            continue
        households, _ = homes.number(area_code, thousands, symbols={})
        value = number / households
        if rate is not None:
            published, _ = table.number(area_code, rate, symbols={})
            if abs(published - value) > TOLERANCE * max(1, published):
                what = f"{published:.4f} is not {number:g} of {households:g} thousand households"
                remedy = "Columns may have changed places: compare the headings with the publisher's."
                raise _common.fail(file.name, table.areas[area_code][0], table.labels[rate], what, remedy)
            value = published
        records.append((area_code, value, number, round(households * 1000), file.reads["status"]))
    return pd.DataFrame(records, columns=["area_code", "value", "count", "denominator", "status"])


@dataclass(frozen=True)
class Table:
    """One sheet: its headings by place, its areas as {code: (row, cells)}, and a count of the rows left out."""

    file: str
    sheet: str
    last: int  # row of the last heading
    labels: dict[int, str]
    areas: dict[str, tuple[int, list[Any]]]
    left: dict[str, int]

    def column(self, pattern: str, needed: bool = True) -> int | None:
        """Return the place of the one column with such a heading; None if there is none, if none is needed."""
        places = [place for place, label in self.labels.items() if re.fullmatch(pattern, label)]
        if len(places) == 1 or not (places or needed):
            return places[0] if places else None
        known = "; ".join(label for label in self.labels.values() if label)
        what = f"{len(places)} columns of {self.sheet} have a heading like '{pattern}'"
        remedy = f"Correct header_rows in data/sources, or teach the reader. Headings: {known}."
        raise _common.fail(self.file, self.last, None, what, remedy)

    def number(self, area_code: str, place: int, symbols=SYMBOLS) -> tuple[float, str | None]:
        """Return the number of an area in a column, or the status of the symbol there."""
        if area_code not in self.areas:
            what = f"{area_code} has no row in {self.sheet}"
            raise _common.fail(self.file, None, None, what, "Fetch the file again.")
        row, cells = self.areas[area_code]
        return _sheets.number(cells[place], symbols, self.file, row, self.labels[place])


def _table(rows: list[list[Any]], file: File, name: str) -> Table:
    _check_title(rows, file, name)
    layout = file.reads[name]
    areas, left = _areas(rows, file, name)
    labels = headings(rows, layout["header_rows"])
    return Table(file.name, layout["sheet"], layout["header_rows"][-1], labels, areas, left)


def _check_title(rows: list[list[Any]], file: File, table: str) -> None:
    """The title names the quarter, or for temporary accommodation its last day."""
    title = _sheets.plain(rows[0][0])
    start, _ = periods.split(file.reads["period"])
    last = periods.end(file.reads["period"])
    quarter = f"{start:%B} to {last:%B} {last.year}"
    day = rf"\b{last.day}(st|nd|rd|th)? {last:%B} {last.year}\b"
    if quarter not in title and not (table == "accommodation" and re.search(day, title)):
        what = f"the title of {file.reads[table]['sheet']}, '{title}', is not of {quarter}"
        remedy = "Correct period in data/sources, or fetch the right file."
        raise _common.fail(file.name, 1, None, what, remedy)


def headings(rows: list[list[Any]], header_rows: list[int]) -> dict[int, str]:
    """Return {place of the column: its headings from top to bottom}, without the numbers of footnotes.

    >>> headings([["Table"], ["", "Total in TA1,2"], ["", "per (000s)5"]], [2, 3])
    {0: '', 1: 'Total in TA per (000s)'}
    """
    first, last = header_rows
    labels = {}
    for place in range(max(len(row) for row in rows[first - 1 : last])):
        parts = [_sheets.plain(row[place]) for row in rows[first - 1 : last] if place < len(row)]
        labels[place] = " ".join(re.sub(r"(?<=[A-Za-z)])\d(,\d)*(?=\s|$)", "", " ".join(parts)).split())
    return labels


def _areas(rows: list, file: File, table: str) -> tuple[dict[str, tuple[int, list]], dict[str, int]]:
    """Return {area code: (row, its cells)}, and a count of the rows left out.

    The notes below the table hold numbers in their first columns only; a row of numbers without a code is a
    fault.
    """
    sheet, below = file.reads[table]["sheet"], file.reads[table]["header_rows"][-1]
    areas, left = {}, {}
    for row, cells in enumerate(rows[below:], start=below + 1):
        code = str(cells[0]).strip()
        if AREA.fullmatch(code):
            if code not in areas:
                areas[code] = (row, cells)
                continue
            if not (code.startswith("E12") and areas[code][1][4:] == cells[4:]):
                what = f"{code} stands in row {areas[code][0]} of {sheet} too"
                raise _common.fail(file.name, row, None, what, "Keep one row for each area.")
            reason = "London, which the publisher prints twice"
        elif code == "-" and _sheets.plain(cells[1]) == "Rest of England":
            reason = "Rest of England, which is not one of the areas"
        elif any(isinstance(cell, float) for cell in cells[4:]):
            what = f"'{code}' in {sheet} is not an area code"
            raise _common.fail(file.name, row, None, what, "Correct it, or add the case to the reader.")
        else:
            continue
        left[reason] = left.get(reason, 0) + 1
    return areas, left
