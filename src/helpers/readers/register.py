"""The register of places, from ONS geography look-ups and the mySociety register of authorities."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..catalogue import Source
from ..paths import slugify

KINDS = {
    "E06": "unitary authority",
    "E08": "metropolitan district",
    "E09": "London borough",
    "E10": "county council",
    "W06": "unitary authority",
    "S12": "council area",
    "N09": "local government district",
}
SINGLE = ("E06", "E08", "E09", "W06", "S12", "N09")  # no council stands above or below these


def _csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def tables(folder: Path, source: Source, register: None = None) -> dict[str, pd.DataFrame]:
    """Return the tables `localities`, `districts` and `area_changes` (schemas of those names).

    Shapes: 218 localities, the 153 upper-tier and unitary authorities of England and every council of Wales (22),
    Scotland (32) and Northern Ireland (11), whose region is their nation; every English lower-tier code since 2011;
    every change of an upper-tier code since 2013.
    """
    lookup = _csv(folder / "la_all_codes.csv")
    reads = {key: value for file in source.files for key, value in file.reads.items()}
    localities = _localities(folder)
    return {
        "localities": localities,
        "districts": _districts(lookup[lookup["LADCD"].str.startswith("E")], set(localities["area_code"])),
        "area_changes": _area_changes(folder, lookup, reads),
    }


def _localities(folder: Path) -> pd.DataFrame:
    places = _csv(folder / "utla_all_codes.csv")
    places = places[places["UTLACD"].str[:3].isin(KINDS)]
    # outside England there are no regions: the nation stands in their place
    for region, nation in (("RGNCD", "CTRYCD"), ("RGNNM", "CTRYNM")):
        places[region] = places[region].mask(places[region].str.strip() == "", places[nation])
    return pd.DataFrame(
        {
            "area_code": places["UTLACD"],
            "name": places["UTLANM"],
            "slug": places["UTLANM"].map(slugify),
            "kind": places["UTLACD"].str[:3].map(KINDS),
            "region_code": places["RGNCD"],
            "region": places["RGNNM"],
        }
    ).sort_values("area_code")


def _districts(lookup: pd.DataFrame, localities: set[str]) -> pd.DataFrame:
    # an old code's own UTLACD is already the current one; a locality that is its own district stays itself
    lower = lookup[lookup["UTLACD"].isin(localities)]
    return pd.DataFrame(
        {
            "district_code": lower["LADCD"],
            "district": lower["LADNM"],
            "current_code": lower["LADCD_ACTIVE"],
            "locality_code": lower["UTLACD"],
            "current": lower["Current"].str.upper().map({"TRUE": "yes", "FALSE": "no"}),
        }
    ).sort_values("district_code")


def _area_changes(folder: Path, lookup: pd.DataFrame, reads: dict) -> pd.DataFrame:
    published = _csv(folder / "uk-topojson_changes.csv")
    years = {**dict(zip(published["oldcd"], published["start"], strict=True)), **reads["recode_years"]}
    names = dict(zip(lookup["LADCD"], lookup["LADNM"], strict=True))
    rows = []
    single = lookup[lookup["LADCD"].str[:3].isin(SINGLE) & (lookup["LADCD"] != lookup["LADCD_ACTIVE"])]
    for row in single.itertuples():
        kind = "recode" if row.LADNM == row.LADNM_ACTIVE else "part"
        rows.append((row.LADCD, row.LADNM, row.LADCD_ACTIVE, row.LADNM_ACTIVE, kind, int(years[row.LADCD])))

    councils = _csv(folder / "mysociety_uk_local_authorities_current.csv").set_index("local-authority-code")
    ended = councils[councils["gss-code"].str.startswith("E10") & (councils["replaced-by"] != "")]
    for old in ended.itertuples():
        record = councils.loc[old.Index]
        for successor in record["replaced-by"].split(","):
            new = councils.at[successor.strip(), "gss-code"]
            kind = "same_boundary" if record["gss-code"] in reads["same_boundary"] else "part"
            year = int(years[record["gss-code"]])
            rows.append((record["gss-code"], record["nice-name"], new, names[new], kind, year))
    columns = ["old_code", "old_name", "new_code", "new_name", "kind", "year"]
    return pd.DataFrame(rows, columns=columns).sort_values(["old_code", "new_code"])
