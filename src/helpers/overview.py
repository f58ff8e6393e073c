"""The first page of a locality: what it is, three needs, three strengths, the pound, and one thing nobody knows."""

from __future__ import annotations

from collections import Counter

from . import accounts, elsewhere, england_only, local_notice, recommendations, standout
from .evidence import Evidence
from .rules import AREAS, STATUSES
from .wording import Html, listed, paragraph, text


def header(e: Evidence) -> Html:
    """Return what the place is, the parameters of the page, and a notice where its area or code has changed."""
    if not e.nation:
        return Html(elsewhere.own(e) + _parameters(e, "compared with no other place"))
    kind = e.place["kind"]
    districts = e.place["districts"]
    about = f"{e.name} is a {kind} in {elsewhere.region(e.place['region'])} (GSS code {e.place['area_code']})."
    if districts:
        about += f" Its {len(districts)} districts are {listed(districts)}."
    notice = local_notice.notice(e) + "".join(
        f'<p class="hb-notice">{text(_change(e, c))}</p>' for c in e.place["changes"]
    )
    return Html(
        f"<p>{text(about)}</p>{notice}{elsewhere.notice(e)}" + _parameters(e, f"compared with its {e.comparator}")
    )


def _parameters(e: Evidence, beside: str) -> str:
    return (
        f'<p class="hb-parameters">This page: edition {text(e.place["edition"])} · prices of {text(e.price_base_year)} ·'
        f" {text(beside)}.</p>"
    )


def _change(e: Evidence, change: dict) -> str:
    if change["kind"] == "recode":
        return f"Its GSS code changed from {change['old_code']} in {change['year']}; the area did not. Figures under the old code are included."
    if change["kind"] == "same_boundary":
        return (
            f"The council was formed in {change['year']} from {change['old_name']} ({change['old_code']}) and its districts, on the"
            " same ground. Older figures of the county are included where the publisher gives them."
        )
    return (
        f"The council was formed in {change['year']}, on part of the ground of {change['old_name']} ({change['old_code']}) or together with"
        " it. Figures of that older area cover other ground: they are not included, so series here begin later."
    )


def needs(e: Evidence) -> Html:
    """Return up to three priority needs, by the rule of the needs chapter."""
    found = standout.three(e, "worse") if e.nation == "England" else elsewhere.three(e, "worse")
    link = '<p><a href="needs.html">The needs page shows what was looked at and not named.</a></p>' if e.nation else ""
    return Html(standout.asked(e, "worse") + found + link)


def strengths(e: Evidence) -> Html:
    """Return up to three strengths, by the same rule turned round."""
    found = standout.three(e, "better") if e.nation == "England" else elsewhere.three(e, "better")
    return Html(standout.asked(e, "better") + found)


def pound(e: Evidence) -> Html:
    """Return the early share of children's spend, and what late help came to for each child, in two sentences."""
    if e.nation != "England":
        return paragraph(england_only.money(e), "hb-gap")
    return Html(
        f'<p class="hb-lead">{text(accounts.headline(e))} <a href="spend.html">See every line.</a></p>'
        + paragraph(accounts.late_a_child(e))
    )


def findings(e: Evidence) -> Html:
    """Return what each of the five areas comes to, in one line each: each status once, with how often it is said."""
    rows = ""
    for area, title in AREAS.items():
        often = Counter(STATUSES[f.status].lower() for f in recommendations.findings(e) if f.area == area)
        said = "; ".join(status + (f" ({times} times)" if times > 1 else "") for status, times in often.items())
        if said:
            link = f'<a href="recommendations.html#area-{area}">Why</a>'
            rows += f"<li><strong>{text(title)}:</strong> {text(said)}. {link}</li>"
    return Html(f"<ul>{rows}</ul>")


def unknown(e: Evidence) -> Html:
    """Return the one thing that matters most and that no open data says."""
    listened = e.local.get("listening", {})
    if any(theme["direction"] == "help themselves" for theme in listened.get("themes", [])):
        who = [row["who"] for row in listened["not_heard"]]
        return paragraph(
            f"Some people in {e.name} have said what would help them to help themselves. What the others would say nobody knows: "
            + (f"not yet heard are {listed(who)}." if who else "who was not heard is not even on record.")
        )
    return paragraph(
        f"Nobody has asked people in {e.name}, for this book, what would help them to help themselves. No open data says it either."
    )
