"""Intervals against answers that others published (tests/published/intervals.yml names each source)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import catalogue, measures, paths, schemas

PUBLISHED = yaml.safe_load((paths.ROOT / "tests" / "published" / "intervals.yml").read_text(encoding="utf-8"))
CASES = [(group["method"], case) for group in PUBLISHED for case in group["cases"]]


@pytest.mark.parametrize(("method", "case"), CASES)
def test_published_limits(method, case):
    made = getattr(measures, method)(case["count"], case["denominator"], multiplier=case["multiplier"])
    for side in ("lower", "upper"):
        printed = str(case[side])  # compared to the digits that were printed
        assert float(f"{float(getattr(made, side)):.{len(printed.partition('.')[2])}f}") == case[side]


def test_arrays_go_in_and_come_out():
    made = measures.crude_rate([0, 9, 10, 500], [1e4] * 4)
    assert made.value.tolist() == [0, 9, 10, 500]
    assert (made.lower < made.upper).all()
    assert made.lower[0] == 0


@pytest.mark.parametrize(("count", "denominator"), [(-1, 10), (11, 10)])
def test_impossible_counts_are_refused(count, denominator):
    with pytest.raises(ValueError, match="count"):
        measures.proportion(count, denominator)


def rows(**changes):
    base = dict.fromkeys(schemas.FIGURES.columns, np.nan) | {
        "indicator": "rereferrals",
        "area_code": "E08000009",
        "period": "2024-04-01/P1Y",
        "value": 22.4,
        "count": 230.0,
        "denominator": 1027.0,
        "unit": "pct",
        "status": "final",
    }
    return pd.DataFrame([base | changes])


@pytest.fixture
def indicators():
    return {"rereferrals": catalogue.indicators()["rereferrals"]}


def test_a_published_value_is_kept_and_the_interval_is_marked_as_ours(indicators):
    out = measures.with_intervals(rows(), indicators).iloc[0]
    assert out["value"] == 22.4 and out["interval"] == "Wilson"
    assert out["lower"] < 22.4 < out["upper"]


def test_published_limits_are_kept(indicators):
    out = measures.with_intervals(rows(lower=20.0, upper=25.0), indicators).iloc[0]
    assert (out["lower"], out["upper"], out["interval"]) == (20.0, 25.0, "published")


def test_a_suppressed_value_gets_no_interval(indicators):
    out = measures.with_intervals(rows(value=np.nan, status="suppressed"), indicators).iloc[0]
    assert out["interval"] == "" and np.isnan(out["lower"]) and np.isnan(out["value"])


def test_the_input_is_not_changed(indicators):
    given = rows()
    before = given.copy()
    measures.with_intervals(given, indicators)
    pd.testing.assert_frame_equal(given, before)
