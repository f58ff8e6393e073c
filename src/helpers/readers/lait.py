"""The Local Authority Interactive Tool (LAIT) of the Department for Education: one table and its dictionary.

The table (Parquet) holds labels and values as text, and neither units nor dates. Those come from the
dictionary, joined on the short name of the measure. What a year label means differs by measure, so an indicator
says it:

    select: {measure: TotPerAbNew, year: academic}

The readings of a label are in _lait_years; their source is the dictionary's Year_Type, description and methodology of
each measure.
"""

from __future__ import annotations

import difflib
import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet

from .. import paths, periods
from ..catalogue import File, Indicator, Source
from ..geography import ENGLAND, Register
from ..schemas import MISSING, DataError
from . import Reading, _lait_checks
from ._common import fail, reading
from ._lait_years import YEARS, period

TABLE, DICTIONARY, LOOKUP = "bds_long_0.parquet", "lait_data_dictionary.csv", "la-lookup.csv"
TABLE_COLUMNS = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number"]
DICTIONARY_COLUMNS = ["Measure_short", "Year_Type", "y_axis_name", "Last Update"]

# how the dictionary's y_axis_name begins for a unit of ours
UNIT_WORDS = {
    "pct": ("%", "Turnover rate"),
    "per_1k": ("Rate per 1000 ",),
    "per_10k": ("Rate per 10,000",),
    "per_100k": ("Rate per 100,000",),
    "gbp": ("Spend",),
    "gbp_per_week": ("Unit Cost",),
    "score": ("Score", "Average Score"),
    "ratio": ("Case Load",),
    "count": ("Number", "Total"),
}
NUMBER = r"-?\d+(?:\.\d+)?(?:E[+-]?\d+)?"
GAP = "-"  # the publisher's one mark for suppressed, not applicable and not collected
DECLARED_KEYS = {"why", "measures", "labels", "numbers", "expect", "status"}


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Return the figures that the indicators select, one row for each cell of their measures.

    Raises DataError for an unknown measure, label, value, area number or unit, and for a declared cell that
    the publisher has changed since.
    """
    files = {file.name: file for file in source.files}
    for name in sorted({TABLE, DICTIONARY, LOOKUP} - set(files)):
        raise DataError([f"data/sources/{source.id}.yml: files: '{name}' is missing. Add it."])
    measures = {str(i.select.get("measure")) for i in indicators}
    dictionary = _dictionary(folder / DICTIONARY, measures)
    for indicator in indicators:
        _check_select(indicator, dictionary)
    table = _table(folder / TABLE, measures)
    table["area_code"] = _areas(table, folder / LOOKUP, files[LOOKUP], register)
    table["value"] = _values(table)
    _lait_checks.check(table, TABLE)
    table["status"] = _declared(table, files[TABLE], dictionary, f"data/sources/{source.id}.yml")
    made = register.changes[register.changes["kind"] == "part"]
    founded = dict(zip(made["new_code"], made["year"].astype(str) + "-04-01", strict=True))
    rows = [_figures(table, i, dictionary, files[TABLE], founded) for i in indicators]
    return reading(pd.concat(rows, ignore_index=True), indicators, register, source.id)


def _check_columns(file: str, known: list[str], needed: list[str]) -> None:
    for column in sorted(set(needed) - set(known)):
        raise fail(file, 1, column, "the column is missing", "Look for its new name, and change the reader.")


def _dictionary(path: Path, measures: set[str]) -> pd.DataFrame:
    """Read the dictionary by short name; of a measure under two topics, take the entry updated later."""
    entries = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    _check_columns(path.name, list(entries), DICTIONARY_COLUMNS)
    entries["updated"] = entries["Last Update"].map(_excel_day)
    for name, same in entries[entries["Measure_short"].isin(measures)].groupby("Measure_short"):
        for column in ("Year_Type", "y_axis_name"):
            if same[column].nunique() > 1:
                what, remedy = f"two entries of '{name}' disagree", "Ask the publisher which one is right."
                raise fail(path.name, int(same.index[-1]) + 2, column, what, remedy)
    entries = entries.sort_values("updated", kind="stable").drop_duplicates("Measure_short", keep="last")
    return entries.set_index("Measure_short")


def _excel_day(text: str) -> str:
    """Return the ISO date of an Excel day number, or '' for the words that also stand in that column.

    >>> _excel_day("46082"), _excel_day("New Data")
    ('2026-03-01', '')
    """
    if not re.fullmatch(r"\d{5}", text):
        return ""
    return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()


def _check_select(indicator: Indicator, dictionary: pd.DataFrame) -> None:
    name, select = paths.shown(paths.INDICATORS / f"{indicator.id}.yml"), indicator.select
    for key in sorted(set(select) - {"measure", "year"}):
        raise DataError([f"{name}: key 'select.{key}' is not known. Use: measure, year."])
    for key in sorted({"measure", "year"} - set(select)):
        raise DataError([f"{name}: key 'select.{key}' is missing. Add it."])
    measure, year = str(select["measure"]), select["year"]
    if measure not in dictionary.index:
        near = ", ".join(difflib.get_close_matches(measure, dictionary.index, n=5, cutoff=0.5)) or "none"
        what = f"select.measure '{measure}' is not a Measure_short of {DICTIONARY}"
        raise DataError([f"{name}: {what}. Nearest: {near}."])
    if year not in YEARS:
        raise DataError([f"{name}: select.year '{year}' is not known. Use one of: {', '.join(YEARS)}."])
    theirs, axis = dictionary.loc[measure, ["Year_Type", "y_axis_name"]]
    if theirs not in YEARS[year]:
        fits = ", ".join(y for y, types in YEARS.items() if theirs in types) or "none yet: extend the reader"
        what = f"select.year '{year}' does not fit: the publisher says '{theirs}'"
        raise DataError([f"{name}: {what}. Use one of: {fits}."])
    if not axis.startswith(UNIT_WORDS.get(indicator.unit, ())):
        fits = ", ".join(u for u, words in UNIT_WORDS.items() if axis.startswith(words)) or "none yet"
        what = f"unit '{indicator.unit}' does not fit: the publisher writes '{axis}'"
        raise DataError([f"{name}: {what}. Use one of: {fits}."])


def _table(path: Path, measures: set[str]) -> pd.DataFrame:
    """Read the rows of the measures; the index stays a row's place in the file (+2: in a sheet)."""
    _check_columns(path.name, pyarrow.parquet.read_schema(path).names, TABLE_COLUMNS)
    table = pd.read_parquet(path, columns=TABLE_COLUMNS)
    absent = sorted(measures - set(table["Short Desc"]))
    if absent:
        what = f"no rows for {', '.join(absent)}, which the dictionary knows"
        raise fail(path.name, None, "Short Desc", what, "Choose another measure.")
    return table[table["Short Desc"].isin(measures)].copy()


def _areas(table: pd.DataFrame, path: Path, file: File, register: Register) -> pd.Series:
    """Return GSS codes: councils by the department's number, England and regions by name, others declared."""
    lookup = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    _check_columns(path.name, list(lookup), ["la_code", "old_la_code"])
    by_number = {str(number): code for number, code in file.reads.get("other_numbers", {}).items()}
    by_number |= dict(zip(lookup["old_la_code"], lookup["la_code"], strict=True))
    by_name = {"england": ENGLAND, **{name.casefold(): code for code, name in register.regions.items()}}
    numbers = table["LA Number"].map("{:.0f}".format)
    codes = numbers.map(by_number).fillna(table["LA and Regions"].str.casefold().map(by_name))
    if codes.isna().any():
        row = table.index[codes.isna()][0]
        what = f"'{numbers[row]}' ({table.at[row, 'LA and Regions']}) is not a known area"
        remedy = f"Add it to {LOOKUP}, or to reads.other_numbers of that file."
        raise fail(TABLE, int(row) + 2, "LA Number", what, remedy)
    return codes


def _values(table: pd.DataFrame) -> pd.Series:
    """Return numbers, NaN for the gap mark. A float's text is exact enough: '9.3699999999999992' is 9.37."""
    text = table["Values"]
    odd = text.index[~(text.str.fullmatch(NUMBER).fillna(False) | (text == GAP))]
    if len(odd):
        what = f"'{text[odd[0]]}' is not a number or '{GAP}'"
        raise fail(TABLE, int(odd[0]) + 2, "Values", what, "Add the symbol to the reader with its meaning.")
    return text.where(text != GAP).astype(float)


def _declared(table: pd.DataFrame, file: File, dictionary: pd.DataFrame, where: str) -> pd.Series:
    """Return the status of the cells that the source declares ('' elsewhere), and take their value away.

    A declaration says what stands in the file (`expect`; else the gap mark), so that it fails when the
    publisher mends the fault or fills the gap.
    """
    status = pd.Series("", table.index)
    for entry in file.reads.get("declared", []):
        name = f"{where}: {file.name}: declared '{entry.get('why', entry)}'"
        unknown = set(entry) - DECLARED_KEYS or set(entry.get("measures", ["measures"])) - set(dictionary.index)
        whole = "why" in entry and entry.get("status") in MISSING and ("expect" in entry or "labels" in entry)
        if unknown or not whole:
            keys = f"why, measures, labels or expect, status ({', '.join(MISSING)}), and numbers for some areas"
            what = f"{', '.join(sorted(unknown)) or 'a key or the status'} is missing or not known"
            raise DataError([f"{name}: {what}. Write {keys}."])
        expect = entry.get("expect") or dict.fromkeys(entry["labels"], GAP)
        cells = table["Short Desc"].isin(entry["measures"]) & table["Years"].isin(expect)
        if "numbers" in entry:
            cells &= table["LA Number"].isin(entry["numbers"])
        for row in table.index[cells & (table["Values"] != table["Years"].map(expect))][:1]:
            found, declared = table.at[row, "Values"], expect[table.at[row, "Years"]]
            what = f"'{found}' is not '{declared}', which {name} expects"
            raise fail(TABLE, int(row) + 2, "Values", what, "The publisher changed it: correct the declaration.")
        status[cells] = entry["status"]
        table.loc[cells, "value"] = float("nan")
    return status


def _figures(
    table: pd.DataFrame, indicator: Indicator, dictionary: pd.DataFrame, file: File, founded: dict[str, str]
) -> pd.DataFrame:
    measure, year = indicator.select["measure"], indicator.select["year"]
    rows = table[table["Short Desc"] == measure]
    read_as = {}
    for label in rows["Years"].unique():
        try:
            read_as[label] = period(label, year)
        except ValueError as error:
            row = int(rows.index[rows["Years"] == label][0]) + 2
            remedy = "Teach the reader the label, or correct select.year."
            raise fail(TABLE, row, "Years", f"{indicator.id}: {error}", remedy) from None
    meant = rows["Years"].map({label: meaning for label, (meaning, _) in read_as.items()})
    status = rows["Years"].map({label: written for label, (_, written) in read_as.items()})
    last_day = meant.map(lambda one: periods.end(one).isoformat())

    _lait_checks.check_labels(rows.assign(period=meant, last_day=last_day), file, indicator.id)

    # a council that a reorganisation made has no figure for the time before it; a declared status goes first
    gap = rows["value"].isna()
    status = status.mask(gap, "reason_not_given")
    status = status.mask(gap & (last_day < rows["area_code"].map(founded).fillna("")), "not_applicable")
    status = status.mask(rows["status"] != "", rows["status"])

    # an update before the end of a period cannot have released its figures: the dictionary was left behind
    updated = dictionary.at[measure, "updated"]
    return pd.DataFrame(
        {
            "indicator": indicator.id,
            "area_code": rows["area_code"],
            "period": meant,
            "value": rows["value"],
            "unit": indicator.unit,
            "status": status,
            "release_date": pd.Series(updated, rows.index).where(last_day < updated, file.release_date),
            "file": TABLE,
        }
    )
