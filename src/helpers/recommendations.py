"""The five areas of recommendation as a reader sees them."""

from __future__ import annotations

from functools import cache

from .evidence import Evidence
from .narrative import Html, periods_of, sentence, text
from .rules import STATUSES, Finding, derive


@cache
def findings(e: Evidence) -> list[Finding]:
    """Return the findings of every rule, in the order of the areas, under the thresholds of this edition."""
    return derive(e, {name: record["value"] for name, record in e.thresholds.items()})


def area(e: Evidence, number: int) -> Html:
    """Return the findings of one area: status, words, the rows they rest on, and what would change them."""
    found = "".join(_finding(e, f) for f in findings(e) if f.area == number)
    return Html(f'<div id="area-{number}">{found}</div>')


def _finding(e: Evidence, finding: Finding) -> str:
    rows = "".join(
        f'<li><a href="{e.indicators[i]["chapter"]}.html#{i}">{text(sentence(e, e.latest(i)))}</a></li>'
        if e.indicators[i]["chapter"] in ("needs", "outcomes")
        else f'<li><a href="spend.html">{text(e.indicators[i]["title"])}</a>: {text(periods_of(e, i))}</li>'
        for i in finding.trace
    )
    trace = f"<details><summary>The evidence it rests on</summary><ul>{rows}</ul></details>" if rows else ""
    settles = ""
    if finding.settles:
        lead = "What would settle it" if finding.status == "cannot say" else "What would change it"
        settles = f"<p><strong>{lead}:</strong> {text(finding.settles)}</p>"
    kind = finding.status.replace(" ", "-")
    return (
        f'<section class="hb-finding hb-{kind}"><p class="hb-status">{text(STATUSES[finding.status])}</p>'
        f"<p>{text(finding.words)}</p>{settles}{trace}</section>"
    )


def thresholds(e: Evidence) -> Html:
    """Return the thresholds that the rules use, each with its date, reason and who signed it."""
    rows = "".join(
        f"<dt>{text(name.replace('_', ' '))}: {text(record['value'])}</dt><dd>Since {text(record['since'])}. {text(record['reason'])}"
        f" Signed by finance: {text(record['signed']['finance'])}; by residents: {text(record['signed']['residents'])}.</dd>"
        for name, record in e.thresholds.items()
    )
    return Html(f'<dl class="hb-thresholds">{rows}</dl>')
