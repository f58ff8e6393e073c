"""Keep what was worked out of tables between builds, so that one changed figure is not a reason to work out all again.

A function that is called through a Memory must work from its arguments alone: they, and the code, are what is hashed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather

from . import fingerprints
from .writing import write_bytes, write_text

MARK = "mark"  # a column that holds a hash of the rest of each row


def marked(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a hash of each row in the column MARK, so that any part of it can be told from another.

    >>> a = marked(pd.DataFrame({"x": [1, 2]}))["mark"].tolist()
    >>> b = marked(pd.DataFrame({"x": [1, 3]}))["mark"].tolist()
    >>> a[0] == b[0], a[1] == b[1]
    (True, False)
    """
    return table.assign(**{MARK: pd.util.hash_pandas_object(table, index=False)})


@dataclass(frozen=True)
class Rows:
    """The rows `at` some positions of a marked table: they are taken out of it only where a function needs them."""

    table: pd.DataFrame
    at: np.ndarray

    def taken(self) -> pd.DataFrame:
        return self.table.iloc[self.at]

    def marks(self) -> bytes:
        return self.table[MARK].to_numpy()[self.at].tobytes()


@dataclass(frozen=True)
class Told:
    """A value that is told from another by a hash of it, which was made once for many calls."""

    value: object
    hash: str


def told(value: object) -> Told:
    """Return an argument that many calls share, hashed once.

    >>> told(pd.DataFrame({"x": [1]})).hash == told(pd.DataFrame({"x": [1]})).hash != told(pd.DataFrame({"x": [2]})).hash
    True
    """
    return Told(value, fingerprints.of(_hash(value)))


def parted(table: pd.DataFrame, chosen: pd.Series, column: str) -> dict[str, Rows]:
    """Return {value of `column`: its rows among the `chosen`}, in the order of the values.

    >>> parts = parted(pd.DataFrame({"x": ["b", "a", "b"], "y": [1, 2, 3]}), pd.Series([True, True, True]), "x")
    >>> {value: part.at.tolist() for value, part in parts.items()}
    {'a': [1], 'b': [0, 2]}
    """
    at = np.flatnonzero(chosen)
    values = table[column].iloc[at].reset_index(drop=True)
    return {value: Rows(table, at[of]) for value, of in values.groupby(values).indices.items()}


class Memory:
    """Tables by the hash of what they were worked out from, in files below `folder`; None keeps nothing."""

    def __init__(self, folder: Path | None):
        self._folder = folder
        self._used: set[str] = set()

    def call(self, function: Callable, *args):
        """Return function(*args): kept, if it was worked out of the same before.

        The function returns a table with a plain index, or a record of plain values, or both. An argument may be Rows.
        """
        if not self._folder:
            return function(*map(_taken, args))
        key = _key(function, args)
        name = f"{key[:2]}/{key[2:24]}.json"
        self._used.add(name)
        try:
            kept = json.loads((self._folder / name).read_text(encoding="utf-8"))
            if "types" not in kept:
                return kept["record"]
            columns = {c: _column(values, kept["types"][c]) for c, values in kept["columns"].items()}
            table = pd.DataFrame(columns, copy=False)
            return (table, kept["record"]) if "record" in kept else table
        except (OSError, ValueError):  # not worked out yet, or cut short
            made = function(*map(_taken, args))
            parts = made if isinstance(made, tuple) else (made,)
            kept = {}
            for part in parts:
                if isinstance(part, pd.DataFrame):
                    types = {c: str(t) for c, t in part.dtypes.items()}
                    kept |= {"types": types, "columns": part.to_dict("list")}
                else:
                    kept["record"] = part
            write_text(self._folder / name, json.dumps(kept, default=np.generic.item))
            return made

    def each(self, function: Callable, calls: Sequence[tuple], name: str = "") -> pd.DataFrame:
        """Return the tables function(*args) of all `calls`, one below the other: kept, those worked out of the same before.

        An argument may be Rows, of which the function gets the table. All tables stand in one file, since to open and
        read hundreds takes longer than to work some of them out. `name` tells one use of a function from another.
        """
        file = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}{name}.feather"
        self._used.add(file)
        known, kept = self._kept(file)
        keys = [_key(function, args) if self._folder else str(n) for n, args in enumerate(calls)]
        made = {k: _table(function, args) for k, args in zip(keys, calls, strict=True) if k not in known}
        parts = {k: made[k] if k in made else kept.slice(*known[k]) for k in keys}
        if self._folder and (made or known.keys() != parts.keys()):
            sizes, written = json.dumps({k: part.num_rows for k, part in parts.items()}), BytesIO()
            feather.write_feather(_together(parts.values()).replace_schema_metadata({KEYS: sizes}), written)
            write_bytes(self._folder / file, written.getvalue())
        return _together(parts[k] for k in keys).to_pandas()

    def _kept(self, file: str) -> tuple[dict[str, tuple[int, int]], pa.Table]:
        """Return {key: where its rows begin, how many they are} and the rows; none where there is no whole file."""
        try:
            kept = feather.read_table(self._folder / file) if self._folder else pa.table({})
            sizes = json.loads((kept.schema.metadata or {}).get(KEYS, "{}"))
        except (OSError, ValueError):  # pyarrow's errors are of these
            return {}, pa.table({})
        starts = np.cumsum([0, *sizes.values()]).tolist()
        return {k: (start, size) for (k, size), start in zip(sizes.items(), starts, strict=False)}, kept

    def forget(self) -> None:
        """Remove what was not asked for since this was opened."""
        if self._folder:
            for path in (p for p in self._folder.rglob("*") if p.is_file()):
                if path.relative_to(self._folder).as_posix() not in self._used:
                    path.unlink()


NOTHING = Memory(None)
PLAIN = ("float64", "int64", "bool")
KEYS = b"handbook"  # where a file says what its rows were worked out from


def _key(function: Callable, args: tuple) -> str:
    return fingerprints.of(fingerprints.code(), function.__module__, function.__qualname__, [_hash(a) for a in args])


def _taken(value: object) -> object:
    return value.taken() if isinstance(value, Rows) else value.value if isinstance(value, Told) else value


def _table(function: Callable, args: tuple) -> pa.Table:
    """Return function(*args) in the form in which it is kept, so that what is new and what was kept are alike."""
    made = function(*map(_taken, args))
    return pa.Table.from_pandas(made, preserve_index=False)


def _together(tables: Iterable[pa.Table]) -> pa.Table:
    """Return tables one below the other; one without rows, or with nothing in a column, has no say in its type."""
    tables = [table.replace_schema_metadata(None) for table in tables]
    tables = [table for table in tables if len(table)] or tables[:1]
    return pa.concat_tables(tables, promote_options="permissive") if tables else pa.table({})


def _column(values: list, kind: str) -> np.ndarray | pd.api.extensions.ExtensionArray:
    """Return a column of a kind that is known: pandas would take twice as long to find it out."""
    return np.array(values, dtype=kind) if kind in PLAIN else pd.array(values, dtype=kind)


def _record(value: object) -> dict:
    if not hasattr(value, "model_dump"):
        raise TypeError(
            f"{type(value).__name__}: it cannot be told from another of its kind. Give a table or a record."
        )
    return value.model_dump(mode="json")


def _hash(value: object) -> object:
    """Return what tells an argument from another. Raises TypeError for one that cannot be told whole."""
    if isinstance(value, Rows):
        return [str(list(value.table.columns)), hashlib.sha256(value.marks()).hexdigest()]
    if isinstance(value, Told):
        return value.hash
    if is_dataclass(value):
        return [_hash(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, pd.DataFrame) and MARK in value:
        rows = value[MARK]
    elif isinstance(value, pd.DataFrame | pd.Series):
        rows = pd.util.hash_pandas_object(value)
    else:
        return json.dumps(value, default=_record)
    names = list(value.columns) if isinstance(value, pd.DataFrame) else value.name
    return [str(names), hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()]
