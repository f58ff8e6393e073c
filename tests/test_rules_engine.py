"""The engine of the rules: what fails a build, what a gate stops, and that every change of it would be seen."""

from __future__ import annotations

import dataclasses

import pytest
import yaml

from helpers import bundles, catalogue, evidence, paths, rules, settings
from helpers.rules import Finding, _gates
from helpers.schemas import DataError

LIMITS = {name: t["value"] for name, t in catalogue.thresholds().items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(["E08000009"], settings.load()["edition"], target))
    return target


@pytest.fixture
def e(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    return evidence.load("E08000009", **settings.load())


class Rule:
    """A rule that says what a test wants."""

    def __init__(self, *findings):
        self.findings = list(findings)

    def recommend(self, e, thresholds):
        return self.findings


def derived(e, monkeypatch, *findings):
    rest = [Finding(a, "nothing found", "-") for a in rules.AREAS]
    monkeypatch.setattr(rules, "rules", lambda: {"mine": Rule(*findings), "others": Rule(*rest)})
    return rules.derive(e, LIMITS)


def test_rules_are_found_by_their_place_and_helpers_of_theirs_are_not():
    assert {"needs", "learning", "programmes", "redesign", "institutions"} <= set(rules.rules())
    assert not [name for name in rules.rules() if name.startswith("_")]


def test_every_area_says_something_and_every_finding_is_complete(e):
    found = rules.derive(e, LIMITS)
    assert {f.area for f in found} == set(rules.AREAS)
    assert len({f.key for f in found}) == len(found)
    for finding in found:
        assert finding.words and finding.owner and finding.review > e.place["edition"]
        assert finding.settles or finding.status != "cannot say"


def test_findings_come_from_evidence_and_thresholds_alone(e):
    before = e.series.copy()
    assert rules.derive(e, LIMITS) == rules.derive(e, dict(LIMITS))
    assert before.equals(e.series)


@pytest.mark.parametrize("identity", ["nothing_of_this_name", "local:programmes:ghost", "expected:nowhere", "local:"])
def test_a_dangling_id_fails_the_build(e, monkeypatch, identity):
    with pytest.raises(DataError, match="rests on"):
        derived(e, monkeypatch, Finding(2, "look first", "-", trace=("rereferrals", identity)))


def test_a_value_of_quality_3_bears_no_recommendation(e, monkeypatch):
    source = e.indicators["rereferrals"]["source"]
    monkeypatch.setitem(e.sources, source, e.sources[source] | {"quality": 3})
    derived(e, monkeypatch, Finding(2, "watch", "-", trace=("rereferrals",)))
    with pytest.raises(DataError, match="quality is 3"):
        derived(e, monkeypatch, Finding(2, "look first", "-", trace=("rereferrals",)))


def test_a_recommendation_names_the_evidence_that_its_area_asks_for(e, monkeypatch):
    with pytest.raises(DataError, match="names no need in its trace"):
        derived(e, monkeypatch, Finding(3, "test", "-", trace=("s251_looked_after",)))
    derived(e, monkeypatch, Finding(3, "test", "-", trace=("s251_looked_after", "rereferrals")))


def test_an_area_without_a_finding_fails_the_build(e, monkeypatch):
    monkeypatch.setattr(rules, "rules", lambda: {"one": Rule(Finding(1, "nothing found", "-"))})
    with pytest.raises(DataError, match="no finding for area"):
        rules.derive(e, LIMITS)


def test_a_status_a_lane_or_an_empty_cannot_say_is_refused():
    with pytest.raises(DataError, match="status 'scaled'"):
        Finding(4, "scaled", "-")
    with pytest.raises(DataError, match="lane of money"):
        Finding(4, "watch", "-", money=(("savings", "£1"),))
    with pytest.raises(DataError, match="must name what would settle it"):
        Finding(4, "cannot say", "-")


def test_the_data_gate_stops_what_is_too_old_or_missing(e):
    finding = Finding(2, "look first", "-", trace=("rereferrals",))
    assert _gates.passed(e, finding, LIMITS).status == "look first"
    stopped = _gates.passed(e, finding, LIMITS | {"oldest_months": 1})
    assert stopped.status == "cannot say" and "months old" in stopped.words
    bare = dataclasses.replace(e, series=e.series[e.series["indicator"] != "rereferrals"])
    assert "has no value" in _gates.passed(bare, finding, LIMITS).words


def test_the_data_gate_stops_a_figure_of_some_of_the_districts(e):
    finding = Finding(2, "look first", "-", trace=("rereferrals",))
    own = e.series["indicator"] == "rereferrals"
    for told, status in (("3 of 3 districts", "look first"), ("2 of 3 districts", "cannot say")):
        part = dataclasses.replace(e, series=e.series.assign(coverage=e.series["coverage"].where(~own, told)))
        found = _gates.passed(part, finding, LIMITS)
        assert found.status == status
    assert "is there for 2 of 3 districts only" in found.words


def test_the_data_gate_stops_an_account_that_does_not_make_its_published_total(e):
    finding = Finding(3, "test", "-", trace=("rereferrals", "s251_looked_after"))
    assert _gates.passed(e, finding, LIMITS).status == "test"
    own = (e.early_late["area_code"] == e.place["area_code"]) & (e.early_late["account"] == "s251")
    for year, status in ((min, "test"), (max, "cannot say")):  # what was wrong years ago stops nothing now
        here = own & (e.early_late["financial_year"] == year(e.early_late.loc[own, "financial_year"]))
        table = e.early_late.assign(note=e.early_late["note"].where(~here, "the lines make 5 too many"))
        found = _gates.passed(dataclasses.replace(e, early_late=table), finding, LIMITS)
        assert found.status == status
    assert "does not add up: the lines make 5 too many" in found.words


def test_a_recommendation_without_evidence_fails_the_build(e, monkeypatch):
    with pytest.raises(DataError, match="recommends, but names no evidence"):
        derived(e, monkeypatch, Finding(1, "invest", "-"))
    derived(e, monkeypatch, Finding(1, "watch", "-"))


def test_the_gates_come_in_their_order(e):
    rows = [{"id": "x", "name": "X", "integrity": "fails", "withheld": "fewer than 8 people"}]
    object.__setattr__(e, "local", {"programmes": rows})
    finding = Finding(4, "scale", "-", trace=("local:programmes:x", "rereferrals"), level=1)
    said = []
    for _ in range(3):
        said.append(_gates.passed(e, finding, LIMITS).words.split("gate for ")[1].split(" stopped")[0])
        rows[0].pop({"integrity": "integrity", "disclosure": "withheld"}.get(said[-1], "id"), None)
    assert said == ["integrity", "disclosure", "level of evidence"]
    assert next(iter(_gates.GATES)) == "data"
    old = _gates.passed(e, finding, LIMITS | {"oldest_months": 1})
    assert "gate for data" in old.words


def test_the_engine_sends_every_finding_through_the_gates(e, monkeypatch):
    monkeypatch.setitem(LIMITS, "oldest_months", 1)
    found = derived(e, monkeypatch, Finding(2, "look first", "-", trace=("rereferrals",), key="old"))
    assert next(f.status for f in found if f.key == "old") == "cannot say"


def test_what_recommends_nothing_passes_every_gate(e):
    finding = Finding(2, "watch", "-", trace=("rereferrals",))
    assert _gates.passed(e, finding, LIMITS | {"oldest_months": 1}) is finding


def test_every_threshold_in_use_is_put_forward_with_its_value():
    for name, threshold in catalogue.thresholds().items():
        assert threshold["signed"]["value"] == threshold["value"], name


def test_a_threshold_changed_without_signature_fails(tmp_path):
    content = yaml.safe_load((paths.REFERENCE / "thresholds.yml").read_text(encoding="utf-8"))
    content["programme_scale"]["value"] = 0.5
    path = tmp_path / "thresholds.yml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(DataError, match=r"programme_scale: the value 0.5 has not been signed; .* is 0.8"):
        catalogue.thresholds(path)
    del content["programme_scale"]["signed"]["value"]
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(DataError, match="must hold value"):
        catalogue.thresholds(path)


def test_a_finding_cannot_be_altered():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Finding(1, "watch", "-").status = "scale"
