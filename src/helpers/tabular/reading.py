"""A file to a frame of one table, with every row accounted for and every fault listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from . import cells, days
from .files import ENDINGS, Grid, clean, csv_grid, key
from .shapes import NUMBERS, Context, Fault, Table
from .sheets import workbook_grid

TOTAL = re.compile(r"(grand |sub[- ]?|overall )?totals?:?|sum:?", re.IGNORECASE)


@dataclass
class Read:
    """A table as it was read. Rows = kept + blank + totals + above the heading + examples + refused."""

    frame: pd.DataFrame  # the columns of the table; the index is the row in the file
    seen: pd.DataFrame  # the same with the rows that were refused, as far as their cells could be read
    faults: list[str]
    notes: list[str]
    rows: int = 0  # rows of the file, the heading left out
    kept: int = 0
    blank: int = 0
    totals: int = 0
    above: int = 0  # rows above the heading: a title
    refused: int = 0
    examples: int = 0  # rows of a template, taken out by whoever knows it
    symbols: dict[str, dict[str, int]] = field(default_factory=dict)  # {column: {symbol: cells}}

    @property
    def account(self) -> str:
        """Return the account of rows, in words."""
        parts = [(self.kept, "read"), (self.blank, "blank"), (self.totals, "totals"), (self.above, "above the heading")]
        parts += [(self.examples, "example"), (self.refused, "refused")]
        return f"{self.rows:,} row{'' if self.rows == 1 else 's'}: " + ", ".join(
            f"{n:,} {word}" for n, word in parts if n or word == "read"
        )


def read(
    path: Path, table: Table, indicators: Collection[str] = (), quiet: bool = False, example: list[str] | None = None
) -> Read:
    """Return the table in a file, checked; raises nothing: all faults are in `Read.faults`.

    `indicators`: the ids that a column of that kind may hold (all when empty). `quiet`: no message shows a cell.
    `example`: the cells of the template's row, which is passed over before keys are compared: a real row may have its.
    """
    keys = {key(c.name): c.name for c in table.columns}
    ending = path.suffix.lower()
    if ending == ".csv":
        grid = csv_grid(path, keys)
    elif ending in ENDINGS:
        grid = workbook_grid(path, keys, table.name)
    else:
        grid = Grid(path.name)
        grid.fault(None, None, f"the ending {ending or '(none)'} is not known", "Save it as .csv, .xlsx or .ods.")
    empty = pd.DataFrame({c.name: pd.Series(dtype="float64" if c.kind in NUMBERS else "str") for c in table.columns})
    out = Read(empty, empty, grid.faults, grid.notes)
    found = _heading(grid, keys) if grid.rows else None
    if found is None:
        if not grid.faults:
            remedy = f"Write in the first row: {','.join(table.names)}."
            grid.fault(1, None, "the heading is not known", remedy)
        return out
    position, heading_row = found
    heading, width = _columns(grid, heading_row, position, table, keys, quiet)
    body = [(row, line) for row, line in grid.rows if row > position]
    out.above = sum(1 for row, line in grid.rows if row < position)
    out.rows = out.above + len(body)
    if out.above:
        grid.note(f"{out.above} rows above the heading were passed over")
    if heading is None:
        out.refused = len(body)
        return out
    lines = _lines(grid, body, heading_row, width, out)
    out.frame = _frame(grid, lines, heading, table, indicators, quiet, out, example)
    return out


def _heading(grid: Grid, keys: Collection[str]) -> tuple[int, list] | None:
    """Return (row, cells) of the heading: of the first rows, the one that holds most of the known headings."""
    best, most = None, 0
    for row, line in grid.rows[:30]:
        number = len({key(c) for c in line} & set(keys))
        if number > most:
            best, most = (row, line), number
    return best if most >= min(2, len(keys)) else None


def _columns(grid: Grid, line: list, row: int, table: Table, keys: dict, quiet: bool) -> tuple[dict | None, int]:
    """Return ({position: column name}, how many cells a row has), or None after a fault in the heading."""
    before = len(grid.faults)
    names = [clean(str(c)) for c in line]
    width = len(names)
    while width and not names[width - 1]:
        width -= 1
    found: dict[int, str] = {}
    for position, name in enumerate(names[:width]):
        if not name:
            if any(clean(str(r[position])) for n, r in grid.rows if n > row and len(r) > position):
                grid.fault(row, None, f"column number {position + 1} has no heading", "Name it, or take it out.")
        elif key(name) not in keys:
            near = get_close_matches(name.lower(), table.names, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            shown = f"'{name[:30]}'" if not quiet else f"number {position + 1}"
            grid.fault(row, None, f"the column {shown} is not known", f"Take it out, or name it rightly.{hint}")
        elif keys[key(name)] in found.values():
            grid.fault(row, keys[key(name)], "the heading stands twice", "Keep one of the columns.")
        else:
            found[position] = keys[key(name)]
    for column in table.columns:
        if column.name not in found.values() and column.needed:
            grid.fault(row, column.name, "the column is missing", f"Add it: {column.says}.")
    absent = [c.name for c in table.columns if c.name not in found.values() and not c.needed]
    if absent:
        grid.note(f"these columns are absent, and count as empty: {', '.join(absent)}")
    return (None if len(grid.faults) > before else found), width


def _lines(grid: Grid, body: list, heading_row: list, width: int, out: Read) -> list[tuple[int, list]]:
    """Return the rows with data, each of the heading's width; blank rows and rows of totals are counted."""
    whole = len(heading_row)
    filled = [(row, line) for row, line in body if any(clean(str(c)) for c in line)]
    # one delimiter too many at the end of every row is form; in some rows only, it is a comma that moved the cells
    lengths = {len(line) for _, line in filled}
    padded = len(lengths) == 1 and not any(clean(str(c)) for _, line in filled for c in line[width:])
    kept = []
    for row, line in body:
        texts = [clean(str(c)) for c in line]
        if not any(texts):
            out.blank += 1
        elif {key(t) for t in texts} == {key(h) for h in heading_row} and len(texts) > 1:
            grid.fault(row, None, "the heading stands here again", "Take this row out.")
            out.refused += 1
        elif TOTAL.fullmatch(next(t for t in texts if t)):
            out.totals += 1
        elif grid.delimiter and len(line) != whole and not padded:
            what = f"the row has {len(line)} cells, and the heading has {whole}"
            grid.fault(row, None, what, "Put a text that holds the delimiter in quotation marks.")
            out.refused += 1
        elif any(texts[width:]):
            grid.fault(row, None, "there is text to the right of the last heading", "Name that column, or take it out.")
            out.refused += 1
        else:
            kept.append((row, [*line, *([""] * (width - len(line)))]))
    if out.totals:
        grid.note(f"{out.totals} rows of totals were passed over")
    if out.blank:
        grid.note(f"{out.blank} blank rows were passed over")
    return kept


def _frame(
    grid: Grid, lines: list, heading: dict, table: Table, indicators, quiet: bool, out: Read, example: list[str] | None
) -> pd.DataFrame:
    """Return the frame of the rows that have no fault."""
    refused: set[int] = set()
    values: dict[str, list] = {}
    place = {name: position for position, name in heading.items()}
    for column in table.columns:
        gap = float("nan") if column.kind in NUMBERS else ""
        if column.name not in place:
            values[column.name] = [gap] * len(lines)
            continue
        at = place[column.name]
        raw = [line[at] for _, line in lines]
        dated = column.kind in ("day", "step", "period")
        order = days.day_first(raw) if dated else None
        step = days.steps(raw) if column.kind == "step" else ""
        if column.kind in ("step", "period") and any(days.MONTH_EXCEL.fullmatch(str(c).strip()) for c in raw):
            grid.note(f"column '{column.name}': a month such as Apr-25 was read as April 2025")
        stated: Counter[str] = Counter()
        made = []
        for (row, _), cell in zip(lines, raw, strict=True):
            shown = (row, at) in grid.percent
            context = Context(quiet, grid.delimiter, shown, indicators, order, step)
            try:
                value, symbol = cells.convert(cell, column, context)
            except Fault as fault:
                grid.fault(row, column.name, fault.what, fault.remedy)
                refused.add(row)
                value, symbol = gap, ""
            stated.update([symbol] if symbol else [])
            made.append(value)
        values[column.name] = made
        if stated:
            out.symbols[column.name] = dict(stated)
            grid.note(f"column '{column.name}': {cells.gaps(stated)}")
    index = pd.Index([row for row, _ in lines], name="row", dtype="int64")
    frame = pd.DataFrame(
        {
            c.name: pd.Series(values[c.name], index=index, dtype="float64" if c.kind in NUMBERS else "str")
            for c in table.columns
        },
        index=index,
    )
    if example:
        untouched = _is_example(frame, table, example)
        out.examples = int(untouched.sum())
        frame = frame[~untouched]
    out.seen = frame
    if table.key:
        for row in frame.index[frame.duplicated(list(table.key), keep="first")]:
            same = (frame[list(table.key)] == frame.loc[row, list(table.key)]).all(axis=1)
            what = f"row {int(frame.index[same][0])} has the same {', '.join(table.key)}"
            if row not in refused:
                grid.fault(int(row), None, what, "Keep one of them, or give them different ids.")
                refused.add(int(row))
    out.refused += len(refused)
    kept = frame[~frame.index.isin(refused)]
    out.kept = len(kept)
    grid.faults.sort(key=_row_of)
    return kept


def _is_example(frame: pd.DataFrame, table: Table, example: list[str]) -> pd.Series:
    """Return which rows are the template's own, in every column, whatever a spreadsheet has made of their form."""
    same = pd.Series(True, index=frame.index)
    for column, text in zip(table.columns, example, strict=True):
        value, _ = cells.convert(text, column, Context())
        there = frame[column.name]
        same &= (there == value) | (there.isna() & (value != value))
    return same


def _row_of(fault: str) -> tuple[int, str]:
    found = re.search(r"\brow (\d+)\b", fault)
    return (int(found[1]) if found else 0), ""
