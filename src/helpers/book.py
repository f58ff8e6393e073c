"""The book around the chapters: its contents, its generated pages, the bundle for charts, the build and its gates.

Only what changed is written, so that Jupyter Book reads only what changed.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from . import (
    beforehand,
    catalogue,
    findings,
    fingerprints,
    gates,
    geography,
    jupyter_book,
    landing,
    links,
    paths,
    pdf,
    pictures,
    place_pages,
    schemas,
    settings,
    source_list,
    takeaway,
    unchanged,
)
from .geography import Register
from .paths import slugify
from .schemas import DataError

AUTHORED = ("how-to-read", "methods", "glossary", "accessibility", "attribution")


def title_of(chapter: str) -> str:
    """Return a chapter's name as a reader sees it.

    >>> title_of("recommendations")
    'Recommendations'
    """
    return chapter.replace("_", " ").replace("-", " ").capitalize()


def write_toc(
    slugs: Mapping[str, Sequence[str]],
    chapters: Sequence[str],
    general: Sequence[str] = AUTHORED,
    folder: Path = paths.BOOK,
) -> bool:
    """Write book/_toc.yml; return False when it said this already.

    `slugs`: {region's slug: slugs of its localities}. A region page stands over its localities, and a locality's
    first chapter over the others. Sphinx asks that every page has a place here; readers never see this tree.
    """
    first, *others = chapters
    lines = ["format: jb-book", "root: index", "chapters:"]
    lines += [f"- file: {page}" for page in general]
    for region, places in slugs.items():
        lines += [f"- file: regions/{region}", "  sections:"]
        for slug in places:
            lines.append(f"  - file: localities/{slug}/{first}")
            lines += ["    sections:"] * bool(others)
            lines += [f"    - file: localities/{slug}/{chapter}" for chapter in others]
    return schemas.write_text(folder / "_toc.yml", "\n".join(lines) + "\n")


def write_site(
    places: pd.DataFrame,
    chapters: Sequence[str],
    edition: str,
    general: Sequence[str] = AUTHORED,
    folder: Path = paths.BOOK,
    like: Mapping[str, Sequence[Sequence[str]]] | None = None,
    packs: bool = False,
) -> bool:
    """Write book/_generated/site.json, from which the page frame (src/sphinxext) looks up names and links.

    `like`: {area code: (slug, name) of each place like it}. `packs`: each locality has its chapters as a PDF too.
    """
    like = like or {}
    site = {
        "edition": edition,
        "private": paths.PRIVATE,
        "packs": packs,
        "chapters": [{"name": c, "title": title_of(c)} for c in chapters],
        "general": list(general),
        "regions": [{"name": r, "doc": f"regions/{slugify(r)}"} for r, _ in place_pages.regions(places)],
        "places": {
            row.slug: {
                "code": row.area_code,
                "name": row.name,
                "region": row.region,
                "like": like.get(row.area_code, []),
            }
            for row in place_pages.labelled(places).itertuples(index=False)
        },
    }
    text = json.dumps(site, ensure_ascii=False, indent=1)
    return schemas.write_text(folder / "_generated" / "site.json", f"{text}\n")


def write_pages(
    slugs: Sequence[str],
    chapters: Sequence[str],
    edition: str,
    extra: Mapping[str, str] | None = None,
    missing: Mapping[str, str] | None = None,
    register: Register | None = None,
    folder: Path = paths.BOOK,
    shapes: Path = paths.FIGURES / "boundaries.json",
    packs: bool = False,
) -> list[str]:
    """Write all that is generated around the chapters of `slugs`, and return the names of the book's pages.

    `extra`: {general page beside the authored ones, such as england: words that link to it on the landing page}.
    `missing`: {slug of a locality: why it is not here}. Raises DataError for a slug that is not known.
    """
    register = register or geography.register()
    known = register.places.set_index("slug", drop=False)
    strange = [slug for slug in (*slugs, *(missing or {})) if slug not in known.index]
    if strange:
        raise DataError(
            [
                f"'{slug}' is not the slug of a locality in data/figures/localities.csv, nor of a pack in data/local."
                for slug in strange
            ]
        )
    places = known.loc[sorted(slugs)].reset_index(drop=True)
    general = [*(extra or {}), *AUTHORED]
    place_pages.write_region_pages(places, chapters[0], folder)
    why = {known.at[slug, "name"]: reason for slug, reason in (missing or {}).items()}
    landing.write_landing(places, register, chapters[0], extra, why, folder, shapes)
    source_list.write(catalogue.sources(), folder)
    by_region = {slugify(region): rows["slug"].tolist() for region, rows in place_pages.regions(places)}
    gone = place_pages.write_former_pages(places, register, chapters, folder)
    write_toc(by_region, chapters, [*general, *gone], folder)
    write_site(places, chapters, edition, general, folder, place_pages.like_each(register), packs)
    own = [f"localities/{slug}/{chapter}" for slug in places["slug"] for chapter in chapters]
    return ["index", *general, *gone, *(f"regions/{region}" for region in by_region), *own]


def vega_bundle(path: Path = paths.BOOK / "_assets" / "vega-bundle.js") -> bool:
    """Write the one script that draws charts, from the copy inside vl-convert; return False when it is there.

    It is wrapped in a function because its top-level names clash with Sphinx's own scripts.
    """
    made_of = f"vl-convert-python {version('vl-convert-python')} for altair {version('altair')}"
    mark = f"/* Vega, Vega-Lite and Vega-Embed (BSD 3-Clause), from {made_of} */\n"
    if path.exists():
        with open(path, encoding="utf-8") as stream:
            if stream.readline() == mark:
                return False
    import altair  # slow to import, and needed once
    import vl_convert

    release = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=release)
    return schemas.write_text(path, f"{mark}(function(){{{bundle}\n}})();\n")


def build(
    slugs: Sequence[str],
    missing: Mapping[str, str] | None = None,
    edition: str = "",
    say: Callable[[str], None] = lambda _: None,
    packs: bool = False,
    seen: Callable[[], str] | None = None,
) -> int:
    """Build the book of the localities `slugs` and return how many pages it has. Raises DataError.

    Chapters must stand executed at book/localities/<slug>/<chapter>.ipynb, and pages that are not of one locality at
    book/<page>.ipynb. A part of the localities may be built: the landing page then says so. `missing`: {slug of a locality
    that failed: why}. `edition`: as in _config.yml when empty. `say` is told what is being done. `packs`: print
    each locality's chapters as a PDF too. `seen` says what fingerprints.listing says of the site. A warning of Sphinx,
    an error output, an unexecuted cell, a chart that cannot be drawn, a broken link or a request that would leave the
    site fails the build.
    """
    if not slugs:
        raise DataError(["No locality is left to build a book of."])
    edition = edition or settings.load()["edition"]
    chapters = [p.stem.partition("_")[2] for p in sorted(paths.NOTEBOOKS.glob("[0-9][0-9]_*.md"))]
    shared = {p.stem.replace("_", "-"): p for p in sorted(paths.NOTEBOOKS.glob("[!0-9]*.md"))}
    own = [paths.BOOK / "localities" / slug / f"{chapter}.ipynb" for slug in slugs for chapter in chapters]
    absent = [path for path in own if not path.exists()]
    if absent:
        raise DataError(
            [f"{paths.shown(p)}: the chapter is missing. Run: handbook render --only {p.parent.name}" for p in absent]
        )
    notebooks = [*own, *(paths.BOOK / f"{page}.ipynb" for page in shared)]
    remembered = paths.SITE.parent / "links.json"
    taken = {"packs": packs, "memory": paths.SITE.parent / "taken.json"}
    take_away = functools.partial(takeaway.publish, slugs, chapters, edition, **taken)
    inputs = _inputs(notebooks, slugs, missing or {}, edition, packs)
    if (standing := _standing(inputs, seen or beforehand.aside(fingerprints.listing, paths.SITE))) is not None:
        return standing
    gates.check_notebooks(*notebooks, edition=edition, memory=paths.BUILD / "fit.json")
    extra = {page: _heading(path) for page, path in shared.items()}
    pages = write_pages(slugs, chapters, edition, extra, missing, packs=packs)
    vega_bundle()
    pictures.write_way()
    with jupyter_book.reading() as go_on:
        drawn = pictures.draw(notebooks, say=say)
        pictures.write_index(drawn)
        say("Jupyter Book is writing the pages")
        go_on()
        pictures.publish(drawn)
        if not packs:
            findings.publish({*take_away(), *findings.absent(slugs)})
        before = links.Before.of(remembered)  # while pages are written
    if packs:
        _print(slugs, chapters, edition, say)
        findings.publish({*take_away(), *findings.absent(slugs)})
    there = _prune(set(pages))
    left = beforehand.aside(fingerprints.listing, paths.SITE)
    count = links.check(paths.SITE, remembered, before, there)
    note = {"inputs": inputs, "site": left(), "pages": count}
    schemas.write_text(unchanged.MADE, json.dumps(note, indent=1) + "\n")
    return count


def _print(slugs: Sequence[str], chapters: Sequence[str], edition: str, say: Callable[[str], None]) -> None:
    """Print the pack of each locality beside its pages."""
    places = geography.register().places.set_index("slug")
    for slug in slugs:
        say(f"printing the pack of {places.at[slug, 'name']}")
        target = paths.SITE / "localities" / slug / takeaway.FOLDER / takeaway.file_of(slug, "pack", edition, "pdf")
        pdf.write(slug, places.at[slug, "name"], places.at[slug, "area_code"], chapters, edition, target)


def _inputs(
    notebooks: Sequence[Path], slugs: Sequence[str], missing: Mapping[str, str], edition: str, packs: bool
) -> str:
    """Return one hash of all that the book is made from."""
    assets = (path for path in paths.files(paths.BOOK / "_assets") if path.name != unchanged.GENERATED)
    frame = [*assets, *paths.files(paths.FRAME)]
    files = fingerprints.of_files([*notebooks, *paths.BOOK.glob("*.md"), *frame, paths.CONFIG])
    return fingerprints.of(fingerprints.data(), fingerprints.packages(), files, sorted(slugs), missing, edition, packs)


def _standing(inputs: str, seen: Callable[[], str]) -> int | None:
    """Return the number of pages of a book that passed every gate, was made from `inputs`, and is as it was left.

    `seen` says how it is now.

    A book that is not as it was left is taken away: Sphinx would keep a page that somebody has altered since.
    """
    try:
        note = json.loads(unchanged.MADE.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no book yet, or one that was cut short
        return None
    if note["site"] != seen():
        shutil.rmtree(paths.SITE.parent)
        return None
    return note["pages"] if note["inputs"] == inputs else None


def _heading(path: Path) -> str:
    """Return the first heading of a Markdown page. Raises DataError where there is none."""
    found = re.search(r"^# +(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise DataError([f"{paths.shown(path)}: has no heading. Begin it with a line such as: # Across localities"])
    return found[1].strip()


def _prune(pages: set[str]) -> set[str]:
    """Remove built pages that are no longer in the book: Sphinx leaves them, and a reader could find them.

    Return the files of the site that are left.
    """
    keep = {*pages, "search"}
    # a page's tables stand in a folder of its name, and what is taken away of a locality in its folder
    slugs = {page.split("/")[1] for page in pages if page.startswith("localities/")}
    for folder in (paths.SITE / "localities").iterdir():
        if folder.name not in slugs:
            shutil.rmtree(folder)
    left = set(paths.below(paths.SITE))
    for name in tuple(left):
        page, _, end = name.rpartition(".")
        folder = name.rpartition("/")[0]
        source = page.removeprefix("_sources/")
        if (
            (end == "html" and page not in keep and not name.startswith("_static/"))
            or (end == "csv" and folder not in pages and folder.rpartition("/")[2] != takeaway.FOLDER)
            or (source != page and source not in pages)
        ):
            (paths.SITE / name).unlink()
            left.remove(name)
    return left
