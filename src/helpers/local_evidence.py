"""What a locality's own pack says, worked out once for its bundle, and protected: rows of people never leave here.

An analysis is a module `helpers.<name>` with `results(pack) -> dict`: plain numbers and words for its pages, already
held to the rules of helpers.disclosure. It sees only the tables that this build may use, and `pack.withheld` names
those that it may not. It imports nothing that draws pages; its pages read `Evidence.local[<name>]`.
"""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np

from . import fingerprints, pack, paths, schemas
from .worked_out import Memory

ANALYSES = ("programmes", "integrity", "listening", "institutions", "barriers", "fast", "decisions")
SHORTEST = 12  # signs: a quotation shorter than this may stand in other words by chance


def analyses() -> dict[str, ModuleType]:
    """Return {name: module} of the analyses that are there."""
    names = [name for name in ANALYSES if find_spec(f"{__package__}.{name}")]
    return {name: importlib.import_module(f".{name}", __package__) for name in names}


def kept(slug: str, private: bool, code: str, memory: Memory) -> dict:
    """Return `of_place`, read and worked out again only where the pack, or what it is read by, has changed."""
    folder = paths.LOCAL / slug
    if not _supplied(folder):
        return {}
    read = [p for top in (folder, paths.INDICATORS, paths.REFERENCE) for p in paths.files(top)]
    return memory.call(_of_place, slug, private, code, fingerprints.of_files(read))


def _of_place(slug: str, private: bool, code: str, content: str) -> dict:
    """Return `of_place` as it is read from a file of JSON. `content`: the hash of what it is made from."""
    return json.loads(json.dumps(of_place(slug, private, code), default=str))


def of_place(slug: str, private: bool = False, code: str = "", folder: Path | None = None) -> dict:
    """Return what the pack of a locality says, as JSON; empty where it has no pack.

    `private`: use tables about people without an agreement too, which only a build of its own may ask for. `code`: the
    GSS code that the pack must name. Raises schemas.DataError for a fault in the pack, and for an analysis that would
    let out a row.
    """
    folder = (folder or paths.LOCAL) / slug
    if not _supplied(folder):
        return {}
    if private and not paths.PRIVATE:
        raise schemas.DataError(["A private build writes to a place of its own. Run: handbook build --private"])
    own = pack.read(folder)
    if code and own.code not in ("", code):
        what = f"'place': the code is {own.code}, and {slug} has {code}"
        raise schemas.DataError([f"{paths.shown(folder / pack.ABOUT)}: {what}. Correct it."])
    seen = own if private else own.public()
    found = {
        "private": private,
        "fictional": own.fictional,
        "prepared_on": own.prepared_on,
        "agreement": [entry for entry in own.agreement if own.has(entry["table"])],
        "supplied": [name for name in own.tables if own.has(name)],
        "withheld": [name for name in seen.withheld if own.has(name)],
        "shared_measures": seen.table("shared_measures").to_dict("records"),
        "burden": _burden(seen),
        "missing": {name: count for name, count in own.missing.items() if name.split(".")[0] in seen.tables},
    }
    for name, module in analyses().items():
        found[name] = plain(module.results(seen), name)
    _hold(found, own)
    return found


def _supplied(folder: Path) -> bool:
    """Return whether a folder holds anything of a pack."""
    return (folder / pack.ABOUT).exists() or any(p.stem in pack.TABLES for p in folder.glob("*"))


def _burden(own: pack.Pack) -> dict:
    return plain(pack.burden(own), "burden") if own.has("data_items") else {}


def plain(content: object, where: str = "") -> object:
    """Return content as JSON knows it: nan is None, and NumPy's numbers are Python's.

    Raises TypeError for a table or another object, which could carry rows along.

    >>> plain({"a": [np.float64(1.5), float("nan"), np.True_]})
    {'a': [1.5, None, True]}
    """
    if isinstance(content, dict):
        return {str(key): plain(value, f"{where}.{key}") for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [plain(value, where) for value in content]
    if isinstance(content, np.generic):
        content = content.item()
    if isinstance(content, float) and not math.isfinite(content):
        return None
    if content is None or isinstance(content, (str, int, float, bool)):
        return content
    raise TypeError(f"{where}: a {type(content).__name__} cannot go into a bundle; give numbers and words.")


def _hold(found: dict, own: pack.Pack) -> None:
    """Raise DataError where the words of somebody, or the id of a person, stand in what would leave."""
    secret_ids, quotes = set(), set()
    for name, frame in own.tables.items():
        for column in pack.TABLES[name].columns:
            if column.kind == "pseudonym":
                secret_ids |= set(frame[column.name])
            elif column.kind == "quote":
                quotes |= {" ".join(v.split()) for v in frame[column.name] if len(v) >= SHORTEST}
    secret_ids -= {""}
    for path, text in _texts(found):
        if text in secret_ids:
            raise schemas.DataError([f"local.json would hold the id of a person at {path}: the analysis must not."])
        if any(quote in text for quote in quotes):
            raise schemas.DataError([f"local.json would hold somebody's words at {path}: the analysis must not."])


def _texts(content: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (where it stands, text) of all texts in JSON, the keys too."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield path, key
            yield from _texts(value, f"{path}/{key}")
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value, path)
    elif isinstance(content, str):
        yield path, content
