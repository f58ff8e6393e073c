"""Numbers in sentences lead to where they come from: each links to its card, and tells its source and age on the way.

Sentences are plain text when chapters make them. Here, when the page is written, a number is known again by what
stands before it: the name of an indicator, directly followed by this locality's newest value of it.
"""

from __future__ import annotations

import csv
import hashlib
import json
import pickle
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from . import paths, periods, table_numbers, traced, writing
from .wording import number, span, text

SENTENCE = re.compile(r"<(p|li|figcaption)\b([^>]*)>(.*?)</\1>", re.DOTALL)
APART = re.compile(r"<(article|details|table|script|svg|nav|form)\b")  # what is no sentence
CARD = re.compile(r'id=\\"([^"\\]+)\\"')  # as it stands in the JSON of a notebook
BETWEEN = len("</a> (<strong>")  # at most this stands between a name and its value
STATES = {"provisional": " Provisional: may be revised.", "revised": " Revised by the publisher."}
MADE_BY = Path(table_numbers.__file__).read_bytes()  # tables that were read otherwise are read again
GRADES = {1: "official or accredited", 2: "other official data", 3: "use with care"}


@dataclass(frozen=True)
class Row:
    """The newest value of one indicator: how it is written, where its card is, and what is said of it."""

    names: tuple[str, ...]
    shown: str
    address: str
    about: str

    @cached_property
    def written(self) -> tuple[str, list[str]]:
        """Return the value, and the names, as they stand in HTML."""
        return text(self.shown), [text(name) for name in self.names]


def rows(slug: str, folder: Path = paths.BUNDLES, book: Path = paths.BOOK) -> list[Row]:
    """Return the newest value of each indicator of a locality that has a card in its chapters; none without a bundle."""
    if not (folder / slug / "series.csv").exists():
        return []
    indicators = json.loads((folder / "_common" / "indicators.json").read_text(encoding="utf-8"))
    sources = json.loads((folder / "_common" / "sources.json").read_text(encoding="utf-8"))
    edition = json.loads((folder / slug / "place.json").read_text(encoding="utf-8"))["edition"]
    newest: dict[str, dict] = {}
    with open(folder / slug / "series.csv", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["value"] and row["period"] >= newest.get(row["indicator"], row)["period"]:
                newest[row["indicator"]] = row
    chapters = {i["chapter"] for i in indicators.values()}
    pages = {c: book / "localities" / slug / f"{c}.ipynb" for c in chapters}
    there = {c: path.read_text(encoding="utf-8") if path.exists() else "" for c, path in pages.items()}
    cards = {c: set(CARD.findall(notebook)) for c, notebook in there.items()}
    found = []
    for key, row in newest.items():
        record = indicators[key]
        if key in cards[record["chapter"]]:
            shown = number(float(row["value"]), record["unit"], record["decimals"])
            names = tuple(dict.fromkeys((record["title"], record["short_title"])))
            about = _about(row, record, sources[record["source"]], edition)
            found.append(Row(names, shown, f"{record['chapter']}.html#{key}", about))
    return found


def about(slug: str, folder: Path = paths.BUNDLES) -> traced.About:
    """Return what is told of the source of a number in a table of a locality: by indicator, and by source."""
    if not (folder / slug / "place.json").exists():
        return traced.About({}, "")
    indicators = json.loads((folder / "_common" / "indicators.json").read_text(encoding="utf-8"))
    sources = json.loads((folder / "_common" / "sources.json").read_text(encoding="utf-8"))
    said = {}
    for key, source in sources.items():
        released = max((file["release_date"] for file in source.get("files", ())), default="on a date not known")
        said[key] = (
            f"{source['publisher']}: {source['title']}. Newest release {released}."
            f" Quality {source['quality']} of 3: {GRADES[source['quality']]}."
        )
    edition = json.loads((folder / slug / "place.json").read_text(encoding="utf-8"))["edition"]
    for key, record in indicators.items():
        for name in (key, record["title"].lower(), record["short_title"].lower()):
            said.setdefault(name, said[record["source"]])
    return traced.About(said, edition)


def other_tables(slug: str, page: str, kept: Path, book: Path = paths.BOOK) -> list[table_numbers.Tables]:
    """Return the tables of a locality's chapters but for one, in their order, for numbers that `page` has no table for.

    `kept`: the folder where they are kept between builds, for one changed chapter has to look in six that have not.
    """
    folder = book / "localities" / slug
    others = [path for path in sorted(folder.glob("*.ipynb")) if path.stem != page]
    return [t for path in others for t in _tables(path, kept / "localities" / slug / f"{path.stem}.tables")]


@lru_cache(maxsize=16)  # the chapters of a locality are written one after another
def _tables(path: Path, kept: Path) -> list[table_numbers.Tables]:
    content = path.read_bytes()
    made_from = hashlib.sha256(MADE_BY + content).digest()
    with suppress(Exception):  # not kept yet, or cut short, which pickle tells in many ways
        known = kept.read_bytes()
        if known.startswith(made_from):
            return pickle.loads(known[len(made_from) :])
    tables = table_numbers.of_notebook(content.decode(), f"{path.stem}.html")
    with suppress(OSError):  # another process that writes pages of this place keeps the same
        writing.write_bytes(kept, made_from + pickle.dumps(tables))
    return tables


def _about(row: Mapping[str, str], record: Mapping, source: Mapping, edition: str) -> str:
    """Return source, release, age, interval and quality of a value in plain words."""
    months = periods.age_in_months(periods.end(row["period"]).isoformat(), edition)
    interval = "No interval published."
    if row["interval"]:
        whose = "published" if row["interval"] == "published" else f"ours, {row['interval']} method"
        limits = span(float(row["lower"]), float(row["upper"]), record["unit"], record["decimals"])
        interval = f"95% interval {limits} ({whose})."
    return (
        f"{source['publisher']}: {source['title']}. Released {row['release_date'] or 'on a date not known'}."
        f" {periods.label(row['period'])}, {months} months old at this edition. {interval}"
        f" Quality {source['quality']} of 3: {GRADES[source['quality']]}.{STATES.get(row['status'], '')}"
    )


def link(body: str, known: list[Row]) -> str:
    """Return a page's HTML with the numbers of its sentences linked; tables, cards and charts are left as they are."""
    if not known:
        return body
    last, out = 0, []
    for start, end in [*table_numbers.elements(body, APART), (len(body), len(body))]:
        out += [SENTENCE.sub(lambda m: _sentence(m, known), body[last:start]), body[start:end]]
        last = end
    return "".join(out)


def _sentence(found: re.Match, known: list[Row]) -> str:
    inner = found[3]
    if "hb-num" in inner or not re.search(r"\d", inner):
        return found[0]
    lowered = inner.lower()
    for row in known:
        value, names = row.written
        if value not in inner:
            continue
        for said in names:
            if _followed(said.lower(), value.lower(), lowered):  # to compile a pattern takes longer than most sentences
                pattern = re.compile(
                    rf"({re.escape(said)}(?:</a>)?(?:: | \(| )(?:<strong>)?){re.escape(value)}(?![\d,]|\.\d)",
                    re.IGNORECASE,
                )
                inner = pattern.sub(lambda m, r=row, v=value: m[1] + _anchor(r, v), inner)
    return found[0] if inner == found[3] else f"<{found[1]}{found[2]}>{inner}</{found[1]}>"


def _followed(name: str, value: str, words: str) -> bool:
    """Return whether `value` stands close behind `name` somewhere in `words`: what the pattern asks for, and a little more."""
    ends = [found + len(name) for found in _places(name, words)]
    return any(words.find(value, end, end + BETWEEN + len(value)) >= 0 for end in ends)


def _places(name: str, words: str) -> Iterator[int]:
    at = words.find(name)
    while at >= 0:
        yield at
        at = words.find(name, at + 1)


def _anchor(row: Row, value: str) -> str:
    return f'<a class="hb-num" href="{row.address}" data-hb-about="{text(row.about)}">{value}</a>'
