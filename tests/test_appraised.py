"""The appraisal of a pack's programme, and its page: lanes apart, who pays and gains, nothing where nothing is known."""

from __future__ import annotations

import dataclasses

import pytest

from helpers import appraisal, appraisal_page, appraised
from helpers.evidence import Evidence
from helpers.pack import Pack


class Difference:
    value, error = 0.2, 0.02


def pack() -> Pack:
    usual = {"programme": "p", "source": "-"}
    values = [
        usual | {"lane": "cashable", "what": "Placements", "low_gbp": 900.0, "high_gbp": 1_100.0, "proxy": "verified", "who_gains": "Council"},
        usual | {"lane": "social", "what": "Wellbeing", "low_gbp": 1_000.0, "high_gbp": 3_000.0, "proxy": "claimed", "who_gains": "Families"},
    ]  # fmt: skip
    costs = [
        {"programme": "p", "financial_year": "2024-25", "cost_gbp": c, "funder": f}
        for f, c in (("Council", 300.0), ("NHS", 100.0))
    ]
    return Pack.of(outcome_values=values, programme_costs=costs)


FOUND = appraised.of_one(pack(), "p", Difference, 250.0, 0.2)


def test_each_lane_is_the_value_of_the_outcomes_after_the_haircut():
    lanes = {row["lane"]: row for row in FOUND["lanes"]}
    assert lanes["cashable"]["benefit"] == pytest.approx(20 * 1_000 * 0.8, rel=0.01)
    assert lanes["social"]["benefit"] == pytest.approx(20 * 2_000 * 0.8, rel=0.02)
    assert lanes["cashable"]["cost"] == 25_000 and lanes["social"]["cost"] == 0


def test_who_pays_and_who_gains_are_told_apart():
    who = {row["who"]: row["net"] for row in FOUND["who"]}
    assert who["NHS"] == -6_200  # a quarter of the cost, to the nearest £100
    assert who["Families"] > 0 > who["Council"]


def test_chances_build_up_over_the_lanes():
    chance = FOUND["chance"]
    assert chance["cashable"] <= chance["other public"] <= chance["social"]
    assert chance["cashable"] == 0 and chance["social"] > 0.9
    rising = [row["chance"] for row in FOUND["acceptability"]]
    assert rising == sorted(rising) and rising[0] == 0 and rising[-1] == 1


def page(**changes) -> str:
    row = {
        "name": "Better Mornings",
        "level": 4,
        "integrity": "passes",
        "fictional": True,
        "appraisal": FOUND,
    } | changes
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None)
    return appraisal_page.panel(Evidence(**fields | {"local": {"programmes": {"rows": [row]}}}))


def test_the_page_shows_lanes_before_any_sum_and_says_that_it_is_fictional():
    shown = page()
    assert shown.startswith('<section class="hb-appraisal"><h4>Better Mornings</h4><p>Fictional data.')
    assert shown.index("Cashable") < shown.index("The chance that benefits exceed costs")
    assert "benefit-cost ratio" not in shown.lower() and "saved" not in shown


def test_a_programme_whose_figures_fail_or_that_is_not_known_is_not_appraised():
    for changes in ({"integrity": "fails"}, {"appraisal": None}):
        assert "can be appraised yet" in page(**changes)


def test_the_empty_register_of_studies_is_said(monkeypatch):
    monkeypatch.setattr(appraisal_page.evidence, "shared", lambda name: {"studies.json": []}[name])
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None)
    assert "is empty" in appraisal_page.elsewhere(Evidence(**fields))


STUDY = {
    "id": "a", "study": "A made-up study, for this test", "link": "https://example.org", "design": "randomised",
    "country": "England", "year": 2019, "programme": "Visits", "outcome": "fewer referrals", "units": "points",
    "licence": "-", "checked": "2026-11-22",
}  # fmt: skip


def elsewhere(monkeypatch, *effects) -> str:
    studies = [
        STUDY | {"id": f"s{n}", "effect": x, "lower": x - 0.196, "upper": x + 0.196} for n, x in enumerate(effects)
    ]
    monkeypatch.setattr(appraisal_page.evidence, "shared", lambda name: {"studies.json": studies}[name])
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None)
    return appraisal_page.elsewhere(Evidence(**fields))


def test_what_to_expect_here_is_the_range_for_a_new_place(monkeypatch):
    effects = (0.1, 0.3, 0.8)
    found = appraisal.elsewhere(effects, [0.1] * 3)
    said = elsewhere(monkeypatch, *effects)
    assert f"expect from {found.new_lower:.3g} to {found.new_upper:.3g} points" in said
    assert found.new_lower < 0 < found.mean and "A made-up study" in said


def test_two_studies_promise_nothing(monkeypatch):
    said = elsewhere(monkeypatch, 0.1, 0.3)
    assert "2 of the 3 studies" in said and "nothing is expected here" in said
