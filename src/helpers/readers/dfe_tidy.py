"""The tidy CSV of Explore Education Statistics, the Department for Education's place for its statistics.

One row a year and area (England, region or local authority) and breakdown, then columns of numbers in which a
symbol may stand for a number. What an indicator's `select:` says:

    file         the CSV
    covers       what a time_period is: 'year to 31 March', '31 March', '30 June' or 'academic year'
    filters      {column: value} that pick one row for each year and area
    count        column of the numerator
    denominator  a column of the same rows; or {column, and any of file, filters, covers, years_before}
    value        column of the publisher's own percentage or rate, taken as it is
    check        column of the publisher's own percentage or rate, where it is rounded to whole numbers: the
                 value is then count / denominator, and every authority's must round to the publisher's number
    since        first day of the first period that is taken

With neither `value` nor `check` the value is count / denominator, for the publisher gives none.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from .. import periods
from ..catalogue import Indicator, Source
from ..geography import Register
from . import Reading, _common, _csv, _select

SYMBOLS = {
    "c": "suppressed",
    "x": "not_available",
    "z": "not_applicable",
    "u": "unreliable",
    "k": "negligible",
    "low": "negligible",
}
LEVELS = {"National": "country_code", "Regional": "region_code", "Local authority": "new_la_code"}
IDENTIFIERS = [
    *("time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code"),
    *("region_name", "old_la_code", "new_la_code", "la_name"),
]
# what a time_period covers: {time_identifier: (its pattern, the period of the year that it ends in)}
_MARCH = {"Reporting year": r"\d{4}", "Financial year": r"\d{6}"}
COVERS = {
    "year to 31 March": (_MARCH, lambda year: periods.financial_year(year - 1)),
    "31 March": (_MARCH, lambda year: f"{year}-03-31"),
    "30 June": ({"Reporting year": r"\d{4}", "Calendar year": r"\d{4}"}, lambda year: f"{year}-06-30"),
    "academic year": ({"Academic year": r"\d{6}"}, lambda year: f"{year - 1}-09-01/P1Y"),
}
PER = {"pct": 100, "per_1k": 1_000, "per_10k": 10_000, "per_100k": 100_000}
# a column's name may state its unit
STATED = {"_percent": "pct", "_percentage": "pct", "per_10000": "per_10k", "per_100000": "per_100k"}
DECIMALS = 4  # of a value that we work out; its count and denominator stand beside it


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Return the figures of the indicators, with the counts and denominators behind them.

    Raises DataError for a file, column, filter, symbol, level or year that is not known, for two rows of one
    year and area, for a denominator that is not found, and for an authority's published rate that its own count
    and denominator do not give.
    Format: https://dfe-analytical-services.github.io/analysts-guide/statistics-production/ud.html
    """
    frames: dict[str, pd.DataFrame] = {}
    rows = [_rows(folder, source, indicator, register, frames) for indicator in indicators]
    everything = pd.concat(rows, ignore_index=True)
    early = everything["early"]
    reading = _common.reading(everything[~early].drop(columns="early"), indicators, register, source.id)
    if not early.any():
        return reading
    dropped = {**reading.dropped, "before the first year that is shown": int(early.sum())}
    return replace(reading, considered=len(everything), dropped=dropped)


def _rows(folder: Path, source: Source, indicator: Indicator, register: Register, frames: dict) -> pd.DataFrame:
    select = indicator.select
    _check_keys(indicator)
    file = _select.file(indicator, source, select["file"])
    table = _table(folder, file.name, frames)
    chosen = _filtered(indicator, table, select.get("filters", {}))
    out, area, year = _keys(indicator, chosen, select["covers"], file.name)

    states = pd.DataFrame(index=chosen.index)
    published = select.get("value", select.get("check"))
    if published:
        _check_unit(indicator, published)
        out["published"], states["published"] = _numbers(indicator, chosen, published, file.name)
    if "count" in select:
        out["count"], states["count"] = _numbers(indicator, chosen, select["count"], file.name)
        out["denominator"], states["denominator"] = _denominator(
            folder, source, indicator, register, frames, chosen, area, year
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            quotient = PER[indicator.unit] * out["count"] / out["denominator"]
        if published:
            out, quotient = _agreeing(indicator, chosen, published, quotient, out, file.name)
        out["value"] = out["published"] if "value" in select else quotient.round(DECIMALS)
        states["quotient"] = np.where(out["denominator"] == 0, "not_applicable", "")
    else:
        out["value"] = out["published"]
    # the first symbol says why: of the published figure, then of the count, then of the denominator
    out["status"] = states.replace("", np.nan).bfill(axis=1).iloc[:, 0].fillna("final")
    out.loc[out["status"] != "final", "value"] = np.nan
    out["early"] = out["period"] < str(select.get("since", ""))
    same = {"indicator": indicator.id, "unit": indicator.unit, "release_date": file.release_date}
    return out.assign(**same, file=file.name).drop(columns="published", errors="ignore")


def _check_keys(indicator: Indicator) -> None:
    select = indicator.select
    optional = ["filters", "count", "denominator", "value", "check", "since"]
    _select.keys(indicator, select, ["file", "covers"], optional)
    if "value" not in select and "count" not in select:
        what = "there is neither 'value' nor 'count'"
        raise _select.fault(indicator, what, "Say which column holds the numbers.")
    if "value" in select and "check" in select:
        what = "'value' and 'check' are both there"
        raise _select.fault(indicator, what, "Keep one: the reader dfe_tidy says what they mean.")
    if "count" in select and "denominator" not in select:
        what = "key 'denominator' is missing"
        raise _select.fault(indicator, what, "Add it, or give the column as 'value'.")
    if "count" in select and indicator.unit not in PER:
        what = f"unit '{indicator.unit}' is not a rate"
        raise _select.fault(indicator, what, f"Use one of: {', '.join(PER)}.")


def _table(folder: Path, name: str, frames: dict) -> pd.DataFrame:
    if name not in frames:
        frames[name] = _csv.read(folder, name, IDENTIFIERS)
    return frames[name]


def _filtered(indicator: Indicator, table: pd.DataFrame, filters: dict) -> pd.DataFrame:
    for column, value in filters.items():
        _select.choice(indicator, "filters", column, [c for c in table if c not in IDENTIFIERS])
        _select.choice(indicator, f"filters: {column}", value, table[column].unique())
        table = table[table[column] == value]
    if table.empty:
        raise _select.fault(indicator, "the filters together leave no row", "Correct one of them.")
    return table


def _keys(
    indicator: Indicator, chosen: pd.DataFrame, covers: str, file: str
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return area_code and period of each row, then the area code and the year that the period ends in."""
    patterns, to_period = COVERS[_select.choice(indicator, "covers", covers, COVERS)]
    area = pd.Series("", index=chosen.index)
    for level, column in LEVELS.items():
        area = area.where(chosen["geographic_level"] != level, chosen[column])
    for row in chosen.index[area == ""]:
        what = f"'{chosen.at[row, 'geographic_level']}' is not a known level, or its code is empty"
        remedy = f"Known levels: {', '.join(LEVELS)}. Filter the row out, or teach the reader."
        raise _common.fail(file, row + 2, "geographic_level", what, remedy)
    for row, time, kind in zip(chosen.index, chosen["time_period"], chosen["time_identifier"], strict=True):
        if kind not in patterns or not re.fullmatch(patterns[kind], time):
            what = f"'{time}' ({kind}) is not a year that '{covers}' knows"
            remedy = f"Known: {', '.join(patterns)}. Correct 'covers' in data/indicators/{indicator.id}.yml."
            raise _common.fail(file, row + 2, "time_period", what, remedy)
    year = chosen["time_period"].map(lambda t: int(t[:4]) + (len(t) == 6))
    twice = pd.DataFrame({"area": area, "year": year}).duplicated()
    for row in chosen.index[twice]:
        others = [c for c in chosen if c not in IDENTIFIERS and not chosen[c].str.fullmatch(r"[\d.]+|\w|low").all()]
        what = f"{area[row]} stands twice in {year[row]}"
        remedy = f"Filter in data/indicators/{indicator.id}.yml on one of: {', '.join(others) or 'none differs'}."
        raise _common.fail(file, row + 2, LEVELS[chosen.at[row, "geographic_level"]], what, remedy)
    return pd.DataFrame({"area_code": area, "period": year.map(to_period)}), area, year


def _numbers(indicator: Indicator, chosen: pd.DataFrame, column: str, file: str) -> tuple[pd.Series, pd.Series]:
    """Return the numbers of a column, and the status that each symbol stands for ('' beside a number)."""
    _select.choice(indicator, "column", column, [c for c in chosen if c not in IDENTIFIERS])
    text = chosen[column].str.strip()
    known = text.str.fullmatch(r"\d+(\.\d+)?") | text.isin(list(SYMBOLS))
    for row in chosen.index[~known]:
        what = f"'{text[row]}' is not a number or a known symbol"
        remedy = f"Known symbols: {', '.join(SYMBOLS)}. Teach the reader the new one."
        raise _common.fail(file, row + 2, column, what, remedy)
    return pd.to_numeric(text, errors="coerce").astype(float), text.map(SYMBOLS).fillna("")


def _denominator(folder, source, indicator, register, frames, chosen, area, year) -> tuple[pd.Series, pd.Series]:
    """Return each row's denominator and its status, from the same row or from another by area and year."""
    wanted, own = indicator.select["denominator"], indicator.select["file"]
    if isinstance(wanted, str):
        return _numbers(indicator, chosen, wanted, own)
    _select.keys(indicator, wanted, ["column"], ["file", "filters", "covers", "years_before"])
    name = _select.file(indicator, source, wanted.get("file", own)).name
    other = _filtered(indicator, _table(folder, name, frames), wanted.get("filters", {}))
    covers = wanted.get("covers", indicator.select["covers"])
    _, other_area, other_year = _keys(indicator, other, covers, name)
    numbers, states = _numbers(indicator, other, wanted["column"], name)
    # one file may give a reorganised or recoded area under its old code, the other under its new one
    other_year = other_year + wanted.get("years_before", 0)
    key = pd.MultiIndex.from_arrays([other_area.replace(register.recodes), other_year])
    if key.duplicated().any():
        what = f"{key[key.duplicated()][0]} stands under an old and a new code"
        raise _common.fail(name, None, "new_la_code", what, "Teach the reader which one to take.")
    mine = pd.MultiIndex.from_arrays([area.replace(register.recodes), year])
    for row, found in zip(chosen.index, mine.isin(key), strict=True):
        if not found:
            what = f"{area[row]} in {year[row]} has no row in {name}"
            remedy = f"Correct 'denominator' in data/indicators/{indicator.id}.yml."
            raise _common.fail(own, row + 2, "new_la_code", what, remedy)
    place = key.get_indexer(mine)
    return (
        pd.Series(numbers.to_numpy()[place], index=chosen.index),
        pd.Series(states.to_numpy()[place], index=chosen.index),
    )


def _check_unit(indicator: Indicator, column: str) -> None:
    for ending, unit in STATED.items():
        if column.endswith(ending) and indicator.unit != unit:
            what = f"column '{column}' is in '{unit}', and the unit is '{indicator.unit}'"
            raise _select.fault(indicator, what, "Correct one of them.")


def _agreeing(indicator, chosen, column, quotient, out, file) -> tuple[pd.DataFrame, pd.Series]:
    """Return the rows and quotients after comparing each published rate with its own count and denominator.

    An authority's must agree to the rounding of the rate, or DataError: the wrong column was declared. Counts of
    England and regions are rounded to the nearest 10. Where theirs still disagree, the publisher left an authority
    out of the rate and not out of the denominator, so the rate stands alone, without count and denominator.
    """
    decimals = chosen[column].str.extract(r"\.(\d+)$")[0].str.len().max()
    half = 0.5 * 10.0 ** -(0 if pd.isna(decimals) else decimals)
    own = chosen["geographic_level"] == "Local authority"
    share = out["count"] / out["denominator"]
    slack = PER[indicator.unit] * np.where(own, 0.0, 5.0) * (1 + share) / out["denominator"]
    wrong = (quotient - out["published"]).abs() > half + slack + 1e-9
    for row in chosen.index[wrong & own]:
        what = f"{out.at[row, 'published']:g} is published, but count / denominator is {quotient[row]:.4g}"
        remedy = f"Correct the columns in data/indicators/{indicator.id}.yml, or ask the publisher."
        raise _common.fail(file, row + 2, column, what, remedy)
    out = out.copy()
    out.loc[wrong, ["count", "denominator"]] = np.nan
    return out, quotient.where(~wrong, out["published"])
