"""Northbeck's organisations, listening and barriers: the shipped files hold what was planted, whatever the seed."""

from __future__ import annotations

import pytest

from helpers import barriers, catalogue, institutions, listening, pack, paths
from helpers.pack import Pack
from helpers.pack.northbeck_institutions import TRUTHS, tables

LIMITS = {name: record["value"] for name, record in catalogue.thresholds().items()}


@pytest.fixture(scope="module")
def shipped():
    return pack.read(paths.LOCAL / "northbeck")


def test_the_truths_come_out_of_the_shipped_files(shipped):
    found = institutions.results(shipped)
    assert {row["id"] for row in institutions.candidates(found, LIMITS)[0]} == set(TRUTHS["backbones"])
    assert (found["network"]["answered"], found["network"]["asked"]) == (TRUTHS["answered"], TRUTHS["asked"])
    missing = {(m["group"], s) for m in found["network"]["bridges"]["missing"] for s, _ in m["services"]}
    assert TRUTHS["missing_bridge"] in missing
    assert TRUTHS["no_missing_bridge"] not in missing
    heard = listening.results(shipped)
    themes = {theme["theme"]: theme for theme in heard["themes"]}
    assert abs(themes["nowhere to meet"]["people"] - TRUTHS["people_nowhere_to_meet"]) <= 2  # rounding
    assert themes[TRUTHS["no_indicator"]]["indicators"] == []
    assert sum(s["new"] for s in heard["saturation"]["sessions"][-2:]) == TRUTHS["new_in_last_two_sessions"]
    assert len(heard["not_heard"]) == TRUTHS["not_heard"]
    assert {r["barrier"]: r["action"] for r in barriers.results(shipped)["rows"]} == TRUTHS["actions"]


def test_every_indicator_that_is_named_is_one(shipped):
    named = set(shipped.table("listening")["indicator"]) - {""}
    assert named
    assert named <= set(catalogue.indicators())


@pytest.mark.parametrize("seed", range(8))
def test_the_truths_come_out_of_any_seed(seed):
    made = Pack.of("northbeck", **tables(seed))
    found = institutions.results(made)
    assert {row["id"] for row in institutions.candidates(found, LIMITS)[0]} == set(TRUTHS["backbones"])
    assert listening.results(made)["agreement"]["verdict"] == "firm"


def test_the_same_seed_gives_the_same_rows():
    assert tables(5) == tables(5)
    assert tables(5) != tables(6)


def test_no_organisation_is_a_backbone_where_ties_are_drawn_by_lot():
    """A network without a centre, whose ties are trusted by all: standing out by chance is not firm enough."""
    import numpy as np

    orgs = tables()["organisations"]
    ids = [o["organisation"] for o in orgs]
    named = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        pairs = {tuple(sorted(rng.choice(len(ids), 2, replace=False))) for _ in range(60)}
        ties = [
            {"organisation": ids[x], "works_with": ids[y], "trust": 5, "how_often": "weekly", "asked_on": "2025-05-12"}
            for a, b in pairs
            for x, y in ((a, b), (b, a))
        ]
        named += bool(institutions.candidates(institutions.results(Pack.of(organisations=orgs, ties=ties)), LIMITS)[0])
    assert named <= 1
