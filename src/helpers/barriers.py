"""Rules that are in the way: what could be done about each, when, and in how many places the same rule is met."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from . import disclosure, pack, paths
from .pack import Pack

ACTIONS = {
    # action: what it asks for
    "keep": "Keep: it protects somebody's rights",
    "find out": "Find out first what kind of rule it is, and whose rights it protects",
    "change locally": "Change locally",
    "waiver": "Ask for a time-limited waiver, and measure",
    "government": "Ask government to change it",
    "done": "Already changed or waived: measure what followed",
}
DONE = ("changed", "waived")
FICTIONAL = re.compile(r"^fictional:\s*true\b", re.MULTILINE)


def action(legal_level: str, protects_rights: str, status: str) -> str:
    """Return the key of ACTIONS for a rule: rights come first, then what is not known, then who may change it.

    Guidance and regulations can be waived for a time; when that was refused, and for a law, government is asked.

    >>> action("regulation", "no", "asked"), action("regulation", "no", "refused"), action("law", "yes", "asked")
    ('waiver', 'government', 'keep')
    """
    if protects_rights == "yes" or status == "kept":
        return "keep"
    if status in DONE:
        return "done"
    if protects_rights != "no" or legal_level not in ("local", "contract", "guidance", "regulation", "law"):
        return "find out"
    if legal_level in ("local", "contract"):
        return "change locally"
    return "government" if legal_level == "law" or status == "refused" else "waiver"


def results(pack: Pack) -> dict:
    """Return {rows}: each barrier with its action, its counts protected; {} where the pack has none."""
    if not pack.has("barriers"):
        return {}
    rows = []
    for row in pack.table("barriers").itertuples():
        few = any(_hidden(n) for n in (row.cases, row.people))
        rows.append(
            {
                "barrier": row.barrier,
                "rule": row.rule,
                "owner": row.owner,
                "department": "" if row.department.casefold() == "none" else row.department,
                "legal_level": row.legal_level,
                "link": row.link if row.link.startswith("https://") else "",
                "cases": count(row.cases),
                # hours of fewer than eight cases could tell of one person
                "hours": count(row.hours) if row.hours != row.hours or not few else "few",
                "people": count(row.people),
                "period": row.period,
                "evidence": row.evidence,
                "status": row.status,
                "protects_rights": row.protects_rights,
                "next_move": row.next_move,
                "due": row.due,
                "action": action(row.legal_level, row.protects_rights, row.status),
            }
        )
    order = list(ACTIONS)
    return {"rows": sorted(rows, key=lambda r: (order.index(r["action"]), r["barrier"]))}


def _hidden(number: float) -> bool:
    return number == number and disclosure.shown(round(number)) is None


def count(number: float) -> int | str:
    """Return a count as it may be published: a number, "few" where it is from 1 to 7, "not counted" where it is absent.

    >>> count(34), count(3), count(float("nan")), count(0)
    (35, 'few', 'not counted', 0)
    """
    if number != number:
        return "not counted"
    found = disclosure.shown(round(number))
    return "few" if found is None else found


def of_all(folder: Path | None = None) -> list[dict]:
    """Return {name, slug, fictional, rows} of every real pack that holds a register of barriers. Raises DataError."""
    found = []
    for path in sorted(p.parent for p in (folder or paths.LOCAL).glob(f"*/{pack.ABOUT}")):
        if not any(path.glob("barriers.*")) or FICTIONAL.search((path / pack.ABOUT).read_text(encoding="utf-8-sig")):
            continue  # a made-up place stands in no comparison, so it is not even read
        own = pack.read(path)
        found.append({"name": own.name, "slug": own.slug, "fictional": own.fictional, **results(own)})
    return [one for one in found if one.get("rows")]


def rolled_up(packs: list[dict]) -> list[dict]:
    """Return barriers met in several places, by owning department: {department, rule, link, places, actions}.

    `packs` holds {name, slug, fictional, rows} of each locality; fictional ones are left out. Two rows are the same
    barrier where their link is the same, or their words are, in the same department.
    """
    real = [pack for pack in packs if not pack["fictional"]]
    rows = [row | {"place": pack["name"], "slug": pack["slug"]} for pack in real for row in pack["rows"]]
    if not rows:
        return []
    frame = pd.DataFrame(rows)
    plain = frame["rule"].map(lambda words: " ".join(words.split()).casefold())
    frame["same"] = frame["link"].where(frame["link"] != "", plain)
    frame["department"] = frame["department"].where(frame["department"] != "", "No department: local rules")
    out = []
    for (department, _), part in frame.groupby(["department", "same"]):
        places = part.drop_duplicates("slug").sort_values("place")
        out.append(
            {
                "department": department,
                "rule": part["rule"].iloc[0],
                "link": part["link"].iloc[0],
                "places": [{"name": p.place, "slug": p.slug} for p in places.itertuples()],
                "actions": sorted(set(part["action"]), key=list(ACTIONS).index),
            }
        )
    return sorted(out, key=lambda r: (r["department"].casefold(), -len(r["places"]), r["rule"].casefold()))
