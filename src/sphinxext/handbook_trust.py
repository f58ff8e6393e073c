"""Link the numbers in a chapter's sentences to the cards that they come from."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from helpers import table_numbers, traced, trust

about_place = lru_cache(maxsize=4)(trust.about)
of_place = lru_cache(maxsize=4)(trust.rows)  # the chapters of a locality are written one after another


def _config(app, config) -> None:
    made_of = [Path(file).read_bytes() for file in (__file__, trust.__file__, traced.__file__, table_numbers.__file__)]
    config.handbook_trust = hashlib.sha256(b"".join(made_of)).hexdigest()  # another way: every page is written again


def _numbers(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    parts = pagename.split("/")
    if parts[0] == "localities" and context.get("body"):
        body = trust.link(context["body"], of_place(parts[1]))
        others = trust.other_tables(parts[1], parts[2], Path(app.doctreedir))
        context["body"] = traced.link(body, others, about_place(parts[1]))
    elif (context.get("sourcename") or "").endswith(".ipynb"):  # a page across localities: its own tables only
        edition = app.config.handbook_site["edition"]
        context["body"] = traced.link(context.get("body") or "", [], traced.About({}, edition))
    context["hb"]["about"] = 'class="hb-num"' in (context.get("body") or "")


def setup(app) -> dict:
    app.add_config_value("handbook_trust", "", "html")
    app.connect("config-inited", _config)
    app.connect("html-page-context", _numbers, priority=940)  # before pictures and downloads, after the frame
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
