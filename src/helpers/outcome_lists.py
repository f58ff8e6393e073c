"""Two open lists about outcomes: what is done, comes of it and costs, theme by theme; and the Local Outcomes Framework."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from . import paths, yaml_files
from .catalogue import THEMES, Indicator
from .schemas import DataError

COLUMNS = ("activity", "outcome", "cost")
PRIORITY_OUTCOMES = 16
THREE, FRAMEWORK = "activities_outcomes_costs.yml", "local_outcomes_framework.yml"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Record):
    """One cell: an indicator, or why there is none."""

    indicator: str = ""
    why: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Cell:
        if bool(self.indicator) == bool(self.why):
            raise ValueError("give either indicator, or why there is none")
        return self


class Row(_Record):
    """What is done in a theme, what comes of it, and what it costs."""

    activity: Cell
    outcome: Cell
    cost: Cell


class Priority(_Record):
    """One priority outcome of the framework, in our own words."""

    name: str = Field(min_length=5)
    name_basis: Literal["read", "draft", "announced", "to check"]
    about: str = Field(min_length=20)
    indicators: tuple[str, ...]
    missing: tuple[str, ...]


class Framework(_Record):
    """The Local Outcomes Framework, and what this handbook has on it."""

    title: str
    publisher: str
    landing_page: str = Field(pattern=r"^https://")
    published: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    checked: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    note: str = Field(min_length=20)
    outcomes: tuple[Priority, ...] = Field(min_length=PRIORITY_OUTCOMES, max_length=PRIORITY_OUTCOMES)


def three(indicators: dict[str, Indicator], path: Path = paths.REFERENCE / THREE) -> dict[str, dict]:
    """Return for each theme the cells activity, outcome and cost. Raises DataError for an unknown theme, key or indicator."""
    content = yaml_files.read(path)
    unknown = [theme for theme in content if theme not in THEMES]
    if unknown:
        raise DataError(
            [f"{paths.shown(path)}: theme '{t}' is not known. Use one of: {', '.join(THEMES)}." for t in unknown]
        )
    rows = {theme: _checked(Row, record, path, theme) for theme, record in content.items()}
    named = [(t, getattr(row, c).indicator) for t, row in rows.items() for c in COLUMNS if getattr(row, c).indicator]
    _known(named, indicators, path)
    return {theme: row.model_dump() for theme, row in rows.items()}


def framework(indicators: dict[str, Indicator], path: Path = paths.REFERENCE / FRAMEWORK) -> dict:
    """Return the framework as a record. Raises DataError for an unknown key or indicator, or another number of outcomes."""
    found = _checked(Framework, yaml_files.read(path), path, "")
    _known([(o.name, i) for o in found.outcomes for i in o.indicators], indicators, path)
    return found.model_dump()


def _checked(model: type[_Record], record: object, path: Path, where: str):
    try:
        return model.model_validate(record)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            place = ".".join(str(p) for p in (*([where] if where else []), *fault["loc"]))
            faults.append(f"{paths.shown(path)}: '{place}': {fault['msg']}. Compare it with its neighbours.")
        raise DataError(faults) from None


def _known(named: list[tuple[str, str]], indicators: dict[str, Indicator], path: Path) -> None:
    faults = [
        f"{paths.shown(path)}: '{where}': there is no indicator '{name}' in data/indicators. Write one that there is."
        for where, name in named
        if name not in indicators
    ]
    if faults:
        raise DataError(faults)
