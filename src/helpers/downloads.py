"""Files that a reader takes away: each table of a page as CSV, made from the page itself, so that both say the same.

Spreadsheet programs run a cell that begins like a formula. Text from data that begins so gets an apostrophe here,
whatever wrote the table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import unescape

from .paths import slugify

TABLE = re.compile(
    r'<div class="hb-table"(?P<more>[^>]*)>(?P<table><table\b.*?</table>)</div>(?!\s*<p class="hb-take">)', re.DOTALL
)
LABEL = re.compile(r' aria-label="([^"]*)"')
FILE = re.compile(r' data-hb-file="([^"]*)"')
CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL)
BREAK = re.compile(r"<(?:br|p|li)\b[^>]*>")
TAG = re.compile(r"<[^>]*>")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# a number as a page writes it: sign, pound, digits, unit
NUMBER = re.compile(
    r"(?P<sign>[−+-]?)(?P<pound>£?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit>%| (?:thousand|million|billion)| per 1,000| per 10,000| per 100,000| out of 10| a week| years| months|)"
)


def neutral(cell: object) -> str:
    """Return a cell that no spreadsheet program takes for a formula; numbers stay numbers.

    The signs are those of OWASP's page "CSV Injection".

    >>> [neutral(c) for c in ("=1+1", "@SUM(A1)", " =1", "-3.2", "+44 161", "Trafford", None)]
    ["'=1+1", "'@SUM(A1)", "' =1", '-3.2', "'+44 161", 'Trafford', '']
    """
    text = "" if cell is None else str(cell)
    if text.lstrip(" \u00a0\ufeff\u200b").startswith(FORMULA) and not re.fullmatch(
        r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text
    ):
        return "'" + text
    return text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV file as text, in the form of RFC 4180, every cell made `neutral`."""
    return "".join(csv_lines([head, *rows]))


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield each row of a CSV file as text with its end, for files that share rows.

    >>> list(csv_lines([["a", 1], ["=b", "c, d"]])) == ["a,1\\r\\n", "'=b,\\"c, d\\"\\r\\n"]
    True
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def cells(table: str) -> tuple[str, list[str], list[list[str]]]:
    """Return (caption, head, rows) of an HTML table as text. It is one that this book wrote, each tag of it closed.

    >>> cells("<table><caption>A</caption><tr><th>B</th></tr><tr><td>1 &amp; <b>2</b><br>3</td></tr></table>")
    ('A', ['B'], [['1 & 2 3']])
    """
    caption = CAPTION.search(table)
    rows = [found for row in ROW.findall(table) if (found := [_words(cell) for cell in CELL.findall(row)])]
    return _words(caption[1]) if caption else "", rows[0], rows[1:]


@lru_cache(maxsize=50_000)
def _words(html: str) -> str:
    return " ".join(unescape(TAG.sub("", BREAK.sub(" ", html))).split())


def plain_numbers(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the table with numbers that a program can read, and the unit of a column in its name.

    A column is changed only where all of its numbers have one unit. What is not a number, such as the reason why a
    value is missing, stays as it is.

    >>> plain_numbers(["Year", "Trafford"], [["2024", "18.2%"], ["2023", "No value: suppressed"], ["2022", "−1.0%"]])
    (['Year', 'Trafford (%)'], [['2024', '18.2'], ['2023', 'No value: suppressed'], ['2022', '-1.0']])
    """
    head, columns = list(head), []
    for position, name in enumerate(head):
        column = [row[position] if position < len(row) else "" for row in rows]
        found = [NUMBER.fullmatch(cell) for cell in column]
        units = {(m["pound"], m["unit"].strip()) for m in found if m}
        if len(units) == 1:
            column = [
                m["sign"].replace("−", "-").replace("+", "") + m["digits"].replace(",", "") if m else cell
                for m, cell in zip(found, column, strict=True)
            ]
            unit = " ".join(part for part in units.pop() if part)
            head[position] = f"{name} ({unit})" if unit else name
        columns.append(column)
    return head, [list(row) for row in zip(*columns, strict=True)]


def name_of(caption: str, given: str = "") -> str:
    """Return the name of a table's file: the given one, else the first words of its caption.

    >>> name_of("Babies with a low weight: every period in this edition"), name_of("x", "grants")
    ('babies-with-a-low-weight', 'grants')
    """
    if given:
        return slugify(given)
    words = slugify(re.split(r"[:,;]", caption)[0]) or "table"
    return words if len(words) <= 60 else words[:60].rpartition("-")[0]


def tables(body: str, place: dict[str, str], stem: str, folder: str) -> tuple[str, dict[str, str]]:
    """Return (a page's HTML with a link under each table, {file name: CSV}).

    `place`: {name of a column: what every row says in it}, such as the locality's code and name and the edition.
    `stem`: what a file's name begins with; `folder`: where the files are, seen from the page.
    """
    files: dict[str, str] = {}
    labels: dict[str, int] = {}

    def alone(label: re.Match) -> str:
        """Number a label that the page has already, so that readers who jump from table to table can tell them apart."""
        labels[label[1]] = labels.get(label[1], 0) + 1
        return label[0] if labels[label[1]] == 1 else f' aria-label="{label[1]} ({labels[label[1]]})"'

    def put(found: re.Match) -> str:
        caption, head, rows = cells(found["table"])
        if not caption or not rows:
            return found[0]
        given, more = FILE.search(found["more"]), LABEL.sub(alone, found["more"])
        base = f"{stem}-{name_of(caption, given[1] if given else '')}"
        name, number = f"{base}.csv", 2
        while name in files:
            name, number = f"{base}-{number}.csv", number + 1
        head, rows = plain_numbers(head, rows)
        # a column of the table that has the name of one that is put before it keeps its own place
        files[name] = csv_text([*place, *head], ([*place.values(), *row] for row in rows))
        words = f'<span class="hb-unseen">: {_escaped(caption)}</span>'
        link = f'<a href="{folder}/{name}" download>Download this table{words} (CSV)</a>'
        return f'<div class="hb-table"{FILE.sub("", more)}>{found["table"]}</div><p class="hb-take">{link}</p>'

    return TABLE.sub(put, body), files


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
