"""What a table and its columns are.

Kinds of a column, and what a frame holds after reading:

    id          a short name that other tables refer to                              str, small letters and dashes
    pseudonym   a made-up id of one person; never shown anywhere                     str
    text        a line of words                                                      str
    quote       what somebody said, word for word; never shown anywhere              str
    word        one of `words`                                                       str, small letters
    day         a day, written 2025-04-23, 23 April 2025 or 23/04/2025               str, ISO
    step        a month (2025-04) or the Monday of a week (2025-04-07)               str, as written here
    year        a financial year (2024-25)                                           str, as written here
    period      a financial year, a quarter (2024-25 Q1), a month or a day           str, ISO as in helpers.periods
    indicator   the id of an indicator of this handbook                              str
    district    the first half of a postcode (M33)                                   str, capitals
    number, whole, pounds, percent                                                   float64

An empty cell is "" in a column of text and nan in a column of numbers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

NUMBERS = ("number", "whole", "pounds", "percent")


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    kind: str
    says: str  # what to write in it, in plain English
    example: str = ""
    words: tuple[str, ...] = ()  # of a `word`: what it may hold
    needed: bool = False  # may no cell be empty?
    low: float = float("-inf")
    high: float = float("inf")
    link: str = ""  # table.column in which the same id must stand


@dataclass(frozen=True)
class Table:
    """One table, in a file of this name."""

    name: str
    says: str  # what one row is, and what the table is for
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()  # columns that together stand once only
    about: str = ""  # whom its rows are about, where that asks for care; see helpers.pack.columns
    names: tuple[str, ...] = field(init=False, default=())  # all column names, in order

    def __post_init__(self):
        object.__setattr__(self, "names", tuple(c.name for c in self.columns))

    def column(self, name: str) -> Column:
        """Return the column of this name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


class Fault(Exception):
    """What is wrong with a cell, and what to do."""

    def __init__(self, what: str, remedy: str):
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True)
class Context:
    """What a cell's own text does not tell."""

    quiet: bool = False  # may no message show what stands in a cell?
    delimiter: str = ""  # of a CSV
    percent: bool = False  # the workbook shows this cell as a percentage, and keeps 40% as 0.4
    known: Collection[str] = ()  # the ids that an `indicator` may have
    day_first: bool | None = None  # does the column prove which of 03/04/2025 is the day? None: it does not
    steps: str = ""  # "months" or "weeks", where the days of a workbook show which


def seen(cell: Any, context: Context) -> str:
    """Return what stands in a cell for a message, or that something does where no message may show it."""
    return "what stands there" if context.quiet else f"'{str(cell)[:30]}'"
