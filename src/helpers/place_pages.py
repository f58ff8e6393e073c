"""Pages that list places: one for each region, and one at the address of each council that is no more.

Names are data. They stand in generated HTML, escaped, and never in MyST text, where they could become markup; the one
exception is a heading, in which every mark is made harmless.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd

from . import paths, schemas, settings
from .geography import Register
from .paths import slugify


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
    shown = labelled(places).sort_values("name")
    by_region = shown.groupby([shown["region_code"] == "", "region_code", "region"], sort=True)
    return [(key[2], rows) for key, rows in by_region]


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


def _of(rows: pd.DataFrame) -> str:
    first = rows["region_code"].iloc[0][:1]
    return (
        "of this region"
        if first == "E"
        else "of this nation"
        if first
        else "with evidence of its own and no public figure"
    )


def like_each(register: Register) -> dict[str, list[list[str]]]:
    """Return {area code: [slug, name] of each of its neighbours, in the order of the alphabet: it says nothing}."""
    table = schemas.read(paths.FIGURES / "neighbours.csv", schemas.NEIGHBOURS)
    chosen = table[table["comparator"] == settings.load()["comparator_set"]]
    known = register.localities.set_index("area_code")
    named = chosen.join(known[["slug", "name"]], on="neighbour_code", how="inner").sort_values("name")
    found: dict[str, list[list[str]]] = {}
    for code, *of in zip(*(named[column] for column in ("area_code", "slug", "name")), strict=True):
        found.setdefault(code, []).append(of)
    return found


def former(places: pd.DataFrame, register: Register) -> dict[str, pd.DataFrame]:
    """Return {slug: its changes} of the councils that are no more, gave ground to one of `places`, and left their slug free."""
    taken, gone = set(register.localities["slug"]), {}
    for name, rows in register.changes.sort_values(["old_name", "new_name"]).groupby("old_name"):
        if slugify(name) not in taken and rows["new_code"].isin(places["area_code"]).any():
            gone[slugify(name)] = rows
    return gone


def write_former_pages(
    places: pd.DataFrame, register: Register, chapters: Sequence[str], folder: Path = paths.BOOK
) -> list[str]:
    """Write, at each address that a council had or would have had, a page that leads to those that followed it.

    Returns the pages' names, for the table of contents.
    """
    written, here = [], places.set_index("area_code")
    names = register.localities.set_index("area_code")["name"]
    for slug, rows in former(places, register).items():
        old, year = rows["old_name"].iloc[0], rows["year"].iloc[0]
        for chapter in chapters:
            items = "".join(
                f'<li><a href="../{here.at[code, "slug"]}/{chapter}.html">{escape(names[code])}</a></li>'
                if code in here.index
                else f"<li>{escape(names[code])} (not in this book)</li>"
                for code in rows["new_code"]
            )
            words = (
                f"<p>{escape(old)} ({escape(rows['old_code'].iloc[0])}) is no longer a council. Since April {year} its area"
                f" belongs to:</p>\n<ul>{items}</ul>\n"
            )
            of = "" if chapter == chapters[0] else f"{chapter.replace('_', ' ').capitalize()} of "
            schemas.write_text(folder / "_generated" / f"former-{slug}-{chapter}.html", words)
            text = f"# {of}{plain(old)}, until {year}\n\n```{{raw}} html\n:file: ../../_generated/former-{slug}-{chapter}.html\n```\n"
            schemas.write_text(folder / "localities" / slug / f"{chapter}.md", text)
            written.append(f"localities/{slug}/{chapter}")
    for old_page in (folder / "localities").glob("*/*.md"):
        if f"localities/{old_page.parent.name}/{old_page.stem}" not in written:
            old_page.unlink()
    return written
