"""What pages say of a place outside England, or of one that no public figure is held for."""

from __future__ import annotations

from . import local_notice, periods
from .evidence import Evidence, the
from .narrative import interval, value_of
from .rules._elsewhere import against
from .wording import Html, paragraph, text

PLAIN = ("London", "Yorkshire and The Humber", "Wales", "Scotland", "Northern Ireland")


def region(name: str) -> str:
    """Return the name of a region or nation as it stands in a sentence.

    >>> region("North West"), region("Wales")
    ('the North West', 'Wales')
    """
    return name if name in PLAIN else f"the {name}"


def own(e: Evidence) -> Html:
    """Return what a place with evidence of its own is; of one that is made up, the first thing on every page."""
    code = e.place["area_code"]
    if e.place["fictional"]:
        words = (
            f"{e.name} does not exist. It was made up to show how a locality adds evidence of its own, and every figure on"
            f" its pages is made up too. It stands in no comparison and no sum. (Code {code}.)"
        )
        return Html(f'<p class="hb-fictional"><strong>Fictional place.</strong> {text(words)}</p>')
    return paragraph(
        f"{e.name} (code {code}) is a place that brings evidence of its own. No public figure is held for it, so these"
        " pages show what it gave, and it stands in no comparison and no sum."
    )


def notice(e: Evidence) -> Html:
    """Return how much is held of a place in another nation and what it is set beside; nothing for a place in England."""
    if e.nation == "England":
        return Html("")
    have = sum(bool(e.present(i)) for i in e.indicators)
    return paragraph(
        f"This handbook holds {have} of its {len(e.indicators)} indicators for {e.name}. Most of the others are published for"
        f" England only. What is there is compared with {e.nation}, or with the UK where {e.nation} has no figure. The"
        f" Department for Education's list of neighbours is of England only, so {e.name} is set beside its {e.comparator},"
        " which can lie in any nation.",
        "hb-notice",
    )


def asked(e: Evidence, word: str) -> Html:
    """Return what is asked of a figure outside England before it is named, and how often chance alone passes."""
    if not e.nation:
        return Html("")
    if word == "better":
        return paragraph("A strength is found by the same rule turned round.")
    words = (
        f"Fewer figures are published for {e.nation} than for England, so the rule asks less: a figure is named where its 95%"
        f" interval lies wholly on the worse side of {e.nation}, or of the UK where {e.nation} has no figure, and its value on the"
        f" worse side of the middle one of its neighbours. Of figures that are as the nation's are, about one in forty lies"
        " there by chance."
    )
    return paragraph(words)


def three(e: Evidence, word: str, limit: int | None = 3) -> Html:
    """Return the indicators in which the place is clearly `word` than its nation and than its neighbours' median."""
    if not e.nation:
        return paragraph(f"No public figure is held for {e.name}, so nothing is set beside other places.", "hb-gap")
    found = against(e, word)
    if not found:
        return paragraph(
            f"On none of the indicators that can be compared is {e.name} clearly {word} than {e.nation} and on the same side of"
            f" its {e.comparator}. Few figures are published for {e.nation}, and most have no interval.",
            "hb-gap",
        )
    items = ""
    for latest in found[:limit]:
        record = e.indicators[latest.id]
        mark = local_notice.mark(e, latest.id)
        items += (
            f'<li><a href="{record["chapter"]}.html#{latest.id}">{text(record["short_title"])}</a>{mark}: <strong>{text(value_of(e, latest))}</strong>'
            f" in {text(periods.label(latest.period))}, {text(the(latest.benchmark_of))} {text(value_of(e, latest, latest.benchmark))}, median of neighbours"
            f" {text(value_of(e, latest, latest.median))} ({latest.n} of {latest.of} have data). {text(interval(e, latest))}.</li>"
        )
    lead = paragraph(
        f"Here {e.name} is clearly {word} than {e.standard(found)}, and on the {word} side of its {e.comparator}."
    )
    return Html(f'{lead}<ul class="hb-three">{items}</ul>')
