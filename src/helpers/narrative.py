"""Sentences on an indicator as a reader sees them."""

from __future__ import annotations

from . import periods
from .evidence import Evidence, Latest, reason, the
from .wording import number, span

COMPARED = {
    # word: (mark, what it says, before the name of the benchmark); the mark carries the meaning where colour does not
    "better": ("●", "Better than"),
    "similar": ("○", "Similar to"),
    "worse": ("◆", "Worse than"),
    "higher": ("▲", "Higher than"),
    "lower": ("▼", "Lower than"),
    "not compared": ("–", "Not compared"),
}


def value_of(e: Evidence, latest: Latest, value: float | None = None) -> str:
    """Return a value of an indicator with its unit: its own newest, or another `value` of it."""
    record = e.indicators[latest.id]
    return number(latest.value if value is None else value, record["unit"], record["decimals"])


def interval(e: Evidence, latest: Latest) -> str:
    """Return the interval in words, and whose it is."""
    if not latest.interval:
        return "No interval published"
    whose = "published" if latest.interval == "published" else f"ours, {latest.interval} method"
    record = e.indicators[latest.id]
    return f"95% interval {span(latest.lower, latest.upper, record['unit'], record['decimals'])} ({whose})"


def peers(e: Evidence, latest: Latest) -> str:
    """Return the median of the neighbours and how many of them it rests on, or why there is none."""
    have = f"{latest.n} of {latest.of} have data"
    if latest.median != latest.median:
        return f"{e.comparator.capitalize()}: too few to compare ({have})"
    return f"Median of its {e.comparator}: {value_of(e, latest, latest.median)} ({have})"


def comparison(latest: Latest) -> str:
    """Return the comparison with the benchmark in words, with the reason where there is none."""
    whose = the(latest.benchmark_of)
    if latest.against != "not compared":
        return f"{COMPARED[latest.against][1]} {whose}"
    if latest.benchmark != latest.benchmark:
        return f"Not compared: no figure for {whose}"
    return "Not compared: no interval published"


def then_and_now(e: Evidence, latest: Latest) -> str:
    """Return the first and the newest value of the series as a sentence, claiming no trend."""
    present = e.present(latest.id)
    if len(present) < 2:
        return "There is one period only."
    first = present[0]
    decimals = e.indicators[latest.id]["decimals"]
    was, now = round(first.value, decimals), round(latest.value, decimals)
    change = "Up from" if now > was else "Down from" if now < was else "The same as"
    return f"{change} {value_of(e, latest, first.value)} in {periods.label(first.period)}."


def sentence(e: Evidence, latest: Latest) -> str:
    """Return one plain sentence on an indicator's newest value: also the alternative text of its chart."""
    title = e.indicators[latest.id]["title"]
    if not latest.period:
        return f"{title}: no value for {e.name} ({reason(latest.status)})."
    parts = [f"{title} in {e.name}: {value_of(e, latest)} in {periods.label(latest.period)}"]
    if latest.benchmark == latest.benchmark:
        parts.append(f"{latest.benchmark_of}: {value_of(e, latest, latest.benchmark)}")
    parts.append(peers(e, latest))
    return "; ".join(parts) + ". " + then_and_now(e, latest)


def periods_of(e: Evidence, indicator: str) -> str:
    """Return the first and the newest period with a value, as text."""
    have = e.present(indicator)
    return f"{periods.label(have[0].period)} to {periods.label(have[-1].period)}" if have else "no value"
