"""Early need beside late need, help that comes back, and what social workers found when they looked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import charts, charts_needs, evidence, local_notice, measures, periods, tables
from .catalogue import THEMES
from .evidence import Evidence, Latest, reason
from .narrative import COMPARED, interval, value_of
from .spine import small, standing
from .standout import percent
from .wording import Html, listed, number, paragraph, span, text


@dataclass(frozen=True)
class Pair:
    """An early need and the late one that it can become, with what a published cost is of."""

    name: str
    early: str
    late: str
    how: str  # part: the late are among the early; counts: two counts of the same kind; apart: other people
    early_cost: str = ""
    late_cost: str = ""


PAIRS = (
    Pair(
        "Children's safety",
        "children_in_need",
        "children_looked_after",
        "part",
        "unit_cost_social_work",
        "unit_cost_looked_after",
    ),
    Pair("Special needs at school", "sen_support", "education_health_care_plans", "apart", "", "unit_cost_sen"),
    Pair("Exclusion from school", "suspensions", "permanent_exclusions", "apart"),
    Pair("School and after", "persistent_absence", "neet_or_not_known_16_17", "apart"),
    Pair("Homes", "homelessness_prevention_duty", "homelessness_relief_duty", "counts"),
    Pair("Weight", "excess_weight_reception", "excess_weight_year_6", "apart"),
)
NO_PAIR = {
    # theme: why its figures make no pair
    "early_years": "the figures are of health at birth and of help that is used",
    "work_income": "people out of work and people who do not look for it are counted by surveys and by claims, and the one is not the start of the other",
    "community": "the figures are of what there is, and not of need",
}
RETURNS = ("rereferrals", "referrals_no_further_action", "referrals_assessed_not_in_need", "repeat_protection_plans")
OF = {
    "rereferrals": "referrals",
    "referrals_no_further_action": "referrals",
    "referrals_assessed_not_in_need": "referrals",
    "repeat_protection_plans": "plans that began",
}


def ratio(pair: Pair, early, late) -> tuple[float, float, float]:
    """Return how many early for one late, with a 95% interval of our own; nan limits where there are no counts.

    Where the late are among the early it is one over their share (Wilson); for two counts of the same denominator
    it is a ratio of two Poisson counts (limits symmetrical in the logarithm).
    """
    nothing = (math.nan,) * 3
    if not (early.value > 0 and late.value > 0):
        return nothing
    plain = (early.value / late.value, math.nan, math.nan)
    if pair.how == "part" and early.period == late.period and 0 < late.count <= early.count:
        share = measures.proportion(late.count, early.count, 1)
        return tuple(float(1 / v) for v in (share.value, share.upper, share.lower))
    same = early.period == late.period and early.denominator == late.denominator
    if pair.how == "counts" and same and early.count > 0 and late.count > 0:
        spread = math.exp(1.96 * math.sqrt(1 / early.count + 1 / late.count))
        value = early.count / late.count
        return value, value / spread, value * spread
    return plain


def _newest(e: Evidence, indicator: str):
    have = e.present(indicator)
    return have[-1] if have else None


def pairs(e: Evidence) -> Html:
    """Return each early need beside its late one: both rates, how many early for one late, and what each costs."""
    rows, values, said, gaps = [], [], [], []
    sides: dict[str, list[str]] = {"less": [], "more": []}
    for pair in PAIRS:
        early, late = (e.latest(i) for i in (pair.early, pair.late))
        missing = [c for c in (early, late) if not c.period]
        if missing:
            gaps.append((pair.name, missing))
            continue
        own = ratio(pair, _newest(e, pair.early), _newest(e, pair.late))
        england = early.england / late.england if late.england > 0 else math.nan
        if own[2] < england or own[1] > england:  # by the interval, and never where there is none
            sides["less" if own[2] < england else "more"].append(pair.name)
        for stage, c in (("early", early), ("late", late)):
            at = _of_england(c, c.value)
            shown = f"{e.indicators[c.id]['short_title']}: {value_of(e, c)}, England {value_of(e, c, c.england)}"
            if at == at:
                low, high = (
                    None if x != x else round(x, 1) for x in (_of_england(c, c.lower), _of_england(c, c.upper))
                )
                record = {"label": pair.name, "stage": stage, "at": round(at, 1), "low": low, "high": high}
                values.append(record | {"shown": shown})
        rows.append(
            [
                f"{pair.name}: {e.indicators[early.id]['short_title']} → {e.indicators[late.id]['short_title']}",
                f"{value_of(e, early)}, {periods.label(early.period)}",
                f"{value_of(e, late)}, {periods.label(late.period)}",
                f"{_whole(_of_england(early, early.value))} and {_whole(_of_england(late, late.value))}",
                _times(own),
                f"{england:.1f}" if england == england else "no figure",
                _cost(e, pair.early_cost),
                _cost(e, pair.late_cost),
            ]
        )
        said.append(_pair_words(e, pair, early, late, own[0], england))
    missing = "".join(paragraph(words, "hb-gap") for words in _without(e, "pair", gaps))
    if not rows:
        return Html(missing)
    caption, words = _finding(e, sides), " ".join(said)
    alternative = f"{caption}. {words} Circle: early; diamond: late; the dashed line is England's rate."
    chart = charts_needs.pairs(values, caption, alternative) if values else paragraph(caption)
    head = ["Pair", "Early", "Late", "Early and late, England's rate = 100", "Early for one late (95% interval)"]
    head += ["The same in England", "Cost of early", "Cost of late"]
    table = tables.table(f"Early need beside late need in {e.name}", head, rows)
    note = (
        "Many early for one late can mean that help comes in time, or that there is much need: the pair cannot tell. Children"
        " in care are among the children in need of the same day. In the pairs without an interval the two are different"
        " people, and after school of different years. A cost is what was spent for each child, not what one child fewer"
        " would save."
    )
    none = "; ".join(f"{THEMES[theme].lower()}, since {why}" for theme, why in NO_PAIR.items())
    sentences = "".join(f"<li>{text(s)}</li>" for s in said)
    return Html(
        f"{chart}<ul>{sentences}</ul>{table}{missing}{paragraph(note, 'hb-source')}"
        + paragraph(f"No pair is made for: {none}.", "hb-source")
    )


def _without(e: Evidence, what: str, gaps: list[tuple[str, list[Latest]]]) -> list[str]:
    """Return in a sentence for each reason which pairs or figures there are none of. `gaps`: name, what has no value."""
    by_reason: dict[str, list[str]] = {}
    for name, missing in gaps:
        why = {reason(c.status) for c in missing}
        if len(why) > 1:
            why = {"; ".join(f"{small(e, c)}: {reason(c.status)}" for c in missing)}
        by_reason.setdefault(why.pop(), []).append(name)
    return [
        f"{e.name} has no {what} for {listed([n[0].lower() + n[1:] for n in names])} ({why})."
        for why, names in by_reason.items()
    ]


def _finding(e: Evidence, sides: dict[str, list[str]]) -> str:
    said = [f"{way} ({listed([n[0].lower() + n[1:] for n in names])})" for way, names in sides.items() if names]
    if not said:
        return f"{e.name}: no pair is shown to differ from England's"
    first, *rest = said
    first = first.replace(" (", " early need for each late one than in England (", 1)
    return f"{e.name}: {'; '.join([first, *rest])}"


def _of_england(latest: Latest, value: float) -> float:
    return 100 * value / latest.england if latest.england > 0 else math.nan


def _whole(value: float) -> str:
    return f"{value:.0f}" if value == value else "no figure"


def _times(found: tuple[float, float, float]) -> str:
    value, lower, upper = found
    if value != value:
        return "cannot be worked out"
    return f"{value:.1f}" + (f" ({lower:.1f} to {upper:.1f}, ours)" if lower == lower else " (no interval)")


def _pair_words(e: Evidence, pair: Pair, early: Latest, late: Latest, own: float, england: float) -> str:
    what = f"early is {small(e, early)}, {value_of(e, early)}; late is {small(e, late)}, {value_of(e, late)}"
    if own != own:
        return f"{pair.name}: {what}."
    beside = f" (in England {england:.1f})" if england == england else ""
    return f"{pair.name}: {own:.1f} early for one late{beside}. {what[0].upper()}{what[1:]}."


def _cost(e: Evidence, indicator: str) -> str:
    """Return a published unit cost with its year, or that it is not known."""
    if not indicator:
        return "not known: none is published"
    latest = e.latest(indicator) if indicator in e.indicators else None
    if latest is None or not latest.period:
        return "not known: no figure for this place"
    return f"{value_of(e, latest)} a child, {periods.label(latest.period)}"


def returns(e: Evidence) -> Html:
    """Return the help that comes back: referrals again, referrals closed without help, and plans again, with trends."""
    rows, figures, said, gaps = [], [], [], []
    for indicator in (i for i in RETURNS if i in e.indicators):
        latest, title = e.latest(indicator), e.indicators[indicator]["short_title"]
        if not latest.period:
            gaps.append((title, [latest]))
            continue
        newest, row = _newest(e, indicator), standing(e).get(indicator)
        near = getattr(row, f"p_higher_{e.comparator_set}")
        counts = newest.count == newest.count and newest.denominator == newest.denominator
        rows.append(
            [
                Html(text(title) + local_notice.mark(e, indicator)),
                f"{newest.count:,.0f} of {newest.denominator:,.0f} {OF[indicator]}" if counts else "no count",
                f"{value_of(e, latest)}, {periods.label(latest.period)}",
                interval(e, latest).removeprefix("95% interval "),
                value_of(e, latest, latest.england),
                f"{COMPARED[latest.against_england][0]} {latest.against_england}",
                f"{percent(row.p_higher)}; {percent(near)}",
                row.recent,
            ]
        )
        if latest.against_england in ("higher", "lower"):
            said.append(
                f"{title.lower()}: {value_of(e, latest)}, {latest.against_england} than England's {value_of(e, latest, latest.england)}"
            )
        figures.append(_course(e, latest))
    missing = "".join(paragraph(words, "hb-gap") for words in _without(e, "figure", gaps))
    if not rows:
        return Html(missing)
    words = (
        f"Beside England: {'; '.join(said)}."
        if said
        else f"Nothing of this is shown to differ from England in {e.name}."
    )
    head = ["What came back", "How many", "Share", "95% interval", "England", "Beside England"]
    head += ["Chance that it is higher: than England; than its neighbours", "Recent trend (five-point test)"]
    table = tables.table(f"Help that came back in {e.name}", head, rows, (4,))
    return Html(
        paragraph(words, "hb-lead")
        + table
        + missing
        + f'<details class="hb-more"><summary>The course of each over the years</summary>{"".join(figures)}</details>'
    )


def _course(e: Evidence, latest: Latest) -> str:
    """Return the share over the years with its interval as a band, and its table."""
    record = e.indicators[latest.id]
    every = e.rows(latest.id)
    present = e.present(latest.id)
    domain = charts.every_period([r.period for r in every if present[0].period <= r.period <= latest.period])
    by_period = {r.period: r for r in every}
    names, near = {e.name: "value", "England": "england", "Neighbours' median": "near"}, evidence.beside(e, latest.id)
    values, rows = [], []
    for period in domain:
        row = by_period.get(period)
        for name, column in names.items():
            value = near[period][0] if column == "near" and row else getattr(row, column, math.nan)
            ends = (getattr(row, c, math.nan) for c in ("lower", "upper")) if column == "value" else (math.nan,) * 2
            low, high = (None if x != x else round(x, 2) for x in ends)
            shown = number(value, record["unit"], record["decimals"])
            values.append(
                {
                    "period": periods.short(period),
                    "who": name,
                    "value": None if value != value else round(value, 2),
                    "low": low,
                    "high": high,
                    "shown": shown,
                }
            )
    for row in reversed(every):
        three = (row.value, row.england, near[row.period][0])
        cells = [number(value, record["unit"], record["decimals"]) for value in three]
        if row.value != row.value:
            cells[0] = f"No value: {reason(row.status)}"
        whole = row.count == row.count and row.denominator == row.denominator
        counts = f"{row.count:,.0f} of {row.denominator:,.0f}" if whole else "no count"
        limits = "none"
        if row.interval:
            limits = span(row.lower, row.upper, record["unit"], record["decimals"])
        rows.append([periods.label(row.period), counts, cells[0], limits, *cells[1:]])
    first, trend = present[0], standing(e)[latest.id].recent
    caption = (
        f"{record['title']}: {value_of(e, latest)} in {periods.label(latest.period)}, {value_of(e, latest, first.value)} in"
        f" {periods.label(first.period)}. Recent trend: {trend}."
    )
    chart = charts_needs.banded(values, [periods.short(p) for p in domain], list(names), caption, caption)
    head = ["Period", "How many", e.name, "95% interval", *list(names)[1:]]
    folded = tables.table(f"{record['title']}: {e.name}, every period", head, rows, range(1, 6))
    return f"{chart}<details><summary>Every period</summary>{folded}</details>"
