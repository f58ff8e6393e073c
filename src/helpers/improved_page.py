"""Places like this one that did better, and what is on record about how: by name, in the order of the alphabet."""

from __future__ import annotations

from . import periods, tables
from .evidence import Evidence
from .wording import Html, listed, number, paragraph

HOW = (
    "The places are in the order of the alphabet. What they did differently, no open figure says: the share of early help"
    " is the one thing on record for all of them, and it need not be why. Their own pages in this book show more; asking them is better."
)


def places(e: Evidence) -> Html:
    """Return, for each indicator, the neighbours that clearly improved and clearly more, with what is on record."""
    own = e.improved
    own = own[own["comparator"] == e.comparator_set] if len(own) else own
    known = [n for n in e.select("needs") + e.select("outcomes") if len(own) and n in set(own["indicator"])]
    if not known:
        return paragraph(
            f"On no indicator did one of {e.name}'s {e.comparator} improve clearly, and clearly more than it, over three years"
            " or more. Only indicators with intervals, and on which everyone agrees which way is good, are looked at.",
            "hb-gap",
        )
    near = {n["area_code"]: n for n in e.neighbours}
    rows, names = [], []
    for indicator in known:
        record = e.indicators[indicator]
        part = own[own["indicator"] == indicator]
        names.append(record["short_title"])
        for row in sorted(part.itertuples(), key=lambda r: near[r.neighbour_code]["name"]):
            place = near[row.neighbour_code]
            span = f"{periods.label(row.start)} to {periods.label(row.end)}"
            rows.append(
                [
                    f"{place['name']}: {record['short_title']}",
                    span,
                    _change(row.their_was, row.their_now, record),
                    _change(row.was, row.now, record),
                    _on_record(e, row.neighbour_code, row.start, row.end),
                ]
            )
    lead = (
        f"On {listed([n[0].lower() + n[1:] for n in names])}, some of {e.name}'s {e.comparator} improved clearly (beyond"
        " the 99% limits), and clearly more than it did."
    )
    head = ["Place and figure", "Years", "There", e.name, "On record there: share of early help for children"]
    table = tables.table(f"Places like {e.name} that did better", head, rows)
    return Html(paragraph(lead) + table + paragraph(HOW, "hb-source"))


def _change(was: float, now: float, record: dict) -> str:
    return " to ".join(number(v, record["unit"], record["decimals"]) for v in (was, now))


def _on_record(e: Evidence, code: str, start: str, end: str) -> str:
    """Return the early share of a place at about the two ends, from Section 251; or that it is not known."""
    table = e.early_late
    own = table[(table["area_code"] == code) & (table["account"] == "s251") & table["early_share"].notna()]
    own = own.sort_values("financial_year")
    if own.empty:
        return "not known"
    first = own[own["financial_year"].str[:4] >= start[:4]]
    last = own[own["financial_year"].str[:4] <= end[:4]]
    if first.empty or last.empty or first.iloc[0]["financial_year"] >= last.iloc[-1]["financial_year"]:
        return "not known for these years"
    a, b = first.iloc[0], last.iloc[-1]
    return f"{a['early_share']:.1f}% in {a['financial_year']}, {b['early_share']:.1f}% in {b['financial_year']}"
