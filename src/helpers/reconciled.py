"""That the lines of spend on children make the published totals, and how far the two accounts of them disagree."""

from __future__ import annotations

from . import accounts, england_only, tables
from .evidence import Evidence
from .wording import Html, listed, number, paragraph, text


@england_only.of("this published total")
def totals(e: Evidence, account: str) -> Html:
    """Return that early, late and neither make the published total of every year, to the pound, with what is left."""
    own = e.early_late[(e.early_late["area_code"] == e.place["area_code"]) & (e.early_late["account"] == account)]
    own = own[own["total"].notna() | (own["note"] != "")]
    if own.empty:
        return paragraph(f"{accounts.ACCOUNTS[account]}: no published total for {e.name} in this edition.", "hb-gap")
    rows = [
        [r.financial_year, *(_cash(v) for v in (r.early, r.late, r.unclassified, r.difference, r.total))]
        for r in own.itertuples()
    ]
    plain = own[own["note"] == ""]
    most = plain["difference"].abs().max()
    words = [f"{r.financial_year}: {r.note}" for r in own.itertuples() if r.note]
    if len(plain):
        rounding = "exactly" if most < 0.5 else f"but for the publisher's rounding, £{most:,.0f} at most"
        words.insert(
            0,
            f"In {'each of ' if len(plain) > 1 else ''}{len(plain)} {'years' if len(plain) > 1 else 'year'}, early, late and"
            f" neither make the total that the publisher gives, {rounding}. Otherwise this page would not have been made.",
        )
    head = ["Year", "Early", "Late", "Neither", "Rounding, or left out of the total", "Published total"]
    table = tables.table(
        f"{accounts.ACCOUNTS[account]}: the parts and the total, cash, gross", head, rows, numeric=range(1, 6)
    )
    return Html(f"<p>{text(' '.join(words))}</p><details><summary>Every year, to the pound</summary>{table}</details>")


def _cash(value: float) -> str:
    return "No value" if value != value else number(value, "gbp", 0)


@england_only.of("the pair of accounts")
def two_accounts(e: Evidence) -> Html:
    """Return how far the two accounts of the same services disagree, in every year that both give, newest in words."""
    parts = {a: accounts.by_year(e, a).set_index("financial_year")[["early", "late"]] for a in accounts.ACCOUNTS}
    both = parts["s251"].add_suffix("_s251").join(parts["ro3"].add_suffix("_ro3"), how="inner").dropna(how="all")
    rows, said = [], {}
    for year, row in both.iterrows():
        for stage in ("early", "late"):
            a, b = row[f"{stage}_s251"], row[f"{stage}_ro3"]
            rows.append([f"{year}, {stage}", *(_cash(v) for v in (a, b, b - a))])
            if b - a == b - a:
                said.setdefault(year, []).append(_disagreement(stage, a, b))
    if not rows:
        return paragraph("The two accounts have no year in common for this place.", "hb-gap")
    words = "In no year do both accounts have every line."
    if said:
        year = max(said)
        words = f"In {year}, form RO3 gives {listed(said[year])} than Section 251. Which is nearer the truth cannot be told."
    caption = "The same services in two accounts: cash, gross. They are never joined into one series"
    head = ["Year and stage", "Section 251", "Form RO3", "Form RO3 less Section 251"]
    return Html(paragraph(words) + tables.table(caption, head, rows, numeric=range(1, 4)))


def _disagreement(stage: str, section: float, form: float) -> str:
    more = "more" if form >= section else "less"
    share = f" ({100 * abs(form - section) / section:.0f}%)" if section else ""
    return f"{number(abs(form - section), 'gbp', 0)}{share} {more} for {stage} help"
