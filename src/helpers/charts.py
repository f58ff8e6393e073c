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


def stages(values: list[dict], domain: list[str], names: Sequence[str], caption: str, alternative: str) -> Html:
    """Return stacked columns of spend by stage (early, late ...) and year.

    `values`: records with period (label), stage, order, value (pounds a child), shown (text).
    """
    colours = {"Early": EARLY, "Late": LATE}
    chart = (
        alt.Chart(alt.Data(values=values))
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("period:O", title=None, scale=alt.Scale(domain=domain, paddingInner=0.15)),
            y=alt.Y("value:Q", title="£ a child, real terms", axis=alt.Axis(format="$,.4~s", tickCount=5)),
            color=alt.Color(
                "stage:N", scale=alt.Scale(domain=list(names), range=[colours.get(n, UNCLASSIFIED) for n in names])
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("stage:N", title="Stage"),
                alt.Tooltip("period:O", title="Year"),
                alt.Tooltip("shown:N", title="Spend"),
            ],
        )
        .properties(width="container", height=260)
    )
    return figure(chart, caption, alternative)


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
        .properties(width="container", height=alt.Step(26))
    )
    return figure(chart, caption, alternative)


def shares(values: list[dict], names: list[str], domain: list[str], caption: str, alternative: str) -> Html:
    """Return lines of a percentage over financial years, from zero. `values` as for `trend`."""
    template = _lines(len(names), ".3~g", "%", True, 5, 240)
    return figure(_filled(template, values, names, domain), caption, alternative)
