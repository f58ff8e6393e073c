"""Could a reader work out a hidden count of people from everything that is published together?

Each table may be safe and the book not: two tables that pass one by one can give a hidden count by subtraction. So
all tables of an edition, and those of the edition before, are put together: a count that stands in two tables is one
unknown, every sum that readers can see is an equation, and linear programming finds the least and the most that each
hidden count can be (helpers.disclosure.known).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from . import disclosure
from .disclosure import Relation

CLOSE = 2  # a hidden count that is known to within 2 people is as good as shown


@dataclass(frozen=True)
class Published:
    """One table as it is published: counts by the name of what is counted (None: hidden), and the sums among them."""

    table: str
    counts: dict[Hashable, int | None]
    sums: list[Relation] = field(default_factory=list)


@dataclass(frozen=True)
class Leak:
    """A hidden count that can be worked out, between which ends, and from which tables."""

    cell: Hashable
    low: float
    high: float
    tables: tuple[str, ...]

    def __str__(self) -> str:
        cell = " / ".join(map(str, self.cell)) if isinstance(self.cell, tuple) else str(self.cell)
        known = f"is {self.low:g}" if self.low == self.high else f"lies from {self.low:g} to {self.high:g}"
        return f"{cell}: hidden, but {known}, as {', '.join(self.tables)} tell together. Hide another number there."


def audit(tables: Iterable[Published]) -> list[Leak]:
    """Return every hidden count that the tables together give away, exactly or to within CLOSE people.

    >>> year = Published("needs 2025", {"all": 40, "girls": None, "boys": 20}, [("all", ["girls", "boys"])])
    >>> audit([year])
    []
    >>> [str(leak).split(",")[0] for leak in audit([year, Published("outcomes 2025", {"girls": 20})])]
    ['girls: hidden']
    """
    tables = list(tables)
    leaks, counts, sums = [], {}, []
    where: dict[Hashable, list[str]] = {}
    for one in tables:
        for cell, value in one.counts.items():
            where.setdefault(cell, []).append(one.table)
            if cell in counts and (counts[cell] is None) != (value is None):
                shown = counts[cell] if value is None else value
                low, high = disclosure._limits(shown)
                leaks.append(Leak(cell, low, high, tuple(where[cell])))
            if counts.get(cell) is None:
                counts[cell] = value
        sums += [(total, tuple(parts)) for total, parts in one.sums]
    for part, relations in _connected(counts, list(dict.fromkeys(sums))):
        hidden = [cell for cell in part if counts[cell] is None]
        found = disclosure.known({cell: counts[cell] for cell in part}, relations, hidden)
        for cell, (low, high) in found.items():
            if high - low <= 2 * CLOSE:
                told = {name for total, parts in relations for c in (total, *parts) for name in where[c]}
                leaks.append(Leak(cell, low, high, tuple(sorted({*told, *where[cell]}))))
    return leaks


def _connected(counts: dict, sums: list[Relation]) -> Iterable[tuple[list, list[Relation]]]:
    """Yield (cells, sums) of each group of tables that hang together by a sum; a cell in no sum gives nothing away."""
    leader = {cell: cell for cell in counts}

    def find(cell):
        while leader[cell] != cell:
            leader[cell] = cell = leader[leader[cell]]
        return cell

    for total, parts in sums:
        for part in parts:
            leader[find(part)] = find(total)
    groups: dict[Hashable, tuple[list, list]] = {}
    for total, parts in sums:
        groups.setdefault(find(total), ([], []))[1].append((total, parts))
    for cell in counts:
        if find(cell) in groups:
            groups[find(cell)][0].append(cell)
    return groups.values()
