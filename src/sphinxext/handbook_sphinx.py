"""The site around the chapters: what each page's frame shows, looked up in constant time.

The frame is our own (handbook_theme/layout.html). It knows the book from one small file that `helpers.book` writes,
so no page asks Sphinx for the tree of all pages: that is what makes large books slow (quadratic). The builder keeps
no page in memory and tells the search index only the headings of chapters, so both stay small in a book of thousands.
"""

from __future__ import annotations

import json
import pickle
import re
from contextlib import suppress
from functools import cache
from html import escape, unescape
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import CONFIG_OK
from sphinx.errors import ExtensionError
from sphinx.util import logging

from helpers import fingerprints, paths, table_numbers, takeaway, trust
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
HEADING = re.compile(r"<(h[2-6]|caption)\b[^>]*>(.*?)</\1>", re.DOTALL)
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)  # of these two what is between them, too
# words that stand in the headings of every chapter, and what is left of "people's" and "don't": nobody looks for them
COMMON = """about above after again all alone already among an any anything ask asked away back because become been
before below beside better between beyond both came can come comes could did do does done down each eight elsewhere
enough every expect far five found four from further get getting go had half has have here how its keep known less
like long made make many more most much neither never next nobody nor once one only other out over own s same say
seen she should since six so someone stand stands t take taken them themselves those three together two under up us
use used we well went were what when where whether which who whole whom why within without worse would you"""
# the search page leaves numbers out of what it looks for; and of an "s" alone the stemmer leaves nothing
NUMBER = re.compile("[0-9]*")


class Builder(StandaloneHTMLBuilder):
    """The HTML builder of Sphinx, for many pages that say much the same."""

    def init_highlighter(self):
        super().init_highlighter()
        colour, coloured = self.highlighter.highlight_block, {}

        def once(source, lang, opts=None, force=False, location=None, **others):
            """Colour the code of a cell, which is the same in every locality, once."""
            key = (source, lang, force, repr(opts), repr(sorted(others.items())))
            if key not in coloured:
                coloured[key] = colour(source, lang, opts, force, location, **others)
            return coloured[key]

        self.highlighter.highlight_block = once

    def ahead(self):
        """Do for the chapters of one locality what all others need too, before processes that write pages are begun.

        Their code is coloured, and the words of their tables, most of which stand in all of them, are read. What was
        kept of pages under another configuration, or by other packages, is not looked at: they are read again.
        """
        if self.env.config_status != CONFIG_OK:
            return
        pages = sorted(name for name in self.env.all_docs if name.startswith("localities/"))
        for name in (name for name in pages if name.rpartition("/")[0] == pages[0].rpartition("/")[0]):
            kept, chapter = Path(self.doctreedir, f"{name}.doctree"), Path(self.srcdir, f"{name}.ipynb")
            if not kept.exists():  # Sphinx then reads the page again
                continue
            for block in pickle.loads(kept.read_bytes()).findall(nodes.literal_block):
                language, options = block.get("language", "default"), self.config.highlight_options
                given = {"opts": options.get(language, {}), "linenos": False, "location": block}
                self.highlighter.highlight_block(block.rawsource, language, **given, force=block.get("force", False))
            if chapter.exists():  # else the place has gone, of which Sphinx has not been told yet
                table_numbers.of_notebook(chapter.read_text(encoding="utf-8"), "")
        with suppress(OSError, LookupError):  # a book without localities, or a bundle that is taken away meanwhile
            _ = trust.about(pages[0].split("/")[1]).titles  # re keeps the pattern, which is that of every locality

    def _write_parallel(self, docnames, nproc):
        self.app.extensions["handbook_pictures"].module.known(self.app)  # each of the processes would read them anew
        super()._write_parallel(docnames, nproc)

    def write(self, *names):
        # Sphinx would write the page above each of these in the contents too, for the titles that it might show of them
        above, self.env.files_to_rebuild = self.env.files_to_rebuild, {}
        try:
            super().write(*names)
        finally:
            self.env.files_to_rebuild = above

    def write_doctree(self, docname, doctree, *, _cache=True):
        # Sphinx would keep every page in memory from its reading to its writing
        super().write_doctree(docname, doctree, _cache=False)

    def write_doc(self, docname, doctree):
        super().write_doc(docname, doctree)
        getattr(self.env, "_pickled_doctree_cache", {}).pop(docname, None)

    def get_doc_context(self, docname, body, metatags):
        # Sphinx would render the titles of eight related pages for each page; the frame has its own ways on and back
        suffix = self.env.doc2path(docname, False)[len(docname) :]
        title = escape(self.env.titles[docname].astext())
        return {"title": title, "body": body, "metatags": metatags, "meta": self.env.metadata.get(docname),
                "sourcename": docname + suffix, "page_source_suffix": suffix}  # fmt: skip

    def prepare_writing(self, docnames):
        super().prepare_writing(docnames)
        language = self.indexer.lang
        language.stem = cache(language.stem)
        # the stems too: Sphinx looks for "thi" and "i" in a list that holds "this" and "is"
        words = language.stopwords.union(COMMON.split())
        words |= {language.stem(word) for word in words}
        language.stopwords = words | {word.capitalize() for word in words}
        kept = language.word_filter
        language.word_filter = lambda word: not NUMBER.fullmatch(word) and kept(word)
        # Sphinx forgets the index entries (terms of the glossary) of pages that it does not write anew, so a book that
        # was built in steps would find less than one that was built at once
        for name, entries in self.env.get_domain("index").entries.items():
            if entries and name not in docnames:
                self.index_page(name, self.env.get_and_resolve_doctree(name, self), "")

    def dump_search_index(self):
        # Sphinx would keep the words of pages that are gone, which then stand on no page
        self.indexer.prune(self.env.all_docs)
        for words in (self.indexer._mapping, self.indexer._title_mapping):
            for word in [word for word, pages in words.items() if not pages]:
                del words[word]
        super().dump_search_index()

    def index_page(self, pagename, doctree, title):
        doctree = _headings(doctree) if pagename.startswith("localities/") else doctree.deepcopy()
        for printed in list(doctree.findall(nodes.raw)):  # Sphinx would make one word of what stands in two cells
            printed.parent.replace(printed, nodes.Text(_words(printed.astext())))
        for heading in doctree.findall(nodes.title):
            # the search page writes titles as HTML, so a title must not hold any
            heading.children = [nodes.Text(escape(heading.astext(), quote=False))]
        super().index_page(pagename, doctree, escape(self.env.titles[pagename].astext(), quote=False))


def _words(html: str) -> str:
    return unescape(TAG.sub(" ", html))


def _headings(doctree: nodes.document) -> nodes.document:
    """Return a document of the title and the words of all other headings, printed ones too.

    The text of a chapter is much the same for every locality: in the index it would weigh megabytes and find all of
    them. Its headings and the names of its indicators are what readers look for.
    """
    titles = list(doctree.findall(nodes.title))
    if not titles:
        return doctree.deepcopy()  # _page warns of it
    first, said = titles[0], [title.astext() for title in titles[1:]]
    for printed in doctree.findall(nodes.raw):
        said += [_words(found[1]) for found in HEADING.findall(printed.astext())]
    section = nodes.section("", first.deepcopy(), nodes.paragraph("", " ".join(said)), ids=first.parent["ids"])
    slim = doctree.copy()
    slim += section
    return slim


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
    app.add_builder(Builder, override=True)
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
