"""General fund revenue account outturn (MHCLG): what each council spent, in £ thousand.

Two forms are read: RSX (every service) and RO3 (social care and public health). The layout differs by year,
so each file's is declared in data/sources: form, financial_year, sheet, header_rows, codes_row (the
publisher's own code of every column, in a hidden row), release, symbols, and `declared` for a number that
the publisher's notes take back. The codes, and the publisher's own sums (total = employees + running
expenses; net = total - income), tell when columns have changed places.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from .. import periods
from ..catalogue import File, Indicator, Source
from ..geography import ENGLAND, Register
from ..schemas import MISSING, DataError
from . import Reading, _common, _select, _sheets

FORMS = ("RSX", "RO3")
COLUMNS = {  # the publisher's column: how its code ends
    "Employees": "empl",
    "Running Expenses": "run-exp",
    "Total Expenditure": "tot-exp",
    "Sales, Fees and Charges": "sfc",
    "Other Income": "oth-inc",
    "Total Income": "tot-inc",
    "Net Current Expenditure": "net-cur-exp",
}
SUMS = {  # whole: parts with their sign
    "Total Expenditure": {"Employees": 1, "Running Expenses": 1},
    "Total Income": {"Sales, Fees and Charges": 1, "Other Income": 1},
    "Net Current Expenditure": {"Total Expenditure": 1, "Total Income": -1},
}
COUNCILS = ("UA", "MD", "LB", "SC", "SD")  # unitary, metropolitan, London borough, county, shire district
OTHERS = ("O", "GLA", "P", "FR", "NPA", "CA", "WA")  # police, fire, parks, combined and waste authorities
HEADER = re.compile(rf"^(?P<line>.*?)[\s-]*\b(?P<column>{'|'.join(COLUMNS)}) ?\(C\d[^)]*\) ?\d*$")
DECLARED = {"why", "area_code", "line", "expect", "status"}
READS = ("form", "financial_year", "sheet", "header_rows", "codes_row", "release", "symbols")
RELEASES = ("first", "second", "final")
COMPARE = "Columns or headers have changed places: compare them with the publisher's form."


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Take the selected lines of every year's file, as published. Unit: £ thousand of the year.

    `select` of an indicator: form (RSX or RO3), line (the publisher's label of the service) and column
    (Total Expenditure, Net Current Expenditure ...). Raises DataError.
    """
    choices = {indicator.id: _choice(indicator) for indicator in indicators}
    frames, left = [], {}
    for file in source.files:
        wanted = {key: choice[1:] for key, choice in choices.items() if choice[0] == file.reads["form"]}
        if wanted:
            taken, dropped = parse(_sheets.rows(folder / file.name, file.reads["sheet"]), file, wanted)
            frames.append(taken)
            left = {reason: left.get(reason, 0) + dropped.get(reason, 0) for reason in [*left, *dropped]}
    rows = pd.concat(frames, ignore_index=True)
    check_jumps(rows)
    reading = _common.reading(rows, indicators, register, source.id)
    considered = reading.considered + sum(left.values())
    return replace(reading, considered=considered, dropped={**reading.dropped, **left})


def _choice(indicator: Indicator) -> tuple[str, str, str]:
    select = indicator.select
    _select.keys(indicator, select, ["form", "line", "column"])
    _select.choice(indicator, "form", select["form"], FORMS)
    _select.choice(indicator, "column", select["column"], COLUMNS)
    if indicator.unit != "gbp_thousand":
        what = f"unit '{indicator.unit}' is not the publisher's"
        raise _select.fault(indicator, what, "Write unit: gbp_thousand.")
    return select["form"], select["line"], select["column"]


def parse(rows: list[list[Any]], file: File, wanted: dict[str, tuple[str, str]]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return one row for each authority and wanted indicator, and how many cells were left out, by reason.

    `rows` are the sheet's rows, header and notes included; `wanted` is {indicator: (line, column)}. Raises
    DataError for another form, year or unit, an unknown class of authority, a line that is not there, columns
    that have changed places, an authority that stands twice, and a cell that is no number or declared symbol.
    """
    _check_layout(file)
    check_preamble(rows, file)
    found, misplaced = columns(rows, file)
    places = {key: _find(found, key, choice, file) for key, choice in wanted.items()}
    authorities, left = _authorities(rows, file)
    for line in dict.fromkeys(line for line, _ in places.values()):
        if line in misplaced:
            raise misplaced[line]
        check_sums(rows, [row for row, *_ in authorities], found, line, file)

    declared = _declared(file, [area_code for _, area_code, _ in authorities])
    taken = []
    for row, area_code, certified in authorities:
        for key, place in places.items():
            header = f"{place[0]} - {place[1]}"
            cell = rows[row - 1][found[place]]
            value, missing = _sheets.number(cell, file.reads["symbols"], file.name, row, header)
            if entry := declared.get((area_code, place[0].casefold())):
                if value != entry["expect"]:
                    what = f"'{cell}' is not {entry['expect']}, which a declaration in data/sources expects"
                    raise _common.fail(file.name, row, header, what, "Remove the declaration, or correct it.")
                value, missing = float("nan"), entry["status"]
            taken.append((key, area_code, value, missing or _status(file.reads["release"], certified)))
    frame = pd.DataFrame(taken, columns=["indicator", "area_code", "value", "status"])
    frame["period"] = periods.financial_year(int(file.reads["financial_year"][:4]))
    frame = frame.assign(unit="gbp_thousand", release_date=file.release_date, file=file.name)
    return frame, {reason: count * len(wanted) for reason, count in left.items()}


def _check_layout(file: File) -> None:
    lacking = [key for key in READS if key not in file.reads]
    if lacking:
        what = f"its `reads` lacks {', '.join(lacking)}"
        raise _common.fail(file.name, None, None, what, "Add it in data/sources.")
    unknown = sorted(set(file.reads["symbols"].values()) - set(MISSING))
    if file.reads["release"] not in RELEASES or unknown:
        what = f"its `reads` has release '{file.reads['release']}' and the unknown states {unknown or 'none'}"
        remedy = f"Use a release of: {', '.join(RELEASES)}; and states of: {', '.join(MISSING)}."
        raise _common.fail(file.name, None, None, what, remedy)


def _declared(file: File, areas: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return {(area code, line): entry} of the cells whose number the publisher's notes take back.

    An entry says what stands in the file, so that it fails once the publisher mends the fault.
    """
    entries = file.reads.get("declared", [])
    for entry in entries:
        if set(entry) != DECLARED or entry["status"] not in MISSING or entry["area_code"] not in areas:
            what = f"declared {entry} is not whole, or its area is not in the file"
            remedy = f"Write {', '.join(sorted(DECLARED))}; status one of {', '.join(MISSING)}."
            raise _common.fail(file.name, None, None, what, remedy)
    return {(entry["area_code"], _sheets.plain(entry["line"]).casefold()): entry for entry in entries}


def check_preamble(rows: list[list[Any]], file: File) -> None:
    """Raise DataError unless the lines above the table state this form, this year and £ thousand.

    Where they state when the file was last updated, that must be the release date that we declare.
    """
    form, year, first = file.reads["form"], file.reads["financial_year"], file.reads["header_rows"][0]
    title = _sheets.plain(rows[0][0])
    if f"({form})" not in title or year not in title:
        remedy = "Correct form and financial_year in data/sources, or fetch the right file."
        raise _common.fail(file.name, 1, None, f"the title '{title}' is not of {form} {year}", remedy)
    above = [_sheets.plain(row[0]) for row in rows[: first - 1]]
    if not any("£ thousand" in text for text in above):
        what = f"the lines above row {first} do not say that the figures are in £ thousand"
        remedy = "Find the unit in the publisher's notes; another unit must not be read as thousands."
        raise _common.fail(file.name, None, None, what, remedy)
    for row, text in enumerate(above, start=1):
        if updated := re.match(r"Last updated: (\d{1,2})(?:st|nd|rd|th)? (\w+ \d{4})", text):
            day = datetime.strptime(" ".join(updated.groups()), "%d %B %Y").date().isoformat()
            if day != file.release_date:
                what = f"the file was last updated on {day}, not on {file.release_date}"
                raise _common.fail(file.name, row, None, what, "Correct release_date in data/sources.")


def columns(rows: list[list[Any]], file: File) -> tuple[dict[tuple[str, str], int], dict[str, DataError]]:
    """Return {(line, column): its place in the row} from the header, and the faults of lines by line.

    The line is written above its columns (two header rows), in every column's header, or, in one year, left
    out of a header after the first of its line. A line is at fault when its headers and the publisher's codes
    of its columns disagree: it happens in the publisher's files, so only a line that is wanted stops the run.
    """
    first, last = file.reads["header_rows"][0], file.reads["header_rows"][-1]
    codes = rows[file.reads["codes_row"] - 1]
    found: dict[tuple[str, str], int] = {}
    stems: dict[str, str] = {}
    misplaced: dict[str, DataError] = {}
    line = ""
    for place, cell in enumerate(rows[last - 1]):
        line = (_sheets.plain(rows[first - 1][place]) if first < last else "") or line
        match = HEADER.match(_sheets.plain(cell))
        if not match:
            continue
        line = match["line"] or line
        column, code = match["column"], str(codes[place])
        stem = code.removesuffix("-" + COLUMNS[column])
        if stem == code or stems.setdefault(line, stem) != stem or (line, column) in found:
            what = f"the publisher's code of this column is '{code}', or the header stands twice"
            misplaced[line] = _common.fail(file.name, last, f"{line} - {column}", what, COMPARE)
        found[line, column] = place
    return found, misplaced


def _find(found: dict[tuple, int], key: str, choice: tuple[str, str], file: File) -> tuple[str, str]:
    """Return the line and column as this file spells them."""
    lines = {line.casefold(): line for line, _ in found}
    wanted = _sheets.plain(choice[0]).casefold()
    place = lines.get(wanted, ""), choice[1]
    if place in found:
        return place
    near = [lines[line] for line in difflib.get_close_matches(wanted, lines, n=5, cutoff=0.3)]
    rows = " and ".join(str(row) for row in file.reads["header_rows"])
    what = f"select.line '{choice[0]}' with column '{choice[1]}' is not in {file.name} (row {rows})"
    remedy = f"Nearest of its {len(lines)} lines: {'; '.join(near) or 'none'}."
    raise DataError([f"data/indicators/{key}.yml: {what}. {remedy}"])


def _authorities(rows: list[list[Any]], file: File) -> tuple[list[tuple[int, str, str]], dict[str, int]]:
    """Return (row, area code, certified) of councils and England, and a count of the rows left out."""
    last, codes_row = file.reads["header_rows"][-1], file.reads["codes_row"]
    titles = {_sheets.plain(cell): place for place, cell in enumerate(rows[last - 1]) if cell != ""}
    for title in ("ONS Code", "Class"):
        if title not in titles:
            remedy = "Correct header_rows in data/sources."
            raise _common.fail(file.name, last, title, "this column is missing", remedy)
    sign = titles.get("Certified", titles.get("Certification"))
    kept, left, seen = [], {}, {}
    for row, cells in enumerate(rows[last:], start=last + 1):
        code, kind = str(cells[titles["ONS Code"]]).strip(), str(cells[titles["Class"]]).strip()
        if row == codes_row or code == "ONS Code" or not any(str(cell).strip() for cell in cells):
            continue
        council = kind in COUNCILS and re.fullmatch(r"E(0[6-9]|10)\d{6}", code)
        if council or (kind, code) == ("Eng", ENGLAND):
            if code in seen:
                what = f"{code} stands in row {seen[code]} too"
                raise _common.fail(file.name, row, "ONS Code", what, "Keep one row for each authority.")
            seen[code] = row
            kept.append((row, code, "" if sign is None else str(cells[sign]).strip()))
            continue
        if re.fullmatch(r"E\d\d", code):
            reason = "total of a class of authorities"
        elif kind in OTHERS:
            reason = "police, fire, park, waste or combined authority, or the Greater London Authority"
        elif not code and not kind:
            reason = "no name and no code: the publisher's own sums"
        else:
            what = f"class '{kind}' with ONS code '{code}' is not known"
            remedy = f"Known: {', '.join([*COUNCILS, 'Eng', *OTHERS])}. Teach the reader, or correct the row."
            raise _common.fail(file.name, row, "Class", what, remedy)
        left[reason] = left.get(reason, 0) + 1
    return kept, left


def _status(release: str, certified: str) -> str:
    """A first release is provisional. Later, a return counts as final once the council has certified it (Y).

    The publisher asks councils for provisional figures in summer, and in the autumn for a return that the
    chief finance officer has certified. England's row is estimated for missing returns: final only in a final
    release. Source: MHCLG, revenue outturn, general guidance notes 2023-24, section 1.1.
    """
    return "final" if release == "final" or (release == "second" and certified == "Y") else "provisional"


def check_sums(
    rows: list[list[Any]], authorities: list[int], found: dict[tuple[str, str], int], line: str, file: File
) -> None:
    """Raise DataError if the publisher's own sums fail for more than one authority in twenty.

    In the publisher's files a few councils' totals differ from their parts; in swapped columns nearly all do.
    Differences of up to 2 (£ thousand) are rounding.
    """
    for whole, parts in SUMS.items():
        names = [whole, *parts]
        if any((line, name) not in found for name in names):
            continue
        compared, wrong = 0, []
        for row in authorities:
            cells = [str(rows[row - 1][found[line, name]]).strip() for name in names]
            if not all(_sheets.NUMBER.match(cell) for cell in cells):
                continue  # a symbol; other text is refused where the figures are taken
            total, *values = (float(cell.replace(",", "")) for cell in cells)
            compared += 1
            if abs(total - sum(s * v for s, v in zip(parts.values(), values, strict=True))) > 2:
                wrong.append(row)
        if len(wrong) > compared / 20:
            what = f"it is not what {' and '.join(parts)} make, for {len(wrong)} of {compared} authorities"
            raise _common.fail(file.name, wrong[0], f"{line} - {whole}", what, COMPARE)


def check_jumps(rows: pd.DataFrame) -> None:
    """Raise DataError if a line changes about 1,000 times from year to year, as £ read for £ thousand would.

    Compared is the sum over the councils that have both years.
    """
    councils = rows[rows["area_code"] != ENGLAND]
    for indicator, frame in councils.groupby("indicator"):
        table = frame.pivot(index="area_code", columns="period", values="value")
        for before, after in zip(table.columns, table.columns[1:], strict=False):
            old, new = table[[before, after]].dropna().sum()
            ratio = abs(new / old) if old else 1
            if 300 <= ratio <= 3000 or 1 / 3000 <= ratio <= 1 / 300:
                file = frame.loc[frame["period"] == after, "file"].iloc[0]
                sums = f"{old:,.0f} in {periods.label(before)} and {new:,.0f} in {periods.label(after)}"
                remedy = "One year is not in £ thousand: find out which in the publisher's notes."
                raise _common.fail(file, None, str(indicator), f"the sum is {sums}", remedy)
