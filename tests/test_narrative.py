"""Words come from the data, and text from the data cannot become markup."""

from __future__ import annotations

import json
import re

import pytest

from helpers import narrative, tables
from helpers.wording import Html


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", '" onmouseover="x', "</td></tr><b>", "&lt;"])
def test_text_from_data_is_escaped(attack):
    html = tables.table(attack, ["a", attack], [[attack, attack]])
    assert attack not in html
    assert "&lt;script" in html or "<script" not in html


def test_html_of_our_own_is_kept():
    assert "<b>x</b>" in tables.table("c", ["a"], [[Html("<b>x</b>")]])


def test_a_table_has_a_caption_and_scopes():
    html = tables.table("Spend", ["Line", "Cash"], [["a", "1"]], numeric=[1])
    assert "<caption>Spend</caption>" in html
    assert html.count('scope="col"') == 2 and html.count('scope="row"') == 1


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (0.04, "pct", 1, "0.0%"),
        (-0.04, "pct", 1, "0.0%"),
        (1234.5, "gbp_per_week", 0, "£1,234 a week"),
        (7.53, "score_out_of_10", 2, "7.53 out of 10"),
    ],
)
def test_numbers_read_as_they_should(value, unit, decimals, shown):
    assert narrative.number(value, unit, decimals) == shown


def test_every_number_in_a_cards_sentence_is_in_its_table(built):
    """The sentence of a card is generated from the rows that its table prints."""
    notebook = json.loads((built / "book" / "localities" / "trafford" / "needs.ipynb").read_text())
    html = "".join(
        "".join(o["data"].get("text/html", "")) for c in notebook["cells"] for o in c.get("outputs", []) if "data" in o
    )
    cards = html.split('<article class="hb-card"')[1:]
    assert len(cards) > 40
    checked = 0
    for card in cards:
        table = "".join(re.findall(r"<tbody>.*</tbody>", card))
        for label in re.findall(r'role="img" aria-label="([^"]+)"', card):
            words = label.partition(": ")[2]  # after the title, or the kind of chart
            for number in re.findall(r"£?\d[\d,]*\.?\d*(?:%| per [\d,]+)", words):
                assert number in table, (number, label)
                checked += 1
    assert checked > 80
