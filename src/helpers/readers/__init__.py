"""Readers of publishers' real formats: one module a format, named in the `reader:` key of a source.

A reader module has one public function

    read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading

It parses the publisher's files of one source, takes the rows that the indicators select, turns area labels into
GSS codes through the register, and says for every row that it considered whether it was kept or why not.
It never guesses: a column, sheet, unit or symbol that it does not know raises DataError with file, row, column.
"""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..schemas import DataError


@dataclass(frozen=True)
class Reading:
    """What a reader took: figures and releases in our schema, and an account of every row it considered."""

    figures: pd.DataFrame  # schemas.FIGURES
    releases: pd.DataFrame  # schemas.RELEASES
    considered: int
    dropped: dict[str, int] = field(default_factory=dict)  # reason: rows

    def __post_init__(self):
        lost = self.considered - len(self.figures) - sum(self.dropped.values())
        if lost:
            raise DataError(
                [
                    f"{lost} rows are unaccounted for: {self.considered} considered, {len(self.figures)} kept, {self.dropped} dropped."
                ]
            )


@contextmanager
def told(source: str, reader: str) -> Iterator[None]:
    """Raise DataError for whatever a reader stops at that it does not foresee, in a file whose layout is another."""
    try:
        yield
    except (DataError, OSError):
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        what = f"the reader {reader} stopped at what it does not know: {type(error).__name__}: {error}"
        where = f"{Path(last.filename).name}, line {last.lineno}"
        remedy = "Look what is new in the source's files; nothing was taken from them."
        raise DataError([f"{source}: {what} ({where}). {remedy}"]) from error


def names() -> list[str]:
    """Return the names that a source may give as its reader.

    >>> "lait" in names()
    True
    """
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str):
    """Return the reader module of that name. Raises DataError with the known names.

    >>> load("pdf")
    Traceback (most recent call last):
    helpers.errors.DataError: reader 'pdf' is not known. ...
    """
    if name not in names():
        raise DataError(
            [f"reader '{name}' is not known. Use one of: {', '.join(names())}; or write src/helpers/readers/{name}.py."]
        )
    return importlib.import_module(f"{__name__}.{name}")
