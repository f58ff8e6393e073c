"""Contracts that pay by results in one locality, as its own pack gives them; or how to supply them."""

from __future__ import annotations

from . import local_money
from .evidence import Evidence
from .payments import details, how
from .tables import table
from .wording import Html, listed, money, number, paragraph, text


def contracts(e: Evidence) -> Html:
    """Return the contracts paid by results that the locality supplied, or how to supply them."""
    if not e.money.get("contracts", {}).get("rows"):
        said = "None supplied." if "contracts" not in e.money else "The locality's own table holds none."
        rows = [
            [name, says, listed(list(kind), "or") if isinstance(kind, tuple) else f"any, or {local_money.UNKNOWN}"]
            for name, (kind, says) in local_money.CONTRACTS.items()
        ]
        columns = table("The columns of contracts.csv", ["Column", "What it says", "Words"], rows)
        return Html(
            paragraph(
                f"{said} Which contracts of {e.name} pay by results is not known here: no figures that cover every council say it. "
                + how(
                    e, "contracts.csv", "a table with one row for each such contract", "only this table is published"
                ),
                "hb-gap",
            )
            + _of_programmes(e)
            + details("The columns of that file", columns)
        )
    own = e.money["contracts"]["rows"]
    return Html(_contract_words(own) + _contract_table(own) + paragraph(_CREAMING))


_CREAMING = (
    "Where results are judged without regard to how hard people are to help, and each pays the same, it pays a provider to take"
    " the easiest first and to leave the others. A claim that nobody else checks can be made too high. That a contract has such terms"
    " does not show that either happened."
)


def _of_programmes(e: Evidence) -> str:
    """Return which programmes of the locality's own pack are paid by results, with a link to the checks of them."""
    rows = e.local.get("programmes", {}).get("rows", [])
    names = [row["name"] for row in rows if row["payment"] == "results"]
    if not names:
        return ""
    words = f"Of its own programmes, {listed(names)} {'is' if len(names) == 1 else 'are'} paid by results."
    link = '<a href="outcomes.html#has-paying-for-results-bent-them">See whether that has bent them.</a>'
    return f"<p>{text(words)} {link}</p>"


def _contract_words(own: list[dict]) -> str:
    both = [r for r in own if local_money.UNKNOWN not in (r["value_gbp"], r["paid_by_results_pct"])]
    count = "1 contract pays" if len(own) == 1 else f"{len(own)} contracts pay"
    words = f"{count} by results."
    if both:
        at_stake = sum(float(r["value_gbp"]) * float(r["paid_by_results_pct"]) / 100 for r in both)
        worth = sum(float(r["value_gbp"]) for r in both)
        words += (
            f" Of {money(worth)}, {money(at_stake)} depends on results ({len(both)} of {len(own)} give both figures)."
        )
    asked = (
        ("measure_set_by", "provider", "the provider chose the measure"),
        ("allows_for_need", "no", "results are not judged beside how hard people are to help"),
        ("price_by_difficulty", "no", "no more is paid for people who are harder to help"),
        ("independent_check", "no", "nobody but the provider checks the results"),
    )
    for column, bad, says in asked:
        yes, unknown = (sum(r[column] == word for r in own) for word in (bad, local_money.UNKNOWN))
        words += f" In {yes} of {len(own)} {says}" + (f" (not known of {unknown})." if unknown else ".")
    return paragraph(words)


def _contract_table(own: list[dict]) -> str:
    """Return two tables, since one would be too wide for a page: what each contract is, and on what terms it pays."""
    unknown = local_money.UNKNOWN
    what, terms = [], []
    for r in own:
        worth = r["value_gbp"] if r["value_gbp"] == unknown else number(float(r["value_gbp"]), "gbp", 0)
        share = r["paid_by_results_pct"] if r["paid_by_results_pct"] == unknown else f"{r['paid_by_results_pct']}%"
        what.append([r["contract"], r["provider"], r["who_for"], f"{r['start']} to {r['end']}", worth, share])
        asked = ("measure", "measure_set_by", "allows_for_need", "price_by_difficulty", "independent_check")
        terms.append([r["contract"], *(r[column] for column in asked)])
    head = ["Contract", "Provider", "Whom it is for", "When", "Worth", "Paid by results"]
    said = [
        "Contract",
        "Result that pays",
        "Who chose it",
        "Allows for need",
        "Pays more for harder",
        "Checked by others",
    ]
    first = table("Contracts paid by results, as the locality supplied them", head, what, numeric=(4, 5))
    return first + table("On what terms they pay", said, terms)
