"""Local series that move before an official figure does: a control chart each, beside the indicator it foreshadows.

Numbers of people are protected first, and the chart is worked out from what is published: nothing in it can tell more
than its own table does.
"""

from __future__ import annotations

from datetime import date, timedelta

from . import disclosure, trends
from .pack import Pack

POINTS = trends.MIN_CHART_POINTS
MARKS = ("outside", "shift", "trend", "two_of_three")


def results(own: Pack) -> dict:
    """Return {series: [one dict a series]} with its points, the chart's limits and marks, and why there is none."""
    table = own.table("fast")
    return {"series": [_series(name, rows) for name, rows in table.groupby("series", sort=True)]}


def _series(name: str, rows) -> dict:
    first = rows.iloc[0]
    counts = first["counts"] == "yes"
    rows = rows.sort_values("period")
    given = dict(zip(rows["period"], rows["value"], strict=True))
    points = []
    for period in calendar(rows["period"].iloc[0], rows["period"].iloc[-1]):
        value = given.get(period, float("nan"))
        why = "" if value == value else "not counted"
        shown = None if why else disclosure.shown(value) if counts else float(value)
        points.append(
            {"period": period, "value": shown, "why": disclosure.HIDDEN if shown is None and not why else why}
        )
    gap = max((i for i, p in enumerate(points) if p["value"] is None), default=-1)
    charted = points[gap + 1 :]  # a control chart needs a series without gaps, so it starts after the last
    chart = trends.xmr([p["value"] for p in charted])
    for point, row in zip(charted, chart.points.to_dict("records"), strict=True):
        if chart.word != trends.TOO_FEW:
            point["marks"] = [mark for mark in MARKS if row[mark]]
            point["direction"] = int(row["direction"])
    return {
        "series": name,
        "indicator": first["indicator"],
        "unit": first["unit"],
        "counts": counts,
        "better": first["better"],
        "step": "month" if len(first["period"]) == 7 else "week",
        "points": points,
        "charted_from": charted[0]["period"] if charted else "",
        "word": chart.word,
        "mean": chart.value,
        "lower": max(0.0, chart.lower) if counts and chart.lower == chart.lower else chart.lower,
        "upper": chart.upper,
        "screened": chart.screened,
        "method": chart.method,
    }


def calendar(first: str, last: str) -> list[str]:
    """Return every month, or every Monday, from the first to the last.

    >>> calendar("2024-11", "2025-01"), calendar("2025-04-07", "2025-04-21")
    (['2024-11', '2024-12', '2025-01'], ['2025-04-07', '2025-04-14', '2025-04-21'])
    """
    if len(first) == 7:
        (year, month), (last_year, last_month) = (map(int, text.split("-")) for text in (first, last))
        months = range(year * 12 + month - 1, last_year * 12 + last_month)
        return [f"{m // 12}-{m % 12 + 1:02d}" for m in months]
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(day + timedelta(weeks=n)).isoformat() for n in range((end - day).days // 7 + 1)]
