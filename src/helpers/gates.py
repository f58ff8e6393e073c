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
from .paths import below, shown
from .schemas import DataError, write_text


def check_notebooks(*places: Path, edition: str = "", memory: Path | None = None) -> int:
    """Return the number of notebooks in `places` (folders or files), or raise DataError for each that is not fit.

    Refused: an error output, a code cell that was not run, the banner that papermill leaves after a failure, and
    a notebook that says it was run for another edition than `edition`. `memory`: a file that keeps which were found
    fit, so that only changed ones are read again.
    """
    faults = []
    found = [path for place in places for path in (sorted(place.rglob("*.ipynb")) if place.is_dir() else [place])]
    known, stamps = _known(memory, edition), {str(path): _stamp(path) for path in found}
    for path in found:
        if stamps[str(path)] and known.get(str(path)) == stamps[str(path)]:
            continue
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
    _keep(memory, edition, stamps)
    return len(found)


def _stamp(path: Path | str) -> list[int] | None:
    """Return what changes when a file is written anew; None where there is none."""
    try:
        state = os.stat(path)
    except OSError:
        return None
    return [state.st_mtime_ns, state.st_size]


def _known(memory: Path | None, way: str = "") -> dict:
    """Return what `_keep` kept, unless the code of this module, or the way in which it looked, was another."""
    try:
        kept = json.loads(memory.read_text(encoding="utf-8")) if memory else {}
    except (OSError, ValueError):  # nothing yet, or cut short
        return {}
    return kept["found"] if kept.get("reader") == _reader(way) else {}


def _keep(memory: Path | None, way: str, found: dict) -> None:
    if memory:
        write_text(memory, json.dumps({"reader": _reader(way), "found": found}))


def _reader(way: str) -> str:
    return hashlib.sha256(Path(__file__).read_bytes() + way.encode()).hexdigest()


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
FEW = 50  # pages; below this, starting more processes costs more than it brings
# tags that can hold no address and no name: nine in ten of a page's, taken out first because the parser is slow
EMPTY = re.compile(r'</?(?!script|style|base)[a-z][a-z0-9]*(?: (?:class|scope|role)="[^"<>]*")*>')


@dataclass
class _Page:
    """What one page names, links to and loads; addresses stand as (line, address, whether the reader chooses to go)."""

    ids: list[str] = field(default_factory=list)
    addresses: list[tuple[int, str, bool]] = field(default_factory=list)
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
                page.addresses += [(self.getpos()[0], part, False) for part in _addresses(name, value)]
            elif name in ("href", "xlink:href"):
                page.addresses.append((self.getpos()[0], value, True))
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


def _read_page(site: str, name: str) -> dict:
    """Return what is to be known of a page when the others are: the names on it, its own faults, and its links.

    Links: {(file in the site, fragment) as text: [first line, address]}.
    """
    reader = _Reader()
    reader.feed(EMPTY.sub("", Path(site, name).read_text(encoding="utf-8")))
    reader.close()
    faults, links = reader.page.faults, {}
    for line, address, follow in reader.page.addresses:
        target, fault = _target(name, address, follow)
        if fault:
            faults.append(f"line {line}: {fault}")
        elif target:
            links.setdefault(target, [line, address])
    return {"ids": sorted(set(reader.page.ids)), "faults": faults, "links": links}


def _target(name: str, address: str, follow: bool) -> tuple[str, str]:
    """Return where an address on the page `name` leads in the site, as file#fragment, or what is wrong with it by itself.

    Both are empty for an ordinary link to another site. `follow`: the reader chooses to go there.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "", f"'{address}' is not an address"
    if parts.scheme or parts.netloc:
        if follow and parts.scheme in OUTWARD:
            return "", ""
        return "", f"'{address}' is not a link that a page may have" if follow else f"'{address}' leaves the site"
    if parts.path.startswith("/"):
        return "", f"'{address}' is not relative, so it breaks when the book is moved"
    file = os.path.normpath(os.path.join(os.path.dirname(name), unquote(parts.path))) if parts.path else name
    return f"{file}#{unquote(parts.fragment)}", ""


def _read_pages(site: Path, names: list[str], memory: Path | None) -> dict[str, dict]:
    """Return every page read; one that has not changed since `memory` was written is taken from there."""
    known, stamps = _known(memory), {name: _stamp(site / name) for name in names}
    anew = [name for name in names if known.get(name, {}).get("stamp") != stamps[name]]
    if len(anew) < FEW:
        read = {name: _read_page(str(site), name) for name in anew}
    else:
        with ProcessPoolExecutor(initializer=orphans.follow) as pool:
            read = dict(zip(anew, pool.map(_read_page, [str(site)] * len(anew), anew, chunksize=16), strict=True))
    pages = {name: read[name] if name in read else known[name]["page"] for name in names}
    if anew or len(known) > len(names):
        _keep(memory, "", {name: {"stamp": stamps[name], "page": page} for name, page in pages.items()})
    return pages


def check_links(site: Path, memory: Path | None = None) -> int:
    """Return the number of pages of a built site, or raise DataError for every fault in them.

    Refused: a link to a file or fragment that is not there, a link that is not relative, anything loaded from
    outside the site (script, style, font, picture, frame), and a script or a style inside a page, attributes
    included: the page's policy would not let it work. Ordinary links to other sites are allowed. `memory`: a file that
    keeps what was read, so that only changed pages are read again.
    """
    site = Path(site)
    there = set(below(site))
    pages = _read_pages(site, sorted(name for name in there if name.endswith(".html")), memory)
    ids = {name: set(page["ids"]) for name, page in pages.items()}
    faults = []
    for name, page in pages.items():
        faults += [f"{name}: {fault}." for fault in page["faults"]]
        for target, (line, address) in page["links"].items():
            fault = _fault(target, address, ids, there)
            faults += [f"{name}: line {line}: {fault}."] if fault else []
    for name in sorted(name for name in there if name.endswith(".css")):
        for address in _css_addresses((site / name).read_text(encoding="utf-8")):
            target, fault = _target(name, address, follow=False)
            fault = fault or _fault(target, address, ids, there)
            faults += [f"{name}: {fault}."] if fault else []
    if faults:
        raise DataError(faults)
    return len(pages)


def _fault(target: str, address: str, ids: dict[str, set[str]], there: set[str]) -> str:
    """Say what is wrong with an address that leads to `target`, which is file#fragment."""
    file, _, fragment = target.partition("#")
    if file not in there:
        return f"'{address}' leads to a file that is not there"
    if fragment and file in ids and fragment not in ids[file]:
        return f"'{address}' leads to a place that is not on that page"
    return ""
