"""Spreadsheets as rows of plain cells, and the numbers and symbols that stand in those cells."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from python_calamine import load_workbook

from ..tabular.foreign import Damaged, foreign
from ._common import fail

NUMBER = re.compile(r"^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$")


def rows(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """Return all rows of a CSV, or of one sheet of an xlsx or ods workbook, hidden rows included.

    Row n of the sheet is rows[n - 1]. Raises DataError for a sheet that is not there, for a workbook that is damaged
    and for a CSV that is not UTF-8.
    """
    if path.suffix == ".csv":
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                return list(csv.reader(stream, strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            raise fail(path.name, None, None, f"cannot be read: {error}", "Fetch the file again.") from None
    try:
        with foreign():
            workbook = load_workbook(path)
            known = workbook.sheet_names
            if sheet in known:
                return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except Damaged as error:
        raise fail(path.name, None, None, f"the workbook cannot be opened ({error})", "Fetch the file again.") from None
    raise fail(path.name, None, None, f"there is no sheet '{sheet}'", f"Use one of: {', '.join(known)}.")


def plain(cell: Any) -> str:
    """Return a label with one kind of space, dash and apostrophe, and without '[note 3]'.

    >>> plain("Children’s 0–5 services \\n  - Other [note 2]")
    "Children's 0-5 services - Other"
    """
    text = re.sub(r"[‐‑‒–—−]", "-", str(cell).replace("’", "'").replace("‘", "'"))
    return " ".join(re.sub(r"\[note \d+\]", " ", text).split())


def number(cell: Any, symbols: dict[str, str], file: str, row: int, column: str) -> tuple[float, str | None]:
    """Return the number in a cell and None, or nan and the status that the symbol in the cell stands for.

    Raises DataError for anything else: an empty cell, an unknown symbol, a date, a truth value.

    >>> number("1,234", {}, "a.csv", 3, "Total"), number("[x]", {"[x]": "not_submitted"}, "a.csv", 3, "Total")
    ((1234.0, None), (nan, 'not_submitted'))
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell), None
    text = cell.strip() if isinstance(cell, str) else repr(cell)
    if NUMBER.match(text):
        return float(text.replace(",", "")), None
    if text in symbols:
        return float("nan"), symbols[text]
    known = ", ".join(f"{symbol} ({status})" for symbol, status in symbols.items()) or "none"
    remedy = f"Known symbols: {known}. Add this one only if the publisher's notes explain it."
    raise fail(file, row, column, f"'{text}' is not a number or a known symbol", remedy)
