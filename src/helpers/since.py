"""What changed since the last frozen edition, worked out for all localities of a build at once, into their bundles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from . import barrier_moves, bundles, catalogue, editions, fingerprints, geography, paths, schemas
from .findings import CHANGES as NAME
from .findings import NAME as FINDINGS
from .schemas import DataError


def documents(slugs: Iterable[str], folder: Path) -> list[dict]:
    """Return the findings of the localities. Raises DataError for a bundle that has none."""
    found, absent = [], []
    for slug in slugs:
        path = folder / slug / FINDINGS
        if path.exists():
            found.append(json.loads(path.read_text(encoding="utf-8")))
        else:
            absent.append(slug)
    if absent:
        raise DataError(
            [f"{paths.shown(folder / slug / FINDINGS)}: not built. Run: handbook bundle" for slug in absent]
        )
    return found


def present(edition: str, slugs: Iterable[str], folder: Path | None = None) -> tuple[editions.Edition, pd.DataFrame]:
    """Return the present edition of the localities in the form of a frozen one, and their figures."""
    docs = documents(slugs, folder or paths.BUNDLES)
    wrong = [d["name"] for d in docs if d["edition"] != edition]
    if wrong:
        raise DataError(
            [f"the bundle of {n} is not of edition {edition}. Run: handbook bundle --edition {edition}" for n in wrong]
        )
    rows = bundles.figures(edition)
    rows = rows[rows["area_code"].isin([d["area_code"] for d in docs])]
    limits = {name: t["value"] for name, t in catalogue.thresholds().items()}
    return editions.of(edition, rows, docs, limits), rows


def write(places: Iterable[tuple[str, str]], values: Mapping[str, str], folder: Path | None = None) -> str:
    """Write changes.json into the bundle of each place (code, slug), and for all together; return the edition before.

    Where no earlier edition is frozen, nothing is written, and "" is returned.
    """
    folder, places = folder or paths.BUNDLES, list(places)
    old = editions.before(values["edition"])
    common = folder / "_common" / NAME
    if old is None:
        for path in folder.glob(f"*/{NAME}"):
            path.unlink()
        return ""
    frozen = sorted((editions.EDITIONS / old.edition).iterdir())
    made = fingerprints.of(fingerprints.data(), fingerprints.of_files(frozen), dict(values), places)
    if common.exists() and json.loads(common.read_text(encoding="utf-8"))["made_from"] == made:
        return old.edition
    new, rows = present(values["edition"], [slug for _, slug in places], folder)
    moves = geography.load(paths.FIGURES).changes
    mine = {code for code, _ in places} | set(moves.loc[moves["new_code"].isin([c for c, _ in places]), "old_code"])
    old = _only(old, mine)
    figures = editions.changed(old, new, rows, moves)
    flips = editions.flipped(old, new, figures)
    for code, slug in places:
        own = {
            "since": old.edition,
            "figures": _records(figures[figures["area_code"] == code]),
            "findings": _records(flips[flips["area_code"] == code]),
            "barriers": barrier_moves.since(old.edition, slug, folder),
        }
        schemas.write_text(folder / slug / NAME, json.dumps(own, ensure_ascii=False, indent=1) + "\n")
    whole = {
        "made_from": made,
        "since": old.edition,
        "localities": len(places),
        "figures": _records(_counted(figures)),
        "findings": _records(flips.groupby(["before", "after", "why"]).size().rename("places").reset_index()),
    }
    schemas.write_text(common, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    return old.edition


def _only(old: editions.Edition, areas: set[str]) -> editions.Edition:
    own = {name: getattr(old, name)[getattr(old, name)["area_code"].isin(areas)] for name in ("figures", "findings")}
    return editions.Edition(old.edition, own["figures"], old.definitions, old.thresholds, own["findings"], old.rules)


def _counted(figures: pd.DataFrame) -> pd.DataFrame:
    """Return for each indicator and kind of change in how many places it is."""
    grouped = figures.groupby(["indicator", "kind"])
    out = grouped.agg(places=("area_code", "nunique"), period=("period", "max")).reset_index()
    return out.sort_values(["kind", "indicator"])


def _records(frame: pd.DataFrame) -> list[dict]:
    return json.loads(frame.to_json(orient="records"))
