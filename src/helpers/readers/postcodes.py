"""Postcode districts (M33) and the localities that they reach into, so that a reader may find a place by one.

Two kinds of file give them: a directory of all postcodes with the area of each, such as the ONS Postcode Directory; and
a public list of places with their postcodes and areas, which knows the districts that it has places in and no others.
The `reads:` of each file in data/sources says

    postcode   the column of postcodes, whole ones
    area       the column of GSS codes, of districts or of localities, of any vintage
    ended      the column of the day on which a postcode was ended, if there is one: such rows are left out
    abroad     codes of areas outside the United Kingdom, as in the Channel Islands: such rows are left out
    rows       how many rows are taken

Only the districts are kept, with how many rows stand for each: no postcode, no address and no name.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .. import geography
from ..catalogue import File, Source
from ..geography import Register
from ..schemas import DataError
from . import _strict
from ._common import fail
from .assets import outward

UNCHANGED = "Give the publisher's file unchanged."


def tables(folder: Path, source: Source, register: Register | None = None) -> dict[str, pd.DataFrame]:
    """Return the table `postcode_districts` (schemas.POSTCODE_DISTRICTS): district, area code, rows, source.

    Raises DataError for a column that is not there, a postcode that is none, an area that is not known, or a number of
    rows other than `reads`.
    """
    register = register or geography.load()
    found: dict[tuple[str, str], int] = {}
    for file in source.files:
        for key in _pairs(folder, file, register):
            found[key] = found.get(key, 0) + 1
    rows = [(district, code, number, source.id) for (district, code), number in sorted(found.items())]
    return {"postcode_districts": pd.DataFrame(rows, columns=["postcode_district", "area_code", "rows", "source"])}


def _pairs(folder: Path, file: File, register: Register) -> list[tuple[str, str]]:
    reads, known = file.reads, set(register.localities["area_code"])
    lines = _strict.records(folder / file.name)
    _, heading = next(lines)
    wanted = [reads[name] for name in ("postcode", "area", "ended") if name in reads]
    for column in wanted:
        if column not in heading:
            raise fail(
                file.name, 1, column, "the column is missing", f"Correct `reads`. There are: {', '.join(heading)}."
            )
    at = {name: heading.index(reads[name]) for name in ("postcode", "area", "ended") if name in reads}
    pairs = []
    for number, cells in lines:
        code = cells[at["area"]].strip()
        if ("ended" in at and cells[at["ended"]].strip()) or code in reads.get("abroad", ()):
            continue
        locality = register.locality_of.get(code, register.recodes.get(code, code))
        if locality not in known:
            raise fail(file.name, number, reads["area"], f"'{code}' is no area that is known", UNCHANGED)
        district = outward(cells[at["postcode"]], file.name, number, reads["postcode"])
        if district:
            pairs.append((district, locality))
    if len(pairs) != reads["rows"]:
        what = f"{len(pairs)} rows are taken, but `reads` says {reads['rows']}"
        raise DataError([f"{file.name}: {what}. Look at the file, then correct `reads`."])
    return pairs
