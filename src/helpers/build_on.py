"""What a place has to build on: libraries, museums, sport, culture, and how people feel about their lives."""

from __future__ import annotations

from . import periods, tables
from .evidence import Evidence, reason
from .narrative import COMPARED, interval, peers, value_of
from .spine import link, small
from .wording import Html, listed, paragraph

ASSETS = (
    *("library_within_30_minutes", "visited_library", "museums_per_100k", "visited_heritage", "engaged_with_arts"),
    *("sports_facilities_per_10k", "life_satisfaction", "worthwhile", "happiness", "anxiety"),
)


def assets(e: Evidence) -> Html:
    """Return what the place has to build on: libraries, museums, sport, culture, and how people feel about their lives."""
    rows = []
    for latest in (e.latest(i) for i in ASSETS if i in e.indicators):
        if not latest.period:
            rows.append([link(e, latest), "No value", reason(latest.status), "", "", ""])
            continue
        median = peers(e, latest).removeprefix(f"Median of its {e.comparator}: ")
        median = median.removeprefix(f"{e.comparator.capitalize()}: ")
        said = f"{COMPARED[latest.against][0]} {latest.against}"
        standard = value_of(e, latest, latest.benchmark)
        rows.append(
            [
                link(e, latest),
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
    elif not any(e.latest(i).period for i in ASSETS if i in e.indicators):
        return str(_unknown(e))
    else:
        lead = f"{e.name} has no more of what is counted here than the middle one of its {e.comparator}."
    nation = e.nation or "Nation"
    head = ["What there is", e.name, "95% interval", nation, "Neighbours' median (with data)", f"Beside {nation}"]
    table = tables.table(f"What there is to build on in {e.name}, and how people feel", head, rows, (3,))
    return Html(paragraph(lead) + table + _unknown(e))


def _unknown(e: Evidence) -> Html:
    """Return that nobody counts the greater part of what a place has; where it was listed here, where to read it."""
    if e.local.get("institutions", {}).get("assets"):
        words = (
            "No open source counts hubs, charities, groups and volunteers for every place, so they are in no comparison. What"
            f" public lists name in {e.name} is further down, under what people here can use."
        )
        return paragraph(words)
    return paragraph(
        "How many hubs, charities, groups and volunteers there are is not known here: no open source counts them for every"
        " place. They are often the greater part of what a place has.",
        "hb-gap",
    )
