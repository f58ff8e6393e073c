"""A chart is seen without JavaScript, on paper and on a phone; with JavaScript it is drawn in the picture's place."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("width", [1300, 380])
@pytest.mark.parametrize("page", ["needs", "spend"])
def test_the_picture_shows_without_javascript(visit, page, width):
    tab = visit(f"localities/sheffield/{page}.html", width, java_script_enabled=False)
    still = tab.locator("img.hb-picture").first
    still.scroll_into_view_if_needed()
    still.wait_for(state="visible")
    tab.wait_for_load_state("networkidle")
    box, room = still.bounding_box(), tab.locator(".hb-canvas").first.bounding_box()
    assert box["width"] > 0.8 * min(room["width"], 340) and box["height"] > 140
    assert box["width"] <= room["width"] + 1
    # the letters of a picture are 12 pixels high before it is made narrower
    natural = 720 if page == "spend" and width > 704 else 340
    assert 12 * box["width"] / natural >= 10


def test_the_chart_is_drawn_in_place_of_the_picture_and_nothing_moves_up(visit):
    tab = visit("localities/sheffield/needs.html")
    first = tab.locator("figure.hb-chart").first
    heights = "f => f.querySelector('.hb-canvas').offsetHeight"
    first.scroll_into_view_if_needed()
    tab.locator("figure.hb-chart.hb-drawn").first.wait_for()
    assert first.locator("svg.marks").count() == 1 and first.locator("img").count() == 0
    assert first.locator(".hb-canvas").bounding_box()["height"] >= 191
    undrawn = tab.locator("figure.hb-chart:not(.hb-drawn)").last
    before = undrawn.evaluate(heights)
    drawn = undrawn.evaluate_handle("f => f")
    undrawn.scroll_into_view_if_needed()
    tab.wait_for_function("f => f.classList.contains('hb-drawn')", arg=drawn)
    assert before - 1 <= drawn.evaluate(heights) <= before + 20


def test_every_chart_has_its_finding_alternative_table_file_and_how_it_was_made(visit, kinds):
    """Beside it, which is in its card, its cell or its section; on a page across localities, on the page.

    A chart may be drawn at any moment, so those that are not yet drawn are found and looked at in one step.
    """
    bare = """() => [...document.querySelectorAll('figure.hb-chart:not(.hb-drawn)')].map(f => {
        const near = f.closest('.hb-card, .cell'), wide = f.closest('section'), has = what => near.querySelector(what) || wide.querySelector(what);
        const said = f.querySelector('figcaption').textContent.trim(), heard = f.querySelector('[role=img]').ariaLabel.trim();
        const lacks = [[said, 'finding'], [heard && heard !== said, 'alternative'], [f.querySelector('img'), 'picture'],
            [has('.hb-table caption') || document.querySelector('h1').textContent.startsWith('Across') && document.querySelector('.hb-table caption'), 'table'],
            [has('.hb-take a[download]') || document.querySelector('h1').textContent.startsWith('Across'), 'file'],
            [f.closest('.cell').querySelector('details.hide'), 'how it was made']].filter(([there]) => !there).map(([, what]) => what);
        return lacks.length ? `${said}: ${lacks}` : '';
    }).filter(Boolean)"""
    seen = 0
    for path in kinds:
        page = visit(path, java_script_enabled=True)
        assert page.evaluate(bare) == [], path
        seen += page.locator("figure.hb-chart").count()
        page.close()
    assert seen > 50


def test_paper_has_pictures_of_charts_that_were_never_near(visit, built):
    """The first printing asks for them all; a browser need not wait for them, so they are looked for on the second."""
    tab = visit("localities/sheffield/needs.html")
    tab.wait_for_load_state("networkidle")
    pictures, there = tab.locator("img.hb-picture"), "every(i => i.complete && i.naturalWidth)"
    assert pictures.count() > 10
    assert not tab.evaluate(f"[...document.querySelectorAll('img.hb-picture')].{there}")
    tab.pdf(format="A4")
    tab.wait_for_function(f"() => [...document.querySelectorAll('img.hb-picture')].{there}")
    address = urlsplit(pictures.last.evaluate("i => i.currentSrc")).path
    drawn = (built / "book" / "_build" / "html" / address.lstrip("/")).read_text(encoding="utf-8")
    letters = set(re.findall(r"<text[^>]*>([^<]{3,})</text>", drawn))
    paper = "".join(page.extract_text() for page in PdfReader(BytesIO(tab.pdf(format="A4"))).pages)
    assert letters and {text for text in letters if unescape(text) not in paper} == set()
