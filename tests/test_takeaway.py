"""What is taken away is whole, says what it is, and is the same bytes each time."""

from __future__ import annotations

import csv
import json
import zipfile

import pytest
from rocrate.rocrate import ROCrate

from helpers import takeaway
from helpers.schemas import DataError

SERIES = "indicator,period,value,unit,status,source,england,dfe_median,dfe_n\n"
ROWS = "needs_one,2024-04-01/P1Y,1.5,pct,final,s,2.5,3.5,10\nspend_one,2024-04-01/P1Y,7,gbp,final,s,8,9,10\n"


@pytest.fixture
def bundles(tmp_path):
    folder = tmp_path / "bundles"
    (folder / "_common").mkdir(parents=True)
    (folder / "a-place").mkdir()
    indicators = {k: {"chapter": k[: -len("_one")], "title": f"=Title of {k}"} for k in ("needs_one", "spend_one")}
    source = {"title": "S", "publisher": "P", "landing_page": "https://www.gov.uk/", "licence": "OGL-UK-3.0"}
    (folder / "_common" / "indicators.json").write_text(json.dumps(indicators))
    (folder / "_common" / "sources.json").write_text(json.dumps({"s": source}))
    (folder / "a-place" / "place.json").write_text(json.dumps({"area_code": "E06000001", "name": "A place"}))
    (folder / "a-place" / "series.csv").write_text(SERIES + ROWS)
    (folder / "a-place" / "made-from.txt").write_text("x")
    return folder


@pytest.fixture
def site(bundles, tmp_path):
    site = tmp_path / "site"
    for chapter in ("overview", "needs"):
        path = site / "_sources" / "localities" / "a-place" / f"{chapter}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    takeaway.publish(["a-place"], ["overview", "needs"], "2026-11-22", bundles, site)
    return site


def rows(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_chapters_file_has_its_indicators_with_area_and_comparators(site):
    data = site / "localities" / "a-place" / "data"
    (row,) = rows(data / "a-place-needs-2026-11-22.csv")
    assert row == {
        "area_code": "E06000001", "area": "A place", "edition": "2026-11-22", "chapter": "needs",
        "indicator": "needs_one", "title": "'=Title of needs_one", "period": "2024-04-01/P1Y", "value": "1.5",
        "unit": "pct", "status": "final", "source": "s", "england": "2.5", "dfe_median": "3.5", "dfe_n": "10",
    }  # fmt: skip
    assert [r["chapter"] for r in rows(data / "a-place-all-2026-11-22.csv")] == ["needs", "spend"]


def test_the_metadata_name_the_columns_in_their_order(site):
    data = site / "localities" / "a-place" / "data"
    said = json.loads((data / "a-place-needs-2026-11-22.csv-metadata.json").read_text())
    with open(data / said["url"], newline="") as stream:
        assert [c["name"] for c in said["tableSchema"]["columns"]] == next(csv.reader(stream))
    assert said["@context"][0] == "http://www.w3.org/ns/csvw"
    assert all(c["dc:description"] for c in said["tableSchema"]["columns"])
    kinds = {c["name"]: c["datatype"] for c in said["tableSchema"]["columns"]}
    assert (kinds["value"], kinds["edition"], kinds["title"], kinds["dfe_n"]) == ("number", "date", "string", "number")


def test_the_bundle_is_whole_and_the_same_bytes_each_time(site, bundles):
    path = site / "localities" / "a-place" / "data" / "a-place-bundle-2026-11-22.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert "bundles/a-place/series.csv" in archive.namelist()
        assert not [n for n in archive.namelist() if "made-from" in n]
    before = path.read_bytes()
    path.unlink()
    takeaway.publish(["a-place"], ["overview", "needs"], "2026-11-22", bundles, site)
    assert path.read_bytes() == before


def test_files_of_another_edition_do_not_stay(site, bundles):
    old = site / "localities" / "a-place" / "data" / "a-place-needs-2025-01-01.csv"
    old.write_text("x")
    takeaway.publish(["a-place"], ["overview", "needs"], "2026-11-22", bundles, site)
    assert not old.exists()


def test_the_crate_is_one_that_rocrate_reads_and_its_files_are_there(site):
    crate = ROCrate(site)
    assert crate.root_dataset["datePublished"].startswith("2026-11-22")
    assert crate.root_dataset["license"]["name"] == "Open Government Licence v3.0"
    files = [e for e in crate.data_entities if e.type == "File"]
    assert len(files) == 7  # two tidy files with their metadata, the bundle, two notebooks
    assert all((site / e.id).is_file() for e in files)
    assert "A place" in {e["name"] for e in crate.root_dataset["hasPart"]}


@pytest.mark.slow
def test_every_column_of_a_real_bundle_is_described(built):
    with open(built / "build" / "bundles" / "trafford" / "series.csv", encoding="utf-8", newline="") as stream:
        columns = next(csv.reader(stream))
    assert "benchmark" in columns
    assert [c for c in columns if takeaway.described(c) == c.replace("_", " ")] == []


def test_a_printed_pack_is_listed_and_one_of_an_earlier_build_is_not_left(site, bundles):
    printed = site / "localities" / "a-place" / "data" / "a-place-pack-2026-11-22.pdf"
    printed.write_bytes(b"%PDF-1.4")
    takeaway.publish(["a-place"], ["overview", "needs"], "2026-11-22", bundles, site, packs=True)
    listed = {e.id: e["encodingFormat"] for e in ROCrate(site).data_entities if e.type == "File"}
    assert listed["localities/a-place/data/a-place-pack-2026-11-22.pdf"] == "application/pdf"
    takeaway.publish(["a-place"], ["overview", "needs"], "2026-11-22", bundles, site)
    assert not printed.exists()


def test_without_bundles_the_command_to_run_is_told(tmp_path):
    with pytest.raises(DataError, match="Run: handbook bundle"):
        takeaway.chapters_files(["needs"], tmp_path)


def test_what_has_not_changed_is_not_written_again(site, bundles, tmp_path, monkeypatch):
    memory = tmp_path / "taken.json"

    def publish():
        takeaway.publish(["a-place"], ["overview", "needs"], "2026-11-22", bundles, site, memory=memory)

    publish()
    crate = (site / "ro-crate-metadata.json").read_bytes()
    written, write = [], takeaway.write_locality
    monkeypatch.setattr(takeaway, "write_locality", lambda *a: written.append(a[0]) or write(*a))
    publish()
    assert not written and (site / "ro-crate-metadata.json").read_bytes() == crate
    zipped = site / "localities" / "a-place" / "data" / "a-place-bundle-2026-11-22.zip"
    zipped.unlink()
    publish()
    assert zipped.exists() and written == ["a-place"]
    (bundles / "_common" / "needs").mkdir()
    (bundles / "_common" / "needs" / "more.json").write_text("{}")
    publish()
    with zipfile.ZipFile(zipped) as archive:
        assert "bundles/_common/needs/more.json" in archive.namelist()
    (bundles / "a-place" / "series.csv").write_text(SERIES + ROWS.replace("1.5", "1.6"))
    publish()
    assert rows(site / "localities" / "a-place" / "data" / "a-place-needs-2026-11-22.csv")[0]["value"] == "1.6"
    assert len(written) == 3


def test_the_neighbours_of_earlier_periods_stand_in_a_chapters_file_too(bundles, tmp_path):
    """In the bundle they stand in a folder of the chapter that shows them."""
    place = bundles / "a-place"
    place.joinpath("series.csv").write_text(SERIES + "needs_one,2023-04-01/P1Y,1.4,pct,final,s,2.4,,\n" + ROWS)
    place.joinpath("needs").mkdir()
    place.joinpath("needs", "neighbours.csv").write_text(
        "indicator,period,dfe_median,dfe_n\nneeds_one,2023-04-01/P1Y,3.3,9\n"
    )
    takeaway.publish(["a-place"], ["needs"], "2026-11-22", bundles, tmp_path / "site")
    found = rows(tmp_path / "site" / "localities" / "a-place" / "data" / "a-place-needs-2026-11-22.csv")
    assert [(r["period"][:4], r["value"], r["dfe_median"], r["dfe_n"]) for r in found] == [
        ("2023", "1.4", "3.3", "9"),
        ("2024", "1.5", "3.5", "10"),
    ]
    with zipfile.ZipFile(tmp_path / "site/localities/a-place/data/a-place-bundle-2026-11-22.zip") as archive:
        assert "bundles/a-place/needs/neighbours.csv" in archive.namelist()
