"""The site around the chapters: what each page's frame shows, looked up in constant time.

The frame is our own (handbook_theme/layout.html). It knows the book from one small file that `helpers.book` writes,
so no page asks Sphinx for the tree of all pages: that is what makes large books slow (quadratic).
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging

from helpers import fingerprints, paths, takeaway
from helpers.errors import DataError

LOG = logging.getLogger(__name__)
HERE = Path(__file__).parent
MADE_WITH = ", ".join(f"{name} {version(name)}" for name in ("pandas", "altair", "papermill", "jupyter-book"))
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip

# What a page may load: files beside it, and nothing else. No script, style or code that is written into a page runs.
# publish this also as a header where the server can be told to; a header may add frame-ancestors, a page may not.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
CHART = re.compile(r'class="(?:[^"]*\s)?hb-chart[\s"]')
# a table of a Markdown page, which on a phone needs a box to scroll in; tables that a chapter prints bring their own
TABLE = re.compile(r'<table class="docutils.*?</table>', re.DOTALL)
# myst-nb gives the fold a name that a screen reader says instead of the words on the screen
FOLD_NAME = ' aria-label="Toggle hidden content"'


def _fold_below(app, doctree: nodes.document, docname: str) -> None:
    """Put the fold with a cell's code under its result: readers come for the result."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and cell.get("hide_mode") == "input" and len(cell) == 2:
            cell.append(cell.pop(0))


def _read_site(app, config) -> None:
    """Read what `helpers.book` says of this book; only what every page shows is configuration."""
    path = Path(app.srcdir) / "_generated" / "site.json"
    if not path.exists():
        raise ExtensionError("book/_generated/site.json is missing. Build with: handbook book")
    site = json.loads(path.read_text(encoding="utf-8"))
    app.handbook_places = site.pop("places")
    try:
        app.handbook_tidy = takeaway.chapters_files([c["name"] for c in site["chapters"]])
    except DataError:  # no bundles here: a page then offers no figures to take away
        app.handbook_tidy = {}
    config.handbook_site = {**site, "frame": fingerprints.of_files(paths.files(HERE), HERE)}
    config.handbook_made_with = fingerprints.of(fingerprints.packages())
    config.html_theme_options = {}  # Jupyter Book always sets those of the book theme


def _titles_differ(app, env) -> None:
    """Warn of chapters with the same heading: they could not be told apart in search, tabs and history."""
    seen: dict[str, str] = {}
    for name in sorted(env.found_docs):
        title = env.titles[name].astext()
        if title in seen:
            told = "the heading '%s' is also that of %s. Put the locality's name in it."
            LOG.warning(told, title, seen[title], location=name)
        seen[title] = name


def _start(app) -> None:
    app.env.handbook_sections = getattr(app.env, "handbook_sections", {})  # kept with the environment


def _slim_contents(app, doctree: nodes.document) -> None:
    """Keep the headings of a chapter as plain text: as nodes they are most of what Sphinx loads and writes each time."""
    name = app.env.docname
    if name.startswith("localities/"):
        app.env.handbook_sections[name] = _sections(app.env.tocs[name])
        app.env.tocs[name] = nodes.bullet_list("")


def _forget(app, env, docname: str) -> None:
    env.handbook_sections.pop(docname, None)


def _merge(app, env, docnames: list[str], other) -> None:
    """Take over what another process has read."""
    env.handbook_sections |= {n: other.handbook_sections[n] for n in docnames if n in other.handbook_sections}


def _sections(toc: nodes.bullet_list) -> list[dict]:
    """Return the second-level headings of a page from Sphinx's own contents of it."""
    if not len(toc) or not len(toc[0]) > 1:
        return []
    found = []
    for item in toc[0][1:]:
        for entry in item if isinstance(item, nodes.bullet_list) else []:
            reference = next(entry.findall(nodes.reference), None) if isinstance(entry, nodes.list_item) else None
            if reference is not None:
                found.append({"title": reference.astext(), "href": reference["anchorname"]})
    return found


def _place(app, pagename: str, site: dict) -> dict | None:
    """Return the locality, its chapters and its region, when the page is one of a locality's chapters."""
    parts = pagename.split("/")
    if parts[0] != "localities" or parts[1] not in app.handbook_places:  # the page of a council that is no more
        return None
    _, slug, chapter = parts
    place = app.handbook_places[slug]
    chapters = [{"doc": f"localities/{slug}/{c['name']}", "title": c["title"]} for c in site["chapters"]]
    here = [c["name"] for c in site["chapters"]].index(chapter)
    return {
        "name": place["name"],
        "region": next(r for r in site["regions"] if r["name"] == place["region"]),
        "chapters": chapters,
        "previous": chapters[here - 1] if here else None,
        "next": chapters[here + 1] if here + 1 < len(chapters) else None,
        "file": f"{slug}-{chapter}-{site['edition']}.ipynb",
        "slug": slug,
        "code": place["code"],
        # in a part of the handbook some of them have no page
        "like": [
            {"title": name, "doc": f"localities/{other}/{chapter}" if other in app.handbook_places else ""}
            for other, name in place["like"]
        ],
        "tidy": app.handbook_tidy.get(chapter, "") and f"{slug}-{app.handbook_tidy[chapter]}-{site['edition']}.csv",
        "bundle": f"{slug}-bundle-{site['edition']}.zip" if app.handbook_tidy else "",
        "pack": f"{slug}-pack-{site['edition']}.pdf" if site.get("packs") else "",
    }


def _page(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    site = app.config.handbook_site
    year, month, day = site["edition"].split("-")
    body = context.get("body") or ""
    is_page = pagename in app.env.found_docs
    if is_page and len(re.findall(r"<h1\b", body)) != 1:
        LOG.warning("the page must have one first-level heading (# ...), as real Markdown.", location=pagename)
    body = body.replace(FOLD_NAME, "")
    context["body"] = TABLE.sub(
        lambda m: f'<div class="hb-table" role="region" tabindex="0" aria-label="Table">{m[0]}</div>', body
    )
    source = context.get("sourcename") or ""
    titles = app.env.titles
    context["hb"] = {
        "policy": POLICY,
        "made_with": MADE_WITH,
        "day": site["edition"],
        "place": _place(app, pagename, site),
        "general": [{"doc": name, "title": titles[name].astext()} for name in site["general"]],
        "regions": site["regions"],
        "sections": app.env.handbook_sections.get(pagename) or (_sections(app.env.tocs[pagename]) if is_page else []),
        "attribution_title": titles["attribution"].astext(),
        "edition": f"{int(day)} {MONTHS[int(month) - 1]} {year}",
        "private": site.get("private", False),
        "chart": bool(CHART.search(body)),
        "find": "data-hb-find" in body,
        "notebook": source if source.endswith(".ipynb") else "",
        "file": f"{pagename.replace('/', '-')}-{site['edition']}.ipynb",
    }


def setup(app) -> dict:
    app.add_html_theme("handbook", str(HERE / "handbook_theme"))
    app.add_config_value("handbook_site", {}, "html")  # a change here writes every page again
    app.add_config_value("handbook_made_with", "", "env")  # here, reads it again: others may read otherwise
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it even where nothing uses it
    app.setup_extension("handbook_builder")
    app.setup_extension("handbook_changed")
    app.setup_extension("handbook_pictures")
    app.setup_extension("handbook_downloads")
    app.setup_extension("handbook_trust")
    app.connect("config-inited", _read_site)
    app.connect("builder-inited", _start)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-read", _slim_contents, priority=900)  # once Sphinx has made them
    app.connect("doctree-resolved", _fold_below, priority=900)
    app.connect("env-check-consistency", _titles_differ)
    app.connect("html-page-context", _page, priority=900)
    return {"version": "1", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
