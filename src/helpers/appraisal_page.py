"""What each programme is worth, lane by lane, who pays and who gains; and what studies elsewhere found."""

from __future__ import annotations

from . import appraisal, evidence, tables
from .evidence import Evidence
from .wording import Html, number, paragraph, text

WITHOUT = (
    "No programme here can be appraised yet. It needs a fair comparison, the cost for each person, and what one more good"
    " outcome is worth, with a range, in the locality's own folder. Outcomes come first, in their own units; pounds after."
)
HOW = (
    "How to read it: 10,000 draws, in which all that is uncertain varies at once; ranges hold nine in ten. Every benefit is cut"
    " against optimism before it is shown, since benefits tend to look smaller when others measure them again. The lanes are not added up: money that a budget can let go of is"
    " not the same as what people gain. The chances build up from lane to lane, with all costs from the first on."
)


def panel(e: Evidence) -> Html:
    """Return the appraisal of each programme that has one: lanes first, then who pays and gains, then chances."""
    rows = ((e.local or {}).get("programmes") or {}).get("rows", [])
    shown = [row for row in rows if row.get("appraisal") and row.get("integrity") != "fails"]
    if not shown:
        return paragraph(WITHOUT, "hb-gap")
    return Html("".join(_one(row) for row in shown) + paragraph(HOW, "hb-source"))


def _span(row: dict, name: str) -> str:
    if not row[name] and not row[f"{name}_high"]:
        return "none"
    if row[f"{name}_low"] == row[f"{name}_high"]:
        return number(row[name], "gbp", 0)
    return f"{number(row[name], 'gbp', 0)} ({number(row[f'{name}_low'], 'gbp', 0)} to {number(row[f'{name}_high'], 'gbp', 0)})"


def _one(row: dict) -> str:
    own, fiction = row["appraisal"], "Fictional data. " if row.get("fictional") else ""
    of = f"for {own['clients']} people"
    more, low, high = own["outcomes"]
    lead = (
        f"{fiction}For {own['clients']} people: {more:g} more good outcomes than without it (95% interval {low:g} to {high:g}), by evidence"
        f" of level {row['level']} of 5."
    )
    lanes = [[r["lane"].capitalize(), _span(r, "benefit"), _span(r, "cost")] for r in own["lanes"]]
    head = ["Lane", f"Benefit, less {own['haircut']:.0%} against optimism", "Cost"]
    first = tables.table(f"{row['name']}: lanes, {of}", head, lanes, numeric=(1, 2))
    who = [
        [r["who"], "gains" if r["low"] > 0 else "pays" if r["high"] < 0 else "cannot be told", f"{number(r['net'], 'gbp', 0)} ({number(r['low'], 'gbp', 0)} to {number(r['high'], 'gbp', 0)})"]
        for r in own["who"]
    ]  # fmt: skip
    second = tables.table(
        f"{row['name']}: who pays and who gains, {of}", ["Who", "Pays or gains", "Net"], who, numeric=(2,)
    )
    chance = own["chance"]
    said = (
        f"The chance that benefits exceed costs is {chance['cashable']:.0%} counting cashable benefits alone,"
        f" {chance['other public']:.0%} with other public ones, and {chance['social']:.0%} with social ones."
    )
    curve = [[number(r["ceiling"], "gbp", 0), f"{r['chance']:.0%}"] for r in own["acceptability"]]
    third = tables.table(
        f"{row['name']}: chance that it is worth its cost, by what one more good outcome is worth to us",
        ["One more good outcome is worth", "Chance"], curve, numeric=(0, 1),
    )  # fmt: skip
    folded = f"<details><summary>Who pays, who gains, and what if an outcome were worth more</summary>{second}{third}</details>"
    return f'<section class="hb-appraisal"><h4>{text(row["name"])}</h4><p>{text(lead)}</p>{first}<p>{text(said)}</p>{folded}</section>'


def elsewhere(e: Evidence) -> Html:
    """Return the register of what studies elsewhere found, or that nobody has entered any."""
    studies = [appraisal.Study(**record) for record in evidence.shared("studies.json")]
    if not studies:
        return paragraph(
            "The register of studies (data/reference/evidence.yml) is empty. An effect belongs there only when somebody has"
            " read it in the study, with its interval; the entry names the study and the day on which it was read. Until then nothing on these pages rests"
            " on evidence from elsewhere. When it does, what is expected here is the range for a new place, which is wider than the"
            " mean of the studies.",
            "hb-gap",
        )
    rows = [
        [
            f"{s.study} ({s.country}, {s.year})",
            s.design,
            s.outcome,
            f"{s.effect:g} ({s.lower:g} to {s.upper:g}) {s.units}",
            s.checked,
        ]
        for s in studies
    ]
    head = ["Study", "Design", "Outcome", "Effect, 95% interval; positive is better", "Checked on"]
    table = tables.table("Effects found elsewhere", head, rows)
    together = "".join(paragraph(words) for words in _new_place(studies))
    return Html(table + together)


LEAST_STUDIES = 3  # below, no range for a new place can be told
NORMAL_95 = 1.96


def _new_place(studies: list[appraisal.Study]) -> list[str]:
    """Return, for each programme and outcome, what to expect in a place that was in none of the studies."""
    groups: dict[tuple[str, str, str], list[appraisal.Study]] = {}
    for study in studies:
        groups.setdefault((study.programme, study.outcome, study.units), []).append(study)
    said = []
    for (programme, outcome, units), own in groups.items():
        lead = f"{programme}, {outcome}:"
        if len(own) < LEAST_STUDIES:
            least = f"{len(own)} of the {LEAST_STUDIES} studies that a range for a new place needs"
            said.append(f"{lead} {least}, so nothing is expected here from elsewhere.")
            continue
        errors = [(s.upper - s.lower) / (2 * NORMAL_95) for s in own]
        found = appraisal.elsewhere([s.effect for s in own], errors)
        said.append(
            f"{lead} in a place that was in none of {len(own)} studies, expect from {found.new_lower:.3g} to {found.new_upper:.3g} {units}"
            f" (95% prediction interval). The mean of the studies, {found.mean:.3g} ({found.lower:.3g} to {found.upper:.3g}), says less"
            " about a new place."
        )
    return said
