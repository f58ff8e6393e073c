"""A locality's chapters as one PDF, printed by Chromium from the built pages: cover, contents with page numbers, links."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from . import paths, schemas
from .schemas import DataError

ARTICLE = re.compile(r'<article class="hb-article">(.*)</article>', re.DOTALL)
ID = re.compile(r'(<[^<>]*? )(id|aria-labelledby|aria-describedby)="([^"]*)"')
LINK = re.compile(r'<a\b([^>]*?) href="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
CODE = re.compile(r'<details class="[^"]*\bhide\b.*?</details>', re.DOTALL)
MADE = re.compile(r"made\d+")
NAMES = ("chromium", "chromium-browser", "google-chrome")
FOOT = (
    '<div style="width:100%;padding:0 14mm;font:8pt Helvetica,Arial,sans-serif;color:#4a5560;display:flex;'
    'justify-content:space-between"><span>{}</span><span>Page <span class="pageNumber"></span> of'
    ' <span class="totalPages"></span></span></div>'
)


def chapter_part(html: str, chapter: str, chapters: Sequence[str]) -> str:
    """Return the article of a page as a part of the pack: ids of its own, links within the pack, no code.

    A link to a page that is not in the pack becomes plain words; links to other sites stay.

    >>> page = '<article class="hb-article"><h1 id="a">A</h1><a href="spend.html#b">b</a><a href="../x.html">x</a></article>'
    >>> chapter_part(page, "needs", ["needs", "spend"])
    '<h1 id="needs--a">A</h1><a href="#spend--b">b</a>x'
    """
    found = ARTICLE.search(html)
    if not found:
        raise DataError([f"the page of the chapter {chapter} has no article. Build the book again: make book"])
    body = CODE.sub("", found[1]).replace('loading="lazy"', 'loading="eager"')
    body = ID.sub(lambda m: f'{m[1]}{m[2]}="{chapter}--{m[3]}"', body)

    def link(m: re.Match) -> str:
        address, _, place = m[2].partition("#")
        if address.startswith(("https://", "http://")):
            return m[0]
        if MADE.fullmatch(place):  # the code, which the pack leaves out
            return m[4]
        target = address.removesuffix(".html") or chapter
        if target in chapters and "/" not in address:
            return (
                f'<a{m[1]} href="#{target}--{place}"{m[3]}>{m[4]}</a>' if place else f'<a href="#{target}">{m[4]}</a>'
            )
        return m[4]

    return LINK.sub(link, body)


def document(name: str, code: str, edition: str, parts: Mapping[str, str], pages: Mapping[str, int]) -> str:
    """Return the whole pack as HTML that stands beside the locality's pages. `pages`: {chapter: its first page}."""
    contents = "".join(
        f'<li><a href="#{c}">{escape(c.capitalize())}</a> <span class="hb-leader">{pages.get(c, "")}</span></li>'
        for c in parts
    )
    styles = "".join(f'<link rel="stylesheet" href="../../_static/{n}.css">' for n in ("site", "components", "pack"))
    body = "".join(f'<section id="{c}" class="hb-part">{part}</section>' for c, part in parts.items())
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(name)}: evidence pack, edition of'
        f' {edition}</title>{styles}</head><body><section class="hb-cover"><h1>{escape(name)}</h1><p>Evidence pack of the'
        f" Locality Evidence Handbook. GSS code {escape(code)}, edition of {edition}: it uses only what was published by that"
        f" day.</p><h2>Contents</h2><ol>{contents}</ol><p>Parts that are folded on the web pages, such as the table of every"
        " year of an indicator, are left out here: each page offers them as files. Contains public sector information"
        " licensed under the Open Government Licence v3.0; the chapter on sources names each source.</p></section>"
        f'<main class="hb-article">{body}</main></body></html>'
    )


def write(
    slug: str, name: str, code: str, chapters: Sequence[str], edition: str, target: Path, site: Path | None = None
) -> int:
    """Print the pack of one locality to the file `target` and return its number of pages. Raises DataError."""
    try:
        from playwright.sync_api import Error, sync_playwright
        from pypdf import PdfReader
    except ImportError:
        raise DataError(["Printing needs the packages playwright and pypdf. Run: make setup"]) from None
    home = (site or paths.SITE) / "localities" / slug
    absent = [c for c in chapters if not (home / f"{c}.html").exists()]
    if absent:
        raise DataError([f"{paths.shown(home)}: no page yet for {', '.join(absent)}. Run: make book ONLY={slug}"])
    parts = {c: chapter_part((home / f"{c}.html").read_text(encoding="utf-8"), c, chapters) for c in chapters}
    page_file, pages, count = home / ".pack.html", {}, 0
    target.parent.mkdir(parents=True, exist_ok=True)
    printed = target.with_suffix(".part")
    browser_path = next((path for n in NAMES if (path := shutil.which(n))), None)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_context(java_script_enabled=False).new_page()
            for _ in range(3):  # the first printing tells the page numbers; they could move a page break once
                schemas.write_text(page_file, document(name, code, edition, parts, pages))
                page.goto(page_file.as_uri(), wait_until="load")
                page.pdf(
                    path=printed, format="A4", tagged=True, outline=True, display_header_footer=True, header_template="<span></span>",
                    footer_template=FOOT.format(escape(f"{name}, edition of {edition}")),
                    margin={"top": "16mm", "bottom": "18mm", "left": "14mm", "right": "14mm"},
                )  # fmt: skip
                reader = PdfReader(printed)
                count, before = len(reader.pages), pages
                pages = {c: reader.get_destination_page_number(d) + 1 for c, d in _destinations(reader, parts).items()}
                if pages == before:
                    break
            else:
                printed.unlink()
                raise DataError(
                    [
                        f"{name}: the page numbers of its contents did not settle in three printings. Run the command again"
                    ]
                )
            browser.close()
    except Error as error:
        raise DataError([f"Chromium could not print: {str(error).splitlines()[0]}"]) from None
    finally:
        page_file.unlink(missing_ok=True)
    os.replace(printed, target)
    return count


def _destinations(reader, parts: Mapping[str, str]) -> dict:
    """Return {chapter: its place in the PDF}, which Chromium names by the ids that are linked to."""
    named = {key.lstrip("/"): value for key, value in reader.named_destinations.items()}
    return {c: named[c] for c in parts if c in named}
