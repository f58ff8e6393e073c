"""Keep what was worked out of tables between builds, so that one changed figure is not a reason to work out all again.

A function that is called through a Memory must work from its arguments alone: they, and the code, are what is hashed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from . import fingerprints
from .writing import write_text

MARK = "mark"  # a column that holds a hash of the rest of each row


def marked(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a hash of each row in the column MARK, so that any part of it can be told from another.

    >>> a = marked(pd.DataFrame({"x": [1, 2]}))["mark"].tolist()
    >>> b = marked(pd.DataFrame({"x": [1, 3]}))["mark"].tolist()
    >>> a[0] == b[0], a[1] == b[1]
    (True, False)
    """
    return table.assign(**{MARK: pd.util.hash_pandas_object(table, index=False)})


class Memory:
    """Tables by the hash of what they were worked out from, a file each below `folder`; None keeps nothing."""

    def __init__(self, folder: Path | None):
        self._folder = folder
        self._used: set[str] = set()

    def call(self, function: Callable, *args):
        """Return function(*args): kept, if it was worked out of the same before.

        The function returns a table with a plain index, or such a table and a record of plain values.
        """
        if self._folder is None:
            return function(*args)
        key = fingerprints.of(fingerprints.code(), function.__module__, function.__qualname__, [_hash(a) for a in args])
        name = f"{key[:2]}/{key[2:24]}.json"
        self._used.add(name)
        try:
            kept = json.loads((self._folder / name).read_text(encoding="utf-8"))
            columns = {c: _column(values, kept["types"][c]) for c, values in kept["columns"].items()}
            table = pd.DataFrame(columns, copy=False)
            return (table, kept["record"]) if "record" in kept else table
        except (OSError, ValueError):  # not worked out yet, or cut short
            made = function(*args)
            table, *record = made if isinstance(made, tuple) else (made,)
            kept = {"types": {c: str(t) for c, t in table.dtypes.items()}, "columns": table.to_dict("list")}
            kept |= {"record": record[0]} if record else {}
            write_text(self._folder / name, json.dumps(kept, default=np.generic.item))
            return made

    def forget(self) -> None:
        """Remove what was not asked for since this was opened."""
        if self._folder is not None:
            for path in self._folder.glob("??/*.json"):
                if path.relative_to(self._folder).as_posix() not in self._used:
                    path.unlink()


NOTHING = Memory(None)
PLAIN = ("float64", "int64", "bool")


def _column(values: list, kind: str) -> np.ndarray | pd.api.extensions.ExtensionArray:
    """Return a column of a kind that is known: pandas would take twice as long to find it out."""
    return np.array(values, dtype=kind) if kind in PLAIN else pd.array(values, dtype=kind)


def _hash(value: object) -> object:
    """Return what tells an argument from another. Raises TypeError for one that cannot be told whole."""
    if is_dataclass(value):
        return [_hash(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, pd.DataFrame) and MARK in value:
        rows = value[MARK]
    elif isinstance(value, pd.DataFrame | pd.Series):
        rows = pd.util.hash_pandas_object(value)
    else:
        return json.dumps(value.model_dump(mode="json") if hasattr(value, "model_dump") else value)
    names = list(value.columns) if isinstance(value, pd.DataFrame) else value.name
    return [str(names), hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()]
