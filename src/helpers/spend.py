"""Early against late spend, in real terms and per child, from an open line-by-line classification."""

from __future__ import annotations

import pandas as pd

from . import periods
from .schemas import DataError

STAGES = ("early", "late", "unclassified")
STAGE_NAMES = {"early": "Early", "late": "Late", "unclassified": "Neither", "total": "Not added"}


def real_terms(amount, financial_year, deflator: pd.Series, base_year: str):
    """Return amounts in the prices of `base_year`.

    `amount` and `financial_year` ('2024-25'): scalars or series of one length, in pounds; `deflator`: index by
    financial year. Raises DataError for a year the deflator does not cover: nothing is extrapolated.
    Source: HM Treasury, GDP deflators user guide: amount x index(base) / index(year).

    >>> d = pd.Series({"2016-17": 80.0, "2024-25": 100.0})
    >>> float(real_terms(80.0, "2016-17", d, "2024-25"))
    100.0
    """
    wanted = {base_year, *([financial_year] if isinstance(financial_year, str) else financial_year)}
    outside = sorted(y for y in wanted if y not in deflator.index)
    if outside:
        raise DataError(
            [
                f"data/figures/deflator.csv: no deflator for {', '.join(outside)}; it covers {deflator.index[0]} to"
                f" {deflator.index[-1]}. Choose a year in that range, or ingest a newer release."
            ]
        )
    years = (
        deflator[financial_year]
        if isinstance(financial_year, str)
        else pd.Series(financial_year).map(deflator).to_numpy()
    )
    return amount * deflator[base_year] / years


def early_late(series: pd.DataFrame, classification: pd.DataFrame, account: str) -> pd.DataFrame:
    """Return one row per area and financial year with the early, late and unclassified sums and the early share.

    `series` needs area_code, indicator, period, value in pounds. Columns out: area_code, financial_year, early,
    late, unclassified (£, nominal; nan where a line is missing), early_share (%), missing (the lines without a
    value, as text). The share is given only where every early and every late line has a value.
    """
    lines = classification[(classification["account"] == account) & classification["stage"].isin(STAGES)]
    if lines.empty:
        raise DataError(
            [f"data/reference/spend_classification.csv: no lines for account '{account}'. Add them with a reason each."]
        )
    chosen = series[series["indicator"].isin(lines["indicator"])]
    wide = chosen.pivot(index=["area_code", "period"], columns="indicator", values="value")
    wide = wide.reindex(columns=lines["indicator"])
    out = pd.DataFrame(index=wide.index)
    for stage in STAGES:
        own = lines.loc[lines["stage"] == stage, "indicator"]
        out[stage] = wide[own].sum(axis=1, skipna=False) if len(own) else 0.0
    out["early_share"] = 100 * out["early"] / (out["early"] + out["late"])
    needed = lines.loc[lines["stage"].isin(["early", "late"]), "indicator"]
    gaps = wide[needed].isna()
    out["missing"] = [", ".join(needed[row].tolist()) for row in gaps.to_numpy()]
    out = out.reset_index()
    out.insert(1, "financial_year", out["period"].map(periods.label))
    return out.drop(columns="period").sort_values(["area_code", "financial_year"], ignore_index=True)


def national_early_share(early_late_rows: pd.DataFrame) -> pd.DataFrame:
    """Return per financial year the summed early and late spend, the early share, and how many authorities are in it.

    Only authorities with every early and late line are summed. Columns: financial_year, authorities, early, late
    (£, nominal), early_share, median, lowest, highest (%, over authorities).
    """
    complete = early_late_rows[early_late_rows["missing"] == ""]
    grouped = complete.groupby("financial_year")
    out = grouped.agg(authorities=("area_code", "nunique"), early=("early", "sum"), late=("late", "sum"))
    out["early_share"] = 100 * out["early"] / (out["early"] + out["late"])
    out["median"] = grouped["early_share"].median()
    out["lowest"], out["highest"] = grouped["early_share"].min(), grouped["early_share"].max()
    return out.reset_index()
