"""Put a built book where it will be served: the newest edition at the top, every edition under editions/<day>/ for good.

Addresses at the top never change from edition to edition. An edition that stands is never written to again.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from html import escape
from pathlib import Path

from . import paths, schemas
from .schemas import DataError

EDITIONS = "editions"
PLACE = "<span data-hb-editions></span>"  # where a page names the other editions once there is a place for them
DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")


def same(one: Path, other: Path) -> bool:
    """Return whether two folders hold the same files with the same bytes."""
    names = [{str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} for folder in (one, other)]
    return names[0] == names[1] and not any(filecmp.cmpfiles(one, other, names[0], shallow=False)[1:])


def _lead_to_editions(to: Path) -> None:
    """Put a link to the list of editions on every page at the top; the kept edition stays as it was built."""
    for path in to.rglob("*.html"):
        inside = path.relative_to(to)
        if inside.parts[0] != EDITIONS:
            up = "../" * (len(inside.parts) - 1)
            text = path.read_text(encoding="utf-8")
            link = f' <a href="{up}{EDITIONS}/index.html">All editions</a>.'
            path.write_text(text.replace(PLACE, link), encoding="utf-8", newline="")


def publish(edition: str, to: Path, site: Path | None = None, parts: Path | None = None) -> list[str]:
    """Copy the built site into the folder `to` and return the editions there, newest first.

    `parts`: the list of what the edition was made with (make supply), which is kept beside it where there is one.
    Raises DataError where there is no book, where `to` holds something else, or where this edition stands there with
    other bytes: a published edition is not altered, a correction is a new edition.
    """
    site = site or paths.SITE
    if not (site / "index.html").exists():
        raise DataError([f"{paths.shown(site)}: no book there yet. Run: make book"])
    if paths.MARK in (site / "index.html").read_text(encoding="utf-8"):
        raise DataError([f"{paths.shown(site)}: {paths.MARK}. Build without --private, and publish that."])
    if to.exists() and any(p.name != ".git" for p in to.iterdir()) and not (to / EDITIONS).is_dir():
        raise DataError([f"{to.name}: holds files but no folder '{EDITIONS}', so it is not a published handbook."])
    kept = to / EDITIONS / edition
    if kept.exists() and not same(site, kept):
        raise DataError(
            [f"the edition {edition} is published already and says something else. Set a new edition in _config.yml."]
        )
    if not kept.exists():
        part = kept.with_name(f".writing-{edition}")
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(site, part)
        os.replace(part, kept)
        if parts and parts.exists():
            schemas.write_text(to / EDITIONS / f"{edition}.sbom.json", parts.read_text(encoding="utf-8"))
    editions = sorted((p.name for p in (to / EDITIONS).iterdir() if DAY.match(p.name)), reverse=True)
    if editions[0] == edition:  # an older edition that is built again does not take the newest one's place
        for old in to.iterdir():
            if old.name not in (EDITIONS, ".git"):
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copytree(site, to, dirs_exist_ok=True)
        _lead_to_editions(to)
    links = "".join(f'<li><a href="{day}/index.html">{day}</a></li>' for day in editions)
    schemas.write_text(
        to / EDITIONS / "index.html",
        '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
        f' initial-scale=1"><title>Editions</title><link rel="stylesheet" href="{escape(editions[0])}/_static/site.css"></head>'
        f'<body><main class="hb-wide"><h1>Editions of the handbook</h1><ul>{links}</ul>'
        '<p><a href="../index.html">The newest edition</a></p></main></body></html>\n',
    )
    (to / ".nojekyll").touch()  # else GitHub Pages leaves out folders that begin with an underscore
    return editions
