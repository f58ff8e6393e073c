"""The rows of a file with their row numbers: CSV here, workbooks in sheets. Encodings and delimiters are never guessed."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST = 50_000_000  # bytes: a table that people fill in is far smaller
ENDINGS = (".csv", ".xlsx", ".ods")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MAGIC = (
    # the first bytes of files that are no CSV, whatever their name says
    (b"PK\x03\x04", "it is a workbook or a zip with the wrong ending", "Give it the ending .xlsx or .ods."),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook (.xls), or locked", "Save it as .xlsx without a password."),
    (b"%PDF", "it is a PDF", "Save the table as .csv or .xlsx."),
    (b"{\\rtf", "it is a text document", "Save the table as .csv or .xlsx."),
)
INVISIBLE = re.compile("[\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\u00ad\ufeff\u180e]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
DAMAGED = re.compile("\ufffd|\u00c3[\u0080-\u00bf]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac|\u00ef\u00bb\u00bf|\u00f0\u0178")


@dataclass
class Grid:
    """The rows of a table as they stand, and what was found on the way."""

    file: str
    sheet: str = ""
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)  # (row number, cells), the heading among them
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    delimiter: str = ""
    percent: set[tuple[int, int]] = field(default_factory=set)  # (row, column from 0) shown as a percentage

    def where(self, row: int | None = None, column: str | None = None) -> str:
        parts = [f"sheet '{self.sheet}'"] if self.sheet else []
        parts += [f"row {row}"] if row else []
        parts += [f"column '{column}'"] if column else []
        return f"{self.file}: " + (", ".join(parts) + ": " if parts else "")

    def fault(self, row: int | None, column: str | None, what: str, remedy: str) -> None:
        self.faults.append(f"{self.where(row, column)}{what}. {remedy}")

    def note(self, what: str) -> None:
        self.notes.append(f"{self.where()}{what}.")


def clean(text: str) -> str:
    """Return text with one kind of space, none at its ends, and without characters that cannot be seen.

    >>> clean("  Sale\\u00a0West\\u200b \\n")
    'Sale West'
    """
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def key(heading: object) -> str:
    """Return a heading without case, spaces and signs, so that 'Cost GBP' and 'cost_gbp' are one.

    >>> key("Cost_GBP "), key("cost gbp")
    ('costgbp', 'costgbp')
    """
    return re.sub(r"[^a-z0-9]", "", clean(str(heading)).lower())


def decoded(grid: Grid, data: bytes) -> str | None:
    """Return the text of a CSV: UTF-8, UTF-16 with its mark, or else Windows-1252, which is said. None with a fault."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        grid.fault(None, None, "the text is UTF-32", "Save it as 'CSV UTF-8'.")
        return None
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                what = f"the file begins as {name.removesuffix('-sig').upper()}, and does not go on so"
                grid.fault(None, None, what, "Save it anew as 'CSV UTF-8'.")
                return None
    if b"\x00" in data:
        grid.fault(None, None, "the file holds zero bytes, so it is no plain CSV", "Save it as 'CSV UTF-8'.")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        grid.fault(None, None, "the text is neither UTF-8 nor Windows-1252", "Save it as 'CSV UTF-8'.")
        return None
    odd = sorted({c for c in text if ord(c) > 126})
    grid.note(f"read as Windows-1252, since it is not UTF-8; look whether these are right: {' '.join(odd[:20])}")
    return text


def csv_grid(path: Path, headings: Collection[str]) -> Grid:
    """Return the rows of a CSV; faults are in the Grid. `headings`: keys of the columns to look for."""
    grid = Grid(path.name)
    if path.stat().st_size > LARGEST:
        grid.fault(None, None, f"it is larger than {LARGEST // 1_000_000} MB", "Give one row for each thing asked for.")
        return grid
    data = path.read_bytes()
    for start, what, remedy in MAGIC:
        if data.startswith(start):
            grid.fault(None, None, what, remedy)
            return grid
    text = decoded(grid, data)
    if text is None:
        return grid
    if re.match(r"\s*<(!doctype|html|table|\?xml)", text[:200], re.IGNORECASE):
        grid.fault(None, None, "it is a web page or XML, not a table", "Save the table as .csv or .xlsx.")
        return grid
    if not text.strip():
        grid.fault(None, None, "the file is empty", "Write the heading and the rows, or take the file away.")
        return grid
    first, _, rest = text.partition("\n")
    skipped = 0
    if re.fullmatch(r"sep=[,;|\t]\r?", first.strip("\ufeff"), re.IGNORECASE):  # Excel's own line for its delimiter
        grid.delimiter, text, skipped = first.strip("\r")[-1], rest, 1
    else:
        grid.delimiter = _delimiter(grid, text, headings)
    if grid.delimiter:
        grid.rows = [(row + skipped, cells) for row, cells in _records(grid, text, skipped)]
    return grid


def _delimiter(grid: Grid, text: str, headings: Collection[str]) -> str:
    """Return the delimiter under which one of the first rows holds most of the known headings."""
    lines = text.splitlines()[:30]
    best = {
        d: max((len({key(c) for c in _split(line, d)} & set(headings)) for line in lines), default=0)
        for d in DELIMITERS
    }
    most = max(best.values())
    found = [d for d, n in best.items() if n == most]
    if most == 0:
        grid.fault(1, None, "no heading is known", "Write the headings as in the template, in the first row.")
        return ""
    if len(found) > 1:  # one known heading in a table of one column, or headings that stand alone
        return ","
    if found[0] != ",":
        grid.note(f"read with a {DELIMITERS[found[0]]} between the cells")
    return found[0]


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _records(grid: Grid, text: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (row, cells); a cell in quotation marks may hold line breaks, and is then still one row."""
    csv.field_size_limit(1_000_000)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=grid.delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(lines, None)
        except csv.Error as error:
            what = (
                "a quotation mark is never closed" if "unexpected end" in str(error) else f"it cannot be read: {error}"
            )
            remedy = "Close every quotation mark; write one inside a text twice."
            grid.fault(row + skipped, None, what, remedy)
            return
        if cells is None:
            return
        yield row, cells
