"""The list of sources for the page of attribution."""

from __future__ import annotations

from html import escape
from pathlib import Path

from . import paths, schemas
from .catalogue import Source
from .licences import LICENCES


def write(sources: dict[str, Source], folder: Path = paths.BOOK) -> None:
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
