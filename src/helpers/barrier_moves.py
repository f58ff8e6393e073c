"""What became of each rule that is in the way since the edition before: the moves of a redesign that takes years."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import editions, paths, schemas

KEPT = "barriers.json"
WATCHED = {"status": "where it stands", "due": "by when", "next_move": "next move", "owner": "owner"}
NEW, GONE = "newly in the register", "no longer in the register"


def compared(before: Sequence[Mapping], now: Sequence[Mapping]) -> list[dict]:
    """Return each change of a register as {barrier, rule, what, before, now}, by barrier; rows as in local.json.

    >>> old = [{"barrier": "b1", "rule": "Form 7", "status": "raised", "due": "2026-06-01"}]
    >>> [(m["what"], m["before"], m["now"]) for m in compared(old, [old[0] | {"status": "waived"}])]
    [('where it stands', 'raised', 'waived')]
    """
    was, are = ({row["barrier"]: row for row in rows} for rows in (before, now))
    moves = []
    for barrier in sorted(was.keys() | are.keys()):
        old, new = was.get(barrier), are.get(barrier)
        line = {"barrier": barrier, "rule": (new or old)["rule"]}
        if old is None or new is None:
            moves.append({**line, "what": NEW if old is None else GONE, "before": "", "now": ""})
            continue
        for key, what in WATCHED.items():
            pair = {"before": old.get(key, ""), "now": new.get(key, "")}
            if pair["before"] != pair["now"]:
                moves.append({**line, "what": what, **pair})
    return moves


def registers(bundles: Path = paths.BUNDLES) -> dict[str, list[dict]]:
    """Return {slug: the register as it is published} of all bundles that stand and hold one."""
    found = {}
    for path in sorted(bundles.glob("*/local.json")):
        rows = json.loads(path.read_text(encoding="utf-8")).get("barriers", {}).get("rows", [])
        if rows:
            found[path.parent.name] = [{k: row.get(k, "") for k in ("barrier", "rule", *WATCHED)} for row in rows]
    return found


def keep(folder: Path, bundles: Path = paths.BUNDLES) -> None:
    """Write the registers into the folder of a frozen edition."""
    schemas.write_text(folder / KEPT, json.dumps(registers(bundles), ensure_ascii=False, indent=1) + "\n")


def since(edition: str, slug: str, bundles: Path = paths.BUNDLES, folder: Path = editions.EDITIONS) -> list[dict]:
    """Return the moves of one place since a frozen edition; none where that edition kept no register at all."""
    path = folder / edition / KEPT
    if not path.exists():
        return []
    before = json.loads(path.read_text(encoding="utf-8")).get(slug, [])
    return compared(before, registers(bundles).get(slug, []))
