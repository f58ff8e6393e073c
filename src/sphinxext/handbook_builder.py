"""The builder of the site: Sphinx's own for HTML, for many pages that say much the same.

It keeps no page in memory and tells the search index only the headings of chapters, so both stay small in a book of
thousands.
"""

from __future__ import annotations

import pickle
import re
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import CONFIG_OK

from helpers import table_numbers, trust

HEADING = re.compile(r"<(h[2-6]|caption)\b[^>]*>(.*?)</\1>", re.DOTALL)
UNSEEN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
# words that stand in the headings of every chapter, and what is left of "people's" and "don't": nobody looks for them
COMMON = """about above after again all alone already among an any anything ask asked away back because become been
before below beside better between beyond both came can come comes could did do does done down each eight elsewhere
enough every expect far first five found four from further get getting go had half has have here how its keep known
last less like long made make many more most much neither never next nobody nor once one only other out over own s
same say seen she should since six so someone stand stands t take taken than them themselves those three together two
under up us use used we well went were what when where whether which who whole whom why within without worse would
you"""
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
            printed.parent.replace(printed, nodes.Text(table_numbers.plain(UNSEEN.sub(" ", printed.astext()))))
        for heading in doctree.findall(nodes.title):
            # the search page writes titles as HTML, so a title must not hold any
            heading.children = [nodes.Text(escape(heading.astext(), quote=False))]
        super().index_page(pagename, doctree, escape(self.env.titles[pagename].astext(), quote=False))


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
        said += [table_numbers.plain(found[1]) for found in HEADING.findall(printed.astext())]
    section = nodes.section("", first.deepcopy(), nodes.paragraph("", " ".join(said)), ids=first.parent["ids"])
    slim = doctree.copy()
    slim += section
    return slim


def setup(app) -> dict:
    app.add_builder(Builder, override=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
