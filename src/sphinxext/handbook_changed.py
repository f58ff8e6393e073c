"""Read a page again when its source says something else, whatever the clock says.

Sphinx goes by the time of a file. After the clock has been set back, or a file with an older time has been put in
place, it would keep the page of the file before, and say nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def _outdated(app, env, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    before = getattr(env, "handbook_sources", {})
    now = {name: hashlib.sha256(Path(env.doc2path(name)).read_bytes()).hexdigest() for name in env.found_docs}
    env.handbook_sources = now  # kept with the environment
    return [name for name in now if name in before and before[name] != now[name]]


def setup(app) -> dict:
    app.connect("env-get-outdated", _outdated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
