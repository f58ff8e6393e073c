"""Tables as people save them, in CSV, XLSX or ODS: easy on their form, strict on their meaning.

Form is put right and said: the encoding, the delimiter, titles above the heading, blank rows, rows of totals, spaces.
Meaning is never guessed: what can be read in two ways is a fault with its file, sheet, row, column and remedy, and
every fault of a file is found in one go. Row numbers count the heading as its row in the file, as a spreadsheet does.

    shapes   what a table and a column are
    files    bytes -> rows of cells, with their row numbers
    sheets   the same for workbooks
    foreign  whatever a library raises over damaged bytes, as one error
    cells    one cell -> one value, by the kind of its column
"""

from __future__ import annotations

from .reading import Read, read
from .shapes import NUMBERS, Column, Table

__all__ = ["NUMBERS", "Column", "Read", "Table", "read"]
