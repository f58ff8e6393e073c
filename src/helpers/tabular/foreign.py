"""Bytes from elsewhere, read by libraries: whatever they raise becomes one error, and nothing they do ends the process.

A list of what a zip, an XML or a workbook can raise is never whole (an XML that names an encoding nobody knows raises
LookupError), so none is kept: what goes wrong while foreign bytes are read is damage of the file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import SheetVisibleEnum, load_workbook

UNPACKED = 1_000_000_000  # bytes of a workbook
CELLS = 20_000_000  # of the rectangle that a sheet's cells lie in: python-calamine makes it in memory, whole


class Damaged(ValueError):
    """A file that is not whole, or not what it says. The text says why, and never what stands in the file."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: row n is rows[n - 1]."""

    name: str
    visible: bool
    rows: list[list[Any]]


@contextmanager
def foreign() -> Iterator[None]:
    """Raise Damaged for whatever goes wrong within, a panic of a library written in Rust among it."""
    try:
        yield
    except Damaged:
        raise
    except Exception as error:
        raise Damaged(type(error).__name__) from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":  # a person who stops the command, and the like
            raise
        raise Damaged(type(error).__name__) from error


def sheets(path: Path) -> list[Sheet]:
    """Return all sheets of an xlsx or ods workbook, hidden rows included. Raises Damaged."""
    with foreign():
        with zipfile.ZipFile(path) as packed:
            if sum(item.file_size for item in packed.infolist()) > UNPACKED:
                raise Damaged("unpacked it is too large to be read")
            for item in packed.infolist():
                _check_reach(packed, item)
        book = load_workbook(path)
        return [
            Sheet(
                s.name,
                s.visible == SheetVisibleEnum.Visible,
                book.get_sheet_by_name(s.name).to_python(skip_empty_area=False),
            )
            for s in book.sheets_metadata
        ]


def _check_reach(packed: zipfile.ZipFile, item: zipfile.ZipInfo) -> None:
    """Raise Damaged for a part of a workbook whose cells lie so far apart that the process would run out of memory."""
    with packed.open(item) as stream:
        if not stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            return
    with packed.open(item) as stream:
        row = column = width = times = 0  # where the next cell stands, and what repeats
        below = right = 0
        for event, element in ElementTree.iterparse(stream, ("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                if tag in ("table", "worksheet"):
                    row = below = right = 0
                elif tag in ("row", "table-row"):
                    times = int(attribute(element, "number-rows-repeated") or 1)
                    row, column, width = int(element.get("r") or row + 1), 0, 0
            elif tag == "c":
                column = place(element.get("r"))[1] + 1 if element.get("r") else column + 1
                if len(element):
                    below, right = max(below, row), max(right, column)
            elif tag in ("table-cell", "covered-table-cell"):
                column += int(attribute(element, "number-columns-repeated") or 1)
                if len(element) or attribute(element, "value-type"):
                    width = column
            elif tag == "table-row":
                if width:
                    below, right = max(below, row + times - 1), max(right, width)
                row += times - 1
            if event == "end" and tag in ("row", "table-row", "si"):
                element.clear()
            if below * right > CELLS:
                raise Damaged(f"a sheet goes on to row {below:,} and column {right:,}; delete what stands out there")


def attribute(element: ElementTree.Element, name: str) -> str:
    """Return an attribute by its name without the namespace."""
    return next((value for k, value in element.attrib.items() if k.rpartition("}")[2] == name), "")


def place(reference: str) -> tuple[int, int]:
    """Return (row, column from 0) of a cell such as B7.

    >>> place("B7")
    (7, 1)
    """
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]), column - 1
