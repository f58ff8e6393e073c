"""Areas 1 and 5 of the recommendations: from a locality's own pack, and without one."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from helpers import barriers, catalogue, institutions, rules
from helpers.pack import Pack
from helpers.pack.northbeck_institutions import TRUTHS, tables
from helpers.rules import institutions as area_1
from helpers.rules import redesign as area_5

LIMITS = {name: record["value"] for name, record in catalogue.thresholds().items()}
MADE = tables()
PACK = Pack.of("northbeck", **MADE)
LOCAL = {"institutions": institutions.results(PACK), "barriers": barriers.results(PACK)}


def place(local):
    return SimpleNamespace(
        name="Northbeck",
        place={"slug": "northbeck", "edition": "2026-11-22"},
        local=local,
        indicators={},
        expected=SimpleNamespace(index=()),
    )


def by_key(found):
    return {finding.key: finding for finding in found}


@pytest.mark.parametrize("module", [area_1, area_5])
@pytest.mark.parametrize("local", [{}, {"institutions": {}, "barriers": {}}])
def test_without_a_pack_the_rule_says_what_to_ask(module, local):
    (finding,) = module.recommend(place(local), LIMITS)
    assert finding.status == "cannot say"
    assert "handbook new-pack northbeck" in finding.settles


def test_the_planted_backbones_are_worth_investing_in():
    finding = by_key(area_1.recommend(place(LOCAL), LIMITS))["institutions:backbone"]
    assert finding.status == "invest"
    assert finding.trace == tuple(f"local:institutions:{i}" for i in sorted(TRUTHS["backbones"]))
    assert all(rules.resolve(place(LOCAL), identity) for identity in finding.trace)
    assert finding.considered == (("Gateway Services", "not shown to be trusted by community groups"),)


@pytest.mark.parametrize(
    ("limit", "value", "status"),
    [
        ("network_response", 0.95, "cannot say"),
        ("backbone_top_share", 1.01, "nothing found"),
        ("backbone_trust", 6, "nothing found"),
    ],
)
def test_one_threshold_flips_it(limit, value, status):
    finding = by_key(area_1.recommend(place(LOCAL), LIMITS | {limit: value}))["institutions:backbone"]
    assert finding.status == status
    assert not finding.recommends


def test_missing_bridges_and_absent_conditions_ask_people_to_meet():
    found = by_key(area_1.recommend(place(LOCAL), LIMITS))
    assert found["institutions:bridges"].status == "convene"
    assert "young carers" in found["institutions:bridges"].words
    assert TRUTHS["absent"][0] in found["institutions:conditions"].words
    whole = [row | {"state": "evidenced", "evidence": "x"} for row in MADE["conditions"]]
    local = {"institutions": institutions.results(Pack.of("northbeck", **(MADE | {"conditions": whole})))}
    assert "institutions:conditions" not in by_key(area_1.recommend(place(local), LIMITS))


def test_each_barrier_gets_the_planted_verb():
    found = by_key(area_5.recommend(place(LOCAL), LIMITS))
    said = {"keep": "keep", "find out": "cannot say", "change locally": "change locally", "waiver": "ask for a waiver"}
    said |= {"government": "ask government", "done": "watch"}
    for barrier, action in TRUTHS["actions"].items():
        finding = found[f"barriers:{barrier}"]
        assert finding.status == said[action]
        assert rules.resolve(place(LOCAL), finding.trace[0])["row"]["barrier"] == barrier
    assert found["barriers:b01"].owner == "Council"
    assert found["barriers:b01"].review == "2026-03-31"
    assert "fewer than 8 times" in found["barriers:b08"].words


def test_what_nobody_counted_is_not_asked_for():
    rows = [{"barrier": "b", "rule": "r", "legal_level": "guidance", "protects_rights": "no", "status": "found"}]
    (finding,) = area_5.recommend(place({"barriers": barriers.results(Pack.of(barriers=rows))}), LIMITS)
    assert finding.status == "cannot say"
    assert "Nobody has counted" in finding.words


def test_two_flags_on_a_contract_replace_its_terms_and_one_does_not():
    def flagged(flags, payment="results"):
        tests = [{"test": f"check {n}", "verdict": "flag" if n < flags else "no sign"} for n in range(6)]
        local = {"integrity": [{"programme": "p", "name": "P", "payment": payment, "tests": tests}]}
        return [f.status for f in area_5.recommend(place(local), LIMITS)]

    assert "replace the terms" in flagged(2)
    assert "replace the terms" not in flagged(1)
    assert "replace the terms" not in flagged(6, payment="grant")


def test_findings_are_whole():
    for module in (area_1, area_5):
        for finding in module.recommend(place(LOCAL), LIMITS):
            assert finding.words.endswith(".")
            assert replace(finding, title="x").area in (1, 5)
            assert not any(word in finding.words for word in ("caused", "saved", "impact of"))
