"""Rules that are in the way: the register and its moves in time for one locality, and the same rule in many places."""

from __future__ import annotations

import json

from . import paths, periods, tables
from .barriers import ACTIONS, rolled_up
from .evidence import Evidence
from .local_notice import caption as marked
from .schemas import DataError
from .wording import Html, listed, paragraph, text

FEW = "fewer than 8"
YEARS = 3  # the least that a redesign of a rule is planned for
TO_DO = {
    "keep": "to keep, since rights rest on it",
    "find out": "to look into",
    "change locally": "to change here",
    "waiver": "to ask a waiver for",
    "government": "to ask government about",
    "done": "changed or waived already",
}


def barriers(e: Evidence) -> Html:
    """Return the register of barriers by what could be done, and the moves in the order of their dates."""
    rows = e.local.get("barriers", {}).get("rows", [])
    if not rows:
        return paragraph(
            f"Not yet asked: which rule, target, form or contract term gets in the way in {e.name}. To add it, run handbook new-pack"
            f" {e.place['slug']}, and fill in the table of barriers.",
            "hb-gap",
        )
    counts = [(words, sum(r["action"] == key for r in rows)) for key, words in TO_DO.items()]
    said = listed([f"{n} {words}" for words, n in counts if n])
    body = [
        [
            _rule(r),
            ACTIONS[r["action"]],
            r["owner"] or "no owner known",
            r["legal_level"],
            _counted(r["cases"]),
            _counted(r["people"]),
            _counted(r["hours"]).replace(FEW, "not shown"),
            periods.label(r["period"]) if r["period"] else "not said",
            r["evidence"] or "not said",
        ]
        for r in rows
    ]
    head = [
        "Rule",
        "What could be done",
        "Owner",
        "Kind of rule",
        "Cases",
        "People held back",
        "Hours",
        "When",
        "Known from",
    ]
    number = "1 rule is" if len(rows) == 1 else f"{len(rows)} rules are"
    return Html(
        paragraph(f"{number} in the register: {said}.")
        + tables.table(marked(e, "Rules that are in the way, by what could be done"), head, body)
        + paragraph(
            "Cases, people and hours are rounded to the nearest 5, and numbers from 1 to 7 are not shown. A rule that protects"
            " somebody's rights is kept, however often it is in the way.",
            "hb-source",
        )
        + _moves(e, rows)
    )


def _rule(row: dict) -> str | Html:
    return Html(f'<a href="{text(row["link"])}">{text(row["rule"])}</a>') if row["link"] else row["rule"]


def _counted(count: int | str) -> str:
    return f"{count:,}" if isinstance(count, int) else FEW if count == "few" else count


def _moves(e: Evidence, rows: list[dict]) -> str:
    edition = e.place["edition"]
    dated = sorted((r for r in rows if r["due"]), key=lambda r: (r["due"], r["barrier"]))
    undated = [r for r in rows if not r["due"] and r["action"] not in ("keep", "done")]
    late = [r for r in dated if r["due"] < edition and r["status"] not in ("changed", "waived", "kept")]
    parts = []
    if dated:
        words = f"{len(dated)} {'move has' if len(dated) == 1 else 'moves have'} a date{_span(dated)}."
        if late:
            words += f" {len(late)} {'is' if len(late) == 1 else 'are'} past it on the day of this edition, {periods.label(edition)}."
        body = [
            [
                periods.label(r["due"]) + (" (past)" if r in late else ""),
                r["next_move"] or "not said",
                r["rule"],
                r["owner"] or "no owner known",
                r["status"],
            ]
            for r in dated
        ]
        if int(dated[-1]["due"][:4]) - int(edition[:4]) < YEARS:
            words += f" None is dated {YEARS} years ahead or more, though a rule takes {YEARS} to 5 years to redesign."
        head = ["By when", "Next move", "Rule", "Owner", "Where it stands"]
        parts += [paragraph(words), tables.table(marked(e, "The moves in the order of their dates"), head, body)]
    if undated:
        names = "; ".join(r["rule"] for r in undated)
        parts.append(paragraph(f"No date is set for: {names}.", "hb-gap"))
    return "".join(parts) + _since(e)


def _span(dated: list[dict]) -> str:
    first, last = (periods.label(dated[end]["due"]) for end in (0, -1))
    return f", {first}" if first == last else f", from {first} to {last}"


def _since(e: Evidence) -> str:
    """Return what became of the rules since the edition before."""
    if not e.changes:
        return paragraph("What moved since the edition before will stand here from the next edition on.", "hb-source")
    moves, day = e.changes.get("barriers", []), periods.label(e.changes["since"])
    if not moves:
        return paragraph(f"Nothing in the register moved since the edition of {day}.", "hb-gap")
    rows = [[m["rule"], m["what"], m["before"] or "not said", m["now"] or "not said"] for m in moves]
    caption = marked(e, f"What moved since the edition of {day}")
    how_many = "1 entry" if len(moves) == 1 else f"{len(moves)} entries"
    return paragraph(f"{how_many} of the register moved since the edition of {day}.") + tables.table(
        caption, ["Rule", "What moved", "Before", "Now"], rows
    )


def everywhere() -> Html:
    """Return barriers that localities of this edition named, by owning department: in how many places each is met."""
    path = paths.BUNDLES / "_common" / "barriers.json"
    if not path.exists():
        raise DataError([f"{paths.shown(path)}: not built. Run: handbook bundle"])
    packs = json.loads(path.read_text(encoding="utf-8"))
    rows = rolled_up(packs)
    if not rows:
        return paragraph(
            "No locality has supplied a register of barriers yet, so which national rules get in the way in many places is not known."
            " Fictional places are left out.",
            "hb-gap",
        )
    many = [r for r in rows if len(r["places"]) > 1]
    words = f"{sum(not p['fictional'] for p in packs)} localities supplied a register. {len(many)} of {len(rows)} rules are met in more than one place."
    body = [
        [
            r["department"],
            Html(f'<a href="{text(r["link"])}">{text(r["rule"])}</a>') if r["link"] else r["rule"],
            str(len(r["places"])),
            Html(
                ", ".join(
                    f'<a href="localities/{text(p["slug"])}/recommendations.html">{text(p["name"])}</a>'
                    for p in r["places"]
                )
            ),
            "; ".join(ACTIONS[a].split(":")[0] for a in r["actions"]),
        ]
        for r in rows
    ]
    head = ["Owning department", "Rule", "Places", "Which", "What they ask"]
    return Html(
        paragraph(words)
        + tables.table("The same rule in several places, by owning department", head, body, numeric=(2,))
    )
