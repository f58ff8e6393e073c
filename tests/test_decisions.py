"""The decision log: what is seen after a decision, scored without claiming that the decision brought it about."""

from __future__ import annotations

import dataclasses

import pytest

from helpers import corrections, corrections_page, decisions, decisions_page
from helpers.evidence import Evidence, Latest
from helpers.pack import Pack
from helpers.schemas import DataError

ROW = {
    "decision": "d01", "date": "2024-07-01", "what": "Open the hub on Saturdays", "recommendation": "",
    "owner": "Director of children's services", "indicator": "rereferrals", "expected_change": -3.0,
    "expected_by": "2025-03-31", "unit": "percentage points", "baseline": 22.4,
}  # fmt: skip


def evidence(row, value=18.0, period="2024-04-01/P1Y", spread=0.5) -> Evidence:
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None) | {
        "place": {"name": "Somewhere", "area_code": "X99000001", "edition": "2026-11-22"},
        "indicators": {"rereferrals": {"title": "Referrals that come back", "unit": "pct", "decimals": 1}},
        "local": {"decisions": {"rows": [row]}, "fictional": True},
    }
    e = Evidence(**fields)
    blank = {f.name: None for f in dataclasses.fields(Latest)}
    latest = Latest(
        **blank
        | {"id": "rereferrals", "period": period, "value": value, "lower": value - spread, "upper": value + spread}
    )
    object.__setattr__(e, "latest", lambda i: latest)
    return e


@pytest.mark.parametrize(
    ("changes", "seen", "word"),
    [
        ({}, {"value": 18.0}, "reached"),
        ({}, {"value": 19.4}, "in range"),
        ({}, {"value": 21.0}, "partly"),
        ({}, {"value": 22.2}, "unchanged"),
        ({}, {"value": 24.0}, "other way"),
        ({"expected_change": 3.0}, {"value": 26.0}, "reached"),
        ({"expected_change": 3.0}, {"value": 18.0}, "other way"),
        ({"expected_by": "2027-03-31"}, {}, "not due"),
        ({"expected_by": "2025-12-31"}, {}, "no figure"),
        ({"indicator": ""}, {}, "no measure"),
        ({"baseline": None}, {}, "no measure"),
        ({}, {"value": 21.0, "spread": 9.0}, "in range"),
        ({}, {"value": 22.0, "spread": 1.0}, "unchanged"),
    ],
)
def test_the_verdict(changes, seen, word):
    (found,) = decisions.scored(evidence(ROW | changes, **seen))
    assert found["verdict"] == word


def test_the_page_shows_what_was_expected_and_seen_and_claims_nothing():
    page = decisions_page.log(evidence(ROW))
    for words in (
        "Fictional data",
        "−3 percentage points from 22.4, by 2025-03-31",
        "18.0% in 2024-25",
        "17.5% to 18.5%",
    ):
        assert words in page
    assert "not that the decision brought it about" in page
    assert "caused" not in page and "saved" not in page


def test_no_decision_is_said_with_what_to_do():
    e = evidence(ROW)
    object.__setattr__(e, "local", {})
    assert "No decision has been written down" in decisions_page.log(e)


def test_a_pack_gives_its_decisions_and_a_pack_without_gives_none():
    assert decisions.results(Pack.of(decisions=[ROW]))["rows"][0]["what"] == ROW["what"]
    assert decisions.results(Pack.of()) == {}


LINE = "2026-12-01,A figure of adult obesity was of the year before,2026-11-22,{who},The right year was taken,adult_obesity\n"
HEAD = "corrected_on,what_was_wrong,since_edition,who_is_affected,what_was_done,where\n"


def test_the_log_of_corrections_is_readable_and_touches_whom_it_names(tmp_path, monkeypatch):
    corrections.read()
    path = tmp_path / "corrections.csv"
    e = evidence(ROW)
    for who, touched in (("all", True), ("E06000001 X99000001", True), ("E06000001", False)):
        path.write_text(HEAD + LINE.format(who=who))
        record = corrections.read(path).to_dict("records")
        monkeypatch.setattr(corrections_page.evidence, "shared", lambda name, r=record: {"corrections.json": r}[name])
        assert ("the year before" in corrections_page.of_place(e)) == touched
    path.write_text(HEAD + LINE.format(who="some places"))
    with pytest.raises(DataError, match="who_is_affected"):
        corrections.read(path)
