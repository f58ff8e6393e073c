"""The chapter on outcomes: theme by theme what is done, comes of it and costs; trends by rule; change against change."""

from __future__ import annotations

from . import charts_outcomes, england_only, local_notice, periods, spend, tables, trends
from .catalogue import THEMES
from .evidence import Evidence, of_place, reason, shared
from .outcome_lists import COLUMNS
from .outcome_trends import NOT_TESTED, WINDOW
from .wording import Html, listed, money, number, paragraph, span, text

HEADINGS = {"activity": "What is done", "outcome": "What comes of it", "cost": "What it costs"}
RULES = {"xmr": "control chart", "five points": "five-point test", "none": "none"}
SAID = {
    # word of the rule: what a reader sees, in the order of the table
    "getting better": "Getting better",
    "getting worse": "Getting worse",
    "increasing": "Rising",
    "decreasing": "Falling",
    "special cause": "More than routine variation",
    "no significant change": "No clear change",
    "routine variation": "Routine variation only",
    trends.TOO_FEW: "Too few points",
    NOT_TESTED: "Cannot be tested",
}
NO_CAUSE = (
    "This does not show that money changed the outcome, and it does not show that it did not. Councils do not change"
    " their spend at random: need, prices and other services change too, and where things go wrong money often follows. Do not"
    " read a cause into it."
)


# ---- activity, outcome, cost


def three_columns(e: Evidence) -> Html:
    """Return one row per theme with an activity, an outcome and a cost, each with its age, or why the cell is empty."""
    rows, ages = [], []
    filled = dict.fromkeys(COLUMNS, 0)
    themes = e.columns
    for theme, cells in themes.items():
        row: list[str | Html] = [THEMES[theme]]
        for column in COLUMNS:
            cell, age = _cell(e, cells[column])
            row.append(cell)
            filled[column] += age is not None
            ages += [] if age is None else [age]
        rows.append(row)
    have = {c: f"{n} of {len(themes)}" for c, n in filled.items()}
    rows.append(["Themes with a figure", *have.values()])
    if not ages:
        return paragraph(f"No theme has a figure for {e.name} in this edition.", "hb-gap")
    words = (
        f"{have['activity']} themes have a figure for what is done, {have['outcome']} for what comes of it, and {have['cost']} for what"
        f" it costs. The newest of these figures was {min(ages)} months old at this edition, and the oldest {max(ages)} months."
    )
    table = tables.table(
        f"Activity, outcome and cost for {e.name}, with their age in months on {periods.label(e.place['edition'])}",
        ["Theme", *(HEADINGS[c] for c in COLUMNS)],
        rows,
    )
    note = (
        "A row does not say that the activity led to the outcome. Costs are in the prices of their year. Which figure stands"
        " for a theme is our choice, from an open list."
    )
    return Html(paragraph(words, "hb-summary") + table + paragraph(note, "hb-source"))


def _cell(e: Evidence, cell: dict) -> tuple[Html, int | None]:
    if not cell["indicator"]:
        return _gap(cell["why"]), None
    record, latest = e.indicators[cell["indicator"]], e.latest(cell["indicator"])
    if not latest.period:
        return _gap(f"{record['short_title']}: no value, {reason(latest.status)}."), None
    age = periods.age_in_months(latest.period, e.place["edition"])
    value = _shown(latest.value, record)
    link = f'<a href="{record["chapter"]}.html#{latest.id}">{text(record["short_title"])}</a>'
    if record["chapter"] == "spend" and record["theme"] != "unit_cost":
        link = text(record["short_title"])
    return (
        Html(
            f"<strong>{text(value)}</strong><br>{link}{local_notice.mark(e, latest.id)}<br>{text(periods.label(latest.period))}, {age} months old"
        ),
        age,
    )


def _shown(value: float, record: dict) -> str:
    scale = {"gbp": 1, "gbp_thousand": 1000}.get(record["unit"])
    return money(value * scale) if scale else number(value, record["unit"], record["decimals"])


def _gap(words: str) -> Html:
    return Html(f'<div class="hb-gap">{text(words)}</div>')


# ---- trends by rule


def trend_table(e: Evidence) -> Html:
    """Return what the rules of trend say of each outcome, grouped by what they say, with every rule that was used beneath."""
    found = of_place(e, "outcome_trends.json")
    ids = [i for i in e.select("outcomes") if i in found]
    groups = {word: [i for i in ids if found[i]["word"] == word] for word in SAID}
    said = [(words, groups[word]) for word, words in SAID.items() if groups[word]]
    without = len(e.select("outcomes")) - len(ids)
    if not ids:
        return paragraph(f"No outcome has a value for {e.name} in this edition.", "hb-gap")
    counted = listed([f"{len(members)} {words.lower()}" for words, members in said])
    first = f"What the rules say of the {len(ids)} outcomes that have a value here: {counted}."
    if without:
        first += f" {without} more have no value."
    rows = [[words, str(len(members)), _titles(e, members)] for words, members in said]
    rows += [["All with a value", str(len(ids)), ""]] + ([["No value", str(without), ""]] if without else [])
    short = tables.table(f"Outcomes for {e.name}, by what the rules say", ["Rule says", "Number", "Which"], rows, (1,))
    head = ["Outcome", "Rule", "Years looked at", "Rule says", "Change a period (95%), or limits", "Note"]
    full = tables.table(
        f"The rule that was used for each outcome of {e.name}", head, [_trend_row(e, i, found[i]) for i in ids]
    )
    return Html(
        paragraph(first, "hb-summary")
        + short
        + f"<details><summary>Each outcome, its rule and its years</summary>{full}</details>"
        + "".join(paragraph(words, "hb-source") for words in _how())
    )


def _titles(e: Evidence, ids: list[str]) -> Html:
    return Html(
        "; ".join(f'<a href="#{i}">{text(e.indicators[i]["short_title"])}</a>{local_notice.mark(e, i)}' for i in ids)
    )


def _trend_row(e: Evidence, indicator: str, found: dict) -> list[str]:
    record = e.indicators[indicator]
    unit, decimals = record["unit"], record["decimals"]
    looked_at = f"{periods.label(found['first'])} to {periods.label(found['last'])} ({found['points']})"
    numbers, notes = "none", [found["detail"]] if found["detail"] else []
    if found["rule"] == "five points":
        slope = _signed(found["value"], unit, decimals + 1)
        low, high = (_signed(found[c], "ratio", decimals + 1) for c in ("lower", "upper"))
        numbers = f"{slope} ({low} to {high})"
        notes.append(f"{periods.label(found['left_out'])} left out")
    elif found["rule"] == "xmr":
        mean = number(found["mean"], unit, decimals)
        numbers = f"limits {span(found['lower'], found['upper'], unit, decimals)}, mean {mean}"
        if unit.startswith("gbp"):
            notes.append("in the prices of each year, so that prices alone make it rise")
    elif found["word"] == trends.TOO_FEW:
        notes.append(f"{WINDOW} are needed")
    return [record["title"], RULES[found["rule"]], looked_at, SAID[found["word"]], numbers, "; ".join(notes) or "none"]


def _signed(value: float, unit: str, decimals: int) -> str:
    """Return a change with its sign; one of a percentage is in points, since a change in per cent would be another thing."""
    words = f"{number(value, 'ratio', decimals)} points" if unit == "pct" else number(value, unit, decimals)
    return ("+" if round(value, decimals) > 0 else "") + words


def _how() -> list[str]:
    return [
        f"Five-point test: of the newest {WINDOW} periods that do not overlap, the one furthest on the worse side of the nation is left out,"
        f" since a bad year draws the eye and the years around it look better by chance alone. The other {trends.POINTS} must"
        f" pass chi-squared for trend above {trends.CRITICAL} (99.8%), and keep their direction when any one is dropped.",
        f"Control chart (XmR), from {trends.MIN_CHART_POINTS} points without a gap: limits at the mean ± {trends.LIMIT} mean moving"
        " ranges; marked are a point beyond the limits, 7 points in a row on one side of the mean, 7 in a row that rise or fall,"
        " and 2 of 3 near the same limit. A mark is a reason to look. It is no finding, and it does not say better or worse.",
        "None of this says why a figure changed, or who changed it.",
    ]


def headline(e: Evidence) -> Html:
    """Return two sentences for the overview: what the rules of trend say, and what cannot be said."""
    found = of_place(e, "outcome_trends.json")
    if not found:
        return paragraph(f"No outcome has a value for {e.name} in this edition.", "hb-gap")
    words = {w: [i for i in e.select("outcomes") if found.get(i, {}).get("word") == w] for w in SAID}
    parts = [
        f"{SAID[w].lower()}: {listed([_when(e, i, found[i]) for i in words[w]])}"
        for w in ("getting better", "getting worse")
        if words[w]
    ]
    cannot = len(words[trends.TOO_FEW]) + len(words[NOT_TESTED])
    first = (
        f"By rule, {'; '.join(parts)}."
        if parts
        else f"By rule, no outcome of {e.name} is clearly getting better or worse."
    )
    second = (
        f"For {cannot} of {len(found)} outcomes with a value no trend can be told: too few points, or no interval and no counts"
        " are published."
    )
    return Html(
        f'<p>{text(first)} {text(second)} <a href="outcomes.html">See the rule that was used for each outcome.</a></p>'
    )


def _when(e: Evidence, indicator: str, found: dict) -> str:
    title = e.indicators[indicator]["short_title"]
    small = title[0].lower() + title[1:] if title[1:2].islower() else title
    return f"{small} ({periods.label(found['first'])} to {periods.label(found['last'])})"


# ---- change against change


@england_only.of("This comparison of spend and outcomes")
def change_against_change(e: Evidence) -> Html:
    """Return change in early spend beside change in an outcome over all authorities, and what that cannot show."""
    records = shared("outcomes/change_pairs.json")
    parts = [_pair(e, record) for record in records.values()]
    if not parts:
        parts = [paragraph("Too few authorities have the figures of both ends in this edition.", "hb-gap")]
    return Html("".join(parts) + paragraph(NO_CAUSE, "hb-notice") + paragraph(_ends(), "hb-source"))


def _ends() -> str:
    return (
        "Each end is the mean of two years, so that no single year decides; 2020-21, the year of the pandemic, is in neither. Where a"
        " council moved a service to another line of its accounts, its spend seems to change. An authority whose area changed"
        " between the ends is left out."
    )


def _pair(e: Evidence, record: dict) -> Html:
    own, places = e.place["area_code"], record["places"]
    scale = spend.real_terms(1.0, record["prices"], e.deflator, e.price_base_year)
    unit, decimals = record["unit"], record["decimals"]
    title = record["title"]
    neighbours = {n["area_code"]: n["name"] for n in e.neighbours}
    together = (
        f"correlation {_plain(record['r'])} (95% interval {_plain(record['lower'])} to {_plain(record['upper'])})"
    )
    clear = record["lower"] > 0 or record["upper"] < 0
    pattern = (
        "Over all authorities the two changes went together, loosely"
        if clear
        else ("Over all authorities the two changes show no clear pattern")
    )
    sentence = f"{pattern}: {together}, {record['n']} authorities."

    def row(who: str, code: str) -> list[str]:
        if code not in places:
            return [who, *["No value"] * 6]
        before, after, change, was, now, moved = places[code]
        pounds = [number(x * scale, "gbp", 0) for x in (before, after)]
        ends = [number(x, unit, decimals + 1) for x in (was, now)]
        return [who, *pounds, _percent(change), *ends, _signed(moved, unit, decimals + 1)]

    head = ["Place", *(f"Early help a child, {_span(y)}" for y in (record["first"], record["last"])), "Change"]
    head += [*(f"{title}, {_span(y)}" for y in record["periods"]), "Change"]
    rows = [row(e.name, own)]
    rows += [row(name, code) for code, name in sorted(neighbours.items(), key=lambda n: n[1])]
    table = tables.table(
        f"{title}, and early help a child in prices of {e.price_base_year}: {e.name}, and its neighbours by name",
        head,
        rows,
        range(1, 7),
    )
    summary = tables.table(
        f"{title}, and early help a child: how the two changes went together", ["Places", "Authorities", "Correlation", "95% interval"],
        [["All authorities", str(record["n"]), _plain(record["r"]), f"{_plain(record['lower'])} to {_plain(record['upper'])}"]], range(1, 4),
    )  # fmt: skip
    if own not in places:
        gap = f"{e.name} lacks a figure for one of the ends, so it is not in this comparison. {sentence}"
        return Html(paragraph(gap, "hb-gap") + summary)
    change, moved = _percent(places[own][2]), _signed(places[own][5], unit, decimals + 1)
    caption = (
        f"{e.name}: spend on early help for each child {change} in real terms; {title[0].lower() + title[1:]}: {moved}"
    )
    shown = {
        code: {"x": round(v[2], 1), "y": round(v[5], 2)} | ({"shown": f"{change}; {moved}"} if code == own else {})
        for code, v in places.items()
    }
    points = charts_outcomes.groups(shown, own, set(neighbours))
    chart = charts_outcomes.scatter(
        points, e.name, "Change in early help a child, real terms, %", f"Change in the outcome{_axis(unit)}", caption,
        f"{caption}. {sentence} Each point is an authority.",
    )  # fmt: skip
    folded = f"<details><summary>The figures of {text(e.name)} and its neighbours</summary>{table}</details>"
    return Html(chart + paragraph(sentence) + summary + folded)


def _axis(unit: str) -> str:
    return {"pct": ", percentage points", "per_10k": ", per 10,000"}.get(unit, "")


def _span(years: list[str]) -> str:
    return f"mean of {years[0]} and {years[1]}"


def _percent(value: float) -> str:
    return ("+" if round(value) > 0 else "") + number(value, "pct", 0)


def _plain(value: float) -> str:
    return number(value, "ratio", 2)
