"""What an indicator's `select:` may say: misspelt keys and values are told with the file and the choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..catalogue import File, Indicator, Source
from ..schemas import DataError


def fault(indicator: Indicator, what: str, remedy: str) -> DataError:
    """Return the DataError that names the indicator's YAML."""
    return DataError([f"data/indicators/{indicator.id}.yml: select: {what}. {remedy}"])


def keys(indicator: Indicator, given: dict[str, Any], needed: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Raise DataError unless `given` has every needed key and no unknown one."""
    needed, known = list(needed), [*needed, *optional]
    if not isinstance(given, dict):
        what = f"{given!r} is not a set of 'key: value' lines"
        raise fault(indicator, what, f"Use the keys: {', '.join(known)}.")
    for key in given:
        if key not in known:
            raise fault(indicator, f"key '{key}' is not known", f"Use one of: {', '.join(known)}.")
    for key in needed:
        if key not in given:
            raise fault(indicator, f"key '{key}' is missing", "Add it.")


def choice(indicator: Indicator, key: str, value: Any, choices: Iterable[Any]) -> Any:
    """Return `value` if it is one of `choices`, or raise DataError that lists them."""
    choices = list(choices)
    if value not in choices:
        shown = ", ".join(f"'{c}'" for c in choices[:60])
        raise fault(indicator, f"{key}: '{value}' is not there", f"Use one of: {shown}.")
    return value


def file(indicator: Indicator, source: Source, name: str) -> File:
    """Return the record of the source's file of that name, or raise DataError that lists the files."""
    choice(indicator, "file", name, [f.name for f in source.files])
    return next(f for f in source.files if f.name == name)
