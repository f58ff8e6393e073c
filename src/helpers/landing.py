"""The landing page: a box to type in, a map, and the list of all places, which is the equal of both.

Names are data: they stand in generated HTML, escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd

from . import landing_map, paths, schemas
from .geography import Register
from .paths import slugify
from .place_pages import former, regions


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
        '<div class="hb-finder">\n<div class="hb-finder-words">\n',
        FIND.replace("{postcodes}", _postcodes(register)),
        _state(places, register, missing or {}),
        "</div>\n",
        landing_map.drawn(places, register, first, landing_map.boundaries(shapes)),
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
<label for="hb-find-q">Name of the council or place, its GSS code, or a postcode district</label>
<p class="hb-hint" id="hb-find-hint">For example: Trafford, Cambridge, E08000009. Districts and former councils work
too. {postcodes}</p>
<div class="hb-find-row"><input id="hb-find-q" type="search" aria-describedby="hb-find-hint" autocomplete="off"
 autocapitalize="none" spellcheck="false"><button type="submit">Go</button></div>
<p class="hb-find-state" role="status" aria-live="polite" data-hb-state></p>
<ul class="hb-found" data-hb-found hidden></ul>
</form>
"""


def _postcodes(register: Register) -> str:
    """Say where a postcode district finds a place: everywhere, in the places that the book has a list of, or nowhere."""
    known, total = register.postcodes["area_code"].nunique(), len(register.localities)
    if not known:
        return "Postcodes do not: no open list of them is in this book."
    example = "M33" if "M33" in set(register.postcodes["postcode_district"]) else register.postcodes.iloc[0, 0]
    if known == total:
        return f"So does the first half of a postcode, such as {escape(example)}."
    regions = register.localities[register.localities["area_code"].isin(register.postcodes["area_code"])]["region"]
    where = f"{known} councils" + (f" of the {escape(regions.iloc[0])}" if regions.nunique() == 1 else "")
    return (
        f"The first half of a postcode, such as {escape(example)}, works for {where} only, and not for all of theirs."
    )


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
    """Return every locality under its region; `data-also` and `data-post` hold names and postcode districts that find it."""
    also: dict[str, set[str]] = {}
    for row in register.districts.itertuples(index=False):
        also.setdefault(row.locality_code, set()).update((row.district, row.district_code))
    for row in register.changes.itertuples(index=False):
        also.setdefault(row.new_code, set()).update((row.old_name, row.old_code))
    reach = register.postcodes.groupby("area_code")["postcode_district"].agg("|".join)
    groups = []
    for region, rows in regions(places):
        items = []
        for row in rows.itertuples(index=False):
            others = "|".join(sorted(also.get(row.area_code, set()) - {row.name, row.area_code}))
            extra = f' data-also="{escape(others)}"' if others else ""
            if row.area_code in reach.index:
                extra += f' data-post="{escape(reach[row.area_code])}"'
            link = f'<a href="localities/{row.slug}/{first}.html">{escape(row.name)}</a>'
            items.append(f'<li data-code="{row.area_code}"{extra}>{link}</li>\n')
        slug = slugify(region)
        heading = f'<h4 id="in-{slug}"><a href="regions/{slug}.html">{escape(region)}</a></h4>'
        groups.append(f'<section aria-labelledby="in-{slug}">{heading}\n<ul>\n{"".join(items)}</ul></section>\n')
    return "".join(groups)
