"""What stands out as a need and as a strength, by one rule turned both ways, and what a place has to build on."""

from __future__ import annotations

import math

from . import build_on, elsewhere, periods, tables
from .evidence import Evidence, Latest, once
from .narrative import interval, value_of
from .rules import needs as rule
from .rules._elsewhere import against
from .spine import beside_nation, link, small, standing
from .wording import Html, in_words, listed, paragraph, span, text

BREACH = 0.002  # two-sided: outside the 99.8% limits by the figure as published, before anything is drawn in
UNUSUAL = " The last column says whether the place stands apart even once it is allowed that places differ anyway."


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


def asked(e: Evidence, word: str) -> Html:
    """Return what the rule asks before it names a need (worse) or a strength (better), in England or outside it."""
    if e.nation != "England":
        return elsewhere.asked(e, word)
    t = thresholds(e)
    if word == "better":
        words = "A strength is found by the same rule turned round. How many people it comes to is not asked."
    else:
        words = (
            "A need is named where four things hold: the place is very likely worse than England; that is not chance among"
            " so many figures; places like it do better, or it is getting worse; and it comes to"
            f" {in_words(int(t['needs_excess_people']))} people or more."
        )
    return paragraph(words)


def _table(e: Evidence, found: list[rule.Judged], word: str) -> Html:
    rows = []
    for j in found:
        worse, near = (j.worse, j.worse_near) if word == "worse" else (1 - j.worse, 1 - j.worse_near)
        rows.append(
            [
                link(e, j.latest),
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
        "Recent trend (five-point test)",
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
    verb = "has" if compared == 1 else "have"
    return (
        f"Only {one} on which better and worse can be told {verb} an interval; nothing can be said by rule of the others.",
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
        row, record = standing(e)[j.latest.id], e.indicators[j.latest.id]
        drawn = span(row.shrunk_lower, row.shrunk_upper, record["unit"], record["decimals"])
        rows.append(
            [
                link(e, j.latest),
                f"{value_of(e, j.latest)}, {periods.label(j.latest.period)}",
                f"{value_of(e, j.latest, row.shrunk)} ({drawn})",
                value_of(e, j.latest, j.latest.england),
                f"{percent(j.worse)}; {percent(j.worse_near)}",
                f"{j.q:.3f}",
                j.recent,
                verdict,
                why or "passes every test",
            ]
        )
    head = ["Indicator", e.name, "Once chance is allowed for (95%)", "England"]
    head += [
        "Chance that it is worse: than England; than its neighbours",
        "q (false discovery)",
        "Recent trend (five-point test)",
        "Named as",
        "Why",
    ]
    note = (
        "A figure that rests on few people is drawn towards the middle of all authorities, by as much as chance could have"
        " moved it: the third column says to where. The chance that it is worse is worked out from that."
    )
    table = tables.table(title, head, rows, (3,))
    return f"<details><summary>Every figure that was compared</summary>{table}{paragraph(note, 'hb-source')}</details>"


def needs(e: Evidence) -> Html:
    """Return the priority needs with what they rest on, what was looked at and not named, and where demand is high."""
    if e.nation != "England":
        return _elsewhere(e, "worse")
    t = thresholds(e)
    found = rule.priorities(e, t)
    if found:
        lead = f"Look here first: {listed([_with_value(e, j.latest) for j in found])}."
        order = "The table runs from more people to fewer, which is not the order of importance." + UNUSUAL
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
    misses = "".join(f"<li>{link(e, j.latest)}: {text(j.need)}.</li>" for j in near_misses)
    if misses:
        misses = f"<p>Likely worse than England, and yet not named:</p><ul>{misses}</ul>"
    misses += _breaches(e, [j for j in rule.judged(e, t) if 0.5 < j.worse < t["needs_probability"]])
    every = _every(e, title) if title else ""
    return Html(f"{asked(e, 'worse')}{body}{misses}{_demand(e)}{paragraph(counted)}{every}")


def _breaches(e: Evidence, others: list[rule.Judged]) -> str:
    """Return those further on the worse side than chance puts one in a thousand, though allowing for chance saves them."""
    beyond = [j for j in others if standing(e)[j.latest.id].p_value <= BREACH]
    if not beyond:
        return ""
    items = "".join(f"<li>{link(e, j.latest)}: {text(value_of(e, j.latest))}.</li>" for j in beyond)
    return (
        "<p>Beyond the 99.8% limits on the worse side, and so listed whatever the rule makes of it:</p>"
        f"<ul>{items}</ul>"
    )


def _elsewhere(e: Evidence, word: str) -> Html:
    """Return what stands out in a place outside England, by the rule for such places, and the figures that it rests on."""
    found = against(e, word)
    said = asked(e, word) + elsewhere.three(e, word, limit=None)
    return Html(said + (beside_nation(e, found, f"What stands out as {word}") if found else ""))


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
    for row in e.stood:
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
            link(e, latest),
            f"{value_of(e, latest)}, {periods.label(latest.period)}",
            value_of(e, latest, latest.england),
            percent(row.p_higher),
            percent(near),
            row.recent,
        ]
        for row, latest, near in found
    ]
    head = ["Figure", e.name, "England", "Chance that it is higher: than England; than its neighbours"]
    head.append("Recent trend (five-point test)")
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
    if e.nation != "England":
        return Html(_elsewhere(e, "better") + build_on.assets(e))
    t = thresholds(e)
    found = rule.strengths(e, t)
    if found:
        lead = f"Better than England and than places like it: {listed([_with_value(e, j.latest) for j in found])}."
        order = (
            "The table runs from the most certain to the least certain, which is not the order of importance." + UNUSUAL
        )
        body = paragraph(lead, "hb-lead") + _table(e, found, "better") + paragraph(order)
    else:
        body = paragraph(
            f"No figure here shows a strength of {e.name} by rule. That is not to say that there is none.", "hb-gap"
        )
    others = [j for j in rule.judged(e, t) if j.strength and 1 - j.worse >= t["needs_probability"]]
    misses = "".join(f"<li>{link(e, j.latest)}: {text(j.strength)}.</li>" for j in others)
    if misses:
        misses = f"<p>Likely better than England, and yet not named:</p><ul>{misses}</ul>"
    return Html(f"{asked(e, 'better')}{body}{misses}{build_on.assets(e)}")


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
            f"<li>{link(e, latest)}: <strong>{text(value_of(e, latest))}</strong> in {text(periods.label(latest.period))},"
            f" England {text(value_of(e, latest, latest.england))}. {text(interval(e, latest))}. Chance that it is {word}"
            f" than its neighbours: {percent(chance)}; recent trend: {text(j.recent)}.</li>"
        )
    more = len(found) - int(t["needs_listed"])
    page = f"needs.html#what-stands-out-as-a-{'need' if word == 'worse' else 'strength'}"
    rest = f'<p><a href="{page}">And {in_words(more)} more.</a></p>' if more > 0 else ""
    return Html(f'<ul class="hb-three">{items}</ul>{rest}')
