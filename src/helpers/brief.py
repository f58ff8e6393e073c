"""One page on a locality for a spending review: what is needed, where the money goes, what the evidence asks for."""

from __future__ import annotations

from . import accounts, england_only, recommendations
from .evidence import Evidence
from .expected import verdict
from .findings import steady
from .given_need import SAID
from .rules import LANES, NOBODY, STATUSES, Finding
from .stability import WORDS
from .wording import Html, number, paragraph, prose, text

MOST = 5  # lines in a list: more would not fit on a page


def needs(e: Evidence) -> Html:
    """Return the priority needs in one line each, or that the rule found none."""
    every = [f for f in recommendations.findings(e) if f.area == 2]
    found = [f for f in every if f.recommends]
    heard = (
        "" if (e.local or {}).get("listening") else f"Nobody in {e.name} has been asked for this book what they need."
    )
    if not found:
        rule = next(f for f in every if f.key == "needs")
        return Html(f'<p class="hb-gap">{prose(rule.words)} {text(heard)} {_link(rule, "In full")}.</p>')
    items = "".join(f"<li>{_link(f)}: {text(_first(f.words, f.title))}</li>" for f in found[:MOST])
    more = f" The {len(found) - MOST} others are on the page of recommendations." if len(found) > MOST else ""
    said = (heard + more).strip()
    return Html(f"<ul>{items}</ul>{paragraph(said) if said else ''}")


def _link(finding: Finding, words: str = "") -> str:
    target = f"recommendations.html#{recommendations.anchor(finding.key)}"
    return f'<a href="{text(target)}">{text(words or finding.title or finding.words)}</a>'


def _first(words: str, title: str) -> str:
    """Return the first sentence of a finding, without its title.

    >>> _first("Obesity: a chance of 99% that it is worse. The trend: flat.", "Obesity")
    'a chance of 99% that it is worse.'
    """
    rest = words.removeprefix(f"{title}: ")
    return rest.split(". ")[0].rstrip(".") + "."


def money(e: Evidence) -> Html:
    """Return the early share, and spend beside what need lets one expect, in a few sentences."""
    if e.nation != "England":
        return paragraph(england_only.money(e), "hb-gap")
    lines = [accounts.headline(e), accounts.late_a_child(e)]
    for key, model in e.expected_models.items():
        own = e.expected.loc[key]
        if own["why"]:
            continue
        spent, low, high = (number(own[c], "gbp", 0) for c in ("actual", "low", "high"))
        said = SAID[verdict(own["actual"], own["low"], own["high"])]
        lines.append(f"{model['title']}, {model['year']}: {spent} {model['per']}, {said} ({low} to {high}); cash.")
    full = '<p><a href="spend.html">Each line, each year, and how this was worked out</a></p>'
    return Html("".join(paragraph(line) for line in lines) + full)


LANES_APART = (
    "Money stands in three lanes that are not added up: what a budget can let go of (cashable), other public money and time,"
    " and what people gain (social)."
)


def asks(e: Evidence) -> Html:
    """Return what the rules ask for, each with its lanes of money and how sure it is; needs are listed above."""
    found = [f for f in recommendations.findings(e) if f.recommends and f.area != 2]
    if not found:
        return paragraph(
            "Beyond looking at the needs above, the open rules ask for nothing here: the evidence that is published does not"
            " carry more. What would is below.",
            "hb-gap",
        )
    sure = steady(e)
    label = {f.key: sure[f.key]["label"] if f.key in sure else "look closer" for f in found}
    items = [
        f"<li><strong>{text(STATUSES[status])}</strong>: {'; '.join(_ask(f, label[f.key]) for f in same)}.{_lanes(same)}</li>"
        for status, same in _by_status(found)
    ]
    lanes = paragraph(LANES_APART) if any(f.money for f in found) else ""
    meant = " ".join(f"{words[0].upper()}{words[1:]}." for word, words in WORDS.items() if word in label.values())
    return Html(f"{lanes}<ul>{''.join(items)}</ul>{paragraph(meant, 'hb-source')}")


def _by_status(found: list[Finding]) -> list[tuple[str, list[Finding]]]:
    """Return the findings of each status together, in the order in which each status is first met."""
    return [(status, [f for f in found if f.status == status]) for status in dict.fromkeys(f.status for f in found)]


def _ask(finding: Finding, label: str) -> str:
    owner = f", owner: {finding.owner}" if finding.owner != NOBODY else ""
    return f"{_link(finding)} ({text(label + owner)})"


def _lanes(same: list[Finding]) -> str:
    """Return the lanes of money of findings, each in its order; nothing where none has any."""
    rows = [
        f"<li>{text(lane.capitalize())}: {text(dict(f.money)[lane])}</li>"
        for f in same
        for lane in LANES
        if lane in dict(f.money)
    ]
    return f"<ul>{''.join(rows)}</ul>" if rows else ""


def unknown(e: Evidence) -> Html:
    """Return what would have to be known before more could be asked for."""
    silent = [f for f in recommendations.findings(e) if f.status == "cannot say"]
    items = "".join(f"<li>{_link(f)}: {prose(f.settles[:1].lower() + f.settles[1:])}</li>" for f in silent[:MOST])
    return Html(f"<ul>{items}</ul>") if items else paragraph("Every rule could say something.")
