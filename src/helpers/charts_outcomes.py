"""Charts of outcomes: a funnel, and change against change.

Written as Vega-Lite itself, in the handbook's theme: a page has ten funnels, and making each with Altair takes longer than
the rest of the page.
"""

from __future__ import annotations

from . import charts
from .wording import Html

OTHERS, LIMIT, CHANCE = charts.RANGE, charts.INK, charts.MIDDLE
NEIGHBOURS, REST = "Neighbours", "Other authorities"
FORMS = {
    "own": (charts.OWN, "diamond", 190),
    "neighbours": (charts.PEERS, "square", 60),
    "others": (OTHERS, "circle", 24),
}
LINES = (("l", [1, 0]), ("u", [1, 0]), ("lo", [2, 3]), ("uo", [2, 3]))  # 95% unbroken, 99.8% dotted


def groups(places: dict[str, dict], own: str, neighbours: set[str]) -> dict[str, list[dict]]:
    """Return the points of each group. Only the locality is named in the chart, so that nobody reads a ranking.

    `places`: a record for each area code. Groups: own, neighbours, others.
    """
    made: dict[str, list[dict]] = {"own": [], "neighbours": [], "others": []}
    for code, point in places.items():
        made["own" if code == own else "neighbours" if code in neighbours else "others"].append(point)
    return made


def funnel(drawing: dict, name: str, caption: str, alternative: str) -> Html:
    """Return a funnel plot: authorities by how sure their figure is, with the limits around England's.

    `drawing`: points (from `groups`: x, y; shown for the locality), curve (records of x, low and high of the plain
    limits, and l, u, lo, uo of the wider ones), england (value), reverse (the surest figures have the smallest x),
    x_title, y_title, x_domain, y_domain.
    """
    curve, domain = drawing["curve"], drawing["y_domain"]
    x_scale = {"domain": drawing["x_domain"], "reverse": drawing["reverse"], "nice": False}
    x = {"field": "x", "type": "quantitative", "scale": x_scale, "axis": {"tickCount": 5, "title": drawing["x_title"]}}
    y_scale = {"domain": domain, "nice": False, "zero": False}
    y = {"type": "quantitative", "scale": y_scale, "axis": {"tickCount": 5, "title": drawing["y_title"], "grid": True}}
    band = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}
    layers: list[dict] = [{"mark": {"type": "area", "color": CHANCE, "opacity": 0.6, "clip": True}, "encoding": band}]
    for field, dash in LINES:
        mark = {"type": "line", "color": LIMIT, "strokeWidth": 1.2, "strokeDash": dash, "clip": True}
        layers.append({"mark": mark, "encoding": {"x": x, "y": y | {"field": field}}})
    england = {"y": y | {"datum": drawing["england"]}}
    layers.append({"mark": {"type": "rule", "color": charts.ENGLAND, "strokeDash": [6, 3]}, "encoding": england})
    # the labels stand where the limits are widest apart, and within the frame
    wide = sorted(curve, key=lambda c: c["x"], reverse=drawing["reverse"])
    top = 0.93 * domain[1] + 0.07 * domain[0]
    labels = []
    for said, field in (("95%", "u"), ("99.8%", "uo")):
        at = next((c for c in wide if c[field] < top), None)
        labels += [{"x": at["x"], "y": at[field], "words": said}] if at else []
    layers += _points(drawing["points"], name, x, y | {"field": "y"})
    # England's label stands at the other end, where few points are
    nation = [{"x": wide[-1]["x"], "y": drawing["england"], "words": "England"}]
    for words, align, dx in ((labels, "left", 4), (nation, "right", -4)):
        layers.append(
            {
                "data": {"values": words},
                "mark": {"type": "text", "align": align, "dx": dx, "dy": -6, "fontSize": 11, "color": LIMIT},
                "encoding": {"x": x, "y": y | {"field": "y"}, "text": {"field": "words", "type": "nominal"}},
            }
        )
    return charts.figure(_spec(layers, 270, {"values": curve}), caption, alternative)


def scatter(
    points: dict[str, list[dict]], name: str, x_title: str, y_title: str, caption: str, alternative: str
) -> Html:
    """Return change against change, one point an authority, with lines at no change. `points`: from `groups`."""
    scale = {"padding": 12}  # so that the outermost points are whole
    x, y = (
        {"field": f, "type": "quantitative", "scale": scale, "axis": {"tickCount": 6, "title": title, "grid": True}}
        for f, title in (("x", x_title), ("y", y_title))
    )
    rule = {"type": "rule", "color": LIMIT, "strokeWidth": 1}
    one = {"values": [{"zero": 0}]}
    zero = [{"data": one, "mark": rule, "encoding": {c: d | {"field": "zero"}}} for c, d in (("x", x), ("y", y))]
    return charts.figure(_spec([*zero, *_points(points, name, x, y)], 320), caption, alternative)


def _points(points: dict[str, list[dict]], name: str, x: dict, y: dict) -> list[dict]:
    """Return a layer for each group, the locality last and so on top."""
    names = {"own": name, "neighbours": NEIGHBOURS, "others": REST}
    scales = {
        "color": {"domain": list(names.values()), "range": [FORMS[g][0] for g in names]},
        "shape": {"domain": list(names.values()), "range": [FORMS[g][1] for g in names]},
    }
    layers = []
    for group in ("others", "neighbours", "own"):
        mark = {"type": "point", "filled": True, "size": FORMS[group][2], "opacity": 0.85, "clip": True}
        encoding = {"x": x, "y": y}
        for channel, scale in scales.items():
            encoding[channel] = {"datum": names[group], "type": "nominal", "scale": scale, "legend": {"title": None}}
        if group == "own":
            encoding["tooltip"] = [{"field": "shown", "type": "nominal", "title": name}]
        layers.append({"data": {"values": points[group]}, "mark": mark, "encoding": encoding})
    return layers


def _spec(layers: list[dict], height: int, data: dict | None = None) -> dict:
    spec = {"config": charts._theme()["config"], "layer": layers, "width": "container", "height": height}
    return spec | ({"data": data} if data else {})
