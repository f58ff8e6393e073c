"""What no single cell shows: an id that stands nowhere, a row that contradicts itself, a series of two units."""

from __future__ import annotations

from .columns import TABLES


def faults(frames, files, broken=()) -> list[str]:
    """Return all faults between cells. `frames`: {table: frame}; `files`: {table: its file}.

    `broken`: tables with rows that were refused; an id that is missing there may stand in one of those.
    """
    return _links(frames, files, broken) + _sense(frames, files)


def _links(frames, files, broken) -> list[str]:
    """Return a fault for each id that does not stand in the table that it refers to."""
    faults = []
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if not column.link:
                continue
            other, key = column.link.split(".")
            if other in broken:
                continue
            there = set(frames[other][key]) if other in frames else set()
            for row, value in frame[column.name].items():
                if value and value not in there:
                    remedy = f"Add it to the table {other}, or correct it."
                    what = f"the id does not stand in {other}, column '{key}'"
                    faults.append(f"{files[name].name}: row {row}, column '{column.name}': {what}. {remedy}")
    return faults


def _sense(frames, files) -> list[str]:
    """Return faults between the columns of one row: what cannot be so."""
    faults = []

    def check(table: str, wrong, columns: str, what: str, remedy: str) -> None:
        for row in frames[table].index[wrong(frames[table])] if table in frames else []:
            faults.append(f"{files[table].name}: row {row}, columns {columns}: {what}. {remedy}")

    check(
        "programmes",
        lambda f: (f["end"] != "") & (f["end"] < f["start"]),
        "start, end",
        "it ends before it starts",
        "Correct one of the days.",
    )
    for later, earlier in (("referred", "eligible"), ("enrolled", "referred"), ("completed", "enrolled")):
        check(
            "participants",
            lambda f, a=earlier, b=later: (f["arm"] == "programme") & (f[b] == "yes") & (f[a] == "no"),
            f"{earlier}, {later}",
            f"'{later}' is yes and '{earlier}' is no",
            "A person cannot pass a gate without the one before: correct one of them, or write 'not known'.",
        )
    check(
        "participants",
        lambda f: (f["outcome_verified"] == "yes") & (f["outcome_claimed"] == "no"),
        "outcome_claimed, outcome_verified",
        "an outcome is verified that was not claimed",
        "Write 'not checked' where nothing was claimed.",
    )
    check(
        "claims",
        lambda f: f["audit_confirmed"] > f["audit_sample"],
        "audit_sample, audit_confirmed",
        "more claims stood than were checked",
        "Correct one of them.",
    )
    check(
        "claims",
        lambda f: f["audit_sample"] > f["claimed"],
        "claimed, audit_sample",
        "more claims were checked than made",
        "Correct one of them.",
    )
    check(
        "outcome_values",
        lambda f: f["low_gbp"] > f["high_gbp"],
        "low_gbp, high_gbp",
        "the low value is above the high one",
        "Swap them.",
    )
    check(
        "organisations",
        lambda f: (f["answered"] == "yes") & (f["asked"] == "no"),
        "asked, answered",
        "it answered and was not asked",
        "Correct one of them.",
    )
    check(
        "ties",
        lambda f: f["organisation"] == f["works_with"],
        "organisation, works_with",
        "an organisation cannot work with itself",
        "Take the row out.",
    )
    if "sessions" in frames:
        there = frames["sessions"].set_index("session")["people"]
        check(
            "listening",
            lambda f: f["people"] > f["session"].map(there).astype(float),
            "session, people",
            "more people said it than took part in the session",
            "Correct one of the two numbers.",
        )
    if "fast" in frames:
        faults += _series(frames["fast"], files["fast"].name)
    return faults


def _series(fast, file: str) -> list[str]:
    """Return faults within one fast series: two units, months among weeks."""
    faults = []
    for _, rows in fast.groupby("series", sort=True):
        for column in ("indicator", "unit", "counts", "better"):
            other = rows.index[rows[column] != rows[column].iloc[0]]
            if len(other):
                what = f"the series has another {column} in row {rows.index[0]}"
                faults.append(f"{file}: row {other[0]}, column '{column}': {what}. Give one series one {column}.")
        lengths = rows["period"].str.len()
        if lengths.nunique() > 1:
            row = rows.index[lengths != lengths.iloc[0]][0]
            what = "the series has both months and weeks"
            faults.append(f"{file}: row {row}, column 'period': {what}. Make two series of them.")
        bad = rows.index[
            (rows["counts"] == "yes") & (rows["value"].notna()) & ((rows["value"] < 0) | (rows["value"] % 1 != 0))
        ]
        faults += [f"{file}: row {r}, column 'value': it is not a number of people. Write a whole number." for r in bad]
    return faults
