"""What every page of a locality must say about its own evidence: private, fictional, or shared by partners."""

from __future__ import annotations

from . import paths, periods
from .evidence import Evidence
from .wording import Html, listed, text

PRIVATE = f"{paths.MARK}. It shows results that the data controller has not agreed to publish."
FICTIONAL = "{name} is fictional. Its own evidence on these pages was made up, to show what a pack can say."


def notice(e: Evidence) -> Html:
    """Return the notices of a private build and of a made-up place; nothing where neither is so."""
    words = [PRIVATE] if paths.PRIVATE or e.local.get("private") else []
    words += [FICTIONAL.format(name=e.name)] if e.local.get("fictional") else []
    return Html("".join(f'<p class="hb-notice"><strong>{text(w)}</strong></p>' for w in words))


def shared(e: Evidence, indicator: str) -> Html:
    """Return the mark of an indicator that the partners here watch together; nothing for any other."""
    for entry in e.local.get("shared_measures", ()):
        if entry["indicator"] == indicator:
            who = f", agreed on {periods.label(entry['agreed_on'])} by {entry['who']}"
            return Html(f'<p class="hb-shared">Shared by partners here{text(who)}.</p>')
    return Html("")


def burden(e: Evidence) -> Html:
    """Return in one sentence what front-line staff are asked to write down, or that nobody has said."""
    found = e.local.get("burden")
    if not found:
        return Html('<p class="hb-gap">Not known: how much front-line staff here are asked to write down.</p>')
    roles = listed([f"{role}, {n}" for role, n in found["by_role"].items()])
    items, new, held = (found[k] for k in ("items", "asked_anew", "held_elsewhere"))
    words = f"Front-line staff are asked to write down {items} item{'' if items == 1 else 's'} ({roles})."
    words += f" {new or 'None'} of them {'is' if new == 1 else 'are'} held by no other system."
    if held:
        words += f" {held} {'is' if held == 1 else 'are'} held elsewhere already, and could be taken from there."
    if found["hours_a_year"]:
        words += f" For one worker in each role that comes to about {found['hours_a_year']:,.0f} hours a year"
        gap = found["without_minutes"]
        words += (
            f"; {gap} item{'' if gap == 1 else 's'} without a time {'is' if gap == 1 else 'are'} left out."
            if gap
            else "."
        )
    return Html(f"<p>{text(words)}</p>")


def mark(e: Evidence, indicator: str) -> Html:
    """Return a short mark for a list or table, to stand beside an indicator that the partners here watch together."""
    if any(entry["indicator"] == indicator for entry in e.local.get("shared_measures", ())):
        return Html(' <span class="hb-shared-mark">shared by partners</span>')
    return Html("")


def caption(e: Evidence, words: str) -> str:
    """Return the caption of a chart or table, which may be taken away from its page, marked where it is made up."""
    return f"Fictional: {words}" if e.local.get("fictional") else words
