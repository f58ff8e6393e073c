"""Change in spend against change in outcome: by hand for one locality, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import bundles, catalogue, change_pairs, geography, paths, schemas, settings, spend_tables


@pytest.fixture(scope="module")
def given():
    register = geography.load()
    rows = bundles.measured(bundles.figures(settings.load()["edition"]), register)
    classification = schemas.read(paths.REFERENCE / "spend_classification.csv", schemas.CLASSIFICATION)
    exceptions = schemas.read(paths.REFERENCE / "spend_exceptions.csv", schemas.SPEND_EXCEPTIONS)
    early_late = spend_tables.early_late(rows, register, classification, exceptions)
    return rows, register, early_late, schemas.read(paths.FIGURES / "deflator.csv", schemas.DEFLATOR)


def made(given, **changes):
    rows, register, early_late, deflator = given
    given = {"rows": rows, "register": register, "early_late": early_late, "deflator": deflator} | changes
    return change_pairs.of_spend_and_outcomes(indicators=catalogue.indicators(), **given)


def test_one_locality_by_hand(given):
    rows, _, early_late, deflator = given
    before, after, change, was, now, moved = made(given)["care_applications"]["places"]["E08000009"]
    own = rows[rows["area_code"] == "E08000009"]
    index = deflator.set_index("financial_year")["index"]
    cash = early_late[(early_late["area_code"] == "E08000009") & (early_late["account"] == "s251")]
    cash = cash.set_index("financial_year")["early"]
    heads = own[own["indicator"] == "population_0_17"].set_index("period")["value"]
    real = {y: cash[y] * index["2024-25"] / index[y] / heads[f"{y[:4]}-06-30"] for y in cash.index}
    assert before == pytest.approx((real["2016-17"] + real["2017-18"]) / 2, abs=0.01)
    assert after == pytest.approx((real["2023-24"] + real["2024-25"]) / 2, abs=0.01)
    assert change == pytest.approx(100 * (after / before - 1), abs=0.02)
    rates = own[own["indicator"] == "care_applications"].set_index("period")["value"]
    assert was == pytest.approx((rates["2016-04-01/P1Y"] + rates["2017-04-01/P1Y"]) / 2, abs=0.01)
    assert moved == pytest.approx(now - was, abs=0.011)


def test_the_year_of_the_pandemic_is_in_neither_end(given):
    years = {*change_pairs.FIRST, *change_pairs.LAST}
    assert "2020-21" not in years and len(years) == 4
    early_late = given[2]
    shifted = early_late.assign(early=early_late["early"].where(early_late["financial_year"] != "2020-21", 1e9))
    assert made(given, early_late=shifted) == made(given)


def test_a_percentage_in_real_terms_does_not_depend_on_the_base_year(given):
    deflator = given[3]
    other = made(given, deflator=deflator.assign(index=deflator["index"] * 1.7))
    assert other == made(given)


def test_who_lacks_a_figure_is_left_out_and_the_rest_counted(given):
    for record in made(given).values():
        assert record["n"] == len(record["places"]) > 130
        assert "E06000063" not in record["places"]  # Cumberland began in 2023
        points = np.array(list(record["places"].values()))
        r = stats.pearsonr(points[:, 2], points[:, 5]).statistic
        assert record["r"] == pytest.approx(r, abs=0.011) and record["lower"] <= record["r"] <= record["upper"]


def test_an_old_edition_without_the_last_years_has_no_pairs(given):
    rows = given[0]
    early = rows[~rows["period"].str.startswith(("2023", "2024"))]
    assert made(given, rows=early) == {}


def test_correlation_by_fishers_z():
    rng = np.random.default_rng(4)
    x = rng.normal(size=60)
    y = pd.Series(x + rng.normal(size=60))
    r, low, high = change_pairs.correlation(x, y)
    z, half = np.arctanh(r), 1.959964 / np.sqrt(57)
    assert (low, high) == pytest.approx((np.tanh(z - half), np.tanh(z + half)), abs=1e-6)
