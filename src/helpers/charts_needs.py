"""Charts of need: a place among all authorities, early beside late, and shares with their intervals.

Altair makes and checks each kind of chart once, with marks where the data go; a chart is that template filled in. Making
it anew for each chart would take longer than all the rest of the chapter.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import altair as alt

from . import charts
from .wording import Html

INK, QUIET, PALE, MIDDLE = charts.INK, charts.QUIET, charts.FAINT, charts.MIDDLE
WORST, BEST = charts.PEERS, charts.OWN
LOOK = {
    # word: shape, fill, edge. The shape and the word carry the meaning where colour does not.
    "better": ("circle", BEST, BEST),
    "similar": ("circle", charts.PAPER, INK),
    "worse": ("diamond", WORST, WORST),
    "higher": ("triangle-up", INK, INK),
    "lower": ("triangle-down", INK, INK),
    "not compared": ("square", charts.PAPER, QUIET),
}
EDGE = 1.1  # how far from England the axis goes: 1 is the further of the spread's end and the place itself


HEIGHT, FOOT = 987_001, 987_002  # stand for numbers in a template that are known when it is filled in


def _data(name: str) -> alt.Data:
    return alt.Data(values=[f"@{name}"])


def _filled(template: str, height: int, **lists: list) -> dict:
    """Return a template as a specification, with its height and its lists, each where ["@name"] stands."""
    for name, content in lists.items():
        template = template.replace(f'["@{name}"]', json.dumps(content))
    return json.loads(template.replace(str(HEIGHT), str(height)).replace(str(FOOT), str(height + 3)))


@cache
def _spine() -> str:
    y = alt.Y("label:N", sort=["@order"], axis=None, scale=alt.Scale(domain=["@order"]))
    bounds = alt.Scale(domain=[-EDGE, EDGE], nice=False)
    axis = alt.Axis(values=[-EDGE, 0, EDGE], labels=False, ticks=False, domain=False, grid=False, title=None)
    down = {"yOffset": 7}
    base = alt.Chart(_data("values")).encode(y=y)

    def across(name: str) -> alt.X:
        return alt.X(f"{name}:Q", scale=bounds, axis=axis)

    england = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color=INK, strokeWidth=1.2).encode(x=across("at"))
    spread = base.mark_bar(height=11, color=PALE, **down).encode(x=across("low"), x2="high:Q")
    half = base.mark_bar(height=11, color=MIDDLE, **down).encode(x=across("quarter"), x2="three_quarters:Q")
    near = alt.Chart(_data("near")).mark_tick(color=charts.PEERS, thickness=1.2, size=11, opacity=0.8, **down)
    near = near.encode(y=y, x=across("at"))
    line = base.mark_rule(color=INK, strokeWidth=1.6, **down).encode(x=across("own_low"), x2="own_high:Q")
    legend = alt.Legend(title=None, columns=3, symbolStrokeWidth=1.6)
    point = base.mark_point(filled=True, size=95, strokeWidth=1.6, opacity=1, **down).encode(
        x=across("own"),
        shape=alt.Shape("word:N", legend=legend, scale=alt.Scale(domain=["@words"], range=["@shapes"])),
        fill=alt.Fill("word:N", legend=legend, scale=alt.Scale(domain=["@words"], range=["@fills"])),
        stroke=alt.Stroke("word:N", legend=legend, scale=alt.Scale(domain=["@words"], range=["@edges"])),
        tooltip=[alt.Tooltip("shown:N", title="Value")],
    )
    title = base.mark_text(align="left", baseline="middle", fontSize=12, color=INK, dy=-9).encode(
        x=alt.value(0), text="shown:N"
    )
    marks = [
        alt.Chart(_data(align))
        .mark_text(align=align, baseline="top", fontSize=12, color=INK)
        .encode(x=across("at"), y=alt.value(FOOT), text="words:N")
        for align in ("left", "center", "right")
    ]
    whole = alt.layer(england, spread, half, near, line, point, title, *marks)
    return json.dumps(whole.properties(width="container", height=HEIGHT).to_dict())


def spine(values: list[dict], neighbours: list[dict], ends: tuple[str, str], caption: str, alternative: str) -> Html:
    """Return a row for each indicator: the spread of authorities, England in the middle, neighbours, and the place.

    `values`: records with label, low, quarter, three_quarters, high, own, own_low, own_high (all from -EDGE to EDGE,
    England at 0; own_low and own_high may be None), word (a key of LOOK), shown (text). `neighbours`: records with
    label, at. `ends`: what the left and the right of the axis say.
    """
    words = [w for w in LOOK if any(v["word"] == w for v in values)]
    shapes, fills, edges = (list(look) for look in zip(*(LOOK[w] for w in words), strict=True))
    spec = _filled(
        _spine(),
        34 * len(values),
        order=[v["label"] for v in values],
        values=values,
        near=neighbours,
        words=words,
        shapes=shapes,
        fills=fills,
        edges=edges,
        left=[{"at": -EDGE, "words": f"← {ends[0]}"}],
        center=[{"at": 0, "words": "England"}],
        right=[{"at": EDGE, "words": f"{ends[1]} →"}],
    )
    return charts.figure(spec, caption, alternative)


@cache
def _pairs() -> str:
    stages = ["early", "late"]
    axis = alt.Axis(labelLimit=130)
    base = alt.Chart(_data("values")).encode(
        y=alt.Y("label:N", sort=["@order"], title=None, axis=axis),
        yOffset=alt.YOffset("stage:N", sort=stages, scale=alt.Scale(domain=stages)),
        color=alt.Color("stage:N", scale=alt.Scale(domain=stages, range=[charts.EARLY, charts.LATE]), legend=None),
    )
    x = alt.X("at:Q", title="England's rate = 100", axis=alt.Axis(grid=True, tickCount=5), scale=alt.Scale(zero=False))
    line = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q")
    shape = alt.Shape("stage:N", scale=alt.Scale(domain=stages, range=["circle", "diamond"]), legend=None)
    point = base.mark_point(filled=True, size=110, opacity=1)
    point = point.encode(x=x, shape=shape, tooltip=[alt.Tooltip("shown:N", title="Rate")])
    name = base.mark_text(align="left", dx=9, dy=-9, fontSize=11).encode(x=x, text="stage:N", color=alt.value(INK))
    england = alt.Chart(alt.Data(values=[{"at": 100}])).mark_rule(color=INK, strokeDash=[4, 3]).encode(x="at:Q")
    return json.dumps(alt.layer(england, line, point, name).properties(width="container", height=HEIGHT).to_dict())


def pairs(values: list[dict], caption: str, alternative: str) -> Html:
    """Return for each pair its early and its late rate as % of England's. `values`: label, stage, at, low, high, shown."""
    order = list(dict.fromkeys(v["label"] for v in values))
    return charts.figure(_filled(_pairs(), 60 * len(order), order=order, values=values), caption, alternative)


@cache
def _shares(title: str) -> str:
    base = alt.Chart(_data("values")).encode(
        y=alt.Y("label:N", sort=["@order"], title=None, axis=alt.Axis(labelLimit=170)),
        tooltip=[alt.Tooltip("shown:N", title="Share")],
    )
    x = alt.X("at:Q", title=title, axis=alt.Axis(grid=True, tickCount=5), scale=alt.Scale(zero=True))
    england = base.mark_tick(color=QUIET, thickness=3, size=20).encode(x=alt.X("england:Q"))
    line = base.mark_rule(color=charts.OWN, strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q")
    point = base.mark_point(filled=True, size=70, color=charts.OWN, opacity=1).encode(x=x)
    return json.dumps(alt.layer(england, line, point).properties(width="container", height=HEIGHT).to_dict())


def shares(values: list[dict], caption: str, alternative: str, title: str = "%") -> Html:
    """Return a point with its interval for each share, and England's as a tick. `values`: label, at, low, high, england, shown."""
    spec = _filled(_shares(title), 30 * len(values), order=[v["label"] for v in values], values=values)
    return charts.figure(spec, caption, alternative)


@cache
def _banded(how_many: int) -> str:
    base = alt.Chart(_data("values")).encode(x=alt.X("period:O", title=None, scale=alt.Scale(domain=["@domain"])))
    scale = alt.Scale(zero=True, nice=True)
    band = base.mark_area(color=charts.OWN, opacity=0.18).encode(
        y=alt.Y("low:Q", scale=scale, title="%", axis=alt.Axis(format=".3~g", tickCount=4)), y2="high:Q"
    )
    colours, dashes = [charts.OWN, charts.ENGLAND, charts.PEERS][:how_many], [[1, 0], [6, 3], [2, 2]][:how_many]
    legend = alt.Legend(symbolType="stroke")
    line = base.encode(
        y=alt.Y("value:Q", scale=scale),
        color=alt.Color("who:N", scale=alt.Scale(domain=["@names"], range=colours), legend=legend),
        strokeDash=alt.StrokeDash("who:N", scale=alt.Scale(domain=["@names"], range=dashes)),
    )
    strokes = line.mark_line(strokeWidth=2.5, invalid="break-paths-filter-domains")
    tooltip = [alt.Tooltip("who:N", title="Area"), alt.Tooltip("shown:N", title="Value")]
    points = line.mark_point(filled=True, size=30, invalid="filter").encode(tooltip=tooltip)
    return json.dumps(alt.layer(band, strokes, points).properties(width="container", height=HEIGHT).to_dict())


def banded(values: list[dict], domain: Sequence[str], names: Sequence[str], caption: str, alternative: str) -> Html:
    """Return lines over periods with the place's 95% interval as a band. `values`: period, who, value, low, high, shown."""
    spec = _filled(_banded(len(names)), 170, domain=list(domain), names=list(names), values=values)
    return charts.figure(spec, caption, alternative)


def warm() -> None:
    """Make every template, so that chapters find them made."""
    _spine(), _pairs(), _shares("%"), _banded(3)
