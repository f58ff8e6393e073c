"""Early against late spend on children in one locality: the share of each over the years, and the lines."""

from __future__ import annotations

import pandas as pd

from . import benchmarks, breaks, charts_spend, england_only, local_notice, periods, spend, tables
from .evidence import Evidence, once, reason
from .wording import Html, number, paragraph, text

ACCOUNTS = {
    "s251": "Section 251 outturn (Department for Education)",
    "ro3": "Revenue outturn, form RO3 (Ministry of Housing, Communities and Local Government)",
}
SOURCES = {"s251": "dfe-lait", "ro3": "mhclg-revenue-outturn"}
ZERO = breaks.ZERO


@once
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


@once
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
    if e.nation != "England":
        return england_only.money(e)
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
    gap = (
        ""
        if missing.empty
        else f" No share for {breaks.spans(missing['financial_year'].tolist())}: not every line has a figure."
    )
    return words + "." + gap


def late_a_child(e: Evidence) -> str:
    """Return late spend per child in real terms now and at the start as a sentence, or why it cannot be given."""
    if e.nation != "England":
        return england_only.refusal(e, "the Section 251 outturn")
    have = by_year(e, "s251").dropna(subset=["late", "per_child_late"])
    if have.empty:
        return f"What {e.name} spent on late help for each child is not known."
    first, last = have.iloc[0], have.iloc[-1]
    words = (
        f"Late help came to {number(last['per_child_late'], 'gbp', 0)} for each child here in {last['financial_year']}"
    )
    if len(have) > 1:
        words += f", and to {number(first['per_child_late'], 'gbp', 0)} in {first['financial_year']}"
    return f"{words}, in prices of {e.price_base_year}."


def _breaks(e: Evidence) -> list[breaks.Break]:
    own = lines(e, "s251")
    years = by_year(e, "s251")["financial_year"].tolist()
    counted = own[own["stage"].isin(["early", "late"])]
    declared = by_year(e, "s251").query("note != ''")
    notes = [
        breaks.Break(r.financial_year, "sign", "†", f"† {r.financial_year}: {r.note}") for r in declared.itertuples()
    ]
    return [*breaks.reorganised(e, years, breaks.CHILDREN_BEFORE), *breaks.states(counted), *notes]


def prices(e: Evidence) -> Html:
    """Return how money of different years is made comparable, with the release of the deflator."""
    if e.nation != "England":
        return paragraph(england_only.money(e), "hb-notice")
    source = e.sources["ons-gdp-deflator"]
    released = max(file["release_date"] for file in source["files"])
    return paragraph(
        f"Real terms here means prices of {e.price_base_year}, by the GDP deflator of the {source['publisher']} (released"
        f" {released}; a financial year is the mean of its four quarters). The deflator of 2020-21 is distorted by the"
        " pandemic, so a change to or from that year says little. The tables give cash as well.",
        "hb-source",
    )


@england_only.of("the Section 251 outturn")
def early_late_chart(e: Evidence) -> Html:
    """Return the stacked columns of early, late and unclassified spend per child, in real terms, with its breaks."""
    own, found = by_year(e, "s251"), _breaks(e)
    values = []
    for row in own.itertuples():
        for order, stage in enumerate(spend.STAGES):
            value = getattr(row, f"per_child_{stage}", float("nan"))
            if row.missing or getattr(row, stage) != getattr(row, stage):
                value = float("nan")  # a column without one of its parts would look like a cut
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
    names = [spend.STAGE_NAMES[s] for s in spend.STAGES]
    chart = charts_spend.stages(
        values, own["financial_year"].tolist(), names, found, caption, alternative, source=SOURCES["s251"]
    )
    return Html(chart + breaks.named(found))


@england_only.of("the Section 251 outturn")
def share_chart(e: Evidence) -> Html:
    """Return the early share of the locality, of England and the neighbours' median over the years, with its breaks."""
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
            f" ({row['n']:.0f} of {row['of']:.0f} have data). No interval published."
        )
    marks = [b for b in _breaks(e) if b.kind == "rule"]  # the lines of others go on where this place has a gap
    return charts_spend.shares(values, names, both["financial_year"].tolist(), marks, caption, caption, SOURCES["s251"])


@england_only.of("this account of what councils spend on children")
def line_table(e: Evidence, account: str) -> Html:
    """Return every line with its stage, first and newest year, nominal and per child in real terms."""
    own = lines(e, account)
    if own.empty:
        return paragraph(f"{ACCOUNTS[account]}: no figures for {e.name} in this edition.", "hb-gap")
    first, last = own["financial_year"].min(), own["financial_year"].max()
    rows = []
    for _, line in own.groupby("indicator", sort=False):
        record = line.iloc[0]
        title = Html(text(record["title"]) + local_notice.mark(e, record["indicator"]))
        cells = [title, spend.STAGE_NAMES[record["stage"]]]
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
    return Html(
        tables.table(caption, head, rows, numeric=range(2, 6), source=SOURCES[account])
        + (paragraph(note, "hb-source") if note else "")
    )


def _nominal(found: pd.DataFrame) -> str:
    if found.empty or found["value"].isna().all():
        return f"No value: {reason(found['status'].iloc[0] if len(found) else 'no_row')}"
    value = found["value"].iloc[0]
    return number(value, "gbp", 0) + (ZERO if value == 0 else "")


def _per_child(found: pd.DataFrame) -> str:
    return "" if found.empty else number(found["per_child"].iloc[0], "gbp", 0)


@england_only.of("the account whose lines are classed here")
def classification_table(e: Evidence, account: str) -> Html:
    """Return the line-by-line classification with its reasons."""
    chosen = e.classification[e.classification["account"] == account]
    rows = [
        [e.indicators[r.indicator]["short_title"], spend.STAGE_NAMES[r.stage], r.reason] for r in chosen.itertuples()
    ]
    return tables.table(
        f"How each line of {ACCOUNTS[account]} is classified, and why", ["Line", "Stage", "Reason"], rows
    )
