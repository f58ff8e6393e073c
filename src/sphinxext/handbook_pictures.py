"""Put the still picture of each chart into its figure, so that it shows at once, on paper, and without JavaScript.

The notebooks do not hold the pictures: `helpers.pictures` draws them beside the book, and tells their sizes.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from sphinx.util import logging

LOG = logging.getLogger(__name__)
CANVAS = re.compile(
    r'(<figure class="hb-chart" id="chart-([0-9a-f]{12})">.*?<div class="hb-canvas"[^>]*>)(</div>)', re.DOTALL
)
LAPTOP = "print, (min-width: 44rem)"  # wide enough for a wide picture. Paper is told by name: a window and its sheet
# are not equally wide, and a picture that is changed for another while a page is printed moves what follows


def _read(app, config) -> None:
    # a picture that is drawn otherwise may have another size, so every page is written again
    config.handbook_pictures = [_generated(app, "drawing"), hashlib.sha256(Path(__file__).read_bytes()).hexdigest()]


def _generated(app, name: str):
    path = Path(app.srcdir) / "_generated" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def markup(name: str, sizes: list[list[int]], root: str) -> str:
    """Return the HTML of a chart's picture; `root` leads from the page to the first folder of the site.

    The figure around it carries the alternative text.
    """
    (width, height), *wide = sizes
    address = f"{root}pictures/{name[:2]}/{name}"
    shown = f'<img class="hb-picture" src="{address}.svg" alt="" width="{width}" height="{height}" loading="lazy">'
    for width, height in wide:
        source = f'<source media="{LAPTOP}" srcset="{address}-wide.svg" width="{width}" height="{height}">'
        shown = f"<picture>{source}{shown}</picture>"
    return shown


def known(app) -> dict[str, list[list[int]]]:
    """Return {chart: the sizes of its pictures}. They are drawn while pages are read, and stand when pages are written."""
    if not hasattr(app, "handbook_pictures"):
        app.handbook_pictures = _generated(app, "pictures") or {}
    return app.handbook_pictures


def _pictures(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    def put(found: re.Match) -> str:
        sizes = known(app).get(found[2])
        if not sizes:
            LOG.warning("chart-%s has no picture. Build with: handbook book", found[2], location=pagename)
            return found[0]
        return found[1] + markup(found[2], sizes, context.get("content_root", "")) + found[3]

    body = context.get("body") or ""
    if "hb-chart" in body:
        context["body"] = CANVAS.sub(put, body)


def setup(app) -> dict:
    app.add_config_value("handbook_pictures", [], "html")
    app.connect("config-inited", _read)
    app.connect("html-page-context", _pictures, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
