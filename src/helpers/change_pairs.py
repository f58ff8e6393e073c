"""Change in spend against change in outcome over all authorities, worked out once when bundles are built.

Each end is the mean of two years, so that no single year decides, and 2020-21, the year of the pandemic, is in neither.
Percentages in real terms do not depend on the base year of prices.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from . import periods
from .catalogue import Indicator
from .geography import Register
from .schemas import PRESENT

FIRST, LAST = ("2016-17", "2017-18"), ("2023-24", "2024-25")
SPEND = "Early help for children, £ a child, real terms"
ACCOUNT = "s251"
POPULATION = "population_0_17"
OUTCOMES = {
    # indicator: the periods that stand for the years in FIRST and LAST
    "care_applications": "{year}-04-01/P1Y",
    "phonics_year_1": "{year}-09-01/P1Y",
}
ENGLISH = ("E", "X")  # codes of England, and of made-up places: other nations count and fund in other ways
MIN_PLACES = 50


def of_spend_and_outcomes(
    rows: pd.DataFrame,
    register: Register,
    indicators: dict[str, Indicator],
    early_late: pd.DataFrame,
    deflator: pd.DataFrame,
) -> dict[str, dict]:
    """Return for each outcome of OUTCOMES the change in it beside the change in early spend, for all localities.

    A record: title, unit, decimals, first and last (years), n, r with lower and upper (Pearson's correlation, 95% by
    Fisher's z), places (area code -> spend before and after in £ a child at the prices of the last deflator year,
    change in per cent, outcome before and after, change). A locality without all eight figures is left out.
    `early_late`: spend_tables.early_late; `deflator`: financial_year, index.
    """
    places = [c for c in register.localities["area_code"] if c.startswith(ENGLISH)]
    own = rows[rows["status"].isin(PRESENT) & rows["area_code"].isin(places)]
    spend = _spend_a_child(own, early_late, deflator)
    made = {}
    for name, form in OUTCOMES.items():
        if name not in indicators:
            continue
        outcome = own[own["indicator"] == name].pivot(index="area_code", columns="period", values="value")
        ends = [_mean(outcome, [form.format(year=y[:4]) for y in years]) for years in (FIRST, LAST)]
        table = pd.concat([*spend, *ends], axis=1, keys=["before", "after", "was", "now"]).dropna()
        table = table[(table["before"] > 0) & (table["after"] >= 0)]
        table.insert(2, "spend", 100 * (table["after"] / table["before"] - 1))
        table["outcome"] = table["now"] - table["was"]
        if len(table) < MIN_PLACES:
            continue
        r, lower, upper = correlation(table["spend"], table["outcome"])
        record = {"title": indicators[name].title, "unit": indicators[name].unit, "n": len(table)}
        record |= {"decimals": indicators[name].decimals, "first": FIRST, "last": LAST, "periods": _labels(form)}
        record |= {"r": round(r, 2), "lower": round(lower, 2), "upper": round(upper, 2)}
        made[name] = record | {
            "prices": deflator["financial_year"].iloc[-1],
            "places": {
                code: values.round(2).tolist() for code, values in zip(table.index, table.to_numpy(), strict=True)
            },
        }
    return made


def _labels(form: str) -> list[list[str]]:
    return [[periods.label(form.format(year=y[:4])) for y in years] for years in (FIRST, LAST)]


def _spend_a_child(own: pd.DataFrame, early_late: pd.DataFrame, deflator: pd.DataFrame) -> list[pd.Series]:
    """Return early spend a child in the first and in the last years, at the prices of the deflator's last year."""
    heads = own[own["indicator"] == POPULATION].assign(year=lambda d: d["period"].str[:4])
    heads = heads.pivot(index="area_code", columns="year", values="value")
    cash = early_late[early_late["account"] == ACCOUNT].pivot(
        index="area_code", columns="financial_year", values="early"
    )
    index = deflator.set_index("financial_year")["index"]
    years = [y for y in (*FIRST, *LAST) if y in cash and y in index and y[:4] in heads]
    real = pd.DataFrame({y: cash[y] * (index.iloc[-1] / index[y]) / heads[y[:4]] for y in years})
    return [_mean(real, list(part)) for part in (FIRST, LAST)]


def _mean(wide: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Return the mean of columns where all of them have a value."""
    return wide.reindex(columns=columns).mean(axis=1, skipna=False)


def correlation(x, y, level: float = 0.95) -> tuple[float, float, float]:
    """Return Pearson's correlation with its limits, by Fisher's z.

    >>> [round(v, 3) for v in correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])]
    [0.829, 0.052, 0.981]
    """
    found = stats.pearsonr(np.asarray(x, float), np.asarray(y, float))
    limits = found.confidence_interval(level)
    return float(found.statistic), float(limits.low), float(limits.high)
