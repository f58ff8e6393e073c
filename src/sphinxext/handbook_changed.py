"""Read or write a page again when what it is made from says something else, whatever the clock says.

Sphinx goes by the time of a file. After the clock has been set back, or a file with an older time has been put in
place, it would keep the page of the file before, and say nothing. And it knows nothing of what the pages of a locality
take from each other and from their bundle: the rows that numbers lead to, and what is told of them (handbook_trust).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from helpers import paths, table_numbers


def _seen(env, path: Path) -> list:
    """Return [state, hash of the content, hash of what other pages take from it] of a file, read if its state is another.

    Its state has the number of the file and when that was last changed, which nobody can set, whatever the clock says.
    """
    known = env.handbook_seen
    state = os.stat(path) if path.exists() else None
    stamp = [state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns] if state else []
    if known.get(str(path), [None])[0] != stamp:
        content = path.read_bytes() if state else b""
        taken = table_numbers.for_others(content.decode()).encode() if path.suffix == ".ipynb" else content
        known[str(path)] = [stamp, *(hashlib.sha256(part).hexdigest() for part in (content, taken))]
    return known[str(path)]


def _outdated(app, env, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Return the pages whose own source says something else: they are read again."""
    env.handbook_seen = getattr(env, "handbook_seen", {})  # kept with the environment, as all that follows
    before = getattr(env, "handbook_sources", {})
    now = _with_taken_in(env, {name: _seen(env, Path(env.doc2path(name)))[1] for name in env.found_docs})
    env.handbook_sources = now
    return [name for name in now if name in before and before[name] != now[name]]


def _with_taken_in(env, own: dict[str, str]) -> dict[str, list[str]]:
    """Return {page: the hash of its own source, and of each file that it takes in}."""
    taken_in = {name: sorted(env.dependencies.get(name, ())) for name in own}
    return {name: [own[name], *(_seen(env, Path(env.srcdir, other))[1] for other in taken_in[name])] for name in own}


def _updated(app, env) -> list[str]:
    """Return the pages that say something else because of others: they are written again, and not read.

    These are the pages of localities of which others take something else, or beside which another place has come into
    the book or gone from it; and all pages, where the heading of a general page has changed, which all of them show.
    """
    # what a page takes in is known once it is read; its own source may have been saved again since
    env.handbook_sources = _with_taken_in(env, {name: hashes[0] for name, hashes in env.handbook_sources.items()})
    headings = [env.titles[name].astext() for name in app.config.handbook_site["general"] if name in env.titles]
    as_before = getattr(env, "handbook_headings", headings) == headings
    env.handbook_headings = headings
    before = getattr(env, "handbook_localities", {})
    common = [_seen(env, paths.BUNDLES / "_common" / name)[2] for name in ("indicators.json", "sources.json")]
    now: dict[str, list] = {}
    pages = [name for name in env.found_docs if name.startswith("localities/")]
    for name in sorted(pages):
        path = Path(env.doc2path(name))
        slug = path.parent.name
        if slug not in now:
            now[slug] = [
                *common,
                *(_seen(env, paths.BUNDLES / slug / part)[2] for part in ("series.csv", "place.json")),
                [(*one, one[0] in app.handbook_places) for one in app.handbook_places.get(slug, {}).get("like", ())],
            ]
        now[slug].append([name, _seen(env, path)[2]])
    env.handbook_localities = now
    if not as_before:
        return sorted(env.found_docs)
    return [name for name in pages if before.get(slug := name.split("/")[1], now[slug]) != now[slug]]


def setup(app) -> dict:
    app.connect("env-get-outdated", _outdated)
    app.connect("env-updated", _updated)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
