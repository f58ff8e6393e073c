"""Small numbers of people: what may be published, and a proof that a hidden number cannot be worked out.

The rule is the one that NHS England uses for hospital statistics: 0 stays 0, 1 to 7 is not shown, 8 and more is
rounded to the nearest 5. Totals are rounded on their own, percentages and intervals come from the rounded counts, and
a count, its rate and its interval are shown together or not at all.

Hiding a number is not enough where its row adds up. `protect` works out, as a reader could, the least and the most
that each hidden number can be (linear programming over all the sums that are published), and hides further numbers
until nothing more can be known of a hidden one than the rule itself tells: that it is from 1 to 7.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import optimize, sparse
from statsmodels.stats.proportion import proportion_confint

LEAST, MOST = 1, 7  # a count from 1 to 7 is not shown
BASE = 5
TRIED = 12  # how many counts are tried for being enough by themselves
HIDDEN = "not shown: fewer than 8 people"

Relation = tuple[Hashable, Sequence[Hashable]]  # a total, and the parts that make it


def shown(count: float) -> int | None:
    """Return a count of people as it may be published by itself, or None where it is not shown.

    Raises ValueError for a count that is not a whole number from 0.

    >>> [shown(n) for n in (0, 1, 7, 8, 12, 13, 102)]
    [0, None, None, 10, 10, 15, 100]
    """
    if count != count or count < 0 or count != int(count):
        raise ValueError(f"{count} is not a count")
    if LEAST <= count <= MOST:
        return None
    return BASE * int((count + BASE // 2) // BASE)


def in_words(count: int | None) -> str:
    """Return a count from `shown` as a reader sees it.

    >>> in_words(1250), in_words(None)
    ('1,250', 'not shown: fewer than 8 people')
    """
    return HIDDEN if count is None else f"{count:,}"


def share(count: float, of: float) -> dict[str, float | None]:
    """Return {count, of, pct, lower, upper} of a part of a group: rounded, with Wilson's 95% interval, or all None.

    Nothing is shown where the part, or the rest of the group, is from 1 to 7 people. `of` is shown by itself.

    >>> share(42, 101)["pct"], share(3, 101), share(98, 101)["count"]
    (40.0, {'count': None, 'of': 100, 'pct': None, 'lower': None, 'upper': None}, None)
    """
    part, whole, rest = shown(count), shown(of), shown(of - count)
    if part is None or rest is None or not whole:
        return {"count": None, "of": whole, "pct": None, "lower": None, "upper": None}
    part = min(part, whole)  # each is rounded on its own, so that 8 of 8 is 10 of 10, and 22 of 22 is 20 of 20
    low, high = proportion_confint(part, whole, method="wilson")
    exact = {"pct": part / whole, "lower": max(0.0, low), "upper": min(1.0, high)}
    return {"count": part, "of": whole} | {name: round(100 * value, 1) for name, value in exact.items()}


def statistic(value: float, people: float, decimals: int = 1) -> float | None:
    """Return a mean, a difference or another statistic of single people, or None where it rests on fewer than 8.

    >>> statistic(12.345, 20), statistic(12.345, 7), statistic(float("nan"), 20)
    (12.3, None, None)
    """
    return None if people <= MOST or value != value else round(float(value), decimals)


def protect(counts: Mapping[Hashable, float], relations: Iterable[Relation] = ()) -> dict[Hashable, int | None]:
    """Return the counts as they may be published together, given which of them add up to which.

    `counts` holds parts and totals by any key, over all tables that are published; a relation names a total and its
    parts. Further counts are hidden until `known` leaves 1 to 7 open for every count from 1 to 7: the smallest one
    that is enough by itself, else the smallest one and then another. Parts are hidden before totals.
    Raises ValueError for a relation that does not add up.
    """
    relations = [(total, list(parts)) for total, parts in relations]
    for total, parts in relations:
        if counts[total] != sum(counts[p] for p in parts):
            raise ValueError(f"the parts of {total!r} do not add up to it")
    out = {key: shown(count) for key, count in counts.items()}
    small = [key for key, value in out.items() if value is None]
    while given_away := [key for key, bounds in known(out, relations, small).items() if not _open(bounds)]:
        choices = _beside(given_away[0], counts, out, relations)
        if not choices:
            break  # all that touches it is hidden already
        enough = (c for c in choices[:TRIED] if _open(known(out | {c: None}, relations, given_away[:1])[given_away[0]]))
        out[next(enough, choices[0])] = None
    return out


def _open(bounds: tuple[float, float]) -> bool:
    """Return whether a hidden count can still be anything from 1 to 7."""
    return bounds[0] <= LEAST and bounds[1] >= MOST


def _beside(key: Hashable, counts, out, relations: list[Relation]) -> list[Hashable]:
    """Return the numbers above 7 that are still shown in a sum with `key`, or with what is hidden beside it."""
    totals, reached = {total for total, _ in relations}, {key}
    while True:
        members = {k for total, parts in relations if reached & {total, *parts} for k in (total, *parts)}
        found = [k for k in members if out[k]]  # a zero stays a zero
        if found or members <= reached:
            return sorted(found, key=lambda k: (k in totals, counts[k], str(k)))
        reached |= members


def known(
    published: Mapping[Hashable, int | None], relations: Iterable[Relation], keys: Iterable[Hashable] | None = None
) -> dict[Hashable, tuple[float, float]]:
    """Return the least and the most that each hidden count can be, as a reader of all published sums could work out.

    A shown number stands for what rounds to it (0 is 0; 10 is 8 to 12), a hidden one for any count from 1.
    """
    names = list(published)
    place = {name: i for i, name in enumerate(names)}
    limits = [_limits(published[name]) for name in names]
    relations = list(relations)
    sums = sparse.lil_array((len(relations), len(names)))
    for row, (total, parts) in enumerate(relations):
        sums[row, place[total]] = -1
        for part in parts:
            sums[row, place[part]] += 1
    hidden = [n for n in names if published[n] is None] if keys is None else list(keys)
    summed = {k for total, parts in relations for k in (total, *parts)}
    found = {name: (float(LEAST), np.inf) for name in hidden if name not in summed}
    for name in (n for n in hidden if n in summed):
        goal = np.zeros(len(names))
        goal[place[name]] = 1
        ends = []
        for sign in (1, -1):
            fit = optimize.linprog(
                sign * goal,
                A_eq=sums.tocsr() if relations else None,
                b_eq=np.zeros(len(relations)) if relations else None,
                bounds=limits,
                method="highs",
            )
            # status 3: there is no end to it
            ends.append(sign * fit.fun if fit.status == 0 else sign * -np.inf if fit.status == 3 else np.nan)
        found[name] = (float(np.ceil(ends[0] - 1e-6)), float(np.floor(ends[1] + 1e-6)) if ends[1] < np.inf else np.inf)
    return found


def _limits(value: int | None) -> tuple[float, float | None]:
    if value is None:
        return (LEAST, None)
    return (0, 0) if value == 0 else (max(MOST + 1, value - BASE // 2), value + BASE // 2)


def crossed(table: pd.DataFrame, total: str = "Total") -> pd.DataFrame:
    """Return a table of counts by two things as it may be published, with totals; <NA> where a count is not shown.

    The columns of `table` are counts of people, without totals, which are added as a last row and column.
    """
    counts: dict[Hashable, float] = {}
    rows, columns = list(table.index), list(table.columns)
    for row in rows:
        counts |= {(row, column): table.loc[row, column] for column in columns}
        counts[row, total] = table.loc[row].sum()
    counts |= {(total, column): table[column].sum() for column in columns}
    counts[total, total] = table.to_numpy().sum()
    relations = [((row, total), [(row, c) for c in columns]) for row in [*rows, total]]
    relations += [((total, column), [(r, column) for r in rows]) for column in [*columns, total]]
    out = protect(counts, relations)
    body = [[out[row, column] for column in [*columns, total]] for row in [*rows, total]]
    return pd.DataFrame(body, index=[*rows, total], columns=[*columns, total], dtype="Int64")
