"""Wales, Scotland and Northern Ireland: held against their own nation, and what is not collected there is said."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from helpers import (
    accounts,
    bundles,
    cards,
    council,
    evidence,
    given_need,
    overview,
    paths,
    prevention,
    provenance,
    recommendations,
    reconciled,
    settings,
    spend_tables,
    volumes,
)
from helpers.narrative import comparison, sentence

CARDIFF, GLASGOW, BELFAST, ORKNEY, TRAFFORD = "W06000015", "S12000049", "N09000003", "S12000023", "E08000009"
NATION = {CARDIFF: "Wales", GLASGOW: "Scotland", BELFAST: "Northern Ireland", ORKNEY: "Scotland"}
NATION_CODE = {"Wales": "W92000004", "Scotland": "S92000003", "Northern Ireland": "N92000002"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build([*NATION, TRAFFORD], settings.load()["edition"], target))
    return target


@pytest.fixture
def load(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    return lambda code, **changes: evidence.load(code, **settings.load() | changes)


def published(indicator, area, period):
    rows = pd.read_csv(paths.FIGURES / "ons-els.csv")
    found = rows[(rows["indicator"] == indicator) & (rows["area_code"] == area) & (rows["period"] == period)]
    return found["value"].iloc[0]


@pytest.mark.parametrize("code", NATION)
def test_a_place_is_held_against_its_own_nation_and_never_against_england_in_silence(load, code):
    e, nation = load(code), NATION[code]
    held = [e.latest(i) for i in e.indicators if e.present(i)]
    assert len(held) >= 10
    assert {latest.benchmark_of for latest in held} <= {nation, "UK"}
    for latest in held:
        if latest.benchmark_of == nation:
            value = published(latest.id, NATION_CODE[nation], latest.period)
            assert latest.benchmark == pytest.approx(value, rel=1e-5), latest.id
        assert latest.england != latest.england  # nothing can take England's figure for its nation's by mistake
        assert latest.against_england == "not compared"
        for words in (comparison(latest), sentence(e, latest), cards.card(e, latest)):
            assert "England" not in re.sub(r"publisher.*|<p>.*?</p>|<summary>.*", "", words), latest.id


def test_better_than_wales_is_said_in_those_words(load):
    """Cardiff, healthy life expectancy of men and of women: the published limits beside Wales's published value."""
    e = load(CARDIFF)
    latest = e.latest("happiness")
    assert latest.benchmark_of == "Wales"
    word = "Better" if latest.lower > latest.benchmark else "Worse" if latest.upper < latest.benchmark else "Similar"
    assert comparison(latest) == f"{word} {'to' if word == 'Similar' else 'than'} Wales"


def test_where_the_nation_has_no_figure_the_united_kingdom_is_named(load):
    """Child poverty has no row for England in this collection: a council of England is held against the UK's figure."""
    e = load(TRAFFORD)
    latest = e.latest("children_relative_poverty_bhc")
    assert latest.benchmark_of == "UK"
    assert latest.benchmark == pytest.approx(published(latest.id, "K02000001", latest.period), rel=1e-5)
    assert "UK: " in sentence(e, latest)
    assert e.latest("children_looked_after").benchmark_of == "England"


def test_one_series_is_held_against_one_area_all_through(load):
    for code in (*NATION, TRAFFORD):
        series = load(code).series
        assert (series.groupby("indicator")["benchmark_of"].nunique() == 1).all()


@pytest.mark.parametrize("code", NATION)
def test_what_the_nation_does_not_collect_is_named_and_never_blank(load, code):
    e, nation = load(code), NATION[code]
    latest = e.latest("children_looked_after")
    assert latest.status == f"not_collected_in_{nation}"
    assert evidence.reason(latest.status) == f"not collected here: the publisher's figures do not cover {nation}"
    for chapter in ("needs", "outcomes"):
        for theme in {e.indicators[i]["theme"] for i in e.select(chapter)}:
            page = cards.theme(e, chapter, theme)
            for indicator in e.select(chapter, theme):
                assert page.count(f'id="{indicator}"') == 1, indicator  # each is on the page, once
    assert f"Not collected here: {nation}" in cards.theme(e, "needs", "family")
    assert f"do not cover {nation}" in provenance.gaps(e)


def test_the_neighbours_outside_england_are_the_offices_and_say_how_many_have_data(load):
    e = load(ORKNEY)
    assert e.comparator_set == "ons" and len(e.neighbours) == 10
    assert "list of neighbours is of England only" in overview.header(e)
    assert "of 10 have data" in cards.theme(e, "outcomes", "community")
    assert load(TRAFFORD).comparator_set == "dfe"


@pytest.mark.parametrize("code", NATION)
def test_methods_of_english_accounts_refuse_with_a_clear_word(load, code):
    e, nation = load(code), NATION[code]
    said = [
        *(accounts.early_late_chart(e), accounts.share_chart(e), given_need.given_need(e), volumes.decomposition(e)),
        *(
            f(e, a)
            for f in (accounts.line_table, accounts.classification_table, reconciled.totals)
            for a in ("s251", "ro3")
        ),
        *(reconciled.two_accounts(e), prevention.homelessness(e), council.whole_council(e)),
        council.newest_lines(e, "ro3_adult_", "population_18_plus", "Adult social care"),
    ]
    for words in said:
        assert f"is of England only, and {e.name} is in {nation}" in words
        assert "<figure" not in words and "£" not in words
    for words in (accounts.prices(e), accounts.headline(e), overview.pound(e), recommendations.area(e, 3)):
        assert f"no account of public spending in {nation}" in words
    assert "£" not in council.public_money(e)


def test_england_alone_is_in_the_sums_of_english_accounts(folder):
    shared = {name: pd.read_csv(folder / "_common" / f"{name}.csv") for name in ("early_late", "expected")}
    for table in shared.values():
        assert set(table["area_code"].str[0]) == {"E"}
    assert shared["expected"]["area_code"].nunique() == 153
    assert spend_tables.SMALL


def test_the_other_set_of_neighbours_may_hold_places_of_other_nations_with_their_count(load):
    e = load(TRAFFORD, comparator_set="ons")
    assert {n["area_code"][0] for n in e.neighbours} <= set("EWSN")
    latest = e.latest("children_looked_after")
    english = sum(n["area_code"][0] == "E" for n in e.neighbours)
    assert latest.n <= english <= latest.of == len(e.neighbours)


def test_the_worst_year_of_a_trend_is_told_from_the_place_s_own_nation(folder):
    """The five-point test leaves out the year furthest on the worse side of Wales, not of England."""
    from helpers import catalogue, geography, outcome_trends

    register = geography.load()
    rows = bundles.measured(bundles.figures(settings.load()["edition"]), register)
    indicators = {i: catalogue.indicators()[i] for i in ("happiness", "life_satisfaction", "anxiety")}
    table = outcome_trends.of_outcomes(rows, register, indicators)
    welsh = rows[rows["area_code"].str.startswith("W") & rows["indicator"].isin(indicators)]
    alone = outcome_trends.of_outcomes(welsh, register, indicators)  # without England's figures, nothing changes
    of_wales = table[table["area_code"].str.startswith("W")].reset_index(drop=True)
    assert len(of_wales) > 40 and (of_wales["rule"] == "five points").any()
    pd.testing.assert_frame_equal(of_wales, alone.reset_index(drop=True), check_dtype=False)
