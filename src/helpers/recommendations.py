"""The five areas of recommendation as a reader sees them: words, money, stability, owner, and the rows they rest on."""

from __future__ import annotations

import re

from . import findings as documents
from . import local_notice, periods, stability, tables
from .evidence import Evidence, once
from .narrative import periods_of, sentence
from .rules import STATUSES, Finding, needs, resolve
from .wording import Html, number, paragraph, prose, text

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


def _finding(e: Evidence, finding: Finding) -> str:
    kind = finding.status.replace(" ", "-") + ("" if finding.recommends else " hb-silent")
    facts = []
    if finding.recommends:
        local = not finding.level and all(i.startswith("local:") for i in finding.trace)
        again = "Look again on" if finding.review >= e.place["edition"] else "It was due for another look on"
        facts += [
            ("It rests on", OWN if local else LEVELS[finding.level]),
            ("People told us", finding.heard),
            ("Who answers for it", f"{finding.owner}. {again} {periods.label(finding.review)}"),
        ]
    settles = "What would settle it" if finding.status == "cannot say" else "What would tell more"
    facts += [("It would change with", finding.flip), (settles, finding.settles)]
    steady = _steady(e).get(finding.key)
    if steady and (finding.recommends or steady["share"] < 1):
        moved = f". What moves it most: {MOVES[steady['moved_by']]}" if steady["moved_by"] else ""
        ways = f"{round(stability.RUNS * steady['share'])} of {stability.RUNS} ways"
        facts.append(("How sure", f"{stability.WORDS[steady['label']]} ({ways}){moved}"))
    listed = "".join(f"<dt>{text(label)}</dt><dd>{prose(words)}</dd>" for label, words in facts if words)
    lead = f"We recommend: {_small(STATUSES[finding.status])}" if finding.recommends else STATUSES[finding.status]
    return (
        f'<section class="hb-finding hb-{kind}" id="{text(anchor(finding.key))}">'
        f'<p class="hb-status"><span class="hb-subject">{text(finding.title or ABOUT[finding.area])}</span> {text(lead)}</p>'
        f"<p>{prose(_without_title(finding))}</p>{_money(finding)}"
        f'<dl class="hb-facts-list">{listed}</dl>{_trace(e, finding)}{_considered(finding)}</section>'
    )


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _without_title(finding: Finding) -> str:
    """Return the words of a finding without its title, which stands above them."""
    title = rf"“?{re.escape(finding.title)}”?[:.] " if finding.title else "(?!)"
    return re.sub(rf"^(Fictional data\. )?{title}(.)", lambda m: (m[1] or "") + m[2].upper(), finding.words)


MOVES = {
    "neighbours": "which places it is compared with",
    "year": "whether the last year or the one before it is used",
    "prior": "whether figures that rest on few people are drawn towards the others",
    "thresholds": "the thresholds, all a little stricter or laxer",
}


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
    return f'<li><a href="{link}">{text(_named(e, identity))}</a>, from the locality\'s own evidence</li>'


def _named(e: Evidence, identity: str) -> str:
    row = (resolve(e, identity) or {"row": {}})["row"]
    if identity == "local:burden":
        return "What staff are asked to write down"
    return str(row.get("name") or row.get("rule") or row.get("theme") or identity.partition(":")[2])


def _considered(finding: Finding) -> str:
    if not finding.considered:
        return ""
    rows = "".join(f"<li>{text(what)}: {text(why)}</li>" for what, why in finding.considered)
    return (
        f"<details><summary>Looked at and not recommended: {len(finding.considered)}</summary><ul>{rows}</ul></details>"
    )


def not_recommended(e: Evidence) -> Html:
    """Return everything that the rules looked at and do not recommend, each with its reason: silence is no verdict."""
    rows = []
    for finding in findings(e):
        if not finding.recommends:
            link = Html(f'<a href="#{text(anchor(finding.key))}">{text(finding.title or ABOUT[finding.area])}</a>')
            words = prose(_without_title(finding))
            rows.append(f"<li>{link}: <strong>{text(_small(STATUSES[finding.status]))}</strong>. {words}</li>")
    parts = [f'<ul class="hb-not">{"".join(rows)}</ul>'] if rows else []
    looked = [[what, why] for finding in findings(e) for what, why in finding.considered]
    known = {what for what, _ in looked}
    every = needs.judged(e, stability.given(e)) if e.nation == "England" else []
    looked += [
        [e.indicators[j.latest.id]["title"], j.need]
        for j in every
        if j.need and e.indicators[j.latest.id]["title"] not in known
    ]
    if looked:
        table = tables.table("Looked at within an area, and why it is not named there", ["What", "Why"], looked)
        parts.append(f"<details><summary>Looked at, and not named: {len(looked)}</summary>{table}</details>")
    return Html("".join(parts)) if parts else paragraph("Every rule recommends something here.")


ABOUT = {1: "Shared institutions", 2: "Needs", 3: "Earlier help", 4: "Programmes", 5: "Rules in the way"}


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
