"""pack.yml: which place, whether it is made up, and what the data controller agreed to."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from .. import guard, schemas, yaml_files

NAME = "pack.yml"
AGREEMENT = ("table", "who", "role", "when", "for_what")


def read(folder: Path) -> tuple[dict, list[str]]:
    """Return what pack.yml says, in the shapes that it must have, and its faults."""
    path = folder / NAME
    if not path.exists():
        return {}, [f"{NAME}: the file is missing. Run 'handbook new-pack {folder.name}' to get one, and fill it in."]
    try:
        given = yaml_files.read(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        row = f" line {line + 1}:" if line is not None else ""
        return {}, [f"{NAME}:{row} it cannot be read. Keep the spaces at the start of lines as in the template."]
    faults, out = [], {}

    def fault(key: str, what: str, remedy: str) -> None:
        faults.append(f"{NAME}: '{key}': {what}. {remedy}")

    if not isinstance(given, dict):
        return {}, [f"{NAME}: it is not a list of names and values. Keep the form of the template."]
    for key in given:
        if key not in ("place", "fictional", "prepared_on", "agreement"):
            fault(str(key)[:30], "the word is not known", "Use place, fictional, prepared_on, agreement.")
    place = given.get("place") or {}
    if not isinstance(place, dict) or not all(isinstance(v, str) for v in place.values()):
        fault("place", "it is not a list of names and texts", "Write code, name and nation, or leave it out.")
        place = {}
    out["place"] = place
    for key in set(place) - {"slug", "code", "name", "nation"}:
        fault("place", f"'{key[:30]}' is not known", "Write code, name and nation.")
    if place and not re.match(schemas.AREA_CODE, place.get("code", "")):
        fault("place", "the code is not a GSS code", "Write it as E08000009; 'handbook list' shows them all.")
    if place.get("slug", folder.name) != folder.name:
        fault("place", f"the slug is not the name of the folder, {folder.name}", "Make them the same.")
    if not isinstance(given.get("fictional"), bool):
        fault("fictional", "it is neither true nor false", "Write 'fictional: false' for a real place.")
    out["fictional"] = given.get("fictional")
    if given.get("prepared_on") and not re.match(schemas.DAY, str(given["prepared_on"])):
        fault("prepared_on", "it is not a day", "Write it as 2025-04-23.")
    out["prepared_on"] = given.get("prepared_on") or ""
    entries = given.get("agreement") or []
    if not isinstance(entries, list):
        entries = [None]
    out["agreement"] = []
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or set(entry) != set(AGREEMENT) or not all(entry.values()):
            fault("agreement", f"entry {number} does not have just {', '.join(AGREEMENT)}", "Fill in all of them.")
            continue
        if not re.match(schemas.DAY, str(entry["when"])):
            fault("agreement", f"entry {number}: 'when' is not a day", "Write it as 2025-04-23.")
        out["agreement"].append({k: str(v) for k, v in entry.items()})
        if given.get("fictional") is True and "made up" not in str(entry["who"]):
            fault(
                "agreement", f"entry {number}: nobody can agree for a made-up place", "Write '(made up)' after 'who'."
            )
        for word in ("role", "for_what"):
            for said in guard.faults(str(entry[word])):
                fault("agreement", f"entry {number}: '{word}' holds {said}", "Name a post and a body, not a person.")
    return out, faults
