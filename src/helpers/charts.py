"""The visual language: one Altair theme, one palette, and how a chart stands on a page.

A chart becomes a <figure> that holds its finding as a caption, its alternative text, and its specification as data;
charts.js draws it from a bundle in the book. Nothing is fetched, and nothing in the data can become a script.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache

import altair as alt

from . import periods
from .narrative import Html, text

OWN, ENGLAND, PEERS = "#1d4f91", "#5c6670", "#a5480a"
EARLY, LATE, UNCLASSIFIED = "#1d7a8c", "#8a3f6b", "#b9c0c6"
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


@alt.theme.register("handbook", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    axis = {
        "labelColor": "#2b333a",
        "titleColor": "#2b333a",
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
                "gridColor": "#e3e7ea",
                "domainColor": "#8a949c",
                "tickColor": "#8a949c",
                "labelOverlap": True,
            },
            "axisX": {"grid": False, "labelAngle": 0},
            "legend": {
                "orient": "top",
                "labelFontSize": 12,
                "title": None,
                "symbolStrokeWidth": 2.5,
                "symbolSize": 120,
                "labelLimit": 260,
            },
        }
    }


def figure(chart: alt.TopLevelMixin | dict, caption: str, alternative: str) -> Html:
    """Return the chart, or its specification, as a <figure>. `caption` tells the finding; `alternative` carries it for those who hear it.

    The same chart gives the same bytes: the id is a hash of its specification.
    """
    spec = dict(chart) if isinstance(chart, dict) else chart.to_dict()
    spec.pop("$schema", None)
    body = json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    name = hashlib.sha256(body.encode()).hexdigest()[:12]
    return Html(
        f'<figure class="hb-chart" id="chart-{name}"><figcaption>{text(caption)}</figcaption>'
        f'<div class="hb-canvas" role="img" aria-label="{text(alternative)}"></div>'
        f'<script type="application/json" class="hb-spec">{body}</script></figure>'
    )


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
    colours, dashes = [OWN, ENGLAND, PEERS][:how_many], [[1, 0], [6, 3], [2, 2]][:how_many]
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
    point = base.mark_point(filled=True, size=36, invalid="filter").encode(tooltip=tooltip)
    return json.dumps((line + point).properties(width="container", height=height).to_dict())


def _filled(template: str, values: list[dict], names: list[str], domain: list[str]) -> dict:
    """Return a specification from `_lines` with its data, its lines' names and its periods."""
    spec = json.loads(template)
    spec["data"] = {"values": values}
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domain"] = domain
        for channel in ("color", "strokeDash"):
            layer["encoding"][channel]["scale"]["domain"] = names
    return spec


FORMATS = {"pct": ".3~g", "gbp": "$,.3~s", "gbp_thousand": "$,.3~s", "gbp_per_week": "$,.3~s"}


def trend(values: list[dict], names: list[str], domain: list[str], caption: str, alternative: str, unit: str) -> Html:
    """Return a line for the locality and each comparator over the periods of `domain`.

    `values`: records with period (label), who, value (None is a gap), shown (the value as text).
    """
    template = _lines(len(names), FORMATS.get(unit, ".4~g"), None, False, 4, 130)
    return figure(_filled(template, values, names, domain), caption, alternative)


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
    return figure(_filled(template, values, names, domain), caption, alternative)


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
    words = base.mark_text(align="left", dx=5, color="#2b333a", fontSize=11).encode(text="short:N")
    return figure((bar + words).properties(width="container", height=26 * max(len(values), 1)), caption, alternative)
