"""What no chapter of a book may hold: a failed or unexecuted cell. What no page may hold: links.py.

Jupyter Book's own -W lets error outputs through.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from .errors import DataError
from .paths import shown
from .writing import write_text


def check_notebooks(*places: Path, edition: str = "", memory: Path | None = None) -> int:
    """Return the number of notebooks in `places` (folders or files), or raise DataError for each that is not fit.

    Refused: an error output, a code cell that was not run, the banner that papermill leaves after a failure, and
    a notebook that says it was run for another edition than `edition`. `memory`: a file that keeps which were found
    fit, so that only changed ones are read again.
    """
    faults = []
    found = [path for place in places for path in (sorted(place.rglob("*.ipynb")) if place.is_dir() else [place])]
    known, stamps = _known(memory, edition), {str(path): _stamp(path) for path in found}
    for path in found:
        if stamps[str(path)] and known.get(str(path)) == stamps[str(path)]:
            continue
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cells, ran = notebook["cells"], notebook["metadata"].get("handbook", {}).get("parameters", {})
        except (OSError, ValueError, KeyError) as error:
            faults.append(f"{shown(path)}: is not a whole notebook ({error!r}). Render it again.")
            continue
        if edition and ran.get("edition", edition) != edition:
            faults.append(f"{shown(path)}: is of the edition {ran['edition']}, the book of {edition}. Render it again.")
        for number, cell in enumerate(cells, 1):
            what = _cell_fault(cell)
            if what:
                faults.append(f"{shown(path)}: cell {number} {what}. Mend the chapter and render it again.")
    if faults:
        raise DataError(faults)
    _keep(memory, edition, stamps)
    return len(found)


def _stamp(path: Path | str) -> list[int] | None:
    """Return what changes when a file is written anew; None where there is none."""
    try:
        state = os.stat(path)
    except OSError:
        return None
    return [state.st_mtime_ns, state.st_size]


def _known(memory: Path | None, edition: str) -> dict:
    """Return what `_keep` kept, unless the code of this module, or the edition, was another."""
    try:
        kept = json.loads(memory.read_text(encoding="utf-8")) if memory else {}
    except (OSError, ValueError):  # nothing yet, or cut short
        return {}
    return kept["found"] if kept.get("reader") == _reader(edition) else {}


def _keep(memory: Path | None, edition: str, found: dict) -> None:
    if memory:
        write_text(memory, json.dumps({"reader": _reader(edition), "found": found}))


def _reader(edition: str) -> str:
    return hashlib.sha256(Path(__file__).read_bytes() + edition.encode()).hexdigest()


def _cell_fault(cell: dict) -> str:
    if "papermill-error-cell-tag" in cell.get("metadata", {}).get("tags", []):
        return "is the mark that papermill leaves where a run failed"
    if cell["cell_type"] != "code":
        return ""
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            return f"holds an error: {output.get('ename')}: {output.get('evalue')}"
    if "".join(cell["source"]).strip() and cell.get("execution_count") is None:
        return "was not executed"
    return ""
