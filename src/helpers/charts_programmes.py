"""Charts of programmes: who went through which gate, an effect with its range, and providers with theirs.

Written as Vega-Lite itself, in the handbook's theme, as charts_outcomes does.
"""

from __future__ import annotations

from . import charts
from .wording import Html

NEED = {
    # band: (how it is called, colour, dash, shape)
    "high": ("High need", charts.PEERS, [1, 0], "diamond"),
    "medium": ("Medium need", charts.ENGLAND, [2, 2], "square"),
    "low": ("Low need", charts.OWN, [6, 3], "circle"),
    "not known": ("Need not known", charts.UNCLASSIFIED, [1, 3], "cross"),
}


def _spec(values: list[dict], layers: list[dict], height: int) -> dict:
    config = charts._theme()["config"]
    return {"config": config, "data": {"values": values}, "layer": layers, "width": "container", "height": height}


def gates(values: list[dict], order: list[str], bands: list[str], caption: str, alternative: str) -> Html:
    """Return for each band of need the share of the people who were eligible that passed each gate.

    `values`: records with gate (as in `order`), who (the name of a band), value (%), shown (text).
    """
    own = [NEED[b] for b in bands]
    names = [n[0] for n in own]
    encoding = {
        "x": {"field": "gate", "type": "ordinal", "sort": order, "title": None, "scale": {"padding": 0.3}},
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": "% of those eligible",
            "scale": {"domain": [0, 100]},
            "axis": {"tickCount": 5},
        },
        "color": {
            "field": "who",
            "type": "nominal",
            "scale": {"domain": names, "range": [n[1] for n in own]},
            "legend": {"columns": 3, "symbolStrokeWidth": 0},
        },
    }
    tooltip = [
        {"field": "who", "type": "nominal", "title": "Need"},
        {"field": "gate", "type": "nominal", "title": "Gate"},
        {"field": "shown", "type": "nominal", "title": "People"},
    ]
    dash = {"field": "who", "type": "nominal", "scale": {"domain": names, "range": [n[2] for n in own]}, "legend": None}
    shape = {
        "field": "who",
        "type": "nominal",
        "scale": {"domain": names, "range": [n[3] for n in own]},
        "legend": {"columns": 3, "symbolStrokeWidth": 0},
    }
    line = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {**encoding, "strokeDash": dash},
    }
    point = {
        "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
        "encoding": {**encoding, "shape": shape, "tooltip": tooltip},
    }
    return charts.figure(_spec(values, [line, point], 220), caption, alternative)


def ranges(
    values: list[dict], title: str, caption: str, alternative: str, mark_at: float | None = 0.0, raw: str = ""
) -> Html:
    """Return a range and a value in each row, in the order given, with a line at `mark_at`.

    `values`: records with label, low, high, value (None: a range without one), shown (text), and with `raw`, the name
    in the legend, also raw: a hollow mark.
    """
    y = {
        "field": "label",
        "type": "nominal",
        "sort": [v["label"] for v in values],
        "title": None,
        "axis": {"labelLimit": 190, "labelExpr": "split(datum.label, '|')", "labelFontSize": 12},
    }
    tooltip = [{"field": "shown", "type": "nominal", "title": "Value"}]
    axis = {"title": title, "axis": {"tickCount": 5, "grid": True}, "scale": {"zero": mark_at == 0.0, "nice": True}}
    low = {"field": "low", "type": "quantitative", **axis}
    layers: list[dict] = [
        {
            "mark": {"type": "bar", "height": 12, "color": charts.GRID, "stroke": charts.RANGE, "strokeWidth": 1},
            "encoding": {"y": y, "x": low, "x2": {"field": "high"}, "tooltip": tooltip},
        }
    ]
    if mark_at is not None:
        at = {"x": {"datum": mark_at, "type": "quantitative"}}
        layers.append({"mark": {"type": "rule", "color": charts.INK, "strokeWidth": 1.2}, "encoding": at})
    if raw:
        hollow = {"type": "point", "filled": False, "size": 70, "strokeWidth": 1.8, "color": charts.PEERS, "opacity": 1}
        layers.append({"mark": hollow, "encoding": {"y": y, "x": {"field": "raw", "type": "quantitative"}}})
    own = {"type": "point", "filled": True, "shape": "diamond", "size": 110, "color": charts.OWN, "opacity": 1}
    value = {"y": y, "x": {"field": "value", "type": "quantitative"}, "tooltip": tooltip}
    layers.append({"mark": own, "encoding": value})
    return charts.figure(_spec(values, layers, 34 * len(values)), caption, alternative)
