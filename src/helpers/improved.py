"""Places like a place that clearly did better over three years or more: found in the figures, and never put in order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import periods
from .catalogue import Indicator
from .schemas import PRESENT
from .worked_out import NOTHING, Memory, parted, told

MONTHS = 36  # at least so far apart, so that three-year figures do not share a year
SURE = 2.576  # 99%: ten neighbours on many indicators are looked at
NORMAL_95 = 1.96
MIN_AREAS = 50
COLUMNS = [
    "area_code",
    "comparator",
    "indicator",
    "start",
    "end",
    "was",
    "now",
    "neighbour_code",
    "their_was",
    "their_now",
]


def ends(every: list[str], months: int = MONTHS) -> tuple[str, str] | None:
    """Return the newest period and the latest one that ends at least so many months before; None where there is none.

    >>> ends(["2019-04-01/P1Y", "2020-04-01/P1Y", "2023-04-01/P1Y"])
    ('2020-04-01/P1Y', '2023-04-01/P1Y')
    """
    last = max(every)
    end = periods.end(last)
    before = [p for p in every if (end.year - periods.end(p).year) * 12 + end.month - periods.end(p).month >= months]
    return (max(before), last) if before else None


def of_all(
    rows: pd.DataFrame, neighbours: pd.DataFrame, indicators: dict[str, Indicator], memory: Memory = NOTHING
) -> pd.DataFrame:
    """Return for each locality and indicator the neighbours that clearly improved, and clearly more than it did.

    `rows`: bundles.measured. Clearly: the change is beyond the 99% limits of no change, and its difference from the
    locality's own change beyond those of no difference; standard errors are those of the 95% limits, and the two years
    are taken as independent. Only indicators on which everyone agrees which way is good. Columns: COLUMNS, by area,
    comparator, indicator and neighbour's code: an order that says nothing.
    """
    judged = {
        i.id: i for i in indicators.values() if i.polarity != "no judgement" and i.chapter in ("needs", "outcomes")
    }
    present = rows["indicator"].isin(judged) & rows["status"].isin(PRESENT) & rows["lower"].notna()
    near = told(neighbours[["area_code", "comparator", "neighbour_code"]].drop_duplicates())
    calls = [(part, near, judged[name]) for name, part in parted(rows, present, "indicator").items()]
    out = memory.each(_of_indicator, calls) if calls else pd.DataFrame(columns=COLUMNS)
    return out.sort_values(["area_code", "comparator", "indicator", "neighbour_code"], ignore_index=True)


def _of_indicator(part: pd.DataFrame, near: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Return the rows of one indicator."""
    sizes = part.groupby("period")["area_code"].nunique()
    pair = ends(sizes.index[sizes >= MIN_AREAS].tolist()) if (sizes >= MIN_AREAS).any() else None
    if not pair:
        return pd.DataFrame(columns=COLUMNS)
    error = (part["upper"] - part["lower"]) / (2 * NORMAL_95)
    part = part.assign(variance=error**2)
    was, now = (part[part["period"] == p].set_index("area_code")[["value", "variance"]] for p in pair)
    both = was.add_suffix("_was").join(now.add_suffix("_now"), how="inner")
    way = 1 if indicator.polarity == "high is good" else -1
    both["gain"] = way * (both["value_now"] - both["value_was"])
    both["noise"] = both["variance_was"] + both["variance_now"]
    joined = near.merge(both, left_on="area_code", right_index=True)
    joined = joined.merge(both, left_on="neighbour_code", right_index=True, suffixes=("", "_their"))
    clearly = joined["gain_their"] > SURE * np.sqrt(joined["noise_their"])
    more = joined["gain_their"] - joined["gain"] > SURE * np.sqrt(joined["noise_their"] + joined["noise"])
    chosen = joined[clearly & more]
    return pd.DataFrame(
        {
            "area_code": chosen["area_code"],
            "comparator": chosen["comparator"],
            "indicator": indicator.id,
            "start": pair[0],
            "end": pair[1],
            "was": chosen["value_was"],
            "now": chosen["value_now"],
            "neighbour_code": chosen["neighbour_code"],
            "their_was": chosen["value_was_their"],
            "their_now": chosen["value_now_their"],
        }
    )
