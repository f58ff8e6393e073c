"""Early against late: the known national answer, real terms, and refusals."""

from __future__ import annotations

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
