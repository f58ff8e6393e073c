"""What a chapter may ask for, and how the answer is said when there is none."""

from __future__ import annotations

import pytest

from helpers import bundles, evidence, settings
from helpers.rules import AREAS, Finding, derive, resolve
from helpers.schemas import DataError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(["E08000009", "E06000053", "E06000002"], settings.load()["edition"], target))
    return target


@pytest.fixture
def load(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    return lambda code="E08000009", **changes: evidence.load(code, **settings.load() | changes)


def test_a_value_and_all_that_stands_beside_it(load):
    latest = load().latest("children_looked_after")
    assert latest.period >= "2025-03-31"
    assert latest.lower < latest.value < latest.upper and latest.interval == "Byar"
    assert latest.of == 10


def test_the_second_neighbour_set_is_another(load):
    first, second = load(), load(comparator_set="ons")
    assert {n["area_code"] for n in first.neighbours} != {n["area_code"] for n in second.neighbours}


def test_a_place_too_small_has_states_and_not_blanks(load):
    e = load("E06000053")
    missing = [i for i in e.select("needs") if not e.latest(i).period]
    assert missing
    assert all(evidence.reason(e.latest(i).status) for i in missing)


def test_a_withheld_year_is_said(load):
    assert "not submitted" in load("E06000002").latest("s251_total").newer


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"edition": "2020-01-01"},
            "are of edition 2026-11-22, not 2020-01-01. Run: handbook bundle --edition 2020-01-01",
        ),
        ({"price_base_year": "1990-91"}, "the deflator covers"),
        ({"comparator_set": "cipfa"}, "use one of: dfe, ons"),
        ({"edition": 2026}, "must be text, in quotes"),
    ],
)
def test_a_bad_parameter_is_refused(load, changes, says):
    with pytest.raises(DataError, match=says):
        load(**changes)


def test_an_unknown_code_is_refused(load):
    with pytest.raises(DataError, match="no locality has this code"):
        load("E08000019")


def test_every_area_has_a_finding_and_every_trace_holds(load):
    e = load()
    found = derive(e, {k: v["value"] for k, v in e.thresholds.items()})
    assert {f.area for f in found} == set(AREAS)
    for finding in found:
        assert all(resolve(e, i) for i in finding.trace)


def test_a_finding_that_cannot_say_must_name_what_settles_it():
    with pytest.raises(DataError, match="what would settle it"):
        Finding(1, "cannot say", "Nothing is known.")


def test_a_threshold_flips_the_recommendation(load):
    e = load()
    given = {k: v["value"] for k, v in e.thresholds.items()}

    def learning(limit):
        changes = {"early_share_fall_points": limit, "late_spend_studentised": limit}
        return next(f.status for f in derive(e, given | changes) if f.key == "learning:rebalance")

    assert (learning(-100), learning(100)) == ("watch", "nothing found")
