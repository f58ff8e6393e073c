"""One theme, or one life stage, of a chapter: a spine chart, its table, and a card for each indicator, folded."""

from __future__ import annotations

from . import cards, charts_needs, local_notice, periods, tables
from .catalogue import THEMES
from .charts_needs import EDGE
from .evidence import Evidence, Latest, once, reason
from .narrative import COMPARED, interval, peers, value_of
from .wording import Html, in_words, listed, number, paragraph, span, text

STAGES = ("early childhood", "school age", "young adulthood", "working age", "later life", "all ages")


@once
def standing(e: Evidence) -> dict[str, object]:
    """Return {indicator: its row of standing.csv}."""
    return {row.indicator: row for row in e.stood}


@once
def _near(e: Evidence) -> dict[str, list[float]]:
    """Return {indicator: the neighbours' values at this locality's newest period}, in the order of the neighbours."""
    chosen = e.peers[(e.peers["comparator"] == e.comparator_set) & e.peers["value"].notna()]
    return chosen.groupby("indicator")["value"].agg(list).to_dict()


def theme(e: Evidence, chapter: str, name: str) -> Html:
    """Return a theme of a chapter: what stands out in a sentence, spine charts, their table, and the cards.

    The charts set a place among the authorities of England; a place elsewhere has its cards only.
    """
    if e.nation != "England":
        return cards.theme(e, chapter, name)
    chosen = [e.latest(i) for i in e.select(chapter, name)]
    if not chosen:
        return Html('<p class="hb-gap">No indicator of this theme is in this edition.</p>')
    shown = "".join(_charts(e, chosen))
    missing = [c for c in chosen if not c.period]
    gaps = ""
    if missing:
        gaps = paragraph(f"No value for {e.name}: {'; '.join(_without(e, c) for c in missing)}.", "hb-gap")
    held = [c for c in chosen if c.period]
    if not shown and held:  # England has no figure to draw around
        lines = "".join(f"<li>{text(_beside_neighbours(e, c))}</li>" for c in held)
        shown = f"<ul>{lines}</ul>"
    folded = "".join(cards.card(e, c) for c in chosen)
    return Html(
        f"{shown}{gaps}<details><summary>The figures, as a table</summary>{table(e, chosen, THEMES[name])}</details>"
        f'<details class="hb-more"><summary>Each figure with its trend, definition and source'
        f' ({len(chosen)})</summary><div class="hb-cards">{folded}</div></details>'
    )


def _beside_neighbours(e: Evidence, latest: Latest) -> str:
    said = f"{e.indicators[latest.id]['short_title']}: {value_of(e, latest)}, {periods.label(latest.period)}"
    near = peers(e, latest)
    return f"{said}. {near[0].upper()}{near[1:]}."


def small(e: Evidence, latest: Latest) -> str:
    """Return an indicator's short title as it stands inside a sentence."""
    title = e.indicators[latest.id]["short_title"]
    return title[0].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


def link(e: Evidence, latest: Latest) -> Html:
    """Return an indicator's short title as a link to its card, from whichever chapter, and the mark of a shared one."""
    record = e.indicators[latest.id]
    card = f'<a href="{record["chapter"]}.html#{latest.id}">{text(record["short_title"])}</a>'
    return Html(card + local_notice.mark(e, latest.id))


def how_to_read(e: Evidence) -> Html:
    """Return how to read the charts of themes, and of a place that has none, what stands in their stead."""
    if e.nation == "England":
        words = (
            f"In the charts, the grey bar is where nine tenths of the authorities of England are, its darker part the middle half."
            f" The brown ticks are the places that {e.name} is compared with, and the mark with its line is {e.name} with its"
            " 95% interval. Each row has a scale of its own, with England in the middle; ticks at the very edge lie further out."
        )
    elif e.nation:
        words = (
            f"Each figure has a card: its value, the value of {e.nation} or the UK, and the middle one of the places that"
            f" {e.name} is compared with. There are no charts of {e.name} among other authorities: those are of England only."
        )
    else:
        words = f"No public figure is held for {e.name}, so it is not set among other places."
    return paragraph(words)


def _without(e: Evidence, latest: Latest) -> str:
    return f"{small(e, latest)} ({reason(latest.status)})"


def _charts(e: Evidence, chosen: list[Latest]) -> list[str]:
    judged = [c for c in chosen if e.indicators[c.id]["polarity"] != "no judgement"]
    plain = [c for c in chosen if e.indicators[c.id]["polarity"] == "no judgement"]
    found = []
    for group, ends in ((judged, ("worse", "better")), (plain, ("lower", "higher"))):
        placed = [(c, _placed(e, c, ends[1] == "better")) for c in group]
        drawn = [(c, p) for c, p in placed if p]
        if not drawn:
            continue
        near = [n for _, (_, others) in drawn for n in others]
        shown = [c for c, _ in drawn]
        caption, words = finding(e, shown), sentence(e, shown, ends[1] == "better")
        how = "Right is better." if ends[1] == "better" else "Right is higher, which is neither better nor worse."
        chart = charts_needs.spine(
            [p[0] for _, p in drawn], near, ends, caption, " ".join(w for w in (f"{caption}.", words, how) if w)
        )
        found.append(chart + (paragraph(words) if words else ""))
    return found


def _placed(e: Evidence, latest: Latest, right_is_better: bool) -> tuple[dict, list[dict]] | None:
    """Return where everything stands on an axis with England at 0; None without a value or a figure for England."""
    row = standing(e).get(latest.id)
    if row is None or not latest.period or latest.england != latest.england:
        return None
    record = e.indicators[latest.id]
    sign = -1 if right_is_better and record["polarity"] == "low is good" else 1
    half = max(abs(v - latest.england) for v in (row.low, row.high, latest.value))
    if not half:
        return None

    def at(value: float) -> float | None:
        if value != value:
            return None
        return round(max(-EDGE, min(EDGE, sign * (value - latest.england) / half)), 3)

    def pair(low: float, high: float) -> tuple[float | None, float | None]:
        ends = (at(low), at(high))
        return ends if sign == 1 else ends[::-1]

    word = latest.against_england
    label = record["short_title"]
    low, high = pair(row.low, row.high)
    quarter, three_quarters = pair(row.quarter, row.three_quarters)
    own_low, own_high = pair(latest.lower, latest.upper)
    values = {
        "label": label,
        "low": low,
        "quarter": quarter,
        "three_quarters": three_quarters,
        "high": high,
        "own": at(latest.value),
        "own_low": own_low,
        "own_high": own_high,
        "word": word,
        "shown": f"{label}: {word}" if word != "not compared" else label,
    }
    return values, [{"label": label, "at": at(v)} for v in _near(e).get(latest.id, ())]


def finding(e: Evidence, chosen: list[Latest]) -> str:
    """Return in a few words how indicators stand beside England, as the title of their chart.

    The numbers are written as words: they count the rows of the chart.
    """
    counts = {w: sum(c.against_england == w for c in chosen) for w in COMPARED}
    silent = counts.pop("not compared")
    if silent == len(chosen):
        return f"{e.name}: no interval is published for any of these, so none is compared with England"
    said = []
    for word, n in counts.items():
        if n and not said:
            to = "to" if word == "similar" else "than"
            said.append(f"{word} {to} England on {in_words(n)} figure{'' if n == 1 else 's'}")
        elif n:
            said.append(f"{word} on {in_words(n)}")
    gap = f"; {in_words(silent)} cannot be compared, for want of an interval" if silent else ""
    return f"{e.name}: {listed(said)}{gap}"


def sentence(e: Evidence, chosen: list[Latest], judged: bool) -> str:
    """Return what differs from England in plain words with the values, of three at most each way; empty for nothing."""
    parts = []
    for word in ("worse", "better") if judged else ("higher", "lower"):
        found = [c for c in chosen if c.against_england == word]
        if found:
            more = [f"{in_words(len(found) - 3)} more"] if len(found) > 3 else []
            parts.append(f"{word} than England on {listed([_with_value(e, c) for c in found[:3]] + more)}")
    return f"{e.name} is {'; '.join(parts)}." if parts else ""


def _with_value(e: Evidence, latest: Latest) -> str:
    return f"{small(e, latest)} ({value_of(e, latest)}; England {value_of(e, latest, latest.england)})"


def table(e: Evidence, chosen: list[Latest], title: str) -> Html:
    """Return the figures of a spine chart: value, interval, England, neighbours, and the spread of authorities."""
    rows = []
    for c in chosen:
        record, row = e.indicators[c.id], standing(e).get(c.id)

        def shown(value: float, record=record) -> str:
            return number(value, record["unit"], record["decimals"])

        if not c.period:
            rows.append([link(e, c), "No value", "", reason(c.status), "", "", "", "", ""])
            continue
        of = f"{shown(c.median)} ({c.n} of {c.of})" if c.median == c.median else f"too few ({c.n} of {c.of})"
        rows.append(
            [
                link(e, c),
                shown(c.value),
                periods.label(c.period),
                _limits(e, c),
                shown(c.england) if c.england == c.england else "no figure",
                of,
                f"{COMPARED[c.against_england][0]} {c.against_england}",
                span(row.low, row.high, record["unit"], record["decimals"]) if row is not None else "",
                str(int(row.authorities)) if row is not None else "",
            ]
        )
    head = ["Indicator", e.name, "Period", "95% interval", "England", "Neighbours' median (with data)"]
    head += ["Beside England", "Nine tenths of authorities", "Authorities with data"]
    return tables.table(f"{title}: {e.name} among the authorities of England", head, rows, (1, 4, 5, 7, 8))


def _limits(e: Evidence, latest: Latest) -> str:
    said = interval(e, latest)
    return said.removeprefix("95% interval ") if latest.interval else "none published"


def life_stages(e: Evidence, chapters: tuple[str, ...] = ("needs",)) -> Html:
    """Return how many indicators of each life stage compare how with the place's nation, and each of them, folded."""
    if not e.nation:
        return paragraph(f"No public figure is held for {e.name}, at any stage of life.", "hb-gap")
    every = [e.latest(i) for chapter in chapters for i in e.select(chapter)]
    rows, folded = [], []
    for stage in STAGES:
        chosen = [c for c in every if e.indicators[c.id]["life_stage"] == stage]
        if not chosen:
            rows.append([stage.capitalize(), *["none"] * len(COMPARED), "none"])
            continue
        counts = [sum(_beside(e, c) == w and bool(c.period) for c in chosen) for w in COMPARED]
        rows.append([stage.capitalize(), *map(str, counts), str(sum(not c.period for c in chosen))])
        listing = table if e.nation == "England" else beside_nation
        folded.append(
            f"<details><summary>{stage.capitalize()}: {len(chosen)} indicators</summary>"
            + listing(e, chosen, stage.capitalize())
            + "</details>"
        )
    head = ["Life stage", *(w.capitalize() for w in COMPARED), "No value"]
    counted = tables.table(
        f"Needs of {e.name} by life stage: how many indicators stand how beside {_standard(e, every)}",
        head,
        rows,
        range(1, 8),
    )
    return Html(paragraph(_about_stages(e, every)) + counted + "".join(folded))


def _beside(e: Evidence, latest: Latest) -> str:
    """Return the word of the comparison with England; for a place elsewhere with its own nation, or else the UK."""
    return latest.against_england if e.nation == "England" else latest.against


def _standard(e: Evidence, every: list[Latest]) -> str:
    return "England" if e.nation == "England" else e.standard(every)


def beside_nation(e: Evidence, chosen: list[Latest], title: str) -> Html:
    """Return the figures of a place outside England beside its own nation or the UK, with the reason for each gap."""
    rows = []
    for c in chosen:
        if not c.period:
            rows.append([link(e, c), "No value", reason(c.status), "", "", ""])
            continue
        beside = f"{c.benchmark_of}: {value_of(e, c, c.benchmark)}" if c.benchmark == c.benchmark else "no figure"
        near = peers(e, c).split(": ", 1)[1]
        row = [link(e, c), f"{value_of(e, c)}, {periods.label(c.period)}", _limits(e, c), beside, near]
        rows.append([*row, f"{COMPARED[c.against][0]} {c.against}"])
    head = ["Indicator", e.name, "95% interval", f"{e.nation} or the UK", "Neighbours' median (with data)"]
    return tables.table(f"{title}: {e.name}, its nation and its neighbours", [*head, "Beside them"], rows)


def _about_stages(e: Evidence, every: list[Latest]) -> str:
    worse, standard = [c for c in every if _beside(e, c) == "worse"], _standard(e, every)
    if not worse:
        said = f"At no stage of life is {e.name} shown to be worse than {standard}."
    else:
        stages = [s for s in STAGES if any(e.indicators[c.id]["life_stage"] == s for c in worse)]
        said = f"{e.name} is worse than {standard} on at least one figure of: {listed(stages)}."
    empty = [s for s in STAGES if not any(e.indicators[c.id]["life_stage"] == s for c in every)]
    if empty:
        said += f" Nothing here is about {listed(empty, 'or')}: no open source in this book has it."
    return said
