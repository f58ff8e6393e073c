"""Stability over the preset variations, and exactly what a changed threshold flips."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from helpers import bundles, evidence, rules, settings, stability
from helpers.rules import Finding
from helpers.schemas import DataError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(["E08000009", "E06000001", "E06000016"], settings.load()["edition"], target))
    return target


@pytest.fixture
def load(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    return lambda code="E06000001": evidence.load(code, **settings.load())


def test_every_combination_is_run_once_and_the_page_first(load):
    e = load()
    choices = [choice for choice, *_ in stability.variants(e)]
    assert len(choices) == len(set(choices)) == stability.RUNS
    assert choices[0] == (e.comparator_set, "last", "drawn", 0)


def test_the_year_before_is_another_year(load):
    e = load()
    before = stability.year_before(e)
    assert before.latest("children_looked_after").period < e.latest("children_looked_after").period
    assert before.early_late["financial_year"].max() < e.early_late["financial_year"].max()
    assert not before.standing.equals(e.standing)
    assert before.expected.at["late", "actual"] != e.expected.at["late", "actual"]


def test_without_drawing_a_chance_is_that_of_the_figure_alone(load):
    e = load()
    alone = stability.unshrunk(e).standing.set_index("indicator")
    was = e.standing.set_index("indicator")
    known = was["p_higher"].notna()
    assert known.sum() > 30
    assert ((alone["p_higher"] > 0.5) == (was["p_higher"] > 0.5))[known].mean() > 0.9
    assert not alone.loc[known, "p_higher"].equals(was.loc[known, "p_higher"])


class Fragile:
    """A rule that says one thing for the last year and another for the one before."""

    def recommend(self, e, thresholds):
        year = e.early_late["financial_year"].max()
        said = [Finding(a, "nothing found", "-", key=f"calm-{a}") for a in rules.AREAS]
        return [*said, Finding(3, "watch" if year == "2024-25" else "nothing found", "-", key="fragile")]


def test_what_depends_on_the_year_is_called_so(load, monkeypatch):
    monkeypatch.setattr(rules, "rules", lambda: {"fragile": Fragile()})
    found = stability.of(load())
    assert found["fragile"].share == 0.5
    assert found["fragile"].label == "look closer" and found["fragile"].moved_by == "year"
    assert found["calm-1"].share == 1 and found["calm-1"].label == "firm" and not found["calm-1"].moved_by


def test_a_changed_threshold_flips_exactly_what_it_should(load):
    e = load()
    limits = stability.given(e)
    for change in ({"needs_excess_people": 1e9}, {"late_spend_studentised": 9, "early_share_fall_points": 99}):
        before = {f.key: f.status for f in rules.derive(e, limits)}
        after = {f.key: f.status for f in rules.derive(e, limits | change)}
        expected = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
        found = stability.what_if(e, change)
        assert {f.key for f in found} == expected
        assert expected
        assert all((before.get(f.key, "not said"), after.get(f.key, "not said")) == (f.before, f.after) for f in found)
    assert stability.what_if(e, {"programme_scale": limits["programme_scale"]}) == []


def test_no_need_is_left_where_a_need_must_touch_a_billion_people(load):
    gone = stability.what_if(load("E06000016"), {"needs_excess_people": 1e9})
    assert {f.after for f in gone if f.before == "look first"} == {"not said"}


def test_a_threshold_that_is_not_known_is_refused(load):
    with pytest.raises(DataError, match="threshold 'needs_probablity' is not known"):
        stability.what_if(load(), {"needs_probablity": 0.9})


def test_no_year_of_prices_and_no_deflator_changes_what_a_rule_says(load):
    """Why the deflator is not among the variations: no rule sets money of two years side by side."""
    e = load()
    limits = stability.given(e)
    said = [(f.key, f.status, f.words) for f in rules.derive(e, limits)]
    others = [dataclasses.replace(e, price_base_year=year) for year in (e.deflator.index[0], e.deflator.index[-1])]
    others.append(dataclasses.replace(e, deflator=e.deflator * np.linspace(0.5, 2, len(e.deflator))))
    assert all([(f.key, f.status, f.words) for f in rules.derive(other, limits)] == said for other in others)


def test_stricter_never_adds_a_need_and_laxer_never_takes_one(load):
    """All thresholds move one way together: one that asked for less could hide that another asks for more."""
    for code in ("E06000001", "E06000016", "E08000009"):
        e = load(code)
        found = {way: _needs(e, stability.nudged(e.thresholds, way)) for way in (1, -1)}
        assert found[1] <= _needs(e, stability.given(e)) <= found[-1]


def _needs(e, limits) -> set[str]:
    return {f.key for f in rules.derive(e, limits) if f.area == 2 and f.status == "look first" and f.key != "needs"}


def test_the_table_is_what_was_found(load):
    found = stability.of(load())
    table = stability.table(found)
    assert isinstance(table, pd.DataFrame) and set(table["key"]) == set(found)
