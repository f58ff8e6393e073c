"""What stands out as a need and as a strength, by one rule turned both ways, and what a place has to build on."""

from __future__ import annotations

import math

from . import elsewhere, periods, tables
from .evidence import Evidence, Latest, once, reason
from .narrative import COMPARED, Html, interval, listed, paragraph, peers, text, value_of
from .rules import needs as rule
from .spine import in_words, small, standing

ASSETS = (
    *("library_within_30_minutes", "visited_library", "museums_per_100k", "visited_heritage", "engaged_with_arts"),
    *("sports_facilities_per_10k", "life_satisfaction", "worthwhile", "happiness", "anxiety"),
)


@once
def thresholds(e: Evidence) -> dict[str, float]:
    """Return the thresholds of the rules by name."""
    return {name: record["value"] for name, record in e.thresholds.items()}


def percent(p: float) -> str:
    """Return a chance as a reader should take it: no digits that it does not have.

    >>> percent(0.9996), percent(0.83), percent(float("nan")), percent(0.003)
    ('more than 99%', '83%', 'not known', 'less than 1%')
    """
    if p != p:
        return "not known"
    return "more than 99%" if p > 0.99 else "less than 1%" if p < 0.01 else f"{math.floor(100 * p)}%"


def people(one: rule.Judged) -> str:
    """Return how many people more, or fewer, than at England's rate, with limits."""
    if one.people != one.people:
        return "cannot be counted"
    return f"{one.people:,.0f} ({one.people_lower:,.0f} to {one.people_upper:,.0f})"


def _link(e: Evidence, latest: Latest) -> Html:
    record = e.indicators[latest.id]
    return Html(f'<a href="{record["chapter"]}.html#{latest.id}">{text(record["short_title"])}</a>')


def _table(e: Evidence, found: list[rule.Judged], word: str) -> Html:
    rows = []
    for j in found:
        worse, near = (j.worse, j.worse_near) if word == "worse" else (1 - j.worse, 1 - j.worse_near)
        rows.append(
            [
                _link(e, j.latest),
                f"{value_of(e, j.latest)}, {periods.label(j.latest.period)}",
                interval(e, j.latest).removeprefix("95% interval "),
                value_of(e, j.latest, j.latest.england),
                f"{percent(worse)}; {percent(near)}",
                j.recent,
                people(j) if word == "worse" else people(_turned(j)),
                "yes" if j.unusual else "no",
            ]
        )
    head = [
        "Indicator",
        e.name,
        "95% interval",
        "England",
        f"Chance that it is {word}: than England; than its neighbours",
    ]
    head += [
        "Recent trend",
        f"People {'worse' if word == 'worse' else 'better'} off than at England's rate",
        "Unusual even so",
    ]
    return tables.table(f"What stands out as {word} in {e.name}", head, rows, (3,))


def _turned(one: rule.Judged) -> rule.Judged:
    ends = {"people": -one.people, "people_lower": -one.people_upper, "people_upper": -one.people_lower}
    return rule.Judged(**{**one.__dict__, **ends})


def _with_value(e: Evidence, latest: Latest) -> str:
    return f"{small(e, latest)} ({value_of(e, latest)}; England {value_of(e, latest, latest.england)})"


def _counted(e: Evidence) -> tuple[str, str]:
    """Return how many figures could be compared, in a sentence and in the title of their table."""
    every = rule.judged(e, thresholds(e))
    compared = sum(j.worse == j.worse for j in every)
    if not compared:
        return "No figure here has an interval and a figure for England, so nothing can be named by rule.", ""
    one = f"{compared} of the {len(every)} figures"
    return (
        f"Only {one} on which better and worse can be told have an interval; nothing can be said by rule of the others.",
        f"The {one} that could be compared, and what the rule makes of them",
    )


def _every(e: Evidence, title: str) -> str:
    """Return each figure that could be compared with what the rule makes of it, folded."""
    rows = []
    for j in rule.judged(e, thresholds(e)):
        if j.worse != j.worse:
            continue
        verdict = "a need" if not j.need else "a strength" if not j.strength else "neither"
        why = "" if verdict != "neither" else j.need if j.worse >= 0.5 else j.strength
        rows.append(
            [
                _link(e, j.latest),
                f"{value_of(e, j.latest)}, {periods.label(j.latest.period)}",
                value_of(e, j.latest, j.latest.england),
                f"{percent(j.worse)}; {percent(j.worse_near)}",
                f"{j.q:.3f}",
                j.recent,
                verdict,
                why or "passes every test",
            ]
        )
    head = ["Indicator", e.name, "England", "Chance that it is worse: than England; than its neighbours"]
    head += ["q (false discovery)", "Recent trend", "Named as", "Why"]
    return (
        f"<details><summary>Every figure that was compared</summary>{tables.table(title, head, rows, (2,))}</details>"
    )


@elsewhere.instead(lambda e: elsewhere.three(e, "worse"))
def needs(e: Evidence) -> Html:
    """Return the priority needs with what they rest on, what was looked at and not named, and where demand is high."""
    t = thresholds(e)
    found = rule.priorities(e, t)
    if found:
        lead = f"Look here first: {listed([_with_value(e, j.latest) for j in found])}."
        order = "The table runs from more people to fewer, which is not the order of importance."
        groups = [g for g in _groups(found) if len(g) > 1]
        if groups:
            ties = "; ".join(listed([small(e, j.latest) for j in g]) for g in groups)
            order += f" The numbers of people overlap, and so are tied, for {ties}."
        body = paragraph(lead, "hb-lead") + _table(e, found, "worse") + paragraph(order)
    else:
        body = paragraph(
            f"No figure here shows a priority need of {e.name}. That is not to say that there is none.", "hb-gap"
        )
    counted, title = _counted(e)
    near_misses = [j for j in rule.judged(e, t) if j.need and j.worse >= t["needs_probability"]]
    misses = "".join(f"<li>{_link(e, j.latest)}: {text(j.need)}.</li>" for j in near_misses)
    if misses:
        misses = f"<p>Likely worse than England, and yet not named:</p><ul>{misses}</ul>"
    return Html(f"{body}{misses}{_demand(e)}{paragraph(counted)}{_every(e, title) if title else ''}")


def _groups(found: list[rule.Judged]) -> list[list[rule.Judged]]:
    """Return the needs in groups whose numbers of people overlap one with the next."""
    groups: list[list[rule.Judged]] = []
    for one in found:
        if groups and any(rule.tied(one, other) for other in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _demand(e: Evidence) -> str:
    """Return the figures without a polarity that are very likely higher than England's and than the neighbours'."""
    t, found = thresholds(e), []
    for row in e.standing.itertuples(index=False):
        record = e.indicators[row.indicator]
        if record["chapter"] != "needs" or record["theme"] == "community" or record["polarity"] != "no judgement":
            continue
        near = getattr(row, f"p_higher_{e.comparator_set}")
        beside_england = row.p_higher >= t["needs_probability"] and row.q <= t["needs_false_discovery"]
        if beside_england and near >= t["needs_against_neighbours"]:
            found.append((row, e.latest(row.indicator), near))
    if not found:
        return str(
            paragraph(f"No service is shown to be asked for more in {e.name} than in England and in places like it.")
        )
    rows = [
        [
            _link(e, latest),
            f"{value_of(e, latest)}, {periods.label(latest.period)}",
            value_of(e, latest, latest.england),
            percent(row.p_higher),
            percent(near),
            row.recent,
        ]
        for row, latest, near in found
    ]
    head = ["Figure", e.name, "England", "Chance that it is higher: than England; than its neighbours", "Recent trend"]
    table = tables.table(f"Higher in {e.name} than in England and than in places like it", head, rows, (2,))
    names = [small(e, latest) for _, latest, _ in found[:4]] + (
        [f"{in_words(len(found) - 4)} more"] if found[4:] else []
    )
    words = (
        f"{e.name} is higher than England, and than places like it, on {listed(names)}. That can be more need, or help that"
        " reaches more people: the figures cannot tell which, so none of it is called a need."
    )
    return paragraph(words) + f"<details><summary>Where demand is high</summary>{table}</details>"


def strengths(e: Evidence) -> Html:
    """Return the strengths by the same rule turned round, what else is better, and what there is to build on."""
    t = thresholds(e)
    found = rule.strengths(e, t)
    if found:
        lead = f"Better than England and than places like it: {listed([_with_value(e, j.latest) for j in found])}."
        order = "The table runs from the most certain to the least certain, which is not the order of importance."
        body = paragraph(lead, "hb-lead") + _table(e, found, "better") + paragraph(order)
    else:
        body = paragraph(
            f"No figure here shows a strength of {e.name} by rule. That is not to say that there is none.", "hb-gap"
        )
    others = [j for j in rule.judged(e, t) if j.strength and 1 - j.worse >= t["needs_probability"]]
    misses = "".join(f"<li>{_link(e, j.latest)}: {text(j.strength)}.</li>" for j in others)
    if misses:
        misses = f"<p>Likely better than England, and yet not named:</p><ul>{misses}</ul>"
    return Html(f"{body}{misses}{_assets(e)}")


def _assets(e: Evidence) -> Html:
    """Return what the place has to build on: libraries, museums, sport, culture, and how people feel about their lives."""
    rows = []
    for latest in (e.latest(i) for i in ASSETS if i in e.indicators):
        if not latest.period:
            rows.append([_link(e, latest), "No value", "", reason(latest.status), "", ""])
            continue
        median = peers(e, latest).removeprefix(f"Median of its {e.comparator}: ")
        median = median.removeprefix(f"{e.comparator.capitalize()}: ")
        said = f"{COMPARED[latest.against][0]} {latest.against}"
        standard = value_of(e, latest, latest.benchmark)
        rows.append(
            [
                _link(e, latest),
                f"{value_of(e, latest)}, {periods.label(latest.period)}",
                interval(e, latest).removeprefix("95% interval ").replace("No interval", "none"),
                standard if latest.benchmark_of == e.nation else f"{latest.benchmark_of}: {standard}",
                median,
                said,
            ]
        )
    above = [
        latest
        for latest in (e.latest(i) for i in ASSETS[:6] if i in e.indicators)
        if latest.median == latest.median and latest.value > latest.median
    ]
    if above:
        names = [f"{small(e, c)} ({value_of(e, c)}; median of neighbours {value_of(e, c, c.median)})" for c in above]
        lead = f"To build on: {e.name} has more than the middle one of its {e.comparator} of {listed(names)}."
    else:
        lead = f"{e.name} has no more of what is counted here than the middle one of its {e.comparator}."
    nation = e.nation or "Nation"
    head = ["What there is", e.name, "95% interval", nation, "Neighbours' median (with data)", f"Beside {nation}"]
    table = tables.table(f"What there is to build on in {e.name}, and how people feel", head, rows, (3,))
    unknown = (
        "How many hubs, charities, groups and volunteers there are is not known here: no open source counts them for every"
        " place. They are often the greater part of what a place has."
    )
    return Html(paragraph(lead) + table + paragraph(unknown, "hb-gap"))


def three(e: Evidence, word: str) -> Html:
    """Return up to three needs (worse) or strengths (better) for the overview, in the words of the needs chapter."""
    t = thresholds(e)
    found = rule.priorities(e, t) if word == "worse" else rule.strengths(e, t)
    kind = "priority need" if word == "worse" else "strength"
    if not found:
        return paragraph(
            f"No figure that can be compared shows a {kind} of {e.name} by rule. Most published figures have no interval, so"
            " most cannot be compared.",
            "hb-gap",
        )
    items = ""
    for j in found[: int(t["needs_listed"])]:
        latest, row = j.latest, standing(e)[j.latest.id]
        near = getattr(row, f"p_higher_{e.comparator_set}")
        worse_near = near if e.indicators[latest.id]["polarity"] == "low is good" else 1 - near
        chance = worse_near if word == "worse" else 1 - worse_near
        items += (
            f"<li>{_link(e, latest)}: <strong>{text(value_of(e, latest))}</strong> in {text(periods.label(latest.period))},"
            f" England {text(value_of(e, latest, latest.england))}. {text(interval(e, latest))}. Chance that it is {word}"
            f" than its neighbours: {percent(chance)}; recent trend: {text(j.recent)}.</li>"
        )
    more = len(found) - int(t["needs_listed"])
    page = f"needs.html#what-stands-out-as-a-{'need' if word == 'worse' else 'strength'}"
    rest = f'<p><a href="{page}">And {in_words(more)} more.</a></p>' if more > 0 else ""
    return Html(f'<ul class="hb-three">{items}</ul>{rest}')
