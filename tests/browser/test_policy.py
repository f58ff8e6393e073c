"""A server sends a strict Content-Security-Policy: nothing on any page is refused by it, and charts are alive under it."""

from __future__ import annotations

import gzip
import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def walk(page):
    """Bring every chart of the page near, folded ones too, and wait until each is drawn or has failed."""
    page.evaluate(
        """async () => {
            document.querySelectorAll('main details').forEach(fold => { fold.open = true; });
            for (const figure of document.querySelectorAll('figure.hb-chart')) {
                figure.scrollIntoView();
                for (let n = 0; n < 400 && !figure.matches('.hb-drawn, .hb-failed'); n += 1) {
                    await new Promise(done => setTimeout(done, 25));
                }
            }
        }"""
    )


def test_nothing_is_refused_on_any_kind_of_page(visit, kinds, policy):
    drawn = 0
    for path in kinds:
        page = visit(path)
        walk(page)
        assert page.evaluate("window.refused") == [], path
        assert page.locator("figure.hb-failed").count() == 0, path
        assert page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content") in policy
        assert page.locator("figure.hb-drawn").count() == page.locator("figure.hb-chart").count(), path
        drawn += page.locator("figure.hb-drawn").count()
        page.close()
    assert drawn > 50


def test_a_chart_answers_the_pointer_under_the_policy(visit):
    page = visit("localities/trafford/spend.html")
    figure = page.locator("figure.hb-chart").first
    figure.scroll_into_view_if_needed()
    page.locator("figure.hb-drawn").first.wait_for()
    mark = figure.locator(".mark-rect path, .mark-symbol path").first
    mark.hover(force=True)
    page.locator("#vg-tooltip-element.visible").wait_for()
    assert page.evaluate("window.refused") == []


def test_the_policy_is_at_work(visit, chromium, address):
    """A page that does what the policy forbids is refused: so the other tests could have failed."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/index.html")
    page.evaluate("window.ran = 0; window.refused = []")
    page.evaluate("document.addEventListener('securitypolicyviolation', e => window.refused.push(e.violatedDirective))")
    page.evaluate(
        """() => {
            const inline = document.createElement('script');
            inline.textContent = 'window.ran += 1';
            document.body.append(inline);
            document.body.insertAdjacentHTML('beforeend', '<p style="color:red" id="styled">x</p><img src=x onerror="window.ran += 1">');
        }"""
    )
    page.wait_for_function("window.refused.length >= 3")
    assert page.evaluate("window.ran") == 0
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(255, 0, 0)"
    context.close()


def test_pages_are_light_and_only_pages_with_charts_load_the_bundle(built):
    site = built / "book" / "_build" / "html"
    pages = sorted((site / "localities").rglob("*.html"))
    assert len(pages) >= 30
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert ("vega-bundle.js" in text) == ('class="hb-chart"' in text), path
        around = [
            site / "_static" / n
            for n in ("site.css", "components.css", "pygments.css", "site.js", "charts.js", "about.js")
        ]
        weight = sum(len(gzip.compress(p.read_bytes(), mtime=0)) for p in [path, *around])
        assert weight < 250_000, (
            f"{path.name} of {path.parent.name} weighs {weight:,} bytes, gzipped, without the bundle"
        )


def test_nothing_that_is_needed_for_the_first_view_is_heavy_or_holds_it_up(built):
    """How soon it comes is measured by tests/first_view.py: here is what it depends on."""
    site = built / "book" / "_build" / "html"
    for path in (site / "index.html", *sorted((site / "localities" / "trafford").glob("*.html"))):
        head = path.read_text(encoding="utf-8").partition("</head>")[0]
        assert all(" defer " in script for script in re.findall(r"<script\b[^>]*>", head)), path
        styles = re.findall(r'<link rel="stylesheet"[^>]* href="[./]*_static/([a-z_]+\.css)', head)
        assert styles and sum(len(gzip.compress((site / "_static" / s).read_bytes(), mtime=0)) for s in styles) < 20_000
