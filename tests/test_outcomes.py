"""The page of outcomes: every number of a sentence stands in a table, places differ where their data differ, and words."""

from __future__ import annotations

import html
import json
import re

import pytest

from helpers import bundles, evidence, framework, funnel_page, outcome_lists, outcomes, paths, settings
from helpers.catalogue import indicators
from helpers.schemas import DataError

TRAFFORD, SCILLY, WESTMORLAND, SHEFFIELD, MIDDLESBROUGH = (
    *("E08000009", "E06000053", "E06000064"),
    *("E08000039", "E06000002"),
)
GOLDEN = (TRAFFORD, SCILLY, WESTMORLAND, SHEFFIELD, MIDDLESBROUGH)
SECTIONS = {
    "three": outcomes.three_columns,
    "trends": outcomes.trend_table,
    "funnels": funnel_page.funnels,
    "pairs": outcomes.change_against_change,
    "framework": framework.mapping,
}
NUMBER = re.compile(r"[−+]?£?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
METHOD = {"95%", "99.8%", "2026", "2020-21"}  # of the method, or the year of the framework


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(GOLDEN, settings.load()["edition"], target))
    return target


@pytest.fixture
def load(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    return lambda code=TRAFFORD, **changes: evidence.load(code, **settings.load() | changes)


def words(page: str) -> str:
    plain = re.sub(r"<script.*?</script>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", plain)).split())


def sentences(page: str) -> list[str]:
    """Return what the page says in captions and paragraphs, without the notes on method, and the alternative texts."""
    found = re.findall(
        r"<figcaption>(.*?)</figcaption>|<p(?: class=\"hb-(?:summary|gap)\")?>(.*?)</p>", page, flags=re.S
    )
    spoken = re.findall(r'role="img" aria-label="([^"]*)"', page)
    return [words(a or b) for a, b in found] + [html.unescape(s) for s in spoken]


def in_tables(page: str) -> set[str]:
    tables = " ".join(re.findall(r'<div class="hb-table".*?</table></div>', page, flags=re.S))
    return set(NUMBER.findall(words(tables)))


def specs(page: str) -> list[dict]:
    return [json.loads(s) for s in re.findall(r'class="hb-spec">(.*?)</script>', page)]


@pytest.mark.parametrize("code", GOLDEN)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_number_of_a_sentence_is_in_a_table(load, code, section):
    page = SECTIONS[section](load(code))
    known = in_tables(page) | METHOD
    for sentence in sentences(page):
        missing = [n for n in NUMBER.findall(sentence) if n not in known and not _of_a_note(section, sentence)]
        assert not missing, (section, sentence)


def _of_a_note(section: str, sentence: str) -> bool:
    return (section == "framework" and "was at hand" in sentence) or "no funnel can be drawn" in sentence.lower()


def test_the_test_of_numbers_can_fail(load):
    page = funnel_page.funnels(load()).replace("where 42 are", "where 43 are")
    said = [n for s in sentences(page) for n in NUMBER.findall(s)]
    assert "43" in said and "43" not in in_tables(page)


@pytest.mark.parametrize("code", GOLDEN)
def test_no_page_ranks_or_claims_a_cause(load, code):
    e = load(code)
    for name, section in SECTIONS.items():
        said = words(section(e)).lower()
        for word in (
            r"rank\w*",
            "league",
            "composite",
            "best performing",
            "led to better",
            "caused",
            "thanks to",
            "nan",
            "none,",
        ):
            assert not re.search(rf"\b{word}(?!\w)", said), (name, word)


def test_the_sentence_that_forbids_a_cause_stands_under_the_charts(load):
    for code in GOLDEN:
        assert "does not show that money changed the outcome" in words(outcomes.change_against_change(load(code)))


def own_mark(spec, e):
    """Return the layer that marks the place itself."""
    return next(m for m in spec["layer"] if m["encoding"].get("color", {}).get("datum") == e.name)


@pytest.mark.parametrize("section", ["funnels", "pairs"])
def test_charts_of_two_localities_differ_and_mark_their_own_place(load, section):
    first, second = load(TRAFFORD), load(SHEFFIELD)
    a, b = (specs(SECTIONS[section](e)) for e in (first, second))
    assert len(a) == len(b) >= 2
    for e, drawn in ((first, a), (second, b)):
        for spec in drawn:
            assert len(own_mark(spec, e)["data"]["values"]) == 1
    assert all(x != y for x, y in zip(a, b, strict=True))
    ours, theirs = ([own_mark(s, e)["data"]["values"] for s in d] for e, d in ((first, a), (second, b)))
    assert all(x != y for x, y in zip(ours, theirs, strict=True))


def test_the_point_in_a_funnel_is_the_value_on_the_card(load):
    e = load()
    page = funnel_page.funnels(e)
    drawn = {own_mark(s, e)["data"]["values"][0]["y"] for s in specs(page)}
    for indicator in evidence.shared("outcomes/funnels.json"):
        latest = e.latest(indicator)
        assert round(latest.value, 2) in drawn, indicator


def test_no_table_lists_all_places_and_neighbours_stand_by_name(load):
    for section in ("funnels", "pairs"):
        e = load()
        page = SECTIONS[section](e)
        for table in re.findall(r"<tbody>.*?</tbody>", page, flags=re.S):
            places = [html.unescape(p) for p in re.findall(r'<th scope="row">([^<]*)</th>', table)]
            near = [p for p in places if p in {n["name"] for n in e.neighbours}]
            assert near == sorted(near) and len(places) <= 13


def test_the_chart_names_no_other_place(load):
    e = load()
    names = {n["name"] for n in e.neighbours}
    for spec in specs(funnel_page.funnels(e)) + specs(outcomes.change_against_change(e)):
        assert not any(name in json.dumps(spec) for name in names)


def test_the_reading_of_a_funnel_follows_the_limits(load):
    e = load()
    record = {"target": 10.0, "places": {TRAFFORD: [100, 0, 8, 12, 6, 14, 7, 13, 5, 15]}}
    for value, key in ((9, "inside"), (12.5, "usual"), (13.5, "beyond"), (4, "far")):
        record["places"][TRAFFORD][1] = value
        found, said = funnel_page.reading(e, "three_placements_in_year", record)
        assert found == key
    assert said == "Very unusual: beyond the wider 99.8% limits, on the better side"  # low is good, and 4 is low


def test_a_gap_is_said_as_loudly_as_a_number(load):
    e = load(SCILLY)
    assert "no funnel can be drawn" in words(funnel_page.funnels(e))
    assert "lacks a figure for one of the ends" in words(outcomes.change_against_change(e))
    page = outcomes.three_columns(e)
    assert page.count('class="hb-gap"') == 24 - (5 + 2 + 6)


def test_ages_are_from_the_end_of_the_period_to_the_edition(load):
    page = words(outcomes.three_columns(load()))
    assert "Good level of development at 5 2024/25, 14 months old" in page  # 31 August 2025 to 22 November 2026
    assert "2024-25, 19 months old" in page  # 31 March 2025


def test_the_overview_claims_a_trend_only_where_the_rule_does(load):
    for code in GOLDEN:
        e = load(code)
        found = evidence.of_place(e, "outcome_trends.json")
        said = words(outcomes.headline(e))
        clear = [i for i, r in found.items() if r["word"] in ("getting better", "getting worse")]
        assert ("clearly getting better or worse" in said) == (not clear)
        titles = [e.indicators[i]["short_title"] for i in found]
        assert sum(t[1:] in said for t in titles if len(t) > 12) >= len(clear)


# ---- the two lists


def test_the_framework_has_sixteen_outcomes_and_says_which_names_were_read(load):
    record = outcome_lists.framework(indicators())
    assert len(record["outcomes"]) == 16 and len({o["name"] for o in record["outcomes"]}) == 16
    page = words(framework.mapping(load()))
    unread = [o for o in record["outcomes"] if o["name_basis"] != "read"]
    assert page.count("to be checked)") + page.count("checked against the framework)") == len(unread)
    assert "Not in this handbook yet" in page and "Nothing: not in this handbook yet" in page
    for outcome in record["outcomes"]:
        assert outcome["indicators"] or outcome["missing"]


def test_the_framework_is_for_england(load, monkeypatch):
    e = load()
    monkeypatch.setitem(e.place, "area_code", "W06000015")
    assert "is for councils in England" in words(framework.mapping(e))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("care_leavers_suitable_homes]", "care_leavers_nice_homes]", "there is no indicator 'care_leavers_nice_homes'"),
        ("name_basis: draft", "name_basis: guess", "name_basis"),
        ("  - name: Child poverty\n", "  - nome: Child poverty\n", "nome"),
    ],
)
def test_a_fault_in_the_framework_is_named(tmp_path, old, new, fault):
    content = (paths.REFERENCE / outcome_lists.FRAMEWORK).read_text(encoding="utf-8")
    assert old in content
    (tmp_path / "f.yml").write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=fault):
        outcome_lists.framework(indicators(), tmp_path / "f.yml")


def test_an_empty_cell_must_say_why(tmp_path):
    content = (paths.REFERENCE / outcome_lists.THREE).read_text(encoding="utf-8")
    (tmp_path / "t.yml").write_text(content.replace("{indicator: good_level_of_development}", "{}"), encoding="utf-8")
    with pytest.raises(DataError, match="give either indicator, or why there is none"):
        outcome_lists.three(indicators(), tmp_path / "t.yml")
