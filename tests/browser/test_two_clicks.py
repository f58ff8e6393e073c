"""From each recommendation to the rows that it rests on: one click unfolds them, the next shows each on its own page."""

from __future__ import annotations

import html
import json

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLACES = ("trafford", "middlesbrough", "cardiff")


@pytest.mark.parametrize("slug", PLACES)
def test_each_recommendation_leads_to_its_rows_in_two_clicks(visit, built, slug):
    folder = built / "book" / "_build" / "html" / "localities" / slug
    document = json.loads((folder / "recommendations" / "findings.json").read_text(encoding="utf-8"))
    indicators = json.loads((built / "build" / "bundles" / "_common" / "indicators.json").read_text(encoding="utf-8"))
    asked = [f for f in document["findings"] if f["recommends"]]
    assert asked
    page = visit(f"localities/{slug}/recommendations.html")
    start, followed = page.url, set()
    for finding in asked:
        card = page.locator(f"#finding-{finding['key'].replace(':', '-')}")
        links = [row["page"] for row in finding["trace"]]
        assert [a.get_attribute("href") for a in card.locator(".hb-trace a").all()] == links
        for position, link in enumerate(links):
            if link in followed:
                continue
            followed.add(link)
            fold = card.locator("details:has(.hb-trace)")
            if fold.count() and not fold.first.evaluate("fold => fold.open"):
                fold.first.locator("summary").first.click()  # the first click
            card.locator(".hb-trace a").nth(position).click()  # the second
            page.wait_for_load_state()
            target, _, place = link.partition("#")
            assert page.url == f"{start.rpartition('/')[0]}/{target}#{place}"
            there = page.locator(f"[id='{place}']")
            assert there.count() == 1, link
            there.wait_for(timeout=5_000)  # a fold around it opens by itself
            record = indicators.get(finding["trace"][position]["id"])
            if record:
                # in the text, in a table, or in what stands for a chart where it cannot be seen
                shown = there.evaluate("node => (node.closest('section') || node).innerHTML")
                assert any(html.escape(record[name], quote=False) in shown for name in ("title", "short_title")), link
            page.goto(start)
    assert followed
