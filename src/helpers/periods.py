"""Periods of statistics: ISO 8601 `start/duration`, or a single day, as ONS Explore Local Statistics writes them.

A financial year is `2024-04-01/P1Y`, an academic year `2024-09-01/P1Y`, a calendar year `2024-01-01/P1Y`,
a quarter `2025-01-01/P3M`, three pooled calendar years `2022-01-01/P3Y`, and a snapshot `2025-03-31`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

PATTERN = r"^\d{4}-\d{2}-\d{2}(/P\d{1,2}[YM])?$"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@cache
def split(period: str) -> tuple[date, int]:
    """Return the first day and the length in months (0 for a single day).

    Raises ValueError for text that is not a period.

    >>> split("2024-04-01/P1Y")
    (datetime.date(2024, 4, 1), 12)
    >>> split("2025-03-31")
    (datetime.date(2025, 3, 31), 0)
    """
    if not re.match(PATTERN, period):
        raise ValueError(f"'{period}' is not a period. Write start/duration, such as 2024-04-01/P1Y, or one day.")
    start, _, duration = period.partition("/")
    months = 0 if not duration else int(duration[1:-1]) * (12 if duration.endswith("Y") else 1)
    return date.fromisoformat(start), months


@cache
def end(period: str) -> date:
    """Return the last day of a period.

    >>> end("2024-04-01/P1Y")
    datetime.date(2025, 3, 31)
    >>> end("2025-01-01/P3M")
    datetime.date(2025, 3, 31)
    """
    start, months = split(period)
    if not months:
        return start
    total = start.year * 12 + start.month - 1 + months
    return date(total // 12, total % 12 + 1, start.day) - timedelta(days=1)


@cache
def label(period: str) -> str:
    """Return the period as a reader expects to see it.

    A year from April is a financial year (2024-25), one from August or September a school year (2024/25).

    >>> [label(p) for p in ("2024-04-01/P1Y", "2024-09-01/P1Y", "2024-01-01/P1Y", "2025-03-31", "2025-01-01/P3M")]
    ['2024-25', '2024/25', '2024', '31 March 2025', 'Jan to Mar 2025']
    >>> label("2022-01-01/P3Y")
    '2022 to 2024'
    >>> label("2013-07-01/P3Y")
    'Jul 2013 to Jun 2016'
    """
    start, months = split(period)
    last = end(period)
    if not months:
        return f"{start.day} {MONTHS[start.month - 1]} {start.year}"
    if months < 12:
        return f"{_MONTHS[start.month - 1]} to {_MONTHS[last.month - 1]} {last.year}"
    if months == 12:
        dash = "/" if start.month in (8, 9) else "-"
        return f"{start.year}" if start.month == 1 else f"{start.year}{dash}{last.year % 100:02d}"
    if start.month == 1:
        return f"{start.year} to {last.year}"
    return f"{_MONTHS[start.month - 1]} {start.year} to {_MONTHS[last.month - 1]} {last.year}"


@cache
def short(period: str) -> str:
    """Return the period for the axis of a chart: as `label`, but a single day is its month.

    >>> short("2025-03-31"), short("2024-04-01/P1Y")
    ('Mar 2025', '2024-25')
    """
    start, months = split(period)
    return label(period) if months else f"{_MONTHS[start.month - 1]} {start.year}"


def financial_year(first_year: int) -> str:
    """Return the period of the financial year that starts in April of `first_year`.

    >>> financial_year(2024)
    '2024-04-01/P1Y'
    """
    return f"{first_year:04d}-04-01/P1Y"


def age_in_months(period: str, at: str) -> int:
    """Return whole months from the end of `period` to the ISO date `at`.

    >>> age_in_months("2024-04-01/P1Y", "2026-03-30")
    11
    """
    last, now = end(period), date.fromisoformat(at)
    return (now.year - last.year) * 12 + now.month - last.month - (now.day < last.day)
