"""What Northbeck has, decided and counts each month, and what its staff write down. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MADE_UP = "(made up)"


@dataclass(frozen=True)
class Learning:
    """What is planted in the fast series, the conditions and the list of data items."""

    months: int = 30
    before: float = 40.0  # families a month, as a Poisson count
    after: float = 62.0
    changed: str = "2024-10"  # the first month of the higher level
    steady: float = 55.0  # of the series in which nothing happens
    asked_anew: int = 5  # data items that no other system holds
    items: int = 9


LEARNING = Learning()


def decisions() -> list[dict]:
    """Return the rows of table decisions."""
    owner = {"owner": "A made-up director"}
    return [
        {"decision": "d01", "date": "2024-09-02", "what": "Open the hub in the evening", "recommendation": "", "indicator": "rereferrals",
         "expected_change": -3, "expected_by": "2026-12-31", "unit": "percentage points", "baseline": 22.4, **owner},
        {"decision": "d02", "date": "2025-04-07", "what": "One short form for all first visits", "recommendation": "", "indicator": "",
         "expected_change": None, "expected_by": "2026-03-31", "unit": "", "baseline": None, **owner},
    ]  # fmt: skip


def shared_measures() -> list[dict]:
    """Return the rows of table shared_measures."""
    who = f"Council and eleven organisations {MADE_UP}"
    return [{"indicator": i, "agreed_on": "2025-01-15", "who": who} for i in ("rereferrals", "persistent_absence")]


def fast(random: np.random.Generator) -> list[dict]:
    """Return the rows of table fast: a series that moved in one month, and one in which nothing happened."""
    rows = []
    for series, indicator, better in (
        (f"Families who ask the hub for help {MADE_UP}", "rereferrals", "no judgement"),
        (f"Children away from school for a day or more {MADE_UP}", "persistent_absence", "low"),
    ):
        for k in range(LEARNING.months):
            month = f"{2023 + (k + 3) // 12}-{(k + 3) % 12 + 1:02d}"
            moved = LEARNING.after if month >= LEARNING.changed else LEARNING.before
            value = int(random.poisson(moved if indicator == "rereferrals" else LEARNING.steady))
            row = {"series": series, "indicator": indicator, "unit": "families" if better != "low" else "children"}
            rows.append(row | {"counts": "yes", "better": better, "period": month, "value": value})
    return rows


def data_items() -> list[dict]:
    """Return the rows of table data_items."""
    given = (
        ("Date of first contact", 240, 1, ""),
        ("Need score at the start", 240, 6, ""),
        ("Stress score before", 240, 5, ""),
        ("Stress score after", 180, 5, ""),
        ("Reason for leaving", 60, 2, ""),
        ("Postcode district", 240, 1, "Council case system"),
        ("School", 120, 1, "School census"),
        ("Surgery", 120, 1, "NHS register"),
        ("Tenancy", 120, 2, "Housing system"),
    )
    role = {"asked_of": "family worker", "asked_by": f"A funder that does not exist {MADE_UP}"}
    return [
        {"item": i, "times_a_year": n, "minutes": m, "held_elsewhere": h and f"{h} {MADE_UP}", **role}
        for i, n, m, h in given
    ]


def assets() -> list[dict]:
    """Return the rows of table assets."""
    found = (
        ("library", "Beck Library", 1, "NB1"),
        ("library", "Mill Library", 1, "NB2"),
        ("sports club", "", 7, "NB1"),
        ("sports club", "", 4, "NB3"),
        ("food bank", "Mill Larder", 1, "NB2"),
        ("charity", "", 23, "NB2"),
    )
    source = {"source": f"A list that does not exist {MADE_UP}", "source_date": "2025-03-31"}
    return [
        {"kind": kind, "name": name and f"{name} {MADE_UP}", "how_many": n, "postcode_district": district, **source}
        for kind, name, n, district in found
    ]
