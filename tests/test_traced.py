"""A number in a sentence leads to the row of a table that it was taken from, or to nothing."""

from __future__ import annotations

import re

import pytest

from helpers import table_numbers, tables, traced, trust

MONEY = tables.table(
    "Share, %, by year",
    ["Year", "Leeds", "England"],
    [["2016-17", "22.7%", "24.1%"], ["2024-25", "20.8%", "19.0%"]],
    file="shares",
    source="s",
)
LISTS = tables.table(
    "What people can use",
    ["Kind", "How many", "95% interval", "Where"],
    [
        ["Charity", "292", "none", "M16: 1, M31: 7"],
        ["Food bank", "7", "4 to 9", "M16: 7"],
        ["Library", "13", "none", "x"],
    ],
)
SUMS = tables.table("Payments", ["What", "Cash"], [["All", "£565,219,574"], ["Social care", "£127,411,722"]])
ABOUT = traced.About({"s": "P & Q: Accounts. Newest release 2025-12-01. Quality 1 of 3: official."}, "2026-11-22")


def linked(words, *made, others=()):
    """Return {number: where it leads} of a sentence above some tables."""
    body = traced.link(f"<p>{words}</p>{''.join(made)}", others, ABOUT)
    assert re.sub(r'<a class="hb-num"[^>]*>(.*?)</a>', r"\1", body).startswith(f"<p>{words}</p>")
    return {shown: address for address, shown in re.findall(r'<a class="hb-num" href="([^"]*)"[^>]*>(.*?)</a>', body)}


@pytest.mark.parametrize(
    "words, leads",
    [
        ("The share was 20.8% in 2024-25.", {"20.8%": "#t1r2"}),
        ("22.7% in 2016-17, 20.8% in 2024-25, England 19.0%", {"22.7%": "#t1r1", "20.8%": "#t1r2", "19.0%": "#t1r2"}),
        (
            "Of every £100 in Leeds in 2024-25, £21 went on early help; in 2016-17 it was £23.",
            {"£21": "#t1r2", "£23": "#t1r1"},
        ),
        ("The share was 20.9%.", {}),  # in no table
        ("It is 23% of all.", {}),  # two digits, and no row named: it may be anything
        ("From 2016-17 to 2024-25.", {}),  # years are no figures
    ],
)
def test_a_share_leads_to_the_row_of_its_year(words, leads):
    assert linked(words, MONEY) == leads


def test_the_row_that_stands_nearest_is_meant_and_what_is_in_brackets_is_of_what_stands_before():
    assert linked("Lists name 292 charities and 7 food banks.", LISTS) == {
        "292": "#t1r1",
        "7": "#t1r2",
    }
    assert linked("Library (13), food bank (7), charity", LISTS) == {"13": "#t1r3", "7": "#t1r2"}
    assert linked("Library (7), charity", LISTS) == {}  # seven are of the food banks


def test_a_sum_is_known_when_it_is_rounded_and_the_nearest_table_goes_before_others():
    assert linked("The list holds £565.2 million, £127.4 million of it for social care.", SUMS) == {
        "£565.2 million": "#t1r1",
        "£127.4 million": "#t1r2",
    }
    assert linked("£127 million", SUMS) == {"£127 million": "#t1r2"}
    assert linked("It was 20.8% in 2024-25.", LISTS, MONEY, MONEY) == {"20.8%": "#t2r2"}


def test_a_row_of_the_same_name_in_a_table_further_away_is_not_meant():
    nearer, further = (tables.table(n, ["Gate", "All"], [["Started", v]]) for n, v in (("A", "70"), ("B", "60")))
    assert linked("Of 100 people 60 started.", nearer, further) == {}
    assert linked("Of 100 people 70 started.", nearer, further) == {"70": "#t1r1"}


def test_of_columns_of_one_name_the_last_counts():
    table = tables.table("T", ["Place", "A", "Change", "B", "Change"], [["Leeds", "1.5%", "12.5%", "2.5%", "13.5%"]])
    assert linked("Leeds rose by 13.5%.", table) == {"13.5%": "#t1r1"}
    assert linked("Leeds rose by 12.5%.", table) == {}


def test_a_page_without_tables_leads_to_another_chapter_but_not_by_a_chance_likeness():
    other = table_numbers.tables_of(MONEY + SUMS, "spend.html")
    assert linked("They paid £565,219,574.", others=other) == {"£565,219,574": "spend.html#t2r1"}
    assert linked("In Leeds it was 20.8% in 2024-25.", others=other) == {"20.8%": "spend.html#t1r2"}
    assert linked("R² is 20.8%.", others=other) == {}


def test_what_is_told_names_table_row_source_release_age_interval_and_quality():
    body = traced.link(f"<p>It was 20.8% in 2024-25.</p>{MONEY}", [], ABOUT)
    assert re.search(r'data-hb-about="([^"]*)"', body)[1] == (
        "“Share, %, by year”: 2024-25; Leeds: 20.8%. P &amp; Q: Accounts. Newest release 2025-12-01."
        " Quality 1 of 3: official. 19 months old at this edition. No interval in this table."
    )
    assert "data-hb-source" not in body
    body = traced.link(f"<p>There are 7 food banks.</p>{LISTS}", [], ABOUT)
    assert "Food bank; How many: 7. 95% interval: 4 to 9. Worked out in this book" in body


def test_every_row_that_is_led_to_is_there_and_nothing_in_cards_tables_and_charts_is_touched():
    kept = (
        f'<article class="hb-card"><p>20.8% in 2024-25</p></article>{MONEY}<script>"<p>20.8% in 2024-25</p>"</script>'
    )
    made = traced.link(kept, [], ABOUT)
    assert "hb-num" not in made and made.count("<tr id=") == 2 and 'id="t1r2"' in made
    attack = tables.table("T", ["A", "B"], [['"><script>x</script>', "123.4%"]])
    made = traced.link(f"<p>123.4%</p>{attack}", [], ABOUT)
    assert made.count("hb-num") == 1 and "<script" not in made and '"><' not in re.search(r'about="([^"]*)"', made)[1]


CODE = '\n<details class="admonition hide above-input">\n<summary>\n<p>How this was made</p></summary><pre>n = 9</pre></details></div>'


def test_what_is_in_no_row_leads_to_the_code_that_wrote_the_sentence():
    words = '<div class="cell tag_hide-input container"><p>{}</p>'
    source = '<p class="hb-source">Source: the council, 2026.</p>'
    body = traced.link(
        f"<p>9 of 10, by hand.</p>{words.format('1 of 3.')}{CODE}<h2>B</h2>{words.format('The share was 20.8% in 2024-25, and 9 rose.')}{MONEY}{source}{CODE}<p>5 or so.</p>",
        [],
        ABOUT,
    )
    found = {shown: where for where, shown in re.findall(r'<a class="hb-num" href="([^"]*)"[^>]*>(.*?)</a>', body)}
    assert found == {"1": "#made1", "3": "#made1", "20.8%": "#t1r2", "9": "#made2"}
    assert [body.count(f'<summary id="made{n}">') for n in (1, 2, 3)] == [1, 1, 0]
    assert "tied to no one row of a table. The link leads to how it was made. Source: the council, 2026." in body


def test_a_number_in_the_name_of_an_indicator_is_no_figure():
    about = traced.About({"come_back": "S.", "referrals that come back within 12 months": "S."}, "2026-11-22")
    words = "<p>Referrals that come back within 12 months, by Section 251: 17% after 12 months.</p>"
    body = traced.link(f'<div class="cell tag_hide-input container">{words}{CODE}', [], about)
    assert re.findall(r'class="hb-num"[^>]*>(.*?)</a>', body) == ["17%", "12"]


@pytest.mark.slow
def test_every_number_in_the_sentences_that_code_wrote_leads_somewhere(built):
    """Sentences are found here by what they are not: whatever stands in no link, table, card, code, heading or chart."""
    apart = r"<(a|article|table|script|svg|nav|pre|code|summary|dt|h[1-6])\b.*?</\1>|<p class=\"hb-(?:source|parameters)\">.*?</p>"
    led = rows = seen = 0
    for path in sorted((built / "book" / "_build" / "html" / "localities").glob("*/*.html")):
        about = trust.about(path.parent.name, built / "build" / "bundles")
        body = path.read_text(encoding="utf-8")
        cells = traced.RESULT.findall(re.sub(r' id="made\d+"', "", body))
        seen += len(cells)
        for cell in cells:
            said = re.sub(apart, " ", cell, flags=re.DOTALL)
            for sentence in re.split(r"</?(?:p|li|dd|dl|figcaption|div|ul|section|details)\b[^>]*>", said):
                words = table_numbers.plain(sentence)
                named = [m.span() for m in about.titles.finditer(words.lower())]
                bare = [
                    words[first:last]
                    for first, last, *_ in table_numbers.numbers(words)
                    if not any(a <= first < b for a, b in named)
                ]
                assert bare == [], f"{path.parent.name}/{path.name}: {words}"
        led += body.count('class="hb-num" href="#made')
        rows += body.count('class="hb-num"') - body.count('class="hb-num" href="#made')
    assert rows > led > 0 and seen > 300, (rows, led, seen)
