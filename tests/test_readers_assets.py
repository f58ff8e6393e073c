"""Trafford's public lists: the pack that is shipped is what the reader makes of them, and holds no contact."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest

from helpers import catalogue, local_evidence, pack, paths, schemas, sources
from helpers.readers import assets
from tiny import file, source

FOLDER = paths.LOCAL / "trafford"
SHIPPED = pd.read_csv(FOLDER / "assets.csv", dtype=str, keep_default_na=False)


def test_the_pack_regenerates_byte_for_byte(raw, tmp_path):
    made = sources.packs(raw, tmp_path)
    assert sorted(p.name for p in made) == ["assets.csv", "register.csv"]
    for path in made:
        assert path.read_bytes() == (FOLDER / path.name).read_bytes()


def test_the_counts_are_those_of_the_lists(raw):
    """Counted here with the plainest tool there is, from the publisher's rows."""

    def lines(name):
        with open(raw / "trafford" / name, encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    counts = SHIPPED.assign(n=SHIPPED["how_many"].astype(int)).groupby("kind")["n"].sum()
    here = [r for r in lines("gm_libraries.csv") if r["area_name"] == "Trafford"]
    assert counts["library"] == len(here) == 13
    assert counts["food bank"] == sum(r["Area name"] == "Trafford" for r in lines("gm_food_banks.csv")) == 7
    assert counts["sports club"] == len(lines("sports_clubs.csv"))
    charities = lines("charities_operating_in_trafford.csv")
    assert counts["charity"] + counts["charity" + assets.ELSEWHERE] == len(charities) == 736
    sale = SHIPPED[(SHIPPED["kind"] == "charity") & (SHIPPED["postcode_district"] == "M33")]["how_many"].tolist()
    assert sale == [str(sum(r["charity_contact_postcode"].strip().startswith("M33") for r in charities))]


def test_nothing_but_kind_name_and_district_is_shipped(raw):
    text = (FOLDER / "assets.csv").read_text(encoding="utf-8") + (FOLDER / "register.csv").read_text(encoding="utf-8")
    assert not re.search(r"@|https?:|www\.|\b0\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", text)
    with open(raw / "trafford" / "charities_operating_in_trafford.csv", encoding="utf-8-sig", newline="") as stream:
        assert not any(r["charity_name"] in text for r in csv.DictReader(stream) if len(r["charity_name"]) > 12)
    with open(raw / "trafford" / "sports_clubs.csv", encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert not any(r["address"] in text for r in rows if "," in r["address"])
    assert all(r["name"].split()[0] in text for r in rows)


def test_the_pack_passes_its_own_check_and_reaches_the_page():
    own, faults = pack.examine(FOLDER)
    assert faults == []
    assert not own.fictional
    found = local_evidence.of_place("trafford", code="E08000009")["institutions"]
    assert {a["kind"]: a["how_many"] for a in found["assets"]}["community hub"] == 6
    assert sum(r["status"] == "yes" for r in found["register"]) == 6
    assert sum(r["status"] == "unknown" for r in found["register"]) == 4


def test_the_reader_s_columns_are_those_of_the_pack():
    for name, (columns, _) in assets.COLUMNS.items():
        assert tuple(columns) == pack.TABLES[name].names


READS = {"area_code": "E08000009", "kind": "club", "list": "L", "name": "n", "postcode": "p", "home": True, "rows": 2}


def made(tmp_path, text, **changes):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    return assets.pack(tmp_path, source("assets", [file("a.csv") | {"reads": READS | changes}]))["assets"]


def test_a_misspelt_second_half_of_a_postcode_does_no_harm(tmp_path):
    found = made(tmp_path, "n,p\nA,wa15 OHF\nB,m169nw \n")
    assert found["postcode_district"].tolist() == ["WA15", "M16"]


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("n,p\nA,nowhere\nB,M1 1AA\n", {}, r"a\.csv: row 2, column 'p': this is not a postcode"),
        ("n,q\nA,M1 1AA\n", {}, r"column 'p': the column is missing"),
        ("n,p\nA,M1 1AA\n", {}, r"1 rows are taken, but `reads` says 2"),
        ("n,p\nA,M1 1AA\nB,M1 1AA\n", {"only": {"area": "x"}}, r"column 'area': the column is missing"),
    ],
)
def test_faults_are_told(tmp_path, text, changes, message):
    with pytest.raises(schemas.DataError, match=message):
        made(tmp_path, text, **changes)


def test_a_changed_file_is_refused(raw, tmp_path):
    folder = tmp_path / "trafford"
    folder.mkdir()
    for item in catalogue.sources()["trafford-assets"].files:
        (folder / item.name).write_bytes((raw / "trafford" / item.name).read_bytes() + b"\n")
    with pytest.raises(schemas.DataError, match="sha256 is"):
        sources.packs(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
