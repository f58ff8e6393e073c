"""A reader finds a locality, reads its pages and searches: by mouse, by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BOX = "Name of the council or place, its GSS code, or a postcode district"
CHAPTERS = ("overview", "needs", "spend", "outcomes", "recommendations", "sources")
PAGES = [
    "index.html", "how-to-read.html", "methods.html", "glossary.html", "accessibility.html", "attribution.html",
    "across-localities.html", "regions/north-west.html", "search.html?q=trafford",
    *(f"localities/trafford/{c}.html" for c in CHAPTERS),
    "regions/wales.html", *(f"localities/cardiff/{c}.html" for c in CHAPTERS), "localities/orkney-islands/needs.html",
]  # fmt: skip


def test_a_part_of_the_name_finds_the_locality_and_its_needs(visit):
    page = visit()
    page.get_by_label(BOX).press_sequentially("traff")
    expect(page.get_by_role("status").first).to_have_text("1 locality matches. Press Enter to open it.")
    page.get_by_label(BOX).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview of Trafford")
    page.get_by_role("navigation", name="Trafford").get_by_role("link", name="Needs", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Needs of Trafford")
    expect(page.locator(".hb-menu a[aria-current=page]")).to_have_text("Needs")


@pytest.mark.parametrize(
    "typed, first",
    [
        ("E08000009", "Trafford"),
        ("e08000009", "Trafford"),
        ("scilly", "Isles of Scilly"),
        ("Barrow in Furness", "Westmorland and Furness (Barrow-in-Furness)"),
        ("E08000019", "Sheffield (E08000019)"),
        ("orkney", "Orkney Islands"),
    ],
)
def test_names_codes_and_former_places_are_found(visit, typed, first):
    page = visit()
    page.get_by_label(BOX).fill(typed)
    expect(page.locator("[data-hb-found] li").first).to_have_text(first)
    expect(page.locator("svg a.hb-on").first).to_be_visible()


def test_a_postcode_finds_the_places_it_reaches_into_and_is_never_guessed(visit):
    page = visit()
    box, state, found = page.get_by_label(BOX), page.get_by_role("status").first, page.locator("[data-hb-found] li")
    for typed in ("M33", "m33 4ab", "M334AB"):
        box.fill(typed)
        expect(found).to_have_text(["Trafford (M33)"])
    expect(state).to_have_text(
        "M33 is, in part at least, in this locality. Press Enter to open it. It may reach into others too."
    )
    box.fill("TR21")  # Scilly has it, and the list does not
    expect(state).to_contain_text("TR21 is not on the list of this book")
    box.fill("M33")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview of Trafford")


def test_no_match_is_said_and_the_list_stays(visit):
    page = visit()
    page.get_by_label(BOX).fill("atlantis")
    expect(page.get_by_role("status").first).to_contain_text("Nothing matches “atlantis”")
    expect(page.get_by_role("heading", name="All localities, by region")).to_be_visible()
    page.get_by_label(BOX).press("Enter")
    expect(page).to_have_url(page.url)


def test_the_map_can_be_walked_with_the_keyboard(visit):
    page = visit()
    shape = page.locator("svg a[aria-label=Trafford]")
    shape.focus()
    expect(page.locator("[data-hb-map-name]")).to_have_text("Trafford")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview of Trafford")


def test_the_keyboard_alone_leads_from_the_first_stop_to_a_chapter(visit):
    page = visit()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.id") != "hb-find-q":
        page.keyboard.press("Tab")
    page.keyboard.type("sheff")
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")  # the first match
    expect(page.locator(":focus")).to_have_text("Sheffield")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview of Sheffield")


def test_without_javascript_the_list_is_there(visit):
    page = visit(java_script_enabled=False)
    expect(page.get_by_label(BOX)).to_be_hidden()
    page.get_by_role("link", name="Isles of Scilly").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview of Isles of Scilly")
    expect(page.get_by_role("link", name="Outcomes").first).to_be_visible()


@pytest.mark.parametrize("asked", ["trafford needs", "What do Trafford's children need in 2023, and without what?"])
def test_search_lists_the_pages_of_a_locality(visit, asked):
    page = visit("methods.html")
    page.get_by_label("Search the handbook").fill(asked)
    page.get_by_role("button", name="Search").click()
    # the list grows, and what is above it changes, until the search has ended: a click could meet what has moved
    expect(page.get_by_role("heading", name="Search Results")).to_be_visible()
    page.get_by_role("link", name="Needs of Trafford").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Needs of Trafford")


def test_a_phone_has_a_folded_menu_and_the_chapters_in_sight(visit):
    page = visit("localities/trafford/needs.html", width=380)
    expect(page.get_by_label("Search the handbook")).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_label("Search the handbook")).to_be_visible()
    page.get_by_role("navigation", name="Chapters").get_by_role("link", name="Sources").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trafford")


@pytest.mark.parametrize("width", [380, 1300])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(visit, path, width):
    page = visit(path, width=width)
    page.wait_for_load_state("networkidle")
    for fold in page.locator("article details > summary").all()[:3]:
        fold.click()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    assert page.locator("h1").count() == 1
