"""Build the bundle of each locality: all that its chapters may read, measured and compared.

One pass over all figures serves every locality, since the nation, the region and the neighbours are needed anyway.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow

from . import (
    bundle_in_common,
    bundle_of_place,
    catalogue,
    fingerprints,
    geography,
    improved,
    local_money,
    measures,
    orphans,
    outcome_bundle,
    paths,
    schemas,
    standing,
)
from .bundle_of_place import KEY, Everyone
from .bundle_texts import DECIMALS
from .catalogue import Indicator
from .geography import ENGLAND, UK, Register
from .schemas import PRESENT
from .worked_out import Memory, marked, told

PEOPLE = "population_all_ages"  # what districts are weighted by
FEW = 8  # localities; below this, starting more processes costs more than it brings


def figures(edition: str, folder: Path = paths.FIGURES) -> pd.DataFrame:
    """Return the figures of all sources that were released on or before `edition`, with release_date and file.

    Columns: schemas.FIGURES, source, release_date, file. Raises DataError for a malformed file.
    """
    return pd.concat([_released(*of, edition) for *of, _ in _sources(folder)], ignore_index=True)


def _sources(folder: Path) -> list[tuple[str, str, pd.DataFrame, str]]:
    """Return (path, source, its rows of releases.csv, the hash of the file) of each source that has figures."""
    releases = schemas.read(folder / "releases.csv", schemas.RELEASES)
    by_source = dict(iter(releases.groupby("source")))
    beyond_spend = {i.source for i in catalogue.indicators().values() if i.chapter != "spend"}
    found = []
    for source in catalogue.sources():
        path = folder / f"{source}.csv"
        if source not in beyond_spend and not path.exists():
            continue  # needs and outcomes stand without the money; the spend chapter then says what it does not know
        if source in by_source:
            found.append((str(path), source, by_source[source], fingerprints.of_file(path)))
    return found


def _released(path: str, source: str, releases: pd.DataFrame, edition: str) -> pd.DataFrame:
    """Return the figures of one source that were released on or before `edition`."""
    rows = schemas.read(Path(path), schemas.FIGURES).assign(source=source)
    joined = rows.merge(releases, on=["source", *KEY], how="left", validate="many_to_one")
    orphan = joined["release_date"].isna()
    if orphan.any():
        row = joined[orphan].iloc[0]
        raise schemas.DataError(
            [
                f"data/figures/releases.csv: no row for {row['source']}, {row['indicator']}, {row['period']}. Ingest again."
            ]
        )
    return joined[joined["release_date"] <= edition].reset_index(drop=True)


def measured(
    rows: pd.DataFrame,
    register: Register,
    people: pd.Series | None = None,
    indicators: dict[str, Indicator] | None = None,
) -> pd.DataFrame:
    """Return figures of localities, regions, nations and the UK with intervals; districts are made into their counties.

    Adds `interval` and `coverage` ("5 of 6 districts", empty where the publisher gives the locality itself). `people`:
    how many live in each district, by its code; those of `rows` when not given. `indicators`: the catalogue's.
    """
    indicators = catalogue.indicators() if indicators is None else indicators
    people = _people(rows) if people is None else people
    own = {UK, ENGLAND, *register.regions, *register.localities["area_code"]}
    direct = rows[rows["area_code"].isin(own)].assign(coverage="")
    lower = rows[~rows["area_code"].isin(own)]
    made = _counties(lower, people, register, indicators) if len(lower) else lower
    return measures.with_intervals(pd.concat([direct, made], ignore_index=True), indicators)


def _people(rows: pd.DataFrame) -> pd.Series:
    return rows[rows["indicator"] == PEOPLE].set_index("area_code")["value"]


def _measured(
    path: str,
    source: str,
    releases: pd.DataFrame,
    content: str,
    edition: str,
    register: Register,
    people: pd.Series,
    indicators: dict[str, Indicator],
) -> pd.DataFrame:
    """Return the figures of one source as `measured`, marked. `content`: the hash of the file, by which it is known again."""
    return marked(measured(_released(path, source, releases, edition), register, people, indicators))


def _all_measured(register: Register, edition: str, folder: Path, memory: Memory) -> pd.DataFrame:
    """Return the figures of all sources as `measured`, marked; those of a source that is as it was are not read again."""
    sources, indicators = _sources(folder), catalogue.indicators()
    read = (_people(_released(*of, edition)) for *of, _ in sources if of[1] == indicators[PEOPLE].source)
    people = next(read, pd.Series(dtype="float64"))
    same = told(register), told(people), told(indicators)  # what decides how a figure is summed and measured
    return memory.each(_measured, [(*of, edition, *same) for of in sources])


def _counties(
    lower: pd.DataFrame, people: pd.Series, register: Register, indicators: dict[str, Indicator]
) -> pd.DataFrame:
    """Sum, or weight by population, the districts of each county."""
    lower = lower.assign(area_code=lower["area_code"].map(register.locality_of), district=lower["area_code"])
    lower["weight"] = lower["district"].map(people)
    has = lower["status"].isin(PRESENT)
    keys = ["area_code", *KEY]
    kept = [*keys, "value", "count", "denominator", "weight", "district"]
    size = lower.groupby(keys).agg(districts=("district", "nunique"))
    sums = lower[has][kept].groupby(keys)
    total = sums.agg(
        value=("value", "sum"),
        count=("count", lambda s: s.sum(min_count=1)),
        denominator=("denominator", lambda s: s.sum(min_count=1)),
        with_data=("district", "nunique"),
    )
    weighted = lower[has & lower["weight"].notna()].copy()
    weighted["product"] = weighted["value"] * weighted["weight"]
    mean = weighted.groupby(keys)[["product", "weight"]].sum()
    out = size.join(total).join(mean)
    indicator = out.index.get_level_values("indicator").map(lambda i: indicators[i])
    ways = np.array([i.districts for i in indicator])
    rate = np.array([i.method != "published" for i in indicator])
    complete = (out["with_data"].fillna(0) == out["districts"]).to_numpy()
    scale = np.array([measures.MULTIPLIER.get(i.unit, 1) for i in indicator])
    from_counts = scale * out["count"] / out["denominator"]
    plain_sum = out["value"].where(complete)  # a sum over some of the districts would be too small
    weighted_mean = (out["product"] / out["weight"]).where(complete)
    out["value"] = np.where(rate, from_counts, np.where(ways == "sum", plain_sum, weighted_mean))
    out["coverage"] = [
        f"{int(n or 0)} of {m} districts" for n, m in zip(out["with_data"].fillna(0), out["districts"], strict=True)
    ]
    out = out.reset_index()
    first = lower.groupby(keys, as_index=False)[["unit", "source", "release_date", "file"]].first()
    out = out.merge(first, on=keys)
    out["status"] = np.where(out["value"].notna(), "final", "not_available")
    out["lower"] = out["upper"] = np.nan
    return out[[*schemas.FIGURES.columns, "source", "release_date", "file", "coverage"]]


def build(
    codes: Iterable[str], edition: str, target: Path = paths.BUNDLES, folder: Path = paths.FIGURES
) -> Iterator[str]:
    """Write the bundles of the localities `codes`, and what they share; yield each code when its bundle stands.

    A bundle is a folder `<slug>`: series.csv (own values beside nation, region and neighbours), peers.csv (the
    neighbours' latest values), standing.csv (where it stands among all authorities) and place.json; and, in a folder
    of the one chapter that reads it, neighbours.csv (what they had in earlier periods). A bundle that says it was made
    from the same is left as it is: from the same figures of all (the first line of its stamp), or, where something has
    changed, from the same as far as this locality is concerned (the lines of bundle_of_place.of).
    """
    register = geography.register() if folder == paths.FIGURES else geography.load(folder)
    codes, inputs = list(codes), fingerprints.of(edition, fingerprints.data())
    stamps = {code: fingerprints.stamped(target / register.place(code)["slug"]) for code in codes}
    due = [code for code in codes if stamps[code][:1] != [inputs]]
    yield from (c for c in codes if c not in set(due))
    if not due and fingerprints.stamped(target / "_common") == [inputs]:
        return
    fingerprints.stamp(target / "_common")
    _forget(target, register)
    everyone = _everyone(register, edition, target, folder)
    fingerprints.stamp(target / "_common", inputs)
    with _pool(everyone, len(due)) as pool:
        written = {}
        for code in due:
            out = target / register.place(code)["slug"]
            before = dict(line.rpartition(" ")[::2] for line in stamps[code][1:])
            hashes, supplied = bundle_of_place.of(everyone, code, before)
            made = [inputs, *(" ".join(pair).strip() for pair in hashes.items())]
            if any(before.get(name) != hashes[name] for name in ("", bundle_of_place.MEDIANS)):
                fingerprints.stamp(out)  # of nothing, until it is whole
                there = {name for name in hashes if before.get(name) == hashes[name] and (out / name).is_file()}
                if pool:
                    written[pool.submit(_write, None, code, supplied, out, there, made)] = code
                    continue
                _write(everyone, code, supplied, out, there, made)
            else:
                fingerprints.stamp(out, *made)
            yield code
        for one in as_completed(written):
            one.result()
            yield written[one]
    everyone.memory.forget()
    del everyone, pool  # which holds it too
    _give_back()


def _forget(target: Path, register: Register) -> None:
    """Remove the bundles of places that are no more: a pack that was taken away must not be published again."""
    known = {"_common", *register.places["slug"]}
    for folder in target.iterdir():
        if folder.is_dir() and folder.name not in known:
            shutil.rmtree(folder)


_shared: list[Everyone] = []  # in a process that was forked to write


@contextmanager
def _pool(everyone: Everyone, number: int) -> Iterator[ProcessPoolExecutor | None]:
    """Yield processes to write bundles in, which share `everyone` with this one; None for few, or where they cannot."""
    if number < FEW or sys.platform != "linux":  # elsewhere each would get a copy
        yield None
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(mp_context=context, initializer=_begin, initargs=(everyone,)) as pool:
        yield pool


def _begin(everyone: Everyone) -> None:
    orphans.follow()
    _shared.append(everyone)


def _write(everyone: Everyone | None, code: str, supplied: dict, out: Path, there: set[str], made: list[str]) -> None:
    """Write a bundle and say what it was made from."""
    bundle_of_place.write(everyone or _shared[0], code, supplied, out, there)
    fingerprints.stamp(out, *made)


def _give_back() -> None:
    """Give memory that is free back to the system: the chapters and the pages that follow need it, in other processes."""
    pyarrow.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # a library other than glibc gives it back by itself, or never
        ctypes.CDLL(None).malloc_trim(0)


def _everyone(register: Register, edition: str, target: Path, folder: Path) -> Everyone:
    """Return what bundles are taken from, once what they share is written."""
    indicators, memory = catalogue.indicators(), Memory(target.parent / "worked-out")
    neighbours = schemas.read(folder / "neighbours.csv", schemas.NEIGHBOURS)
    at_risk = schemas.read(paths.REFERENCE / "people_at_risk.csv", schemas.AT_RISK)
    rows = _all_measured(register, edition, folder, memory)
    before = release_before(rows)
    bundle_in_common.write(rows, before, register, edition, target / "_common", folder, memory)
    tables = {  # of a place outside England, or with no figures, nothing stands in them
        "standing.csv": standing.of_all(rows, neighbours, indicators, at_risk, memory),
        "standing_before.csv": standing.of_all(before, neighbours, indicators, at_risk, memory, "_before"),
        "improved.csv": improved.of_all(rows, neighbours, indicators, memory),
    }
    return Everyone(
        rows=rows,
        register=register,
        neighbours=neighbours,
        edition=edition,
        lists=local_money.published(folder),
        tables={name: marked(table.round(DECIMALS)) for name, table in tables.items()},
        texts={"outcome_trends.json": outcome_bundle.trends(rows, register, memory)},
        memory=memory,
    )


def release_before(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figures without the newest period of each indicator; a series of one period, and people, are kept."""
    period = pd.Series(pd.factorize(rows["period"], sort=True)[0], index=rows.index)  # numbers: texts take far longer
    each = period.groupby(rows["indicator"])
    newest = each.transform("max")
    people = rows["indicator"].str.startswith("population_")
    return rows[(period < newest) | (newest == each.transform("min")) | people]
