"""The GDP deflator (ONS series YBGB) as an index of financial years, for real terms."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ..catalogue import File, Source
from . import _common, _sheets

QUARTER = re.compile(r"(\d{4}) Q([1-4])")


def tables(folder: Path, source: Source, register: None = None) -> dict[str, pd.DataFrame]:
    """Return the table `deflator` (schemas.DEFLATOR): one row a financial year, on the publisher's base."""
    file = source.files[0]
    return {"deflator": parse(_sheets.rows(folder / file.name), file)}


def parse(rows: list[list[str]], file: File) -> pd.DataFrame:
    """Return financial_year and index: the mean of the four quarters from April, for complete years only.

    `rows` are those of the series' CSV: title, code, release date and so on, then years, then quarters.
    Raises DataError for another series or release date, a period that is no year or quarter or stands
    twice, a value that is not a positive number, and a year before the last one that lacks a quarter.
    """
    named = [(line, row) for line, row in enumerate(rows, start=1) if row and not row[0][:1].isdigit()]
    head = {row[0]: (line, row[1]) for line, row in named}
    released = "-".join(reversed(file.release_date.split("-")))  # the file writes 30-06-2025
    for key, expected in (("CDID", file.reads["series"]), ("Release date", released)):
        line, given = head.get(key, (None, "nothing"))
        if given != expected:
            what = f"'{given}' is not '{expected}'"
            raise _common.fail(file.name, line, key, what, "Fetch the right series, or correct data/sources.")
    quarters = _quarters(rows, file)
    taken = []
    for start in range(int(file.reads["first_year"][:4]), max(year for year, _ in quarters) + 1):
        name = f"{start}-{(start + 1) % 100:02d}"
        four = [quarters.get(key) for key in ((start, 2), (start, 3), (start, 4), (start + 1, 1))]
        if None not in four:
            taken.append((name, round(sum(four) / 4, 6)))
        elif max(quarters) >= (start + 1, 1) or not taken:
            raise _common.fail(file.name, None, None, f"{name} lacks a quarter", "Fetch the file again.")
    return pd.DataFrame(taken, columns=["financial_year", "index"])


def _quarters(rows: list[list[str]], file: File) -> dict[tuple[int, int], float]:
    quarters: dict[tuple[int, int], float] = {}
    for line, row in enumerate(rows, start=1):
        if not row or not row[0][:1].isdigit() or re.fullmatch(r"\d{4}", row[0]):
            continue
        match = QUARTER.fullmatch(row[0])
        if not match or len(row) != 2:
            what = f"'{','.join(row)}' is not a year or quarter and its value"
            raise _common.fail(file.name, line, None, what, "Fetch the file again.")
        key = int(match[1]), int(match[2])
        if key in quarters:
            what = f"{row[0]} stands twice"
            raise _common.fail(file.name, line, None, what, "Keep one row for each quarter.")
        quarters[key], _ = _sheets.number(row[1], {}, file.name, line, row[0])
        if quarters[key] <= 0:
            what = f"{row[1]} is not a positive index"
            raise _common.fail(file.name, line, row[0], what, "Fetch the file again.")
    if not quarters:
        raise _common.fail(file.name, None, None, "there are no quarters in it", "Fetch the file again.")
    return quarters
