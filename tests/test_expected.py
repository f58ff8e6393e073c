"""What is expected given need: a published answer, each fit made again without its row, and no outcome among the needs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import yaml
from scipy import stats

from helpers import expected, paths


@pytest.fixture(scope="module")
def stackloss():
    data = sm.datasets.stackloss.load_pandas()
    return data.endog, data.exog


def test_the_published_answer_of_stackloss(stackloss):
    published = yaml.safe_load((paths.ROOT / "tests" / "published" / "stackloss.yml").read_text(encoding="utf-8"))
    found = expected.leave_one_out(*stackloss)
    assert found.n == 21
    assert round(found.r_squared, 4) == 0.9136  # R's summary(lm(stack.loss ~ ., stackloss))
    for case in published["cases"]:
        assert round(found.rows["studentised"].iloc[case["day"] - 1], 4) == case["studentised"]


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_each_row_is_what_the_fit_to_the_others_predicts(stackloss, level):
    """Fit again without the row, and let statsmodels predict it: no formula of ours is used here."""
    response, predictors = stackloss
    found = expected.leave_one_out(response, predictors, level).rows
    design = sm.add_constant(predictors)
    for row in range(len(response)):
        others = np.arange(len(response)) != row
        fit = sm.OLS(response[others], design[others]).fit()
        said = fit.get_prediction(design.iloc[[row]]).summary_frame(alpha=1 - level).iloc[0]
        assert found["expected"].iloc[row] == pytest.approx(said["mean"])
        assert found["low"].iloc[row] == pytest.approx(said["obs_ci_lower"])
        assert found["high"].iloc[row] == pytest.approx(said["obs_ci_upper"])


def test_a_row_does_not_move_what_is_expected_of_it(stackloss):
    response, predictors = stackloss
    other = response.copy()
    other.iloc[7] = 10_000.0
    before, after = (expected.leave_one_out(r, predictors).rows["expected"].iloc[7] for r in (response, other))
    assert after == pytest.approx(before)


def test_about_four_in_five_lie_inside_where_the_pattern_is_true():
    random = np.random.default_rng(20260401)
    need = pd.DataFrame({"need": random.normal(30, 8, 3000)})
    spend = pd.Series(np.exp(5 + 0.02 * need["need"] + random.normal(0, 0.25, 3000)))
    found = expected.spend_given_need(spend, need).rows
    inside = ((spend >= found["low"]) & (spend <= found["high"])).mean()
    assert abs(inside - 0.8) < 4 * math.sqrt(0.8 * 0.2 / 3000)


def test_the_reading_and_the_studentised_residual_agree():
    """Outside the 80% interval is the same as further off than Student's t allows: 1.28 for very many places."""
    random = np.random.default_rng(7)
    need = pd.DataFrame({"need": random.normal(0, 1, 150)})
    spend = pd.Series(np.exp(6 + 0.1 * need["need"] + random.normal(0, 0.3, 150)))
    found = expected.spend_given_need(spend, need).rows
    limit = stats.t.ppf(0.9, 150 - 2 - 1)
    words = [expected.verdict(s, r.low, r.high) for s, r in zip(spend, found.itertuples(), strict=True)]
    assert words == ["more" if t > limit else "less" if t < -limit else "similar" for t in found["studentised"]]


def test_money_in_another_unit_changes_nothing_but_the_unit():
    random = np.random.default_rng(7)
    need = pd.DataFrame({"need": random.normal(0, 1, 60)})
    spend = pd.Series(np.exp(6 + 0.1 * need["need"] + random.normal(0, 0.3, 60)))
    pounds, pence = (expected.spend_given_need(spend * k, need).rows for k in (1, 100))
    pd.testing.assert_series_equal(pounds["studentised"], pence["studentised"])
    pd.testing.assert_series_equal(pounds["expected"] * 100, pence["expected"])


def test_gaps_and_too_few_rows_are_refused():
    x = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0, 5.0]})
    with pytest.raises(ValueError, match="gap"):
        expected.leave_one_out(pd.Series([1.0, None, 3.0, 4.0, 5.0]), x)
    with pytest.raises(ValueError, match="too few"):
        expected.leave_one_out(pd.Series([1.0, 2.0, 3.0]), x[:3])
