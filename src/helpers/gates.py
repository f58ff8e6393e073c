"""What no book may hold: a failed or unexecuted cell, a broken link, a request that leaves the site.

Jupyter Book's own -W lets error outputs through, and it does not look at links inside printed HTML.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import orphans
from .paths import shown
from .schemas import DataError, write_text


def check_notebooks(*places: Path, edition: str = "") -> int:
    """Return the number of notebooks in `places` (folders or files), or raise DataError for each that is not fit.

    Refused: an error output, a code cell that was not run, the banner that papermill leaves after a failure, and
    a notebook that says it was run for another edition than `edition`.
    """
    faults = []
    found = [path for place in places for path in (sorted(place.rglob("*.ipynb")) if place.is_dir() else [place])]
    for path in found:
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cells, ran = notebook["cells"], notebook["metadata"].get("handbook", {}).get("parameters", {})
        except (OSError, ValueError, KeyError) as error:
            faults.append(f"{shown(path)}: is not a whole notebook ({error!r}). Render it again.")
            continue
        if edition and ran.get("edition", edition) != edition:
            faults.append(f"{shown(path)}: is of the edition {ran['edition']}, the book of {edition}. Render it again.")
        for number, cell in enumerate(cells, 1):
            what = _cell_fault(cell)
            if what:
                faults.append(f"{shown(path)}: cell {number} {what}. Mend the chapter and render it again.")
    if faults:
        raise DataError(faults)
    return len(found)


def _cell_fault(cell: dict) -> str:
    if "papermill-error-cell-tag" in cell.get("metadata", {}).get("tags", []):
        return "is the mark that papermill leaves where a run failed"
    if cell["cell_type"] != "code":
        return ""
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            return f"holds an error: {output.get('ename')}: {output.get('evalue')}"
    if "".join(cell["source"]).strip() and cell.get("execution_count") is None:
        return "was not executed"
    return ""


# where a page asks for something to be loaded: {tag: attributes}
LOADS = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src", "srcdoc"),
    "embed": ("src",),
    "object": ("data",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "track": ("src",),
    "input": ("src",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
    "feimage": ("href", "xlink:href"),
    "form": ("action",),
}
OUTWARD = {"http", "https", "mailto"}  # an ordinary link may lead there
CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
HANDLER = re.compile(r"on[a-z]+$")
# tags that can hold no address and no name: nine in ten of a page's, taken out first because the parser is slow
EMPTY = re.compile(r'</?(?!script|style|base)[a-z][a-z0-9]*(?: (?:class|scope|role)="[^"<>]*")*>')


@dataclass
class _Page:
    """What one page names, links to and loads; addresses stand as (line, address)."""

    ids: list[str] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    loads: list[tuple[int, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.page = _Page()

    def handle_starttag(self, tag, attributes):
        page = self.page
        loads = LOADS.get(tag, ())
        kind = ""
        for name, value in attributes:
            value = value or ""
            if name == "id" or (name == "name" and tag == "a"):
                page.ids.append(value)
            elif name in loads:
                page.loads += [(self.getpos()[0], part) for part in _addresses(name, value)]
            elif name in ("href", "xlink:href"):
                page.links.append((self.getpos()[0], value))
            elif name == "style":
                page.faults.append(f"line {self.getpos()[0]}: has a style attribute; give it a class, and style that")
            elif name == "type":
                kind = value.strip().lower()
            elif name == "http-equiv" and value.lower() == "refresh":
                page.faults.append(f"line {self.getpos()[0]}: sends the reader on by itself (meta refresh)")
            elif HANDLER.match(name):
                page.faults.append(f"line {self.getpos()[0]}: has a script inside an attribute ({name})")
        if tag == "base":
            page.faults.append(f"line {self.getpos()[0]}: has a <base>, which moves every link")
        elif tag == "style":
            page.faults.append(f"line {self.getpos()[0]}: has a style written into the page; put it in book/_assets")
        elif tag == "script" and "json" not in kind and not any(name == "src" for name, _ in attributes):
            page.faults.append(f"line {self.getpos()[0]}: has a script written into the page; put it in book/_assets")


def _addresses(attribute: str, value: str) -> list[str]:
    if attribute == "srcset":
        return [part.split()[0] for part in value.split(",") if part.strip()]
    return ["srcdoc:"] if attribute == "srcdoc" else [value]


def _css_addresses(text: str) -> list[str]:
    return [(a or b).strip() for a, b in CSS_URL.findall(text)]


def _read_page(path: str) -> dict:
    reader = _Reader()
    reader.feed(EMPTY.sub("", Path(path).read_text(encoding="utf-8")))
    reader.close()
    return vars(reader.page)


def _read_pages(files: list[str], memory: Path | None) -> dict[str, _Page]:
    """Return every page read; one that has not changed since `memory` was written is taken from there."""
    reader = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()  # another reader, another reading
    known = json.loads(memory.read_text(encoding="utf-8")) if memory and memory.exists() else {}
    known = known["pages"] if known.get("reader") == reader else {}
    stamps = {path: [os.stat(path).st_mtime_ns, os.stat(path).st_size] for path in files}
    anew = [path for path in files if known.get(path, {}).get("stamp") != stamps[path]]
    with ProcessPoolExecutor(initializer=orphans.follow) as pool:
        read = dict(zip(anew, pool.map(_read_page, anew, chunksize=16), strict=True))
    pages = {path: read[path] if path in read else known[path]["page"] for path in files}
    if memory:
        kept = {path: {"stamp": stamps[path], "page": page} for path, page in pages.items()}
        write_text(memory, json.dumps({"reader": reader, "pages": kept}))
    return {path: _Page(**page) for path, page in pages.items()}


def check_links(site: Path, memory: Path | None = None) -> int:
    """Return the number of pages of a built site, or raise DataError for every fault in them.

    Refused: a link to a file or fragment that is not there, a link that is not relative, anything loaded from
    outside the site (script, style, font, picture, frame), and a script or a style inside a page, attributes
    included: the page's policy would not let it work. Ordinary links to other sites are allowed. `memory`: a file that keeps what was read, so that only changed pages are read again.
    """
    there = {str(path) for path in Path(site).rglob("*") if path.is_file()}
    pages = _read_pages(sorted(path for path in there if path.endswith(".html")), memory)
    ids = {path: set(page.ids) for path, page in pages.items()}
    faults = []
    for path, page in pages.items():
        name = os.path.relpath(path, site)
        faults += [f"{name}: {fault}." for fault in page.faults]
        for found, follow in ((page.links, True), (page.loads, False)):
            for line, address in found:
                fault = _address_fault(path, address, ids, there, follow)
                faults += [f"{name}: line {line}: {fault}"] if fault else []
    for path in sorted(path for path in there if path.endswith(".css")):
        for address in _css_addresses(Path(path).read_text(encoding="utf-8")):
            fault = _address_fault(path, address, ids, there, follow=False)
            faults += [f"{os.path.relpath(path, site)}: {fault}"] if fault else []
    if faults:
        raise DataError(faults)
    return len(pages)


def _address_fault(path: str, address: str, ids: dict[str, set[str]], there: set[str], follow: bool) -> str:
    """Say what is wrong with an address that stands in `path`; `follow`: the reader chooses to go there."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return f"'{address}' is not an address."
    if parts.scheme or parts.netloc:
        if follow and parts.scheme in OUTWARD:
            return ""
        return f"'{address}' is not a link that a page may have." if follow else f"'{address}' leaves the site."
    if parts.path.startswith("/"):
        return f"'{address}' is not relative, so it breaks when the book is moved."
    target = os.path.normpath(os.path.join(os.path.dirname(path), unquote(parts.path))) if parts.path else path
    if target not in there:
        return f"'{address}' leads to a file that is not there."
    if parts.fragment and target in ids and unquote(parts.fragment) not in ids[target]:
        return f"'{address}' leads to a place that is not on that page."
    return ""
