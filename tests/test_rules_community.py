"""What people raised and no figure covers is asked to be measured, and no statistic takes it off the list."""

from __future__ import annotations

import dataclasses

import pandas as pd

from helpers import catalogue
from helpers.evidence import Evidence
from helpers.rules import Finding, _gates, _heard, community

LIMITS = {name: t["value"] for name, t in catalogue.thresholds().items()}
BARE = {"id": "need-last-bus", "theme": "last bus", "direction": "need", "people": 45, "groups": 3, "indicators": []}
INDICATORS = {"rereferrals": {"title": "Referrals that come back", "chapter": "needs", "source": "s"}}


def place(*themes, not_heard=()) -> Evidence:
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None)
    local = {"listening": {"themes": list(themes), "not_heard": [{"who": who} for who in not_heard]}} if themes else {}
    known = {"place": {"name": "Somewhere", "slug": "somewhere", "region_code": "", "nation": "none"}}
    return Evidence(**fields | known | {"indicators": INDICATORS, "local": local, "expected": pd.DataFrame()})


def covered_by(indicator: str) -> dict:
    return BARE | {"indicators": [{"indicator": indicator, "says": "problem"}]}


def statuses(e: Evidence, **changes) -> list[str]:
    return [f.status for f in community.recommend(e, LIMITS | changes)]


def test_three_groups_and_no_indicator_ask_for_a_measure():
    e = place(BARE)
    (found,) = community.recommend(e, LIMITS)
    assert found.status == "measure" and "3 different groups" in found.words and "at least 45 people" in found.words
    assert found.flip and _gates.faults(e, found) == []
    assert _gates.passed(e, found, LIMITS) is found


def test_two_groups_or_an_indicator_that_covers_it_do_not():
    assert statuses(place(BARE | {"groups": 2})) == ["nothing found"]
    assert statuses(place(covered_by("rereferrals"))) == ["nothing found"]
    assert statuses(place(BARE), community_groups=4) == ["nothing found"]
    assert statuses(place(BARE | {"direction": "strength"})) == ["cannot say"]


def test_an_indicator_that_this_edition_does_not_hold_covers_nothing():
    assert statuses(place(covered_by("not_in_this_edition"))) == ["measure"]


def test_what_is_left_out_stands_with_its_reason():
    (found,) = community.recommend(place(BARE | {"groups": 1}, covered_by("rereferrals")), LIMITS)
    assert dict(found.considered)["“last bus”"] and len(found.considered) == 2


def test_nobody_asked_is_a_gap_that_is_said():
    (found,) = community.recommend(place(), LIMITS)
    assert found.status == "cannot say" and "Nobody in Somewhere has been asked" in found.words


def test_few_people_are_not_counted_out():
    (found,) = community.recommend(place(BARE | {"people": None}), LIMITS)
    assert "fewer than 8 people" in found.words


def test_what_people_told_stands_beside_what_it_bears_on_and_who_is_missing_is_named():
    finding = Finding(2, "look first", "-", trace=("rereferrals",))
    said = _heard.said(place(covered_by("rereferrals"), not_heard=["people who work nights", "carers"]), finding)
    assert "“last bus” (at least 45 people)" in said
    assert said.endswith("not yet heard: people who work nights and carers")
    assert "nothing that bears on this" in _heard.said(place(BARE), finding)
    assert _heard.said(place(), finding) == _heard.NOBODY_ASKED
