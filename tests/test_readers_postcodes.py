"""Postcode districts: from the real lists of Greater Manchester, and from a file laid out as the ONS Postcode Directory."""

from __future__ import annotations

import csv

import pytest

import tiny
from helpers import catalogue, geography, paths, schemas
from helpers.readers import postcodes
from helpers.schemas import DataError

# the columns of the ONS Postcode Directory that matter here, with two rows that it leaves out: an ended one, and Jersey
DIRECTORY = """pcds,doterm,oslaua,lat
M33 4AB,,E08000009,53.4
M33 9ZZ,199606,E08000009,53.4
CB1 1AA,,E07000008,52.2
S1 1AA,,E08000019,53.4
JE2 3AB,,L99999999,49.2
CF10 1AA,,W06000015,51.5
"""
READS = {"postcode": "pcds", "area": "oslaua", "ended": "doterm", "abroad": ["L99999999"], "rows": 4}


def read(folder, text=DIRECTORY, **changes):
    (folder / "onspd.csv").write_text(text, encoding="utf-8")
    source = tiny.source("postcodes", [tiny.file("onspd.csv", **READS | changes)])
    return postcodes.tables(folder, source, geography.register())["postcode_districts"]


def test_a_directory_of_postcodes_gives_districts_of_the_localities_of_today(tmp_path):
    found = schemas.validate(read(tmp_path), schemas.POSTCODE_DISTRICTS, "x")
    assert list(found.itertuples(index=False, name=None)) == [
        ("CB1", "E10000003", 1, "tiny"),  # Cambridge is a district of Cambridgeshire
        ("CF10", "W06000015", 1, "tiny"),
        ("M33", "E08000009", 1, "tiny"),
        ("S1", "E08000039", 1, "tiny"),  # Sheffield's code before 2025
    ]


@pytest.mark.parametrize(
    "change, told",
    [
        ({"postcode": "pcd"}, r"row 1, column 'pcd': the column is missing"),
        ({"abroad": []}, r"row 6, column 'oslaua': 'L99999999' is no area that is known"),
        ({"rows": 5}, r"4 rows are taken, but `reads` says 5"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, change, told):
    with pytest.raises(DataError, match=told):
        read(tmp_path, **change)
    with pytest.raises(DataError, match=r"row 2, column 'pcds': this is not a postcode"):
        read(tmp_path, DIRECTORY.replace("M33 4AB", "33 Oak Road"))


def test_the_committed_table_is_that_of_the_real_lists(raw):
    """Every pair of the table has a row of the lists, read here in another way, and none is left out."""
    source = catalogue.sources()["gm-postcodes"]
    seen = set()
    for name, postcode, area in (
        ("gm_libraries.csv", "postcode", "area_code"),
        ("gm_food_banks.csv", "Postcode", "Area code"),
    ):
        with open(raw / source.folder / name, encoding="utf-8-sig", newline="") as stream:
            seen |= {(row[postcode].strip()[:-3].strip(), row[area]) for row in csv.DictReader(stream) if row[postcode]}
    with open(paths.FIGURES / "postcode_districts.csv", newline="") as stream:
        table = {(row["postcode_district"], row["area_code"]) for row in csv.DictReader(stream)}
    assert table == {pair for pair in seen if pair[0]}
    assert ("M33", "E08000009") in table and len({code for _, code in table}) == 10
