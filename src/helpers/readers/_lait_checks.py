"""Faults in LAIT that no single cell shows: rows that stand twice, wrong years, and lines of spend that do not fit."""

from __future__ import annotations

import itertools

import pandas as pd

from ..catalogue import File
from ..schemas import DataError
from ._common import fail

TOTAL = "C&YPExpenditure"
PARTS = [
    "SureStartFinance",
    "FamilySupportFinance",
    "YoungPeopleFinance",
    "YouthJusticeFinance",
    "SafeguardingFinance",
    "TotalLACFinance",
    "OtherChildren&FamilyFinance",
]
MAIN = PARTS[:-1]  # the last is a line for what is left over, with no course of its own
JUMP = (
    300  # spend in £ read beside spend in £ thousand is 1,000 times as much; a council's total never trebled in a year
)
ROUNDING = 2  # £
COMPARE = "Compare the file with the publisher's own table on its website, and fetch it again."


def check(table: pd.DataFrame, file: str) -> None:
    """Raise DataError where rows stand twice, a unit has changed, or measures have changed places.

    `table`: the rows of LAIT with their place in the file as index, and columns Short Desc, Years, LA Number, value.
    Of measures that are not all there, only duplicates are looked for.
    """
    _twice(table, file, "Years")
    if not {TOTAL, *PARTS} <= set(table["Short Desc"]):
        return
    rows = table[table["Short Desc"].isin([TOTAL, *PARTS])].assign(year=table["Years"].str[:7])
    _twice(rows, file, "year")
    _jumps(rows, file)
    wide = rows.pivot(index=["LA Number", "year"], columns="Short Desc", values="value")
    _sums(wide, rows, file)
    _swapped(wide, file)


def check_labels(rows: pd.DataFrame, file: File, indicator: str) -> None:
    """Raise DataError for a year that ends after the file's release, or that one area has under two labels.

    `rows`: the rows of one measure, with the `period` that each label means and its `last_day`.
    """
    for row in rows.index[rows["last_day"] > file.release_date][:1]:
        what = f"{indicator}: '{rows.at[row, 'Years']}' ends after the file was released ({file.release_date})"
        remedy = "A year cannot be known before it ends: correct the label."
        raise fail(file.name, int(row) + 2, "Years", what, remedy)
    for row in rows.index[rows.duplicated(["LA Number", "period"])][:1]:
        what = f"{indicator}: {rows.at[row, 'LA and Regions']} has {rows.at[row, 'period']} under another label too"
        remedy = "One of the two labels is wrong: keep one row for each year."
        raise fail(file.name, int(row) + 2, "Years", what, remedy)


def _twice(table: pd.DataFrame, file: str, year: str) -> None:
    """Refuse a council that stands twice in a year of a measure; `year`: the column that tells it."""
    key = ["Short Desc", year, "LA Number"]
    twice = table.index[table.duplicated(key)]
    if len(twice):
        row = table.loc[twice[0]]
        first = table.index[(table[key] == row[key]).all(axis=1)][0]
        what = f"{row['LA Number']:.0f} stands in row {int(first) + 2} too, for {row['Short Desc']}, {row[year]}"
        raise fail(file, int(twice[0]) + 2, "LA Number", what, "Keep one row for each council, measure and year.")


def _jumps(rows: pd.DataFrame, file: str) -> None:
    """Refuse a total that is hundreds of times what the same council had in the year before or after."""
    total = rows[(rows["Short Desc"] == TOTAL) & (rows["value"] > 0)].sort_values(["LA Number", "year"])
    ratio = total["value"] / total.groupby("LA Number")["value"].shift()
    odd = ratio.index[(ratio >= JUMP) | (ratio <= 1 / JUMP)]
    if len(odd):
        row = total.loc[odd[0]]
        what = f"{row['value']:,.0f} in {row['Years']} is {ratio[odd[0]]:,.3g} times the year before ({row['LA Number']:.0f})"
        remedy = (
            "One of the two is not in £: find out which in the publisher's notes; £ thousand must not be read as £."
        )
        raise fail(file, int(odd[0]) + 2, "Values", what, remedy)


def _sums(wide: pd.DataFrame, rows: pd.DataFrame, file: str) -> None:
    """Refuse a year in which the total is not the sum of its lines for more than one area in twenty.

    Single differences are the publisher's, and each is declared where the lines are added up.
    """
    gap = (wide[TOTAL] - wide[PARTS].sum(axis=1, skipna=False)).dropna().abs()
    for year, gaps in gap.groupby(level="year"):
        wrong = gaps[gaps > ROUNDING]
        if len(wrong) > len(gaps) / 20:
            number = wrong.index[0][0]
            is_it = (rows["Short Desc"] == TOTAL) & (rows["year"] == year) & (rows["LA Number"] == number)
            what = f"{TOTAL} is not the sum of its seven lines for {len(wrong)} of {len(gaps)} areas in {year}"
            raise fail(file, int(rows.index[is_it][0]) + 2, "Values", what, COMPARE)


def _swapped(wide: pd.DataFrame, file: str) -> None:
    """Refuse a line that in one year looks like another line did in the year before.

    Compared is what share of its total each council spends on a line: the middle difference between years is
    smallest within one line, as long as the lines keep their names. In the real figures it is at most a third of the
    smallest difference to another line.
    """
    shares = wide[MAIN].div(wide[TOTAL], axis=0)
    years = sorted(shares.index.get_level_values("year").unique())
    faults = []
    for before, after in itertools.pairwise(years):
        old, new = shares.xs(before, level="year"), shares.xs(after, level="year")
        for line in MAIN:
            distance = {other: (new[line] - old[other]).abs().median() for other in MAIN}
            if any(d != d for d in distance.values()):
                continue
            nearest = min(distance, key=distance.get)
            if nearest != line:
                faults.append(
                    f"{file}: column 'Short Desc': the figures of '{line}' in {after} look like those of '{nearest}' in"
                    f" {before}: two measures may have changed places. {COMPARE}"
                )
        if faults:  # the year after a swap would look swapped back
            raise DataError(faults)
