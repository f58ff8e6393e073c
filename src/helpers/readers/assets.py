"""A locality's public lists of what people there can use: hubs, libraries, clubs, food banks, charities.

Kept are the kind, the name, the postcode district and the date of the list: no address, no contact, no person. They
make tables of the locality's pack in data/local, and no figures. The `reads:` of each file in data/sources says

    area_code   the locality
    kind        what each row is
    list        what the list is called, in our words
    name        the column of names; left out where only the number for each district is kept
    postcode    the column of postcodes
    only        {column: value} of the rows that are taken, where the list covers more places
    home        true where all rows stand in the locality: their districts are taken as its own
    register    the definition under which its rows stand in the register of shared institutions, if they do
    rows        how many rows are taken
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ..catalogue import File, Source
from ..schemas import DataError
from . import _strict
from ._common import fail

OUTWARD = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?$")
ELSEWHERE = " with an address in another district"
COLUMNS = {
    # table of a pack (helpers.pack.columns): its columns, and what its rows are sorted by
    "assets": (
        ["kind", "name", "how_many", "postcode_district", "source", "source_date"],
        ["kind", "name", "postcode_district"],
    ),
    "register": (
        ["kind", "name", "definition", "date", "status", "postcode_district", "source"],
        ["kind", "name"],
    ),
}


def pack(folder: Path, source: Source) -> dict[str, pd.DataFrame]:
    """Return the tables assets and register of a pack, from the lists of one locality. Raises DataError."""
    lists = [(file, listed(folder, file)) for file in source.files]
    home = {d for file, rows in lists if file.reads.get("home") for d in rows["district"] if d}
    assets, register = [], []
    for file, rows in lists:
        reads = file.reads
        usual = {"source": reads["list"], "source_date": file.release_date}
        if reads.get("name"):
            for row in rows.itertuples():
                assets.append(
                    {"kind": reads["kind"], "name": row.name, "how_many": 1, "postcode_district": row.district, **usual}
                )
        else:
            there = rows["district"].where(rows["district"].isin(home), "")
            for district, number in there.value_counts().items():
                kind = reads["kind"] + ("" if district else ELSEWHERE)
                assets.append(
                    {"kind": kind, "name": "", "how_many": int(number), "postcode_district": district, **usual}
                )
        for row in rows.itertuples() if reads.get("register") else ():
            register.append(
                {
                    "kind": "other shared institution",
                    "name": f"{row.name} {reads['kind']}",
                    "definition": reads["register"],
                    "date": file.release_date,
                    "status": "yes",
                    "postcode_district": row.district,
                    "source": reads["list"],
                }
            )
    made = {"assets": assets, "register": register}
    return {
        name: pd.DataFrame(made[name], columns=columns).sort_values(order, kind="stable", ignore_index=True)
        for name, (columns, order) in COLUMNS.items()
        if made[name]
    }


def listed(folder: Path, file: File) -> pd.DataFrame:
    """Return the rows of one list that are taken: name ("" where none is kept) and district ("" where none is given).

    Raises DataError for a column that is not there, a postcode that is none, or a number of rows other than `reads`.
    """
    reads = file.reads
    lines = _strict.records(folder / file.name)
    _, heading = next(lines)
    wanted = [c for c in (reads.get("name"), reads["postcode"], *reads.get("only", {})) if c]
    for column in wanted:
        if column not in heading:
            raise fail(
                file.name, 1, column, "the column is missing", f"Correct `reads`. There are: {', '.join(heading)}."
            )
    rows = []
    for number, cells in lines:
        record = dict(zip(heading, cells, strict=True))
        if all(record[column] == value for column, value in reads.get("only", {}).items()):
            name = " ".join(record[reads["name"]].split()) if reads.get("name") else ""
            rows.append((name, outward(record[reads["postcode"]], file.name, number, reads["postcode"])))
    if len(rows) != reads["rows"]:
        what = f"{len(rows)} rows are taken, but `reads` says {reads['rows']}"
        raise DataError([f"{file.name}: {what}. Look at the file, then correct `reads`."])
    return pd.DataFrame(rows, columns=["name", "district"])


def outward(postcode: str, file: str, row: int, column: str) -> str:
    """Return the first half of a postcode; the second half is dropped here and may be misspelt."""
    plain = " ".join(postcode.upper().split())
    if plain in ("", "NA"):
        return ""
    half = plain.split(" ")[0] if " " in plain else plain[:-3]
    if not OUTWARD.match(half):
        raise fail(file, row, column, "this is not a postcode", "Correct it, or leave the cell empty.")
    return half
