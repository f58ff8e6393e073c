"""Numbers and sentences as a reader sees them. Every text that comes from data is escaped here, once."""

from __future__ import annotations

import re
from html import escape

from . import periods
from .evidence import Evidence, Latest, reason, the
from .schemas import UNITS

COMPARED = {
    # word: (mark, what it says, before the name of the benchmark); the mark carries the meaning where colour does not
    "better": ("●", "Better than"),
    "similar": ("○", "Similar to"),
    "worse": ("◆", "Worse than"),
    "higher": ("▲", "Higher than"),
    "lower": ("▼", "Lower than"),
    "not compared": ("–", "Not compared"),
}

_UNITS = [
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


class Html(str):
    """Trusted HTML of our own making; a notebook shows it as such."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        """Return the beginning of the text without its tags: a notebook keeps this beside the HTML.

        >>> Html("<p>On <b>none</b></p>")
        On none
        """
        plain = " ".join(re.sub(r"<[^>]*>", " ", self).split())
        return plain if len(plain) <= 120 else plain[:119] + "…"


def number(value: float, unit: str, decimals: int = 1) -> str:
    """Return a number with its unit as a reader expects it.

    >>> [number(v, u, d) for v, u, d in ((18.24, "pct", 1), (1234567, "gbp", 0), (45.6, "per_10k", 1))]
    ['18.2%', '£1,234,567', '45.6 per 10,000']
    >>> number(-3.2, "gbp", 0), number(float("nan"), "pct")
    ('−£3', 'no value')
    """
    if value != value:
        return "no value"
    sign = "−" if round(value, decimals) < 0 else ""
    digits = f"{abs(value):,.{decimals}f}"
    if unit in ("gbp", "gbp_thousand", "gbp_per_week"):
        thousand = "" if unit != "gbp_thousand" else " thousand"
        return f"{sign}£{digits}{thousand}{UNITS[unit]}"
    return f"{sign}{digits}{UNITS[unit]}"


def money(value: float) -> str:
    """Return pounds in the words of a headline.

    >>> money(12_345_678), money(2_400_000_000), money(-560_400), money(812)
    ('£12.3 million', '£2.4 billion', '−£560,400', '£812')
    """
    if value != value:
        return "no value"
    size, sign = abs(value), "−" if value < 0 else ""
    if size >= 1e9:
        return f"{sign}£{size / 1e9:.1f} billion"
    if size >= 1e6:
        return f"{sign}£{size / 1e6:.1f} million"
    return f"{sign}£{size:,.0f}"


def listed(words: list[str], last: str = "and") -> str:
    """Return words as a list in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def in_words(n: int) -> str:
    """Return a number below a hundred as a word.

    >>> in_words(3), in_words(28), in_words(140)
    ('three', 'twenty-eight', '140')
    """
    if n < len(_UNITS):
        return _UNITS[n]
    return f"{_TENS[n // 10]}{'-' + _UNITS[n % 10] if n % 10 else ''}" if n < 100 else str(n)


def value_of(e: Evidence, latest: Latest, value: float | None = None) -> str:
    """Return a value of an indicator with its unit: its own newest, or another `value` of it."""
    record = e.indicators[latest.id]
    return number(latest.value if value is None else value, record["unit"], record["decimals"])


def span(low: float, high: float, unit: str, decimals: int = 1) -> str:
    """Return two limits, with their unit said once where it is a word.

    >>> span(45.3, 58.6, "per_10k"), span(4, 9, "pct", 0), span(-2, 3, "gbp", 0)
    ('45.3 to 58.6 per 10,000', '4% to 9%', '−£2 to £3')
    """
    worded = UNITS[unit].startswith(" ") and not unit.startswith("gbp")
    return f"{number(low, 'ratio' if worded else unit, decimals)} to {number(high, unit, decimals)}"


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


def text(value: object) -> str:
    """Return any text from data, escaped for HTML.

    >>> text('<b>"Q" & A')
    '&lt;b&gt;&quot;Q&quot; &amp; A'
    """
    return escape(str(value), quote=True)


COMMAND = re.compile(r"\bhandbook (new-pack|what-if|release)\b( [a-z][a-z0-9-]*)?")


def prose(words: str) -> Html:
    """Return plain words as HTML, escaped, with a command of the handbook set as something to type.

    >>> str(prose("Run handbook new-pack trafford, & fill it in."))
    'Run <code>handbook new-pack trafford</code>, &amp; fill it in.'
    """
    return Html(COMMAND.sub(r"<code>\g<0></code>", text(words)))


def paragraph(words: str, kind: str = "") -> Html:
    """Return a paragraph of plain words as HTML, escaped."""
    attribute = f' class="{kind}"' if kind else ""
    return Html(f"<p{attribute}>{prose(words)}</p>")
