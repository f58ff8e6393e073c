"""What there is to build on here, and how partners work together, as a reader sees it."""

from __future__ import annotations

from . import institutions, periods, tables
from .evidence import Evidence
from .local_notice import caption as marked
from .wording import Html, listed, paragraph, text


def content(e: Evidence) -> dict:
    """Return what the analysis of institutions gave; {} where the locality supplied nothing."""
    return e.local.get("institutions", {})


def limits(e: Evidence) -> dict:
    """Return the thresholds of this edition by name."""
    return {name: record["value"] for name, record in e.thresholds.items()}


def how(e: Evidence, tables_: str) -> str:
    """Return how a locality can add tables to its pack."""
    return f"To add it, run handbook new-pack {e.place['slug']}, and fill in the table{'s' if ' ' in tables_ else ''} of {tables_}."


STATED = {
    "evidenced": "there is proof of",
    "declared": "partners declare, without proof,",
    "absent": "partners say that these are absent:",
    "not said": "nothing is said of",
}
STATES = {"yes": "yes", "no": "no: nobody has found one", "unknown": "unknown"}


def shared(e: Evidence) -> Html:
    """Return the register of shared institutions and the five conditions of working together, or how to add them."""
    own = content(e)
    if not _registered(own):
        register = paragraph(
            f"Not known: which supporter teams, community anchors, family hubs and extended schools there are in {e.name}. No list"
            f" covers every place. {how(e, 'register')}",
            "hb-gap",
        )
    else:
        register = _register(e, own["register"])
    given = own.get("conditions", [])
    if all(row["state"] == "not said" for row in given):
        return Html(
            register
            + paragraph(
                "Not yet asked: whether the five conditions of working together are there (a common agenda, shared measurement,"
                " activities that strengthen each other, steady communication, and a backbone). "
                + how(e, "conditions"),
                "hb-gap",
            )
        )
    return Html(register + _conditions(e, given))


def _registered(own: dict) -> bool:
    """Return whether anybody has looked for a shared institution here."""
    return any(row["status"] != "unknown" or row["date"] for row in own.get("register", []))


def short(e: Evidence) -> Html:
    """Return the register and the five conditions in a sentence each, for the first page; or that they are not known."""
    own = content(e)
    rows = own.get("register", []) if _registered(own) else []
    register = _register_in_words(rows) if rows else "Which shared institutions there are is not known."
    given = own.get("conditions", [])
    said = [row for row in given if row["state"] != "not said"]
    together = _conditions_in_words(given) if said else "Nobody has said whether partners here work as one."
    if not rows and not said:
        return paragraph(f"{register} {together}", "hb-gap")
    return Html(f'<p>{text(register)} {text(together)} <a href="recommendations.html#area-1">See both.</a></p>')


def _register_in_words(rows: list[dict]) -> str:
    kinds = {k: sum(r["status"] == "yes" for r in rows if r["kind"] == k) for k in institutions.KINDS}
    there = [f"{n} {_kind(k, n)}" for k, n in kinds.items() if n]
    missing = [k for k in institutions.KINDS if all(r["status"] == "unknown" for r in rows if r["kind"] == k)]
    missing = [k for k in missing if any(r["kind"] == k for r in rows)]
    words = f"The register holds {listed(there)}." if there else "The register holds none."
    if missing:
        words += f" Whether there is {listed([_one(kind) for kind in missing], 'or')} is not known."
    return words


def _register(e: Evidence, rows: list[dict]) -> str:
    body = [
        [
            r["kind"].capitalize(),
            r["name"] or "none named",
            STATES[r["status"]],
            r["postcode_district"] or "not said",
            r["definition"] or "none given",
            periods.label(r["date"]) if r["date"] else "never checked",
            r["source"] or "not said",
        ]
        for r in rows
    ]
    head = ["Kind", "Name", "Is there one?", "Where", "Definition used", "Last checked", "Source"]
    return paragraph(_register_in_words(rows)) + tables.table(marked(e, "Register of shared institutions"), head, body)


def _one(kind: str) -> str:
    """Return a kind with its article.

    >>> _one("family hub"), _one("extended school")
    ('a family hub', 'an extended school')
    """
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _kind(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind}s"


def _conditions_in_words(rows: list[dict]) -> str:
    """Return which of the five conditions are there, by name."""
    by_state = {state: [r["condition"] for r in rows if r["state"] == state] for state in STATED}
    said = [f"{STATED[state]} {listed(names)}" for state, names in by_state.items() if names]
    return f"Of the five conditions of working together, {'; '.join(said)}."


def _conditions(e: Evidence, rows: list[dict]) -> str:
    words = _conditions_in_words(rows)
    body = [
        [
            r["condition"].capitalize(),
            r["state"] + (" (called evidenced, but no proof is named)" if r["lowered"] else ""),
            r["evidence"] or "none named",
            periods.label(r["date"]) if r["date"] else "never checked",
        ]
        for r in rows
    ]
    head = ["Condition", "State", "Proof, or who says so", "Last checked"]
    return paragraph(words) + tables.table(marked(e, "The five conditions of working together"), head, body)


def assets(e: Evidence) -> Html:
    """Return what people can use here, by kind and postcode district, from public lists; or how to add it."""
    found = content(e).get("assets", [])
    if not found:
        return paragraph(
            f"Not supplied: this book holds no list of the hubs, libraries, clubs and charities in {e.name}. {how(e, 'assets')}",
            "hb-gap",
        )
    counts = [f"{a['how_many']:,} {a['kind'] if a['how_many'] == 1 else _plural(a['kind'])}" for a in found]
    rows = [
        [
            a["kind"].capitalize(),
            f"{a['how_many']:,}",
            ", ".join(f"{d}: {n}" for d, n in a["districts"].items()),
            "; ".join(f"{s}, {periods.label(d)}" for s, d in a["sources"]),
        ]
        for a in found
    ]
    head = ["Kind", "How many", "By postcode district", "From which list, and its date"]
    names = "".join(
        f"<details><summary>{text(_plural(a['kind']).capitalize())} by name</summary>"
        + tables.table(
            f"{_plural(a['kind']).capitalize()} by name", ["Name", "Postcode district"], [[n, d] for n, d in a["names"]]
        )
        + "</details>"
        for a in found
        if a["names"]
    )
    words = (
        f"Public lists name {listed(counts)} for {e.name}. The lists are of different years. That something is listed does not say"
        " how much it is used, or by whom."
    )
    return Html(
        paragraph(words)
        + tables.table(marked(e, "What people here can use, from public lists"), head, rows, numeric=(1,))
        + names
    )


def _plural(kind: str) -> str:
    """Return the plural of a kind of place.

    >>> [_plural(k) for k in ("library", "food bank", "charity with an address in another district")]
    ['libraries', 'food banks', 'charities with an address in another district']
    """
    head, *rest = kind.split(" with ", 1)
    head = head[:-1] + "ies" if head.endswith("y") else head if head.endswith("s") else head + "s"
    return " with ".join([head, *rest])
