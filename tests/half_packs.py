"""Run every chapter's cells with packs that are empty or half filled; print what failed. Run with HANDBOOK_ROOT set."""

from __future__ import annotations

import dataclasses
import traceback
from unittest import mock

from helpers import evidence, execution, local_evidence, paths, render
from helpers.pack import Pack, read

PLACE = {"area_code": "E08000009", "edition": "2026-11-22"}


NEEDS = {
    "participants": ["programmes"],
    "ties": ["organisations"],
    "listening": ["sessions"],
    "fast": [],
    "barriers": [],
}


def variants(own: Pack):
    """Yield (name, pack): nothing in it, some tables alone with those that they refer to, and one row of each table."""
    yield "empty", dataclasses.replace(own, tables={})
    for name, needs in NEEDS.items():
        kept = {n: own.tables[n].head(400) for n in (name, *needs)}
        yield f"only {name}", dataclasses.replace(own, tables=kept)
    yield "one row", dataclasses.replace(own, tables={n: f.head(1) for n, f in own.tables.items() if n != "ties"})


def local(own: Pack) -> dict:
    """Return what local_evidence.of_place would, of a pack that is in memory."""
    with mock.patch("helpers.pack.read", return_value=own):
        return local_evidence.of_place("northbeck")


def main() -> None:
    whole = evidence.load(**PLACE)
    cells = {
        chapter: [c.source for c in execution.source(path).cells if c.cell_type == "code"]
        for chapter, path in render.chapters().items()
    }
    count = 0
    for name, own in variants(read(paths.LOCAL / "northbeck")):
        e = dataclasses.replace(whole, local=local(own))
        for chapter, sources in cells.items():
            space: dict = {}
            with mock.patch("helpers.evidence.load", return_value=e):
                for position, source in enumerate(sources):
                    try:
                        exec(compile(source, f"{chapter} cell {position}", "exec"), space)
                        count += 1
                    except Exception as error:  # all failures are told, not the first
                        last = traceback.extract_tb(error.__traceback__)[-1]
                        print(f"FAILED {name}: {chapter} cell {position}: {error!r} ({last.filename}:{last.lineno})")
    print(f"{count} cells run")


if __name__ == "__main__":
    main()
