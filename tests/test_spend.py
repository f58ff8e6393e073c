"""Early against late: the known national answer, real terms, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers import paths, schemas, spend
from helpers.schemas import DataError


@pytest.fixture(scope="module")
def classification():
    return schemas.read(paths.REFERENCE / "spend_classification.csv", schemas.CLASSIFICATION)


@pytest.fixture(scope="module")
def shares(classification):
    figures = schemas.read(paths.FIGURES / "dfe-lait.csv", schemas.FIGURES)
    codes = schemas.read(paths.FIGURES / "localities.csv", schemas.LOCALITIES)["area_code"]
    return spend.early_late(figures[figures["area_code"].isin(codes)], classification, "s251")


def test_the_national_share_is_the_known_one(shares):
    """The answer in the issue this project began with, worked out from the Department's figures by somebody else."""
    years = spend.national_early_share(shares).set_index("financial_year")
    assert round(years.at["2016-17", "early_share"], 1) == 26.4
    assert round(years.at["2024-25", "early_share"], 1) == 19.0
    assert years.at["2024-25", "authorities"] == 151
    assert round(years.at["2024-25", "median"], 1) == 18.0
    assert (round(years.at["2024-25", "lowest"], 1), round(years.at["2024-25", "highest"], 1)) == (4.7, 38.7)


def test_a_missing_line_gives_no_share_and_is_named(shares):
    withheld = shares[(shares["area_code"] == "E06000002") & (shares["financial_year"] == "2024-25")].iloc[0]
    assert pd.isna(withheld["early_share"]) and "s251_early_years" in withheld["missing"]


def test_real_terms_round_trip():
    deflator = schemas.read(paths.FIGURES / "deflator.csv", schemas.DEFLATOR).set_index("financial_year")["index"]
    there = spend.real_terms(1000.0, "2016-17", deflator, "2024-25")
    assert there > 1000
    back = there * deflator["2016-17"] / deflator["2024-25"]
    assert back == pytest.approx(1000.0)
    assert spend.real_terms(1000.0, "2024-25", deflator, "2024-25") == 1000.0


def test_a_year_outside_the_deflator_is_refused():
    with pytest.raises(DataError, match="1890-91"):
        spend.real_terms(1.0, "1890-91", pd.Series({"2024-25": 100.0}), "2024-25")


def test_every_line_has_a_stage_and_a_reason(classification):
    assert set(classification["account"]) == {"s251", "ro3"}
    for _, lines in classification.groupby("account"):
        assert {"early", "late"} <= set(lines["stage"])


# ---- the parts and the published total

LINES = pd.DataFrame(
    {
        "account": "s251",
        "indicator": ["open_door", "care", "justice", "care_leavers", "whole"],
        "stage": ["early", "late", "unclassified", "part", "total"],
        "reason": "an example of a line",
    }
)
NAMES = {"E08000009": "Trafford"}
KEYS = ["area_code", "account", "financial_year"]
NONE = pd.DataFrame(columns=[*KEYS, "difference", "absent", "reason"])


def returned(**values):
    amounts = {"open_door": 100.0, "care": 300.0, "justice": 50.0, "care_leavers": 20.0, "whole": 450.0} | values
    return pd.DataFrame(
        {
            "area_code": "E08000009",
            "period": "2024-04-01/P1Y",
            "indicator": list(amounts),
            "value": list(amounts.values()),
        }
    )


def declared(difference=-50.0, absent=None):
    row = ["E08000009", "s251", "2024-25", difference, absent, "The publisher left a line out of the total."]
    return pd.DataFrame([row], columns=NONE.columns)


def test_a_line_within_another_is_not_added():
    row = spend.reconcile(returned(), LINES, "s251", NONE, NAMES).iloc[0]
    assert (row["early"], row["late"], row["unclassified"], row["total"], row["difference"]) == (100, 300, 50, 450, 0)


@pytest.mark.parametrize("total", [448.0, 452.0])
def test_rounding_is_kept_as_a_difference_of_its_own(total):
    row = spend.reconcile(returned(whole=total), LINES, "s251", NONE, NAMES).iloc[0]
    assert row["early"] + row["late"] + row["unclassified"] + row["difference"] == row["total"] == total


def test_a_difference_stops_the_build_and_is_named():
    with pytest.raises(DataError) as error:
        spend.reconcile(returned(whole=400.0), LINES, "s251", NONE, NAMES)
    said = str(error.value)
    assert "Trafford (E08000009), 2024-25, account 's251': line whole is £400, but its lines make £450" in said
    assert "a difference of −£50. That is line justice, which the total leaves out." in said
    assert "declare it with its reason in data/reference/spend_exceptions.csv" in said


@pytest.mark.parametrize("line", ["open_door", "care", "justice", "whole"])
def test_a_gap_in_a_return_stops_the_build(line):
    with pytest.raises(DataError, match=f"no value for {line}, so whole cannot be checked"):
        spend.reconcile(returned(**{line: float("nan")}), LINES, "s251", NONE, NAMES)


def test_a_declared_difference_is_let_through_with_its_reason():
    row = spend.reconcile(returned(whole=400.0), LINES, "s251", declared(), NAMES).iloc[0]
    assert row["note"] == "The publisher left a line out of the total." and row["difference"] == -50


@pytest.mark.parametrize("values", [{}, {"whole": 401.0}, {"whole": 400.0, "justice": float("nan")}])
def test_a_declaration_fails_once_the_publisher_changes_the_figures(values):
    with pytest.raises(DataError, match="The publisher changed it: correct or remove the declaration"):
        spend.reconcile(returned(**values), LINES, "s251", declared(), NAMES)


def test_a_return_that_was_never_made_is_no_fault():
    nothing = returned().assign(value=float("nan"))
    row = spend.reconcile(nothing, LINES, "s251", NONE, NAMES).iloc[0]
    assert pd.isna(row["total"]) and pd.isna(row["early"]) and row["missing"] == "open_door, care"


def test_an_account_needs_one_published_total():
    with pytest.raises(DataError, match="one line of stage 'total'"):
        spend.early_late(returned(), LINES[LINES["stage"] != "total"], "s251")


# ---- volume and unit cost


def test_the_parts_make_the_change_to_the_pound():
    random = np.random.default_rng(3)
    for _ in range(500):
        money = tuple(float(v) for v in random.integers(1, 10**9, 2))
        units = tuple(float(v) / 2 for v in random.integers(1, 4000, 2))
        volume, cost = spend.volume_and_unit_cost(money, units)
        assert volume + cost == round(money[1]) - round(money[0])


def test_one_cause_alone_takes_the_whole_change():
    assert spend.volume_and_unit_cost((1000.0, 2000.0), (10, 20)) == (1000, 0)
    assert spend.volume_and_unit_cost((1000.0, 2000.0), (10, 10)) == (0, 1000)


def test_there_and_back_are_opposite():
    volume, cost = spend.volume_and_unit_cost((1000.0, 3300.0), (10, 15))
    assert spend.volume_and_unit_cost((3300.0, 1000.0), (15, 10)) == (-volume, -cost)


def test_it_is_the_mean_over_both_orders():
    """Shapley's value, worked out from its definition: volume first and volume last, half each."""
    (e0, e1), (v0, v1) = (1_000_000.0, 1_650_000.0), (10, 15)
    u0, u1 = e0 / v0, e1 / v1
    first, last = (v1 - v0) * u0, (v1 - v0) * u1
    assert spend.volume_and_unit_cost((e0, e1), (v0, v1))[0] == round((first + last) / 2)


def test_no_volume_has_no_unit_cost():
    with pytest.raises(ValueError, match="above 0"):
        spend.volume_and_unit_cost((1.0, 2.0), (0, 3))
