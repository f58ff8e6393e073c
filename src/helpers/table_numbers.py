"""The numbers that stand in the tables of a page or a chapter, each with its row, so that sentences can lead to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from html import unescape
from itertools import pairwise

from .periods import MONTHS

SECTION = re.compile(r"<h2\b")
TABLE = re.compile(r'<div class="hb-table"(?P<more>[^>]*)><table\b[^>]*>(?P<inside>.*?)</table></div>', re.DOTALL)
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
CARD = re.compile(r"<(article)\b")
OWN_SOURCE = re.compile(r'<p class="hb-source">(Source: .*?)</p>', re.DOTALL)
SOURCE = re.compile(r' data-hb-source="([^"]*)"')
FILE = re.compile(r' data-hb-file="([^"]*)"')
TO_CARD = re.compile(r'<a href="[a-z-]*(?:\.html|\.ipynb)?#([a-z][a-z0-9_]*)">')
UNITS = r"%| million| billion| thousand| per 1,000| per 10,000| per 100,000| out of 10| years| points|"
NUMBER = re.compile(
    rf"(?<![\w.,/])[−+-]?(?P<pound>£?)(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit>{UNITS})"
    r"(?![\w/]|,\d|\.\d)"
)
CHART = re.compile(r"<(figure)\b")
EVERY_PERIOD = re.compile(r"every period[^<]*</caption>.*?</table>", re.DOTALL)
LAST = re.compile(r"<td\b[^>]*>[^<]*</td></tr>")
DIGIT = re.compile(r"\d")
# numbers that name something, and are no figure
NAMES = re.compile(
    r"\b(?:19|20)\d\d(?:[-/]\d\d){0,2}\b"
    rf"|\b\d{{1,2}} (?:{'|'.join(MONTHS)})\b"
    r"|\b\d+(?:\.\d+)?% (?:interval|limits?)\b|\bevery £100\b|\b(?:[Ss]ection|Quality|BY) \d+(?:\.\d)?\b|[EWSNX]\d{8}|\b\d+-(?:minute|point)\b|\b[Aa]ged? \d+(?: to \d+)?\b"
)
SCALE = {" million": 1e6, " billion": 1e9, " thousand": 1e3}
_SHORT = "|".join(month[:3] for month in MONTHS)
PERIOD = re.compile(
    rf"(?P<day>\d{{1,2}}) (?P<month>{'|'.join(MONTHS)}) (?P<of>\d{{4}})|(?:{_SHORT}) to (?P<last>{_SHORT}) (?P<in>\d{{4}})"
    r"|(?P<from>\d{4})(?P<dash>[-/])\d\d(?!\d)|(?:\d{4} to )?(?P<year>(?:19|20)\d\d)\b"
)


@dataclass(eq=False)
class _Table:
    """One table as words. Of its hundreds of numbers few are ever asked for, so a Cell is made only then."""

    page: str
    number: int
    title: str
    columns: Sequence[str]  # without the first, which has the rows' headers
    rows: Sequence[Sequence[str]]
    links: Sequence[str]  # the rows' headers as HTML
    named: str
    said: str
    made: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell by the numbers of its row and of its column, from 0 each."""
        if (row, column) not in self.made:
            self.made[row, column] = Cell(self, row, column)
        return self.made[row, column]


class Cell:
    """A number as it stands in a table, and the address of its row; what is told of it is worked out when asked for."""

    def __init__(self, of: _Table, row: int, column: int):
        self._of, (self._first, *self._shown) = of, of.rows[row]
        self._column, self._words = of.columns[column], self._shown[column]
        self._link = of.links[row]
        self.address = f"{of.page}#t{of.number}r{row + 1}"
        self.table = (of.page, of.number)  # its page, empty for the page itself, and its number there
        self.row = self._first.lower()  # the header of the row
        self.column = self._column.lower()
        self.alone = len(_figures(self._words)) == 1  # no other number stands in the cell

    @cached_property
    def told(self) -> str:
        """Table, row, column, cell, interval."""
        of, limits = self._of, self._beside.get("95% interval", "")  # which is the first column's
        interval = f" 95% interval: {limits}." if limits and self._column == of.columns[0] else ""
        return f"“{of.title}”: {self._first}; {self._column}: {self._words}.{interval}"

    @cached_property
    def ended(self) -> date | None:
        """The last day of the period that it is about, where the table says."""
        period = self._beside.get("Period", "")
        return ended(f"{self._first} {self._column} {self._words} {period} {self._of.title}")

    @cached_property
    def key(self) -> str:
        """What its source is looked up by: an indicator, a source, or nothing."""
        link = TO_CARD.search(self._link)
        return link[1] if link else self._of.named

    @property
    def source(self) -> str:
        """The section's own line on its source."""
        return self._of.said

    @cached_property
    def _beside(self) -> dict[str, str]:
        return dict(zip(self._of.columns, self._shown, strict=False))


@dataclass
class Tables:
    """The numbers of a page or of one of its sections: {(unit, number as written): where it stands}, and each table's rows."""

    index: dict[tuple[str, str], list[tuple[_Table, int, int]]] = field(default_factory=dict)
    rows: dict[tuple[str, int], list[str]] = field(default_factory=dict)  # {(page, table): row headers in lower case}
    said: str = ""  # the section's own line on its source, of several the last

    def find(self, unit: str, digits: str) -> list[Cell]:
        return [table.cell(row, column) for table, row, column in self.index.get((unit, digits), ())]


def numbers(words: str) -> Iterable[tuple[int, int, str, str, float]]:
    """Yield (start, end, unit, digits, scale) of the figures in plain text; years, days and names are none.

    >>> [(u, d) for _, _, u, d, _ in numbers("£4.5 million (12%) in 2024-25, 95% interval 3.1% to 1,204 on 3 May")]
    [('£', '4.5'), ('%', '12'), ('%', '3.1'), ('', '1204')]
    """
    if not DIGIT.search(words):
        return
    taken = [m.span() for m in NAMES.finditer(words)]
    for found in NUMBER.finditer(words):
        if any(start < found.end("digits") and found.start("digits") < end for start, end in taken):
            continue
        scale = SCALE.get(found["unit"], 1.0)
        unit = "£" if found["pound"] else "" if scale > 1 else found["unit"].strip()
        yield found.start(), found.end(), unit, found["digits"].replace(",", ""), scale


@lru_cache(maxsize=50_000)  # the same cells stand in a page, in its notebook, and in those of other places
def _figures(words: str) -> tuple[tuple[str, str, float], ...]:
    return tuple((unit, digits, scale) for _, _, unit, digits, scale in numbers(words))


@lru_cache(maxsize=50_000)
def plain(html: str) -> str:
    """Return HTML as the words that a reader sees."""
    return " ".join(unescape(TAG.sub(" ", html)).split())


def ended(words: str) -> date | None:
    """Return the last day of the first period that is named in `words`.

    >>> [str(ended(w)) for w in ("2024-25, cash", "On 31 March 2025", "Oct to Dec 2025", "2024/25", "2022 to 2024", "Late")]
    ['2025-03-31', '2025-03-31', '2025-12-31', '2025-08-31', '2024-12-31', 'None']
    """
    found = PERIOD.search(words)
    if not found:
        return None
    if found["day"]:
        return date(int(found["of"]), MONTHS.index(found["month"]) + 1, int(found["day"]))
    if found["from"]:
        year = int(found["from"]) + 1
        return date(year, 3, 31) if found["dash"] == "-" else date(year, 8, 31)
    month = next((n for n, name in enumerate(MONTHS, 1) if name[:3] == found["last"]), 12)
    year = int(found["in"] or found["year"])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def elements(html: str, opening: re.Pattern) -> Iterator[tuple[int, int]]:
    """Yield where each element begins and ends whose first tag `opening` finds, and names in its first group.

    One that stands in another is not told of. A pattern with .*? for what is inside takes six to fifteen times as long in a
    page of a million characters.

    >>> list(elements("<p>1</p><b>2<i>3</i></b>", re.compile("<(b|i)>")))
    [(8, 24)]
    """
    at = 0
    while found := opening.search(html, at):
        end, at = html.find(f"</{found[1]}>", found.end()), found.end()
        if end >= 0:
            at = end + len(found[1]) + 3
            yield found.start(), at


def without(html: str, opening: re.Pattern) -> str:
    """Return HTML without the `elements` of some names.

    >>> without("a<b>2</b>c", re.compile("<(b)>"))
    'ac'
    """
    kept, last = [], 0
    for start, end in elements(html, opening):
        kept.append(html[last:start])
        last = end
    return "".join([*kept, html[last:]])


def sections(body: str) -> list[str]:
    """Return a page's HTML in parts: before its first second-level heading, and from each of them to the next.

    >>> sections("a<h2>b</h2>c<h2>d</h2>")
    ['a', '<h2>b</h2>c', '<h2>d</h2>']
    """
    starts = [found.start() for found in SECTION.finditer(body)]
    return [body[start:end] for start, end in pairwise([0, *starts, len(body)])]


def tables_of(body: str, page: str = "") -> list[Tables]:
    """Return the tables of each section of a page's HTML; of another `page`, to which a link leads there, all together.

    The rows of the n-th table are t<n>r<row>, as `with_ids` names them.
    """
    found, number = [], 0
    for part in sections(body):
        said = OWN_SOURCE.search(without(part, CARD))
        if not (page and found):
            found.append(Tables())
        found[-1].said = plain(said[1]) if said else ""
        for table in TABLE.finditer(part):
            number += 1
            _read(found[-1], table, page, number)
    return found


def _read(into: Tables, table: re.Match, page: str, number: int) -> None:
    caption = CAPTION.search(table["inside"])
    rows = [CELL.findall(row) for row in ROW.findall(table["inside"])]
    if not caption or len(rows) < 2:
        return
    title, head, *cells = plain(caption[1]), *([plain(cell) for cell in row] for row in rows)
    named, columns = SOURCE.search(table["more"]) or FILE.search(table["more"]), head[1:]
    key, links = named[1] if named else "", [row[0] for row in rows[1:]]
    one = _Table(page, number, title, columns, cells, links, key, into.said)
    into.rows[page, number] = [row[0].lower() for row in cells]
    # of columns with the same name the last counts: which of them a sentence means could not be told
    units = [(n, _unit(f"{name} {title}")) for name, n in {name: n for n, name in enumerate(columns)}.items()]
    for place, (_, *shown) in enumerate(cells):
        for column, unit in units:
            for wanted in _wanted(shown[column], unit) if column < len(shown) else ():
                into.index.setdefault(wanted, []).append((one, place, column))


@lru_cache(maxsize=50_000)
def _wanted(words: str, of: str) -> tuple[tuple[str, str], ...]:
    """Return how the numbers of a cell may be written; `of`: the unit of those that stand there without one."""
    return tuple(key for unit, digits, scale in _figures(words) for key in _keys(unit or of, digits, scale))


def _unit(heading: str) -> str:
    """Return the unit that a heading gives to bare numbers."""
    return "£" if "£" in heading else "%" if "%" in heading else ""


def _keys(unit: str, digits: str, scale: float) -> set[tuple[str, str]]:
    """Return how a number may be written: as it is, or rounded further, in ones, in millions or in billions.

    >>> sorted(_keys("£", "4514118", 1.0))
    [('£', '4514118'), ('£m', '4.5'), ('£m', '5')]
    """
    value, decimals = float(digits) * scale, len(digits.partition(".")[2])
    keys = {(unit, f"{value:.{d}f}") for d in range(decimals + 1)} if scale == 1 else set()
    for power, written in ((1e6, "m"), (1e9, "b")):
        if value >= power >= scale:
            keys |= {(unit + written, f"{value / power:.{d}f}") for d in (0, 1)}
    return keys


def with_ids(body: str) -> str:
    """Return a page's HTML with an id on every row of its tables, t<table>r<row>, so that a link can lead to it."""
    count = 0

    def table(found: re.Match) -> str:
        nonlocal count
        count += 1
        row = -1

        def name(_: re.Match) -> str:
            nonlocal row
            row += 1
            return f'<tr id="t{count}r{row}">' if row else "<tr>"

        return re.sub(r"<tr>", name, SOURCE.sub("", found[0], count=1))

    return TABLE.sub(table, body)


def for_others(text: str) -> str:
    """Return the text of an executed chapter, or its HTML, without what no other page takes from it.

    That is its charts, and the last column of the tables of every period: what the neighbours had in each. A neighbour's
    old figure is thus no reason to write the other pages of a place again.

    >>> for_others("<td>1</td><td>8</td></tr>"), for_others("A: every period</caption><td>1</td><td>8</td></tr></table>")
    ('<td>1</td><td>8</td></tr>', 'A: every period</caption><td>1</td></tr></table>')
    """
    return EVERY_PERIOD.sub(lambda found: LAST.sub("</tr>", found[0]), without(text, CHART))


def of_notebook(text: str, page: str) -> list[Tables]:
    """Return the tables of an executed chapter, all together; `text`: its notebook, `page`: how other pages link to it.

    >>> table = "<table><caption>A</caption><tr><th>B</th><th>C</th></tr><tr><th>d</th><td>1</td></tr></table>"
    >>> output = {"data": {"text/html": f'<div class="hb-table">{table}</div>'}}
    >>> notebook = {"cells": [{"cell_type": "code", "outputs": [output]}]}
    >>> [cell.address for tables in of_notebook(json.dumps(notebook), "needs.html") for cell in tables.find("", "1")]
    ['needs.html#t1r1']
    """
    parts = []
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "markdown":
            parts += ["<h2>" for line in "".join(cell["source"]).splitlines() if line.startswith("## ")]
        for output in cell.get("outputs", ()):
            parts.append("".join(output.get("data", {}).get("text/html", "")))
    return tables_of(for_others("".join(parts)), page)
