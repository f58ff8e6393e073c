"""Pages that list places: every place is reachable, and no name can become markup."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from helpers import catalogue, geography, landing, landing_map, place_pages, source_list
from helpers.schemas import DataError

ATTACK = """"><img src=x onerror=alert(1)> & <script>alert(1)</script> *b* {code-cell} `x` $y$"""


@pytest.fixture(scope="module")
def register():
    return geography.register()


@pytest.fixture
def shapes(tmp_path):
    """A made-up map: a square each for three places, one of them in London."""
    path = tmp_path / "boundaries.json"
    squares = {"E08000009": "M0 0 9 0 9 9 0 9Z", "E09000001": "M20 20 24 20 24 24Z", "E09000002": "M24 20 28 20 28 26Z"}
    path.write_text(json.dumps({"width": 100, "height": 120, "places": squares}))
    return path


class Tags(HTMLParser):
    """Every start tag of a page with its attributes, as a browser would see them."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def landing_of(places, register, tmp_path, shapes, **rest):
    landing.write_landing(places, register, "overview", folder=tmp_path, shapes=shapes, **rest)
    return (tmp_path / "_generated" / "landing.html").read_text(encoding="utf-8")


def test_every_locality_is_in_the_list_and_says_its_code(register, tmp_path, shapes):
    text = landing_of(register.localities, register, tmp_path, shapes)
    listed = {a["data-code"] for a in Tags(text).of("li") if "data-code" in a}
    assert listed == set(register.localities["area_code"])
    assert {"E09000001", "E06000053"} <= listed  # City of London, Isles of Scilly
    links = {a["href"] for a in Tags(text).of("a")}
    assert {f"localities/{slug}/overview.html" for slug in register.localities["slug"]} <= links
    assert "All 218 localities of the United Kingdom are here: 153 in England" in text


def test_a_place_is_found_by_its_districts_and_by_what_it_was(register, tmp_path, shapes):
    text = landing_of(register.localities, register, tmp_path, shapes)
    also = {a["data-code"]: a.get("data-also", "").split("|") for a in Tags(text).of("li") if "data-code" in a}
    assert "Cambridge" in also["E10000003"]
    assert "Barrow-in-Furness" in also["E06000064"]
    assert "E08000019" in also["E08000039"]  # Sheffield's code before 2025


def test_a_place_is_found_by_postcode_districts_and_how_far_they_go_is_said(register, tmp_path, shapes):
    text = landing_of(register.localities, register, tmp_path, shapes)
    post = {a["data-code"]: a["data-post"].split("|") for a in Tags(text).of("li") if "data-post" in a}
    assert "M33" in post["E08000009"] and len(post) == 10
    assert "such as M33, works for 10 councils of the North West only" in text
    every = pd.DataFrame(
        {"postcode_district": "AB1", "area_code": register.localities["area_code"], "rows": 1, "source": "s"}
    )
    for districts, said in (
        (every, "So does the first half of a postcode, such as AB1."),
        (every[:0], "Postcodes do not"),
    ):
        assert said in landing_of(register.localities, replace(register, postcodes=districts), tmp_path, shapes)


def test_the_map_links_what_is_built_and_says_what_is_not(register, tmp_path, shapes):
    places = register.localities[register.localities["slug"].isin(["trafford", "city-of-london"])]
    text = landing_of(places, register, tmp_path, shapes)
    shown = [a for a in Tags(text).of("a") if "aria-label" in a]
    assert [(a["aria-label"], a["href"], a.get("tabindex")) for a in shown] == [
        ("Trafford", "localities/trafford/overview.html", None),
        ("City of London", "localities/city-of-london/overview.html", "-1"),
        ("City of London", "localities/city-of-london/overview.html", None),
    ]
    assert text.count("<title>Barking and Dagenham: not in this book</title>") == 2
    assert "It was built for 2 of the 218 localities" in text
    assert 'viewBox="20 20 8 6"' in text  # London's own frame holds its boroughs and nothing more


def test_what_failed_is_told(register, tmp_path, shapes):
    text = landing_of(register.localities[:-1], register, tmp_path, shapes, missing={"Leeds": "cell 3: <b>boom</b>"})
    assert "could not be built" in text
    assert "<li>Leeds: cell 3: &lt;b&gt;boom&lt;/b&gt;</li>" in text


def test_without_shapes_the_fault_says_what_to_do(register, tmp_path):
    with pytest.raises(DataError, match=r"boundaries\.json: the file is missing.*handbook ingest"):
        landing_of(register.localities, register, tmp_path, tmp_path / "boundaries.json")


@pytest.mark.parametrize("content", ['{"width": 1}', "{", '{"width": 1, "height": 1, "places": {"E08000009": "M0<"}}'])
def test_shapes_that_are_not_shapes_are_refused(tmp_path, content):
    path = tmp_path / "boundaries.json"
    path.write_text(content)
    with pytest.raises(DataError, match=r"boundaries\.json: .*Ingest again"):
        landing_map.boundaries(path)


def test_the_names_are_escaped_everywhere(register, tmp_path, shapes):
    rows = register.localities.copy()
    rows.loc[rows["slug"] == "trafford", "name"] = ATTACK
    rows.loc[rows["region"] == "North West", "region"] = "North West " + ATTACK
    districts = register.districts.assign(district=ATTACK)
    changes = register.changes.assign(old_name=ATTACK)
    attacked = replace(register, localities=rows, districts=districts, changes=changes)
    text = landing_of(rows, attacked, tmp_path, shapes, extra={"across": ATTACK}, missing={ATTACK: ATTACK})
    place_pages.write_region_pages(rows, "overview", tmp_path)
    pages = [text, *(p.read_text(encoding="utf-8") for p in (tmp_path / "_generated").glob("region-*.html"))]
    assert len(pages) == 13  # nine regions, three nations and the landing page
    for page in pages:
        tags = Tags(page)
        assert not tags.of("img") and not tags.of("script")
        assert not [n for _, a in tags.found for n in a if n.startswith("on")]


def test_a_region_has_a_page_with_its_localities(register, tmp_path):
    written = place_pages.write_region_pages(register.localities, "overview", tmp_path)
    assert len(written) == 12
    assert written[-3:] == ["regions/northern-ireland", "regions/scotland", "regions/wales"]
    assert (tmp_path / "regions" / "north-west.md").read_text().startswith("# North West\n")
    rows = Tags((tmp_path / "_generated" / "region-london.html").read_text()).of("a")
    assert len(rows) == 33
    assert rows[0]["href"] == "../localities/barking-and-dagenham/overview.html"


def test_every_address_of_a_council_that_is_no_more_leads_to_the_same_chapter_of_those_that_followed(
    register, tmp_path
):
    places = register.localities[register.localities["slug"] == "westmorland-and-furness"]
    chapters = ["overview", "needs"]
    assert place_pages.write_former_pages(places, register, chapters, tmp_path) == [
        "localities/cumbria/overview",
        "localities/cumbria/needs",
    ]
    page = (tmp_path / "_generated" / "former-cumbria-needs.html").read_text()
    assert [a["href"] for a in Tags(page).of("a")] == ["../westmorland-and-furness/needs.html"]
    assert "Cumberland (not in this book)" in page
    assert (tmp_path / "localities/cumbria/needs.md").read_text().startswith("# Needs of Cumbria, until 2023\n")
    assert place_pages.write_former_pages(register.localities[:0], register, chapters, tmp_path) == []
    assert not list((tmp_path / "localities").glob("*/*.md"))


def test_pages_of_regions_that_are_not_built_are_removed(register, tmp_path):
    place_pages.write_region_pages(register.localities, "overview", tmp_path)
    only = register.localities[register.localities["slug"] == "trafford"]
    assert place_pages.write_region_pages(only, "overview", tmp_path) == ["regions/north-west"]
    assert [p.name for p in (tmp_path / "regions").iterdir()] == ["north-west.md"]


def test_text_that_says_the_same_is_not_written_again(register, tmp_path, shapes):
    landing_of(register.localities, register, tmp_path, shapes)
    place_pages.write_region_pages(register.localities, "overview", tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.*")}
    landing_of(register.localities, register, tmp_path, shapes)
    place_pages.write_region_pages(register.localities, "overview", tmp_path)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.*")} == before


def test_every_source_is_listed_with_its_licence(tmp_path):
    sources = catalogue.sources()
    source_list.write(sources, tmp_path)
    text = (tmp_path / "_generated" / "sources.html").read_text(encoding="utf-8")
    assert [a["id"] for a in Tags(text).of("section")] == [
        f"source-{s.id}" for s in sorted(sources.values(), key=lambda s: (s.publisher, s.title))
    ]
    assert text.count("<dt>Licence</dt><dd><a href=") == len(sources)
