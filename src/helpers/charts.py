"""The visual language: one Altair theme, one palette, and how a chart stands on a page.

A chart becomes a <figure> that holds its finding as a caption, its alternative text, and its specification as data;
charts.js draws it from a bundle in the book. Nothing is fetched, and nothing in the data can become a script.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache

import altair as alt
from altair.utils import schemapi

from . import periods
from .wording import Html, text

# All colours of charts. Each stands out from the paper by 3 to 1 or more, and those of one group differ from each other
# for readers with any of the three kinds of colour blindness, in light and in dark (components.css turns a chart's
# colours round there): tests/test_charts.py computes it. A second sign, a dash or a shape, goes with each colour.
OWN, ENGLAND, PEERS = "#1d4f91", "#5c6670", "#a5480a"
EARLY, LATE, UNCLASSIFIED = "#1890cc", "#7a1f4f", "#8e8a80"
RANGE = "#8a949c"  # an interval, under the mark of a value
INK, QUIET = "#2b333a", "#5c6670"  # words
GRID, PAPER = "#d3d9de", "#ffffff"
FAINT, MIDDLE, HALO = "#e3e7ea", "#c3cbd1", "#ffd45e"  # grounds behind marks that tell by themselves
DASHES, SHAPES = ([1, 0], [6, 3], [2, 2]), ("circle", "diamond", "square")  # in the order of OWN, ENGLAND, PEERS
GAP = "× marks a period without a value here."
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


@alt.theme.register("handbook", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    axis = {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "config": {
            "font": FONT,
            "background": "transparent",
            "view": {"stroke": None},
            "axis": {
                **axis,
                "gridColor": GRID,
                "domainColor": RANGE,
                "tickColor": RANGE,
                "labelOverlap": True,
            },
            "axisX": {"grid": False, "labelAngle": 0},
            "legend": {
                "orient": "top",
                "labelFontSize": 12,
                "labelColor": INK,
                "title": None,
                "symbolStrokeWidth": 2.5,
                "symbolSize": 120,
                "labelLimit": 260,
            },
            "text": {"color": INK, "fontSize": 11},
            "rule": {"color": QUIET},
            "range": {"category": [OWN, PEERS, ENGLAND, EARLY, LATE]},
        }
    }


def figure(chart: alt.TopLevelMixin | dict, caption: str, alternative: str) -> Html:
    """Return the chart, or its specification, as a <figure>. `caption` tells the finding; `alternative` carries it for those who hear it.

    An alternative that only says the caption again, which is heard before it, says what kind of chart it is too. The
    same chart gives the same bytes: the id is a hash of its specification. Raises ValueError for a column in its data
    that nothing in the chart uses: it would be published all the same.
    """
    spec = dict(chart) if isinstance(chart, dict) else chart.to_dict(validate=schemapi.DEBUG_MODE)
    if alternative.strip() == caption.strip():
        alternative = f"{_kind(spec)}: {caption.strip()}"
    spec.pop("$schema", None)
    unused = _unused(spec)
    if unused:
        raise ValueError(
            f"the chart's data hold {', '.join(unused)}, which it does not use. Take them out of its table."
        )
    body = json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    name = hashlib.sha256(body.encode()).hexdigest()[:12]
    return Html(
        f'<figure class="hb-chart" id="chart-{name}"><figcaption>{text(caption)}</figcaption>'
        f'<div class="hb-canvas" role="img" aria-label="{text(alternative)}"></div>'
        f'<script type="application/json" class="hb-spec">{body}</script></figure>'
    )


def _unused(spec: dict) -> list[str]:
    """Return the columns of the data in a specification that stand in no channel, transform or expression of it.

    >>> rows = [{"period": 1, "value": 2, "name": "x"}]
    >>> _unused({"data": {"values": rows}, "encoding": {"x": {"field": "period"}, "size": {"expr": "datum.value"}}})
    ['name']
    """
    columns: set[str] = set()
    named: set[str] = set()
    left: list = [spec]
    while left:
        part = left.pop()
        if isinstance(part, list):
            named.update(one for one in part if isinstance(one, str))
            left += [one for one in part if isinstance(one, (dict, list))]
            continue
        named.update(part)
        for key, value in part.items():
            if isinstance(value, str):
                named.add(value)
            elif isinstance(value, (dict, list)):
                if tables := _tables(key, value):
                    columns.update(*(row for rows in tables for row in rows))
                else:
                    left.append(value)
    unnamed = columns - named
    used = set(re.findall(r"\w+", " ".join(named))) if unnamed else set()
    return sorted(c for c in unnamed if not set(re.findall(r"\w+", c)) <= used)


def _tables(key: str, value: dict | list) -> list[list[dict]]:
    """Return the tables of data that a part of a specification holds; none where it is something else."""
    if key not in ("datasets", "values"):
        return []
    held = value.values() if key == "datasets" else [value]
    return [rows for rows in held if isinstance(rows, list) and rows and isinstance(rows[0], dict)]


def _kind(spec: dict) -> str:
    """Return what a chart is, from the first mark in it that has a name.

    >>> _kind({"layer": [{"mark": {"type": "rule"}}, {"mark": {"type": "line"}}]}), _kind({"mark": "bar"})
    ('Line chart', 'Bar chart')
    """
    names = {"bar": "Bar chart", "line": "Line chart", "area": "Area chart", "point": "Chart of points"}
    marks = [layer.get("mark", "") for layer in spec.get("layer", [spec])]
    kinds = [mark["type"] if isinstance(mark, dict) else mark for mark in marks]
    return next((names[kind] for kind in kinds if kind in names), "Chart")


def every_period(present: Sequence[str]) -> list[str]:
    """Return the periods from the first to the last in equal steps, so that a year without data is a gap.

    Where the steps are not of one length the periods are returned as they are.

    >>> every_period(["2018-04-01/P1Y", "2021-04-01/P1Y"])
    ['2018-04-01/P1Y', '2019-04-01/P1Y', '2020-04-01/P1Y', '2021-04-01/P1Y']
    """
    ordered = sorted(set(present))
    starts = [periods.split(p)[0] for p in ordered]
    if len(ordered) < 2 or len({(s.month, s.day) for s in starts}) > 1:
        return ordered
    tail = ordered[0][4:]
    if any(p[4:] != tail for p in ordered):
        return ordered
    return [f"{year}{tail}" for year in range(starts[0].year, starts[-1].year + 1)]


@cache
def _lines(how_many: int, unit_format: str, title: str | None, zero: bool, ticks: int, height: int) -> str:
    """Return the specification of a line chart as JSON, without its data: Altair makes it once for all that are alike."""
    colours, dashes = [OWN, ENGLAND, PEERS][:how_many], [*DASHES[:how_many]]
    scale = alt.Scale(zero=zero, nice=True)
    base = alt.Chart(alt.Data(values=[])).encode(
        x=alt.X("period:O", title=None, scale=alt.Scale(domain=[])),
        y=alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(format=unit_format, tickCount=ticks)),
        color=alt.Color("who:N", scale=alt.Scale(domain=[], range=colours), legend=alt.Legend(symbolType="stroke")),
        strokeDash=alt.StrokeDash("who:N", scale=alt.Scale(domain=[], range=dashes)),
    )
    tooltip = [
        alt.Tooltip("who:N", title="Area"),
        alt.Tooltip("period:O", title="Period"),
        alt.Tooltip("shown:N", title="Value"),
    ]
    line = base.mark_line(strokeWidth=2.5, invalid="break-paths-filter-domains")
    point = signed(base.mark_point(filled=True, size=40, opacity=1, invalid="filter").encode(tooltip=tooltip))
    cross = (
        alt.Chart(alt.Data(values=[]))
        .mark_text(color=OWN, fontSize=15, fontWeight="bold", baseline="middle")
        .encode(
            x=base.encoding.x,
            y=alt.value(height - 9),
            text=alt.Text("mark:N"),
            tooltip=[alt.Tooltip("why:N", title="Gap")],
        )
    )
    return json.dumps(
        alt.layer(line, point, cross, data=alt.Data(values=[])).properties(width="container", height=height).to_dict()
    )


def _filled(template: str, values: list[dict], names: list[str], domain: list[str]) -> dict:
    """Return a specification from `_lines` with its data, its lines' names and its periods, and a cross at each gap."""
    spec = json.loads(template)
    spec["data"] = {"values": numbered(values, names)}
    gaps = without(values, names[0], domain)
    crosses = spec["layer"].pop() if not gaps else spec["layer"][-1]
    crosses["data"] = {"values": [{"period": p, "mark": "×", "why": f"{p}: no value for {names[0]}"} for p in gaps]}
    for layer in spec["layer"]:
        if layer is not crosses:
            layer.pop("data", None)
        layer["encoding"]["x"]["scale"]["domain"] = domain
        for channel in ("color", "strokeDash"):
            if channel in layer["encoding"]:
                layer["encoding"][channel]["scale"]["domain"] = names
    return spec


def signed(points: alt.Chart) -> alt.Chart:
    """Return a layer of points of `numbered` values with a shape for each line.

    The shapes are no scale, for Vega would draw the legend of the lines with it.
    """
    others = [{"test": f"datum.line === {n}", "value": shape} for n, shape in enumerate(SHAPES) if n]
    return points.encode(shape=alt.ShapeValue(SHAPES[0], condition=others))


def numbered(values: list[dict], names: Sequence[str]) -> list[dict]:
    """Return records with `line`, the place of their `who` in `names`."""
    return [{**v, "line": list(names).index(v["who"])} for v in values]


def without(values: list[dict], own: str, domain: Sequence[str]) -> list[str]:
    """Return the periods of `domain` in which `own` has no value in `values` (records with period, who, value)."""
    have = {v["period"] for v in values if v["who"] == own and v["value"] is not None}
    return [period for period in domain if period not in have]


def _told(words: str, gaps: Sequence[str]) -> str:
    return f"{words} {GAP}" if gaps else words


FORMATS = {"pct": ".3~g", "gbp": "$,.3~s", "gbp_thousand": "$,.3~s", "gbp_per_week": "$,.3~s"}


def trend(values: list[dict], names: list[str], domain: list[str], caption: str, alternative: str, unit: str) -> Html:
    """Return a line for the locality and each comparator over the periods of `domain`.

    `values`: records with period (label), who, value (None is a gap), shown (the value as text).
    """
    template = _lines(len(names), FORMATS.get(unit, ".4~g"), None, False, 4, 130)
    gaps = without(values, names[0], domain)
    alternative = f"{alternative} No value in: {', '.join(gaps)}." if gaps else alternative
    return figure(_filled(template, values, names, domain), _told(caption, gaps), alternative)


def bars(values: list[dict], caption: str, alternative: str, unit_format: str = "$,.3~s") -> Html:
    """Return horizontal bars, longest first. `values`: records with label, value, shown (text)."""
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar(color=OWN, cornerRadiusEnd=2)
        .encode(
            y=alt.Y("label:N", sort="-x", title=None, axis=alt.Axis(labelLimit=190)),
            x=alt.X("value:Q", title=None, axis=alt.Axis(format=unit_format, tickCount=4, grid=True)),
            tooltip=[alt.Tooltip("label:N", title="Service"), alt.Tooltip("shown:N", title="Spend")],
        )
        .properties(width="container", height=26 * max(len(values), 1))
    )
    return figure(chart, caption, alternative)


def shares(values: list[dict], names: list[str], domain: list[str], caption: str, alternative: str) -> Html:
    """Return lines of a percentage over financial years, from zero. `values` as for `trend`."""
    template = _lines(len(names), ".3~g", "%", True, 5, 240)
    gaps = without(values, names[0], domain)
    return figure(_filled(template, values, names, domain), _told(caption, gaps), alternative)


def amounts(values: list[dict], caption: str, alternative: str, unit_format: str = "$,.3~s") -> Html:
    """Return horizontal bars in the order given, each with its amount in words; what is not known is grey.

    `values`: records with label, value, short (text at the end of the bar), shown (text), known (False: nobody can
    tell from the list).
    """
    top = max([v["value"] for v in values if v["value"]], default=1)
    least = min([0, *(v["value"] for v in values if v["value"])])
    base = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=190)),
        x=alt.X(
            "value:Q",
            title=None,
            scale=alt.Scale(domain=[least, round(top * 1.3, 4)], nice=False),  # room for the words after a bar
            axis=alt.Axis(format=unit_format, tickCount=3, grid=True),
        ),
        tooltip=[alt.Tooltip("label:N", title="Part"), alt.Tooltip("shown:N", title="Amount")],
    )
    bar = base.mark_bar(cornerRadiusEnd=2).encode(
        color=alt.condition("datum.known", alt.value(OWN), alt.value(UNCLASSIFIED))
    )
    words = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(text=alt.Text("short:N"))
    return figure((bar + words).properties(width="container", height=26 * max(len(values), 1)), caption, alternative)
