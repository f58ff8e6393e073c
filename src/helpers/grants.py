"""Grants in one locality, in sums: by year, recipient and beneficiary place; or how to supply a list of them."""

from __future__ import annotations

import pandas as pd

from . import charts, periods, spend
from .evidence import Evidence
from .payments import BANDS, FEW, HEADQUARTERS, counted, details, how, origin, part_of, share, tally
from .readers.grants360 import KINDS, NO_PLACE, SEVERAL, SIZES
from .tables import table
from .wording import Html, money, number, paragraph


def grants(e: Evidence) -> Html:
    """Return the grants in sums: by year, recipient, kind of recipient, size and beneficiary place."""
    if "grants" not in e.money:
        return paragraph(
            f"Not supplied: this book holds no list of grants in {e.name}. "
            + how(e, "grants.json", "a list in the 360Giving Data Standard (JSON, or CSV with its headings)"),
            "hb-gap",
        )
    everything = tally(e, "grants")
    span = max(everything["period"], key=lambda p: periods.split(p)[1])
    own = everything[everything["period"] == span]
    total = own[own["breakdown"] == "total"].iloc[0]
    parts = [
        _grant_years(e, everything, span, total),
        _recipients(own, total),
        _grant_tables(own, total),
        *(_places(e, own, total), paragraph(HEADQUARTERS), origin(e, "grants")),
    ]
    return Html("".join(parts))


def _grant_years(e: Evidence, everything: pd.DataFrame, span: str, total: pd.Series) -> str:
    first, months = periods.split(span)
    totals = everything[everything["breakdown"] == "total"].set_index("period")
    values, rows = [], []
    for year in range(first.year, first.year + months // 12):
        period = periods.financial_year(year)
        label = periods.label(period)
        if period not in totals.index:
            values.append(
                {"label": label, "value": 0, "short": "none listed", "shown": "none in the list", "known": False}
            )
            rows.append([label, "none in the list", "", "", ""])
            continue
        row = totals.loc[period]
        real = (
            spend.real_terms(pd.Series([row["gbp"]]), pd.Series([label]), e.deflator, e.price_base_year).iloc[0]
            if label in e.deflator.index
            else float("nan")
        )
        cash = money(row["gbp"])
        values.append({"label": label, "value": row["gbp"], "short": cash, "shown": cash, "known": True})
        count = [f"{row['rows']:,.0f}", f"{row['payees']:,.0f}"]
        rows.append([label, *count, number(row["gbp"], "gbp", 0), number(real, "gbp", 0)])
    several = len(values) > 1
    years = f"{values[0]['label']} to {values[-1]['label']}" if several else values[0]["label"]
    caption = (
        f"The list holds {counted(total['rows'], 'grant')}, {money(total['gbp'])} in cash, awarded {'from' if several else 'in'} {years} to"
        f" {counted(total['payees'], 'recipient')}. {'Its first and last year' if several else 'The year'} may not be whole."
    )
    head = ["Year of award", "Grants", "Recipients", "Cash", f"In prices of {e.price_base_year}"]
    body = table(f"Grants by financial year of award, {years}", head, rows, numeric=range(1, 5))
    return charts.amounts(values, caption, caption) + details("Grants by year", body)


def _recipients(own: pd.DataFrame, total: pd.Series) -> str:
    top = part_of(own, "recipient_band", BANDS[0])
    charity = part_of(own, "recipient_kind", KINDS["charity"])
    words = (
        ""
        if total["payees"] <= FEW
        else (
            f"The {top['payees']:.0f} recipients who got most got {share(top['gbp'], total['gbp'])} of the money (Herfindahl index"
            f" {total['herfindahl']:,.0f} of 10,000). "
        )
    )
    if charity is None:
        return paragraph(words + "No recipient gives a charity number, so the share of charities is not known.")
    return paragraph(
        words
        + f"Recipients that give a charity number got {share(charity['gbp'], total['gbp'])}. Of the others it is not known: a small"
        " group need not register, and a community interest company gives a company number."
    )


def _grant_tables(own: pd.DataFrame, total: pd.Series) -> str:
    def of(breakdown: str, order: list[str], first: str, caption: str) -> str:
        rows = []
        for name in order:
            row = part_of(own, breakdown, name)
            if row is not None:
                cash = [number(row["gbp"], "gbp", 0), share(row["gbp"], total["gbp"])]
                rows.append([name, f"{row['rows']:,.0f}", f"{row['payees']:,.0f}", *cash])
        return table(caption, [first, "Grants", "Recipients", "Cash", "Share"], rows, numeric=range(1, 5))

    return details(
        "Grants by recipient and by size",
        of("recipient_band", list(BANDS), "Recipients", "Grants by what a recipient got in all years")
        + of("recipient_kind", list(KINDS.values()), "Recipient", "Grants by the numbers that the recipient gives")
        + of("award_size", [name for _, name in SIZES], "Size of the grant", "Grants by size"),
    )


def _places(e: Evidence, own: pd.DataFrame, total: pd.Series) -> str:
    found = own[own["breakdown"] == "place"].sort_values("gbp", ascending=False)
    whole = found[found["part"] == e.place["area_code"]]
    if len(whole) == len(found):
        return paragraph(
            f"Which wards benefit is not known: every grant gives {e.name} as a whole ({e.place['area_code']}) as its beneficiary place.",
            "hb-gap",
        )
    names = {e.place["area_code"]: f"The whole of {e.name}", NO_PLACE: NO_PLACE, SEVERAL: "Several places in one grant"}
    rows = [
        [
            names.get(r["part"], f"Area {r['part']}"),
            f"{r['rows']:,.0f}",
            number(r["gbp"], "gbp", 0),
            share(r["gbp"], total["gbp"]),
        ]
        for _, r in found.iterrows()
    ]
    known = found[~found["part"].isin([NO_PLACE])]["gbp"].sum()
    words = f"A beneficiary place is given for {share(known, total['gbp'])} of the money."
    head = ["Place that benefits", "Grants", "Cash", "Share"]
    return paragraph(words) + table("Grants by beneficiary place, by its GSS code", head, rows, numeric=range(1, 4))
