"""Places that bring their own evidence, with no public figure behind them: data/local/<slug>/pack.yml says which.

Only `place` and `fictional` are read here. A place of its own has a code that begins with X99; a pack of a locality
that has public figures names that locality by its GSS code, or names none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import paths, yaml_files
from .schemas import AREA_CODE, DataError

TOLD = "place: {code: X99000001, name: Northbeck, nation: none}, and fictional: true or false"


class Place(BaseModel):
    """What a pack says of a place of its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str = Field(default="", pattern=f"{AREA_CODE}|^$")
    name: str = Field(default="", pattern=r"^(\S(.{0,58}\S)?)?$")
    nation: Literal["none", "England", "Wales", "Scotland", "Northern Ireland"] = "none"


class Pack(BaseModel):
    """The part of a pack.yml that makes a place; the rest is read elsewhere."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    place: Place | None = None
    fictional: bool = Field(default=False, strict=True)


def read(folder: Path = paths.LOCAL) -> dict[str, Pack]:
    """Return {slug: pack} of the packs that bring a place of their own, by slug.

    Raises DataError that lists every pack that cannot be read, and every code that stands twice.
    """
    found, faults = {}, []
    for path in sorted(folder.glob("*/pack.yml")):
        try:
            pack = Pack.model_validate(yaml_files.read(path) or {})
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{paths.shown(path)}: cannot be read: {' '.join(str(error).split())}. Correct it.")
            continue
        except ValidationError as error:
            for fault in error.errors():
                key = ": ".join(str(part) for part in fault["loc"]) or "the file"
                faults.append(f"{paths.shown(path)}: {key}: {fault['msg']}. Write {TOLD}.")
            continue
        if pack.place is None or not pack.place.code.startswith("X99"):
            continue
        if not pack.place.name:
            faults.append(f"{paths.shown(path)}: place: a place of its own needs a name. Write {TOLD}.")
        same = [slug for slug, other in found.items() if other.place.code == pack.place.code]
        if same:
            faults.append(f"{paths.shown(path)}: place: {pack.place.code} is also the code of {same[0]}. Take another.")
        found[path.parent.name] = pack
    if faults:
        raise DataError(faults)
    return found
