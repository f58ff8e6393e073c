"""Early against late spend, in real terms and per child, from an open line-by-line classification."""

from __future__ import annotations

import pandas as pd

from . import periods
from .schemas import DataError

STAGES = ("early", "late", "unclassified")
STAGE_NAMES = {
    "early": "Early",
    "late": "Late",
    "unclassified": "Neither",
    "part": "Within another line",
    "total": "Published total",
}
# Each publisher rounds every line and the total by itself, to the pound and to £ thousand: two units are its rounding.
ROUNDING = {"s251": 2.0, "ro3": 2000.0}
CLASSIFICATION, EXCEPTIONS = "data/reference/spend_classification.csv", "data/reference/spend_exceptions.csv"


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
    late, unclassified (£, nominal; nan where a line is missing), early_share (%), missing (the early and late lines
    without a value, as text), total (£, as published), difference (the total less every line that has a value),
    absent (all lines without a value, the total too). The share is given only where `missing` is empty.
    """
    wide, stages = _wide(series, classification, account)
    parts = wide[stages.index[stages.isin(STAGES)]]
    out = pd.DataFrame(index=wide.index)
    for stage in STAGES:
        own = stages.index[stages == stage]
        out[stage] = wide[own].sum(axis=1, skipna=False) if len(own) else 0.0
    out["early_share"] = 100 * out["early"] / (out["early"] + out["late"])
    out["missing"] = _without(wide[stages.index[stages.isin(["early", "late"])]])
    out["total"] = wide[stages.index[stages == "total"][0]]
    out["difference"] = out["total"] - parts.sum(axis=1, min_count=1)
    out["absent"] = _without(wide[stages.index[stages != "part"]])
    out = out.reset_index()
    out.insert(1, "financial_year", out["period"].map(periods.label))
    return out.drop(columns="period").sort_values(["area_code", "financial_year"], ignore_index=True)


def _wide(series: pd.DataFrame, classification: pd.DataFrame, account: str) -> tuple[pd.DataFrame, pd.Series]:
    """Return one row per area and year with a column for each line of the account, and the lines' stages."""
    stages = classification[classification["account"] == account].set_index("indicator")["stage"]
    if not stages.isin(STAGES).any():
        raise DataError([f"{CLASSIFICATION}: no lines for account '{account}'. Add them with a reason each."])
    if (stages == "total").sum() != 1:
        raise DataError([f"{CLASSIFICATION}: account '{account}' needs one line of stage 'total'. Name it."])
    chosen = series[series["indicator"].isin(stages.index)]
    wide = chosen.pivot(index=["area_code", "period"], columns="indicator", values="value")
    return wide.reindex(columns=stages.index), stages


def _without(wide: pd.DataFrame) -> list[str]:
    return [", ".join(wide.columns[row]) for row in wide.isna().to_numpy()]


def reconcile(
    series: pd.DataFrame, classification: pd.DataFrame, account: str, exceptions: pd.DataFrame, names: dict[str, str]
) -> pd.DataFrame:
    """Return `early_late` with a `note`, once early + late + unclassified is the published total in every row.

    A difference of up to ROUNDING is the publisher's own. Any other, and any gap in a return that has figures, must
    be declared in `exceptions` (area_code, account, financial_year, difference in £, absent, reason) as it stands, so
    that a declaration fails when the publisher mends the fault. `names`: area code to name. Raises DataError that
    lists every fault with locality, year, line and difference.
    """
    rows = early_late(series, classification, account)
    wide, stages = _wide(series, classification, account)
    wide.index = wide.index.set_levels(wide.index.levels[1].map(periods.label), level=1)
    total = stages.index[stages == "total"][0]
    declared = exceptions[exceptions["account"] == account].set_index(["area_code", "financial_year"])
    faults, notes = [], []
    for row in rows.itertuples():
        key = (row.area_code, row.financial_year)
        where = (
            f"{names.get(row.area_code, row.area_code)} ({row.area_code}), {row.financial_year}, account '{account}'"
        )
        if key in declared.index:
            entry = declared.loc[key]
            same = abs(row.difference - entry["difference"]) < 0.5 or (
                row.difference != row.difference and pd.isna(entry["difference"])
            )
            if not same or row.absent != ("" if pd.isna(entry["absent"]) else entry["absent"]):
                faults.append(
                    f"{EXCEPTIONS}: {where}: declared is a difference of {_pounds(entry['difference'])} and no value for"
                    f" '{entry['absent']}'; found are {_pounds(row.difference)} and '{row.absent}'."
                    " The publisher changed it: correct or remove the declaration."
                )
            notes.append(entry["reason"])
            continue
        notes.append("")
        lines = wide.loc[key]
        if lines.isna().all():
            continue  # no return: nothing to add up, and shown as missing
        if row.absent:
            faults.append(f"{where}: no value for {row.absent}, so {total} cannot be checked. {_remedy(account)}")
        elif abs(row.difference) > ROUNDING[account]:
            parts = lines[stages.index[stages.isin(STAGES)]]
            suspects = parts.index[(parts + row.difference).abs() <= ROUNDING[account]].tolist()
            hint = f" That is line {suspects[0]}, which the total leaves out." if suspects else ""
            faults.append(
                f"{where}: line {total} is {_pounds(row.total)}, but its lines make {_pounds(parts.sum())}: a"
                f" difference of {_pounds(row.difference)}.{hint} {_remedy(account)}"
            )
    if faults:
        raise DataError(faults)
    return rows.assign(note=notes)


def _pounds(value: float) -> str:
    return "no value" if pd.isna(value) else f"{'−' if value < 0 else ''}£{abs(value):,.0f}"


def _remedy(account: str) -> str:
    return f"Check the publisher's file of '{account}', or declare it with its reason in {EXCEPTIONS}."


def volume_and_unit_cost(spend: tuple[float, float], volume: tuple[float, float]) -> tuple[int, int]:
    """Return by how many pounds spend changed through volume, and through the cost of each unit.

    `spend`: £ before and after; `volume`: units before and after, above 0. The change of one is taken at the mean of
    the other before and after, so that no order is preferred (the Shapley decomposition of two factors), and the
    two parts sum to the change in whole pounds. Raises ValueError for a volume of 0. Source: Shorrocks (2013),
    Decomposition procedures for distributional analysis, Journal of Economic Inequality 11.

    >>> volume_and_unit_cost((1000.0, 1650.0), (10, 15))  # 5 more, at 105 on average; 10 dearer, for 12.5 on average
    (525, 125)
    """
    if min(volume) <= 0:
        raise ValueError("A unit cost needs a volume above 0 before and after.")
    before, after = (money / units for money, units in zip(spend, volume, strict=True))
    change = round(spend[1]) - round(spend[0])
    by_volume = round((volume[1] - volume[0]) * (before + after) / 2)
    return by_volume, change - by_volume


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
