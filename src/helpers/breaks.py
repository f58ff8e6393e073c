"""Breaks in a series of spend: another council before, no return, provisional figures, lines reported as zero."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .evidence import Evidence, reason
from .wording import Html, listed, text

ZERO, PROVISIONAL = "*", "p"
EMPTY = {"not_submitted": "no return", "not_applicable": "no such council yet"}
CHILDREN_BEFORE = "which ran children's services on the same ground"
COUNCIL_BEFORE = "without the spending of its districts, so the two do not compare"


@dataclass(frozen=True)
class Break:
    """One break: drawn as a rule before the year, as words in an empty year, or as a sign over the year."""

    year: str  # financial year
    kind: str  # rule, gap or sign
    words: str  # what stands in the chart
    sentence: str


def reorganised(e: Evidence, years: list[str], before: str) -> list[Break]:
    """Return the breaks where the council was formed within `years` or at their start; `before` tells of its forerunner."""
    found = []
    for year in sorted({c["year"] for c in e.place["changes"] if c["kind"] in ("same_boundary", "part")}):
        changes = [c for c in e.place["changes"] if c["year"] == year]
        label = f"{year}-{(year + 1) % 100:02d}"
        if label not in years or label == years[0]:
            continue
        if any(c["kind"] == "same_boundary" for c in changes):
            old = listed(sorted({c["old_name"] for c in changes if c["kind"] == "same_boundary"}))
            said = f"Figures before {label} are those of the county council of {old.removesuffix(' County')}, {before}."
        else:
            said = f"The council was formed in April {year}, so there is no figure of its own before {label}."
        found.append(Break(label, "rule", f"new council, {year}", said))
    return found


def states(rows: pd.DataFrame) -> list[Break]:
    """Return the breaks that the figures themselves carry.

    `rows` needs financial_year, title, status and value: one row per line and year. A year in which no line has a
    value is a gap; one in which some are provisional, or zero as reported, carries a sign.
    """
    found = []
    empty: dict[str, list[str]] = {}
    signs: dict[str, list[str]] = {}
    zeros: dict[str, list[str]] = {}
    for year, group in rows.groupby("financial_year"):
        if group["value"].isna().all():
            empty.setdefault(group["status"].iloc[0], []).append(year)
            continue
        if (group["status"] == "provisional").any():
            signs.setdefault(year, []).append(PROVISIONAL)
        zero = group.loc[group["value"] == 0, "title"].tolist()
        if zero:
            signs.setdefault(year, []).append(ZERO)
            for title in zero:
                zeros.setdefault(title, []).append(year)
    for status, years in empty.items():
        said = f"{reason(status).capitalize()}: {spans(years)}."
        found += [Break(year, "gap", EMPTY.get(status, "no figure"), said) for year in years]
    provisional = [year for year, given in signs.items() if PROVISIONAL in given]
    said = []
    if provisional:
        said.append(f"{PROVISIONAL} Provisional, and may be revised: {spans(provisional)}.")
    if zeros:
        lines = "; ".join(f"{title} ({spans(years)})" for title, years in zeros.items())
        said.append(
            f"{ZERO} Zero as reported: {lines}. A council may report a service under another line, so a zero is no"
            " proof of closure."
        )
    return found + [Break(year, "sign", " ".join(given), " ".join(said)) for year, given in signs.items()]


def spans(years: list[str]) -> str:
    """Return financial years as words, those that follow on each other as one span.

    >>> spans(["2016-17", "2017-18", "2018-19", "2023-24"])
    '2016-17 to 2018-19 and 2023-24'
    """
    runs: list[list[str]] = []
    for year in sorted(years):
        if runs and int(year[:4]) == int(runs[-1][-1][:4]) + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return listed([words for run in runs for words in (run if len(run) < 3 else [f"{run[0]} to {run[-1]}"])])


def named(breaks: list[Break]) -> Html:
    """Return every break in a sentence, each once; an empty text where there is none."""
    said = list(dict.fromkeys(b.sentence for b in breaks))
    return Html(f'<p class="hb-source">{text("Breaks. " + " ".join(said))}</p>' if said else "")
