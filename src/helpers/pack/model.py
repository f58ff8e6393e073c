"""A pack as analyses see it: frames by table, the agreement of the data controller, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pandas as pd

from .columns import NUMBERS, PERSON, TABLES


def empty(table: str) -> pd.DataFrame:
    """Return a table without rows, with its columns and their types.

    >>> list(empty("shared_measures"))
    ['indicator', 'agreed_on', 'who']
    """
    columns = TABLES[table].columns
    return pd.DataFrame({c.name: pd.Series(dtype="float64" if c.kind in NUMBERS else "str") for c in columns})


@dataclass(frozen=True, eq=False)
class Pack:
    """A locality's own evidence. Nothing mutates it."""

    slug: str
    name: str = ""
    code: str = ""
    fictional: bool = False
    prepared_on: str = ""
    agreement: tuple[dict, ...] = ()  # {table, who, role, when, for_what}: what the data controller agreed to publish
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)  # only those supplied, also when without rows
    withheld: tuple[str, ...] = ()  # tables that were supplied, and may not be used here
    counts: tuple[dict, ...] = ()  # {table, file, account, kept}: rows in, rows out
    missing: dict[str, int] = field(default_factory=dict)  # {"table.column [symbol]": cells} of marked gaps
    notes: tuple[str, ...] = ()  # what the reading put right, or passed over

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of columns.TABLES; without rows where it is absent or withheld. Raises KeyError for others."""
        return self.tables[name] if name in self.tables else empty(name)

    def has(self, name: str) -> bool:
        """Return whether a table has a row that may be used here."""
        return name in self.tables and len(self.tables[name]) > 0

    def agreed(self, name: str) -> bool:
        """Return whether the data controller agreed that results from this table be published."""
        return any(entry.get("table") == name for entry in self.agreement)

    def public(self) -> Pack:
        """Return the pack as a public build may use it: tables about single people only where that is agreed."""
        names = [n for n in self.tables if TABLES[n].about == PERSON and not self.agreed(n)]
        kept = {n: frame for n, frame in self.tables.items() if n not in names}
        return replace(self, tables=kept, withheld=tuple(names))

    @classmethod
    def of(cls, slug: str = "made-up", **tables: list[dict] | pd.DataFrame) -> Pack:
        """Return a pack of rows given as records, for tests and generators; columns left out are empty.

        >>> Pack.of(shared_measures=[{"indicator": "rereferrals"}]).table("shared_measures").shape
        (1, 3)
        """
        frames = {}
        for name, rows in tables.items():
            blank = empty(name)
            given = pd.DataFrame(rows).reindex(columns=blank.columns)
            for column, kind in blank.dtypes.items():
                cells = given[column]
                given[column] = (
                    cells.astype("float64") if kind == "float64" else cells.where(cells.notna(), "").astype("str")
                )
            frames[name] = given
        return cls(slug=slug, tables=frames)
