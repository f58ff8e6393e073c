"""Funnel plots on the page: whether a figure differs from England's by more than chance, and how many others do."""

from __future__ import annotations

from . import charts_outcomes, england_only, periods, tables
from .evidence import Evidence, shared
from .narrative import COMPARED
from .schemas import UNITS
from .wording import Html, in_words, number, paragraph, span, text

SIZES = {"proportion": "people counted", "rate": "people counted", "value": "half the width of the 95% interval"}
READINGS = {
    # how far out: what it says of a place; {side} is on the better or worse side, or higher or lower
    "inside": "No more than chance explains",
    "usual": "Beyond chance, but no further from England than many authorities are",
    "beyond": "Unusual: beyond the wider 95% limits, {side}",
    "far": "Very unusual: beyond the wider 99.8% limits, {side}",
}


@england_only.of("This set of funnel plots")
def funnels(e: Evidence) -> Html:
    """Return the readings of all funnels in one table, then each funnel folded, with its sentence and its tables."""
    records = shared("outcomes/funnels.json")
    ids = [i for i in e.select("outcomes") if i in records]
    here = [i for i in ids if e.place["area_code"] in records[i]["places"]]
    if not here:
        return paragraph(
            f"No outcome of {e.name} has counts or an interval among those that authorities of England can be compared on, so"
            " no funnel can be drawn.",
            "hb-gap",
        )
    missing = [e.indicators[i]["short_title"] for i in ids if i not in here]
    beyond = [i for i in here if reading(e, i, records[i])[0] in ("beyond", "far")]
    have = "One outcome has" if len(here) == 1 else f"{in_words(len(here)).capitalize()} outcomes have"
    which = f"On {in_words(len(beyond))} of them {e.name} is" if beyond else f"On none of them is {e.name}"
    first = f"{have} counts or an interval. {which} further from England than authorities usually are."
    rows = [_summary_row(e, i, records[i]) for i in here]
    rows.append(["All these outcomes", str(len(here)), "", f"Beyond the wider limits: {len(beyond)}", "", ""])
    head = ["Outcome", e.name, "Wider 95% limits", "Reading", "By chance", "Found"]
    table = tables.table(
        f"Is {e.name} further from England than chance explains? And how many authorities lie beyond the 95% limits, by chance and found",
        head,
        rows,
        (4, 5),
    )
    gap = f"No funnel for want of an interval or a count here: {'; '.join(missing)}." if missing else ""
    return Html(
        paragraph(first, "hb-summary")
        + table
        + (paragraph(gap, "hb-gap") if gap else "")
        + "".join(_folded(e, i, records[i]) for i in here)
        + paragraph(_how(), "hb-source")
    )


def reading(e: Evidence, indicator: str, record: dict) -> tuple[str, str]:
    """Return how far out the locality is (a key of READINGS), and the same in words."""
    _, value, low, high, _, _, wide_low, wide_high, far_low, far_high = record["places"][e.place["area_code"]]
    polarity = e.indicators[indicator]["polarity"]
    above = value > record["target"]
    good = (polarity == "high is good") == above
    side = "on the higher side" if above else "on the lower side"
    if polarity != "no judgement":
        side = "on the better side" if good else "on the worse side"
    if value < far_low or value > far_high:
        key = "far"
    elif value < wide_low or value > wide_high:
        key = "beyond"
    else:
        key = "usual" if value < low or value > high else "inside"
    return key, READINGS[key].format(side=side)


def _summary_row(e: Evidence, indicator: str, record: dict) -> list:
    shown = _writer(e, indicator)
    own = record["places"][e.place["area_code"]]
    link = Html(
        f'<a href="#{indicator}">{text(e.indicators[indicator]["short_title"])}</a>, {text(periods.label(record["period"]))}'
    )
    limits = _pair(e, indicator, own[6], own[7])
    return [
        link,
        shown(own[1]),
        limits,
        reading(e, indicator, record)[1],
        _one(record["chance"][0]),
        str(record["beyond"][0]),
    ]


def _writer(e: Evidence, indicator: str):
    unit, decimals = e.indicators[indicator]["unit"], max(e.indicators[indicator]["decimals"], 1)
    return lambda value: number(value, unit, decimals)


def _pair(e: Evidence, indicator: str, low: float, high: float) -> str:
    """Return two limits, with a decimal more than the value where it has none."""
    record = e.indicators[indicator]
    return span(low, high, record["unit"], max(record["decimals"], 1))


def _one(value: float) -> str:
    return f"{value:,.1f}"


def _folded(e: Evidence, indicator: str, record: dict) -> Html:
    title, shown = e.indicators[indicator]["title"], _writer(e, indicator)
    own = record["places"][e.place["area_code"]]
    when = periods.label(record["period"])
    key, words = reading(e, indicator, record)
    caption = f"{title}, {when}: {e.name} {shown(own[1])}. {words}"
    said = _sentences(e, record, shown)
    chart = charts_outcomes.funnel(_drawing(e, record, shown), e.name, caption, f"{caption}. {' '.join(said)}")
    body = chart + "".join(paragraph(s) for s in said) + _places(e, indicator, record, shown) + _counts(record, shown)
    side = next((w for w in COMPARED if f" {w} side" in words), "similar") if key in ("beyond", "far") else "similar"
    mark = COMPARED[side][0]
    summary = (
        f'<summary><span aria-hidden="true">{mark}</span> {text(title)}: {text(words.split(":")[0].lower())}</summary>'
    )
    return Html(f'<details class="hb-funnel">{summary}{body}</details>')


def _sentences(e: Evidence, record: dict, shown) -> list[str]:
    (few, fewer), (many, more) = record["chance"], record["beyond"]
    wide, wider = record["beyond_wide"]
    first = (
        f"{record['n']} authorities have data. If all were as England is ({shown(record['target'])}), chance would put about {_one(few)} of"
        f" them beyond the 95% limits, where {many} are, and about {_one(fewer)} beyond the 99.8% limits, where {more} are."
    )
    second = (
        f"So authorities differ by more than chance explains. With limits widened by that, {wide} are beyond the wider 95% limits"
        f" and {wider} beyond the wider 99.8% limits."
        if record["tau"] > 0
        else "So authorities differ by no more than chance explains, and the limits need no widening."
    )
    said = [first, second]
    if "tenth" in record:
        said.append(
            f"One tenth is always the worst, however alike all are: here the worst tenth begins at {shown(record['edge'])}, and"
            f" {record['tenth']} authorities are in the worst tenth. By chance alone, about {_one(record['chance_tenth'])} would have a figure as bad as that if all were as England is."
        )
    return said


def _drawing(e: Evidence, record: dict, shown) -> dict:
    own, places, curve = e.place["area_code"], record["places"], record["curve"]
    by_interval = record["kind"] == "value"
    points = {
        code: {"x": size, "y": round(value, 2)} | ({"shown": shown(value)} if code == own else {})
        for code, (size, value, *_) in places.items()
    }
    values, sizes = [p["y"] for p in points.values()], [p["x"] for p in points.values()]
    middle = curve[len(curve) // 2]  # where the limits are neither at their widest nor at their narrowest
    low, high = min(*values, middle[7]), max(*values, middle[8])
    room, edge = 0.06 * (high - low), 0.03 * (max(sizes) - min(sizes))
    names = ("x", "low", "high", None, None, "l", "u", "lo", "uo")
    return {
        "points": charts_outcomes.groups(points, own, {n["area_code"] for n in e.neighbours}),
        "curve": [{k: v for k, v in zip(names, row, strict=True) if k} for row in curve],
        "reverse": by_interval,
        "england": record["target"],
        "x_title": f"{SIZES[record['kind']][0].upper()}{SIZES[record['kind']][1:]} (surer to the right)",
        "y_title": UNITS[record["unit"]].strip() or None,
        "x_domain": [round(max(min(sizes) - edge, 0), 4), round(max(sizes) + edge, 4)],
        "y_domain": [round(low - room, 4), round(high + room, 4)],
    }


def _places(e: Evidence, indicator: str, record: dict, shown) -> Html:
    """Return the locality, its neighbours by name, and England: never all places, and never in the order of values."""
    unit = e.indicators[indicator]["unit"]

    def row(name: str, code: str) -> list[str]:
        found = record["places"].get(code)
        if not found:
            return [name, "No value", *["none"] * 4]
        size, value, *limits = found
        how = number(size, unit, 2) if record["kind"] == "value" else f"{size:,.0f}"
        pairs = [_pair(e, indicator, limits[k], limits[k + 1]) for k in (0, 4, 6)]
        return [name, shown(value), how, *pairs]

    rows = [row(e.name, e.place["area_code"])]
    rows += [row(n["name"], n["area_code"]) for n in sorted(e.neighbours, key=lambda n: n["name"])]
    rows.append(["England", shown(record["target"]), "", "", "", ""])
    size = SIZES[record["kind"]]
    head = [
        "Place",
        "Value",
        size[0].upper() + size[1:],
        "95% limits, chance alone",
        "Wider 95% limits",
        "Wider 99.8% limits",
    ]
    title = f"{e.indicators[indicator]['title']}, {periods.label(record['period'])}: {e.name}, its neighbours by name, and England"
    return tables.table(title, head, rows, range(1, 6))


def _counts(record: dict, shown) -> Html:
    rows = [["Authorities with data", "", str(record["n"])]]
    for k, level in enumerate(("95%", "99.8%")):
        rows.append([f"Beyond the {level} limits", _one(record["chance"][k]), str(record["beyond"][k])])
        rows.append([f"Beyond the wider {level} limits", "", str(record["beyond_wide"][k])])
    if "tenth" in record:
        rows.append(["The worst tenth begins at", "", shown(record["edge"])])
        rows.append(["In the worst tenth", _one(record["chance_tenth"]), str(record["tenth"])])
    return tables.table("How many authorities, by chance and found", ["What", "By chance", "Found"], rows, (1, 2))


def _how() -> str:
    return (
        "How to read a funnel: each point is an authority. The fewer people a figure rests on, the further it strays by chance, so the"
        " limits are wide on the left and narrow on the right. Within the grey band a figure is no further from England than chance"
        " explains. The lines are limits widened by how much authorities differ beyond chance: unbroken for 95%, dotted for 99.8%."
        " Limits are those of Spiegelhalter (2005): exact or score limits where counts are published, else normal limits from the"
        " published interval; the widening is the DerSimonian-Laird variance after pulling in the outermost tenth at each end."
        " Differing from England is not the same as doing badly: places differ in what they start from."
    )
