"""Spend beside what need lets one expect of a place: more, less, or about as much as places with similar need."""

from __future__ import annotations

from . import charts_spend, england_only, expected, spend, tables
from .evidence import Evidence
from .wording import Html, listed, number, paragraph

SAID = {
    "more": "more than places with similar need",
    "less": "less than places with similar need",
    "similar": "within the range of places with similar need",
}


def _scale(e: Evidence, year: str) -> float:
    """Return what one pound of `year` is in prices of the base year; 1 where the deflator does not reach."""
    return spend.real_terms(1.0, year, e.deflator, e.price_base_year) if year in e.deflator.index else 1.0


@england_only.of("the pattern of spend and need")
def given_need(e: Evidence) -> Html:
    """Return each sum of spend a head beside its 80% interval, with the predictors, the fit and what it cannot say."""
    values, rows, said, gaps = [], [], [], []
    for key, model in e.expected_models.items():
        own = e.expected.loc[key]
        title = model["title"]
        if own["why"]:
            when = f" in {model['year']}" if model["year"] else ""
            gaps.append(f"{title}: not compared{when}, because {own['why']}.")
            continue
        scale = _scale(e, model["year"])
        found = expected.verdict(own["actual"], own["low"], own["high"])
        spent, middle, low, high = (number(own[c] * scale, "gbp", 0) for c in ("actual", "expected", "low", "high"))
        rows.append([f"{title}, {model['per']}, {model['year']}", spent, middle, f"{low} to {high}", SAID[found]])
        said.append((found, title))
        percent = {c: round(100 * own[c] / own["expected"], 2) for c in ("actual", "low", "high")}
        shown = f"{spent} {model['per']}; expected about {middle}, 80% interval {low} to {high}"
        values.append({"label": f"{title}|{model['per']}", "expected": 100, "shown": shown, **percent})
    missing = "".join(paragraph(words, "hb-gap") for words in gaps)
    if not rows:
        return Html(missing)
    caption = f"{e.name}'s spend: {_grouped(said)}"
    chart = charts_spend.against_expected(values, caption, f"{caption}. Grey: 80% interval; diamond: what was spent.")
    head = ["Spend", "Spent", "Expected, about", "80% interval", "Reading"]
    table = tables.table(
        f"Spend and what is expected given need, in prices of {e.price_base_year}", head, rows, (1, 2, 3)
    )
    reading, *models = map(paragraph, _method(e))
    folded = f"<details><summary>What each expectation is worked out from</summary>{''.join(models)}</details>"
    return Html(chart + table + missing + reading + (folded if models else ""))


def _grouped(said: list[tuple[str, str]]) -> str:
    """Return the readings in words, those that are alike together.

    >>> _grouped([("similar", "Late help"), ("more", "Early help"), ("similar", "The council")])
    'within the range of places with similar need on late help and the council; more than places with similar need on early help'
    """
    titles: dict[str, list[str]] = {}
    for found, title in said:
        titles.setdefault(found, []).append(title[0].lower() + title[1:])
    return "; ".join(f"{SAID[found]} on {listed(names)}" for found, names in titles.items())


def _method(e: Evidence) -> list[str]:
    words = [
        "How to read it: the grey bar is where four of five places with this need would be expected, the tick the middle of"
        " it, and the diamond what was spent. More is not waste and less is not thrift: prices, choices, and needs that"
        " no figure here holds differ too. What is expected is the pattern over places, not what is right to spend."
    ]
    for key, model in e.expected_models.items():
        if e.expected.at[key, "why"]:
            continue
        predictors = listed([f"{p['words']} ({p['when']})" for p in model["predictors"]])
        note = f" {model['note']}" if model["note"] else ""
        words.append(
            f"{model['title']}, {model['year']}: predicted from {predictors}, over {model['n']} places, each left out of its own"
            f" prediction. These tell {100 * model['r_squared']:.0f}% of the differences between places (R² ="
            f" {model['r_squared']:.2f}). Chance alone would put about {model['n'] / 5:.0f} of the {model['n']} outside their"
            f" intervals; {model['outside']} are. People counted on {model['heads']}.{note}"
        )
    return words
