"""The shape of every file under data/figures and data/reference, how one is read and written, and how a fault is told.

shapes   what columns a table has, and what may stand in them
faults   a table against its shape: DataError names file, row, column and remedy
files    reading and writing tables
"""

from __future__ import annotations

from ..writing import write_text
from .faults import DataError, validate
from .files import number_text, read, write
from .shapes import (
    AREA_CHANGES,
    AREA_CODE,
    AT_RISK,
    CLASSIFICATION,
    DAY,
    DEFLATOR,
    DISTRICTS,
    FIGURES,
    LOCALITIES,
    MISSING,
    NEIGHBOURS,
    POSTCODE_DISTRICTS,
    PRESENT,
    RELEASES,
    SPEND_EXCEPTIONS,
    TALLY,
    TALLY_BREAKDOWNS,
    TALLY_MEASURES,
    UNITS,
)

__all__ = [
    "AREA_CHANGES",
    "AREA_CODE",
    "AT_RISK",
    "CLASSIFICATION",
    "DAY",
    "DEFLATOR",
    "DISTRICTS",
    "FIGURES",
    "LOCALITIES",
    "MISSING",
    "NEIGHBOURS",
    "POSTCODE_DISTRICTS",
    "PRESENT",
    "RELEASES",
    "SPEND_EXCEPTIONS",
    "TALLY",
    "TALLY_BREAKDOWNS",
    "TALLY_MEASURES",
    "UNITS",
    "DataError",
    "number_text",
    "read",
    "validate",
    "write",
    "write_text",
]
