"""What social workers found when they looked: the concerns that assessments named."""

from __future__ import annotations

from . import charts_needs, periods, tables
from .evidence import Evidence, Latest, reason
from .narrative import COMPARED, interval, value_of
from .wording import Html, in_words, listed, paragraph


def show(e: Evidence) -> Html:
    """Return what assessments named, each as a share of those that named anything, with England beside it."""
    chosen = [e.latest(i) for i in e.indicators if i.startswith("factor_")]
    have = sorted((c for c in chosen if c.period), key=lambda c: (-c.value, c.id))
    if not have:
        why = listed(sorted({reason(c.status) for c in chosen}))
        return paragraph(f"No figure on what assessments found in {e.name} ({why}).", "hb-gap")
    rows, values = [], []
    for c in have:
        newest, title = e.present(c.id)[-1], _factor(e, c)
        shown = f"{value_of(e, c)}; England {value_of(e, c, c.england)}"
        ends = (None if x != x else round(x, 2) for x in (c.lower, c.upper, c.england))
        values.append(
            {
                "label": title,
                "at": round(c.value, 2),
                **dict(zip(("low", "high", "england"), ends, strict=True)),
                "shown": shown,
            }
        )
        counts = f"{newest.count:,.0f} of {newest.denominator:,.0f}" if newest.count == newest.count else "no count"
        rows.append(
            [
                title,
                counts,
                f"{value_of(e, c)}, {periods.label(c.period)}",
                interval(e, c).removeprefix("95% interval "),
                value_of(e, c, c.england),
                f"{COMPARED[c.against_england][0]} {c.against_england}",
            ]
        )
    top = [f"{_low(_factor(e, c))} ({value_of(e, c)})" for c in have[:3] if c.value > 0]
    caption = f"Assessments in {e.name} named none of these concerns."
    if top:
        caption = f"Assessments in {e.name} most often named {listed(top)}."
    higher = [
        f"{_low(_factor(e, c))} ({value_of(e, c)}; England {value_of(e, c, c.england)})"
        for c in have
        if c.against_england == "higher"
    ]
    if higher:
        more = [f"{in_words(len(higher) - 3)} more"] if len(higher) > 3 else []
        caption += f" More often than in England: {listed(higher[:3] + more)}."
    alternative = caption + " Points with their intervals; England is the grey tick."
    chart = charts_needs.shares(values, caption, alternative)
    head = ["What was named", "Assessments", "Share", "95% interval", "England", "Beside England"]
    return Html(chart + tables.table(f"What assessments found in {e.name}", head, rows, (4,)))


def _low(title: str) -> str:
    return title[0].lower() + title[1:]


def _factor(e: Evidence, latest: Latest) -> str:
    return e.indicators[latest.id]["short_title"].removesuffix(" in assessments").removesuffix(" named")
