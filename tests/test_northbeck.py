"""The made-up place: the same bytes each time, and every planted truth found again."""

from __future__ import annotations

import subprocess

import numpy as np
import pandas as pd
import pytest

from helpers import casemix, institutions, integrity, listening, participants, paths, programmes
from helpers.pack import northbeck, reading
from helpers.pack import northbeck_institutions as shared
from helpers.pack import northbeck_learning as learning
from helpers.pack import northbeck_people as people
from helpers.pack.columns import TABLES

FOLDER = paths.LOCAL / northbeck.SLUG


@pytest.fixture(scope="module")
def own():
    return reading.read(FOLDER).public()


@pytest.fixture(scope="module")
def found(own):
    return {row["id"]: row for row in programmes.results(own)["rows"]}


@pytest.fixture(scope="module")
def panels(own):
    return {row["programme"]: row for row in integrity.results(own)["rows"]}


def test_the_pack_is_written_byte_for_byte(tmp_path):
    made = northbeck.write(tmp_path / "again")
    files = sorted(p.name for p in made.iterdir())
    assert files == sorted(p.name for p in FOLDER.iterdir())
    assert files == sorted(["pack.yml", "README.md", *(f"{name}.csv" for name in TABLES)])
    for name in files:
        assert (made / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_another_seed_gives_other_people(monkeypatch):
    rng = np.random.default_rng(1)
    other = people.people(people.TRUTHS["fair-draw"], rng)
    assert not other["baseline"].equals(
        pd.read_csv(FOLDER / "participants.csv").query("programme == 'fair-draw'")["baseline"]
    )


def test_the_pack_has_no_fault_and_fills_every_table(own):
    assert reading.examine(FOLDER)[1] == []
    assert [name for name in TABLES if not own.has(name)] == []


def test_it_says_everywhere_that_it_is_made_up(own):
    assert own.fictional and own.code == "X99000001"
    for table in ("programmes", "organisations", "register", "assets"):
        names = own.table(table)["name"]
        assert names[names != ""].str.endswith("(made up)").all(), table
    assert own.table("fast")["series"].str.endswith("(made up)").all()
    assert own.table("programmes")["evidence_note"].str.startswith("Fictional").all()
    assert own.table("listening")["quote"].str.lower().str.startswith("made").all()


def test_git_keeps_the_shipped_pack_and_no_other():
    def ignored(path: str) -> bool:
        done = subprocess.run(["git", "check-ignore", "-q", path], cwd=paths.ROOT, capture_output=True)
        if done.returncode not in (0, 1):
            pytest.skip("this is no git repository")
        return done.returncode == 0

    assert not ignored("data/local/northbeck/participants.csv")
    assert ignored("data/local/somewhere/participants.csv")
    assert ignored("data/local/somewhere/pack.yml")


@pytest.mark.parametrize("name", list(people.TRUTHS))
def test_planted_truths_of_a_programme_come_out_within_their_intervals(name, found, panels):
    truth, row = people.right_answers(people.TRUTHS[name]), found[name]
    assert row["level"] == truth["level"]
    if "effect" in truth:
        assert row["effect"]["lower"] <= truth["effect"] <= row["effect"]["upper"]
        assert row["effect"]["upper"] - row["effect"]["lower"] < 1.5  # and the interval says something
    if "reach" in truth:
        assert row["reach_ratio"]["lower"] <= truth["reach"] <= row["reach_ratio"]["upper"]
    checks = {c["id"]: c for c in panels[name]["checks"]}
    if "stands" in truth and checks["over_claiming"]["statistic"] is not None:
        assert checks["over_claiming"]["lower"] <= 100 * (1 - truth["stands"]) <= checks["over_claiming"]["upper"]
    if "lost" in truth and checks["attrition"]["statistic"] is not None:
        assert checks["attrition"]["lower"] <= 100 * truth["lost"] <= checks["attrition"]["upper"]


@pytest.mark.parametrize("name", list(people.TRUTHS))
def test_the_planted_faults_are_flagged_and_nothing_else(name, panels):
    assert {c["id"] for c in panels[name]["checks"] if c["verdict"] == "flag"} == set(people.TRUTHS[name].flags)


def test_parking_is_found_in_the_thirds_where_it_was_planted(panels):
    planted = people.TRUTHS["result-contract"].effect_by_third
    for third, truth in zip(panels["result-contract"]["thirds"], planted, strict=True):
        assert third["lower"] - 0.2 <= truth <= third["upper"] + 0.2, third[
            "need"
        ]  # scores moved to the line add a little


def test_the_planted_provider_is_found_and_only_that_one(panels):
    talks = {
        p["provider"]
        for panel in panels.values()
        for p in panel["providers"]["rows"]
        if p["p_lowest"] is not None and p["p_lowest"] >= casemix.CERTAIN
    }
    assert talks == {"kitchen-table-10"}


def test_a_provider_with_harder_cases_is_not_called_low(own, panels):
    rows = {p["provider"]: p for p in panels["kitchen-table"]["providers"]["rows"] if p["p_lowest"] is not None}
    hard = rows["kitchen-table-03"]
    lower = [p["reached"] < hard["reached"] for p in rows.values()]
    assert sum(lower) <= 1  # of plain shares only the planted one is lower
    assert hard["p_lowest"] < 0.2 and hard["expected"] < min(p["expected"] for i, p in rows.items() if p is not hard)


def test_three_people_without_a_good_outcome_trigger_nothing(own, panels):
    row = own.table("programmes").query("programme == 'kitchen-table'").iloc[0]
    started = participants.of(own, row).query("passed_enrolled and helped and good == good")
    tiny = started[started["provider"] == "kitchen-table-12"]
    assert len(tiny) == 3 and tiny["good"].sum() == 0  # the lowest of a plain list
    (shown,) = [p for p in panels["kitchen-table"]["providers"]["rows"] if p["provider"] == "kitchen-table-12"]
    assert shown["people"] is None and shown["p_lowest"] is None


def test_the_cost_of_an_outcome_more_holds_the_truth(found):
    truth = people.TRUTHS["fair-draw"]
    many = people.people(people.replace(truth, offered=40_000, compared=40_000, lost=0.0), np.random.default_rng(5))
    better = (many["baseline"] - many["follow_up"]) >= 0.5 * many["baseline"].std(ddof=1)
    more = better[many["arm"] == "programme"].mean() - better[many["arm"] == "comparison"].mean()
    (row,) = [r for r in found["fair-draw"]["cost"]["rows"] if r["what"] == "additional"]
    assert row["lower"] <= sum(truth.cost) / (truth.offered * more) <= row["upper"]


def test_the_fast_series_moved_where_it_was_planted(own):
    fast = own.table("fast")
    moving = fast[fast["indicator"] == "rereferrals"]
    after = moving["period"] >= learning.LEARNING.changed
    for part, planted in ((moving[~after], learning.LEARNING.before), (moving[after], learning.LEARNING.after)):
        error = 1.96 * np.sqrt(planted / len(part))
        assert abs(part["value"].mean() - planted) < error


def test_what_people_said_and_who_works_with_whom_comes_out_as_planted(own):
    said, truths = listening.results(own), shared.TRUTHS
    assert said["agreement"]["lower"] <= 0.86 <= said["agreement"]["upper"]  # 88% the same of 9 themes
    assert len(said["not_heard"]) == truths["not_heard"]
    net = institutions.results(own)
    top = {row["id"] for row in net["rows"] if row.get("top_share", 0) >= 0.8}
    assert set(truths["backbones"]) <= top
    assert reading.burden(own)["asked_anew"] == learning.LEARNING.asked_anew
