"""Tables as people save them: each hostile file either gives exactly what a person reads in it, or a fault by its row."""

from __future__ import annotations

import pytest

from helpers import tabular
from helpers.tabular import Column, Table
from workbooks import Cell, ods, xlsx

TABLE = Table(
    "hubs",
    "One row for each hub.",
    (
        Column("hub", "id", "A short id", needed=True),
        Column("name", "text", "Its name", needed=True),
        Column("people", "whole", "People a year", low=0),
        Column("cost", "pounds", "Pounds a year"),
        Column("share", "percent", "Share paid by the council, in %", low=0, high=100),
        Column("opened", "day", "The day it opened"),
        Column("free", "word", "Is it free?", words=("yes", "no", "not known")),
        Column("district", "district", "First half of its postcode"),
    ),
    key=("hub",),
)
HEAD = "hub,name,people,cost,share,opened,free,district"
ROW = "north,Café Nord,1200,£310000.50,40,2025-04-23,yes,M33"


def read(tmp_path, content, name="hubs.csv", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return tabular.read(path, TABLE, **options)


def check(got):
    assert not got.faults, got.faults
    row = got.frame.iloc[0].to_dict()
    assert row == {
        "hub": "north",
        "name": "Café Nord",
        "people": 1200.0,
        "cost": 310000.5,
        "share": 40.0,
        "opened": "2025-04-23",
        "free": "yes",
        "district": "M33",
    }


PLAIN = f"{HEAD}\n{ROW}\n"
FORMS = {
    "utf-8": PLAIN.encode(),
    "utf-8 with its mark": PLAIN.encode("utf-8-sig"),
    "utf-16 little end": PLAIN.encode("utf-16"),
    "utf-16 big end": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "windows-1252": PLAIN.encode("cp1252"),
    "carriage returns": PLAIN.replace("\n", "\r\n").encode(),
    "old Macintosh line ends": PLAIN.replace("\n", "\r").encode(),
    "no line end": PLAIN.rstrip().encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "bars": PLAIN.replace(",", "|").encode(),
    "sep line": ("sep=;\r\n" + PLAIN.replace(",", ";")).encode(),
    "title above": ("Hubs of the council\n\n" + PLAIN).encode(),
    "blank rows": f"{HEAD}\n\n{ROW}\n,,,,,,,\n\n".encode(),
    "total row": f"{HEAD}\n{ROW}\nTotal,,1200,310000.50,,,,\n".encode(),
    "a space after the pound sign": PLAIN.replace("£310000.50", '"£ 310,000.50 "').encode(),
    "thousands separators": PLAIN.replace("1200", '"1,200"').replace("£310000.50", '"£310,000.50"').encode(),
    "spaces everywhere": PLAIN.replace(",", " , ").replace("1200", "\u00a01 200 ").encode(),
    "heading in capitals": PLAIN.replace(HEAD, HEAD.upper().replace("_", " ")).encode(),
    "other order": b"name,hub,people,cost,share,opened,free,district\n"
    + "Café Nord,north,1200,£310000.50,40%,2025-04-23,Y,m33\n".encode(),
    "trailing commas": f"{HEAD},,\n{ROW},,\n".encode(),
    "trailing comma in rows only": f"{HEAD}\n{ROW},\n".encode(),
    "quoted newline": PLAIN.replace("Café Nord", '"Café\nNord"').encode(),
    "worded day": PLAIN.replace("2025-04-23", "23 April 2025").encode(),
    "UK day": PLAIN.replace("2025-04-23", "23/04/2025").encode(),
    "zero width signs": PLAIN.replace("north", "no\u200brth\ufeff").encode(),
    "composed accent": PLAIN.replace("é", "e\u0301").encode(),
    "id with space and capitals": PLAIN.replace("north", " North").encode(),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_form_is_put_right(tmp_path, content):
    check(read(tmp_path, content))


def test_the_encoding_that_was_assumed_is_said_with_its_odd_signs(tmp_path):
    got = read(tmp_path, PLAIN.encode("cp1252"))
    assert any("Windows-1252" in n and "£" in n and "é" in n for n in got.notes)


FAULTS = {
    # what is wrong: (content, words of the fault, its row)
    "empty file": (b"", "the file is empty", None),
    "no known heading": (b"a,b\n1,2\n", "no heading is known", 1),
    "undefined bytes": (PLAIN.encode("cp1252") + b"\x81", "neither UTF-8 nor Windows-1252", None),
    "zero bytes": (PLAIN.encode("utf-16-le"), "zero bytes", None),
    "utf-32": (b"\xff\xfe\x00\x00" + PLAIN.encode("utf-32-le"), "UTF-32", None),
    "mark, then other bytes": (b"\xef\xbb\xbf" + PLAIN.encode("cp1252"), "begins as UTF-8", None),
    "text damaged before": (PLAIN.replace("é", "Ã©").encode(), "damaged", 2),
    "pound damaged before": (PLAIN.replace("£", "Â£").encode(), "damaged", 2),
    "replacement sign": (PLAIN.replace("é", "\ufffd").encode(), "damaged", 2),
    "web page": (b"<html><table><tr><td>hub</td></tr></table>", "web page", None),
    "workbook named csv": (b"PK\x03\x04rest", "workbook", None),
    "old Excel": (b"\xd0\xcf\x11\xe0rest", "old Excel", None),
    "open quotation mark": (PLAIN.replace("Café", '"Café').encode(), "never closed", 2),
    "comma that moves cells": (f"{HEAD}\n{ROW}\nsouth,Sale, West,3,4,5,2025-04-23,yes,M1\n".encode(), "9 cells", 3),
    # the last cell is empty, so that a plain reader would cut it off and shift the others
    "comma with an empty last cell": (f"{HEAD}\n{ROW}\nsouth,Sale, West,3,4,5,2025-04-23,,\n".encode(), "9 cells", 3),
    "row too short": (f"{HEAD}\n{ROW}\nsouth,Sale\n".encode(), "2 cells", 3),
    "heading again": (f"{HEAD}\n{ROW}\n{HEAD}\n".encode(), "heading stands here again", 3),
    "unknown column": (PLAIN.replace("free", "email").encode(), "'email' is not known", 1),
    "misspelt column": (PLAIN.replace("district", "distrit").encode(), "Did you mean 'district'", 1),
    "column twice": (PLAIN.replace("free", "people").encode(), "stands twice", 1),
    "column missing": (PLAIN.replace("name", "", 1).encode(), "has no heading", 1),
    "needed cell empty": (PLAIN.replace("Café Nord", "").encode(), "the cell is empty", 2),
    "key twice": (f"{PLAIN}{ROW}\n".encode(), "row 2 has the same hub", 3),
    "ambiguous day": (PLAIN.replace("2025-04-23", "03/04/2025").encode(), "two different days", 2),
    "month first": (PLAIN.replace("2025-04-23", "04/23/2025").encode(), "month first", 2),
    "two figures for the year": (PLAIN.replace("2025-04-23", "23/04/25").encode(), "is not a day", 2),
    "no such day": (PLAIN.replace("2025-04-23", "2025-02-30").encode(), "no such day", 2),
    "serial number for a day": (PLAIN.replace("2025-04-23", "45770").encode(), "is not a day", 2),
    "full postcode": (PLAIN.replace("M33", "M33 7ZZ").encode(), "full postcode", 2),
    "decimal comma": (PLAIN.replace(",", ";").replace("1200", "1,200").encode(), "decimal comma", 2),
    "odd thousands": (PLAIN.replace("1200", '"12,00"').encode(), "is not a number", 2),
    "number with words": (PLAIN.replace("1200", "about 1200").encode(), "is not a number", 2),
    "million": (PLAIN.replace("£310000.50", "£1.2m").encode(), "is not a number", 2),
    "power of ten": (PLAIN.replace("1200", "1.2E+03").encode(), "is not a number", 2),
    "half a person": (PLAIN.replace("1200", "12.5").encode(), "whole number", 2),
    "below zero": (PLAIN.replace("1200", "-5").encode(), "out of range", 2),
    "part for percent": (PLAIN.replace(",40,", ",0.4,").encode(), "may be a percentage or a part", 2),
    "percent over 100": (PLAIN.replace(",40,", ",140,").encode(), "out of range", 2),
    "dash for a number": (PLAIN.replace("1200", "-").encode(), "may mean several things", 2),
    "n/a for a number": (PLAIN.replace("1200", "N/A").encode(), "may mean several things", 2),
    "unknown word": (PLAIN.replace("yes", "maybe").encode(), "not one of the words", 2),
    "error of a formula": (PLAIN.replace("1200", "#REF!").encode(), "error of a formula", 2),
    "cell too narrow": (PLAIN.replace("1200", "#####").encode(), "error of a formula", 2),
    "id shortened": (PLAIN.replace("north", "1.23E+15").encode(), "power of ten", 2),
    "text that is a formula": (PLAIN.replace("Café Nord", '"=HYPERLINK(""x"")"').encode(), "begins like a formula", 2),
    "control sign": (PLAIN.replace("Café", "Caf\x07").encode(), "damaged", 2),
    "euro for pound": (PLAIN.replace("£", "€").encode(), "is not a number", 2),
    "too far away": (PLAIN.replace("1200", "9" * 30).encode(), "too large", 2),
}


@pytest.mark.parametrize(("content", "words", "row"), FAULTS.values(), ids=FAULTS)
def test_meaning_is_never_guessed(tmp_path, content, words, row):
    got = read(tmp_path, content)
    assert any(words in f for f in got.faults), got.faults
    if row:
        assert any(f"row {row}" in f for f in got.faults if words in f), got.faults
    for fault in got.faults:
        assert fault.startswith("hubs.csv: "), fault
        assert fault.count(". ") >= 1, f"no remedy: {fault}"


def test_one_day_of_the_column_shows_how_the_others_are_written(tmp_path):
    rows = "\n".join(f"h{n},Hub,1,1,1,{day},yes,M1" for n, day in enumerate(("03/04/2025", "23/04/2025")))
    got = read(tmp_path, f"{HEAD}\n{rows}\n")
    assert not got.faults
    assert got.frame["opened"].tolist() == ["2025-04-03", "2025-04-23"]
    mixed = rows.replace("23/04/2025", "04/23/2025")
    assert len(read(tmp_path, f"{HEAD}\n{mixed}\n").faults) == 2  # then neither can be trusted


def test_stated_gaps_are_counted_and_zero_is_not_one(tmp_path):
    got = read(tmp_path, f"{HEAD}\nnorth,Hub,[c],[x],0,,,\nsouth,Hub,0,[x],,,,\n")
    assert not got.faults
    assert got.symbols == {"people": {"[c]": 1}, "cost": {"[x]": 2}}
    assert got.frame["people"].isna().tolist() == [True, False]
    assert got.frame["share"].isna().tolist() == [False, True]


def test_every_row_is_accounted_for_and_every_fault_listed(tmp_path):
    rows = [ROW, "south,,x,1,1,,yes,M1", "", "west,Hub,y,1,1,,maybe,M1", "Total,,1,1,1,,,"]
    got = read(tmp_path, f"Title\n{HEAD}\n" + "\n".join(rows) + "\n")
    assert (got.rows, got.kept, got.blank, got.totals, got.above, got.refused) == (6, 1, 1, 1, 1, 2)
    assert got.rows == got.kept + got.blank + got.totals + got.above + got.refused
    assert [("row 4" in f, "row 6" in f) for f in got.faults] == [(True, False)] * 2 + [(False, True)] * 2
    assert got.frame.index.tolist() == [3]  # rows as the spreadsheet numbers them
    assert got.account == "6 rows: 1 read, 1 blank, 1 totals, 1 above the heading, 2 refused"


def test_a_quiet_reader_never_shows_a_cell(tmp_path):
    secret = "Zebedee"  # pragma: allowlist secret
    bad = (
        f"{HEAD}\n"
        + ",".join([secret + "!"] * 8)
        + f"\nb,{secret},{secret},{secret},{secret},{secret},{secret},{secret}\n"
    )
    loud, quiet = read(tmp_path, bad), read(tmp_path, bad, quiet=True)
    assert secret.lower() in " ".join(loud.faults).lower()
    assert len(quiet.faults) == len(loud.faults) > 8
    assert secret.lower() not in " ".join(quiet.faults + quiet.notes).lower()


HEADS = HEAD.split(",")
WORKROW = ["north", "Café Nord", 1200, 310000.5, Cell(0.4, "percent"), Cell(45770, "date"), True, "M33"]


def test_a_workbook_gives_the_same(tmp_path):
    check(tabular.read(xlsx(tmp_path / "hubs.xlsx", {"Hubs": [HEADS, WORKROW]}), TABLE))
    row = [*WORKROW[:5], Cell("2025-04-23", "date"), "yes", "M33"]
    check(tabular.read(ods(tmp_path / "hubs.ods", {"Hubs": [HEADS, row]}), TABLE))


def workbook(tmp_path, rows, **options):
    sheets = rows if isinstance(rows, dict) else {"Sheet1": rows}
    return tabular.read(xlsx(tmp_path / "hubs.xlsx", sheets, **options), TABLE)


def with_cell(position, cell):
    return [HEADS, [*WORKROW[:position], cell, *WORKROW[position + 1 :]]]


WORKBOOK_FAULTS = {
    "error cell": (with_cell(2, Cell("#REF!", "error")), "C2 holds the error #REF!"),
    "formula without a result": (with_cell(2, Cell(None, "formula")), "C2 has no result"),
    "code made into a day": (with_cell(0, Cell(45000, "date")), "out of a code"),
    "number for a day": (with_cell(5, 45770), "plain number, not a day"),
    "id made into a number": (with_cell(0, 1.5), "a number out of an id"),
    "percentage in another column": (with_cell(2, Cell(0.4, "percent")), "shown as a percentage"),
    "part for percent": (with_cell(4, 0.4), "may be a percentage or a part"),
}


@pytest.mark.parametrize(("rows", "words"), WORKBOOK_FAULTS.values(), ids=WORKBOOK_FAULTS)
def test_what_a_plain_reader_of_workbooks_would_hide(tmp_path, rows, words):
    got = workbook(tmp_path, rows)
    assert any(words in f and "row 2" in f and "sheet 'Sheet1'" in f for f in got.faults), got.faults


def test_a_formula_with_its_result_is_read(tmp_path):
    check(workbook(tmp_path, with_cell(2, Cell(1200, "formula"))))


def test_an_ods_error_and_percentage(tmp_path):
    row = [*WORKROW[:2], Cell("#DIV/0!", "error"), *WORKROW[3:5], Cell("2025-04-23", "date"), "yes", "M33"]
    got = tabular.read(ods(tmp_path / "hubs.ods", {"Hubs": [HEADS, row]}), TABLE)
    assert any("C2" in f for f in got.faults), got.faults


def test_hidden_sheets_are_said_or_refused(tmp_path):
    rows = [HEADS, WORKROW]
    got = workbook(tmp_path, {"Hubs": rows, "Notes": [["secret"]]}, hidden=["Notes"])
    check(got)
    assert any("'Notes' (hidden)" in n for n in got.notes)
    got = workbook(tmp_path, {"Hubs": rows, "Old": rows}, hidden=["Old"])
    assert any("hidden sheet 'Old'" in f for f in got.faults)
    got = workbook(tmp_path, {"One": rows, "Two": rows})
    assert any("2 sheets hold this table" in f for f in got.faults)
    check(workbook(tmp_path, {"hubs": rows, "Copy of it": rows}))  # the one with the table's name


def test_hidden_rows_are_read_and_said(tmp_path):
    got = workbook(tmp_path, [HEADS, WORKROW, ["south", *WORKROW[1:]]], hidden_rows=[3])
    assert got.kept == 2
    assert any("hidden" in n for n in got.notes)


def test_merged_cells_are_refused_but_for_a_title(tmp_path):
    check(workbook(tmp_path, [["Hubs of the council"], HEADS, WORKROW], merged=["A1:H1"]))
    got = workbook(tmp_path, [HEADS, WORKROW, ["south", *WORKROW[1:]]], merged=["B2:B3"])
    assert any("B2 to B3 are merged" in f for f in got.faults), got.faults


def test_a_workbook_that_is_none(tmp_path):
    got = read(tmp_path, b"nothing of the kind", "hubs.xlsx")
    assert any("cannot be opened" in f for f in got.faults)
    got = read(tmp_path, b"x", "hubs.numbers")
    assert any(".numbers is not known" in f for f in got.faults)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("year", "2024-25", "2024-25"),
        ("year", "2024/25", "2024-25"),
        ("year", "2024-2025", "2024-25"),
        ("year", "1999-00", "1999-00"),
        ("period", "2024-25", "2024-04-01/P1Y"),
        ("period", "2024-25 Q1", "2024-04-01/P3M"),
        ("period", "2024-25 Q4", "2025-01-01/P3M"),
        ("period", "April 2024", "2024-04-01/P1M"),
        ("period", "2024-04-30", "2024-04-30"),
        ("step", "2025-04", "2025-04"),
        ("step", "April 2025", "2025-04"),
        ("step", "Apr-25", "2025-04"),  # as Excel saves 2025-04
        ("step", "2025-04-07", "2025-04-07"),
    ],
)
def test_periods(tmp_path, kind, given, value):
    table = Table("t", "", (Column("name", "text", "", needed=True), Column("when", kind, "")))
    path = tmp_path / "t.csv"
    path.write_text(f"name,when\na,{given}\n")
    got = tabular.read(path, table)
    assert not got.faults
    assert got.frame["when"].tolist() == [value]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("year", "2024"),
        ("year", "2024-26"),
        ("year", "24-25"),
        ("period", "2024"),
        ("period", "Q1"),
        ("step", "2025-04-08"),
        ("step", "25-Apr"),
        ("step", "2025"),
        ("period", "2024-25 Q5"),
    ],
)
def test_periods_that_say_too_little(tmp_path, kind, given):
    table = Table("t", "", (Column("name", "text", "", needed=True), Column("when", kind, "")))
    path = tmp_path / "t.csv"
    path.write_text(f"name,when\na,{given}\n")
    assert tabular.read(path, table).faults
