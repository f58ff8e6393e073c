"""Series that move before the official figures do, as a reader of the page on outcomes sees them."""

from __future__ import annotations

from . import charts, periods, tables, trends
from .evidence import Evidence
from .narrative import value_of
from .wording import Html, number, paragraph, text

WORDS = {
    "outside": "beyond the limits",
    "shift": "one of seven or more in a row on one side of the mean",
    "trend": "one of seven or more in a row, each beyond the one before",
    "two_of_three": "one of two out of three near a limit",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BETTER = {"high": "Higher is better.", "low": "Lower is better.", "no judgement": "Higher is neither better nor worse."}


def series(e: Evidence) -> Html:
    """Return each local series on its control chart, beside the official indicator that it foreshadows."""
    found = e.local.get("fast", {}).get("series", [])
    if not found:
        return paragraph(
            f"None is known for {e.name}. Official figures come a year or more late. A count that a service keeps each month or"
            f" week can say sooner whether something has changed. To add one, run handbook new-pack {e.place['slug']}, and fill"
            " in the table fast.",
            "hb-gap",
        )
    moved = sum(one["word"] == "special cause" for one in found)
    charted = sum(one["word"] != trends.TOO_FEW for one in found)
    words = (
        f"{e.name} keeps {len(found)} series of its own. {_counted(len(found), charted, moved)} A mark is a reason to look, not a"
        " finding: of series that do not change, one in five has a marked point within two years, by chance alone."
    )
    return Html(paragraph(words) + "".join(_one(e, one) for one in found))


def _counted(series: int, charted: int, moved: int) -> str:
    """Return how many series have a chart, and how many of those show more than routine variation.

    >>> _counted(1, 1, 0)
    'It has the 13 points in a row that a control chart needs, and shows routine variation only.'
    >>> _counted(3, 2, 1)
    '2 of them have the 13 points in a row that a control chart needs, and 1 of those shows more than routine variation.'
    """
    needs = f"the {trends.MIN_CHART_POINTS} points in a row that a control chart needs"
    if series == 1:
        shows = "more than routine variation" if moved else "routine variation only"
        return f"It has {needs}, and shows {shows}." if charted else f"It does not have {needs} yet."
    have = (
        "All of them have" if charted == series else f"{charted or 'None'} of them {'have' if charted > 1 else 'has'}"
    )
    if not charted:
        return f"{have} {needs} yet."
    return f"{have} {needs}, and {moved or 'none'} of those {'show' if moved > 1 else 'shows'} more than routine variation."


def _one(e: Evidence, one: dict) -> str:
    finding = _finding(one)
    head = f"<h3>{text(one['series'])}</h3>{paragraph(_official(e, one))}"
    shown = [p for p in one["points"] if p["value"] is not None]
    if not shown:
        return head + paragraph(f"{finding} None of its points can be shown.", "hb-gap") + _table(one)
    folded = (
        f"<details><summary>The numbers, {text(one['step'])} by {text(one['step'])}</summary>{_table(one)}</details>"
    )
    return head + _chart(one, finding) + paragraph(_how(one), "hb-source") + folded


def _finding(one: dict) -> str:
    """Return what the series says, in a sentence: the title of its chart."""
    last = next((p for p in reversed(one["points"]) if p["value"] is not None), None)
    if last is None:
        return "No value is shown."
    newest = f"{_value(last['value'])} {one['unit']} in {when(last['period'])}"
    if one["word"] == trends.TOO_FEW:
        return f"{newest}; too few points in a row to tell routine variation from change."
    marked = [p for p in one["points"] if p.get("marks")]
    if not marked:
        return f"{newest}; all points are within routine variation."
    way = "above" if marked[-1]["direction"] > 0 else "below"
    judged = {
        ("high", "above"): "better",
        ("low", "below"): "better",
        ("high", "below"): "worse",
        ("low", "above"): "worse",
    }
    word = judged.get((one["better"], way), "")
    side = f"{way} what was usual" + (f", which is {word}" if word else "")
    count = f"{len(marked)} points are marked" if len(marked) > 1 else "one point is marked"
    return f"{newest}; {count}, the last in {when(marked[-1]['period'])}, {side}."


def _official(e: Evidence, one: dict) -> str:
    """Return the slow figure beside it: its value, its period and its age."""
    record = e.indicators.get(one["indicator"])
    if record is None:
        return f"The indicator that it foreshadows ({one['indicator']}) is not in this edition."
    latest = e.latest(one["indicator"])
    title = record["title"]
    if not latest.period:
        return f"It foreshadows: {title}. There is no official value for {e.name}."
    age = periods.age_in_months(latest.period, e.place["edition"])
    return (
        f"It foreshadows: {title}. The newest official value, {value_of(e, latest)}, is of {periods.label(latest.period)},"
        f" which ended {age} months before this edition."
    )


def when(period: str) -> str:
    """Return a month or a week as a reader sees it.

    >>> when("2025-04"), when("2025-04-07")
    ('Apr 2025', 'week of 7 Apr 2025')
    """
    year, month, *day = period.split("-")
    name = f"{MONTHS[int(month) - 1]} {year}"
    return f"week of {int(day[0])} {name}" if day else name


def _value(value: float) -> str:
    return number(value, "count", 0 if float(value).is_integer() else 1)


def _chart(one: dict, finding: str) -> str:
    """Return the control chart. Its table holds the same numbers."""
    domain = [when(p["period"]) for p in one["points"]]
    values = [
        {"period": when(p["period"]), "value": p["value"], "mark": "marked" if p.get("marks") else "routine"}
        for p in one["points"]
        if p["value"] is not None
    ]
    x = {"field": "period", "type": "ordinal", "title": None, "scale": {"domain": domain}}
    y = {
        "field": "value",
        "type": "quantitative",
        "title": one["unit"],
        "scale": {"zero": False},
        "axis": {"tickCount": 4},
    }
    line = {"mark": {"type": "line", "color": charts.OWN, "strokeWidth": 2}, "encoding": {"x": x, "y": y}}
    shape = {
        "field": "mark",
        "type": "nominal",
        "scale": {"domain": ["routine", "marked"], "range": ["circle", "diamond"]},
        "legend": {"title": None},
    }
    colour = shape | {"scale": {"domain": ["routine", "marked"], "range": [charts.OWN, charts.PEERS]}}
    point = {
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": {"x": x, "y": y, "shape": shape, "color": colour},
    }
    layers = [line, point]
    if one["mean"] is not None:
        for value, dash in ((one["upper"], [5, 4]), (one["mean"], [1, 0]), (one["lower"], [5, 4])):
            at = {"datum": round(value, 2), "type": "quantitative"}
            rule = {"type": "rule", "color": charts.QUIET, "strokeDash": dash}
            layers.append({"mark": rule, "encoding": {"y": at}})
    spec = {
        "config": charts._theme()["config"],
        "data": {"values": values},
        "layer": layers,
        "width": "container",
        "height": 190,
    }
    gaps = [when(p["period"]) for p in one["points"] if p["value"] is None]
    alternative = f"{one['series']}: {finding}" + (
        f" Mean {_value(one['mean'])}, limits {_limits(one)}." if one["mean"] is not None else ""
    )
    alternative += f" No value in: {', '.join(gaps)}." if gaps else ""
    return charts.figure(spec, finding, alternative)


def _limits(one: dict) -> str:
    return f"{_value(one['lower'])} to {_value(one['upper'])}"


def _table(one: dict) -> str:
    def row(point: dict) -> list[str]:
        value = _value(point["value"]) if point["value"] is not None else point["why"]
        marks = "; ".join(WORDS[m] for m in point.get("marks", [])) or "none"
        return [when(point["period"]), value, marks]

    return tables.table(
        f"{one['series']}: every {one['step']}, {one['unit']}",
        [one["step"].capitalize(), "Value", "Mark"],
        [row(p) for p in one["points"]],
        numeric=[1],
    )


def _how(one: dict) -> str:
    parts = ["Supplied by the locality itself; nobody else has checked it."]
    if one["counts"]:
        parts.append(
            "Numbers of people: 1 to 7 are not shown, others are rounded to the nearest 5, and the chart is of those."
        )
    if one["mean"] is not None:
        parts.append(
            f"Line: the mean, {_value(one['mean'])}. Dashes: the limits, {_limits(one)}. Method: {one['method']}."
        )
        if one["charted_from"] != one["points"][0]["period"]:
            parts.append(f"The limits rest on the points from {when(one['charted_from'])}, after the last gap.")
    return " ".join([*parts, BETTER[one["better"]]])
