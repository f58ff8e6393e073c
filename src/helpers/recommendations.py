"""The five areas of recommendation as a reader sees them: words, money, stability, owner, and the rows they rest on."""

from __future__ import annotations

from . import findings as documents
from . import local_notice, stability, tables
from .evidence import Evidence, once
from .narrative import Html, number, paragraph, periods_of, sentence, text
from .rules import STATUSES, Finding, resolve

LEVELS = {
    0: "published figures that describe, and claim nothing about what works",
    1: "level 1 of 5: no comparison group",
    2: "level 2 of 5: before and after, with no comparison group",
    3: "level 3 of 5: a comparison group",
    4: "level 4 of 5: a natural experiment",
    5: "level 5 of 5: a randomised trial",
}
OWN = "what the locality itself supplied, which describes, and claims nothing about what works"
LANES = {
    "cashable": "Money a budget can let go of",
    "other public": "Other public money and time",
    "social": "What people gain",
}
RUNS = 48  # of helpers.stability
SHOWN = 3  # rows of evidence that are shown without unfolding


@once
def findings(e: Evidence) -> list[Finding]:
    """Return the findings of every rule, in the order of the areas, under the thresholds of this edition."""
    return documents.of(e)


@once
def _steady(e: Evidence) -> dict[str, dict]:
    return documents.steady(e)


def area(e: Evidence, number: int) -> Html:
    """Return the findings of one area: status, words, the rows they rest on, and what would change them."""
    found = "".join(_finding(e, f) for f in findings(e) if f.area == number)
    return Html(f'<div id="area-{number}">{found}</div>')


def _line(label: str, words: str) -> str:
    return f"<p><strong>{text(label)}:</strong> {text(words)}</p>" if words else ""


def _finding(e: Evidence, finding: Finding) -> str:
    kind = finding.status.replace(" ", "-")
    lead = STATUSES[finding.status]
    title = f": {finding.title}" if finding.title and not finding.words.startswith(finding.title) else ""
    parts = [
        f'<p class="hb-status">{text(("We recommend: " if finding.recommends else "") + lead + title)}</p>',
        f"<p>{text(finding.words)}</p>",
    ]
    if finding.recommends:
        local = not finding.level and finding.trace and all(i.startswith("local:") for i in finding.trace)
        parts.append(_line("It rests on", OWN if local else LEVELS[finding.level]))
        parts.append(_line("People told us", finding.heard or _not_heard(e)))
        parts.append(_money(finding))
        parts.append(_line("Who answers for it", f"{finding.owner}. Look again on {finding.review}"))
    parts.append(_line("It would change with", finding.flip))
    settles = "What would settle it" if finding.status == "cannot say" else "What would change it"
    parts.append(_line(settles, finding.settles))
    steady = _steady(e).get(finding.key)
    if steady and (finding.recommends or steady["share"] < 1):
        moved = f". What moves it most: {MOVES[steady['moved_by']]}" if steady["moved_by"] else ""
        parts.append(
            _line(
                "How sure",
                f"{stability.WORDS[steady['label']]} ({round(RUNS * steady['share'])} of {RUNS} ways){moved}",
            )
        )
    parts += [_trace(e, finding), _considered(finding)]
    return f'<section class="hb-finding hb-{kind}" id="{text(anchor(finding.key))}">{"".join(parts)}</section>'


MOVES = {
    "neighbours": "which places it is compared with",
    "year": "whether the last year or the one before it is used",
    "prices": "the year of prices",
    "prior": "whether figures that rest on few people are drawn towards the others",
    "thresholds": "the thresholds, a little stricter or laxer",
}


def _not_heard(e: Evidence) -> str:
    asked = (e.local or {}).get("listening")
    return "nothing that bears on this" if asked else "nothing yet: nobody here has been asked for this book"


def anchor(key: str) -> str:
    """Return the id of a finding on its page.

    >>> anchor("needs:adult_obesity")
    'finding-needs-adult_obesity'
    """
    return "finding-" + key.replace(":", "-")


def _money(finding: Finding) -> str:
    if not finding.money:
        return ""
    rows = "".join(f"<li>{text(LANES[lane])}: {text(words)}</li>" for lane, words in finding.money)
    return f'<p><strong>Money, in lanes that are not added up:</strong></p><ul class="hb-lanes">{rows}</ul>'


def _trace(e: Evidence, finding: Finding) -> str:
    rows = [_row(e, identity) for identity in finding.trace]
    if not rows:
        return ""
    if len(rows) <= SHOWN:
        return f'<p><strong>The evidence:</strong></p><ul class="hb-trace">{"".join(rows)}</ul>'
    return (
        f'<details><summary>The evidence: {len(rows)} rows</summary><ul class="hb-trace">{"".join(rows)}</ul></details>'
    )


def _row(e: Evidence, identity: str) -> str:
    link = text(documents.page(e, identity))
    if identity in e.indicators:
        record, mark = e.indicators[identity], local_notice.mark(e, identity)
        if record["chapter"] in ("needs", "outcomes"):
            return f'<li><a href="{link}">{text(sentence(e, e.latest(identity)))}</a>{mark}</li>'
        return f'<li><a href="{link}">{text(record["title"])}</a>{mark}: {text(periods_of(e, identity))}</li>'
    if identity.startswith("expected:"):
        row = e.expected.loc[identity.partition(":")[2]]
        spent = f"{number(row['actual'], 'gbp', 0)} spent" if row["actual"] == row["actual"] else "no value"
        return f'<li><a href="{link}">Spend beside what need lets one expect</a>: {text(spent)} a child, cash</li>'
    return f'<li><a href="{link}">From the locality\'s own evidence</a>: {text(_named(e, identity))}</li>'


def _named(e: Evidence, identity: str) -> str:
    row = (resolve(e, identity) or {"row": {}})["row"]
    return str(row.get("name") or row.get("rule") or identity.partition(":")[2])


def _considered(finding: Finding) -> str:
    if not finding.considered:
        return ""
    rows = "".join(f"<li>{text(what)}: {text(why)}</li>" for what, why in finding.considered)
    return (
        f"<details><summary>Looked at and not recommended: {len(finding.considered)}</summary><ul>{rows}</ul></details>"
    )


def not_recommended(e: Evidence) -> Html:
    """Return everything that the rules do not recommend, each with its reason, so that silence is never a verdict."""
    rows = []
    for finding in findings(e):
        if not finding.recommends:
            link = Html(f'<a href="#{text(anchor(finding.key))}">{text(finding.title or _about(finding))}</a>')
            rows.append([link, STATUSES[finding.status], finding.settles])
    if not rows:
        return paragraph("Every rule recommends something here.")
    head = ["What", "What the rule says", "What would change or settle it"]
    return tables.table(f"Not recommended for {e.name}, and why", head, rows)


def _about(finding: Finding) -> str:
    return {1: "Shared institutions", 2: "Needs", 3: "Earlier help", 4: "Programmes", 5: "Rules in the way"}[
        finding.area
    ]


def take_away(e: Evidence) -> Html:
    """Return links to the same findings for a program to read."""
    return Html(
        f"<p>All findings for {text(e.name)} with the rows they rest on:"
        ' <a href="recommendations/findings.json">JSON</a>, <a href="recommendations/findings.csv">CSV</a>'
        ' (<a href="../../findings.schema.json">what the fields mean</a>). Each has a key that stays the same in the next edition.</p>'
    )


def thresholds(e: Evidence) -> Html:
    """Return the thresholds that the rules use, each with its date, reason and who signed it, and how many are signed."""
    signed = sum(
        all("not yet" not in str(t["signed"][who]) for who in ("finance", "residents")) for t in e.thresholds.values()
    )
    rows = "".join(
        f"<dt>{text(name.replace('_', ' '))}: {text(record['value'])}</dt><dd>Since {text(record['since'])}. {text(record['reason'])}"
        f" Signed by finance: {text(record['signed']['finance'])}; by residents: {text(record['signed']['residents'])}.</dd>"
        for name, record in e.thresholds.items()
    )
    lead = paragraph(
        f"The rules use {len(e.thresholds)} thresholds; {signed or 'none'} of them {'is' if signed == 1 else 'are'} signed by both finance and residents."
    )
    return Html(
        f'{lead}<details><summary>Every threshold, with its reason</summary><dl class="hb-thresholds">{rows}</dl></details>'
    )
