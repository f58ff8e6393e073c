"""Days, months, weeks, financial years and periods, as people write them; a day that may be two is a fault."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from .files import clean
from .shapes import Column, Context, Fault, seen

ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
WORDED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? (\d{4})")
MONTH_WORDED = re.compile(r"([A-Za-z]{3,9})\.? (\d{4})")
MONTH_EXCEL = re.compile(r"([A-Za-z]{3})-(\d{2})")  # what Excel makes of 2025-04; it would write a day as 25-Apr
MONTH_ISO = re.compile(r"(\d{4})-(\d{1,2})")
MONTH_SLASHED = re.compile(r"(\d{1,2})/(\d{4})")
YEAR = re.compile(r"(?:FY ?)?(\d{4}) ?[-/–] ?(\d{4}|\d{2})", re.IGNORECASE)
ISO_PERIOD = re.compile(r"(\d{4})-(\d{2})-(\d{2})/P\d{1,2}[YM]")  # as the handbook itself writes it
QUARTER = re.compile(r"(.+?) ?Q ?([1-4])", re.IGNORECASE)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DAY_REMEDY = "Write days as 2025-04-23; where the spreadsheet writes them anew, save as .xlsx."


def _made(year: int, month: int, day: int) -> date:
    try:
        made = date(year, month, day)
    except ValueError:
        raise Fault("there is no such day", DAY_REMEDY) from None
    if not 1900 <= year <= 2100:
        raise Fault("the year is not between 1900 and 2100", DAY_REMEDY)
    return made


def _month(word: str) -> int:
    found = [n for n, name in enumerate(MONTHS, start=1) if name == word.lower() or name[:3] == word.lower()]
    found = found or ([9] if word.lower() == "sept" else [])
    if not found:
        raise Fault("the month is not known", DAY_REMEDY)
    return found[0]


def _as_day(text: str, context: Context) -> date:
    if match := ISO_DAY.fullmatch(text):
        return _made(*map(int, match.groups()))
    if match := WORDED.fullmatch(text):
        return _made(int(match[3]), _month(match[2]), int(match[1]))
    if match := SLASHED.fullmatch(text):
        first, second, year = map(int, match.groups())
        if second > 12:
            raise Fault(f"{seen(text, context)} has the month first, or is no day", DAY_REMEDY)
        if first <= 12 and first != second and context.day_first is not True:
            why = "it may be two different days, and this column does not show which number is the day"
            raise Fault(f"{seen(text, context)}: {why}", DAY_REMEDY)
        return _made(year, second, first)
    raise Fault(f"{seen(text, context)} is not a day", DAY_REMEDY)


def day_first(texts: Collection[Any]) -> bool | None:
    """Return whether the slashed days of a column prove that the day stands first; None where they do not.

    >>> day_first(["03/04/2025", "23/04/2025"]), day_first(["03/04/2025"]), day_first(["04/23/2025", "23/04/2025"])
    (True, None, False)
    """
    found = [SLASHED.fullmatch(clean(t)) for t in texts if isinstance(t, str)]
    pairs = [(int(m[1]), int(m[2])) for m in found if m]
    if any(second > 12 for _, second in pairs):
        return False
    return True if any(first > 12 for first, _ in pairs) else None


def day(text: str, column: Column, context: Context) -> str:
    return _as_day(text, context).isoformat()


def from_date(cell: date | datetime, kind: str, context: Context) -> str:
    if isinstance(cell, datetime):
        if (cell.hour, cell.minute, cell.second) != (0, 0, 0):
            raise Fault("the cell holds a time of day", "Write the day alone.")
        cell = cell.date()
    made = _made(cell.year, cell.month, cell.day)
    if kind == "step":
        return f"{made:%Y-%m}" if context.steps == "months" else _monday(made)
    return made.isoformat()


def steps(cells: Collection[Any]) -> str:
    """Return what the days of a workbook's column are: "months" where all are a first day, else "weeks"; "" for none."""
    days = [c for c in cells if isinstance(c, (date, datetime))]
    return ("months" if all(d.day == 1 for d in days) else "weeks") if days else ""


def _monday(day: date) -> str:
    if day.weekday():
        raise Fault("the day is not a Monday", "Write the Monday that the week begins with, or a month as 2025-04.")
    return day.isoformat()


def _as_month(text: str) -> str | None:
    for pattern, order in ((MONTH_ISO, (1, 2)), (MONTH_SLASHED, (2, 1))):
        if match := pattern.fullmatch(text):
            return f"{_made(int(match[order[0]]), int(match[order[1]]), 1):%Y-%m}"
    if match := MONTH_EXCEL.fullmatch(text):
        return f"{_made(2000 + int(match[2]), _month(match[1]), 1):%Y-%m}"
    if match := MONTH_WORDED.fullmatch(text):
        return f"{_made(int(match[2]), _month(match[1]), 1):%Y-%m}"
    return None


def step(text: str, column: Column, context: Context) -> str:
    if month := _as_month(text):
        return month
    try:
        return _monday(_as_day(text, context))
    except Fault as fault:
        if "Monday" in fault.remedy:
            raise
        what = f"{seen(text, context)} is not a month or a day"
        raise Fault(what, "Write a month as 2025-04, or the Monday of a week as 2025-04-07.") from None


def year(text: str, column: Column, context: Context) -> str:
    match = YEAR.fullmatch(text)
    if not match or (int(match[1]) + 1) % 10 ** len(match[2]) != int(match[2]):
        raise Fault(f"{seen(text, context)} is not a financial year", "Write it as 2024-25.")
    return f"{match[1]}-{(int(match[1]) + 1) % 100:02d}"


def period(text: str, column: Column, context: Context) -> str:
    if match := ISO_PERIOD.fullmatch(text):
        _made(*map(int, match.groups()))
        return text
    if month := _as_month(text) if not YEAR.fullmatch(text) else None:
        return f"{month}-01/P1M"
    if YEAR.fullmatch(text):
        return f"{year(text, column, context)[:4]}-04-01/P1Y"
    quarter = QUARTER.fullmatch(text)
    if quarter and YEAR.fullmatch(quarter[1]):
        first = int(year(quarter[1], column, context)[:4])
        number = int(quarter[2])
        return f"{first + (number == 4)}-{(1, 4, 7, 10)[number % 4]:02d}-01/P3M"
    try:
        return _as_day(text, context).isoformat()
    except Fault:
        remedy = "Write 2024-25 for a financial year, 2024-25 Q1 for a quarter, 2024-04 for a month, or a day."
        raise Fault(f"{seen(text, context)} is not a period", remedy) from None
