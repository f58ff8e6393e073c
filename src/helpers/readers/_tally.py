"""Sums of a file of money by period and part: what is kept of a list of payments or grants, never its lines."""

from __future__ import annotations

import pandas as pd

from .. import periods, schemas
from ._common import fail

BANDS = ("The 10 largest", "The next 90", "All others")


def year_of(days: pd.Series) -> pd.Series:
    """Return the period of the financial year that each ISO day falls in.

    >>> year_of(pd.Series(["2024-03-31", "2024-04-01"])).tolist()
    ['2023-04-01/P1Y', '2024-04-01/P1Y']
    """
    first = days.str[:4].astype(int) - (days.str[5:7].astype(int) < 4)
    return first.map({year: periods.financial_year(year) for year in first.unique()})


def bands(totals: pd.Series) -> pd.Series:
    """Return the band of each payee from its total: the ten largest, the next ninety, all others."""
    rank = pd.Series(range(len(totals)), totals.sort_values(ascending=False, kind="stable").index)
    return rank.map(lambda place: BANDS[(place >= 10) + (place >= 100)]).reindex(totals.index)


def sized(pounds: pd.Series, limits: tuple[tuple[float, str], ...]) -> pd.Series:
    """Return the name of the band of each amount; `limits` are (at least so many pounds, name), largest first."""
    out = pd.Series(limits[-1][1], pounds.index)
    for least, name in reversed(limits):
        out = out.mask(pounds >= least, name)
    return out


def herfindahl(totals: pd.Series) -> float:
    """Return the Herfindahl-Hirschman index of totals above zero: 10,000 with one payee, 10,000/n with n alike.

    Source: Hirschman (1964), The Paternity of an Index, American Economic Review 54(5), 761-762.

    >>> herfindahl(pd.Series([50, 50])), herfindahl(pd.Series([30]))
    (5000.0, 10000.0)
    """
    positive = totals[totals > 0]
    return round(float(10_000 * ((positive / positive.sum()) ** 2).sum()), 1) if len(positive) else float("nan")


def long(records: list[dict], area_code: str, file: str, released: str) -> pd.DataFrame:
    """Return records of period, breakdown, part and measures as schemas.TALLY, one measure a row.

    Raises DataError where the parts of a breakdown do not add up to the total of its period, to the penny.
    """
    wide = pd.DataFrame(records)
    total = wide[wide["breakdown"] == "total"].set_index("period")
    for (period, breakdown), parts in wide[wide["breakdown"] != "total"].groupby(["period", "breakdown"]):
        for measure in ("rows", "gbp"):
            if round(parts[measure].sum(), 2) != round(total.at[period, measure], 2):
                what = f"{breakdown} of {period}: {measure} add up to {parts[measure].sum()}, not to the total"
                raise fail(file, None, None, what, "This is a fault of the reader: report it.")
    table = wide.melt(["period", "breakdown", "part"], var_name="measure", value_name="value")
    kept = table["value"].notna() | ((table["measure"] == "gbp_charities") & (table["breakdown"] == "total"))
    same = {"area_code": area_code, "release_date": released, "file": file}
    return table[kept].assign(**same, value=table["value"].astype(float))[list(schemas.TALLY.columns)]
