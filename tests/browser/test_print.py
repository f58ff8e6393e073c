"""On paper: the brief for a spending review is one page."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("slug", ["trafford", "middlesbrough", "cardiff"])
def test_the_brief_is_one_page_of_a4(visit, slug):
    page = visit(f"localities/{slug}/brief.html")
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    longer = visit(f"localities/{slug}/recommendations.html").pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", longer)) > 1  # so that pages are counted
