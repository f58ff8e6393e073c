"""What the localities show together: sums and spreads, never an order of places."""

from __future__ import annotations

import pandas as pd

from . import charts, spend, tables
from .evidence import early_late_of_all, shared
from .schemas import DataError
from .wording import Html, number, paragraph, text


def early_share(account: str = "s251") -> pd.DataFrame:
    """Return spend.national_early_share of the edition's bundles: one row a financial year."""
    everyone = early_late_of_all()
    return spend.national_early_share(everyone[everyone["account"] == account])


def header(edition: str) -> Html:
    """Return the edition of the page. Raises DataError when the bundles are of another one."""
    built = shared("edition.json")
    if built["edition"] != edition:
        raise DataError(
            [f"the bundles are of edition {built['edition']}, not {edition}. Run: handbook bundle --edition {edition}"]
        )
    return Html(
        f'<p class="hb-parameters">This page: edition {text(edition)} · {len(built["slugs"]) - len(built["own"])} localities</p>'
    )


def spread_sentence() -> Html:
    """Return how far the authorities lie apart in the newest year, in a sentence."""
    last = early_share().iloc[-1]
    words = (
        f"In {last['financial_year']} the middle authority had {last['median']:.1f}%, and they ran from"
        f" {last['lowest']:.1f}% to {last['highest']:.1f}%."
    )
    return paragraph(words)


def _sentence(first: pd.Series, last: pd.Series) -> str:
    return (
        f"Of the money that councils in England spent on early or late help for children, {first['early_share']:.1f}% went on early help in"
        f" {first['financial_year']} ({first['authorities']} authorities with every line), and {last['early_share']:.1f}% in"
        f" {last['financial_year']} ({last['authorities']} authorities)."
    )


def share_chart() -> Html:
    """Return the national early share and the median authority's over the years."""
    years = early_share()
    names = ["England, all summed", "Median authority"]
    values = [
        {"period": row.financial_year, "who": who, "value": round(value, 2), "shown": number(value, "pct", 1)}
        for row in years.itertuples()
        for who, value in zip(names, (row.early_share, row.median), strict=True)
    ]
    caption = _sentence(years.iloc[0], years.iloc[-1])
    return charts.shares(values, names, years["financial_year"].tolist(), caption, caption)


def share_table() -> Html:
    """Return the sums behind the share, year by year."""
    rows = [
        [
            r.financial_year,
            str(r.authorities),
            number(r.early, "gbp", 0),
            number(r.late, "gbp", 0),
            f"{r.early_share:.1f}%",
            f"{r.median:.1f}%",
        ]
        for r in early_share().itertuples()
    ]
    head = ["Year", "Authorities with every line", "Early, cash", "Late, cash", "Early share", "Median authority"]
    return tables.table(
        "Early and late spend on children's services, Section 251 outturn, gross, cash", head, rows, numeric=range(1, 6)
    )


def classification() -> Html:
    """Return how each line is classified, with the reason."""
    indicators, chosen = shared("indicators.json"), pd.DataFrame(shared("classification.json"))
    rows = [
        [
            indicators[r.indicator]["short_title"],
            {"s251": "Section 251", "ro3": "RO3"}[r.account],
            spend.STAGE_NAMES[r.stage],
            r.reason,
        ]
        for r in chosen.itertuples()
    ]
    return tables.table("How each line of spend is classified, and why", ["Line", "Account", "Stage", "Reason"], rows)
