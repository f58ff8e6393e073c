"""Could a reader work out a hidden count of people from everything that is published together?

Each table may be safe and the book not: two tables that pass one by one can give a hidden count by subtraction. So
all tables of an edition, and those of the edition before, are put together: a count that stands in two tables is one
unknown, every sum that readers can see is an equation, and linear programming finds the least and the most that each
hidden count can be (helpers.disclosure.known).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import disclosure, editions, paths, schemas
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


# --- what is published of a locality's own evidence ---------------------------------------------------------------

BREAKDOWNS = ("method", "place", "who")  # each of them makes the number of people who were listened to
KEPT = "counts.json"


def of_local(slug: str, local: Mapping, edition: str) -> list[Published]:
    """Return the tables of counts of people in the results of one pack (local.json), with the sums that readers see.

    A count is named by its place and by the day on which the pack was prepared: the same in two editions only where
    nothing was added in between.
    """
    made = (slug, local.get("prepared_on", ""))
    found = []
    for programme in local.get("programmes", {}).get("rows", ()):
        counts, sums = {}, []
        for row in programme["flow"]:
            parts = [k for k in row if k not in ("gate", "all")]
            cells = {k: (*made, programme["id"], row["gate"], k) for k in ("all", *parts)}
            counts |= {cells[k]: row[k] for k in cells}
            sums.append((cells["all"], [cells[k] for k in parts]))
        found.append(Published(f"{slug}, {edition}: flow of {programme['id']}", counts, sums))
        found += _followed(programme, (*made, programme["id"]), f"{slug}, {edition}: people lost of {programme['id']}")
    heard = local.get("listening", {}).get("heard")
    if heard:
        everyone = (*made, "heard", "all")
        for by in BREAKDOWNS:
            rows = {(*made, "heard", by, row[by]): row["people"] for row in heard.get(f"by_{by}", ())}
            rows = {cell: n for cell, n in rows.items() if n is not None or cell[-1] not in _empty(heard, by)}
            sums = [(everyone, list(rows))] if rows else []
            found.append(Published(f"{slug}, {edition}: listening by {by}", {everyone: heard["people"], **rows}, sums))
    return found


def _followed(programme: Mapping, made: tuple, table: str) -> list[Published]:
    """Return the people of each arm of a programme: all, those who were lost, and those with a measure afterwards."""
    lost, effect, change = (programme.get(name) or {} for name in ("attrition", "effect", "before_after"))
    arms = {
        "helped": [(lost.get("good") or {}).get("of"), effect.get("helped"), change.get("people")],
        "compared": [effect.get("compared")],
    }
    counts, sums = {}, []
    for arm, stayed in arms.items():
        share = lost.get(arm)
        if share:
            cells = {part: (*made, arm, part) for part in ("all", "lost", "stayed")}
            numbers = share["of"], share["count"], next((n for n in stayed if n is not None), None)
            counts |= dict(zip(cells.values(), numbers, strict=True))
            sums.append((cells["all"], [cells["lost"], cells["stayed"]]))
    return [Published(table, counts, sums)] if counts else []


def _empty(heard: Mapping, by: str) -> set[str]:
    """Return the parts of a breakdown in which no session was held: nobody is counted there."""
    return {row[by] for row in heard.get(f"by_{by}", ()) if row["people"] is None and not row["sessions"]}


def published(edition: str, bundles: Path = paths.BUNDLES, slugs: Collection[str] | None = None) -> list[Published]:
    """Return the tables of counts of the bundles of `slugs`, or of all that stand."""
    found = []
    for path in sorted(bundles.glob("*/local.json")):
        if slugs is not None and path.parent.name not in slugs:
            continue
        found += of_local(path.parent.name, json.loads(path.read_text(encoding="utf-8")), edition)
    return found


def keep(tables: Iterable[Published], folder: Path) -> None:
    """Write the tables into the folder of a frozen edition, for the audits of editions to come."""
    record = [
        {
            "table": t.table,
            "counts": [[*k, v] for k, v in t.counts.items()],
            "sums": [[total, list(parts)] for total, parts in t.sums],
        }
        for t in tables
    ]
    schemas.write_text(folder / KEPT, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def before(edition: str, folder: Path = editions.EDITIONS) -> list[Published]:
    """Return the tables that frozen editions before this one published."""
    found = []
    for path in sorted(folder.glob(f"*/{KEPT}")):
        if path.parent.name < edition:
            for record in json.loads(path.read_text(encoding="utf-8")):
                counts = {tuple(key): value for *key, value in record["counts"]}
                sums = [(tuple(total), [tuple(p) for p in parts]) for total, parts in record["sums"]]
                found.append(Published(record["table"], counts, sums))
    return found


def check(
    edition: str,
    bundles: Path = paths.BUNDLES,
    folder: Path = editions.EDITIONS,
    slugs: Collection[str] | None = None,
) -> tuple[int, int]:
    """Return how many tables and counts were audited, of the bundles of `slugs` or of all that stand.

    Raises DataError that names the tables of each leak.
    """
    tables = [*before(edition, folder), *published(edition, bundles, slugs)]
    leaks = audit(tables)
    if leaks:
        raise schemas.DataError([str(leak) for leak in leaks])
    return len(tables), sum(len(t.counts) for t in tables)
