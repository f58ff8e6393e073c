"""The shape of every file under data/figures and data/reference, and how a fault in one is told.

A fault names the file, the row (the header is row 1, as in a spreadsheet), the column, and what to do.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from . import periods
from .paths import shown

UNITS = {
    # code: how it is written after a number
    "pct": "%",
    "per_1k": " per 1,000",
    "per_10k": " per 10,000",
    "per_100k": " per 100,000",
    "count": "",
    "gbp": "",  # written £ before the number
    "gbp_thousand": "",
    "gbp_per_week": " a week",
    "years": " years",
    "score": "",
    "score_out_of_10": " out of 10",
    "ratio": "",
    "index": "",
}
PRESENT = ("final", "provisional", "revised")
MISSING = {
    "suppressed": "suppressed by the publisher to protect people",
    "unreliable": "withheld by the publisher as too unreliable",
    "not_applicable": "not applicable here",
    "not_available": "not available from the publisher",
    "not_submitted": "not submitted by the council, or withheld",
    "negligible": "too small to show, but not zero",
    "reason_not_given": "missing, and the publisher does not say why",
}

TALLY_BREAKDOWNS = (
    *("total", "month", "category", "payee_band", "payee_size", "line_size"),
    *("recipient_band", "recipient_kind", "award_size", "place"),
)
TALLY_MEASURES = {
    # measure: what it counts
    "rows": "payments, or grants",
    "gbp": "pounds, cash, net",
    "rows_redacted": "payments whose payee the council withheld",
    "gbp_redacted": "pounds of those",
    "payees": "different payees or recipients that are named",
    "herfindahl": "Herfindahl-Hirschman index of the named, from 0 to 10,000",
    "months": "months with a payment",
    "rows_identical": "payments that are the same as an earlier one in every column",
    "rows_credit": "payments below zero",
    "gbp_credit": "pounds of those",
    "gbp_charities": "pounds to payees with a charity number, where the file has that column",
}

AREA_CODE = r"^[EWSNK]\d{8}$|^X99\d{6}$"
DAY = r"^\d{4}-\d{2}-\d{2}$"

FIGURES = pa.DataFrameSchema(
    {
        "indicator": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$")),
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "period": pa.Column(str, pa.Check.str_matches(periods.PATTERN)),
        "value": pa.Column(float, nullable=True),
        "lower": pa.Column(float, nullable=True),
        "upper": pa.Column(float, nullable=True),
        "count": pa.Column(float, pa.Check.ge(0), nullable=True),
        "denominator": pa.Column(float, pa.Check.ge(0), nullable=True),
        "unit": pa.Column(str, pa.Check.isin(list(UNITS))),
        "status": pa.Column(str, pa.Check.isin([*PRESENT, *MISSING])),
    },
    strict=True,
    ordered=True,
    unique=["indicator", "area_code", "period"],
)
LOCALITIES = pa.DataFrameSchema(
    {
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE), unique=True),
        "name": pa.Column(str),
        "slug": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9-]*$"), unique=True),
        "kind": pa.Column(
            str,
            pa.Check.isin(
                [
                    *("unitary authority", "metropolitan district", "London borough", "county council"),
                    *("council area", "local government district"),  # Scotland; Northern Ireland
                ]
            ),
        ),
        "region_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "region": pa.Column(str),
    },
    strict=True,
    ordered=True,
)
DISTRICTS = pa.DataFrameSchema(
    {
        "district_code": pa.Column(str, pa.Check.str_matches(AREA_CODE), unique=True),
        "district": pa.Column(str),
        "current_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "locality_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "current": pa.Column(str, pa.Check.isin(["yes", "no"])),
    },
    strict=True,
    ordered=True,
)
AREA_CHANGES = pa.DataFrameSchema(
    {
        "old_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "old_name": pa.Column(str),
        "new_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "new_name": pa.Column(str),
        "kind": pa.Column(str, pa.Check.isin(["recode", "same_boundary", "part"])),
        "year": pa.Column(int),
    },
    strict=True,
    ordered=True,
    unique=["old_code", "new_code"],
)
POSTCODE_DISTRICTS = pa.DataFrameSchema(  # a district reaches into every locality that it has a row with
    {
        "postcode_district": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{1,2}\d[A-Z\d]?$")),
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "rows": pa.Column(int, pa.Check.ge(1)),
        "source": pa.Column(str),
    },
    strict=True,
    ordered=True,
    unique=["postcode_district", "area_code", "source"],
)
NEIGHBOURS = pa.DataFrameSchema(
    {
        "comparator": pa.Column(str, pa.Check.isin(["dfe", "ons"])),
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "position": pa.Column(int, pa.Check.ge(1)),
        "neighbour_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
    },
    strict=True,
    ordered=True,
    unique=["comparator", "area_code", "neighbour_code"],
)
RELEASES = pa.DataFrameSchema(
    {
        "source": pa.Column(str),
        "indicator": pa.Column(str),
        "period": pa.Column(str, pa.Check.str_matches(periods.PATTERN)),
        "release_date": pa.Column(str, pa.Check.str_matches(DAY)),
        "file": pa.Column(str),
    },
    strict=True,
    ordered=True,
    unique=["source", "indicator", "period"],
)
DEFLATOR = pa.DataFrameSchema(
    {
        "financial_year": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}$"), unique=True),
        "index": pa.Column(float, pa.Check.gt(0)),
    },
    strict=True,
    ordered=True,
)
CLASSIFICATION = pa.DataFrameSchema(
    {
        "account": pa.Column(str, pa.Check.isin(["s251", "ro3"])),
        "indicator": pa.Column(str, unique=True),
        "stage": pa.Column(str, pa.Check.isin(["early", "late", "unclassified", "part", "total"])),
        "reason": pa.Column(str, pa.Check.str_length(min_value=10)),
    },
    strict=True,
    ordered=True,
)
AT_RISK = pa.DataFrameSchema(
    {
        "indicator": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$"), unique=True),
        "population": pa.Column(str, pa.Check.str_matches(r"^population_")),  # an indicator: whom the rate is about
        "less": pa.Column(str, pa.Check.str_matches(r"^population_"), nullable=True),  # taken off it
        "words": pa.Column(str),
        "reason": pa.Column(str, pa.Check.str_length(min_value=10)),
    },
    strict=True,
)

SPEND_EXCEPTIONS = pa.DataFrameSchema(
    {
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "account": pa.Column(str, pa.Check.isin(["s251", "ro3"])),
        "financial_year": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}$")),
        "difference": pa.Column(float, nullable=True),  # £: the published total less the lines that have a value
        "absent": pa.Column(str, nullable=True),  # the lines without a value
        "reason": pa.Column(str, pa.Check.str_length(min_value=20)),
    },
    strict=True,
    ordered=True,
    unique=["area_code", "account", "financial_year"],
)

TALLY = pa.DataFrameSchema(  # sums of a list of payments or grants: the lines themselves are never kept
    {
        "area_code": pa.Column(str, pa.Check.str_matches(AREA_CODE)),
        "period": pa.Column(str, pa.Check.str_matches(periods.PATTERN)),
        "breakdown": pa.Column(str, pa.Check.isin(TALLY_BREAKDOWNS)),
        "part": pa.Column(str, pa.Check.str_length(1, 80)),
        "measure": pa.Column(str, pa.Check.isin(TALLY_MEASURES)),
        "value": pa.Column(float, nullable=True),  # empty: the file does not let it be known
        "release_date": pa.Column(str, pa.Check.str_matches(DAY + "|^$")),
        "file": pa.Column(str),
    },
    strict=True,
    ordered=True,
    unique=["area_code", "period", "breakdown", "part", "measure"],
)


class DataError(ValueError):
    """A fault in data, said as file, row, column and remedy; `faults` holds one line each."""

    def __init__(self, faults: list[str]):
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))

    def __reduce__(self):  # a fault found in another process arrives as it was
        return type(self), (self.faults,)


def validate(frame: pd.DataFrame, schema: pa.DataFrameSchema, file: Path | str) -> pd.DataFrame:
    """Return `frame` checked against `schema`, or raise DataError that lists every fault at once.

    >>> validate(pd.DataFrame({"financial_year": ["2024-25"], "index": [-1.0]}), DEFLATOR, "data/figures/deflator.csv")
    Traceback (most recent call last):
    helpers.schemas.DataError: data/figures/deflator.csv: row 2, column 'index': -1.0 breaks the rule greater_than(0). Correct the value, or drop the row with its reason.
    """
    name = shown(file)
    expected = list(schema.columns)
    if list(frame.columns) != expected:
        missing = [c for c in expected if c not in frame.columns]
        extra = [c for c in frame.columns if c not in expected]
        raise DataError(
            [
                f"{name}: row 1: the columns are not as expected"
                f" (missing: {missing or 'none'}; not known: {extra or 'none'})."
                f" Write exactly: {','.join(expected)}"
            ]
        )
    try:
        checked = schema.validate(frame.reset_index(drop=True), lazy=True)
    except pa.errors.SchemaErrors as error:
        raise DataError(_faults(error, frame.reset_index(drop=True), schema, name)) from None
    if schema is FIGURES:
        _check_states(checked, name)
    return checked


def _faults(error, frame: pd.DataFrame, schema: pa.DataFrameSchema, name: str) -> list[str]:
    lines = []
    if schema.unique:
        twice = frame[frame.duplicated(schema.unique, keep="first")]
        for row, record in twice.iterrows():
            key = ", ".join(str(record[c]) for c in schema.unique)
            lines.append(
                f"{name}: row {row + 2}, columns {schema.unique}: {key} stands twice. Keep one row for each key."
            )
    for case in error.failure_cases.to_dict("records"):
        if str(case["check"]) == "multiple_fields_uniqueness":
            continue
        where = "" if pd.isna(case["index"]) else f"row {int(case['index']) + 2}, "
        lines.append(
            f"{name}: {where}column '{case['column']}': {case['failure_case']!r} breaks the rule"
            f" {case['check']}. Correct the value, or drop the row with its reason."
        )
    return sorted(set(lines))


def _check_states(frame: pd.DataFrame, name: str) -> None:
    """A value is present exactly when its status says so, and limits surround it."""
    present = frame["status"].isin(PRESENT)
    faults = []
    for row in frame.index[present & frame["value"].isna()]:
        faults.append(
            f"{name}: row {row + 2}, column 'value': empty, but status is '{frame.at[row, 'status']}'."
            f" Give the value, or a reason it is missing: {', '.join(MISSING)}."
        )
    for row in frame.index[~present & frame["value"].notna()]:
        faults.append(
            f"{name}: row {row + 2}, column 'status': '{frame.at[row, 'status']}' says missing, but there is"
            f" a value. Use one of: {', '.join(PRESENT)}."
        )
    outside = present & ((frame["lower"] > frame["value"]) | (frame["upper"] < frame["value"]))
    for row in frame.index[outside]:
        faults.append(
            f"{name}: row {row + 2}, columns 'lower', 'upper': {frame.at[row, 'lower']} to"
            f" {frame.at[row, 'upper']} does not surround the value {frame.at[row, 'value']}."
            " Check the publisher's interval and its column."
        )
    if faults:
        raise DataError(faults)


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a CSV of data/figures or data/reference and validate it. Raises DataError."""
    path = Path(path)
    if not path.exists():
        raise DataError([f"{shown(path)}: the file is missing. Run: handbook ingest --from DIR"])
    types = {
        name: "float64" if str(column.dtype).startswith("float") else "str"
        for name, column in schema.columns.items()
        if not str(column.dtype).startswith("int")
    }
    try:
        frame = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8", index_col=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(
            [f"{shown(path)}: cannot be read as a table: {error}. Restore it from git, or ingest again."]
        ) from None
    return validate(frame, schema, path)


def write(frame: pd.DataFrame, schema: pa.DataFrameSchema, path: Path) -> None:
    """Validate, sort by the schema's key and write as CSV, whole or not at all.

    Floats are written as the shortest text that reads back the same, so that bytes are stable.
    """
    keys = schema.unique or [name for name, column in schema.columns.items() if column.unique][:1]
    checked = validate(frame.sort_values(keys or list(frame.columns), kind="stable"), schema, path)
    text = checked.copy()
    for name, column in schema.columns.items():
        if str(column.dtype).startswith("float"):
            text[name] = [number_text(v) for v in checked[name]]
    write_text(path, text.to_csv(index=False, lineterminator="\n"))


def number_text(value: float) -> str:
    """Return the shortest text of a number, with no artefact of binary floats and no trailing '.0'.

    >>> [number_text(v) for v in (9.3699999999999992, 1200.0, float("nan"), 0.1 + 0.2, 40880.05)]
    ['9.37', '1200', '', '0.3', '40880.05']
    """
    if value != value:
        return ""
    short = f"{value:.12g}"
    if "e" in short:
        short = f"{value:.0f}" if abs(value) >= 1 else f"{value:.15f}".rstrip("0")
    return "0" if short == "-0" else short


def write_text(path: Path, text: str) -> bool:
    """Write UTF-8 text whole or not at all; return False, touching nothing, when the file says this already."""
    path = Path(path)
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return True
