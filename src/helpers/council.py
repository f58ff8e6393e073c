"""What the whole council spends, service by service, and what is not known of the whole place."""

from __future__ import annotations

import pandas as pd

from . import breaks, charts, charts_spend, england_only, local_notice, periods, spend, tables
from .evidence import Evidence, once, reason
from .wording import Html, money, number, paragraph, text


@once
def services(e: Evidence, beginning: str = "rsx_", population: str = "population_all_ages") -> pd.DataFrame:
    """Return one row per line and year of a revenue outturn, in pounds, net.

    Columns: indicator, title, financial_year, status, value (£, cash), real (£, prices of the base year), per_head
    (£, real, for each person of `population`: one year's count serves all, as no yearly one is published here).
    """
    chosen = [key for key in e.select("spend") if key.startswith(beginning)]
    own = e.series[e.series["indicator"].isin(chosen)].copy()
    own["value"] = 1000.0 * own["value"]
    own["financial_year"] = own["period"].map(periods.label)
    own["real"] = float("nan")
    covered = own["financial_year"].isin(e.deflator.index)
    own.loc[covered, "real"] = spend.real_terms(
        own.loc[covered, "value"], own.loc[covered, "financial_year"], e.deflator, e.price_base_year
    )
    own["per_head"] = own["real"] / e.latest(population).value
    own["title"] = own["indicator"].map(lambda i: e.indicators[i]["short_title"])
    columns = ["indicator", "title", "financial_year", "status", "value", "real", "per_head", "release_date"]
    return own[columns].sort_values(["indicator", "financial_year"]).reset_index(drop=True)


SOURCE = "mhclg-revenue-outturn"
ZERO_NOTE = (
    f"{breaks.ZERO} Zero as reported. Another body may run the service, or the council may report it under another line:"
    " a zero is no proof of closure."
)


def _pounds(value: float, missing: str) -> str:
    if value != value:
        return missing
    return number(value, "gbp", 0) + (breaks.ZERO if value == 0 else "")


def _with_note(table: Html) -> Html:
    return Html(table + paragraph(ZERO_NOTE, "hb-source")) if f"£0{breaks.ZERO}" in table else table


@england_only.of("the revenue outturn")
def whole_council(e: Evidence) -> Html:
    """Return net spend by service a head in the newest year, all of it over the years with its breaks, and a table."""
    own = services(e)
    have = own[own["value"].notna()]
    people = e.latest("population_all_ages")
    if have.empty or not people.period:
        why = reason(own["status"].iloc[-1] if len(own) else "no_row")
        return paragraph(f"No revenue outturn of {e.name} is in this edition: {why}.", "hb-gap")
    year = have["financial_year"].max()
    newest = have[have["financial_year"] == year].set_index("indicator")
    caption = f"Net current expenditure a head by service, {year}, in prices of {e.price_base_year}"
    if "rsx_total" in newest.index:
        total = newest.loc["rsx_total"]
        caption = (
            f"{e.name} spent {money(total['value'])} net on its services in {year}: {number(total['per_head'], 'gbp', 0)} a"
            f" head in prices of {e.price_base_year}"
        )
    parts = newest.drop("rsx_total", errors="ignore").sort_values("per_head", ascending=False)
    bars = [
        {
            "label": r.title,
            "value": round(r.per_head, 2),
            "shown": f"{number(r.per_head, 'gbp', 0)} a head; {number(r.value, 'gbp', 0)} in cash",
        }
        for r in parts.itertuples()
    ]
    order = [*parts.index, *newest.index.intersection(["rsx_total"])]
    order += [i for i in own["indicator"].unique() if i not in order]
    return Html(charts.bars(bars, caption, caption) + _over_time(e, own) + _table(e, own, order, year, people.period))


def _over_time(e: Evidence, own: pd.DataFrame) -> str:
    total = own[own["indicator"] == "rsx_total"]
    domain = total["financial_year"].tolist()
    if len(domain) < 2:
        return ""
    found = [*breaks.reorganised(e, domain, breaks.COUNCIL_BEFORE), *breaks.states(total)]
    values = [
        {
            "period": r.financial_year,
            "stage": "All services",
            "order": 0,
            "value": None if r.per_head != r.per_head else round(r.per_head, 2),
            "shown": f"{number(r.per_head, 'gbp', 0)} a head",
        }
        for r in total.itertuples()
    ]
    have = total[total["per_head"].notna()]
    first, last = have.iloc[0], have.iloc[-1]
    caption = f"All services, net, in prices of {e.price_base_year}: {number(last['per_head'], 'gbp', 0)} a head in {last['financial_year']}"
    split = [b.year for b in found if b.kind == "rule" and first["financial_year"] < b.year <= last["financial_year"]]
    if split:
        caption += f". The years before {split[-1]} do not compare"
    elif len(have) > 1:
        caption += f"; {number(first['per_head'], 'gbp', 0)} in {first['financial_year']}"
    chart = charts_spend.stages(
        values, domain, ["All services"], found, caption, caption, title="£ a head, net, real terms", source=SOURCE
    )
    return chart + breaks.named(found)


def _table(e: Evidence, own: pd.DataFrame, order: list[str], newest: str, counted: str) -> str:
    years = sorted(own["financial_year"].unique())
    cells = own.set_index(["indicator", "financial_year"])
    rows = []
    for key in order:
        record = [Html(text(e.indicators[key]["short_title"]) + local_notice.mark(e, key))]
        for column in ("value", "per_head"):
            for year in years if column == "per_head" else [newest]:
                found = cells.loc[(key, year)] if (key, year) in cells.index else None
                record.append("No value" if found is None else _pounds(found[column], "No value"))
        rows.append(record)
    caption = (
        f"Net current expenditure by service: cash in {newest}, and a head in prices of {e.price_base_year}. Every year is"
        f" divided by the population of {periods.label(counted)}"
    )
    head = ["Service", f"{newest}, cash", *(f"{y}, a head, real" for y in years)]
    table = _with_note(tables.table(caption, head, rows, numeric=range(1, len(head)), source=SOURCE))
    return f"<details><summary>Every service and year</summary>{table}</details>"


@england_only.of("form RO3")
def newest_lines(e: Evidence, beginning: str, population: str, caption: str) -> Html:
    """Return the newest year of every line whose id begins so: net, in cash, and real for each person of `population`."""
    own = services(e, beginning, population)
    have = own[own["value"].notna()]
    people = e.latest(population)
    if have.empty or not people.period:
        return paragraph(f"{caption}: no figures for {e.name} in this edition.", "hb-gap")
    year = have["financial_year"].max()
    newest = own[own["financial_year"] == year].assign(last=own["indicator"].str.endswith("_total"))
    newest = newest.sort_values(["last", "value"], ascending=[True, False])
    rows = []
    for r in newest.itertuples():
        missing = f"No value: {reason(r.status)}"
        title = Html(text(r.title) + local_notice.mark(e, r.indicator))
        rows.append([title, _pounds(r.value, missing), _pounds(r.per_head, "")])
    who = e.indicators[population]["short_title"].lower()
    head = ["Line", "Cash", f"For each person, real ({who}, {periods.label(people.period)})"]
    provisional = ", provisional" if (newest["status"] == "provisional").any() else ""
    title = f"{caption}, net current expenditure, {year}{provisional}; real in prices of {e.price_base_year}"
    return _with_note(tables.table(title, head, rows, numeric=(1, 2), source=SOURCE))


def public_money(e: Evidence) -> Html:
    """Return the public spenders of the place: the council's sum, and every other one as not known."""
    own = services(e)
    total = own[(own["indicator"] == "rsx_total") & own["value"].notna()]
    known = f"{money(total.iloc[-1]['value'])}, {total.iloc[-1]['financial_year']}" if len(total) else "not known"
    council = "County council" if e.place["kind"] == "county council" else "Council"
    spenders = [(council, known)]
    if e.place["districts"] and e.place["kind"] == "county council":
        spenders.append((f"{len(e.place['districts'])} district councils", "not known here"))
    others = ["NHS", "Police and other local bodies", "Academy schools", "Benefits and pensions"]
    spenders += [(who, "not known here") for who in others]
    values = [{"label": who, "known": "yes" if "£" in sum_ else "no", "shown": sum_} for who, sum_ in spenders]
    without = [who for who, sum_ in spenders if "£" not in sum_]
    caption = (
        f"Public money in {e.name}: of {len(spenders)} kinds of spender, {len(spenders) - len(without) or 'none'} is known to this book."
        " Not to scale: the bars have no length that means anything"
    )
    words = (
        f"Not known here: {'; '.join(_small(w) for w in without)}. This book holds no figures of theirs for this area. So what"
        f" share the council's sum is of all public money in {e.name} cannot be said, and the sums above are a part, not the"
        " whole. What charities and businesses give comes on top."
    )
    return Html(charts_spend.known_money(values, caption, f"{caption}. {words}") + paragraph(words))


def _small(words: str) -> str:
    return words if words.startswith("NHS") else words[0].lower() + words[1:]
