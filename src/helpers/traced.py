"""Numbers in sentences lead to the row of the table that they were taken from.

`trust` knows the newest values of indicators. Most other numbers of a chapter stand in a table too: of the same section,
the same page, or another chapter of the place. Here a number is looked up in those tables when the page is written. It
is linked to a row only where one row can be meant, for a link to a wrong row would be worse than none. What is left was
counted or worked out for its sentence, or might be of several rows: it leads to the code that wrote the sentence.
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import unescape

from .table_numbers import TABLE, TAG, Cell, Tables, elements, ended, numbers, sections, tables_of, with_ids
from .wording import text

SENTENCE = re.compile(r"<(p|li|dd|figcaption)\b([^>]*)>(.*?)</\1>", re.DOTALL)
APART = re.compile(r"<(article|table|script|svg|nav|form|pre)\b")  # what holds no sentence
OF_PERIOD = re.compile(r"\S+(?: (?:per|out of|million|billion|years|[\d,]+|a \w+))* (?:in|on) ")  # 18.0% in 2012-13
RESULT = re.compile(  # from where a result begins to the fold with the code that made it
    r'(<div class="cell tag_hide-input\b.*?<details class="admonition hide above-input">\s*<summary)(?=>)', re.DOTALL
)
NO_ROW = "Counted, worked out or chosen for this sentence, and tied to no one row of a table. The link leads to how it was made."
IN_SOURCES = "The chapter on sources has the age and the quality of what it was made from."
MADE_HERE = "Worked out in this book from the sources of the page; the code is under “How this was made”."


@dataclass(frozen=True)
class About:
    """What is told of a number beside its row, and the edition that its age is counted at.

    `sources`: {an indicator or its title in lower case, or a source: publisher, title, release and quality}.
    """

    sources: Mapping[str, str]
    edition: str

    @cached_property
    def titles(self) -> re.Pattern:
        """Return what finds the titles with a number in them, such as "within 12 months", in words in lower case."""
        named = sorted((name for name in self.sources if re.search(r"\d", name) and " " in name), key=len)
        return re.compile("|".join(map(re.escape, reversed(named))) or r"(?!)")

    def of(self, cell: Cell) -> str:
        """Return the row, its source, release, age, interval and quality in plain words."""
        of = cell.told[1:].partition("”")[0].partition(":")[0].lower()
        known = (self.sources.get(key) for key in (cell.key, cell.row, of, of.rpartition(",")[0]) if key)
        words = [cell.told, next(filter(None, known), "") or cell.source or MADE_HERE]
        if cell.ended and str(cell.ended) <= self.edition:
            at = date.fromisoformat(self.edition)
            months = (at.year - cell.ended.year) * 12 + at.month - cell.ended.month - (at.day < cell.ended.day)
            words.append(f"{months} months old at this edition.")
        if "interval" not in cell.told.lower():
            words.append("No interval in this table.")
        return " ".join(words)


@dataclass(frozen=True)
class Sentence:
    """The words of one sentence in lower case, and the tables to look in: its section's, nearest first, and all others."""

    words: str
    near: Sequence[tuple[str, int]]  # of the section's tables, nearest first
    own: Tables
    others: Sequence[Tables]
    made: str  # the place of the code that wrote it; empty for words that no code wrote
    rows: Mapping[tuple[str, int], Sequence[str]]  # of all tables


def link(body: str, others: Sequence[Tables], about: About) -> str:
    """Return a page's HTML with the numbers of its sentences linked: to rows of tables, on it or on `others`, or to its code."""
    out, per_section, before, above = [], tables_of(body), 0, 0
    rows = {key: known for tables in (*per_section, *others) for key, known in tables.rows.items()}
    cells = [m.span() for m in RESULT.finditer(body)]
    for part, own in zip(sections(body), per_section, strict=True):
        places = [m.start() for m in TABLE.finditer(part)]
        far = [*(s for s in per_section if s is not own), *others]

        def sentence(found: re.Match, start: int, own=own, far=far, places=places, before=before, above=above) -> str:
            at = start + found.start()
            cell = bisect(cells, (above + at,)) - 1
            made = f"#made{cell + 1}" if cell >= 0 and above + at < cells[cell][1] else ""
            near = sorted(range(len(places)), key=lambda n: abs(places[n] - at))
            words = unescape(TAG.sub("", found[3])).lower()
            return _linked(found, Sentence(words, [("", before + n + 1) for n in near], own, far, made, rows), about)

        last = 0
        for start, end in [*elements(part, APART), (len(part), len(part))]:
            out.append(SENTENCE.sub(lambda m, last=last, put=sentence: put(m, last), part[last:start]))
            out.append(part[start:end])
            last = end
        before, above = before + len(places), above + len(part)
    count = itertools.count(1)
    return with_ids(RESULT.sub(lambda m: f'{m[1]} id="made{next(count)}"', "".join(out)))


def _linked(found: re.Match, sentence: Sentence, about: About) -> str:
    inner = found[3]
    if not re.search(r"\d", inner) or "hb-source" in found[2] or "hb-parameters" in found[2]:
        return found[0]
    pieces, depth, at, rows, seen = re.split(r"(<[^>]*>)", inner), 0, 0, set(), []
    titles = [m.span() for m in about.titles.finditer(sentence.words)]
    for place, piece in enumerate(pieces):
        if piece.startswith("<"):
            depth += piece.startswith("<a ") - (piece == "</a>")
            continue
        if not depth:
            for start, end, unit, digits, scale in numbers(piece):
                within = at + len(unescape(piece[:start]))
                if any(first <= within < last for first, last in titles):
                    continue
                if unit == "£" and "of every £100" in sentence.words and digits != "100":
                    unit = "%"  # a share, told as pounds
                unit += {1e6: "m", 1e9: "b"}.get(scale, "")
                cell = _meant(sentence, unit, digits, within)
                rows |= {cell.address} if cell else set()
                seen.append((place, start, end, unit, digits, cell))
        at += len(unescape(piece))
    for place, start, end, unit, digits, cell in reversed(seen):
        piece = pieces[place]
        if cell := cell or _of_rows(sentence, rows, unit, digits):
            pieces[place] = piece[:start] + _anchor(cell.address, about.of(cell), piece[start:end]) + piece[end:]
        elif sentence.made:
            told = f"{NO_ROW} {sentence.own.said or (IN_SOURCES if about.sources else '')}".strip()
            pieces[place] = piece[:start] + _anchor(sentence.made, told, piece[start:end]) + piece[end:]
    return f"<{found[1]}{found[2]}>{''.join(pieces)}</{found[1]}>"


def _meant(sentence: Sentence, unit: str, digits: str, at: int) -> Cell | None:
    """Return the one row that a number, `at` so many letters into its sentence, can be of, or None.

    In its own section: a row that the sentence names, else a row of one of the two nearest tables that alone has a
    number of three digits or more. Elsewhere: a row that the sentence names in words and not by a period alone, a row and
    a column that it names with such a number, or the one row with a sum in pounds of three digits or more.
    """
    telling = len(digits.replace(".", "").lstrip("0")) >= 3
    cells = [c for c in sentence.own.find(unit, digits) if c.alone or telling or unit]
    claimed: set[str] = set()  # rows of that name in a nearer table: tables of one section are often alike
    for table in sentence.near:
        here = [c for c in cells if c.table == table and c.row not in claimed]
        named = _named(sentence, here, at)
        best = [c for c in named if c.column in sentence.words] or named
        if _one(best):
            return best[0]
        claimed |= {row for row in sentence.own.rows.get(table, ()) if row in sentence.words}
    for table in sentence.near[:2]:
        here = [c for c in cells if c.table == table and c.alone]
        if telling and _one(here):
            return here[0]
    far = [c for tables in sentence.others for c in tables.find(unit, digits) if c.alone or unit]
    named = _named(sentence, far, at)
    in_words = [c for c in named if len(c.row) > 7 and not ended(c.row)]
    both = [c for c in named if c.column in sentence.words and (telling or "of every £100" in sentence.words) and unit]
    pounds = [c for c in far if telling and unit.startswith("£") and c.alone]
    return next((chosen[0] for chosen in (in_words, both, pounds) if _one(chosen)), None)


def _named(sentence: Sentence, cells: Sequence[Cell], at: int) -> list[Cell]:
    """Return the cells whose row the sentence names, and names nearer to the number than any other row of the table.

    A number in brackets is of what stands before them.
    """
    before = sentence.words[:at]
    bracket = before.rfind("(") if before.count("(") > before.count(")") else -1

    def distance(row: str) -> float:
        last = sentence.words.rfind(row, 0, bracket if bracket >= 0 else at)
        after = sentence.words.find(row, at) if bracket < 0 else -1
        if after >= 0 and OF_PERIOD.fullmatch(sentence.words, at, after):
            return -1
        return min(at - last - len(row) if last >= 0 else math.inf, after - at if after >= 0 else math.inf)

    chosen = []
    for cell in cells:
        if len(cell.row) > 3 and cell.row in sentence.words:
            others = [r for r in sentence.rows[cell.table] if len(r) > 3 and r in sentence.words]
            if distance(cell.row) == min(map(distance, others)) < math.inf:
                chosen.append(cell)
    return chosen


def _one(cells: Sequence[Cell]) -> bool:
    """Return whether all cells are of one row: the same row in two tables is one."""
    return len({c.row for c in cells}) == 1


def _of_rows(sentence: Sentence, rows: set[str], unit: str, digits: str) -> Cell | None:
    """Return the cell of a number in a row that the sentence has led to already: what stands beside a figure is of its row.

    A number of one or two digits is found in many rows: it is taken where the sentence has led to one, which has it once.
    """
    cells = [c for tables in (sentence.own, *sentence.others) for c in tables.find(unit, digits) if c.address in rows]
    if not unit and len(digits) < 3 and (len(rows) > 1 or len(cells) > 1):
        return None
    return next(iter(cells), None)


def _anchor(address: str, told: str, shown: str) -> str:
    return f'<a class="hb-num" href="{address}" data-hb-about="{text(told)}">{shown}</a>'
