"""Read a page again when what it is made from says something else, whatever the clock says.

Sphinx goes by the time of a file. After the clock has been set back, or a file with an older time has been put in
place, it would keep the page of the file before, and say nothing. And it knows nothing of what the pages of a locality
take from each other and from their bundle: the rows that numbers lead to, and what is told of them (handbook_trust).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from helpers import paths


def _hash(*files: Path) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(f.read_bytes()).digest() for f in files if f.exists())).hexdigest()


def _outdated(app, env, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    before = getattr(env, "handbook_sources", {})
    common = [paths.BUNDLES / "_common" / name for name in ("indicators.json", "sources.json")]
    folders: dict[Path, str] = {}
    now = {}
    for name in env.found_docs:
        source = Path(env.doc2path(name))
        now[name] = _hash(source)
        if name.startswith("localities/"):
            if source.parent not in folders:
                bundle = [paths.BUNDLES / source.parent.name / part for part in ("series.csv", "place.json")]
                folders[source.parent] = _hash(*sorted(source.parent.glob("*.ipynb")), *bundle, *common)
            now[name] += folders[source.parent]
    env.handbook_sources = now  # kept with the environment
    return [name for name in now if name in before and before[name] != now[name]]


def setup(app) -> dict:
    app.connect("env-get-outdated", _outdated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
