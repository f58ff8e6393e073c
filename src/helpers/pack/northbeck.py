"""Northbeck, a place that does not exist: its whole pack from one seed, with known truths to test analyses against.

    python -m helpers.pack.northbeck        # writes data/local/northbeck anew: the same bytes each time

What is true of it is planted in northbeck_people.TRUTHS, northbeck_institutions.TRUTHS and
northbeck_learning.LEARNING. Its code, X99000001, belongs to no place; it is marked fictional on every page and stands
in no comparison.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from .. import paths, schemas
from . import northbeck_institutions as institutions
from . import northbeck_learning as learning
from . import northbeck_people as people
from .columns import NUMBERS, TABLES
from .model import empty

SLUG, CODE, NAME = "northbeck", "X99000001", "Northbeck"
SEED = 20143
MADE_UP = learning.MADE_UP

PACK = f"""\
# {NAME} does not exist. Every row in this folder is made up by: python -m helpers.pack.northbeck
place:
  code: {CODE}
  name: {NAME}
  nation: none
fictional: true
prepared_on: "2025-06-30"
agreement:
  - table: participants
    who: {NAME} Council {MADE_UP}
    role: data controller of a place that does not exist
    when: "2025-06-30"
    for_what: counts and results of programmes, never rows
  - table: claims
    who: {NAME} Council {MADE_UP}
    role: data controller of a place that does not exist
    when: "2025-06-30"
    for_what: results of audits of claims
"""

README = f"""\
# {NAME} does not exist

Every row in this folder is made up, from one seed, by `python -m helpers.pack.northbeck`. No person, organisation or
programme in it is real, and its code, {CODE}, belongs to no place.

It is here so that every analysis has a right answer to be held to. What is true of {NAME} stands in
`src/helpers/pack/northbeck_people.py`, `northbeck_institutions.py` and `northbeck_learning.py`;
`tests/test_northbeck.py` shows that the analyses find it again.

Use it as an example of what a full pack looks like: `handbook check data/local/{SLUG}`.
"""

PROGRAMMES = (
    # id, name, who for, provider, payment, share that depends on results, design, level claimed, note
    ("result-contract", "Better Scores Contract", "Families under stress", "several", "results", 60, "comparison", 3, "Bent on purpose: creaming, parking, bunching and claims that do not stand are planted"),
    ("kitchen-table", "Kitchen Table", "Families under stress", "several", "results", 20, "comparison", 3, "One provider of twelve is planted to fall short"),
    ("fair-draw", "Fair Draw", "Young carers", "Youth project", "grant", None, "randomised", 5, "Drawn by lot; a true effect is planted"),
    ("fresh-page", "Fresh Page", "The families with the worst scores", "Council family help", "block", None, "before-after", 4, "No effect is planted; only the worst scores start"),
    ("open-door", "Open Door", "Anybody", "Beckside Hub", "grant", None, "before-after", 2, "A change that would have come anyway is planted, and rounded scores"),
    ("saturday-table", "Saturday Table", "Older people", "Garden group", "grant", None, "none", 1, "Too few people to tell anything"),
    ("street-lamps", "Street Lamps", "Everybody", "Council", "none", None, "none", None, "Nothing is written down about people"),
)  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    """Return all tables of the pack."""
    random = np.random.default_rng(SEED)
    made = {truth.programme: people.people(truth, random) for truth in people.TRUTHS.values()}
    everybody = pd.concat(list(made.values()), ignore_index=True)
    order = random.permutation(len(everybody))  # pseudonyms say nothing of the order in which people stand
    everybody["person"] = [f"nb-{k:05d}" for k in order]
    claims = pd.concat([people.claims(people.TRUTHS[i], rows) for i, rows in made.items()], ignore_index=True)
    shared = institutions.tables()
    for row in (*shared["organisations"], *shared["register"]):
        row["name"] = row["name"] and f"{row['name']} {MADE_UP}"
    for row in shared["barriers"]:
        row["period"] = "2024-25"  # as people write it; reading turns it into an ISO period
    given = {
        "programmes": programmes(),
        "programme_costs": costs(),
        "outcome_values": outcome_values(),
        "participants": everybody,
        "claims": claims,
        **shared,
        "organisations": [*shared["organisations"], *providers()],
        "assets": learning.assets(),
        "decisions": learning.decisions(),
        "shared_measures": learning.shared_measures(),
        "fast": learning.fast(random),
        "data_items": learning.data_items(),
    }
    return {name: pd.DataFrame(given[name]).reindex(columns=empty(name).columns) for name in TABLES}


def programmes() -> list[dict]:
    """Return the rows of table programmes."""
    rows = []
    for name, title, who, provider, payment, share, design, claimed, note in PROGRAMMES:
        truth = people.TRUTHS.get(name)
        counted = truth is not None
        rows.append(
            {
                "programme": name,
                "name": f"{title} {MADE_UP}",
                "who_for": who,
                "theme": "family",
                "provider": provider if provider in ("several", "Council") else f"{provider} {MADE_UP}",
                "funder": f"{NAME} Council {MADE_UP}",
                "statutory": "yes" if name == "street-lamps" else "no",
                "start": "2023-04-01",
                "end": "2027-03-31",
                "payment": payment,
                "payment_share_pct": share,
                "measure": "Stress score, 0 to 40" if counted else "",
                "measure_better": "low" if counted else "",
                "payment_line": truth.line if counted else None,
                "outcome": f"Stress score of {truth.line or people.CLAIMED_AT:g} or less" if counted else "",
                "design": design,
                "evidence_level": claimed,
                "comparison_how": {"comparison": "Waiting list", "randomised": "Drawn by lot"}.get(design, ""),
                "people_a_year_expected": truth.offered // 2 if counted else None,
                "future_clients": truth.offered if counted else None,
                "trial_cost_gbp": 60_000 if counted else None,
                "feasible_n": 300 if counted else None,
                "measure_set_by": "commissioner" if payment == "results" else "not known",
                "independent_check": "yes" if counted and truth.audited else "no",
                "evidence_note": f"Fictional. {note}",
            }
        )
    return rows


def costs() -> list[dict]:
    """Return the rows of table programme_costs."""
    funder = {"funder": f"{NAME} Council {MADE_UP}", "note": "Fictional"}
    rows = [
        {"programme": t.programme, "financial_year": year, "cost_gbp": pounds, **funder}
        for t in people.TRUTHS.values()
        for year, pounds in zip(people.YEARS, t.cost, strict=True)
    ]
    return [*rows, {"programme": "street-lamps", "financial_year": people.YEARS[1], "cost_gbp": 90_000, **funder}]


def outcome_values() -> list[dict]:
    """Return the rows of table outcome_values."""
    source = {"source": f"A study that does not exist {MADE_UP}"}
    lanes = (
        ("cashable", "A plan for a child avoided", 900, 1_500, "verified", "Council"),
        ("other public", "Fewer visits to the surgery", 200, 900, "claimed", "NHS"),
        ("social", "A calmer home", 1_500, 4_500, "claimed", "Families"),
    )
    fields = ("lane", "what", "low_gbp", "high_gbp", "proxy", "who_gains")
    counted = ("result-contract", "kitchen-table", "fair-draw")
    return [{"programme": name, **dict(zip(fields, lane, strict=True)), **source} for name in counted for lane in lanes]


def providers() -> list[dict]:
    """Return the providers of programmes as rows of table organisations: named, and not asked whom they work with."""
    same = {"type": "provider", "sector": "voluntary", "asked": "no", "answered": "no"}
    return [
        {
            "organisation": f"{t.programme}-{k + 1:02d}",
            "name": f"{title.split()[0]} provider {k + 1:02d} {MADE_UP}",
            **same,
        }
        for t, title in ((people.TRUTHS[row[0]], row[1]) for row in PROGRAMMES if row[0] in people.TRUTHS)
        for k in range(t.providers if t.providers > 1 else 0)
    ]


def as_text(name: str, frame: pd.DataFrame) -> str:
    """Return a table as the text of its CSV file: whole numbers without a point, gaps empty."""
    out = frame.copy()
    for column in TABLES[name].columns:
        if column.kind in NUMBERS:
            numbers = out[column.name].astype(float)
            out[column.name] = ["" if v != v else f"{v:.10g}" for v in numbers]
    stream = io.StringIO()
    out.to_csv(stream, index=False, lineterminator="\n", na_rep="")
    return stream.getvalue()


def write(folder: Path | None = None) -> Path:
    """Write the pack to a folder, by default data/local/northbeck, and return the folder."""
    folder = folder or paths.LOCAL / SLUG
    schemas.write_text(folder / "pack.yml", PACK)
    schemas.write_text(folder / "README.md", README)
    for name, frame in tables().items():
        schemas.write_text(folder / f"{name}.csv", as_text(name, frame))
    return folder


if __name__ == "__main__":
    print(paths.shown(write()))
