"""The bundle of one locality, as a chapter reads it: nothing else under data/ is open to a chapter."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from . import paths
from .locality import COMPARATORS, NO_PUBLIC, NOT_HERE, Evidence, Latest, once, reason, the
from .schemas import DataError

__all__ = [
    "COMPARATORS",
    "NOT_HERE",
    "NO_PUBLIC",
    "Evidence",
    "Latest",
    "before",
    "beside",
    "check_parameters",
    "early_late_of_all",
    "load",
    "of_place",
    "once",
    "reason",
    "shared",
    "the",
]
_TEXT = frozenset(
    ["indicator", "period", "unit", "status", "source", "release_date", "file", "coverage", "interval", "benchmark_of"]
)
_WORDS = frozenset(["measure", "area_code", "why"])
_TABLE = {"keep_default_na": False, "na_values": [""]}


def _read_json(path):
    if not path.exists():
        raise DataError([f"{paths.shown(path)}: not built. Run: handbook bundle"])
    return json.loads(path.read_text(encoding="utf-8"))


def _read_table(path: Path, texts: Iterable[str]) -> pd.DataFrame:
    """Return a table of a bundle; an empty cell is "" in the columns `texts` and NaN in others."""
    with open(path, encoding="utf-8") as stream:
        columns = next(stream).rstrip("\n").split(",")
    own = {c: "str" for c in columns if c in texts}
    empty = {c: [""] for c in columns if c not in own}  # told apart while reading: filling them in later takes as long
    return pd.read_csv(path, dtype=own, keep_default_na=False, na_values=empty)


def early_late_of_all() -> pd.DataFrame:
    """Return spend.early_late of every locality with its account. Raises DataError when no bundles are built."""
    path = paths.BUNDLES / "_common" / "early_late.csv"
    if not path.exists():
        raise DataError([f"{paths.shown(path)}: not built. Run: handbook bundle"])
    return _read_table(path, ("missing", "absent", "note", "account"))


def shared(name: str) -> dict:
    """Return a JSON file that all bundles share. Raises DataError when no bundles are built."""
    return _read_json(paths.BUNDLES / "_common" / name)


def of_place(e: Evidence, name: str) -> dict:
    """Return a JSON file of this locality's own bundle, for what only one chapter reads."""
    return _read_json(paths.BUNDLES / e.place["slug"] / name)


def beside(e: Evidence, indicator: str) -> dict[str, tuple[float, float]]:
    """Return {period: (median of the neighbours, how many of them have a value)} of one indicator; nan where not known.

    Only for the chapter that the indicator belongs to: earlier periods stand in a folder of that chapter.
    """
    found = {r.period: tuple(getattr(r, f"{e.comparator_set}_{w}") for w in ("median", "n")) for r in e.rows(indicator)}
    gaps = [period for period, (_, n) in found.items() if n != n]
    earlier = _earlier(e, e.indicators[indicator]["chapter"]) if gaps else {}
    return found | {p: earlier[indicator, p] for p in gaps if (indicator, p) in earlier}


@once
def _earlier(e: Evidence, chapter: str) -> dict[tuple[str, str], tuple[float, float]]:
    path = paths.BUNDLES / e.place["slug"] / chapter / paths.EARLIER
    if not path.exists():
        raise DataError([f"{paths.shown(path)}: not built. Run: handbook bundle"])
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    median, n = (f"{e.comparator_set}_{what}" for what in ("median", "n"))
    return {(r["indicator"], r["period"]): (float(r[median] or "nan"), float(r[n] or "nan")) for r in rows}


def _expected(common: Path, area_code: str, name: str = "expected.csv") -> pd.DataFrame:
    with open(common / name, encoding="utf-8", newline="") as stream:
        columns = next(csv.reader(stream))
        own = [row for row in csv.reader(stream) if row[1] == area_code]  # a few of hundreds: pandas takes longer
    found = {
        c: pd.Series(cells, dtype="str") if c in _WORDS else pd.Series([float(x or "nan") for x in cells], dtype=float)
        for c, cells in zip(columns, zip(*own, strict=True) if own else [()] * len(columns), strict=True)
    }
    return pd.DataFrame(found).set_index("measure")


def before(e: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `standing` and `expected` of a locality as they were a release earlier, which no chapter reads."""
    standing = pd.read_csv(paths.BUNDLES / e.place["slug"] / "standing_before.csv", **_TABLE)
    return standing, _expected(paths.BUNDLES / "_common", e.place["area_code"], "expected_before.csv")


def check_parameters(area_code: str, edition: str, comparator_set: str, price_base_year: str) -> None:
    """Raise DataError where a parameter is of the wrong type or form; what it says is checked against the data later.

    >>> check_parameters("E08000009", "2026-11-22", "dfes", "2024-25")
    Traceback (most recent call last):
    helpers.errors.DataError: parameter comparator_set='dfes': use one of: dfe, ons.
    """
    faults = []
    for name, value in (("area_code", area_code), ("edition", edition), ("price_base_year", price_base_year)):
        if not isinstance(value, str):
            faults.append(f"parameter {name}={value!r}: must be text, in quotes.")
    if not faults and not re.match(r"^\d{4}-\d{2}-\d{2}$", edition):
        faults.append(f"parameter edition={edition!r}: write an ISO day, such as 2026-11-22.")
    if not faults and not re.match(r"^\d{4}-\d{2}$", price_base_year):
        faults.append(f"parameter price_base_year={price_base_year!r}: write a financial year, such as 2024-25.")
    if comparator_set not in COMPARATORS:
        faults.append(f"parameter comparator_set={comparator_set!r}: use one of: {', '.join(COMPARATORS)}.")
    if faults:
        raise DataError(faults)


def load(area_code: str, edition: str, comparator_set: str = "dfe", price_base_year: str = "2024-25") -> Evidence:
    """Return the evidence of one locality from its bundle.

    Where the chosen set names no neighbours of the place, as the Department for Education's does outside England, the
    other set is used, and `comparator_set` says so. Raises DataError for a parameter that is not allowed, or a bundle
    that is absent or of another edition.
    """
    check_parameters(area_code, edition, comparator_set, price_base_year)
    common = paths.BUNDLES / "_common"
    built = _read_json(common / "edition.json")
    if built["edition"] != edition:
        raise DataError(
            [f"the bundles are of edition {built['edition']}, not {edition}. Run: handbook bundle --edition {edition}"]
        )
    if area_code not in built["slugs"]:
        raise DataError([f"parameter area_code={area_code!r}: no locality has this code. Run: handbook list"])
    folder = paths.BUNDLES / built["slugs"][area_code]
    place = _read_json(folder / "place.json")
    named = [s for s in (comparator_set, *COMPARATORS) if place["neighbours"][s]]
    comparator_set = next(iter(named), comparator_set)
    deflator = pd.Series(_read_json(common / "deflator.json"), name="index").rename_axis("financial_year")
    if price_base_year not in deflator.index:
        raise DataError(
            [
                f"parameter price_base_year={price_base_year!r}: the deflator covers {deflator.index[0]} to {deflator.index[-1]}."
            ]
        )
    return Evidence(
        place=place,
        series=_read_table(folder / "series.csv", _TEXT),
        peers=pd.read_csv(folder / "peers.csv", **_TABLE),
        indicators=_read_json(common / "indicators.json"),
        sources=_read_json(common / "sources.json"),
        deflator=deflator,
        classification=pd.DataFrame(_read_json(common / "classification.json"), dtype="str"),
        early_late=early_late_of_all(),
        expected=_expected(common, area_code),
        expected_models=_read_json(common / "expected_models.json"),
        thresholds=_read_json(common / "thresholds.json"),
        comparator_set=comparator_set,
        price_base_year=price_base_year,
        columns=_read_json(common / "activities_outcomes_costs.json"),
        standing=pd.read_csv(folder / "standing.csv", **_TABLE),
        improved=pd.read_csv(folder / "improved.csv", **_TABLE),
        changes=_read_json(folder / "changes.json") if (folder / "changes.json").exists() else {},
        findings=_read_json(folder / "findings.json") if (folder / "findings.json").exists() else {},
        money=_read_json(folder / "money.json") if (folder / "money.json").exists() else {},
        local=_read_json(folder / "local.json") if (folder / "local.json").exists() else {},
    )
