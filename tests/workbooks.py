"""Small workbooks written by hand, with what spreadsheets write and a plain reader would not see."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from html import escape
from typing import Any

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HIDDEN_SHEET, HIDDEN_ROW, HIDDEN_TABLE = ' state="hidden"', ' hidden="1"', ' table:style-name="hid"'
STYLES = {"percent": 2, "date": 1}
ODS = "urn:oasis:names:tc:opendocument:xmlns"


@dataclass
class Cell:
    """A cell that is more than its text or number."""

    value: Any = None
    kind: str = ""  # error, formula, percent, date, number
    formula: str = "A1"


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def xlsx(path, sheets, hidden=(), hidden_rows=(), merged=()):
    """Write a workbook. `sheets`: {name: rows of cells}; a date is written as its serial number with a date format."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{escape(n)}" sheetId="{i}" r:id="rId{i}"{HIDDEN_SHEET if n in hidden else ""}/>'
            for i, n in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(names) + 1)
        )
        + f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/>'
        "</cellXfs></styleSheet>",
    }
    for number, rows in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{r}"{HIDDEN_ROW if r in hidden_rows else ""}>'
            + "".join(_xlsx_cell(f"{_letters(c)}{r}", cell) for c, cell in enumerate(row))
            + "</row>"
            for r, row in enumerate(rows, 1)
        )
        merge = "".join(f'<mergeCell ref="{m}"/>' for m in merged)
        merge = f"<mergeCells>{merge}</mergeCells>" if merge else ""
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{merge}</worksheet>'
        )
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return path


def _xlsx_cell(address: str, cell: Any) -> str:
    if not isinstance(cell, Cell):
        cell = Cell(cell)
    value = cell.value
    if cell.kind == "error":
        return f'<c r="{address}" t="e"><f>{cell.formula}</f><v>{value}</v></c>'
    if cell.kind == "formula":
        result = "" if value is None else f"<v>{value}</v>"
        return f'<c r="{address}"><f>{cell.formula}</f>{result}</c>'
    if cell.kind in ("percent", "date"):
        return f'<c r="{address}" s="{STYLES[cell.kind]}"><v>{value}</v></c>'
    if cell.kind == "number":
        return f'<c r="{address}"><v>{value}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{address}"><v>{value}</v></c>'
    if value in (None, ""):
        return ""
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def ods(path, sheets, hidden=()):
    """Write an OpenDocument workbook. `sheets`: {name: rows of cells}."""

    def cell(content):
        if not isinstance(content, Cell):
            content = Cell(content)
        value = content.value
        if content.kind == "error":
            return f'<table:table-cell table:formula="of:=[.A1]" office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        if content.kind == "percent":
            return f'<table:table-cell office:value-type="percentage" office:value="{value}"/>'
        if content.kind == "date":
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        if isinstance(value, (int, float)):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        if value in (None, ""):
            return "<table:table-cell/>"
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    tables = "".join(
        f'<table:table table:name="{escape(name)}"{HIDDEN_TABLE if name in hidden else ""}>'
        + "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    names = {"office": "office", "table": "table", "text": "text", "style": "style"}
    spaces = " ".join(f'xmlns:{k}="{ODS}:{v}:1.0"' for k, v in names.items())
    styles = (
        '<office:automatic-styles><style:style style:name="hid" style:family="table"><style:table-properties'
        ' table:display="false"/></style:style></office:automatic-styles>'
    )
    content = f"<office:document-content {spaces}>{styles}<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{ODS}:manifest:1.0"/>')
        packed.writestr("content.xml", '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return path
