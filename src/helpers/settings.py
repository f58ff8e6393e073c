"""The `handbook:` block of _config.yml: the defaults of every chapter's parameters."""

from __future__ import annotations

from pathlib import Path

from . import paths, yaml_files
from .schemas import DataError

KEYS = ("edition", "price_base_year", "comparator_set")


def load(path: Path = paths.CONFIG) -> dict[str, str]:
    """Return the defaults. Raises DataError for a key that is missing or not known.

    >>> sorted(load())
    ['comparator_set', 'edition', 'price_base_year']
    """
    block = (yaml_files.read(path) or {}).get("handbook")
    if not isinstance(block, dict) or set(block) != set(KEYS):
        found = ", ".join(block) if isinstance(block, dict) else "nothing"
        raise DataError(
            [f"{paths.shown(path)}: the block 'handbook' must hold exactly: {', '.join(KEYS)}. It holds: {found}."]
        )
    return {key: str(value) for key, value in block.items()}
