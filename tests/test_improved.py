"""Places that did better: found only where it is clear, named without an order, and with what is on record."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from helpers import improved, improved_page
from helpers.catalogue import Indicator
from helpers.evidence import Evidence

AREAS = [f"E0600{n:04d}" for n in range(1, 61)]
YEARS = [f"{y}-04-01/P1Y" for y in (2019, 2021, 2024)]
USUAL = {
    "id": "odd_rate", "title": "Odd rate", "short_title": "Odd rate", "chapter": "needs", "theme": "family",
    "life_stage": "all ages", "source": "s", "select": {}, "unit": "pct", "definition": "x" * 20,
}  # fmt: skip


def rows(move=lambda area, year: 0.0, width=1.0) -> pd.DataFrame:
    table = [
        ["odd_rate", a, y, 20 + move(n, i), 20 + move(n, i) - width, 20 + move(n, i) + width, "final"]
        for n, a in enumerate(AREAS)
        for i, y in enumerate(YEARS)
    ]
    return pd.DataFrame(table, columns=["indicator", "area_code", "period", "value", "lower", "upper", "status"])


NEAR = pd.DataFrame(
    [["dfe", AREAS[0], p, AREAS[p]] for p in range(1, 11)],
    columns=["comparator", "area_code", "position", "neighbour_code"],
)


def found(move, polarity="low is good", width=1.0) -> set[str]:
    indicators = {"odd_rate": Indicator(**USUAL, polarity=polarity)}
    return set(improved.of_all(rows(move, width), NEAR, indicators)["neighbour_code"])


def test_a_clear_improvement_of_one_neighbour_is_found():
    assert found(lambda n, i: -5.0 if (n, i) == (3, 2) else 0.0) == {AREAS[3]}


def test_a_place_that_moved_the_other_way_or_that_everyone_followed_is_not():
    assert found(lambda n, i: 5.0 if (n, i) == (3, 2) else 0.0) == set()
    assert found(lambda n, i: -5.0 if i == 2 else 0.0) == set()  # all alike: the place did as well itself


def test_what_is_not_clear_is_not_found():
    assert found(lambda n, i: -5.0 if (n, i) == (3, 2) else 0.0, width=4.0) == set()


def test_without_a_way_that_is_good_nothing_is_better():
    assert found(lambda n, i: -5.0 if (n, i) == (3, 2) else 0.0, polarity="no judgement") == set()


def test_the_start_is_three_years_or_more_before():
    out = improved.of_all(
        rows(lambda n, i: -5.0 if (n, i) == (3, 2) else 0.0),
        NEAR,
        {"odd_rate": Indicator(**USUAL, polarity="low is good")},
    )
    assert (out.loc[0, "start"], out.loc[0, "end"]) == (YEARS[1], YEARS[2])


def test_chance_alone_finds_few():
    random = np.random.default_rng(4)
    hits = sum(len(found(lambda n, i: random.normal(0, 1 / 1.96))) for _ in range(40))
    assert hits <= 6  # of 400 neighbours, at 99% on both sides of it


def test_the_page_is_in_the_order_of_the_alphabet_and_says_what_is_on_record():
    names = {AREAS[3]: "Zed", AREAS[4]: "Ash"}
    out = improved.of_all(
        rows(lambda n, i: -5.0 if n in (3, 4) and i == 2 else 0.0),
        NEAR,
        {"odd_rate": Indicator(**USUAL, polarity="low is good")},
    )
    shares = [[AREAS[3], "s251", "2021-22", 20.0], [AREAS[3], "s251", "2024-25", 30.0]]
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Evidence)), None) | {
        "place": {"name": "Here", "neighbours": {"dfe": [{"area_code": a, "name": n, "slug": n.lower()} for a, n in names.items()]}},
        "indicators": {"odd_rate": {**USUAL, "polarity": "low is good", "decimals": 1}},
        "early_late": pd.DataFrame(shares, columns=["area_code", "account", "financial_year", "early_share"]),
        "improved": out, "comparator_set": "dfe",
    }  # fmt: skip
    page = improved_page.places(Evidence(**fields))
    assert page.index("Ash: Odd rate") < page.index("Zed: Odd rate")
    assert "20.0% in 2021-22, 30.0% in 2024-25" in page and "not known" in page
    assert not [w for w in ("rank", "best", "top ", "league") if w in page.lower()]
    assert "need not be why" in page
    assert "No " not in page[:10] and "hb-gap" in improved_page.places(Evidence(**fields | {"improved": out.iloc[:0]}))
