"""The public pound of one locality: early against late, line by line, and the whole council."""

from __future__ import annotations

from functools import cache

import pandas as pd

from . import benchmarks, charts, periods, spend, tables
from .evidence import Evidence, reason
from .narrative import Html, money, number, paragraph, text

ACCOUNTS = {
    "s251": "Section 251 outturn (Department for Education)",
    "ro3": "Revenue outturn, form RO3 (Ministry of Housing, Communities and Local Government)",
}
ZERO = "*"


@cache
def lines(e: Evidence, account: str) -> pd.DataFrame:
    """Return one row per classified line and year: nominal, real and per-child pounds, in the classification's order.

    Columns: indicator, title, stage, financial_year, status, value (£, nominal), real (£, prices of the base year),
    children (aged 0 to 17 in the middle of the financial year's first calendar year), per_child (£, real).
    """
    classes = e.classification[e.classification["account"] == account]
    series = e.series[e.series["indicator"].isin(classes["indicator"])].copy()
    series["value"] *= [1000.0 if e.indicators[i]["unit"] == "gbp_thousand" else 1.0 for i in series["indicator"]]
    series["financial_year"] = series["period"].map(periods.label)
    covered = series["financial_year"].isin(e.deflator.index)
    series["real"] = float("nan")
    series.loc[covered, "real"] = spend.real_terms(
        series.loc[covered, "value"], series.loc[covered, "financial_year"], e.deflator, e.price_base_year
    )
    children = {int(row.period[:4]): row.value for row in e.present("population_0_17")}
    series["children"] = series["period"].str[:4].astype(int).map(children)
    series["per_child"] = series["real"] / series["children"]
    series = series.merge(classes[["indicator", "stage"]], on="indicator")
    series["title"] = series["indicator"].map(lambda i: e.indicators[i]["short_title"])
    order = {name: position for position, name in enumerate(classes["indicator"])}
    series["order"] = series["indicator"].map(order)
    wanted = [
        "indicator",
        "title",
        "stage",
        "financial_year",
        "status",
        "value",
        "real",
        "children",
        "per_child",
        "release_date",
    ]
    return series.sort_values(["order", "financial_year"])[wanted].reset_index(drop=True)


@cache
def by_year(e: Evidence, account: str) -> pd.DataFrame:
    """Return this locality's rows of spend.early_late, with real pounds per child of each stage."""
    everyone = e.early_late
    own = everyone[(everyone["area_code"] == e.place["area_code"]) & (everyone["account"] == account)]
    parts = lines(e, account)
    parts = parts[parts["stage"].isin(spend.STAGES)]
    stage = parts.groupby(["financial_year", "stage"])["per_child"].sum(min_count=1).unstack()
    return own.merge(stage.add_prefix("per_child_").reset_index(), on="financial_year", how="left")


def peer_share(e: Evidence, account: str) -> pd.DataFrame:
    """Return per financial year the median early share of the neighbours, how many have every line, and England's.

    Columns: financial_year, median (%, nan below five neighbours), n, of, england (%, summed over the authorities
    with every line), authorities.
    """
    everyone = e.early_late[e.early_late["account"] == account]
    grid = everyone.pivot(index="financial_year", columns="area_code", values="early_share")
    members = [n["area_code"] for n in e.neighbours if n["area_code"] in grid.columns]
    found = benchmarks.peers(grid.to_numpy(), [grid.columns.get_loc(c) for c in members])
    national = spend.national_early_share(everyone).set_index("financial_year")
    return pd.DataFrame(
        {
            "financial_year": grid.index,
            "median": found.median,
            "n": found.n,
            "of": len(e.neighbours),
            "england": grid.index.map(national["early_share"]),
            "authorities": grid.index.map(national["authorities"]),
        }
    )


def headline(e: Evidence) -> str:
    """Return the early share now and at the start as a sentence, or why it cannot be given."""
    years = by_year(e, "s251")
    have = years[years["early_share"].notna()]
    if have.empty:
        return f"The early share of children's spend in {e.name} is not known: no year has every line."
    first, last = have.iloc[0], have.iloc[-1]
    words = (
        f"Of every £100 that {e.name} spent on early or late help for children in {last['financial_year']},"
        f" £{last['early_share']:.0f} went on early help"
    )
    if len(have) > 1:
        words += f"; in {first['financial_year']} it was £{first['early_share']:.0f}"
    missing = years[years["early_share"].isna()]
    gap = "" if missing.empty else f" No share for {', '.join(missing['financial_year'])}: a line is missing."
    return words + "." + gap


def early_late_chart(e: Evidence) -> Html:
    """Return the stacked columns of early, late and unclassified spend per child, in real terms."""
    own = by_year(e, "s251")
    values = []
    for row in own.itertuples():
        for order, stage in enumerate(spend.STAGES):
            value = getattr(row, f"per_child_{stage}", float("nan"))
            if row.missing and stage != "unclassified":
                value = float("nan")
            values.append(
                {
                    "period": row.financial_year,
                    "stage": spend.STAGE_NAMES[stage],
                    "order": order,
                    "value": None if value != value else round(value, 2),
                    "shown": f"{number(value, 'gbp', 0)} a child",
                }
            )
    caption = headline(e)
    alternative = f"Spend per child in {e.price_base_year} prices by year, early, late and neither. {caption}"
    return charts.stages(
        values, own["financial_year"].tolist(), [spend.STAGE_NAMES[s] for s in spend.STAGES], caption, alternative
    )


def share_chart(e: Evidence) -> Html:
    """Return the early share of the locality, of England and the neighbours' median over the years."""
    own, others = by_year(e, "s251"), peer_share(e, "s251")
    both = others.merge(own[["financial_year", "early_share"]], on="financial_year", how="left")
    names = [e.name, "England", "Neighbours' median"]
    values = [
        {
            "period": row.financial_year,
            "who": name,
            "value": None if value != value else round(value, 2),
            "shown": number(value, "pct", 1),
        }
        for row in both.itertuples()
        for name, value in zip(names, (row.early_share, row.england, row.median), strict=True)
    ]
    last = both[both["early_share"].notna()]
    if last.empty:
        caption = f"Early share of early and late spend: not known for {e.name}."
    else:
        row = last.iloc[-1]
        median = f"{row['median']:.1f}%" if row["median"] == row["median"] else "too few to say"
        caption = (
            f"Early share in {row['financial_year']}: {row['early_share']:.1f}% in {e.name}, {row['england']:.1f}% in England"
            f" ({row['authorities']:.0f} authorities with every line); median of its {e.comparator}: {median}"
            f" ({row['n']:.0f} of {row['of']:.0f} have data)."
        )
    return charts.shares(values, names, both["financial_year"].tolist(), caption, caption)


def line_table(e: Evidence, account: str) -> Html:
    """Return every line with its stage, first and newest year, nominal and per child in real terms."""
    own = lines(e, account)
    if own.empty:
        return paragraph(f"{ACCOUNTS[account]}: no figures for {e.name} in this edition.", "hb-gap")
    first, last = own["financial_year"].min(), own["financial_year"].max()
    rows = []
    for _, line in own.groupby("indicator", sort=False):
        record = line.iloc[0]
        cells = [record["title"], spend.STAGE_NAMES[record["stage"]]]
        for year in (first, last):
            found = line[line["financial_year"] == year]
            cells += [_nominal(found), _per_child(found)]
        rows.append(cells)
    released = own.loc[own["financial_year"] == last, "release_date"].max()
    caption = f"{ACCOUNTS[account]}, gross, {first} and {last}; released {released}"
    head = ["Line", "Stage", f"{first}, cash", f"{first}, a child, real", f"{last}, cash", f"{last}, a child, real"]
    note = ""
    if any(ZERO in cell for cells in rows for cell in cells):
        note = f"{ZERO} Zero as reported. A council may report a service under another line, so a zero is no proof of closure."
    return Html(tables.table(caption, head, rows, numeric=range(2, 6)) + (paragraph(note, "hb-source") if note else ""))


def _nominal(found: pd.DataFrame) -> str:
    if found.empty or found["value"].isna().all():
        return f"No value: {reason(found['status'].iloc[0] if len(found) else 'no_row')}"
    value = found["value"].iloc[0]
    return number(value, "gbp", 0) + (ZERO if value == 0 else "")


def _per_child(found: pd.DataFrame) -> str:
    return "" if found.empty else number(found["per_child"].iloc[0], "gbp", 0)


def classification_table(e: Evidence, account: str) -> Html:
    """Return the line-by-line classification with its reasons."""
    chosen = e.classification[e.classification["account"] == account]
    rows = [
        [e.indicators[r.indicator]["short_title"], spend.STAGE_NAMES[r.stage], r.reason] for r in chosen.itertuples()
    ]
    return tables.table(
        f"How each line of {ACCOUNTS[account]} is classified, and why", ["Line", "Stage", "Reason"], rows
    )


def two_accounts(e: Evidence) -> Html:
    """Return how far the two accounts of the same services disagree, in every year that both give."""
    parts = {a: by_year(e, a).set_index("financial_year")[["early", "late"]] for a in ACCOUNTS}
    both = parts["s251"].join(parts["ro3"], lsuffix="_s251", rsuffix="_ro3", how="inner").dropna(how="all")
    rows = []
    for year, row in both.iterrows():
        for stage in ("early", "late"):
            a, b = row[f"{stage}_s251"], row[f"{stage}_ro3"]
            rows.append([f"{year}, {stage}", number(a, "gbp", 0), number(b, "gbp", 0), number(b - a, "gbp", 0)])
    if not rows:
        return paragraph("The two accounts have no year in common for this place.", "hb-gap")
    return tables.table(
        "The same services in two accounts: cash, gross. They are never joined into one series",
        ["Year and stage", "Section 251", "Form RO3", "Form RO3 less Section 251"],
        rows,
        numeric=range(1, 4),
    )


def whole_council(e: Evidence) -> Html:
    """Return the newest year of every service of the council: net current expenditure, cash and per head."""
    services = [i for i in e.select("spend", "council_spend") if i.startswith("rsx_")]
    found = [e.latest(i) for i in services]
    years = [f.period for f in found if f.period]
    if not years:
        return paragraph(
            f"No revenue outturn of {e.name} is in this edition: {reason(found[0].status) if found else 'no rows'}.",
            "hb-gap",
        )
    year = max(years)
    people = e.latest("population_all_ages").value
    rows, values = [], []
    for latest in sorted(found, key=lambda f: -(f.value if f.period == year else -1e12)):
        title = e.indicators[latest.id]["short_title"]
        if latest.period != year:
            rows.append([title, f"No value for {periods.label(year)}: {latest.newer or reason(latest.status)}", ""])
            continue
        pounds = latest.value * 1000
        rows.append([title, number(pounds, "gbp", 0), number(pounds / people, "gbp", 0)])
        if latest.id != "rsx_total":
            values.append(
                {
                    "label": title,
                    "value": round(pounds / people, 2),
                    "shown": f"{number(pounds / people, 'gbp', 0)} a head",
                }
            )
    total = next((f for f in found if f.id == "rsx_total" and f.period == year), None)
    caption = f"Net current expenditure a head by service, {periods.label(year)}, cash"
    if total:
        caption = f"{e.name} spent {money(total.value * 1000)} net on its services in {periods.label(year)}: {number(total.value * 1000 / people, 'gbp', 0)} a head"
    table = tables.table(
        f"Net current expenditure by service, {periods.label(year)}, cash; a head of the population in the middle of 2023",
        ["Service", "Cash", "A head"],
        rows,
        numeric=(1, 2),
    )
    return Html(charts.bars(values, caption, caption) + f"<details><summary>The table</summary>{table}</details>")


def newest_lines(e: Evidence, beginning: str, population: str, caption: str) -> Html:
    """Return the newest year of every line whose id begins so: net cash and pounds for each person of `population`."""
    chosen = [key for key in e.select("spend") if key.startswith(beginning)]
    found = [e.latest(key) for key in chosen]
    periods_with_data = [f.period for f in found if f.period]
    people = e.latest(population)
    if not periods_with_data or not people.period:
        return paragraph(f"{caption}: no figures for {e.name} in this edition.", "hb-gap")
    year = max(periods_with_data)
    rows = []
    for latest in sorted(found, key=lambda f: (f.id.endswith("_total"), -f.value if f.period == year else 0)):
        title = e.indicators[latest.id]["short_title"]
        if latest.period != year:
            rows.append([title, f"No value: {reason(latest.status)}", ""])
            continue
        pounds = latest.value * 1000
        rows.append([title, number(pounds, "gbp", 0), number(pounds / people.value, "gbp", 0)])
    who = e.indicators[population]["short_title"].lower()
    head = ["Line", "Cash", f"For each person ({who}, {periods.label(people.period)})"]
    return tables.table(f"{caption}, net current expenditure, {periods.label(year)}", head, rows, numeric=(1, 2))


def unknown_money(e: Evidence) -> Html:
    """Return what public money in the place is not in this book."""
    return Html(
        f"<p>{text(e.name)}'s council is one spender among several. Not known here, because no figures by authority are "
        "published in the open: the National Health Service, police, schools' own budgets, benefits, and what charities "
        "and businesses give. The sums above are a part, not the whole.</p>"
    )
