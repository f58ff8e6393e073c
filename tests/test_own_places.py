"""A place that brings its own evidence: pages and a plain word, no public figure, and no part in any comparison."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from helpers import geography, own_places, render
from helpers.schemas import DataError
from repository import copy_of_repository, handbook

PACK = "place: {code: X99000777, name: Otherby, nation: none}\nfictional: true\nprepared_on: 2026-11-01\n"


def pack(folder, slug, text=PACK):
    (folder / slug).mkdir(parents=True, exist_ok=True)
    (folder / slug / "pack.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_pack_that_names_a_place_makes_one(tmp_path):
    register = geography.load(local=pack(tmp_path, "otherby"))
    place = register.place("X99000777")
    assert (place["name"], place["slug"], place["kind"], place["fictional"]) == (
        "Otherby",
        "otherby",
        "fictional place",
        True,
    )
    assert place["region_code"] == place["region"] == ""
    assert register.resolve("otherby") == register.resolve("x99000777") == "X99000777"
    assert "X99000777" not in set(register.localities["area_code"])  # what anything is compared with
    assert len(register.places) == len(register.localities) + 1
    assert register.names["X99000777"] == "Otherby"


def test_a_pack_of_a_locality_makes_no_place(tmp_path):
    assert own_places.read(pack(tmp_path, "trafford", "fictional: false\ncontroller: the council\n")) == {}
    named = "place: {slug: trafford, code: E08000009, name: Trafford}\nfictional: false\n"
    assert own_places.read(pack(tmp_path, "trafford", named)) == {}
    assert own_places.read(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("slug", "text", "says"),
    [
        ("otherby", PACK.replace("X99000777", "Otherby"), "data/local/otherby/pack.yml: place: code: "),
        ("otherby", PACK.replace("nation: none", "nation: Narnia"), "place: nation: "),
        ("otherby", PACK.replace("true", "perhaps"), "pack.yml: fictional: "),
        ("otherby", PACK.replace(" name: Otherby,", ""), "place: a place of its own needs a name"),
        ("otherby", "place: [", "pack.yml: cannot be read: "),
        ("southby", PACK, "Otherby needs the folder 'otherby'"),
        ("trafford", PACK.replace("Otherby", "Trafford"), "a locality is called so"),
    ],
)
def test_a_wrong_pack_says_what_to_write(tmp_path, monkeypatch, slug, text, says):
    monkeypatch.setattr(own_places.paths, "ROOT", tmp_path)
    with pytest.raises(DataError) as error:
        geography.load(local=pack(tmp_path / "data" / "local", slug, text))
    assert says in str(error.value)


def test_two_places_of_one_code_are_refused(tmp_path):
    pack(tmp_path, "otherby")
    with pytest.raises(DataError, match="X99000777 is also the code of otherby"):
        own_places.read(pack(tmp_path, "westby", PACK.replace("Otherby", "Westby")))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = copy_of_repository(tmp_path_factory.mktemp("own") / "repo")
    pack(root / "data" / "local", "otherby")
    (root / "said").write_text(handbook(root, "build", "--only", "otherby trafford").stdout)
    return root


def test_every_page_of_a_fictional_place_says_so_and_holds_no_public_figure(root):
    built = root / "book" / "_build" / "html" / "localities" / "otherby"
    pages = sorted(built.glob("*.html"))
    assert [p.stem for p in pages] == sorted(render.chapters())
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert '<p class="hb-fictional"><strong>Fictional place.</strong>' in text, page.stem
        assert "Otherby (fictional)" in text[: text.index("</title>")], page.stem
        assert "<figure" not in text or page.stem == "spend", page.stem  # there: who is not known, and no length
    for page in (built.parent / "trafford").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "hb-fictional" not in text and "Otherby" not in text
    assert "No public figure is held for Otherby" in (built / "overview.html").read_text(encoding="utf-8")
    assert "No public figure is held for this place" in (built / "needs.html").read_text(encoding="utf-8")


def test_it_is_listed_apart_and_is_not_on_the_map(root):
    site = root / "book" / "_build" / "html"
    landing = (site / "index.html").read_text(encoding="utf-8")
    assert '<a href="localities/otherby/overview.html">Otherby (fictional)</a>' in landing
    assert landing.count("X99000777") == 1  # in the list, and no shape of the map
    assert "built for 1 of the 218 localities" in landing
    assert "Otherby (fictional)" in (site / "regions" / "fictional-places.html").read_text(encoding="utf-8")
    listed = handbook(root, "list").stdout.splitlines()
    assert len(listed) == len(geography.register().places) + 1
    assert [line for line in listed if line.endswith(" Otherby (fictional) (Fictional places)")]


def test_it_stands_in_no_comparison_and_no_sum(root):
    """The bundles of every other place and all that they share are the same, byte for byte, without it."""
    shared = root / "build" / "bundles" / "_common"
    edition = json.loads((shared / "edition.json").read_text(encoding="utf-8"))
    assert "X99000777" in edition["own"] and len(edition["slugs"]) == len(geography.register().places) + 1
    before = {
        p.name: p.read_bytes()
        for folder in ("_common", "trafford")
        for p in (shared.parent / folder).rglob("*")
        if p.is_file()
    }
    assert not [name for name, text in before.items() if b"X99000777" in text and name != "edition.json"]
    (root / "data" / "local" / "otherby" / "pack.yml").rename(root / "pack.yml")
    try:
        handbook(root, "bundle", "--only", "trafford")
    finally:
        (root / "pack.yml").rename(root / "data" / "local" / "otherby" / "pack.yml")
    after = {
        p.name: p.read_bytes()
        for folder in ("_common", "trafford")
        for p in (shared.parent / folder).rglob("*")
        if p.is_file()
    }
    assert {n for n in before if before[n] != after.get(n)} <= {"edition.json", "made-from.txt"}
    assert not (shared.parent / "otherby").exists()  # without its pack it is no place
    handbook(root, "bundle", "--only", "otherby trafford")
    assert pd.read_csv(shared.parent / "otherby" / "series.csv").empty
