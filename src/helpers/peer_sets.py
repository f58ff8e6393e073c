"""The two sets of places like this one: who is in each, and how far they agree."""

from __future__ import annotations

from . import tables
from .evidence import COMPARATORS, Evidence
from .wording import Html, listed, paragraph

WHO = {"dfe": "Department for Education", "ons": "Office for National Statistics"}


def sets(e: Evidence) -> Html:
    """Return both sets of neighbours in a table, with the places that are in both, and which set this page uses."""
    members = {name: {n["area_code"]: n for n in e.place["neighbours"][name]} for name in COMPARATORS}
    both = [n["name"] for code, n in members["dfe"].items() if code in members["ons"]]
    sizes = {name: len(m) for name, m in members.items()}
    if not any(sizes.values()):
        return paragraph(
            f"Neither publisher names places like {e.name}, so nothing here is compared with neighbours.", "hb-gap"
        )
    if not sizes["dfe"]:
        names = listed(sorted(n["name"] for n in members["ons"].values()))
        return paragraph(
            f"This page compares {e.name} with its {e.comparator}: {names}. The {WHO['dfe']} names such places for England only."
            " No median is shown where fewer than five of them have a figure."
        )
    shared = f"{listed(both)} {'are' if len(both) > 1 else 'is'} in both sets." if both else "No place is in both sets."
    lead = (
        f"This page compares {e.name} with its {e.comparator}. The {WHO['dfe']} names {sizes['dfe']} places like it and the"
        f" {WHO['ons']} {sizes['ons']}; {len(both)} {'is' if len(both) == 1 else 'are'} in both. {shared} No median is shown where fewer than five of"
        " them have a figure."
    )
    every = {**members["dfe"], **members["ons"]}
    rows = [
        [
            n["name"],
            *("yes" if code in members[name] else "no" for name in COMPARATORS),
        ]
        for code, n in sorted(every.items(), key=lambda item: item[1]["name"])
    ]
    head = ["Place", f"{WHO['dfe']} ({sizes['dfe']})", f"{WHO['ons']} ({sizes['ons']})"]
    title = f"Places like {e.name}, by two publishers: {len(both)} in both"
    return Html(paragraph(lead) + f"<details><summary>Both sets</summary>{tables.table(title, head, rows)}</details>")
