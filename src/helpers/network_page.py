"""Who works with whom here: the network drawn, its table, and the services that are out of reach."""

from __future__ import annotations

from . import disclosure, institutions, network_chart, periods, tables
from .evidence import Evidence
from .institutions_page import content, how, limits
from .local_notice import caption as marked
from .wording import Html, listed, paragraph, text

DRAWN = "The numbers are those of the table. A full line is a tie that both sides name, a broken one a tie that one side names."
RING = " A yellow ring marks a candidate."
BETWEEN = (
    "“Between” is the share of the shortest paths between other organisations that run through this one: high where others meet"
    " through it."
)
MEASURES = (
    f"{BETWEEN} “Constraint” is high where its partners all know one another, so that it brings nobody new together."
    " “Effective size” is how many of its partners do not meet through another of its partners. The range is the middle 95% of 1,000"
    " networks, each drawn with a different fifth of the ties left out. The list is by name, and no order of merit."
)


def short(e: Evidence) -> Html:
    """Return who works with whom for the first page: a sentence or two, and the network drawn."""
    own = content(e)
    if not own.get("network"):
        return paragraph(
            f"Nobody has asked the organisations in {e.name} for this book whom they work with, so which of them hold the others"
            " together is not known.",
            "hb-gap",
        )
    asked = f"Of {own['network']['asked']} organisations that were asked whom they work with, {own['network']['answered']} have answered."
    link = '<a href="recommendations.html#area-1">{}</a>'
    found, why = institutions.candidates(own, limits(e))
    if _too_few(e, own):
        return Html(f"<p>{text(asked)} {text(_candidates(found, why))} {link.format('What that means.')}</p>")
    chosen = {o["id"] for o in found}
    return Html(
        f"<p>{text(asked)} {link.format('How each of them stands, and which bridges are missing.')}</p>"
        + _picture(e, own, found, why)
        + f"<details><summary>The {len(own['rows'])} organisations, by name</summary>{_standing(e, own['rows'], chosen)}"
        + f"{paragraph(BETWEEN, 'hb-source')}</details>"
    )


def _too_few(e: Evidence, own: dict) -> bool:
    return own["network"]["answered"] < limits(e)["network_response"] * own["network"]["asked"]


def _answered(own: dict) -> str:
    net = own["network"]
    both = sum(tie[2] for tie in net["ties"])
    when = _span(net["first"], net["last"])
    return (
        f"{net['answered']} of the {net['asked']} organisations that were asked whom they work with have answered, {when}. They name"
        f" {len(net['ties'])} ties between {len(own['rows'])} organisations; {both} of the {net['both_asked']} between two that"
        " answered are named by both."
    )


def _span(first: str, last: str) -> str:
    return f"on {periods.label(first)}" if first == last else f"from {periods.label(first)} to {periods.label(last)}"


def _candidates(found: list[dict], why: str, numbers: dict[str, int] | None = None) -> str:
    if not found:
        return f"No candidate for a backbone is named: {why}."
    names = listed([f"{o['name']} ({numbers[o['id']]})" if numbers else o["name"] for o in found])
    return f"{names} stand between the others however the ties are drawn, and several sectors trust them."


def network(e: Evidence) -> Html:
    """Return the network drawn, its table, and the groups of people whom no service reaches; or what to ask."""
    own = content(e)
    if not own.get("network"):
        return paragraph(
            f"Not yet asked: nobody has asked the organisations in {e.name} for this book whom they work with, how often, and how"
            f" far they trust each other. {how(e, 'organisations and ties')}",
            "hb-gap",
        )
    found, why = institutions.candidates(own, limits(e))
    if _too_few(e, own):
        return paragraph(
            f"The network is not drawn: {why}. An organisation that is missing could change every path.", "hb-gap"
        )
    return Html(
        paragraph(_answered(own))
        + _picture(e, own, found, why)
        + _standing(e, own["rows"], {o["id"] for o in found})
        + f"<details><summary>Constraint, effective size and reach</summary>{_further(e, own['rows'])}</details>"
        + paragraph(MEASURES, "hb-source")
        + _bridges(e, own["network"]["bridges"])
    )


def _picture(e: Evidence, own: dict, found: list[dict], why: str) -> str:
    numbers = {row["id"]: i for i, row in enumerate(own["rows"], start=1)}
    caption = marked(e, _candidates(found, why, numbers))
    alternative = f"Network of {len(own['rows'])} organisations in {e.name}. {_answered(own)} {caption}"
    drawn = network_chart.drawn(own["rows"], own["network"]["ties"], {o["id"] for o in found}, caption, alternative)
    return drawn + paragraph(DRAWN + RING * bool(found), "hb-source")


def _figure(row: dict, name: str) -> str:
    if row[name] is None:
        return "no ties"
    low, high = row[f"{name}_lower"], row[f"{name}_upper"]
    return f"{row[name]:.2f}" + ("" if low is None else f" ({low:.2f} to {high:.2f})")


def _standing(e: Evidence, rows: list[dict], chosen: set[str]) -> str:
    """Return the table that the picture's numbers lead to: where each organisation stands."""
    lines = []
    for number, row in enumerate(rows, start=1):
        trust = institutions.trusting(row, limits(e))
        lines.append(
            [
                f"{number}. {row['name']}" + (" (candidate)" if row["id"] in chosen else ""),
                str(row["ties"]) + ("" if row["answered"] else "; did not answer"),
                _figure(row, "betweenness"),
                f"{row['top_share']:.0%}",
                listed(trust) if trust else "no sector" if row["trust"] else "too few answers",
                f"{row['type']}, {row['sector']}",
            ]
        )
    head = ["Organisation", "Ties", "Between", "Among the top 3", "Trusted by", "What it is"]
    return tables.table(marked(e, "The organisations in the network, by name"), head, lines, numeric=(2, 3))


def _further(e: Evidence, rows: list[dict]) -> str:
    """Return the measures that would make the first table too wide."""
    lines = []
    for number, row in enumerate(rows, start=1):
        reach = disclosure.in_words(row["reach"]) if row["reach_given"] else "not said"
        lines.append([f"{number}. {row['name']}", _figure(row, "constraint"), _figure(row, "effective_size"), reach])
    head = ["Organisation", "Constraint", "Effective size", "People it reaches a year"]
    return tables.table(marked(e, "Further measures of the organisations"), head, lines, numeric=(1, 2))


def _several(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _bridges(e: Evidence, found: dict) -> str:
    groups, services = found["groups"], found["services"]
    pairs = groups * services
    if not pairs:
        return paragraph(
            "Which group of people each organisation serves, and what it offers, is not said: missing bridges are not known.",
            "hb-gap",
        )
    lacking = sum(len(row["services"]) for row in found["missing"])
    said = (
        f"Of {_several(pairs, 'pair')} of a group of people and a service ({_several(groups, 'group')}, {_several(services, 'service')}), {lacking or 'none'}"
        f" {'has' if lacking == 1 else 'have'} no path of at most {institutions.WITHIN} ties."
    )
    if not found["missing"]:
        return paragraph(f"No bridge is missing. {said.replace('none have no path', 'all have a path')}")
    first = found["missing"][0]
    words = (
        f"Missing bridges: {said} Those who work with {first['group']} lack most: {len(first['services'])} of {services}. Not every"
        " group needs every service."
    )
    rows = [
        [
            row["group"].capitalize(),
            f"{len(row['services'])} of {services}",
            ", ".join(f"{s} ({'no path' if n is None else f'{n} ties'})" for s, n in row["services"]),
        ]
        for row in found["missing"]
    ]
    head = ["Group of people", "Services out of reach", "Which, and the shortest path"]
    return paragraph(words) + tables.table(marked(e, "Missing bridges: services more than two ties away"), head, rows)
