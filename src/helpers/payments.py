"""A council's payments in sums, or how to supply a list of them.

No organisation is named. The lists behind these sums name sole traders and people beside firms, and nothing in them
tells one from the other.
"""

from __future__ import annotations

import pandas as pd

from . import charts, periods
from .evidence import Evidence
from .readers.council_payments import LINE_SIZES, NONE_GIVEN, OTHERS, PAYEE_SIZES, WITHHELD
from .tables import table
from .wording import Html, listed, money, number, paragraph, text

BANDS = ("The 10 largest", "The next 90", "All others")
FEW = 10  # named payees, below which shares would be single payees
SHOWN = 11  # categories in the chart; the table has all
HEADQUARTERS = (
    "Money is listed where it was sent, which is not where it was used. An organisation is often paid at a head office in"
    " another ward or another town. Addresses of those who were paid are therefore not used for place, and not loaded."
)


def tally(e: Evidence, account: str) -> pd.DataFrame:
    """Return the sums of an account of `e`: one row per period, breakdown and part, one column per measure."""
    rows = pd.DataFrame(e.money[account]["rows"])
    rows["value"] = rows["value"].astype(float)
    wide = rows.pivot(index=["period", "breakdown", "part"], columns="measure", values="value")
    return wide.reset_index()


def share(part: float, whole: float) -> str:
    return number(100 * part / whole, "pct", 1) if whole else "no share"


def how(e: Evidence, name: str, what: str, kept: str = "only sums reach a page") -> str:
    """Return how a locality supplies a file of its own, as the end of a sentence."""
    return (
        f"To add it: in a copy of the repository save {what} as data/local/{e.place['slug']}/{name}, then run make book"
        f" ONLY={e.place['slug']}. A file with a fault is refused, with its row, its column and what to do. The file stays on"
        f" that machine: {kept}."
    )


def origin(e: Evidence, account: str) -> Html:
    """Return where the sums of an account come from, and what to bear in mind."""
    own = e.money[account]
    if own["origin"] == "local":
        words = (
            f"Added up from {listed(own['files'])}, which {e.name}'s own pack supplied. Its release date is not stated."
        )
        return Html(paragraph(" ".join([words, *own["notes"]]), "hb-source"))
    source = e.sources[own["source"]]
    words = f"Source: {source['publisher']}, {source['title']}, released {own['released']}."
    caveats = "".join(f"<li>{text(c)}</li>" for c in source["caveats"])
    return Html(paragraph(words, "hb-source") + f'<ul class="hb-caveats">{caveats}</ul>')


def counted(number_of: float, one: str) -> str:
    """Return a number of things, with the right ending.

    >>> counted(1, "line"), counted(2_000, "line")
    ('1 line', '2,000 lines')
    """
    return f"{number_of:,.0f} {one}{'' if number_of == 1 else 's'}"


def details(summary: str, body: str) -> str:
    return f"<details><summary>{text(summary)}</summary>{body}</details>"


def payments(e: Evidence) -> Html:
    """Return the council's list of payments in sums: withheld payees, concentration, categories, months, sizes."""
    if "payments" not in e.money:
        duty = (
            " Councils must publish one at least every three months, under the Local Government Transparency Code, but each"
            " in a place and form of its own."
        )
        return paragraph(
            f"Not supplied: this book holds no list of {e.name}'s payments."
            + (duty if e.nation == "England" else "")  # the code is one for England
            + " "
            + how(e, "payments-2024-25.csv", "a year of it"),
            "hb-gap",
        )
    everything = tally(e, "payments")
    period = everything["period"].max()
    own = everything[everything["period"] == period]
    total = own[own["breakdown"] == "total"].iloc[0]
    parts = [
        *(_withheld(e, own, total, period), _concentration(own, total), _categories(own, total)),
        _payment_tables(own, total, periods.label(period)),
    ]
    older = sorted({periods.label(p) for p in everything["period"]} - {periods.label(period)})
    if older:
        parts.append(paragraph(f"The files also hold payments of {listed(older)}, which are not shown.", "hb-source"))
    return Html("".join([*parts, origin(e, "payments")]))


def part_of(own: pd.DataFrame, breakdown: str, part: str) -> pd.Series | None:
    found = own[(own["breakdown"] == breakdown) & (own["part"] == part)]
    return None if found.empty else found.iloc[0]


def _withheld(e: Evidence, own: pd.DataFrame, total: pd.Series, period: str) -> str:
    """Say what the list holds, and how much of it went to nobody knows whom: as loud as the total."""
    year = periods.label(period)
    lead = (
        f"{e.name}'s list of payments for {year} holds {money(total['gbp'])} net, in {counted(total['rows'], 'line')}"
        f" and {total['months']:.0f} of 12 months."
    )
    if not total["rows_redacted"]:
        hidden = "No payee in it is withheld."
    else:
        hidden = (
            f"Who got {money(total['gbp_redacted'])} of it, {share(total['gbp_redacted'], total['gbp'])}, is withheld by the council:"
            f" {counted(total['rows_redacted'], 'line')}, {share(total['rows_redacted'], total['rows'])} of all."
        )
    out = f'<p class="hb-lead">{text(lead)} <strong>{text(hidden)}</strong></p>'
    large = part_of(own, "line_size", LINE_SIZES[0][1])
    if large is not None and large["rows_redacted"]:
        each = f"{counted(large['rows_redacted'], 'withheld line')} {'is' if large['rows_redacted'] == 1 else 'are'}"
        out += paragraph(
            f"Names may be withheld to protect people. But {each} of £100,000 or more, {money(large['gbp_redacted'])} in all. What those"
            " are is a question to put to the council. No withheld name is guessed here."
        )
    return out


def _concentration(own: pd.DataFrame, total: pd.Series) -> str:
    """Return the bands of payees as a chart, and how concentrated the money of the named ones is."""
    named = total["gbp"] - total["gbp_redacted"]
    if total["payees"] <= FEW:
        return paragraph(
            f"Only {counted(total['payees'], 'named payee')} in the list: too few to say how the money is shared between them.",
            "hb-gap",
        )
    values = []
    for band in (*BANDS, WITHHELD):
        found = part_of(own, "payee_band", band)
        if found is not None:
            label = band if band == WITHHELD or band.startswith("The") else f"{band} ({found['payees']:,.0f})"
            values.append(_bar(label, found["gbp"], total["gbp"], band != WITHHELD))
    top = part_of(own, "payee_band", BANDS[0])
    caption = (
        f"The {top['payees']:.0f} largest of {total['payees']:,.0f} named payees got {money(top['gbp'])}: {share(top['gbp'], total['gbp'])}"
        f" of all the money, and {share(top['gbp'], named)} of the money whose payee is named."
    )
    index = total["herfindahl"]
    words = (
        f"The Herfindahl index of the named payees is {index:,.0f}. It adds up the squares of their shares in %: one payee"
        f" alone would make 10,000. {index:,.0f} is what {max(1, 10_000 / index):,.0f} payees of one size would make. The largest payees on"
        " such a list are often not suppliers but tax, pensions and other public bodies, and the list does not mark which."
    )
    small = part_of(own, "payee_size", PAYEE_SIZES[-1][1])
    if small is not None:
        words += (
            f" {small['payees']:,.0f} of the named payees got less than £10,000 in the year, {money(small['gbp'])} together"
            f" ({share(small['gbp'], total['gbp'])})."
        )
    if total.get("gbp_charities", float("nan")) == total.get("gbp_charities", float("nan")):
        sector = (
            f"Payees with a charity number got {money(total['gbp_charities'])}, {share(total['gbp_charities'], total['gbp'])}; whether others"
            " are voluntary organisations is not known."
        )
    else:
        sector = "What share went to charities and other voluntary organisations is not known."
    sector += (
        " Nor is what share went to small firms, or to local ones: the list does not say, and a name is no evidence."
        " For the same reason no payee is named here. Where the money was used is not known either: a payment goes to wherever an"
        " organisation has its accounts."
    )
    return charts.amounts(values, caption, caption) + paragraph(words) + paragraph(sector)


def _bar(label: str, gbp: float, whole: float, known: bool) -> dict:
    part = share(gbp, whole)
    return {"label": label, "value": round(gbp, 2), "short": part, "shown": f"{money(gbp)}, {part}", "known": known}


def _categories(own: pd.DataFrame, total: pd.Series) -> str:
    """Return what the money was for, as a chart of the largest categories."""
    found = own[own["breakdown"] == "category"].sort_values("gbp", ascending=False)
    none, given = found[found["part"] == NONE_GIVEN], found[~found["part"].isin([NONE_GIVEN, OTHERS])]
    missing = none["gbp"].sum()
    gap = f"What {money(missing)} was for ({share(missing, total['gbp'])}) is not known: the list gives no category."
    if given.empty:
        return paragraph(gap, "hb-gap")
    largest, rest = given.iloc[:SHOWN], pd.concat([given.iloc[SHOWN:], found[found["part"] == OTHERS]])
    pairs = [(r["part"], r["gbp"], True) for _, r in largest.iterrows()]
    if len(rest):
        pairs.append(("All smaller ones", rest["gbp"].sum(), True))
    if len(none):
        pairs.append((NONE_GIVEN, missing, False))
    values = [_bar(label, gbp, total["gbp"], known) for label, gbp, known in pairs]
    first = largest.iloc[0]
    caption = f"The largest category is {first['part'].lower()}, {money(first['gbp'])}."
    caption = f"{caption} {gap}" if missing > 0 else caption
    return charts.amounts(values, caption, caption)


def _payment_tables(own: pd.DataFrame, total: pd.Series, year: str) -> str:
    """Return the tables beneath the charts, and what is odd in the list."""

    def cells(row: pd.Series, hidden: bool) -> list[str]:
        known = [f"{row['rows']:,.0f}", number(row["gbp"], "gbp", 0), share(row["gbp"], total["gbp"])]
        return [*known, number(row["gbp_redacted"], "gbp", 0)] if hidden else known

    def of(breakdown: str, order: list[str] | None, first: str, hidden: bool) -> str:
        found = own[own["breakdown"] == breakdown].set_index("part")
        names = [n for n in order if n in found.index] if order else found.sort_values("gbp", ascending=False).index
        rows = [[_month(n) if breakdown == "month" else n, *cells(found.loc[n], hidden)] for n in names]
        caption = f"Payments by {first.lower()}, {year}"
        head = [first, "Lines", "Cash, net", "Share", *(["Of it, payee withheld"] if hidden else [])]
        return table(caption, head, [*rows, ["All", *cells(total, hidden)]], numeric=range(1, len(head)))

    months = sorted(own.loc[own["breakdown"] == "month", "part"])
    odd = (
        f"All lines add up to {number(total['gbp'], 'gbp', 2)}, and so do the parts of each table, to the penny. Credits and corrections"
        f" ({counted(total['rows_credit'], 'line')} below zero, {money(total['gbp_credit'])}) are taken off."
    )
    if total["rows_identical"]:
        odd += (
            f" The same as an earlier line in every column: {counted(total['rows_identical'], 'line')}. They are kept, because one invoice"
            " can hold equal lines; whether some were listed twice cannot be told."
        )
    sizes = [name for _, name in PAYEE_SIZES]
    return details("By category", of("category", None, "Category", False)) + details(
        "By month, by what a payee got in the year, and by size of line",
        of("month", months, "Month of payment", True)
        + of("payee_size", [*sizes, WITHHELD], "What the payee got", False)
        + of("line_size", [name for _, name in LINE_SIZES], "Size of the line", True)
        + paragraph(odd),
    )


def _month(part: str) -> str:
    """Return a month as a reader expects it.

    >>> _month("2024-04")
    'April 2024'
    """
    return periods.label(f"{part}-01").split(" ", 1)[1]
