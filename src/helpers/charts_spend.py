"""Charts of money: stages with their breaks, spend beside what need lets one expect, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from . import charts, tables
from .breaks import Break
from .wording import Html

INK, QUIET = charts.INK, charts.QUIET
_POUNDS = "$,.4~s"


def _headroom(top: float) -> alt.Scale:
    """Return a scale from zero with room above the data, where the marks of breaks stand."""
    return alt.Scale(domain=[0, round(top * 1.16, 4)] if top > 0 else [0, 1], nice=False)


def _marks(breaks: Sequence[Break], domain: list[str], axis: alt.X) -> list[alt.Chart]:
    """Return the layers that draw breaks: a rule before a year, words in an empty year, a sign over a year."""
    layers = []
    for kind in ("rule", "gap", "sign"):
        chosen = [b for b in breaks if b.kind == kind and b.year in domain]
        if not chosen:
            continue
        late = [b for b in chosen if domain.index(b.year) > len(domain) / 2]
        early = [b for b in chosen if b not in late]
        for part, align in ((early, "left"), (late, "right")):
            values = [{"period": b.year, "words": b.words, "why": b.sentence} for b in part]
            if not values:
                continue
            base = alt.Chart(alt.Data(values=values)).encode(tooltip=[alt.Tooltip("why:N", title="Break")])
            edge = alt.X("period:O", title=None, scale=alt.Scale(domain=domain, type="band"), bandPosition=0)
            if kind == "rule":
                layers.append(base.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5).encode(x=edge))
                dx = 5 if align == "left" else -5
                words = base.mark_text(align=align, dx=dx, baseline="top", color=INK, fontSize=11)
                layers.append(words.encode(x=edge, y=alt.value(2), text=alt.Text("words:N")))
            elif kind == "gap":
                words = base.mark_text(angle=270, align="left", baseline="middle", color=QUIET, fontSize=11)
                layers.append(words.encode(x=axis, y=alt.value(225), text=alt.Text("words:N")))
            else:
                words = base.mark_text(baseline="top", color=INK, fontSize=13, fontWeight="bold")
                layers.append(words.encode(x=axis, y=alt.value(18), text=alt.Text("words:N")))
    return layers


def fold(table: Html) -> Html:
    """Return the table of a chart, folded: the sentence and the chart come first."""
    return Html(f"<details><summary>The figures of this chart, as a table</summary>{table}</details>")


def _folded(
    values: list[dict], field: str, names: Sequence[str], domain: Sequence[str], what: str, source: str
) -> Html:
    """Return the values of a chart over years as a folded table: a row a year, a column for each of `names`."""
    shown = {(v["period"], v[field]): v["shown"] for v in values}
    rows = [[period, *(shown.get((period, name), "no value") for name in names)] for period in domain]
    file = f"{'stages' if field == 'stage' else 'shares'}-by-year"
    head = ["Year", *names]
    return fold(tables.table(f"{what}, by year", head, rows, range(1, len(head)), file=file, source=source))


def stages(
    values: list[dict],
    domain: list[str],
    names: Sequence[str],
    breaks: Sequence[Break],
    caption: str,
    alternative: str,
    title: str = "£ a child, real terms",
    source: str = "",
) -> Html:
    """Return stacked columns of spend by stage (early, late ...) and year, with the breaks in the series drawn.

    `values`: records with period (label), stage, order, value (pounds a head), shown (text).
    """
    colours = {"Early": charts.EARLY, "Late": charts.LATE, "Neither": charts.UNCLASSIFIED}
    tops: dict[str, float] = {}
    for v in values:
        tops[v["period"]] = tops.get(v["period"], 0) + max(v["value"] or 0, 0)
    axis = alt.X("period:O", title=None, scale=alt.Scale(domain=domain, paddingInner=0.15, type="band"))
    legend = alt.Legend() if len(names) > 1 else None
    columns = (
        alt.Chart(alt.Data(values=values))
        .mark_bar(stroke=charts.PAPER, strokeWidth=0.5)
        .encode(
            x=axis,
            y=alt.Y(
                "value:Q",
                title=title,
                scale=_headroom(max(tops.values(), default=0)),
                axis=alt.Axis(format=_POUNDS, tickCount=5),
            ),
            color=alt.Color(
                "stage:N",
                legend=legend,
                scale=alt.Scale(domain=list(names), range=[colours.get(n, charts.OWN) for n in names]),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("stage:N", title="Stage"),
                alt.Tooltip("period:O", title="Year"),
                alt.Tooltip("shown:N", title="Spend"),
            ],
        )
    )
    whole = alt.layer(columns, *_marks(breaks, domain, axis)).properties(width="container", height=260)
    return Html(charts.figure(whole, caption, alternative) + _folded(values, "stage", names, domain, title, source))


def shares(
    values: list[dict],
    names: list[str],
    domain: list[str],
    breaks: Sequence[Break],
    caption: str,
    alternative: str,
    source: str = "",
) -> Html:
    """Return lines of a percentage over years from zero, with the breaks drawn. `values` as for charts.trend."""
    axis = alt.X("period:O", title=None, scale=alt.Scale(domain=domain, type="band"))
    colours = [charts.OWN, charts.ENGLAND, charts.PEERS][: len(names)]
    dashes = [*charts.DASHES[: len(names)]]
    base = alt.Chart(alt.Data(values=charts.numbered(values, names))).encode(
        x=axis,
        y=alt.Y(
            "value:Q",
            title="%",
            scale=_headroom(max((v["value"] or 0 for v in values), default=0)),
            axis=alt.Axis(format=".3~g", tickCount=5),
        ),
        color=alt.Color(
            "who:N", scale=alt.Scale(domain=names, range=colours), legend=alt.Legend(symbolType="stroke", columns=2)
        ),
        strokeDash=alt.StrokeDash("who:N", scale=alt.Scale(domain=names, range=dashes)),
    )
    tooltip = [
        alt.Tooltip("who:N", title="Area"),
        alt.Tooltip("period:O", title="Period"),
        alt.Tooltip("shown:N", title="Value"),
    ]
    line = base.mark_line(strokeWidth=2.5, invalid="break-paths-filter-domains")
    point = charts.signed(base.mark_point(filled=True, size=40, opacity=1, invalid="filter").encode(tooltip=tooltip))
    whole = alt.layer(line, point, *_marks(breaks, domain, axis)).properties(width="container", height=240)
    return Html(charts.figure(whole, caption, alternative) + _folded(values, "who", names, domain, "Share, %", source))


def against_expected(values: list[dict], caption: str, alternative: str) -> Html:
    """Return for each sum of spend its interval, what is expected (100), and what is spent, in % of the expected.

    `values`: records with label, low, high, actual (%), shown (text).
    """
    order = [v["label"] for v in values]
    y = alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelLimit=150, labelExpr="split(datum.label, '|')", labelFontSize=12),
    )
    base = alt.Chart(alt.Data(values=values)).encode(y=y, tooltip=[alt.Tooltip("shown:N", title="Spend")])
    x = alt.X(
        "low:Q", title="% of what is expected", axis=alt.Axis(tickCount=5, grid=True), scale=alt.Scale(zero=False)
    )
    span = base.mark_bar(height=16, color=charts.RANGE).encode(x=x, x2=alt.X2("high:Q"))
    middle = base.mark_tick(color=QUIET, thickness=2, size=24).encode(x=alt.X("expected:Q"))
    own = base.mark_point(filled=True, shape="diamond", size=130, color=charts.OWN, opacity=1).encode(
        x=alt.X("actual:Q")
    )
    whole = alt.layer(span, middle, own).properties(width="container", height=44 * len(values))
    return charts.figure(whole, caption, alternative)


def effects(values: list[dict], caption: str, alternative: str) -> Html:
    """Return signed horizontal bars of the parts of a change. `values`: records with label, value (£), shown."""
    order = [v["label"] for v in values]
    base = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=190)),
        x=alt.X("value:Q", title="£, real terms", axis=alt.Axis(format="$,.3~s", tickCount=5, grid=True)),
        tooltip=[alt.Tooltip("label:N", title="Part"), alt.Tooltip("shown:N", title="Pounds")],
    )
    bar = base.mark_bar(height=20).encode(
        color=alt.Color(
            "label:N", legend=None, scale=alt.Scale(domain=order, range=[charts.OWN, charts.PEERS, charts.ENGLAND])
        )
    )
    return charts.figure(bar.properties(width="container", height=34 * len(values)), caption, alternative)


def known_money(values: list[dict], caption: str, alternative: str) -> Html:
    """Return a bar for each spender in the place: filled and with its sum where known, else an empty dashed frame.

    `values`: records with label, known (yes or no), shown (the sum, or "not known"). No bar is to scale: an unknown
    sum has no length, so none has a meaning.
    """
    order = [v["label"] for v in values]
    base = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=170, domain=False, ticks=False)),
    )
    x = alt.X("from:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    frame = base.transform_calculate(**{"from": "0", "to": "1"})
    known = (
        frame.transform_filter("datum.known == 'yes'")
        .mark_bar(height=24, color=charts.OWN)
        .encode(x=x, x2=alt.X2("to:Q"))
    )
    unknown = (
        frame.transform_filter("datum.known == 'no'")
        .mark_bar(height=24, color=charts.PAPER, stroke=charts.RANGE, strokeDash=[4, 3])
        .encode(x=x, x2=alt.X2("to:Q"))
    )
    words = base.mark_text(align="left", dx=10, fontSize=12).encode(
        x=alt.value(0),
        text=alt.Text("shown:N"),
        color=alt.condition("datum.known == 'yes'", alt.value(charts.PAPER), alt.value(INK)),
    )
    whole = alt.layer(known, unknown, words).properties(width="container", height=34 * len(values))
    rows = [[v["label"], "known" if v["known"] == "yes" else "not known", v["shown"]] for v in values]
    table = tables.table(
        "Public money in the place, by who spends it", ["Who spends it", "Known here", "Sum"], rows, file="known-money"
    )
    return Html(charts.figure(whole, caption, alternative) + fold(table))
