"""What places with similar need spend: a leave-one-out prediction of log spend per head from need alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.8
MIN_PLACES = 50  # with fewer, the pattern over places is too loose to say what to expect of one


class Prediction(NamedTuple):
    """A least-squares fit, and for each row what the fit to all the other rows predicts."""

    rows: pd.DataFrame  # expected, low, high (in the units of the response), studentised; index as given
    n: int
    r_squared: float


def leave_one_out(response: pd.Series, predictors: pd.DataFrame, level: float = LEVEL) -> Prediction:
    """Return for each row the prediction from all other rows, its prediction interval, and how far off the row is.

    `studentised` is the externally studentised residual: the row's distance from the prediction, in standard errors
    of that prediction. The interval is of `level`, by Student's t. Index: one for both. Raises ValueError for a gap,
    or for fewer rows than two more than the parameters. Source: Belsley, Kuh and Welsch (1980), Regression
    Diagnostics; statsmodels' OLSInfluence.

    >>> x = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0, 5.0]})
    >>> found = leave_one_out(pd.Series([1.1, 1.9, 3.2, 3.9, 9.0]), x).rows
    >>> round(float(found["expected"].iloc[4]), 2)  # the line through the first four points, at 5
    4.95
    """
    from statsmodels.regression.linear_model import OLS  # all three take long to load, and few builds fit anew
    from statsmodels.stats.outliers_influence import OLSInfluence
    from statsmodels.tools.tools import add_constant

    design = add_constant(predictors.astype(float), has_constant="add")
    if response.isna().any() or design.isna().any(axis=None):
        raise ValueError("Leave out the rows with a gap first, and say which they are.")
    if len(response) < design.shape[1] + 2:
        raise ValueError(f"{len(response)} rows are too few for {design.shape[1]} parameters.")
    fit = OLS(response.to_numpy(float), design.to_numpy(float)).fit()
    influence = OLSInfluence(fit)
    # By the formulas of one row deleted, no fit is made again: the test does make each again and compares.
    expected = response.to_numpy(float) - influence.resid_press
    error = np.sqrt(influence.sigma2_not_obsi / (1 - influence.hat_matrix_diag))
    reach = stats.t.ppf(0.5 + level / 2, fit.df_resid - 1) * error
    rows = pd.DataFrame(
        {
            "expected": expected,
            "low": expected - reach,
            "high": expected + reach,
            "studentised": influence.resid_studentized_external,
        },
        index=response.index,
    )
    return Prediction(rows, len(response), float(fit.rsquared))


def spend_given_need(spend_per_head: pd.Series, need: pd.DataFrame) -> Prediction:
    """Return what is expected of each place in pounds a head, from the need of it and the spend of all the others.

    The logarithm of spend is predicted, so that a place is off by a share and not by a sum; `expected` is the middle
    of what is expected, not its mean. `need` must hold need alone: never spend or an outcome. Index: area codes.
    """
    found = leave_one_out(np.log(spend_per_head), need)
    return found._replace(rows=found.rows.assign(**np.exp(found.rows[["expected", "low", "high"]])))


def verdict(actual: float, low: float, high: float) -> str:
    """Return where spend lies: less, similar or more than that of places with similar need.

    >>> verdict(120.0, 80.0, 110.0), verdict(100.0, 80.0, 110.0)
    ('more', 'similar')
    """
    return "more" if actual > high else "less" if actual < low else "similar"
