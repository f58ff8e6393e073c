"""CSV files as councils and people save them, cell for cell: nothing is guessed, and every fault has its row."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

from ._common import fail

LARGEST = 500_000_000  # bytes of one file, unpacked: a year of a large council's payments is a tenth of it
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(T[0-9:.]+(Z|[+-]\d{2}:\d{2})?)?")
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
AMOUNT = re.compile(r"(-?)£?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a CSV, or the one CSV inside a zip, for reading bytes; nothing is unpacked to disk. Raises DataError."""
    if path.suffix.lower() != ".zip":
        with open(path, "rb") as stream:
            yield stream
        return
    try:
        with zipfile.ZipFile(path) as packed:
            inside = [m for m in packed.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
            if len(inside) != 1 or not inside[0].filename.lower().endswith(".csv"):
                what = f"the zip holds {len(inside)} files, and must hold one CSV"
                raise fail(path.name, None, None, what, "Make a zip of one CSV only.")
            if inside[0].file_size > LARGEST:
                what = f"unpacked it is {inside[0].file_size:,} bytes, more than {LARGEST:,}"
                raise fail(path.name, None, None, what, "Give one file a year, or a quarter.")
            with packed.open(inside[0]) as stream:
                yield stream
    except (zipfile.BadZipFile, RuntimeError) as error:  # RuntimeError: it asks for a password
        raise fail(path.name, None, None, f"the zip cannot be opened: {error}", "Make it again, unlocked.") from None


def encoding(path: Path) -> str:
    """Return 'utf-8-sig', or 'cp1252' where the bytes are not UTF-8. Raises DataError where they are neither."""
    for name in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(name)("strict")
        with opened(path) as stream:
            try:
                while chunk := stream.read(1 << 20):
                    if b"\0" in chunk:
                        what = "the file holds zero bytes, so it is no plain CSV"
                        raise fail(path.name, None, None, what, "Save it as 'CSV UTF-8'.")
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
                return name
            except UnicodeDecodeError:
                continue
    raise fail(path.name, None, None, "the text is neither UTF-8 nor Windows-1252", "Save it as 'CSV UTF-8'.")


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (row, cells), the heading first as row 1; rows without any text are passed over.

    Raises DataError for a row that is longer or shorter than the heading, a heading that is empty or stands
    twice, or a quotation mark that is never closed.
    """
    with opened(path) as stream:
        lines = csv.reader(io.TextIOWrapper(stream, encoding(path), newline=""), strict=True)
        width, row = 0, 0
        while True:
            try:
                cells = next(lines, None)
            except csv.Error as error:
                raise fail(path.name, row + 1, None, f"the row cannot be read: {error}", "Save the CSV anew.") from None
            if cells is None:
                break
            row += 1
            if row == 1:
                cells = [" ".join(c.split()) for c in cells]
                width = len(cells)
                for position, heading in enumerate(cells, start=1):
                    if not heading:
                        raise fail(path.name, 1, f"number {position}", "it has no heading", "Name it, or take it out.")
                    if cells.count(heading) > 1:
                        raise fail(path.name, 1, heading, "the heading stands twice", "Keep one of the columns.")
            elif not any(cells):
                continue
            elif len(cells) != width:
                what = f"{len(cells)} cells, and the heading has {width}"
                raise fail(path.name, row, None, what, "Put text that holds commas in quotation marks; save it anew.")
            yield row, cells
    if not width:
        raise fail(path.name, None, None, "the file is empty", "Give a file with a heading and rows.")


def key(heading: str) -> str:
    """Return a heading without case, spaces and signs, so that 'Payment Date' and 'payment_date' are one.

    >>> key("Payment Date"), key("payment_date")
    ('paymentdate', 'paymentdate')
    """
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def pence(text: str) -> int | None:
    """Return an amount of pounds in pence, exactly; None for text that is not an amount.

    >>> [pence(t) for t in ("1234.5", "£1,234.50", "-0.07", "(12.00)", "12,34", "1.005", "1e3", "")]
    [123450, 123450, -7, -1200, None, None, None, None]
    """
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    match = AMOUNT.fullmatch(text)
    if not match:
        return None
    sign, pounds, rest = match.groups()
    return int(pounds.replace(",", "") + (rest or "").ljust(2, "0")) * (-1 if sign else 1)


def days(cells: Iterable[tuple[int, str]], file: str, column: str) -> dict[str, str]:
    """Return {text: ISO day} of the dates of one column, given as (row, text).

    ISO days are taken as they are. 03/04/2024 is the 3rd of April only where another date of the same column
    proves that the day stands first (such as 23/04/2024) and none denies it; otherwise DataError.
    """
    first: dict[str, int] = {}
    for row, text in cells:
        first.setdefault(text, row)
    found, slashed = {}, {}
    for text, row in first.items():
        iso, other = ISO.fullmatch(text.strip()), DAY_FIRST.fullmatch(text.strip())
        if iso:
            found[text] = _day(iso[1].split("-"), file, row, column)
        elif other:
            slashed[text] = other.groups()
        else:
            what = f"'{text}' is not a date" if len(text) < 20 else "the text is not a date"
            raise fail(file, row, column, what, "Write dates as 2024-04-23.")
    for text, (_, second, _) in slashed.items():
        if int(second) > 12:
            what = f"'{text}' has the month first, or is no date"
            raise fail(file, first[text], column, what, "Write dates as 2024-04-23.")
    unclear = [text for text, (day, second, _) in slashed.items() if int(day) != int(second)]
    if unclear and all(int(day) <= 12 for day, _, _ in slashed.values()):
        text = unclear[0]
        what = f"'{text}' may be two different days, and no date in the column shows whether the day stands first"
        raise fail(file, first[text], column, what, "Write dates as 2024-04-23.")
    for text, (day, month, year) in slashed.items():
        found[text] = _day([year, month, day], file, first[text], column)
    return found


def _day(parts: list[str], file: str, row: int, column: str) -> str:
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        raise fail(file, row, column, f"'{'-'.join(parts)}' is not a day", "Correct it.") from None
