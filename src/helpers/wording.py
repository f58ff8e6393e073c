"""Numbers and words as a reader sees them. Every text that comes from data is escaped here, once."""

from __future__ import annotations

import re
from html import escape

UNITS = {
    # code: how it is written after a number
    "pct": "%",
    "per_1k": " per 1,000",
    "per_10k": " per 10,000",
    "per_100k": " per 100,000",
    "count": "",
    "gbp": "",  # written £ before the number
    "gbp_thousand": "",
    "gbp_per_week": " a week",
    "years": " years",
    "score": "",
    "score_out_of_10": " out of 10",
    "ratio": "",
    "index": "",
}

_ONES = [
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
    if n < len(_ONES):
        return _ONES[n]
    return f"{_TENS[n // 10]}{'-' + _ONES[n % 10] if n % 10 else ''}" if n < 100 else str(n)


def span(low: float, high: float, unit: str, decimals: int = 1) -> str:
    """Return two limits, with their unit said once where it is a word.

    >>> span(45.3, 58.6, "per_10k"), span(4, 9, "pct", 0), span(-2, 3, "gbp", 0)
    ('45.3 to 58.6 per 10,000', '4% to 9%', '−£2 to £3')
    """
    worded = UNITS[unit].startswith(" ") and not unit.startswith("gbp")
    return f"{number(low, 'ratio' if worded else unit, decimals)} to {number(high, unit, decimals)}"


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
