"""A figure that looks ordinary for everyone, and a group of them that is far behind; and data that are not there."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from helpers import catalogue, due
from helpers.evidence import Evidence, Latest
from helpers.rules import _gates, hidden_gaps, shared_data
from helpers.schemas import DataError

LIMITS = {name: t["value"] for name, t in catalogue.thresholds().items()}
PART, WHOLE = "ready_fsm", "ready"


def place(part=(50.0, 47.0, 53.0), whole=(70.0, 68.5, 71.5), against="similar", polarity="high is good", **changes):
    """A made-up place of England with both sides of a gap."""
    usual = {"chapter": "outcomes", "source": "s", "unit": "pct", "decimals": 1, "polarity": polarity}
    indicators = {PART: usual | {"title": "Ready, free meals", "part_of": WHOLE}, WHOLE: usual | {"title": "Ready"}}
    blank = {f.name: None for f in dataclasses.fields(Latest)}
    blank |= {"period": "2024-09-01/P1Y", "england": 60.0, "against": against, "newer": "", "coverage": ""}
    latest = {
        i: Latest(**blank | {"id": i, "value": v[0], "lower": v[1], "upper": v[2]} | changes.get(i, {}))
        for i, v in ((PART, part), (WHOLE, whole))
    }
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None)
    e = Evidence(
        **fields
        | {
            "place": {"name": "Somewhere", "nation": "England", "region_code": "E12000001", "edition": "2026-11-22"},
            "indicators": indicators,
            "sources": {"s": {"quality": 1}},
            "expected": pd.DataFrame(),
        }
    )
    object.__setattr__(e, "latest", lambda i: latest[i])
    return e


def said(**changes):
    return hidden_gaps.recommend(place(**changes), LIMITS)[0]


def test_a_gap_behind_an_ordinary_figure_is_named_with_its_interval():
    found = said()
    assert found.status == "look first" and found.trace == (PART, WHOLE) and found.flip
    assert "20.0 behind" in found.words
    assert _gates.faults(place(), found) == []


def test_the_interval_is_that_of_a_difference_of_two_independent_figures():
    random = np.random.default_rng(4)
    draws = random.normal(70, 1.5 / 1.96, 400_000) - random.normal(50, 3 / 1.96, 400_000)
    low, high = np.quantile(draws, [0.025, 0.975])
    assert hidden_gaps.gap(place(), *(place().latest(i) for i in (PART, WHOLE))) == pytest.approx(
        (20, low, high), abs=0.05
    )


def test_no_gap_where_chance_can_be_why_or_where_nothing_is_hidden():
    assert said(part=(68.0, 60.0, 76.0)).status == "nothing found"
    assert said(against="worse").status == "nothing found"
    assert said(part=(80.0, 77.0, 83.0)).status == "nothing found"  # ahead


def test_behind_is_more_where_low_is_good():
    assert said(polarity="low is good").status == "nothing found"
    assert said(part=(90.0, 87.0, 93.0), polarity="low is good").status == "look first"


def test_without_intervals_it_cannot_say_and_shows_both_sides():
    found = said(part=(50.0, np.nan, np.nan))
    assert found.status == "cannot say" and "None of them has an interval" in found.words
    (entry,) = found.considered
    assert "50.0%" in entry[1] and "70.0%" in entry[1] and "no interval is published" in entry[1]


def test_two_years_that_differ_make_no_gap():
    assert "no figure is held of both sides" in said(**{PART: {"period": "2023-09-01/P1Y"}}).words


def test_on_noise_few_gaps_are_named():
    """With no gap at all, the lower limit is above 0 one time in 40."""
    random, error = np.random.default_rng(9), 2.0
    named = 0
    for _ in range(2_000):
        part, whole = random.normal(60, error, 2)
        sides = {k: (v, v - 1.96 * error, v + 1.96 * error) for k, v in (("part", part), ("whole", whole))}
        named += said(**sides).status == "look first"
    assert named / 2_000 < 0.025 + 3 * np.sqrt(0.025 * 0.975 / 2_000)


def test_an_indicator_that_is_part_of_none_is_refused(monkeypatch):
    real = catalogue._all
    catalogue.indicators.cache_clear()

    def with_a_stray(folder, load):
        found = real(folder, load)
        return found | {"attainment_8_fsm": found["attainment_8_fsm"].model_copy(update={"part_of": "nothing"})}

    monkeypatch.setattr(catalogue, "_all", with_a_stray)
    with pytest.raises(DataError, match="part_of 'nothing' is no indicator"):
        catalogue.indicators()
    monkeypatch.undo()
    catalogue.indicators.cache_clear()


# ---- data to start, share and stop


def columns(**cells) -> dict:
    usual = {c: {"indicator": WHOLE, "why": ""} for c in ("activity", "outcome", "cost")}
    return {"school": usual | cells}


def learner(monkeypatch, late=False, burden=None, nation="England", **cells) -> Evidence:
    e = place(**cells.pop("changes", {}))
    for record in e.indicators.values():
        record["nations"] = ["England"]
    object.__setattr__(e, "columns", columns(**cells))
    object.__setattr__(e, "local", {"burden": burden} if burden else {})
    if nation != "England":
        e.place.update(nation=nation, region_code="" if nation == "none" else "W92000004")
    fresh = due.Fresh("s", "2025-08-31", 14, "2025-10-01", 12, "2026-10-01", "", due.LATE if late else "in time")
    monkeypatch.setattr(shared_data.due, "of", lambda e: [fresh])
    return e


def words(*args, **kwargs) -> str:
    e = learner(*args, **kwargs)
    (found,) = shared_data.recommend(e, LIMITS)
    assert _gates.faults(e, found) == []
    return found.words


def test_a_whole_row_in_time_asks_for_nothing(monkeypatch):
    (found,) = shared_data.recommend(learner(monkeypatch), LIMITS)
    assert found.status == "nothing found"


def test_each_break_of_a_row_has_its_verb(monkeypatch):
    start = words(monkeypatch, cost={"indicator": "", "why": "Nobody counts it."})
    assert "Start to publish" in start and "school and learning (what it costs)" in start and "In 0 of 1" in start
    gone = {WHOLE: {"period": "", "status": "suppressed"}}
    assert "Share what others share: Ready (suppressed by the publisher" in words(monkeypatch, changes=gone)
    assert "Look for a newer release: Ready" in words(monkeypatch, late=True)


def test_what_another_system_holds_is_asked_to_stop(monkeypatch):
    burden = {"held_elsewhere": 4, "times_a_year_held_elsewhere": 600.0}
    assert "Stop asking staff for 4 items" in words(monkeypatch, burden=burden)
    assert "Stop asking staff for 4 items" in words(monkeypatch, burden=burden, nation="none")


def test_what_is_not_collected_in_a_nation_is_to_be_started_there(monkeypatch):
    e = learner(monkeypatch, nation="Wales")
    e.indicators[PART]["nations"] = ["England", "Wales"]
    e.columns["community"] = columns()["school"] | {"outcome": {"indicator": PART, "why": ""}}
    (found,) = shared_data.recommend(e, LIMITS)
    assert "school and learning (all three); community and wellbeing (what is done, what it costs)" in found.words
    assert found.trace == (PART,)  # a row that is not held here would lead nowhere
    assert _gates.faults(e, found) == []
