"""Indicator cards: one value, what stands beside it, its course over time, its definition and its source."""

from __future__ import annotations

import math

from . import charts, evidence, local_notice, periods, tables
from .evidence import NO_PUBLIC, NOT_HERE, Evidence, Latest, reason, the
from .narrative import COMPARED, comparison, interval, peers, sentence, then_and_now, value_of
from .wording import Html, in_words, listed, number, span, text

POLARITY = {
    "high is good": "Higher is better.",
    "low is good": "Lower is better.",
    "no judgement": "Higher is neither better nor worse in itself.",
}


def theme(e: Evidence, chapter: str, name: str) -> Html:
    """Return the cards of one theme of a chapter, after a sentence that counts the comparisons."""
    chosen = [e.latest(i) for i in e.select(chapter, name)]
    if not chosen:
        return Html('<p class="hb-gap">No indicator of this theme is in this edition.</p>')
    absent = [c for c in chosen if c.status in NOT_HERE or c.status == NO_PUBLIC]
    held = [c for c in chosen if c not in absent]
    cards = _summary(e, held) + '<div class="hb-cards">' + "".join(card(e, c) for c in held) + "</div>" if held else ""
    return Html(cards + (_absent(e, absent) if absent else ""))


def _absent(e: Evidence, absent: list[Latest]) -> str:
    """Return one box with the name of every indicator that nobody publishes for places like this, and why."""
    what = "This figure is" if len(absent) == 1 else f"These {in_words(len(absent))} figures are"
    if e.nation:
        head = f"Not collected here: {e.nation}"
        words = (
            f"{what} published for other nations and not for {e.nation}, so {e.name} has none. {e.nation} may publish"
            " figures of its own on the same subjects. This handbook does not hold them yet."
        )
    else:
        head, words = "No public figure", f"{what} not published for {e.name}. No public figure is held for this place."
    names = "".join(f'<li id="{c.id}">{text(e.indicators[c.id]["title"])}</li>' for c in absent)
    return f'<section class="hb-absent"><h3>{text(head)}</h3><p>{text(words)}</p><details><summary>{len(absent)} without a figure</summary><ul>{names}</ul></details></section>'


def _summary(e: Evidence, chosen: list[Latest]) -> str:
    """Return how the cards beneath compare, counted in words: what they count is there to be seen."""
    counts = {w: sum(c.against == w for c in chosen) for w in COMPARED}
    said = [f"{in_words(n)} {word}" for word, n in counts.items() if n and word != "not compared"]
    compared, every = sum(counts.values()) - counts["not compared"], in_words(len(chosen))
    if not compared and len(chosen) == 1:
        words = f"The one indicator here has no interval, so it is not compared with {the(e.nation)} by rule."
    elif not compared:
        words = (
            f"None of the {every} indicators here has an interval, so none is compared with {the(e.nation)} by rule."
        )
    elif compared == len(chosen) == 1:
        words = f"One indicator here can be compared with {e.standard(chosen)}: {listed(said)}."
    else:
        words = f"Of {every} indicators here, {in_words(compared)} can be compared with {e.standard(chosen)}: {listed(said)}."
    without = [c for c in chosen if not c.period]
    if without:
        number_of = in_words(len(without)).capitalize()
        words += f" {number_of} {'has' if len(without) == 1 else 'have'} no value for {e.name}."
    return f'<p class="hb-summary">{text(words)}</p>'


def card(e: Evidence, latest: Latest) -> Html:
    """Return the card of one indicator as an <article>; a missing value is shown as large as a value."""
    record = e.indicators[latest.id]
    head = f'<h3 id="{latest.id}">{text(record["title"])}</h3>{local_notice.shared(e, latest.id)}'
    if not latest.period:
        body = (
            f'<p class="hb-value hb-missing">No value</p><p>{text(reason(latest.status).capitalize())}.</p>'
            + _about(e, latest)
        )
        return Html(f'<article class="hb-card" aria-labelledby="{latest.id}">{head}{body}</article>')
    mark = COMPARED[latest.against][0]
    notes = [n for n in (_provisional(latest), latest.coverage and f"From {latest.coverage}") if n]
    beside = {latest.benchmark_of: latest.benchmark}  # outside England the region is the nation: said once
    beside |= {e.place["region"]: latest.region}
    shown = [f"{who}: {value_of(e, latest, v) if v == v else 'no figure'}" for who, v in beside.items()]
    facts = [*shown, peers(e, latest)]
    body = (
        f'<p class="hb-value">{text(value_of(e, latest))} <span class="hb-period">{text(periods.label(latest.period))}</span></p>'
        f'<p class="hb-interval">{text(". ".join([interval(e, latest), *notes]))}.</p>'
        f'<p class="hb-compare hb-{latest.against.replace(" ", "-")}"><span aria-hidden="true">{mark}</span> {text(comparison(latest))}</p>'
        f'<ul class="hb-facts">{"".join(f"<li>{text(f)}</li>" for f in facts)}</ul>'
        + _trend(e, latest)
        + (f'<p class="hb-gap">No value for {text(latest.newer)}.</p>' if latest.newer else "")
        + _about(e, latest)
    )
    return Html(f'<article class="hb-card" aria-labelledby="{latest.id}">{head}{body}</article>')


def _provisional(latest: Latest) -> str:
    return {"provisional": "Provisional: may be revised", "revised": "Revised by the publisher"}.get(latest.status, "")


def _trend(e: Evidence, latest: Latest) -> str:
    present = e.present(latest.id)
    if len(present) < 2:
        return f'<p class="hb-onepoint">{text(then_and_now(e, latest))}</p>'
    record = e.indicators[latest.id]
    domain = charts.every_period(
        [row.period for row in e.rows(latest.id) if present[0].period <= row.period <= latest.period]
    )
    rows = e.rows(latest.id)
    courses = {
        e.name: {row.period: row.value for row in rows},
        latest.benchmark_of: {row.period: row.benchmark for row in rows},
        "Neighbours' median": {period: median for period, (median, _) in evidence.beside(e, latest.id).items()},
    }
    values = []
    for name, course in courses.items():
        for period in domain:
            value = course.get(period, math.nan)
            values.append(
                {
                    "period": periods.short(period),
                    "who": name,
                    "value": None if value != value else round(value, 4),
                    "shown": number(value, record["unit"], record["decimals"]),
                }
            )
    labels = [periods.short(p) for p in domain]
    return charts.trend(values, list(courses), labels, then_and_now(e, latest), sentence(e, latest), record["unit"])


def _about(e: Evidence, latest: Latest) -> str:
    """Return the folded part: every period, the definition, the source with its release date and licence."""
    record = e.indicators[latest.id]
    source = e.sources[record["source"]]

    def shown(value: float) -> str:
        return number(value, record["unit"], record["decimals"])

    two, near = latest.benchmark_of != e.place["region"], evidence.beside(e, latest.id)
    rows = [
        [
            periods.label(row.period),
            shown(row.value) if row.value == row.value else f"No value: {reason(row.status)}",
            span(row.lower, row.upper, record["unit"], record["decimals"]) if row.interval else "none",
            shown(row.benchmark),
            *([shown(row.region)] if two else []),
            f"{shown(near[row.period][0])} ({near[row.period][1]:.0f} of {latest.of})",
        ]
        for row in reversed(e.rows(latest.id))
    ]
    table = tables.table(
        f"{record['title']}: every period in this edition",
        [
            *("Period", e.name, "95% interval", latest.benchmark_of),
            *([e.place["region"]] if two else []),
            "Neighbours' median (with data)",
        ],
        rows,
        numeric=range(1, 6 if two else 5),
        file=latest.id,
    )
    released = latest.release_date or "date not known"
    caveats = "".join(f"<li>{text(c)}</li>" for c in record["caveats"])
    return (
        "<details><summary>Every year, definition and source</summary>"
        + (table if rows else '<p class="hb-gap">The publisher gives no row for this place.</p>')
        + f"<p>{text(record['definition'])} {POLARITY[record['polarity']]}</p>"
        + (f'<ul class="hb-caveats">{caveats}</ul>' if caveats else "")
        + f'<p class="hb-source">Source: <a href="{text(source["landing_page"])}">{text(source["publisher"])}, '
        f"{text(source['title'])}</a>, released {text(released)}.</p></details>"
    )
