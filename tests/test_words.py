"""No page puts places in an order, or makes one figure of several: the words that would do so are looked for."""

from __future__ import annotations

import html
import re

import pytest

from helpers import paths

FORBIDDEN = re.compile(
    r"\b(rank(s|ed|ing|ings)?|league|composite|top ten|bottom ten|(best|worst) (council|place|authority|in England)"
    r"|\d+(st|nd|rd|th) (of|out of|in) |out of 15\d|position \d+|star rating|scorecard|overall score)\b",
    re.IGNORECASE,
)
# said on purpose: each says that it is not done, is a name that somebody else gave, or is a method of statistics
ALLOWED = (
    r"no ranks?, (and )?(no )?league tables?,? (and|or) (no )?scores? made of several figures",
    r"no ranks, (no )?league tables or composite",
    r"there are no ranks[^.]*",
    r"(by|of) their own ranks[^.]*",
    r"weighted least squares on rank midpoints",
    r"not (a|in) (rank|league)[^.]*",
    r"no league tables( here)?",
    r"never a rank",
)


def found(words: str) -> list[str]:
    """Return every forbidden word in a text, with what stands around it, but for what is allowed."""
    for pattern in ALLOWED:
        words = re.sub(pattern, " ", words, flags=re.IGNORECASE)
    return [words[max(0, m.start() - 50) : m.end() + 50] for m in FORBIDDEN.finditer(words)]


def plain(markup: str) -> str:
    """Return what a reader meets: the text and what is said to those who listen, without code and data."""
    markup = re.sub(r"<(script|style|pre)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'(?:aria-label|alt|title)="([^"]*)"', markup))
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup) + " " + spoken).split())


@pytest.mark.parametrize(
    "words",
    [
        "Trafford is ranked 12th",
        "It is 3rd of 153 councils",
        "a league table",
        "12 out of 153",
        "the worst council",
        "its composite score",
    ],
)
def test_the_search_finds_what_it_is_for(words):
    assert found(words)


@pytest.mark.parametrize(
    "words",
    ["7.35 out of 10", "10 of 10 have data", "frankly", "No ranks, league tables or scores made of several figures."],
)
def test_the_search_leaves_other_words_alone(words):
    assert not found(words)


def test_no_notebook_and_no_catalogue_has_such_a_word():
    faults = {}
    for path in [*paths.NOTEBOOKS.glob("*.md"), *paths.INDICATORS.glob("*.yml"), *paths.BOOK.glob("*.md")]:
        if words := found(" ".join(path.read_text(encoding="utf-8").split())):
            faults[path.name] = words
    assert not faults


def test_no_built_page_has_such_a_word(built):
    pages = sorted((built / "book" / "_build" / "html").rglob("*.html"))
    assert len(pages) > 30
    faults = {p.name: words for p in pages if (words := found(plain(p.read_text(encoding="utf-8"))))}
    assert not faults


def test_every_chart_is_told_and_every_table_can_be_taken_away(built):
    """On the pages of needs and outcomes each chart has a caption and is spoken, and each table is a file too."""
    site = built / "book" / "_build" / "html" / "localities"
    charts = tables = 0
    for page in [*site.glob("*/needs.html"), *site.glob("*/outcomes.html")]:
        markup = page.read_text(encoding="utf-8")
        for figure in re.findall(r'<figure class="hb-chart".*?</figure>', markup, re.DOTALL):
            caption = re.search(r"<figcaption>(.*?)</figcaption>", figure, re.DOTALL)
            spoken = re.search(r'role="img" aria-label="([^"]+)"', figure)
            assert caption and caption.group(1).strip() and spoken and len(spoken.group(1)) > 40, page
            charts += 1
        here = markup.count('class="hb-table"')
        files = re.findall(r'<p class="hb-take"><a href="([^"]+\.csv)"', markup)
        assert len(files) == here, page
        assert all((page.parent / file).is_file() for file in files), page
        tables += here
    assert charts > 200 and tables > 300
