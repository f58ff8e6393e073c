"""Tables as people really save them, each with what must come of it: the right figures, or a fault that says where.

`CASES` is used by test_corpus.py, which also counts what a plain reader makes of the same files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import workbooks
from helpers.tabular import Column, Table
from workbooks import Cell

TABLE = Table(
    "sample",
    "Made up for tests.",
    (
        Column("place", "text", "The place's name", needed=True),
        Column("code", "id", "The place's code"),
        Column("value", "number", "A number"),
        Column("cost", "pounds", "Pounds"),
        Column("share", "percent", "A share"),
        Column("people", "whole", "How many people", low=0),
        Column("seen", "day", "A day"),
        Column("year", "year", "A financial year"),
        Column("period", "period", "A period"),
        Column("answer", "word", "An answer", words=("yes", "no", "not known")),
        Column("district", "district", "The first half of a postcode"),
    ),
    key=("place",),
)


@dataclass
class Case:
    """A file and what must come of it: `rows` (of the columns named), or `refused`: words of the faults, in order."""

    name: str
    write: Callable[[Path], object]  # writes the file at the path
    ending: str = ".csv"
    rows: list[dict] | None = None
    refused: list[str] = field(default_factory=list)


CASES: list[Case] = []


def right(name, content, rows, encoding="utf-8"):
    data = content if isinstance(content, bytes) else content.encode(encoding)
    CASES.append(Case(name, lambda path: path.write_bytes(data), rows=rows))


def wrong(name, content, *words, encoding="utf-8"):
    data = content if isinstance(content, bytes) else content.encode(encoding)
    CASES.append(Case(name, lambda path: path.write_bytes(data), refused=list(words)))


def book(name, rows=None, refused=(), ending=".xlsx", sheets=None, **more):
    kind = workbooks.ods if ending == ".ods" else workbooks.xlsx
    CASES.append(Case(name, lambda path: kind(path, sheets, **more), ending, rows, list(refused)))


A, B = {"place": "Ashby", "value": 1.0}, {"place": "Barton", "value": 2.0}
PLAIN = "place,value\nAshby,1\nBarton,2\n"
GAP = float("nan")

# --- encodings ---
right("utf-8", "place,value\nYnys Môn,1\n", [{"place": "Ynys Môn", "value": 1.0}])
right("utf-8 with its mark", b"\xef\xbb\xbf" + PLAIN.encode(), [A, B])
right("the mark before a quoted heading", b'\xef\xbb\xbf"place","value"\n"Ashby",1\n', [A])
right("windows-1252 with a pound sign", "place,cost\nAshby,£5\n", [{"place": "Ashby", "cost": 5.0}], "cp1252")
right("windows-1252 with an accent", "place,value\nYnys Môn,1\n", [{"place": "Ynys Môn", "value": 1.0}], "cp1252")
right(
    "windows-1252 with curly quotes", "place,value\nKing’s Lynn,1\n", [{"place": "King’s Lynn", "value": 1.0}], "cp1252"
)
right("utf-16 as Excel's Unicode text", "place\tvalue\nAshby\t1\nBarton\t2\n", [A, B], "utf-16")
right("utf-16 with the big end first", b"\xfe\xff" + PLAIN.encode("utf-16-be"), [A, B])
wrong("utf-16 without its mark", PLAIN.encode("utf-16-le"), "zero bytes")
wrong("utf-32", PLAIN.encode("utf-32"), "UTF-32")
wrong("utf-8 cut in the middle of a letter", b"place,value\nYnys M\xc3\x81\xc3\x81\x81n,1\n", "neither UTF-8")
wrong("saved in one encoding and opened in another", "place,value\nYnys MÃ´n,1\n", "row 2|damaged")
wrong("a letter that was lost", "place,value\nYnys M\ufffdn,1\n", "row 2|damaged")
right("letters with an accent of their own", "place,value\nYnys Mo\u0302n,1\n", [{"place": "Ynys Môn", "value": 1.0}])
right(
    "names in other alphabets",
    "place,value\nΑθήνα,1\nМосква,2\n",
    [{"place": "Αθήνα", "value": 1.0}, {"place": "Москва", "value": 2.0}],
)

# --- delimiters, line ends, quotation marks ---
right("semicolons", "place;value\nAshby;1\nBarton;2\n", [A, B])
right("tabs", "place\tvalue\nAshby\t1\nBarton\t2\n", [A, B])
right("bars", "place|value\nAshby|1\nBarton|2\n", [A, B])
right("Excel's line that names the delimiter", "sep=;\nplace;value\nAshby;1\n", [A])
wrong("a decimal comma", "place;value\nAshby;1,5\n", "row 2|column 'value'|decimal comma")
right("line ends of Windows", PLAIN.replace("\n", "\r\n"), [A, B])
right("line ends of an old Macintosh", PLAIN.replace("\n", "\r"), [A, B])
right("no line end after the last row", PLAIN.rstrip(), [A, B])
right(
    "a line break inside a cell",
    'place,value\n"Ashby\nunder Lyne",1\nBarton,2\n',
    [{"place": "Ashby under Lyne", "value": 1.0}, B],
)
right("a comma inside a cell", 'place,value\n"Ashby, North",1\n', [{"place": "Ashby, North", "value": 1.0}])
right("quotation marks inside a cell", 'place,value\n"The ""Hub""",1\n', [{"place": 'The "Hub"', "value": 1.0}])
right("all cells in quotation marks", '"place","value"\n"Ashby","1"\n', [A])
wrong("a quotation mark that is never closed", 'place,value\n"Ashby,1\nBarton,2\n', "never closed")
wrong("a stray quotation mark", 'place,value\n"Ash"by,1\n', "row 2|cannot be read")

# --- ragged, blank, repeated and total rows ---
wrong("a comma too many in one row", "place,value\nAshby,1,\nBarton,2\n", "row 2|3 cells")
wrong("a number with an unquoted comma", "place,value\nAshby,1,234\nBarton,2\n", "row 2|3 cells")
wrong("a cell too few", "place,value,people\nAshby,1,1\nBarton,2\n", "row 3|2 cells")
right("a comma at the end of every row", "place,value,\nAshby,1,\nBarton,2,\n", [A, B])
right("a comma at the end of every row but the first", "place,value\nAshby,1,\nBarton,2,\n", [A, B])
right("blank rows", "\nplace,value\n\nAshby,1\n,\nBarton,2\n\n\n", [A, B])
right("a title above", "Returns of the year\n\nplace,value\nAshby,1\nBarton,2\n", [A, B])
right("a row of totals", PLAIN + "Total,3\n", [A, B])
right("a grand total after a blank row", PLAIN + "\nGrand total,3\n", [A, B])
right("a place that is called Totnes", "place,value\nTotnes,1\n", [{"place": "Totnes", "value": 1.0}])
wrong("the heading again in the middle", PLAIN + "place,value\nCorby,3\n", "row 4|heading")
wrong("the same place twice", PLAIN + "Ashby,3\n", "row 4|row 2 has the same place")
wrong("the same place twice but for spaces", PLAIN + " Ashby ,3\n", "row 4|row 2 has the same place")
wrong("a place without a name", "place,value\n,1\nBarton,2\n", "row 2|column 'place'|empty")

# --- headings ---
right("headings in capitals with spaces", " PLACE , Value \nAshby,1\n", [A])
right("columns in another order", "value,place\n1,Ashby\n", [A])
wrong("a heading that is not known", "place,people,valeu\nAshby,2,1\n", "row 1|Did you mean 'value'")
wrong("a heading twice", "place,value,value\nAshby,1,2\n", "row 1|twice")
wrong("a column without a heading", "place,,value\nAshby,x,1\n", "row 1|no heading")
wrong("the needed column is absent", "value,people\n1,2\n", "column 'place'|missing")
wrong("no heading at all", "Ashby,1\nBarton,2\n", "row 1|heading")
wrong("an empty file", b"", "empty")
wrong("only spaces", b"   \n\n", "empty")
right("a heading and nothing else", "place,value\n", [])

# --- numbers ---
NUMBERS = [
    ("a comma for thousands", '"1,234"', 1234.0), ("commas for millions", '"1,234,567.5"', 1234567.5), ("a space for thousands", "1 234", 1234.0),
    ("a narrow space for thousands", "1\u202f234", 1234.0), ("a no-break space for thousands", "1\xa0234", 1234.0), ("a negative", "-5", -5.0),
    ("a typographic minus", "\u22125", -5.0), ("spaces around", "  5 ", 5.0), ("a no-break space behind", "5\xa0", 5.0), ("an empty cell", "", GAP),
    ("zero", "0", 0.0), ("leading zeros", "007", 7.0), ("full-width digits", "\uff15", 5.0), ("[c] for confidential", "[c]", GAP), ("[x] for not available", "[x]", GAP),
    ("[z] for not applicable", "[z]", GAP), ("[u] for unreliable", "[u]", GAP), ("[low] for too small", "[low]", GAP), ("[w] for nobody to ask", "[w]", GAP),
]  # fmt: skip
for name, cell, value in NUMBERS:
    right(name, f"place,value\nAshby,{cell}\n", [{"place": "Ashby", "value": value}])
for name, cell in [
    ("a comma in the wrong place", '"1,23"'), ("a comma for the decimal", '"1234,5"'), ("a power of ten", "1.2E+03"), ("words", "about 5"),
    ("less than", "<5"), ("a range", "5-10"), ("a dash", "-"), ("two dots", ".."), ("a star", "*"), ("a colon", ":"), ("n/a", "n/a"), ("NaN", "NaN"),
    ("inf", "inf"), ("hexadecimal", "0x10"), ("two points", "1.2.3"), ("thousand as k", "5k"), ("million as m", "£5m"), ("a tick", "✓"),
    ("two minus signs", "--5"), ("a pound sign where none belongs", "£5"), ("a percent sign where none belongs", "5%"), ("a formula", "=1+1"),
    ("Excel's error", "#REF!"), ("Excel's division by zero", "#DIV/0!"), ("a superscript note", "5¹"), ("a note behind", "5 [r]"),
    ("true", "TRUE"), ("a letter O for a zero", "1O"),
]:  # fmt: skip
    wrong(f"a number: {name}", f"place,value\nAshby,{cell}\nBarton,2\n", "row 2|column 'value'")
for name, cell, value in [
    ("pounds and pence", '"£1,234.50"', 1234.5), ("a negative in brackets", '"(1,234)"', -1234.0), ("a minus before the sign", "-£5", -5.0),
    ("a minus after the sign", "£-5", -5.0), ("[c] for pounds", "[c]", GAP),
]:  # fmt: skip
    right(name, f"place,cost\nAshby,{cell}\n", [{"place": "Ashby", "cost": value}])
for name, cell in [
    ("thousands of pounds", "£000"),
    ("pounds with a k", "£5k"),
    ("dollars", "$5"),
    ("euros", "€5"),
    ("pounds with words", "£5 each"),
]:
    wrong(f"pounds: {name}", f"place,cost\nAshby,{cell}\n", "row 2|column 'cost'")
wrong("thousands of pounds in the heading", "place,people,cost (£000)\nAshby,2,5\n", "row 1|cost (£000)")
right("a percent sign", "place,share\nAshby,40%\n", [{"place": "Ashby", "share": 40.0}])
right("a percentage without its sign", "place,share\nAshby,40\n", [{"place": "Ashby", "share": 40.0}])
right("a small percentage with its sign", "place,share\nAshby,0.4%\n", [{"place": "Ashby", "share": 0.4}])
wrong("a part of one for a percentage", "place,share\nAshby,0.4\n", "row 2|column 'share'|percentage")
wrong("a fraction of a person", "place,people\nAshby,2.5\n", "row 2|column 'people'|whole")
wrong("fewer than no people", "place,people\nAshby,-2\n", "row 2|column 'people'|range")

# --- days, years, words, codes ---
for name, cell, value in [
    ("an ISO day", "2025-04-23", "2025-04-23"), ("a British day", "23/04/2025", "2025-04-23"), ("a day in words", "23 April 2025", "2025-04-23"),
    ("a short month", "23 Apr 2025", "2025-04-23"), ("a day with midnight", "2025-04-23 00:00:00", "2025-04-23"), ("the same both ways", "04/04/2025", "2025-04-04"),
    ("a leap day", "29/02/2024", "2024-02-29"),
]:  # fmt: skip
    right(name, f"place,seen\nAshby,{cell}\n", [{"place": "Ashby", "seen": value}])
right(
    "a day that another row explains",
    "place,seen\nAshby,03/04/2025\nBarton,23/04/2025\n",
    [{"place": "Ashby", "seen": "2025-04-03"}, {"place": "Barton", "seen": "2025-04-23"}],
)
for name, cell in [
    ("British or American", "03/04/2025"), ("American", "04/23/2025"), ("no such day", "31/02/2025"), ("no leap day", "29/02/2025"), ("two digits for the year", "23/04/25"),
    ("the number of a spreadsheet", "45770"), ("a time of day", "2025-04-23 14:30"), ("a month in Welsh", "23 Ebrill 2025"), ("the year 0205", "0205-04-23"), ("words", "last Tuesday"),
]:  # fmt: skip
    wrong(f"a day: {name}", f"place,seen\nAshby,{cell}\n", "row 2|column 'seen'")
for cell in ("2019/20", "2019-20", "2019-2020", "2019/2020", "FY2019-20", "2019–20"):
    right(f"a financial year: {cell}", f"place,year\nAshby,{cell}\n", [{"place": "Ashby", "year": "2019-20"}])
for cell in ("FY20", "2019-21", "2019", "19/20", "year ending March 2020", "2019-20 (prov)"):
    wrong(f"a financial year: {cell}", f"place,year\nAshby,{cell}\n", "row 2|column 'year'")
for cell, value in [
    ("yes", "yes"),
    (" Yes ", "yes"),
    ("Y", "yes"),
    ("TRUE", "yes"),
    ("n", "no"),
    ("don't know", "not known"),
    ("Unknown", "not known"),
]:
    right(f"an answer: {cell}", f"place,answer\nAshby,{cell}\n", [{"place": "Ashby", "answer": value}])
wrong("an answer: maybe", "place,answer\nAshby,maybe\n", "row 2|column 'answer'|yes, no, not known")
wrong("an answer: 1", "place,answer\nAshby,1\n", "row 2|column 'answer'")
right("a code", "place,code\nAshby,E08000009\n", [{"place": "Ashby", "code": "e08000009"}])
wrong("a code that a spreadsheet made a power of ten", "place,code\nAshby,8E+09\n", "row 2|column 'code'")
wrong("a code with signs", "place,code\nAshby,E08/000?\n", "row 2|column 'code'")
right("half a postcode", "place,district\nAshby,m33\n", [{"place": "Ashby", "district": "M33"}])
wrong("a full postcode", "place,district\nAshby,M33 1AB\n", "row 2|column 'district'|full postcode")

# --- letters that do not show ---
right("a space of no width", "place,value\nAsh\u200bby,1\n", [A])
right("a text turned to run from the right", "place,value\n\u202eAshby,1\n", [A])
wrong("a zero byte", b"place,value\nAsh\x00by,1\n", "zero bytes")
wrong("a bell", "place,value\nAsh\x07by,1\n", "row 2|damaged|sign")
wrong("a text that begins like a formula", 'place,value\n"=HYPERLINK(""x"")",1\n', "row 2|column 'place'|formula")
wrong("a text that begins with an at sign", "place,value\n@SUM(A1),1\n", "row 2|column 'place'|formula")
wrong("a very long text", f"place,value\n{'x' * 5000},1\n", "row 2|column 'place'|5000 signs")

# --- files that are something else ---
wrong("a web page", "<!DOCTYPE html><table><tr><td>place</td></tr></table>", "web page")
wrong("an old Excel workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel")
wrong("a PDF", b"%PDF-1.7\n", "PDF")
wrong("a workbook named .csv", b"PK\x03\x04" + bytes(30), "workbook or a zip")
wrong("JSON", '[{"place": "Ashby", "value": 1}]', "heading")

# --- workbooks ---
HEAD = ["place", "value"]
for ending in (".xlsx", ".ods"):
    book(f"a workbook ({ending})", [A, B], ending=ending, sheets={"Sheet1": [HEAD, ["Ashby", 1], ["Barton", 2]]})
    book(
        f"a title above the heading ({ending})",
        [A],
        ending=ending,
        sheets={"Sheet1": [["Returns"], [], HEAD, ["Ashby", 1]]},
    )
    book(f"a day as a day ({ending})", [{"place": "Ashby", "seen": "2025-04-23"}], ending=ending,
         sheets={"S": [["place", "seen"], ["Ashby", Cell(45770 if ending == ".xlsx" else "2025-04-23", "date")]]})  # fmt: skip
    book(f"a percentage as one ({ending})", [{"place": "Ashby", "share": 40.0}], ending=ending,
         sheets={"S": [["place", "share"], ["Ashby", Cell(0.4, "percent")]]})  # fmt: skip
    book(f"a hidden sheet with the same table ({ending})", refused=["hidden sheet"], ending=ending, hidden=["Old"],
         sheets={"Old": [HEAD, ["Ashby", 9]], "New": [HEAD, ["Ashby", 1]]})  # fmt: skip
    book(
        f"two sheets with the table ({ending})",
        refused=["2 sheets"],
        ending=ending,
        sheets={"One": [HEAD, ["Ashby", 9]], "Two": [HEAD, ["Ashby", 1]]},
    )
    book(
        f"an error in a cell ({ending})",
        refused=["row 2|error"],
        ending=ending,
        sheets={"S": [HEAD, ["Ashby", Cell("#REF!", "error")]]},
    )
    book(
        f"no sheet with the table ({ending})",
        refused=["heading"],
        ending=ending,
        sheets={"S": [["colour", "shape"], ["red", "round"]]},
    )
book("a sheet of notes beside", [A], sheets={"Notes": [["Read me"]], "Data": [HEAD, ["Ashby", 1]]})
book(
    "a formula with its result", [{"place": "Ashby", "value": 3.0}], sheets={"S": [HEAD, ["Ashby", Cell(3, "formula")]]}
)
book("a formula without a result", refused=["row 2|no result"], sheets={"S": [HEAD, ["Ashby", Cell(None, "formula")]]})
book("merged cells", refused=["merged"], sheets={"S": [HEAD, ["Ashby", 1], ["", 2]]}, merged=["A2:A3"])
book("a merged heading", refused=["merged"], sheets={"S": [["place", "value", ""], ["Ashby", 1, ""]]}, merged=["B1:C1"])
book("a merged title", [A], sheets={"S": [["Returns", ""], HEAD, ["Ashby", 1]]}, merged=["A1:B1"])
book("hidden rows are read", [A, B], sheets={"S": [HEAD, ["Ashby", 1], ["Barton", 2]]}, hidden_rows=[3])
book("a number kept as text", [A], sheets={"S": [HEAD, ["Ashby", "1"]]})
book(
    "a code that became a day",
    refused=["row 2|column 'code'|date"],
    sheets={"S": [["place", "code"], ["Ashby", Cell(45770, "date")]]},
)
book(
    "a number shown as a percentage",
    refused=["row 2|column 'value'|percentage"],
    sheets={"S": [HEAD, ["Ashby", Cell(0.4, "percent")]]},
)
book("a fraction of a cent of error", [{"place": "Ashby", "value": 0.3}], sheets={"S": [HEAD, ["Ashby", 0.1 + 0.2]]})


def _bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "x")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            for _ in range(1100):
                stream.write(bytes(1_000_000))


def _laughs(path):
    """A workbook whose XML swells when it is read."""
    workbooks.xlsx(path, {"S": [HEAD, ["Ashby", 1]]})
    swelling = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    document = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "lol">{swelling}]>'
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            text = old.read(item).decode()
            if item.endswith("sheet1.xml"):
                text = document + text.partition("?>")[2].replace("Ashby", "&e9;")
            new.writestr(item, text)
    path.write_bytes(out.getvalue())


def _with(make, member, old, new):
    """Return a writer of a workbook in which some of a part's XML is replaced."""

    def write(path):
        make(path, {"S": [HEAD, ["Ashby", 1], ["Barton", 2]]})
        out = io.BytesIO()
        with zipfile.ZipFile(path) as before, zipfile.ZipFile(out, "w") as after:
            for item in before.namelist():
                text = before.read(item).decode()
                assert item != member or old in text
                after.writestr(item, text.replace(old, new) if item == member else text)
        path.write_bytes(out.getvalue())

    return write


SHEET, FAR = "xl/worksheets/sheet1.xml", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
STRAY = '<row r="900"><c r="A900" s="0"/></row></sheetData>'  # a cell that was formatted once, and is empty
ODS_ROWS = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}"{}/></table:table-row></table:table>'
ONE = ' office:value-type="float" office:value="1"'


def _half(path):
    workbooks.xlsx(path, {"S": [HEAD, ["Ashby", 1]]})
    path.write_bytes(path.read_bytes()[:-200])


CASES.append(Case("a zip that unpacks to a gigabyte", _bomb, ".xlsx", refused=["too large"]))
CASES.append(Case("a workbook that swells when it is read", _laughs, ".xlsx", refused=["opened|whole"]))
for name, write, ending, refused in [
    ("a stray cell in the last corner of a sheet", _with(workbooks.xlsx, SHEET, "</sheetData>", FAR), ".xlsx", "row 1,048,576"),
    ("a cell that is repeated without end", _with(workbooks.ods, "content.xml", "</table:table>", ODS_ROWS.format(1048576, 16384, ONE)), ".ods", "row 1,048,579"),
    ("an encoding that nobody knows", _with(workbooks.xlsx, "xl/styles.xml", "UTF-8", "U0F-8"), ".xlsx", "not whole|opened"),
    ("a part that is no XML", _with(workbooks.xlsx, SHEET, "<worksheet", "worksheet"), ".xlsx", "not whole|opened"),
    ("a sheet that leads nowhere", _with(workbooks.xlsx, "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/gone.xml"), ".xlsx", "not whole|opened"),
    ("a number that is too large for a number", _with(workbooks.xlsx, SHEET, "<v>1</v>", "<v>1e999</v>"), ".xlsx", "row 2"),
]:  # fmt: skip
    CASES.append(Case(name, write, ending, refused=[refused]))
CASES.append(
    Case(
        "rows far below that were formatted once", _with(workbooks.xlsx, SHEET, "</sheetData>", STRAY), ".xlsx", [A, B]
    )
)
CASES.append(
    Case(
        "a million empty rows below",
        _with(workbooks.ods, "content.xml", "</table:table>", ODS_ROWS.format(1048570, 1024, "")),
        ".ods",
        [A, B],
    )
)
CASES.append(Case("a workbook cut in half", _half, ".xlsx", refused=["cannot be opened"]))
CASES.append(Case("text named .xlsx", lambda path: path.write_text(PLAIN), ".xlsx", refused=["cannot be opened"]))
CASES.append(Case("an ending that is not known", lambda path: path.write_text(PLAIN), ".txt", refused=["ending"]))
CASES.append(
    Case(
        "an Excel workbook with macros",
        lambda path: workbooks.xlsx(path, {"S": [HEAD, ["Ashby", 1]]}),
        ".xlsm",
        refused=["ending"],
    )
)
