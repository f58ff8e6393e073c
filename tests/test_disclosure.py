"""Small numbers: the published rule, the published trap, and that what is hidden cannot be worked out by other means."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import disclosure, paths

PUBLISHED = yaml.safe_load((paths.ROOT / "tests" / "published" / "disclosure.yml").read_text(encoding="utf-8"))
TRAP = PUBLISHED["delinquent_children"]
CHILDREN = pd.DataFrame(TRAP["rows"].values(), index=list(TRAP["rows"]), columns=TRAP["columns"])


def test_the_published_rule():
    rule = PUBLISHED["rule"]
    for count in range(200):
        if rule["hidden_from"] <= count <= rule["hidden_to"]:
            assert disclosure.shown(count) is None
        elif count == 0:
            assert disclosure.shown(count) == 0
        else:
            assert disclosure.shown(count) % rule["rounded_to"] == 0
            assert abs(disclosure.shown(count) - count) <= 2
    for wrong in (-1, 2.5, float("nan")):
        with pytest.raises(ValueError):
            disclosure.shown(wrong)


def test_percentages_from_rounded_counts_are_as_near_as_published():
    least = PUBLISHED["rule"]["denominator_for_one_decimal"]
    rng = np.random.default_rng(5)
    for _ in range(500):
        of = int(rng.integers(least, 3 * least))
        part = int(rng.integers(8, of - 8))
        assert abs(disclosure.share(part, of)["pct"] - 100 * part / of) <= 0.1 + 0.05  # and its own rounding


def test_a_count_its_rate_and_its_interval_go_together():
    for part, of in itertools.product(range(40), range(1, 40)):
        if part > of:
            continue
        got = disclosure.share(part, of)
        missing = {got[k] is None for k in ("count", "pct", "lower", "upper")}
        assert len(missing) == 1
        small = any(1 <= n <= 7 for n in (part, of - part, of))
        assert missing == {small}, (part, of)
        if not small:
            assert got["lower"] <= got["pct"] <= got["upper"]


def test_statistics_rest_on_eight_people_or_more():
    assert [disclosure.statistic(3.14159, n, 2) for n in (1, 7, 8)] == [None, None, 3.14]


def relations(table):
    rows, columns = list(table.index), list(table.columns)
    pairs = [((r, "Total"), [(r, c) for c in columns]) for r in [*rows, "Total"]]
    return pairs + [(("Total", c), [(r, c) for r in rows]) for c in [*columns, "Total"]]


def test_the_published_trap_is_a_trap():
    """Linear algebra, not our own code: one hidden cell is a combination of the published sums."""
    assert CHILDREN.sum(axis=1).tolist() == TRAP["totals"]["rows"]
    assert CHILDREN.sum().tolist() == TRAP["totals"]["columns"]
    hidden = [tuple(cell) for cell in TRAP["hidden"]]
    for row in CHILDREN.index:
        assert sum(r == row for r, _ in hidden) >= 2
    for column in CHILDREN.columns:
        assert sum(c == column for _, c in hidden) >= 2
    lines = [[float(r == row) for r, _ in hidden] for row in CHILDREN.index]
    lines += [[float(c == column) for _, c in hidden] for column in CHILDREN.columns]
    system = np.array(lines)
    given = np.array([float(cell == tuple(TRAP["given_away"]["cell"])) for cell in hidden])
    found, *_ = np.linalg.lstsq(system.T, given, rcond=None)
    assert np.allclose(system.T @ found, given)  # it lies in the row space, so it is known exactly
    rest = [
        CHILDREN.loc[r].sum() - sum(CHILDREN.loc[r, c] for c in CHILDREN if (r, c) not in hidden)
        for r in CHILDREN.index
    ]
    rest += [
        CHILDREN[c].sum() - sum(CHILDREN.loc[r, c] for r in CHILDREN.index if (r, c) not in hidden) for c in CHILDREN
    ]
    assert round(float(found @ np.array(rest, float)), 6) == TRAP["given_away"]["value"]


def test_the_auditor_sees_the_trap_where_totals_are_exact():
    """With unrounded numbers the auditor must find what the paper found."""
    hidden = {tuple(cell) for cell in TRAP["hidden"]}
    known = _exactly_known(CHILDREN, hidden)
    assert known[tuple(TRAP["given_away"]["cell"])] == (1, 1)


def _exactly_known(table, hidden):
    from unittest import mock

    rows, columns = list(table.index), list(table.columns)
    published = {(r, c): None if (r, c) in hidden else int(table.loc[r, c]) for r in rows for c in columns}
    published |= {(r, "Total"): int(table.loc[r].sum()) for r in rows}
    published |= {("Total", c): int(table[c].sum()) for c in columns} | {
        ("Total", "Total"): int(table.to_numpy().sum())
    }
    exact = lambda value: (0, None) if value is None else (value, value)  # noqa: E731
    with mock.patch.object(disclosure, "_limits", exact):
        return disclosure.known(published, relations(table))


def feasible(table, out):
    """Return, by trying all tables of two by two up to 50 a cell, the values that each hidden cell can have."""
    look = np.array([-1 if disclosure.shown(n) is None else disclosure.shown(n) for n in range(201)])
    a, b, c, d = np.ogrid[:51, :51, :51, :51]

    def fits(number, shown):
        return number >= 1 if pd.isna(shown) else look[number] == shown

    cells = {("a", "x"): a, ("a", "y"): b, ("b", "x"): c, ("b", "y"): d}
    sums = {("a", "Total"): a + b, ("b", "Total"): c + d, ("Total", "x"): a + c, ("Total", "y"): b + d}
    sums[("Total", "Total")] = a + b + c + d
    fine = np.ones((51, 51, 51, 51), bool)
    for key, number in (cells | sums).items():
        fine &= fits(number, out.loc[key])
    tables = np.argwhere(fine)
    return {key: set(tables[:, n].tolist()) for n, key in enumerate(cells) if pd.isna(out.loc[key])}


@pytest.mark.parametrize("cells", [[[6, 17], [30, 40]], [[3, 20], [25, 14]], [[7, 7], [9, 30]], [[1, 0], [12, 9]]])
def test_brute_force_knows_no_more_than_the_rule(cells):
    table = pd.DataFrame(cells, index=["a", "b"], columns=["x", "y"])
    out = disclosure.crossed(table)
    for key, values in feasible(table, out).items():
        if 1 <= table.loc[key] <= 7:
            assert set(range(1, 8)) <= values, (key, sorted(values))


def test_the_trap_is_not_published():
    out = disclosure.crossed(CHILDREN)
    hidden = [(r, c) for r in CHILDREN.index for c in CHILDREN.columns if pd.isna(out.loc[r, c])]
    assert {(r, c) for r in CHILDREN.index for c in CHILDREN.columns if 1 <= CHILDREN.loc[r, c] <= 7} <= set(hidden)
    published = {(r, c): None if pd.isna(out.loc[r, c]) else int(out.loc[r, c]) for r in out.index for c in out.columns}
    for key, (low, high) in disclosure.known(published, relations(CHILDREN)).items():
        if 1 <= CHILDREN.loc[key] <= 7:
            assert low <= 1 and high >= 7, (key, low, high)


def test_without_secondary_hiding_a_number_is_given_away(monkeypatch):
    """The protection switched off: then a reader can narrow the hidden number down."""
    table = pd.DataFrame([[6, 17], [30, 40]], index=["a", "b"], columns=["x", "y"])
    counts = {("a", "x"): 6, ("a", "y"): 17, ("a", "Total"): 23}
    sums = [(("a", "Total"), [("a", "x"), ("a", "y")])]
    alone = {key: disclosure.shown(n) for key, n in counts.items()}
    assert disclosure.known(alone, sums)["a", "x"] == (6, 14)
    assert disclosure.known(disclosure.protect(counts, sums), sums)["a", "x"][0] == 1
    monkeypatch.setattr(disclosure, "_open", lambda bounds: True)
    with pytest.raises(AssertionError):
        test_brute_force_knows_no_more_than_the_rule(table.to_numpy().tolist())


def test_a_union_of_tables_is_protected_as_one():
    """The same people by need and by ward: each table alone is safe, both together must be."""
    counts = {"all": 40, "high": 5, "other": 35, "north": 33, "south": 7}
    sums = [("all", ["high", "other"]), ("all", ["north", "south"])]
    out = disclosure.protect(counts, sums)
    for key in ("high", "south"):
        low, high = disclosure.known(out, sums)[key]
        assert low <= 1 and high >= 7


def test_parts_must_add_up():
    with pytest.raises(ValueError, match="do not add up"):
        disclosure.protect({"a": 1, "b": 2, "t": 4}, [("t", ["a", "b"])])
