"""Workbooks as people save them: which sheet holds the table, and what a plain reading of it would hide.

python-calamine reads the values. What it does not tell is looked up in the workbook's own XML: cells with an error,
formulas that were never worked out, merged cells, percentages (40% is kept as 0.4), hidden rows and columns.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, SheetVisibleEnum, load_workbook

from .files import LARGEST, Grid, key

# what reading the parts of a damaged workbook raises: of the zip, of its packing, of the XML, of what the XML lacks
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ElementTree.ParseError, ValueError, KeyError)
BROKEN += (AttributeError, TypeError, StopIteration)
SAVE = "Save the workbook anew as .xlsx without a password, or as .csv."
ERRORS = re.compile(r"#(REF|N/A|VALUE|DIV/0|NAME|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|GETTING_DATA).?|Err:\d+")


def workbook_grid(path: Path, headings: Collection[str], name: str) -> Grid:
    """Return the rows of the one visible sheet that holds the table `name`; faults are in the Grid."""
    grid = Grid(path.name)
    if path.stat().st_size > LARGEST:
        grid.fault(None, None, f"it is larger than {LARGEST // 1_000_000} MB", "Give the table alone.")
        return grid
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(item.file_size for item in packed.infolist()) > 20 * LARGEST:
                grid.fault(None, None, "unpacked it is too large to be read", "Give the table alone, as .csv.")
                return grid
        book = load_workbook(path)
        sheets = {s.name: book.get_sheet_by_name(s.name).to_python(skip_empty_area=False) for s in book.sheets_metadata}
    except (*BROKEN, CalamineError, OSError) as error:
        grid.fault(None, None, f"the workbook cannot be opened ({type(error).__name__})", SAVE)
        return grid
    visible = {s.name: s.visible == SheetVisibleEnum.Visible for s in book.sheets_metadata}
    holding = [s for s, rows in sheets.items() if _heading(rows, headings)]
    named = [s for s in holding if key(s) == key(name)] or holding
    for sheet in sheets:
        if not visible[sheet] and sheet in holding:
            remedy = "Delete that sheet, or show it and delete the other."
            grid.fault(None, None, f"a hidden sheet '{sheet}' holds this table too", remedy)
    shown = [s for s in named if visible[s]]
    if len(shown) > 1:
        grid.fault(None, None, f"{len(shown)} sheets hold this table: {', '.join(shown)}", "Keep one of them.")
    if grid.faults:
        return grid
    if not shown:
        remedy = "Write the headings as in the template, in the first row."
        grid.fault(None, None, "no sheet holds a heading that is known", remedy)
        return grid
    grid.sheet = shown[0]
    others = [
        f"'{s}'{'' if visible[s] else ' (hidden)'}" for s in sheets if s != grid.sheet and any(map(any, sheets[s]))
    ]
    if others:
        grid.note(f"these sheets were not read: {', '.join(others)}")
    grid.rows = [(number, cells) for number, cells in enumerate(sheets[grid.sheet], start=1)]
    with zipfile.ZipFile(path) as packed:
        try:
            (_look_into_ods if path.suffix.lower() == ".ods" else _look_into_xlsx)(packed, grid)
        except BROKEN as error:
            grid.fault(None, None, f"the workbook is not whole ({type(error).__name__})", SAVE)
    return grid


def _heading(rows: list[list[Any]], headings: Collection[str]) -> bool:
    """Return whether one of the first rows is a heading: two known words at least, and half of what it holds."""
    least = min(2, len(headings))
    for row in rows[:20]:
        filled = {key(c) for c in row} - {""}
        if len(filled & set(headings)) >= max(least, len(filled) / 2):
            return True
    return False


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: ElementTree.Element, name: str) -> str:
    """Return an attribute by its name without the namespace."""
    return next((value for k, value in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _place(reference: str) -> tuple[int, int]:
    """Return (row, column from 0) of a cell such as B7."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits), column - 1


def _address(row: int, column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _look_into_xlsx(packed: zipfile.ZipFile, grid: Grid) -> None:
    percent = _percent_styles(packed)
    hidden_rows = 0
    for _, element in ElementTree.iterparse(packed.open(_xlsx_sheet(packed, grid.sheet))):
        tag = _tag(element)
        if tag == "c":
            row, column = _place(element.get("r"))
            parts = {_tag(child): child.text or "" for child in element}
            if element.get("t") == "e":
                _error(grid, row, column, parts.get("v", ""))
            elif "f" in parts and not parts.get("v") and "is" not in parts:
                what = f"the formula in {_address(row, column)} has no result in the file"
                grid.fault(row, None, what, "Open and save it in a spreadsheet, or write the value in place of it.")
            elif int(element.get("s", 0)) in percent:
                grid.percent.add((row, column))
        elif tag == "row":
            hidden_rows += element.get("hidden") in ("1", "true")
            element.clear()
        elif tag == "col" and element.get("hidden") in ("1", "true"):
            grid.note("it has hidden columns, and they were read as well")
        elif tag == "mergeCell":
            _merged(grid, *element.get("ref").split(":"))
    if hidden_rows:
        grid.note(f"{hidden_rows} hidden rows were read as well")


def _xlsx_sheet(packed: zipfile.ZipFile, sheet: str) -> str:
    """Return the path inside the workbook of the sheet of this name."""
    book = ElementTree.parse(packed.open("xl/workbook.xml")).getroot()
    reference = next(_attribute(e, "id") for e in book.iter() if _tag(e) == "sheet" and e.get("name") == sheet)
    links = ElementTree.parse(packed.open("xl/_rels/workbook.xml.rels")).getroot()
    target = next(e.get("Target") for e in links if e.get("Id") == reference)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _percent_styles(packed: zipfile.ZipFile) -> set[int]:
    """Return the numbers of the cell styles that show a percentage."""
    if "xl/styles.xml" not in packed.namelist():
        return set()
    styles = ElementTree.parse(packed.open("xl/styles.xml")).getroot()
    formats = {9, 10} | {
        int(e.get("numFmtId")) for e in styles.iter() if _tag(e) == "numFmt" and "%" in e.get("formatCode", "")
    }
    cells = next((e for e in styles if _tag(e) == "cellXfs"), ())
    return {n for n, e in enumerate(cells) if int(e.get("numFmtId", 0)) in formats}


def _look_into_ods(packed: zipfile.ZipFile, grid: Grid) -> None:
    content = ElementTree.parse(packed.open("content.xml")).getroot()
    table = next(e for e in content.iter() if _tag(e) == "table" and _attribute(e, "name") == grid.sheet)
    row = 0
    for line in table.iter():
        if _tag(line) != "table-row":
            continue
        times = int(_attribute(line, "number-rows-repeated") or 1)
        column = 0
        for cell in line:
            if _tag(cell) not in ("table-cell", "covered-table-cell"):
                continue
            words = "".join(cell.itertext())
            if _attribute(cell, "formula") and (ERRORS.fullmatch(words) or "error" in cell.attrib.values()):
                _error(grid, row + 1, column, words)
            if _attribute(cell, "value-type") == "percentage":
                wide = int(_attribute(cell, "number-columns-repeated") or 1)
                reach = [(r, c) for r in range(row + 1, row + 1 + times) for c in range(column, column + wide)]
                grid.percent.update(reach[:100_000])
            across, down = (int(_attribute(cell, f"number-{w}-spanned") or 1) for w in ("columns", "rows"))
            if across > 1 or down > 1:
                _merged(grid, _address(row + 1, column), _address(row + down, column + across - 1))
            column += int(_attribute(cell, "number-columns-repeated") or 1)
        if _attribute(line, "visibility") in ("collapse", "filter") and column:
            grid.note(f"row {row + 1} is hidden, and was read as well")
        row += times


def _error(grid: Grid, row: int, column: int, word: str) -> None:
    what = f"the cell {_address(row, column)} holds the error {word or 'of a formula'}"
    grid.fault(row, None, what, "Mend the formula, or write the value in place of it.")


def _merged(grid: Grid, first: str, last: str) -> None:
    """Refuse merged cells: all but the first would be read as empty. A title above the heading may be merged."""
    (row, column), (below, right) = _place(first), _place(last)
    above_heading = not any(number > below and any(c != "" for c in cells) for number, cells in grid.rows)
    title = row <= 20 and sum(c != "" for c in dict(grid.rows).get(row, [])) == 1 and not above_heading and row == below
    if not title:
        remedy = "Undo the merging, and write the value in every cell."
        grid.fault(row, None, f"the cells {_address(row, column)} to {_address(below, right)} are merged", remedy)
