"""English Indices of Deprivation (MHCLG): one row a district and domain, with averages of its neighbourhoods.

The average score of the income domains is a share of people, from 0 to 1, and so is the proportion of
neighbourhoods in the most deprived tenth: both are turned into per cent. The other scores have no unit.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..catalogue import File, Indicator, Source
from ..geography import Register
from . import Reading, _common, _select, _sheets

COLUMNS = [
    *("area_code", "area_name", "area_type", "deprivation_data_year", "index_domain", "average_rank"),
    *("rank_average_rank", "average_score", "rank_average_score", "proportion_bottom_decile"),
    "rank_proportion_bottom_decile",
]
DOMAINS = (
    "Index of Multiple Deprivation",
    "Income Deprivation",
    "Employment Deprivation",
    "Education, Skills and Training Deprivation",
    "Health Deprivation and Disability",
    "Crime",
    "Barriers to Housing and Services",
    "Living Environment Deprivation",
    "Income Deprivation Affecting Children",
    "Income Deprivation Affecting Older People",
)
SHARES = tuple(domain for domain in DOMAINS if domain.startswith(("Income", "Employment")))
MEASURES = ("average_score", "proportion_bottom_decile")


def read(folder: Path, source: Source, indicators: list[Indicator], register: Register) -> Reading:
    """Take the selected domains of the district summaries; `select` has the keys domain and measure.

    Unit: score, or pct for a share of people or of neighbourhoods. There is no row for England. Raises
    DataError.
    """
    for indicator in indicators:
        _select.keys(indicator, indicator.select, ["domain", "measure"])
        domain = _select.choice(indicator, "domain", indicator.select["domain"], DOMAINS)
        measure = _select.choice(indicator, "measure", indicator.select["measure"], MEASURES)
        unit = "pct" if measure == "proportion_bottom_decile" or domain in SHARES else "score"
        if indicator.unit != unit:
            what = f"unit '{indicator.unit}' does not fit {domain}, {measure}"
            raise _select.fault(indicator, what, f"Write unit: {unit}.")
    frames = [parse(_sheets.rows(folder / file.name), file, indicators) for file in source.files]
    return _common.reading(pd.concat(frames, ignore_index=True), indicators, register, source.id)


def parse(rows: list[list[str]], file: File, indicators: list[Indicator]) -> pd.DataFrame:
    """Return one row for each district and indicator, from the rows of the CSV, header included.

    Raises DataError for other columns, another edition or kind of area, an unknown domain, a district and
    domain that stand twice, a district without a domain that is wanted, and a value that is no number or no
    share.
    """
    records = _records(rows, file)
    taken = []
    for area_code in dict.fromkeys(area for area, _ in records):
        for indicator in indicators:
            domain, column = indicator.select["domain"], indicator.select["measure"]
            if (area_code, domain) not in records:
                what = f"{area_code} has no '{domain}'"
                raise _common.fail(file.name, None, "index_domain", what, "Fetch the file again.")
            row, record = records[area_code, domain]
            value, _ = _sheets.number(record[column], {}, file.name, row, column)
            if indicator.unit == "pct":
                if not 0 <= value <= 1:
                    remedy = "The file's unit has changed: find out how in the publisher's notes."
                    what = f"{value:g} is not a share from 0 to 1"
                    raise _common.fail(file.name, row, column, what, remedy)
                value = round(value * 100, 6)  # 100 * 0.0029 is not quite 0.29
            taken.append((indicator.id, area_code, value, indicator.unit))
    frame = pd.DataFrame(taken, columns=["indicator", "area_code", "value", "unit"])
    return frame.assign(period=file.reads["period"], status="final", release_date=file.release_date, file=file.name)


def _records(rows: list[list[str]], file: File) -> dict[tuple[str, str], tuple[int, dict[str, str]]]:
    """Return {(area code, domain): (row, {column: cell})}."""
    if rows[0] != COLUMNS:
        what = f"the columns are not as expected: {', '.join(rows[0])}"
        raise _common.fail(file.name, 1, None, what, f"Expected: {', '.join(COLUMNS)}.")
    records: dict[tuple[str, str], tuple[int, dict[str, str]]] = {}
    for row, cells in enumerate(rows[1:], start=2):
        if len(cells) != len(COLUMNS):
            what = f"it has {len(cells)} cells, not {len(COLUMNS)}"
            raise _common.fail(file.name, row, None, what, "Fetch the file again.")
        record = dict(zip(COLUMNS, cells, strict=True))
        for column in ("deprivation_data_year", "area_type"):
            if record[column] != file.reads[column]:
                what = f"'{record[column]}' is not '{file.reads[column]}'"
                raise _common.fail(file.name, row, column, what, "Correct `reads` in data/sources.")
        key = record["area_code"], record["index_domain"]
        if key[1] not in DOMAINS:
            what = f"'{key[1]}' is not known"
            raise _common.fail(file.name, row, "index_domain", what, f"Known: {'; '.join(DOMAINS)}.")
        if key in records:
            what = f"{key[0]} and {key[1]} stand in row {records[key][0]} too"
            raise _common.fail(file.name, row, "area_code", what, "Keep one row for each.")
        records[key] = row, record
    return records
