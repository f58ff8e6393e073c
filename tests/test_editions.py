"""Golden editions: a planted revision, recode, new year and change of method are each named rightly, and nothing else."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from helpers import editions
from helpers.schemas import DataError

PLACES = ["E06000001", "E06000002", "E08000038"]
NO_MOVES = pd.DataFrame(columns=["old_code", "new_code", "kind"])


def figures() -> pd.DataFrame:
    rows = [
        [area, indicator, f"{year}-04-01/P1Y", 10.0 + n + year - 2020, "final"]
        for n, area in enumerate(PLACES)
        for indicator in ("rereferrals", "adult_obesity")
        for year in range(2020, 2024)
    ]
    return pd.DataFrame(rows, columns=["area_code", "indicator", "period", "value", "status"])


def edition(rows=None, day="2026-11-22", **changes) -> editions.Edition:
    documents = [
        {"area_code": area, "findings": [{"key": "needs:adult_obesity", "title": "Obesity", "status": "look first", "trace": [{"id": "adult_obesity"}]}]}
        for area in PLACES
    ]  # fmt: skip
    made = editions.of(day, figures() if rows is None else rows, documents, {"needs_probability": 0.95})
    return dataclasses.replace(made, **changes)


def compared(rows, old=None, moves=NO_MOVES, **changes) -> pd.DataFrame:
    new = edition(rows, "2027-05-01", **changes)
    return editions.changed(old or edition(), new, rows, moves)


def named(found: pd.DataFrame) -> set[tuple]:
    return set(found[["area_code", "indicator", "kind"]].itertuples(index=False, name=None))


def test_nothing_changed_nothing_said():
    assert compared(figures()).empty


def test_a_planted_revision_of_an_old_figure_is_named():
    rows = figures()
    spot = (
        (rows["area_code"] == "E06000002") & (rows["indicator"] == "rereferrals") & (rows["period"] == "2021-04-01/P1Y")
    )
    rows.loc[spot, "value"] += 0.1
    assert named(compared(rows)) == {("E06000002", "rereferrals", "revised")}


def test_a_new_year_is_new_data_and_no_revision():
    rows = figures()
    more = rows[(rows["indicator"] == "rereferrals") & (rows["period"] == "2023-04-01/P1Y")].assign(
        period="2024-04-01/P1Y", value=9.0
    )
    found = compared(pd.concat([rows, more]))
    assert named(found) == {(area, "rereferrals", "new data") for area in PLACES}
    assert set(found["period_before"]) == {"2023-04-01/P1Y"} and set(found["value"]) == {9.0}


def test_a_new_year_that_also_revises_is_both():
    rows = figures()
    own = (rows["area_code"] == "E06000001") & (rows["indicator"] == "adult_obesity")
    more = rows[own & (rows["period"] == "2023-04-01/P1Y")].assign(period="2024-04-01/P1Y")
    rows.loc[own & (rows["period"] == "2020-04-01/P1Y"), "value"] = 99.0
    found = named(compared(pd.concat([rows, more])))
    assert found == {("E06000001", "adult_obesity", kind) for kind in ("revised", "new data")}


def test_a_withdrawn_year_is_a_revision():
    rows = figures()
    rows = rows[~((rows["area_code"] == "E06000001") & (rows["period"] == "2023-04-01/P1Y"))]
    assert named(compared(rows)) == {("E06000001", i, "revised") for i in ("rereferrals", "adult_obesity")}


def test_a_recode_is_a_recode_and_not_a_place_gone_and_another_come():
    rows = figures().replace({"area_code": {"E08000038": "E08000039"}})
    moves = pd.DataFrame([["E08000038", "E08000039", "recode"]], columns=["old_code", "new_code", "kind"])
    assert named(compared(rows, moves=moves)) == {("E08000039", i, "recoded") for i in ("rereferrals", "adult_obesity")}
    without = named(compared(rows))
    assert {k for _, _, k in without} == {"gone", "new indicator"}


def test_another_definition_is_redefined_and_another_way_of_working_is_method():
    old = edition()
    base = old.definitions["rereferrals"]
    rows = figures()
    rows.loc[rows["indicator"] == "rereferrals", "value"] *= 2
    for part, kind in (("meaning", "redefined"), ("working", "method")):
        was = dataclasses.replace(old, definitions=old.definitions | {"rereferrals": base | {part: "another"}})
        assert named(compared(rows, old=was)) == {(area, "rereferrals", kind) for area in PLACES}


def test_an_indicator_that_comes_and_one_that_goes():
    rows = figures().replace({"indicator": {"rereferrals": "repeat_protection_plans"}})
    found = compared(rows)
    assert set(found.loc[found["indicator"] == "repeat_protection_plans", "kind"]) == {"new indicator"}
    assert set(found.loc[found["indicator"] == "rereferrals", "kind"]) == {"gone"}


def flips(rows, **changes) -> pd.DataFrame:
    old = edition()
    new = edition(rows, "2027-05-01", findings=old.findings.assign(status="nothing found"), **changes)
    return editions.flipped(old, new, editions.changed(old, new, rows, NO_MOVES))


def test_why_a_finding_flipped():
    rows = figures()
    spot = (rows["area_code"] == "E06000001") & (rows["indicator"] == "adult_obesity")
    rows.loc[spot, "value"] += 1
    found = flips(rows, thresholds={"needs_probability": 0.99}).set_index("area_code")
    assert found.loc["E06000001", "why"] == "revised"
    assert found.loc["E06000002", "why"] == "a threshold changed (needs_probability: 0.95, now 0.99)"
    assert set(flips(figures(), rules="other code")["why"]) == {"method"}
    assert set(flips(figures())["why"]) == {"figures of other places"}
    assert set(found["before"]) == {"look first"} and set(found["after"]) == {"nothing found"}


def test_a_frozen_edition_reads_back_the_same_and_cannot_be_overwritten(tmp_path):
    made = edition()
    folder = editions.freeze(made, tmp_path)
    again = editions.read(folder)
    assert editions.changed(again, made, figures(), NO_MOVES).empty
    assert editions.flipped(again, made, editions.changed(again, made, figures(), NO_MOVES)).empty
    assert editions.freeze(made, tmp_path) == folder  # the same again is no change
    with pytest.raises(DataError, match=r"findings\.csv: this edition is frozen"):
        editions.freeze(dataclasses.replace(made, findings=made.findings.assign(status="watch")), tmp_path)


def test_the_edition_before_is_the_newest_earlier_one(tmp_path):
    for day in ("2025-11-22", "2026-05-22", "2026-11-22"):
        editions.freeze(edition(day=day), tmp_path)
    assert editions.before("2026-11-22", tmp_path).edition == "2026-05-22"
    assert editions.before("2025-11-22", tmp_path) is None


def test_a_change_in_words():
    change = {
        "kind": "new data",
        "period": "2024-04-01/P1Y",
        "value": 9.0,
        "period_before": "2023-04-01/P1Y",
        "value_before": 13.0,
    }
    assert editions.words(change, "Re-referrals", lambda v: f"{v:.1f}%") == (
        "Re-referrals: a newer period has been published. Now 9.0% in 2024-25; the edition before had 13.0% in 2023-24."
    )
