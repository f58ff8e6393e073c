"""What no page of a built site may hold: a broken link, a script or style of its own, a request that leaves the site.

Jupyter Book does not look at links inside printed HTML.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import orphans
from .errors import DataError
from .paths import below
from .writing import write_text

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


def _read_page(site: str, name: str) -> str:
    """Return what is to be known of a page when the others are, as JSON: the names on it, its own faults, and its links.

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
    return json.dumps({"ids": sorted(set(reader.page.ids)), "faults": faults, "links": links})


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


def check(site: Path, memory: Path | None = None, before: Before | None = None, there: set[str] | None = None) -> int:
    """Return the number of pages of a built site, or raise DataError for every fault in them.

    Refused: a link to a file or fragment that is not there, a link that is not relative, anything loaded from
    outside the site (script, style, font, picture, frame), and a script or a style inside a page, attributes
    included: the page's policy would not let it work. Ordinary links to other sites are allowed. `memory`: a file that
    keeps what was found without fault, so that only changed pages are read again, and others only where something that
    they may lead to has gone. `before`: what it keeps, where that has been read already. `there`: the files of the
    site, where they are known.
    """
    site = Path(site)
    there = set(below(site)) if there is None else there
    names = sorted(name for name in there if name.endswith(".html"))
    before = before or Before.of(memory)
    stamps = {name: _stamp(site / name) for name in names}
    anew = [name for name in names if before.stamps.get(name) != stamps[name]]
    lines = {name: before.lines[name] for name in names if name in before.lines} | _read(site, anew)

    @cache
    def page(name: str) -> dict:
        return json.loads(lines[name])

    @cache
    def ids(name: str) -> frozenset[str]:
        return frozenset(page(name)["ids"])

    lost = [json.dumps(f"{name}#")[:-1] for name in before.there - there]  # as an address begins in a line
    for name in set(anew) & before.lines.keys():
        lost += [json.dumps(f"{name}#{gone}") for gone in set(json.loads(before.lines[name])["ids"]) - ids(name)]
    faults = []
    for name in sorted({*anew, *_leading_to(lost, lines)}):
        faults += [f"{name}: {fault}." for fault in page(name)["faults"]]
        for target, (line, address) in page(name)["links"].items():
            fault = _fault(target, address, ids, there)
            faults += [f"{name}: line {line}: {fault}."] if fault else []
    for name in sorted(name for name in there if name.endswith(".css")):
        for address in _css_addresses((site / name).read_text(encoding="utf-8")):
            target, fault = _target(name, address, follow=False)
            fault = fault or _fault(target, address, ids, there)
            faults += [f"{name}: {fault}."] if fault else []
    if faults:
        raise DataError(faults)
    if memory and (anew or there != before.there):
        Before(stamps, lines, there).keep(memory)
    return len(names)


def _leading_to(lost: list[str], lines: dict[str, str]) -> list[str]:
    """Return the pages whose lines have one of the addresses `lost`; all pages where those are many."""
    if len(lost) > FEW:
        return list(lines)
    return [name for name, line in lines.items() if any(address in line for address in lost)]


@dataclass
class Before:
    """A site without faults: when each page was written, what was read of it, as JSON, and which files there were.

    Of the thousands of pages few are asked for again, so each has a line of its own in the file that keeps them.
    """

    stamps: dict[str, list[int]] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    there: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, memory: Path | None) -> Before:
        """Return what `keep` kept, unless the code of this module was another."""
        try:
            head, *lines = memory.read_text(encoding="utf-8").split("\n") if memory else ["{}"]
            kept = json.loads(head)
        except (OSError, ValueError):  # nothing yet, or cut short
            return cls()
        if kept.get("reader") != _reader() or len(lines) != len(kept["stamps"]) + 1:
            return cls()
        return cls(kept["stamps"], dict(zip(kept["stamps"], lines, strict=False)), set(kept["there"]))

    def keep(self, memory: Path) -> None:
        head = {"reader": _reader(), "stamps": self.stamps, "there": sorted(self.there)}
        write_text(memory, "\n".join([json.dumps(head), *(self.lines[name] for name in self.stamps), ""]))


def _reader() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _stamp(path: Path) -> list[int]:
    state = os.stat(path)
    return [state.st_mtime_ns, state.st_size]


def _read(site: Path, names: list[str]) -> dict[str, str]:
    """Return what is to be known of pages, as JSON in one line."""
    if len(names) < FEW:
        return {name: _read_page(str(site), name) for name in names}
    with ProcessPoolExecutor(initializer=orphans.follow) as pool:
        return dict(zip(names, pool.map(_read_page, [str(site)] * len(names), names, chunksize=16), strict=True))


def _fault(target: str, address: str, ids: Callable[[str], frozenset[str]], there: set[str]) -> str:
    """Say what is wrong with an address that leads to `target`, which is file#fragment."""
    file, _, fragment = target.partition("#")
    if file not in there:
        return f"'{address}' leads to a file that is not there"
    if fragment and file.endswith(".html") and fragment not in ids(file):
        return f"'{address}' leads to a place that is not on that page"
    return ""
