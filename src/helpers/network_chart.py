"""A network of organisations as a picture: places worked out beforehand, numbers in the circles, names in the table."""

from __future__ import annotations

import altair as alt

from . import charts
from .wording import Html

SECTORS = {
    # sector: (shape, colour); the shape carries what the colour does
    "community": ("circle", charts.OWN),
    "voluntary": ("square", charts.QUIET),
    "public": ("diamond", charts.PEERS),
    "private": ("triangle-up", charts.LATE),
    "faith": ("triangle-down", charts.OWN),
    "not known": ("cross", charts.QUIET),
}
SIDE = 360  # pixels: the height, and about the width on a phone
SIZE = 330  # square pixels; a number fits into a diamond or a triangle only where that is larger
LARGER = {"diamond": 620, "triangle-up": 900, "triangle-down": 900}


def drawn(rows: list[dict], ties: list[list], chosen: set[str], caption: str, alternative: str) -> Html:
    """Return the network as a figure. `rows`: name, sector, x, y (0 to 1); `ties`: [id, id, named by both].

    Each organisation has its number in the order of `rows`; those `chosen` have a ring.
    """
    place = {row["id"]: row for row in rows}
    lines = [
        {"x": place[a]["x"], "y": place[a]["y"], "x2": place[b]["x"], "y2": place[b]["y"], "both": both}
        for a, b, both in ties
    ]
    nodes = [
        {
            **{name: row[name] for name in ("x", "y", "name", "sector")},
            "number": str(i),
            "size": LARGER.get(SECTORS[row["sector"]][0], SIZE),
        }
        for i, row in enumerate(rows, start=1)
    ]
    rings = [{"x": place[i]["x"], "y": place[i]["y"]} for i in sorted(chosen)]
    used = [s for s in SECTORS if any(n["sector"] == s for n in nodes)]
    x = alt.X("x:Q", scale=alt.Scale(domain=[-0.06, 1.06], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-0.08, 1.08], nice=False), axis=None)
    line = (
        alt.Chart(alt.Data(values=lines))
        .mark_rule(strokeWidth=1.4, color=charts.RANGE)
        .encode(
            x=x,
            y=y,
            x2="x2:Q",
            y2="y2:Q",
            strokeDash=alt.condition("datum.both", alt.value([1, 0]), alt.value([4, 3])),
        )
    )
    base = alt.Chart(alt.Data(values=nodes)).encode(x=x, y=y)
    point = base.mark_point(filled=True, opacity=1).encode(
        size=alt.Size("size:Q", scale=None, legend=None),
        shape=alt.Shape(
            "sector:N",
            scale=alt.Scale(domain=used, range=[SECTORS[s][0] for s in used]),
            legend=alt.Legend(columns=3, symbolSize=120),
        ),
        color=alt.Color("sector:N", scale=alt.Scale(domain=used, range=[SECTORS[s][1] for s in used])),
        tooltip=[alt.Tooltip("name:N", title="Organisation"), alt.Tooltip("sector:N", title="Sector")],
    )
    number = base.mark_text(color=charts.PAPER, fontSize=10, fontWeight="bold").encode(text="number:N")
    layers = [line, point, number]
    if rings:
        ring = alt.Chart(alt.Data(values=rings)).encode(x=x, y=y)
        layers.insert(1, ring.mark_point(filled=True, size=1000, color=charts.HALO, stroke=charts.INK, opacity=1))
    chart = alt.layer(*layers).properties(width="container", height=SIDE)
    return charts.figure(chart, caption, alternative)
