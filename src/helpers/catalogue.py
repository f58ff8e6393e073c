"""The catalogue: one YAML for each source and each indicator, read into frozen records.

The place in the tree is the registration. A key that is not known, or a value that is not allowed, stops
the run with the file, the key and what to write.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import paths, yaml_files
from .licences import LICENCES
from .schemas import UNITS, DataError

THEMES = {
    # id: heading, in the order of the pages
    "early_years": "The first five years",
    "family": "Children's safety and family life",
    "school": "School and learning",
    "young_people": "Becoming an adult",
    "work_income": "Work and income",
    "homes": "Homes",
    "health": "Health and care",
    "community": "Community and wellbeing",
    "people": "People and place",
    "children_spend": "Children's services",
    "adult_spend": "Adult social care",
    "council_spend": "The whole council",
    "unit_cost": "Unit costs",
}


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class File(_Record):
    """One file of a publisher, as it was when the figures were taken from it."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    release_date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    release_date_basis: str = Field(min_length=5)  # how we know the date
    url: str = Field(default="", pattern=r"^(https://.*)?$")  # where `handbook fetch` gets this very file
    note: str = ""
    reads: dict[str, Any] = {}  # what the reader must know of this file's layout


class Source(_Record):
    """A publisher's release. `id` is the file's name, and the folder that `handbook ingest --from` looks in."""

    id: str
    folder: str = ""  # the folder's name, where it differs from the id: two sources may share a publisher's folder
    publisher: str
    title: str
    landing_page: str = Field(pattern=r"^https://")
    licence: str
    attribution: str
    reader: str
    quality: Literal[1, 2, 3]  # 1 accredited or official statistics; 2 other official data; 3 use with care
    quality_reason: str
    next_release: str = "not announced"
    hosts: tuple[str, ...] = ()  # further hosts that its files may come from, beside those of their addresses
    caveats: tuple[str, ...] = ()
    files: tuple[File, ...]


class Indicator(_Record):
    """A measure that a chapter shows. `id` is the file's name and the word in the figures."""

    id: str
    title: str
    short_title: str = Field(max_length=42)
    chapter: Literal["needs", "spend", "outcomes", "context"]
    theme: str
    life_stage: Literal["early childhood", "school age", "young adulthood", "working age", "later life", "all ages"]
    source: str
    select: dict[str, Any]  # what the reader takes from the publisher's file
    unit: str
    decimals: int = Field(default=1, ge=0, le=2)
    method: Literal["published", "proportion", "crude_rate"] = "published"  # how the interval is made
    polarity: Literal["high is good", "low is good", "no judgement"] = "no judgement"
    districts: Literal["none", "sum", "population weighted"] = "none"  # how districts make a county
    definition: str = Field(min_length=20)
    caveats: tuple[str, ...] = ()
    part_of: str = ""  # the indicator of everyone, where this one is of a group of them


def _load(path: Path, model: type[_Record]):
    name = paths.shown(path)
    try:
        content = yaml_files.read(path)
    except yaml.YAMLError as error:
        raise DataError(
            [f"{name}: is not YAML: {' '.join(str(error).split())}. Compare it with its neighbours."]
        ) from None
    if not isinstance(content, dict):
        raise DataError([f"{name}: must hold 'key: value' lines. Compare it with its neighbours."])
    return _record(path, path.stem, content, model)


def _record(path: Path, key: str, content: dict, model: type[_Record]):
    name = paths.shown(path)
    try:
        return model(id=key, **content)
    except ValidationError as error:
        known = ", ".join(k for k in model.model_fields if k != "id")
        faults = []
        for fault in error.errors():
            key = ".".join(str(part) for part in fault["loc"])
            if fault["type"] == "extra_forbidden":
                faults.append(f"{name}: key '{key}' is not known. Use one of: {known}.")
            elif fault["type"] == "missing":
                faults.append(f"{name}: key '{key}' is missing. Add it.")
            else:
                faults.append(f"{name}: key '{key}': {fault['input']!r}: {fault['msg']}.")
        raise DataError(faults) from None


def load_source(path: Path) -> Source:
    """Read one source. Raises DataError for an unknown key or a licence that is not known to be open."""
    source = _load(path, Source)
    if source.licence not in LICENCES:
        raise DataError(
            [
                f"{paths.shown(path)}: licence '{source.licence}' is not known to be open, so the source is"
                f" refused. Known: {', '.join(LICENCES)}."
            ]
        )
    return source


def load_indicator(path: Path) -> Indicator:
    """Read one indicator. Raises DataError for a key, theme, unit or source that is not known."""
    indicator = _load(path, Indicator)
    faults = []
    for key, value, allowed in (("theme", indicator.theme, THEMES), ("unit", indicator.unit, UNITS)):
        if value not in allowed:
            faults.append(f"{paths.shown(path)}: {key} '{value}' is not known. Use one of: {', '.join(allowed)}.")
    if not (paths.SOURCES / f"{indicator.source}.yml").exists():
        known = ", ".join(sorted(p.stem for p in paths.SOURCES.glob("*.yml")))
        faults.append(f"{paths.shown(path)}: source '{indicator.source}' has no file in data/sources. Known: {known}.")
    if faults:
        raise DataError(faults)
    return indicator


def _all(folder: Path, load) -> dict[str, Any]:
    records, faults = {}, []
    for path in sorted(folder.glob("*.yml")):
        try:
            records[path.stem] = load(path)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return records


class Threshold(_Record):
    """A number that a rule uses: since when, why, and who has signed it."""

    id: str
    value: float | int
    stricter: Literal["higher", "lower"]  # which way a rule asks for more
    since: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    reason: str = Field(min_length=20)
    signed: dict[Literal["value", "finance", "residents"], str | float | int]  # value: the one put forward


def thresholds(path: Path = paths.REFERENCE / "thresholds.yml") -> dict[str, dict]:
    """Return the thresholds of the rules by name.

    Raises DataError for one without value, date or reason, or whose value is not the one put forward for signature.
    """
    content = yaml_files.read(path)
    found = {name: _record(path, name, record, Threshold) for name, record in content.items()}
    faults = []
    for name, threshold in found.items():
        absent = [key for key in ("value", "finance", "residents") if key not in threshold.signed]
        if absent:
            faults.append(
                f"{paths.shown(path)}: {name}: 'signed' must hold {', '.join(absent)}. Compare its neighbours."
            )
        elif threshold.signed["value"] != threshold.value:
            faults.append(
                f"{paths.shown(path)}: {name}: the value {threshold.value} has not been signed; signed, or put forward"
                f" for it, is {threshold.signed['value']}. Have the change signed, then write it in both places."
            )
    if faults:
        raise DataError(faults)
    return {name: threshold.model_dump(exclude={"id"}) for name, threshold in found.items()}


@cache
def sources() -> dict[str, Source]:
    """Return every source by id, in the order of their names."""
    return _all(paths.SOURCES, load_source)


@cache
def indicators() -> dict[str, Indicator]:
    """Return every indicator by id, in the order of their names. Raises DataError where one is part of an unknown one."""
    found = _all(paths.INDICATORS, load_indicator)
    lost = [i for i in found.values() if i.part_of and i.part_of not in found]
    if lost:
        raise DataError(
            [f"{paths.shown(paths.INDICATORS / i.id)}.yml: part_of '{i.part_of}' is no indicator." for i in lost]
        )
    return found
