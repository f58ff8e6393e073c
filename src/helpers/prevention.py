"""Homelessness: help before a household loses its home against help after it has."""

from __future__ import annotations

import pandas as pd

from . import charts_spend, england_only, measures, periods, tables
from .evidence import Evidence, reason
from .wording import Html, number, paragraph

EARLY, LATE = "homelessness_prevention_duty", "homelessness_relief_duty"


def duties(e: Evidence) -> pd.DataFrame:
    """Return one row per quarter that either duty has a row for, oldest first.

    Columns: period, prevention, relief (households), prevention_rate, relief_rate (per 1,000 households), share,
    lower, upper (%, prevention of both, Wilson), england (%, the same of England's rates), coverage, status. The
    share is nan where the two duties do not rest on the same households.
    """
    early, late = ({r.period: r for r in e.rows(i)} for i in (EARLY, LATE))
    rows = []
    for period in sorted(early.keys() & late.keys()):
        a, b = early[period], late[period]
        same = a.denominator == b.denominator and a.count + b.count > 0  # nan is never the same
        found = measures.proportion(a.count, a.count + b.count) if same else (float("nan"),) * 3
        share, lower, upper = (float(v) for v in found[:3])
        both = a.england + b.england
        england = 100 * a.england / both if both > 0 else float("nan")
        missing = "" if same else reason(a.status if a.value != a.value else b.status)
        rows.append([period, a.count, b.count, a.value, b.value, share, lower, upper, england, a.coverage, missing])
    columns = ["period", "prevention", "relief", "prevention_rate", "relief_rate", "share", "lower", "upper"]
    return pd.DataFrame(rows, columns=[*columns, "england", "coverage", "status"])


@england_only.of("the count of these two duties")
def homelessness(e: Evidence) -> Html:
    """Return the share of households helped before they lost their home, over the quarters, with counts and coverage."""
    own = duties(e)
    have = own[own["share"].notna()]
    if have.empty:
        return paragraph(f"No quarter has both duties for {e.name} in this edition.", "hb-gap")
    row = have.iloc[-1]
    caption = (
        f"{row['prevention']:,.0f} of the {row['prevention'] + row['relief']:,.0f} households that {e.name} newly had to help"
        f" in {periods.label(row['period'])} came under the duty before they lost their home: {row['share']:.0f}% (95% interval"
        f" {row['lower']:.0f}% to {row['upper']:.0f}%, ours, Wilson method); in England {row['england']:.0f}%"
    )
    caption += f". From {row['coverage']}" if row["coverage"] else ""
    values = [
        {
            "period": periods.label(r.period),
            "who": name,
            "value": None if value != value else round(value, 2),
            "shown": number(value, "pct", 0),
        }
        for r in own.itertuples()
        for name, value in ((e.name, r.share), ("England", r.england))
    ]
    rows = [
        [
            periods.label(r.period),
            _duty(r.prevention, r.prevention_rate),
            _duty(r.relief, r.relief_rate),
            f"{r.share:.0f}% ({r.lower:.0f}% to {r.upper:.0f}%)" if r.share == r.share else f"No value: {r.status}",
            number(r.england, "pct", 0),
            r.coverage or "the council itself",
        ]
        for r in reversed(list(own.itertuples()))
    ]
    domain = [periods.label(p) for p in own["period"]]
    chart = charts_spend.shares(
        [v | {"period": _short(v["period"])} for v in values],
        [e.name, "England"],
        [_short(d) for d in domain],
        [],
        caption,
        caption,
        "mhclg-hclic",
    )
    head = ["Quarter", "Prevention (per 1,000)", "Relief (per 1,000)", "Prevention, of both", "England", "From"]
    title = "Households newly owed a duty in the quarter, and their rate per 1,000 households"
    note = (
        "Prevention duty: a household is at risk of losing its home within 56 days. Relief duty: it has lost it. One quarter of"
        " a year is shown, and not always the same one, so seasons differ. A low share can mean that people come"
        " late, or that the council acts late: the figures cannot tell. These are households, not"
        " pounds."
    )
    table = tables.table(title, head, rows, numeric=(1, 2, 3, 4), source="mhclg-hclic")
    return Html(f"{chart}<details><summary>Every quarter</summary>{table}</details>" + paragraph(note, "hb-source"))


def _duty(count: float, rate: float) -> str:
    return "No value" if rate != rate else f"{count:,.0f} ({rate:.2f})"


def _short(label: str) -> str:
    """Return a quarter for an axis.

    >>> _short("Jan to Mar 2025")
    'Jan 2025'
    """
    words = label.split()
    return f"{words[0]} {words[-1]}"
