"""Pages that list places: the landing page with its map, and a page for each region. Also the list of sources.

Names and titles are data. They stand in generated HTML, escaped, and never in MyST text, where they could become
markup; the one exception is a region's heading, in which every mark is made harmless.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import pandas as pd

from . import paths, schemas
from .catalogue import LICENCES, Source
from .geography import Register, slugify
from .schemas import DataError


def plain(text: str) -> str:
    r"""Return text that stands in a MyST heading as it is: one line, every mark of punctuation escaped.

    >>> print(plain("A *b* {c}\n# d"))
    A \*b\* \{c\} \# d
    """
    one_line = " ".join(text.split())
    return "".join("\\" + c if c in string.punctuation else c for c in one_line)


def labelled(places: pd.DataFrame) -> pd.DataFrame:
    """Return places (Register.places) with words for a region where they lie in none, and "fictional" in the name."""
    made_up = places["kind"] == "fictional place"
    words = made_up.map({True: "Fictional places", False: "Places with evidence of their own"})
    return places.assign(
        name=places["name"].mask(made_up, places["name"] + " (fictional)"),
        region=places["region"].mask(places["region_code"] == "", words),
    )


def regions(places: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return (region, its localities by name) for the regions of `places` (Register.places).

    England's regions come first, north to south, then the other nations, then places that lie in no region.
    """
    shown = labelled(places).sort_values("name").assign(last=places["region_code"] == "")
    by_region = shown.groupby(["last", "region_code", "region"], sort=True)
    return [(key[2], rows.drop(columns="last")) for key, rows in by_region]


def write_region_pages(places: pd.DataFrame, first: str, folder: Path = paths.BOOK) -> list[str]:
    """Write book/regions/<slug>.md for each region of `places`, and remove those of other regions.

    `first`: the chapter that a locality's name links to. Returns the pages' names, for the table of contents.
    """
    written = []
    for region, rows in regions(places):
        slug = slugify(region)
        body = "".join(
            f'<tr><th scope="row"><a href="../localities/{row.slug}/{first}.html">{escape(row.name)}</a></th>'
            f"<td>{escape(row.kind)}</td><td>{row.area_code}</td></tr>\n"
            for row in rows.itertuples(index=False)
        )
        count = f"{len(rows)} localities" if len(rows) > 1 else "1 locality"
        head = "".join(f'<th scope="col">{words}</th>' for words in ("Locality", "Kind of council", "GSS code"))
        table = (
            f"<p>This handbook has {count} {_of(rows)}, in the order of the alphabet. The order says nothing"
            " about how they do.</p>\n"
            '<div class="hb-table" role="region" aria-label="Localities" tabindex="0">'
            f'<table class="hb-places"><caption>Localities: {escape(region)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
        )
        schemas.write_text(folder / "_generated" / f"region-{slug}.html", table)
        text = f"# {plain(region)}\n\n```{{raw}} html\n:file: ../_generated/region-{slug}.html\n```\n"
        schemas.write_text(folder / "regions" / f"{slug}.md", text)
        written.append(f"regions/{slug}")
    for old in (folder / "regions").glob("*.md"):
        if f"regions/{old.stem}" not in written:
            old.unlink()
    return written


def former(places: pd.DataFrame, register: Register) -> dict[str, pd.DataFrame]:
    """Return {slug: its changes} of the councils that are no more, gave ground to one of `places`, and left their slug free."""
    taken, gone = set(register.localities["slug"]), {}
    for name, rows in register.changes.sort_values(["old_name", "new_name"]).groupby("old_name"):
        if slugify(name) not in taken and rows["new_code"].isin(places["area_code"]).any():
            gone[slugify(name)] = rows
    return gone


def write_former_pages(places: pd.DataFrame, register: Register, first: str, folder: Path = paths.BOOK) -> list[str]:
    """Write, at the address that a council had or would have had, a page that leads to those that followed it.

    Returns the pages' names, for the table of contents.
    """
    written, here = [], places.set_index("area_code")
    names = register.localities.set_index("area_code")["name"]
    for slug, rows in former(places, register).items():
        old, year = rows["old_name"].iloc[0], rows["year"].iloc[0]
        items = "".join(
            f'<li><a href="../{here.at[code, "slug"]}/{first}.html">{escape(names[code])}</a></li>'
            if code in here.index
            else f"<li>{escape(names[code])} (not in this book)</li>"
            for code in rows["new_code"]
        )
        words = (
            f"<p>{escape(old)} ({escape(rows['old_code'].iloc[0])}) is no longer a council. Since April {year} its area"
            f" belongs to:</p>\n<ul>{items}</ul>\n"
        )
        schemas.write_text(folder / "_generated" / f"former-{slug}.html", words)
        text = f"# {plain(old)}, until {year}\n\n```{{raw}} html\n:file: ../../_generated/former-{slug}.html\n```\n"
        schemas.write_text(folder / "localities" / slug / f"{first}.md", text)
        written.append(f"localities/{slug}/{first}")
    for old_page in (folder / "localities").glob(f"*/{first}.md"):
        if f"localities/{old_page.parent.name}/{first}" not in written:
            old_page.unlink()
    return written


def _of(rows: pd.DataFrame) -> str:
    first = rows["region_code"].iloc[0][:1]
    return (
        "of this region"
        if first == "E"
        else "of this nation"
        if first
        else "with evidence of its own and no public figure"
    )


def boundaries(path: Path = paths.FIGURES / "boundaries.json") -> dict:
    """Return the shapes of the map: width, height, and places {area code: SVG path}. Raises DataError."""
    name = paths.shown(path)
    if not path.exists():
        raise DataError([f"{name}: the file is missing, so the map cannot be drawn. Run: handbook ingest --from DIR"])
    try:
        shapes = json.loads(path.read_text(encoding="utf-8"))
        width, height, places = float(shapes["width"]), float(shapes["height"]), dict(shapes["places"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError([f"{name}: must hold width, height and places ({error!r}). Ingest again."]) from None
    wrong = [code for code, d in places.items() if not re.fullmatch(r"[MmLlHhVvZz0-9eE,.\s-]+", d)]
    if wrong:
        raise DataError([f"{name}: places, '{code}': is not the path of a shape. Ingest again." for code in wrong])
    return {"width": width, "height": height, "places": places}


def write_landing(
    places: pd.DataFrame,
    register: Register,
    first: str,
    extra: Mapping[str, str] | None = None,
    missing: Mapping[str, str] | None = None,
    folder: Path = paths.BOOK,
    shapes: Path = paths.FIGURES / "boundaries.json",
) -> None:
    """Write the generated part of the landing page: the box to type in, the list, and the map that links.

    `places`: those in this book (Register.places); `extra`: {page: words} to link to beneath it;
    `missing`: {name of a locality: why it is not in this book}. Raises DataError when the shapes are missing.
    """
    parts = [
        _state(places, register, missing or {}),
        '<div class="hb-finder">\n',
        FIND,
        _map(places, register, first, boundaries(shapes)),
        '</div>\n<div data-hb-all>\n<h3 id="all-localities">All localities, by region and nation</h3>\n',
        f'<div class="hb-all">\n{_list(places, register, first)}</div>\n</div>\n',
    ]
    gone = former(places, register)
    if gone:
        links = "".join(
            f'<li><a href="localities/{slug}/{first}.html">{escape(rows["old_name"].iloc[0])}</a></li>'
            for slug, rows in gone.items()
        )
        parts.append(f'<h3>Councils that are no more</h3>\n<ul class="hb-gone">{links}</ul>\n')
    if extra:
        links = "".join(f'<li><a href="{page}.html">{escape(words)}</a></li>' for page, words in extra.items())
        parts.append(f"<h3>What they show together</h3>\n<ul>{links}</ul>\n")
    schemas.write_text(folder / "_generated" / "landing.html", "".join(parts))


# hidden until find.js takes it up: without JavaScript the list below is the way
FIND = """<form class="hb-find" data-hb-find hidden>
<label for="hb-find-q">Name of the council or place, or its GSS code</label>
<p class="hb-hint" id="hb-find-hint">For example: Trafford, Cambridge, or E08000009. Names of districts and of former
councils work too; postcodes do not: no open list of them is in this book.</p>
<div class="hb-find-row"><input id="hb-find-q" type="search" aria-describedby="hb-find-hint" autocomplete="off"
 autocapitalize="none" spellcheck="false"><button type="submit">Go</button></div>
<p class="hb-find-state" role="status" aria-live="polite" data-hb-state></p>
<ul class="hb-found" data-hb-found hidden></ul>
</form>
"""


def _state(places: pd.DataFrame, register: Register, missing: Mapping[str, str]) -> str:
    """Say how much of the United Kingdom is in this book, and what failed."""
    total, here = len(register.localities), int((places["region_code"] != "").sum())
    if here == total:
        words = (
            f"<p>All {total} localities of the United Kingdom are here: {len(register.england)} in England (every county"
            " council, unitary authority, metropolitan district and London borough), and every council of Wales, Scotland"
            " and Northern Ireland. Most figures are published for England only; the other nations' pages say what is"
            " not collected there.</p>\n"
        )
    else:
        words = (
            '<p class="hb-partial"><strong>This is a part of the handbook.</strong> It was built for'
            f" {here} of the {total} localities of the United Kingdom. The others are grey on the map and not in the list.</p>\n"
        )
    if missing:
        rows = "".join(f"<li>{escape(name)}: {escape(why)}</li>" for name, why in sorted(missing.items()))
        words += (
            '<div class="hb-partial"><p><strong>These localities could not be built:</strong></p>'
            f"<ul>{rows}</ul></div>\n"
        )
    return words


def _list(places: pd.DataFrame, register: Register, first: str) -> str:
    """Return every locality under its region; `data-also` holds other names by which it is found."""
    also: dict[str, set[str]] = {}
    for row in register.districts.itertuples(index=False):
        also.setdefault(row.locality_code, set()).update((row.district, row.district_code))
    for row in register.changes.itertuples(index=False):
        also.setdefault(row.new_code, set()).update((row.old_name, row.old_code))
    groups = []
    for region, rows in regions(places):
        items = []
        for row in rows.itertuples(index=False):
            others = "|".join(sorted(also.get(row.area_code, set()) - {row.name, row.area_code}))
            extra = f' data-also="{escape(others)}"' if others else ""
            link = f'<a href="localities/{row.slug}/{first}.html">{escape(row.name)}</a>'
            items.append(f'<li data-code="{row.area_code}"{extra}>{link}</li>\n')
        slug = slugify(region)
        heading = f'<h4 id="in-{slug}"><a href="regions/{slug}.html">{escape(region)}</a></h4>'
        groups.append(f'<section aria-labelledby="in-{slug}">{heading}\n<ul>\n{"".join(items)}</ul></section>\n')
    return "".join(groups)


def _map(places: pd.DataFrame, register: Register, first: str, shapes: dict) -> str:
    """Return the map of the United Kingdom, and London larger in a frame of its own; the list beside it is its equal."""
    here = set(places["area_code"])
    drawn, london = [], []
    for row in register.localities.itertuples(index=False):
        path = shapes["places"].get(row.area_code)
        if path is None:
            continue  # a place too small to draw is in the list
        (london if row.area_code.startswith("E09") else drawn).append((row, path))
    frame = _frame([path for _, path in london])

    def mark(row, path: str, step: str = "") -> str:
        name = escape(row.name)
        if row.area_code not in here:
            return f'<path class="hb-map-off" d="{path}"><title>{name}: not in this book</title></path>\n'
        return (
            f'<a href="localities/{row.slug}/{first}.html" data-code="{row.area_code}" aria-label="{name}"{step}>'
            f'<path d="{path}"><title>{name}</title></path></a>\n'
        )

    def picture(box: str, label: str, marks: list[str]) -> str:
        return f'<svg viewBox="{box}" role="group" aria-label="{label}">\n{"".join(marks)}</svg>\n'

    # where London has a frame of its own, the keyboard stops at its boroughs there, once
    small = [mark(row, path, ' tabindex="-1"' if frame else "") for row, path in london]
    whole = picture(
        f"0 0 {shapes['width']:g} {shapes['height']:g}",
        "Map of the United Kingdom. Each shape links to a locality.",
        [mark(row, path) for row, path in drawn] + small,
    )
    larger = picture(frame, "London, larger", [mark(row, path) for row, path in london])
    inset = f'<div class="hb-map-inset"><p class="hb-map-title" aria-hidden="true">London, larger</p>\n{larger}</div>\n'
    return (
        '<div class="hb-map" data-hb-map>\n<div class="hb-map-main">\n'
        '<p class="hb-map-name" aria-hidden="true" data-hb-map-name>Or choose an area on the map</p>\n'
        '<p class="hb-hint"><a href="#all-localities">Skip the map: go to the list</a></p>\n'
        f"{whole}</div>\n{inset if frame else ''}</div>\n"
    )


def _frame(shapes: Sequence[str]) -> str:
    """Return the viewBox that holds the shapes, or nothing where a path is not in absolute coordinates."""
    if not shapes or any(re.search(r"[a-y]|[HV]", shape) for shape in shapes):
        return ""
    numbers = [float(n) for shape in shapes for n in re.findall(r"-?\d+(?:\.\d+)?", shape)]
    xs, ys = numbers[0::2], numbers[1::2]
    left, top = min(xs), min(ys)
    return f"{left:g} {top:g} {max(xs) - left:g} {max(ys) - top:g}"


def write_sources(sources: dict[str, Source], folder: Path = paths.BOOK) -> None:
    """Write the list of sources for the page of attribution: publisher, title, licence, release dates, own words."""
    items = []
    for source in sorted(sources.values(), key=lambda s: (s.publisher, s.title)):
        licence, address = LICENCES[source.licence]
        days = sorted({file.release_date for file in source.files})
        released = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        caveats = "".join(f"<li>{escape(c)}</li>" for c in source.caveats)
        items.append(
            f'<section id="source-{escape(source.id)}"><h3>{escape(source.publisher)}: {escape(source.title)}</h3>\n'
            '<dl class="hb-facts-list">'
            f'<dt>Published at</dt><dd><a href="{escape(source.landing_page)}">{escape(source.landing_page)}</a></dd>'
            f'<dt>Licence</dt><dd><a href="{escape(address)}">{escape(licence)}</a></dd>'
            f"<dt>Released</dt><dd>{escape(released)}</dd>"
            f"<dt>Next release</dt><dd>{escape(source.next_release)}</dd>"
            f"<dt>Quality</dt><dd>{source.quality} of 3, where 1 is the best: {escape(source.quality_reason)}</dd>"
            f"<dt>Attribution</dt><dd>{escape(source.attribution)}</dd></dl>\n"
            + (f"<p>To bear in mind:</p><ul>{caveats}</ul>\n" if caveats else "")
            + "</section>\n"
        )
    schemas.write_text(folder / "_generated" / "sources.html", "".join(items))
