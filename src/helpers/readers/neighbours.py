"""Neighbours in likeness: the lists of similar authorities of the Department for Education and of the ONS.

The file's `reads:` in data/sources says which list it is and how it is laid out:

    comparator   dfe or ons
    layout       long: one row an authority and neighbour (la_code, SN, SN_code)
                 wide: one row an authority (AREACD), its neighbours in the columns 1, 2, 3, nearest first
    take         how many neighbours to keep at most
    nations      the first letters of the GSS codes that the list is for; EWSN where it is not said
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from .. import geography
from ..catalogue import File, Source
from ..geography import Register
from ..schemas import AREA_CODE
from . import _common, _csv

COLUMNS = ["comparator", "area_code", "position", "neighbour_code"]
LONG = ["la_code", "SN", "SN_code"]


def tables(folder: Path, source: Source, register: Register | None = None) -> dict[str, pd.DataFrame]:
    """Return the table `neighbours` (schemas.NEIGHBOURS): for each locality its nearest, `position` 1 first.

    Old codes move to new ones. Neighbours that are no locality of the handbook (districts) are left out and the rest
    move up, so a locality can have fewer than `take`.
    Raises DataError for a column or code that is not known, a locality without a row, and a neighbour that is
    listed twice.
    """
    register = register or geography.load()
    parts = []
    for file in source.files:
        layout = file.reads.get("layout")
        if layout not in ("long", "wide"):
            what = f"reads: layout: '{layout}' is not known"
            raise _common.fail(file.name, None, None, what, "Use one of: long, wide.")
        pairs = _long(folder, file) if layout == "long" else _wide(folder, file)
        parts.append(_nearest(pairs, file, register))
    return {"neighbours": pd.concat(parts, ignore_index=True)}


def _long(folder: Path, file: File) -> pd.DataFrame:
    text = _csv.read(folder, file.name, LONG)
    for row in text.index[~text["SN"].str.fullmatch(r"\d+")]:
        what = f"'{text.at[row, 'SN']}' is not a rank"
        raise _common.fail(file.name, row + 2, "SN", what, "Expected 1, 2, 3.")
    pairs = pd.DataFrame(
        {
            "area_code": text["la_code"],
            "rank": text["SN"].astype(int),
            "neighbour_code": text["SN_code"],
            "row": text.index + 2,
        }
    )
    return _with_codes(pairs, file)


def _wide(folder: Path, file: File) -> pd.DataFrame:
    text = _csv.read(folder, file.name, ["AREACD", *(str(n + 1) for n in range(file.reads["take"]))])
    ranks = [c for c in text if c.isdigit()]
    pairs = text.assign(row=text.index + 2).melt(["AREACD", "row"], ranks, "rank", "neighbour_code")
    pairs = pairs.rename(columns={"AREACD": "area_code"}).astype({"rank": int})
    # a combined authority has a shorter list: its last columns are empty
    last = pairs["rank"].where(pairs["neighbour_code"] != "").groupby(pairs["area_code"]).transform("max")
    return _with_codes(pairs[pairs["rank"] <= last], file)


def _with_codes(pairs: pd.DataFrame, file: File) -> pd.DataFrame:
    for pair in pairs.itertuples():
        for code in (pair.area_code, pair.neighbour_code):
            if not re.fullmatch(AREA_CODE, code):
                what = f"'{code}' (neighbour {pair.rank}) is not a GSS code"
                raise _common.fail(file.name, pair.row, None, what, _csv.UNCHANGED)
    return pairs


def _nearest(pairs: pd.DataFrame, file: File, register: Register) -> pd.DataFrame:
    localities = set(register.localities["area_code"])
    pairs = pairs.copy()
    for column in ("area_code", "neighbour_code"):
        pairs[column] = pairs[column].replace(register.recodes)
    nations = file.reads.get("nations", "EWSN")
    for code in sorted(c for c in localities - set(pairs["area_code"]) if c[0] in nations):
        what = f"{code} ({register.names[code]}) has no neighbours"
        remedy = "Its code may have changed: see data/figures/area_changes.csv."
        raise _common.fail(file.name, None, None, what, remedy)
    pairs = pairs[pairs["area_code"].isin(localities) & pairs["neighbour_code"].isin(localities)]
    itself = pairs["area_code"] == pairs["neighbour_code"]
    twice = pairs.duplicated(["area_code", "neighbour_code"]) | pairs.duplicated(["area_code", "rank"])
    for pair in pairs[itself | twice].itertuples():
        what = f"neighbour {pair.rank} of {pair.area_code}, {pair.neighbour_code}, is itself or is there twice"
        raise _common.fail(file.name, pair.row, None, what, _csv.UNCHANGED)
    pairs = pairs.sort_values(["area_code", "rank"])
    pairs["position"] = pairs.groupby("area_code").cumcount() + 1
    kept = pairs[pairs["position"] <= file.reads["take"]]
    return kept.assign(comparator=file.reads["comparator"])[COLUMNS].reset_index(drop=True)
