"""The bundle of one locality: its own figures beside those that they are held against."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from . import benchmarks, catalogue, fingerprints, local_evidence, local_money, paths, schemas
from .bundle_texts import csv_text, json_text
from .geography import ENGLAND, NATIONS, UK, Register
from .schemas import PRESENT
from .worked_out import MARK, Memory, Rows, parted

KEY = ["indicator", "period"]
COMPARATORS = ("dfe", "ons")
NEAR, MEDIANS = "neighbours", "medians"  # beside file names, in what `of` returns


@dataclass(frozen=True)
class Everyone:
    """What the bundle of any locality is taken from."""

    rows: pd.DataFrame  # bundles.measured, marked
    register: Register
    neighbours: pd.DataFrame
    edition: str
    lists: dict[str, pd.DataFrame]  # local_money.published
    tables: dict[str, pd.DataFrame]  # {file: what stands in it of every locality}, marked
    texts: dict[str, dict[str, str]]  # {file: {area code: its text}}
    memory: Memory  # of what was worked out before

    @cached_property
    def grid(self) -> pd.DataFrame:
        """Return the values that are there, one row per indicator and period, one column per area."""
        present = self.rows["value"].where(self.rows["status"].isin(PRESENT))
        return self.rows.assign(value=present).pivot(index=KEY, columns="area_code", values="value")

    @cached_property
    def values(self) -> np.ndarray:
        return self.grid.to_numpy()

    @cached_property
    def places(self) -> dict[tuple[str, str], int]:
        """Return {(indicator, period): its row in `values`}."""
        return {pair: number for number, pair in enumerate(self.grid.index)}

    @cached_property
    def columns(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self.grid.columns)}

    @cached_property
    def polarity(self) -> np.ndarray:
        known = catalogue.indicators()
        return np.array([known[i].polarity for i in self.grid.index.get_level_values("indicator")])

    def columns_of(self, codes: Iterable[str]) -> list[int]:
        """Return the columns of areas in `values`, but for those without figures."""
        return [self.columns[c] for c in codes if c in self.columns]

    def of_areas(self, codes: Iterable[str]) -> bytes:
        """Return the values of some areas, as what they can be told by."""
        return np.ascontiguousarray(self.values[:, self.columns_of(codes)]).tobytes()

    @cached_property
    def _near(self) -> dict[tuple[str, str], list[str]]:
        by_place = self.neighbours.sort_values("position").groupby(["comparator", "area_code"])
        return by_place["neighbour_code"].agg(list).to_dict()

    def sets(self, code: str) -> dict[str, list[str]]:
        """Return {comparator: the neighbours of a locality, in the publisher's order}."""
        return {name: self._near.get((name, code), []) for name in COMPARATORS}

    @cached_property
    def _parts(self) -> dict[str, tuple[pd.DataFrame, dict[str, Rows]]]:
        tables = {"": self.rows, **self.tables}
        return {name: (table, parted(table, table["area_code"].notna(), "area_code")) for name, table in tables.items()}

    def of_place(self, name: str, code: str) -> Rows:
        """Return the rows of one locality in one of `tables`, or its figures (""); none where there are none."""
        table, parts = self._parts[name]
        return parts.get(code) or Rows(table, np.array([], int))

    def part(self, name: str, code: str) -> pd.DataFrame:
        """Return what `of_place` tells of, taken out of its table."""
        return self.of_place(name, code).taken()

    @cached_property
    def _same_for_all(self) -> str:
        files = [paths.FIGURES / f"{name}.csv" for name in ("localities", "districts", "area_changes", "neighbours")]
        catalogued = fingerprints.of_files([*files, *paths.INDICATORS.glob("*.yml")])
        own = self.register.own.to_dict("records")
        return fingerprints.of(self.edition, fingerprints.code(), catalogued, own, self.grid.index.tolist())


def of(everyone: Everyone, code: str, before: Mapping[str, str]) -> tuple[dict[str, str], dict]:
    """Return hashes of all that a locality's bundle is made from, and what the locality itself supplies.

    The first is {"": of all but its neighbours, NEAR: of their values, MEDIANS: of what these come to beside it, file: of
    what alone decides that file}; `before`: the same as it was when the bundle was written. The second is
    {file: content}, worked out of its pack in data/local and of lists of payments and grants.
    """
    place, register = everyone.register.place(code), everyone.register
    supplied = {
        "money.json": local_money.of_place(code, place["slug"], everyone.edition, everyone.lists),
        "local.json": local_evidence.kept(place["slug"], paths.PRIVATE, code, everyone.memory),
    }
    against = everyone.of_areas([UK, *(c for c, _ in NATIONS.values()), place["region_code"]])
    rows = {name: everyone.of_place(name, code).marks() for name in ("", *everyone.tables)}
    numbers = _hash([against, *rows.values()])
    texts = [table.get(code, "") for table in everyone.texts.values()]
    changes = register.predecessors(code)
    said = {name: json_text(content) for name, content in supplied.items()}  # in the order in which it is written
    whole = fingerprints.of(everyone._same_for_all, place, changes, numbers, texts, said)
    near = _hash([everyone.of_areas(n) for n in everyone.sets(code).values()])
    as_before = before.get("") == whole and before.get(NEAR) == near  # its own newest periods count too
    medians = before[MEDIANS] if as_before else _medians(everyone, code)
    alone = {name: _hash([everyone._same_for_all.encode(), rows[name]]) for name in everyone.tables}
    return {"": whole, NEAR: near, MEDIANS: medians, **alone}, supplied


def _medians(everyone: Everyone, code: str) -> str:
    """Return one hash of what a bundle holds of the neighbours: medians, and their values beside its newest.

    Most figures change no median of most places that have this one as a neighbour.
    """
    sets = everyone.sets(code)
    found = [np.column_stack(benchmarks.peers(everyone.values, everyone.columns_of(n))) for n in sets.values()]
    _, newest = _newest(everyone, code, sets)
    return _hash([np.ascontiguousarray(numbers).tobytes() for numbers in (*found, *newest.values())])


def _hash(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def write(everyone: Everyone, code: str, supplied: dict, out: Path, there: Collection[str] = ()) -> None:
    """Write the bundle of one locality into the folder `out`. `supplied`: what `of` returns.

    `there`: files of tables that stand in it already, made from the same.
    """
    place = everyone.register.place(code)
    sets, own = everyone.sets(code), everyone.part("", code)
    series = _series(everyone, own, place, sets)
    newest, earlier = _apart(series)
    schemas.write_text(out / "series.csv", csv_text(newest))
    chapters = earlier["indicator"].map({i.id: i.chapter for i in catalogue.indicators().values()})
    for chapter in sorted({i.chapter for i in catalogue.indicators().values()}):
        schemas.write_text(out / chapter / paths.EARLIER, csv_text(earlier[chapters == chapter]))
    schemas.write_text(out / "peers.csv", csv_text(_peers(everyone, code, sets)))
    for name in everyone.tables.keys() - there:
        schemas.write_text(out / name, csv_text(everyone.part(name, code).drop(columns=["area_code", MARK])))
    for name, texts in everyone.texts.items():
        schemas.write_text(out / name, texts.get(code, "{}\n"))
    schemas.write_text(out / "place.json", json_text(_place(code, place, everyone.register, sets, everyone.edition)))
    for name, content in supplied.items():
        if content:
            schemas.write_text(out / name, json_text(content))
        else:
            (out / name).unlink(missing_ok=True)


def _series(of: Everyone, own: pd.DataFrame, place: dict, sets: dict[str, list[str]]) -> pd.DataFrame:
    grid, values, columns = of.grid, of.values, of.columns
    out = grid.index.to_frame(index=False)
    out = out.merge(own.drop(columns=["area_code", MARK]), on=KEY, how="left")
    out["status"] = out["status"].fillna("no_row")

    def column(area: str) -> np.ndarray:
        return values[:, columns[area]] if area in columns else np.full(len(values), np.nan)

    english = place["nation"] == "England"
    out["england"] = column(ENGLAND) if english else np.nan  # nowhere else is England what a place is held against
    out["region"] = column(place["region_code"])
    names, standards = _standards(out, place, column)
    out["benchmark"], out["benchmark_of"] = standards, names
    for name, members in sets.items():
        found = benchmarks.peers(values, of.columns_of(members))
        out[f"{name}_median"], out[f"{name}_n"] = found.median, found.n
    out["against"] = "not compared"
    for way in set(of.polarity):
        rows = of.polarity == way
        part = out.loc[rows]
        out.loc[rows, "against"] = benchmarks.compare(part["lower"], part["upper"], part["benchmark"], way)
    # periods in which neither the locality nor anything to compare it with has a value say nothing
    empty = out[["value", "benchmark", "region", "dfe_median"]].isna().all(axis=1) & (out["status"] == "no_row")
    return out[~empty].reset_index(drop=True)


def _apart(series: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the series with the neighbours' figures of the newest periods only, and those of earlier ones.

    The newest are those back to the value before the newest, which is all that a chapter needs to say where a place
    stands, now and a release earlier. The course of the neighbours over the years is shown by one chapter, and their
    old figures are no reason to run the others.
    """
    has, every = series[series["value"].notna()], series["indicator"]
    last, newest = series.groupby("indicator")["period"].max(), has.groupby("indicator")["period"].max()
    before = has[has["period"] < has["indicator"].map(last)].groupby("indicator")["period"].max()
    since = every.map(before).fillna(every.map(newest))
    earlier = ~(series["period"] >= since.fillna("9999"))
    columns = [f"{name}_{what}" for name in COMPARATORS for what in ("median", "n")]
    near = series.assign(**{column: series[column].where(~earlier) for column in columns})
    return near, series.loc[earlier, [*KEY, *columns]]


def _standards(own: pd.DataFrame, place: dict, column) -> tuple[np.ndarray, np.ndarray]:
    """Return what each row is held against, as a name and a value: one area for all periods of an indicator.

    It is the first of the place's own nation, the United Kingdom and, as a last resort, England, that has a value in
    the place's newest period. A place without a nation is held against nothing.
    """
    code_of = {name: code for code, name in NATIONS.values()} | {"UK": UK}
    choices = [n for n in dict.fromkeys([place["nation"], "UK", "England"]) if place["nation"] in code_of]
    names, values = np.full(len(own), "", dtype=object), np.full(len(own), np.nan)
    columns = {name: column(code_of[name]) for name in choices}
    has = own["value"].notna().to_numpy()
    for _, rows in own.groupby("indicator", sort=False).indices.items():  # oldest first within an indicator
        newest = rows[has[rows]][-1:]
        # without a value of its own only the own nation's course is of use
        with_value = [n for n in choices if not np.isnan(columns[n][newest]).any()] if len(newest) else []
        if name := next(iter(with_value or choices[:1]), ""):
            names[rows], values[rows] = name, columns[name][rows]
    return names, values


def _newest(of: Everyone, code: str, sets: dict[str, list[str]]) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """Return the newest period with a value of each indicator of a locality, and what its neighbours have in it.

    The second is {comparator: values, a row for each indicator and a column for each neighbour with figures}.
    """
    at = of.of_place("", code).at
    has = at[of.rows["value"].notna().to_numpy()[at]]
    pairs = sorted(zip(*(of.rows[column].array.take(has).tolist() for column in KEY), strict=True))
    latest = dict(pairs)  # of each indicator the last
    rows = [of.places[pair] for pair in latest.items()]
    return latest, {name: of.values[rows][:, of.columns_of(members)] for name, members in sets.items()}


def _peers(of: Everyone, code: str, sets: dict[str, list[str]]) -> pd.DataFrame:
    """Return the neighbours' values at the locality's newest period of each indicator."""
    latest, found = _newest(of, code, sets)
    parts = []
    for name, members in sets.items():
        codes = [c for c in members if c in of.columns]
        parts.append(
            pd.DataFrame(
                {
                    "comparator": name,
                    "indicator": np.repeat(list(latest), len(codes)),
                    "period": np.repeat(list(latest.values()), len(codes)),
                    "area_code": np.tile(codes, len(latest)),
                    "value": found[name].ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _place(code, place, register: Register, sets: dict[str, list[str]], edition: str) -> dict:
    districts = register.districts[
        (register.districts["locality_code"] == code) & (register.districts["current"] == "yes")
    ]
    return {
        "area_code": code,
        "name": place["name"],
        "slug": place["slug"],
        "kind": place["kind"],
        "region_code": place["region_code"],
        "region": place["region"],
        "nation": place["nation"],
        "fictional": place["fictional"],
        "edition": edition,
        "districts": [] if len(districts) < 2 else districts["district"].tolist(),
        "changes": register.predecessors(code),
        "neighbours": {
            name: [{"area_code": c, "name": register.names[c], "slug": register.place(c)["slug"]} for c in members]
            for name, members in sets.items()
        },
    }
