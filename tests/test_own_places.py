"""A place that brings its own evidence: pages and a plain word, no public figure, and no part in any comparison."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from helpers import geography, own_places, render
from helpers.schemas import DataError
from repository import copy_of_repository, handbook

PACK = "place: {code: X99000001, name: Northbeck, nation: none}\nfictional: true\nprepared_on: 2026-11-01\n"


def pack(folder, slug, text=PACK):
    (folder / slug).mkdir(parents=True, exist_ok=True)
    (folder / slug / "pack.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_pack_that_names_a_place_makes_one(tmp_path):
    register = geography.load(local=pack(tmp_path, "northbeck"))
    place = register.place("X99000001")
    assert (place["name"], place["slug"], place["kind"], place["fictional"]) == (
        "Northbeck",
        "northbeck",
        "fictional place",
        True,
    )
    assert place["region_code"] == place["region"] == ""
    assert register.resolve("northbeck") == register.resolve("x99000001") == "X99000001"
    assert "X99000001" not in set(register.localities["area_code"])  # what anything is compared with
    assert len(register.places) == len(register.localities) + 1


def test_a_pack_of_a_locality_makes_no_place(tmp_path):
    assert own_places.read(pack(tmp_path, "trafford", "fictional: false\ncontroller: the council\n")) == {}
    named = "place: {slug: trafford, code: E08000009, name: Trafford}\nfictional: false\n"
    assert own_places.read(pack(tmp_path, "trafford", named)) == {}
    assert own_places.read(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("slug", "text", "says"),
    [
        ("northbeck", PACK.replace("X99000001", "Northbeck"), "data/local/northbeck/pack.yml: place: code: "),
        ("northbeck", PACK.replace("nation: none", "nation: Narnia"), "place: nation: "),
        ("northbeck", PACK.replace("true", "perhaps"), "pack.yml: fictional: "),
        ("northbeck", PACK.replace(" name: Northbeck,", ""), "place: a place of its own needs a name"),
        ("northbeck", "place: [", "pack.yml: cannot be read: "),
        ("southbeck", PACK, "Northbeck needs the folder 'northbeck'"),
        ("trafford", PACK.replace("Northbeck", "Trafford"), "a locality is called so"),
    ],
)
def test_a_wrong_pack_says_what_to_write(tmp_path, monkeypatch, slug, text, says):
    monkeypatch.setattr(own_places.paths, "ROOT", tmp_path)
    with pytest.raises(DataError) as error:
        geography.load(local=pack(tmp_path / "data" / "local", slug, text))
    assert says in str(error.value)


def test_two_places_of_one_code_are_refused(tmp_path):
    pack(tmp_path, "northbeck")
    with pytest.raises(DataError, match="X99000001 is also the code of northbeck"):
        own_places.read(pack(tmp_path, "westbeck", PACK.replace("Northbeck", "Westbeck")))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = copy_of_repository(tmp_path_factory.mktemp("own") / "repo")
    pack(root / "data" / "local", "northbeck")
    (root / "said").write_text(handbook(root, "build", "--only", "northbeck trafford").stdout)
    return root


def test_every_page_of_a_fictional_place_says_so_and_holds_no_public_figure(root):
    built = root / "book" / "_build" / "html" / "localities" / "northbeck"
    pages = sorted(built.glob("*.html"))
    assert [p.stem for p in pages] == sorted(render.chapters())
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert '<p class="hb-fictional"><strong>Fictional place.</strong>' in text, page.stem
        assert "Northbeck (fictional)" in text[: text.index("</title>")], page.stem
        assert "<figure" not in text or page.stem == "spend", page.stem  # there: who is not known, and no length
    for page in (built.parent / "trafford").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "hb-fictional" not in text and "Northbeck" not in text
    assert "No public figure is held for Northbeck" in (built / "overview.html").read_text(encoding="utf-8")
    assert "No public figure is held for this place" in (built / "needs.html").read_text(encoding="utf-8")


def test_it_is_listed_apart_and_is_not_on_the_map(root):
    site = root / "book" / "_build" / "html"
    landing = (site / "index.html").read_text(encoding="utf-8")
    assert '<a href="localities/northbeck/overview.html">Northbeck (fictional)</a>' in landing
    assert landing.count("X99000001") == 1  # in the list, and no shape of the map
    assert "built for 1 of the 218 localities" in landing
    assert "Northbeck (fictional)" in (site / "regions" / "fictional-places.html").read_text(encoding="utf-8")
    listed = handbook(root, "list").stdout.splitlines()
    assert len(listed) == 219 and listed[-1].endswith("Northbeck (fictional) (Fictional places)")


def test_it_stands_in_no_comparison_and_no_sum(root):
    """The bundles of every other place and all that they share are the same, byte for byte, without it."""
    shared = root / "build" / "bundles" / "_common"
    edition = json.loads((shared / "edition.json").read_text(encoding="utf-8"))
    assert edition["own"] == ["X99000001"] and len(edition["slugs"]) == 219
    before = {p.name: p.read_bytes() for folder in ("_common", "trafford") for p in (shared.parent / folder).iterdir()}
    assert not [name for name, text in before.items() if b"X99000001" in text and name != "edition.json"]
    (root / "data" / "local" / "northbeck" / "pack.yml").rename(root / "pack.yml")
    try:
        handbook(root, "bundle", "--only", "trafford")
    finally:
        (root / "pack.yml").rename(root / "data" / "local" / "northbeck" / "pack.yml")
    after = {p.name: p.read_bytes() for folder in ("_common", "trafford") for p in (shared.parent / folder).iterdir()}
    assert {n for n in before if before[n] != after.get(n)} <= {"edition.json", "made-from.txt"}
    series = pd.read_csv(shared.parent / "northbeck" / "series.csv")
    assert series.empty
