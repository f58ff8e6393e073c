"""Write a file whole or not at all, and only when it says something new."""

from __future__ import annotations

import os
from pathlib import Path


def write_text(path: Path, text: str) -> bool:
    """Write UTF-8 text whole or not at all; return False, touching nothing, when the file says this already."""
    return write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> bool:
    """Write a file whole or not at all; return False, touching nothing, when it says this already.

    What a killed run has left half written is written over: it has one name, and does not stay for ever.
    """
    path = Path(path)
    temporary = path.with_name(f".writing-{path.name}")
    if path.exists() and path.read_bytes() == data:
        temporary.unlink(missing_ok=True)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(temporary, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and not error.filename:  # a full disk does not say which file it was
            error.filename = str(path)
        raise
    return True
