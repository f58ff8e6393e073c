"""Why spend on children in care changed: how many there were, and what each cost."""

from __future__ import annotations

import pandas as pd

from . import charts_spend, england_only, spend, tables
from .evidence import Evidence
from .wording import Html, money, number, paragraph

LINE, COUNT = "s251_looked_after", "children_looked_after"
AVERAGE = (
    "A cost for each child is an average, and not what one child more or fewer would cost. Homes, contracts and staff are"
    " paid for whether a place is taken or not, so fewer children free less money at first than the average suggests; and"
    " a child with great needs can cost many times the average."
)


def yearly(e: Evidence) -> pd.DataFrame:
    """Return spend on looked-after children and how many there were, by financial year, where both are known.

    Columns: financial_year, cash, real (£, prices of the base year), children (the mean of the counts on 31 March
    before the year and at its end), per_child (£ a year, real).
    """
    counts = {r.period: r.count for r in e.present(COUNT) if r.count == r.count}
    rows = []
    for row in e.present(LINE):
        first = int(row.period[:4])
        ends = [counts.get(f"{year}-03-31") for year in (first, first + 1)]
        year = f"{first}-{(first + 1) % 100:02d}"
        if None in ends or not sum(ends) or year not in e.deflator.index:
            continue
        real = round(spend.real_terms(row.value, year, e.deflator, e.price_base_year))
        rows.append([year, row.value, real, sum(ends) / 2, real / (sum(ends) / 2)])
    return pd.DataFrame(rows, columns=["financial_year", "cash", "real", "children", "per_child"])


@england_only.of("the pair of spend and numbers that this rests on")
def decomposition(e: Evidence) -> Html:
    """Return the change in spend on looked-after children as the sum of a volume and a unit cost effect, in pounds."""
    years = yearly(e)
    if len(years) < 2:
        words = (
            f"How much of the change came from the number of children and how much from what each cost cannot be said for"
            f" {e.name}: that needs spend of two years, with a count of children at both ends of each, and there are"
            f" {len(years)}."
        )
        return Html(paragraph(words, "hb-gap") + paragraph(AVERAGE))
    first, last = years.iloc[0], years.iloc[-1]
    volume, cost = spend.volume_and_unit_cost((first["real"], last["real"]), (first["children"], last["children"]))
    change = int(last["real"] - first["real"])
    moved = "rose" if change > 0 else "fell" if change < 0 else "did not change"
    caption = (
        f"Spend on looked-after children {moved} by {money(abs(change))} in real terms from {first['financial_year']} to"
        f" {last['financial_year']}: {_signed(volume)} through the number of children, {_signed(cost)} through the cost of each"
    )
    parts = [("Number of children", volume), ("Cost of each child", cost), ("Change in all", change)]
    bars = [{"label": label, "value": value, "shown": _signed(value)} for label, value in parts]
    rows = [
        [
            "Spend, cash",
            *(number(r["cash"], "gbp", 0) for r in (first, last)),
            _signed(round(last["cash"] - first["cash"])),
        ],
        ["Spend, real", *(number(r["real"], "gbp", 0) for r in (first, last)), _signed(change)],
        [
            "Children looked after, mean of the two 31 Marches",
            *(f"{r['children']:,.1f}" for r in (first, last)),
            f"{last['children'] - first['children']:+,.1f}".replace("-", "−"),
        ],
        [
            "Spend for each of them in the year, real",
            *(number(r["per_child"], "gbp", 0) for r in (first, last)),
            _signed(round(last["per_child"]) - round(first["per_child"])),
        ],
        ["Through the number of children", "", "", _signed(volume)],
        ["Through the cost of each child", "", "", _signed(cost)],
    ]
    head = ["What", first["financial_year"], last["financial_year"], "Change"]
    title = f"Spend on looked-after children, gross; real in prices of {e.price_base_year}"
    how = (
        "The number of children in a year is the mean of those looked after on the 31 March before it and on the 31 March"
        " that ends it. The change in their number is counted at the mean of the two years' costs, and the change in cost at the mean"
        " of the two years' numbers, so the two parts make the whole change to the pound. The spend is that of the whole line,"
        " which also pays for care leavers, adoption and guardianship: where those grew, the cost of each child seems higher."
    )
    return Html(
        charts_spend.effects(bars, caption, caption)
        + tables.table(title, head, rows, numeric=(1, 2, 3), source="dfe-lait")
        + paragraph(how, "hb-source")
        + paragraph(AVERAGE)
    )


def _signed(pounds: float) -> str:
    return f"{'+' if pounds > 0 else ''}{number(pounds, 'gbp', 0)}"
