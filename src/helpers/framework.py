"""The Local Outcomes Framework on the page: what this handbook has on each priority outcome, and what it has not."""

from __future__ import annotations

from . import periods, tables
from .evidence import Evidence, reason, shared
from .narrative import value_of
from .wording import Html, in_words, paragraph, text

NOT_YET = "not in this handbook yet"
BASIS = {
    "read": "",
    "draft": "name from the draft of July 2025, to be checked",
    "announced": "name to be checked against the framework",
    "to check": "name to be checked against the framework",
}


def mapping(e: Evidence) -> Html:
    """Return the 16 priority outcomes, each with the newest figures here that bear on it, and what is not here yet."""
    record = shared("outcomes/local_outcomes_framework.json")
    if not e.place["area_code"].startswith(("E", "X")):
        return paragraph(f"The {record['title']} is for councils in England, so it says nothing of {e.name}.", "hb-gap")
    outcomes = record["outcomes"]
    rows, covered, checked = [], 0, 0
    for outcome in outcomes:
        covered += bool(outcome["indicators"])
        checked += outcome["name_basis"] == "read"
        rows.append([_name(outcome), _here(e, outcome["indicators"]), _missing(outcome["missing"])])
    bare, unread = len(outcomes) - covered, len(outcomes) - checked
    rows.append([f"All {len(outcomes)} priority outcomes", f"With a figure: {covered}", f"With none: {bare}"])
    rows.append(["Names", f"Read in the framework itself: {checked}", f"Still to be checked: {unread}"])
    words = (
        f"The government set out {len(outcomes)} priority outcomes for councils and their partners in February 2026. This handbook has"
        f" figures that bear on {covered} of them, and none on {bare}. A figure that bears on an outcome is"
        " often not the measure that the framework uses."
    )
    note = f"{in_words(unread).capitalize()} names are still to be checked against the framework. {record['note']}"
    table = tables.table(
        f"{record['title']}: what this handbook has for {e.name}",
        ["Priority outcome, in our words", "Figures here", NOT_YET.capitalize()],
        rows,
    )
    source = (
        f'<p class="hb-source">Source: <a href="{text(record["landing_page"])}">{text(record["publisher"])}, {text(record["title"])}</a>,'
        f" {text(periods.label(record['published']))}. List made on {text(periods.label(record['checked']))}; the words are ours.</p>"
    )
    folded = f"<details><summary>Each of the {len(outcomes)}, with the figures here and what is missing</summary>{table}</details>"
    return Html(paragraph(words, "hb-summary") + paragraph(note, "hb-gap") + folded + source)


def _name(outcome: dict) -> Html:
    basis = BASIS[outcome["name_basis"]]
    check = f" <small>({text(basis)})</small>" if basis else ""
    return Html(f"<strong>{text(outcome['name'])}</strong>{check}<br>{text(outcome['about'])}")


def _here(e: Evidence, ids: list[str]) -> Html:
    if not ids:
        return Html(f'<div class="hb-gap">Nothing: {NOT_YET}</div>')
    lines = []
    for i in ids:
        record, latest = e.indicators[i], e.latest(i)
        link = f'<a href="{record["chapter"]}.html#{i}">{text(record["short_title"])}</a>'
        said = (
            f"{value_of(e, latest)}, {periods.label(latest.period)}"
            if latest.period
            else f"no value ({reason(latest.status)})"
        )
        lines.append(f"{link}: {text(said)}")
    return Html("<br>".join(lines))


def _missing(names: list[str]) -> Html | str:
    return Html("<br>".join(text(n) for n in names)) if names else "Its measures were not read, so there may be some"
