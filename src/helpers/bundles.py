"""Build the bundle of each locality: all that its chapters may read, measured and compared.

One pass over all figures serves every locality, since the nation, the region and the neighbours are needed anyway.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from . import (
    appraisal,
    barriers,
    benchmarks,
    catalogue,
    corrections,
    fingerprints,
    geography,
    improved,
    local_evidence,
    local_money,
    measures,
    outcome_bundle,
    paths,
    schemas,
    spend_tables,
    standing,
)
from .geography import ENGLAND, NATIONS, UK, Register
from .schemas import PRESENT

KEY = ["indicator", "period"]
COMPARATORS = ("dfe", "ons")


def figures(edition: str, folder: Path = paths.FIGURES) -> pd.DataFrame:
    """Return the figures of all sources that were released on or before `edition`, with release_date and file.

    Columns: schemas.FIGURES, source, release_date, file. Raises DataError for a malformed file.
    """
    releases = schemas.read(folder / "releases.csv", schemas.RELEASES)
    frames = []
    beyond_spend = {i.source for i in catalogue.indicators().values() if i.chapter != "spend"}
    for source in catalogue.sources():
        path = folder / f"{source}.csv"
        if source not in beyond_spend and not path.exists():
            continue  # needs and outcomes stand without the money; the spend chapter then says what it does not know
        if source in set(releases["source"]):
            frames.append(schemas.read(path, schemas.FIGURES).assign(source=source))
    everything = pd.concat(frames, ignore_index=True)
    joined = everything.merge(releases, on=["source", *KEY], how="left", validate="many_to_one")
    orphan = joined["release_date"].isna()
    if orphan.any():
        row = joined[orphan].iloc[0]
        raise schemas.DataError(
            [
                f"data/figures/releases.csv: no row for {row['source']}, {row['indicator']}, {row['period']}. Ingest again."
            ]
        )
    return joined[joined["release_date"] <= edition].reset_index(drop=True)


def measured(rows: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Return figures of localities, regions, nations and the UK with intervals; districts are made into their counties.

    Adds `interval` and `coverage` ("5 of 6 districts", empty where the publisher gives the locality itself).
    """
    indicators = catalogue.indicators()
    own = {UK, ENGLAND, *register.regions, *register.localities["area_code"]}
    direct = rows[rows["area_code"].isin(own)].assign(coverage="")
    lower = rows[~rows["area_code"].isin(own)]
    made = _counties(lower, rows, register) if len(lower) else lower
    return measures.with_intervals(pd.concat([direct, made], ignore_index=True), indicators)


def _counties(lower: pd.DataFrame, rows: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Sum, or weight by population, the districts of each county."""
    lower = lower.assign(area_code=lower["area_code"].map(register.locality_of), district=lower["area_code"])
    population = rows[rows["indicator"] == "population_all_ages"].set_index("area_code")["value"]
    lower["weight"] = lower["district"].map(population)
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
    how = {i.id: i for i in catalogue.indicators().values()}
    indicator = out.index.get_level_values("indicator").map(lambda i: how[i])
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
    neighbours' latest values), standing.csv (where it stands among all authorities) and place.json. A bundle that says it was made from the same figures, catalogue and
    code is left as it is; files that would not change are not touched.
    """
    register = geography.load(folder)
    codes, inputs = list(codes), fingerprints.of(edition, fingerprints.data())
    due = [c for c in codes if not fingerprints.stamped(target / register.place(c)["slug"], inputs)]
    yield from (c for c in codes if c not in set(due))
    if not due and fingerprints.stamped(target / "_common", inputs):
        return
    neighbours = schemas.read(folder / "neighbours.csv", schemas.NEIGHBOURS)
    rows = measured(figures(edition, folder), register)
    _write_common(rows, register, edition, target, folder)

    grid = rows.assign(value=rows["value"].where(rows["status"].isin(PRESENT))).pivot(
        index=KEY, columns="area_code", values="value"
    )
    columns = {code: position for position, code in enumerate(grid.columns)}
    values = grid.to_numpy()
    by_area = dict(tuple(rows.groupby("area_code")))
    polarity = grid.index.get_level_values("indicator").map(lambda i: catalogue.indicators()[i].polarity)
    lists = local_money.published(folder)
    at_risk = schemas.read(paths.REFERENCE / "people_at_risk.csv", schemas.AT_RISK)
    among_all = {  # file: what stands in it of each place; of a place outside England, or with no figures, nothing
        "standing.csv": standing.of_all(rows, neighbours, catalogue.indicators(), at_risk),
        "standing_before.csv": standing.of_all(release_before(rows), neighbours, catalogue.indicators(), at_risk),
        "improved.csv": improved.of_all(rows, neighbours, catalogue.indicators()),
    }
    among_all = {name: (table.iloc[:0], dict(tuple(table.groupby("area_code")))) for name, table in among_all.items()}
    outcome_trends = outcome_bundle.trends(rows, register)
    fingerprints.stamp(target / "_common", inputs)
    for code in due:
        place = register.place(code)
        sets = {
            name: neighbours[(neighbours["comparator"] == name) & (neighbours["area_code"] == code)].sort_values(
                "position"
            )
            for name in COMPARATORS
        }
        series = _series(code, place, by_area, grid, values, columns, sets, polarity)
        peers = _peers(series, grid, columns, sets)
        out = target / place["slug"]
        schemas.write_text(out / "series.csv", _csv(series))
        schemas.write_text(out / "peers.csv", _csv(peers))
        for name, (none, tables) in among_all.items():
            schemas.write_text(out / name, _csv(tables.get(code, none).drop(columns="area_code")))
        schemas.write_text(out / "outcome_trends.json", outcome_trends.get(code, "{}\n"))
        schemas.write_text(out / "place.json", _json(_place(code, place, register, sets, edition)))
        _write_some(out / "money.json", local_money.of_place(code, place["slug"], edition, lists))
        _write_some(out / "local.json", local_evidence.of_place(place["slug"], paths.PRIVATE, code))
        (out / "findings.json").unlink(missing_ok=True)  # helpers.findings works it out from what now stands here
        fingerprints.stamp(out, inputs)
        yield code


def release_before(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figures without the newest period of each indicator; a series of one period, and people, are kept."""
    periods = rows.groupby("indicator")["period"]
    single = rows["indicator"].map(periods.nunique()) == 1
    people = rows["indicator"].str.startswith("population_")
    return rows[(rows["period"] < rows["indicator"].map(periods.max())) | single | people]


def _write_some(path: Path, content: dict) -> None:
    """Write what the locality itself supplies, worked out; no file where it supplies nothing."""
    if content:
        schemas.write_text(path, _json(content))
    else:
        path.unlink(missing_ok=True)


def _series(code, place, by_area, grid, values, columns, sets, polarity) -> pd.DataFrame:
    own = by_area.get(
        code, pd.DataFrame(columns=[*schemas.FIGURES.columns, "interval", "coverage", "source", "release_date", "file"])
    )
    out = grid.index.to_frame(index=False)
    out = out.merge(own.drop(columns="area_code"), on=KEY, how="left")
    out["status"] = out["status"].fillna("no_row")

    def column(area: str) -> np.ndarray:
        return values[:, columns[area]] if area in columns else np.full(len(values), np.nan)

    english = place["nation"] == "England"
    out["england"] = column(ENGLAND) if english else np.nan  # nowhere else is England what a place is held against
    out["region"] = column(place["region_code"])
    names, standards = _standards(out, place, column)
    out["benchmark"], out["benchmark_of"] = standards, names
    for name, members in sets.items():
        found = benchmarks.peers(values, [columns[c] for c in members["neighbour_code"] if c in columns])
        out[f"{name}_median"], out[f"{name}_n"] = found.median, found.n
        out[f"{name}_low"], out[f"{name}_high"] = found.low, found.high
    out["against"] = "not compared"
    for way in set(polarity):
        rows = np.asarray(polarity == way)
        part = out.loc[rows]
        out.loc[rows, "against"] = benchmarks.compare(part["lower"], part["upper"], part["benchmark"], way)
    # periods in which neither the locality nor anything to compare it with has a value say nothing
    empty = out[["value", "benchmark", "region", "dfe_median"]].isna().all(axis=1) & (out["status"] == "no_row")
    return out[~empty].reset_index(drop=True)


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


def _peers(series: pd.DataFrame, grid: pd.DataFrame, columns: dict[str, int], sets: dict) -> pd.DataFrame:
    """Return the neighbours' values at the locality's newest period of each indicator."""
    latest = series[series["value"].notna()].groupby("indicator")["period"].max()
    rows = grid.index.get_indexer(pd.MultiIndex.from_arrays([latest.index, latest]))
    parts = []
    for name, members in sets.items():
        codes = [c for c in members["neighbour_code"] if c in columns]
        values = grid.to_numpy()[rows][:, [columns[c] for c in codes]]
        parts.append(
            pd.DataFrame(
                {
                    "comparator": name,
                    "indicator": np.repeat(latest.index.to_numpy(), len(codes)),
                    "period": np.repeat(latest.to_numpy(), len(codes)),
                    "area_code": np.tile(codes, len(latest)),
                    "value": values.ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _place(code, place, register: Register, sets: dict, edition: str) -> dict:
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
        "changes": register.predecessors(code).to_dict("records"),
        "neighbours": {
            name: [
                {"area_code": c, "name": register.names[c], "slug": register.place(c)["slug"]}
                for c in members["neighbour_code"]
            ]
            for name, members in sets.items()
        },
    }


def _write_common(rows: pd.DataFrame, register: Register, edition: str, target: Path, folder: Path) -> None:
    """Write what all bundles share: catalogue, sources, deflator, classification, and the figures across localities."""
    common = target / "_common"
    deflator = schemas.read(folder / "deflator.csv", schemas.DEFLATOR)
    classification = schemas.read(paths.REFERENCE / "spend_classification.csv", schemas.CLASSIFICATION)
    nations = _nations(rows, register)
    records = {
        i.id: i.model_dump(exclude={"id", "select"}) | {"nations": nations[i.id]}
        for i in catalogue.indicators().values()
    }
    sources = {s.id: s.model_dump(exclude={"id", "reader"}) for s in catalogue.sources().values()}
    schemas.write_text(common / "indicators.json", _json(records))
    schemas.write_text(common / "sources.json", _json(sources))
    schemas.write_text(common / "thresholds.json", _json(catalogue.thresholds()))
    schemas.write_text(common / "deflator.csv", _csv(deflator))
    schemas.write_text(common / "classification.csv", _csv(classification))
    exceptions = schemas.read(paths.REFERENCE / "spend_exceptions.csv", schemas.SPEND_EXCEPTIONS)
    early_late = spend_tables.early_late(rows, register, classification, exceptions)
    expected, models = spend_tables.given_need(rows, register, classification)
    schemas.write_text(common / "early_late.csv", _csv(early_late))
    for name, text in outcome_bundle.shared(rows, register, early_late, deflator).items():
        schemas.write_text(common / name, text)
    before, _ = spend_tables.given_need(release_before(rows), register, classification)
    schemas.write_text(common / "expected.csv", _csv(expected))
    schemas.write_text(common / "expected_before.csv", _csv(before))
    schemas.write_text(common / "expected_models.json", _json(models))
    slugs = dict(zip(register.places["area_code"], register.places["slug"], strict=True))
    own = register.own["area_code"].tolist()  # places without public figures, which are in no sum and no spread
    schemas.write_text(common / "corrections.json", _json(corrections.read().to_dict("records")))
    schemas.write_text(common / "studies.json", _json([study.model_dump() for study in appraisal.register()]))
    schemas.write_text(common / "barriers.json", _json(barriers.of_all()))
    schemas.write_text(common / "edition.json", _json({"edition": edition, "slugs": slugs, "own": own}))


def _nations(rows: pd.DataFrame, register: Register) -> dict[str, list[str]]:
    """Return {indicator: the nations of which any locality has a value}."""
    letter = dict(zip(register.localities["area_code"], register.localities["region_code"].str[0], strict=True))
    have = rows[rows["status"].isin(PRESENT) & rows["area_code"].isin(letter)]
    pairs = set(zip(have["indicator"], have["area_code"].map(letter), strict=True))
    return {i: [name for first, (_, name) in NATIONS.items() if (i, first) in pairs] for i in catalogue.indicators()}


def _csv(frame: pd.DataFrame) -> str:
    return frame.round(6).to_csv(index=False, lineterminator="\n", float_format="%.12g")


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n"
