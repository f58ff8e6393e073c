"""What people said: what was put into a made-up pack comes out, and no word or small number does."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from helpers import listening, listening_page
from helpers.pack import Pack
from helpers.pack.northbeck_institutions import TRUTHS, tables

FOUND = listening.results(Pack.of("northbeck", **tables()))
BY_THEME = {theme["theme"]: theme for theme in FOUND["themes"]}


def session(number, people=12, who="tenants", **more):
    day = f"2025-{number // 28 + 1:02d}-{number % 28 + 1:02d}"
    usual = {"session": f"s{number}", "date": day, "place": "mill", "method": "survey", "consent": "themes only"}
    return usual | {"people": people, "who": who} | more


def said(number, theme, people=9, coder="a", passage="1", **more):
    usual = {"session": f"s{number}", "passage": passage, "theme": theme, "coder": coder, "people": people}
    return usual | {"direction": "need", "quote": "never to be shown"} | more


def of(sessions, rows, **more):
    return listening.results(Pack.of(sessions=sessions, listening=rows, **more))


def test_people_are_counted_from_below_and_rounded():
    assert TRUTHS["people_nowhere_to_meet"] == 51
    assert BY_THEME["nowhere to meet"]["people"] == 50
    assert BY_THEME["nowhere to meet"]["sessions"] == 5
    assert BY_THEME[TRUTHS["no_indicator"]]["indicators"] == []
    assert BY_THEME[TRUTHS["no_indicator"]]["groups"] >= 3


def test_two_passages_of_one_session_are_not_added():
    rows = [said(1, "damp", 9), said(1, "damp", 11, passage="2"), said(2, "Damp ", 10)]
    (theme,) = of([session(1), session(2)], rows)["themes"]
    assert theme["people"] == 20  # 11 + 10, to the nearest 5
    (theme,) = of([session(1, people=8)], [said(1, "damp", 40)])["themes"]
    assert theme["people"] == 10  # no more than took part


@pytest.mark.parametrize("people", range(1, 8))
def test_fewer_than_eight_people_are_never_a_number(people):
    found = of([session(1, people=people), session(2, people=30)], [said(1, "damp", people)])
    (theme,) = found["themes"]
    assert theme["people"] is None
    assert found["heard"]["by_who"][0]["people"] != people
    page = listening_page.themes(place(found))
    assert "fewer than 8" in page
    assert f">{people} people" not in page


def test_a_hidden_group_cannot_be_worked_out_from_the_total():
    """11 in all, rounded to 10, beside 8 rounded to 10, would leave at most 4 for the third group."""
    sessions = [session(1, people=3, who="carers"), session(2, people=8, who="tenants")]
    rows = {r["who"]: r["people"] for r in of(sessions, [])["heard"]["by_who"]}
    assert rows == {"carers": None, "tenants": None}


def test_talks_with_one_person_are_no_sessions():
    found = of([session(1, people=1), session(2, people=1), session(3)], [said(1, "damp", 1), said(2, "damp", 1)])
    assert found["heard"]["sessions"] == 1
    assert found["themes"][0]["sessions"] == 0
    assert len(found["saturation"]["sessions"]) == 1


def test_without_consent_nothing_is_used():
    found = of([session(1, consent="none"), session(2)], [said(1, "secret"), said(2, "damp")])
    assert [t["theme"] for t in found["themes"]] == ["damp"]
    assert found["heard"]["without_consent"] == 1
    assert "secret" not in json.dumps(found)


def test_words_and_coders_do_not_come_out():
    everything = json.dumps(FOUND)
    assert "Made up: words" not in everything
    assert "quote" not in everything


def test_agreement_is_what_was_planted():
    found = FOUND["agreement"]
    chance = 1 / 9  # a theme drawn at random is the same one in nine
    planted = 1 - (1 - TRUTHS["same_theme"]) * (1 - chance) / (1 - 0.13)  # themes are not all as common
    assert found["lower"] < planted < found["upper"]
    assert (found["coders"], found["verdict"]) == (2, "firm")


def test_coders_who_guess_are_not_rested_on():
    themes = ["a", "b", "c", "d"]
    rows = [said(1, themes[i % 4], passage=str(i)) for i in range(40)]
    rows += [said(1, themes[(i // 4) % 4], passage=str(i), coder="b") for i in range(40)]
    assert of([session(1)], rows)["agreement"]["verdict"] == "not yet"


def test_saturation_needs_six_sessions_and_no_new_themes():
    assert FOUND["saturation"]["verdict"] == "heard"
    sessions = [session(n) for n in range(1, 8)]
    fresh = of(sessions, [said(n, f"theme {n}") for n in range(1, 8)])["saturation"]
    assert (fresh["share"], fresh["verdict"]) == (0.5, "new ones still come")
    assert of(sessions[:5], [said(1, "a")])["saturation"]["verdict"] == "cannot tell"


def place(found, against="worse", value=20.0):
    latest = SimpleNamespace(id="x", period="2024-04-01/P1Y", value=value, against_england=against)
    record = {"short_title": "Re-referrals", "chapter": "needs", "unit": "pct", "decimals": 1}
    return SimpleNamespace(
        name="Northbeck",
        place={"slug": "northbeck"},
        local={"listening": found} if found else {},
        indicators={"rereferrals": record, "x": record},
        latest=lambda _: latest,
    )


@pytest.mark.parametrize(
    ("says", "against", "verdict"),
    [
        ("problem", "worse", "agree"),
        ("problem", "better", "disagree"),
        ("no problem", "better", "agree"),
        ("no problem", "worse", "disagree"),
        ("problem", "similar", "silent"),
        ("problem", "not compared", "silent"),
        ("problem", "higher", "silent"),
        ("mixed", "worse", "silent"),
    ],
)
def test_a_theme_stands_beside_its_indicator(says, against, verdict):
    theme = {"indicators": [{"indicator": "rereferrals", "says": says}]}
    assert listening_page.beside(place({}, against), theme)[0] == verdict
    assert listening_page.beside(place({}), {"indicators": []})[0] == "silent"


def test_pages_say_what_was_heard_and_what_was_not():
    e = place(FOUND)
    needs = listening_page.themes(e)
    assert "last bus at six" in needs
    assert "No indicator covers it" in needs
    assert "a key to the hall" in listening_page.help_themselves(e)
    assert "neighbours look out" in listening_page.strengths(e)
    heard = listening_page.heard(e)
    assert "people who work nights" in heard
    assert "Krippendorff" in heard


@pytest.mark.parametrize("section", ["themes", "help_themselves", "strengths", "heard"])
def test_without_a_pack_each_section_says_not_yet_asked(section):
    page = getattr(listening_page, section)(place({}))
    assert "Not yet asked" in page
    assert "hb-gap" in page
    assert "handbook new-pack northbeck" in page


def test_text_from_a_pack_is_escaped():
    found = of([session(1, who="<b>x")], [said(1, "<script>alert(1)</script>")], not_heard=[{"who": "<i>y"}])
    for section in (listening_page.themes, listening_page.heard):
        page = section(place(found))
        assert "<script>alert" not in page.replace('<script type="application/json"', "")
        assert "<b>x" not in page.split("hb-spec")[0]
        assert "<i>y" not in page
