"""Read or write a page again when what it is made from says something else, whatever the clock says.

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
    """Return the pages whose own source says something else: they are read again."""
    before = getattr(env, "handbook_sources", {})
    now = {name: _hash(Path(env.doc2path(name))) for name in env.found_docs}
    env.handbook_sources = now  # kept with the environment
    return [name for name in now if name in before and before[name] != now[name]]


def _updated(app, env) -> list[str]:
    """Return the pages of localities of which anything says something else: they are written again, and not read."""
    before = getattr(env, "handbook_localities", {})
    common = [paths.BUNDLES / "_common" / name for name in ("indicators.json", "sources.json")]
    now: dict[str, str] = {}
    pages = [name for name in env.found_docs if name.startswith("localities/")]
    for name in pages:
        folder = Path(env.doc2path(name)).parent
        if folder.name not in now:
            bundle = [paths.BUNDLES / folder.name / part for part in ("series.csv", "place.json")]
            now[folder.name] = _hash(*sorted(folder.glob("*.ipynb")), *bundle, *common)
    env.handbook_localities = now
    return [name for name in pages if before.get(slug := name.split("/")[1], now[slug]) != now[slug]]


def setup(app) -> dict:
    app.connect("env-get-outdated", _outdated)
    app.connect("env-updated", _updated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
