"""From publishers' files to data/figures: read, validate, account for every row, then write all or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from . import catalogue, geography, paths, readers, schemas
from .catalogue import Indicator, Source
from .schemas import DataError

TABLES = {
    "localities": schemas.LOCALITIES,
    "districts": schemas.DISTRICTS,
    "area_changes": schemas.AREA_CHANGES,
    "neighbours": schemas.NEIGHBOURS,
    "deflator": schemas.DEFLATOR,
    "postcode_districts": schemas.POSTCODE_DISTRICTS,
}


@dataclass(frozen=True)
class Ingested:
    """What one source gave: rows considered, kept, and dropped by reason."""

    source: str
    considered: int
    kept: int
    dropped: dict[str, int]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_files(source: Source, folder: Path) -> None:
    """Raise DataError for every file of a source that is absent or is not the one its YAML describes."""
    faults = []
    for file in source.files:
        path = folder / file.name
        if not path.exists():
            faults.append(
                f"{source.id}/{file.name}: not found. Fetch it, or give the folder that holds it with --from."
            )
        elif (found := sha256(path)) != file.sha256:
            faults.append(
                f"{source.id}/{file.name}: sha256 is {found}, but data/sources/{source.id}.yml says {file.sha256}."
                " If the publisher released a new file, put its sha256 and release_date there and ingest again."
            )
    if faults:
        raise DataError(faults)


def ingest(
    origin: Path, target: Path = paths.FIGURES, report: Callable[[Ingested], None] = lambda _: None
) -> list[Ingested]:
    """Read every source's files below `origin` and write data/figures. Nothing is written if anything is wrong.

    `origin` holds a folder a source, named as the source's `folder` or id. Raises DataError with all the faults of
    the first source that has any.
    """
    all_indicators = catalogue.indicators()
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    figures: dict[str, pd.DataFrame] = {}
    tallies: dict[str, pd.DataFrame] = {}
    releases, done = [], []
    register, shapes = None, {}
    # the register comes first: every other reader turns its labels into GSS codes with it
    for source in sorted(catalogue.sources().values(), key=lambda s: (s.reader != "register", s.id)):
        folder = Path(origin) / (source.folder or source.id)
        check_files(source, folder)
        reader = readers.load(source.reader)
        if hasattr(reader, "pack"):
            continue  # a locality's public lists make no figures: see `packs`
        if hasattr(reader, "tallies"):  # one locality's list of payments or grants: only sums of it are kept
            with readers.told(source.id, source.reader):
                lists = reader.tallies(folder, source)
            table = schemas.validate(lists, schemas.TALLY, f"data/figures/{source.id}.csv")
            tallies[source.id] = table
            lines = sum(file.reads["rows"] for file in source.files)
            result = Ingested(source.id, lines, 0, {"added up, and not kept": lines})
        elif hasattr(reader, "tables"):
            with readers.told(source.id, source.reader):
                got = reader.tables(folder, source, register)
            for name, frame in got.items():
                parts[name].append(schemas.validate(frame, TABLES[name], f"{source.id} -> {name}"))
            if source.reader == "register":
                register = geography.Register(got["localities"], got["districts"], got["area_changes"])
                shapes = readers.load("boundaries").shapes(folder, source, register.recodes)
            rows = sum(map(len, got.values()))
            result = Ingested(source.id, rows, rows, {})
        else:
            own = [i for i in all_indicators.values() if i.source == source.id]
            with readers.told(source.id, source.reader):
                reading = reader.read(folder, source, own, register)
            figures[source.id] = _checked(reading.figures, own, source)
            releases.append(reading.releases)
            result = Ingested(source.id, reading.considered, len(reading.figures), reading.dropped)
        done.append(result)
        report(result)

    # everything is read and right: only now is anything written
    for name, frames in parts.items():
        if frames:  # postcode districts may come from no source
            schemas.write(pd.concat(frames), TABLES[name], target / f"{name}.csv")
    schemas.write(pd.concat(releases), schemas.RELEASES, target / "releases.csv")
    schemas.write_text(target / "boundaries.json", json.dumps(shapes, separators=(",", ":"), sort_keys=True) + "\n")
    for source_id, frame in figures.items():
        schemas.write(frame, schemas.FIGURES, target / f"{source_id}.csv")
    for source_id, frame in tallies.items():
        schemas.write(frame, schemas.TALLY, target / f"{source_id}.csv")
    expected = {
        *(f"{s}.csv" for s in [*figures, *tallies]),
        *(f"{name}.csv" for name, frames in parts.items() if frames),
        "releases.csv",
    }
    for path in target.glob("*.csv"):
        if path.name not in expected:  # the figures of a source that has been taken out
            path.unlink()
    return done


def packs(origin: Path, target: Path = paths.LOCAL, report: Callable[[Ingested], None] = lambda _: None) -> list[Path]:
    """Read localities' public lists below `origin`, and write them as tables of their packs; return what was written.

    Raises DataError with all the faults of the first source that has any; nothing of that source is written.
    """
    written = []
    for source in catalogue.sources().values():
        reader = readers.load(source.reader)
        if not hasattr(reader, "pack"):
            continue
        folder = Path(origin) / (source.folder or source.id)
        check_files(source, folder)
        slug = geography.register().place(source.files[0].reads["area_code"])["slug"]
        with readers.told(source.id, source.reader):
            tables = reader.pack(folder, source)
        for name, table in tables.items():
            path = target / slug / f"{name}.csv"
            schemas.write_text(path, table.to_csv(index=False, lineterminator="\n"))
            written.append(path)
        rows = sum(file.reads["rows"] for file in source.files)
        report(Ingested(source.id, rows, rows, {}))
    return written


def _checked(figures: pd.DataFrame, own: list[Indicator], source: Source) -> pd.DataFrame:
    """Return the figures of a source after the checks that no reader can make alone."""
    name = f"data/figures/{source.id}.csv"
    figures = schemas.validate(figures.sort_values(["indicator", "area_code", "period"]), schemas.FIGURES, name)
    faults = []
    for indicator in own:
        rows = figures[figures["indicator"] == indicator.id]
        if rows["value"].notna().sum() == 0 and rows["count"].notna().sum() == 0:
            faults.append(
                f"data/indicators/{indicator.id}.yml: its `select` finds no value in {source.id}. Correct it."
            )
            continue
        wrong = set(rows["unit"]) - {indicator.unit}
        if wrong:
            faults.append(
                f"{name}: indicator '{indicator.id}' has unit {sorted(wrong)}, but its YAML says '{indicator.unit}'."
            )
        faults += _jumps(rows, name, indicator.id)
    if faults:
        raise DataError(faults)
    return figures


def _jumps(rows: pd.DataFrame, name: str, indicator: str) -> list[str]:
    """A median that moves a hundredfold between periods is a unit that changed (£ for £ thousand, share for %)."""
    median = rows[rows["value"] > 0].groupby("period")["value"].median().sort_index()
    ratio = (median / median.shift()).dropna()
    return [
        f"{name}: indicator '{indicator}': the median goes from {median.shift()[p]:g} to {median[p]:g} at {p}. That is a"
        " change of unit, not of the world: declare the unit of that file."
        for p, r in ratio.items()
        if r > 50 or r < 1 / 50
    ]
