"""Read YAML with the parser in C, where it is installed: ten times as fast as the other, and as safe."""

from __future__ import annotations

from pathlib import Path

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> object:
    """Return what a file in UTF-8 says, with or without a byte order mark; None for an empty one. Raises yaml.YAMLError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.yml")
    ...     size = path.write_text("a: [1, 2]", encoding="utf-8-sig")
    ...     read(path)
    {'a': [1, 2]}
    """
    return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_LOADER)
