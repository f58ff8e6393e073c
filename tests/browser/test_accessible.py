"""WCAG 2.2 AA, as far as a program can tell: axe-core over every kind of page, wide and narrow, light and dark."""

from __future__ import annotations

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 380])
def test_axe_finds_nothing(visit, kinds, width, scheme):
    faults = []
    for path in kinds:
        page = visit(path, width=width, color_scheme=scheme)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
        faults += [f"{path}: {v['id']}: {n['html'][:120]}" for v in found for n in v["nodes"][:3]]
        page.close()
    assert faults == []


def test_axe_would_find_a_fault(visit):
    page = visit("glossary.html")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"_static/favicon.svg\"><h6>x</h6>')"
    )
    found = {v["id"] for v in Axe().run(page).response["violations"]}
    assert {"image-alt", "heading-order"} <= found


def test_headings_go_in_order_and_tables_have_captions_and_scopes(visit, kinds):
    for path in kinds:
        page = visit(path)
        levels = [
            int(h.removeprefix("H"))
            for h in page.eval_on_selector_all("main :is(h1,h2,h3,h4,h5,h6)", "e => e.map(h => h.tagName)")
        ]
        assert levels[0] == 1 and levels.count(1) == 1, path
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), (path, levels)
        bare = page.eval_on_selector_all(
            ".hb-table > table:not(.docutils)",
            "ts => ts.filter(t => !t.caption || !t.caption.textContent.trim() || [...t.querySelectorAll('th')].some(h => !h.scope)).map(t => t.outerHTML.slice(0, 100))",
        )
        assert bare == [], path
        assert page.locator("html").get_attribute("lang") == "en-GB"
        page.close()


def test_the_keyboard_alone_leads_from_the_landing_page_to_a_table(visit):
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to the content
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "hb-find-q":
            break
    page.keyboard.type("trafford")
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview.html")

    def tab_to(script, most):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate(script):
                return
        raise AssertionError(script)

    tab_to("document.activeElement.textContent === 'Needs'", 60)
    page.keyboard.press("Enter")
    page.wait_for_url("**/needs.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to("document.activeElement.matches('main .hb-table')", 400)
    assert page.locator(":focus caption").inner_text()


def test_motion_is_off_for_readers_who_ask_for_less(visit):
    page = visit("localities/trafford/needs.html", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s' || getComputedStyle(e).animationName !== 'none').length"
    assert page.evaluate(moving) == 0


def test_a_number_tells_its_source_by_keyboard_and_pointer_and_escape_closes_it(visit):
    page = visit("localities/trafford/overview.html")
    number = page.locator("a.hb-num").first
    box = page.get_by_role("tooltip")
    number.focus()
    assert box.is_visible()
    for word in ("Released", "months old at this edition", "nterval", "Quality"):
        assert word in box.inner_text()
    assert number.get_attribute("aria-describedby") == "hb-about"
    page.keyboard.press("Escape")
    assert box.is_hidden()
    number.hover()
    assert box.is_visible()
    box.hover()
    page.wait_for_timeout(400)
    assert box.is_visible()  # WCAG 1.4.13: the pointer can go to it
    target = number.get_attribute("href")
    number.click()
    assert page.url.endswith(target)
    expect(page.locator(f"[id='{target.partition('#')[2]}']")).to_be_visible()  # its fold opens once the page is there


def test_money_in_a_sentence_leads_to_its_row_on_another_page(visit):
    """The row may be folded away there: it opens, and is marked."""
    page = visit("localities/trafford/overview.html")
    number = page.locator("a.hb-num[href^='spend.html#t']").first
    number.focus()
    told = page.get_by_role("tooltip").inner_text()
    for word in ("by year", "2024-25", "Newest release", "months old at this edition", "Quality"):
        assert word in told
    target = number.get_attribute("href").partition("#")[2]
    shown = number.inner_text().removeprefix("£")
    number.click()
    page.wait_for_url(f"**/spend.html#{target}")
    row = page.locator(f"[id='{target}']")
    expect(row).to_be_visible()
    assert any(
        round(float(cell.strip("£%*").replace(",", "").split(" ")[0])) == int(shown.replace(",", ""))
        for cell in row.locator("td").all_inner_texts()
    )
