"""Run the chapters of localities with papermill, several at once, and write the executed notebooks."""

from __future__ import annotations

import json
import os
import shutil
import traceback
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from . import fingerprints, paths, schemas
from .fingerprints import text_of
from .schemas import DataError


@dataclass(frozen=True)
class Rendered:
    """What became of one locality: how many notebooks were written anew, or what went wrong; how many were run."""

    slug: str
    written: int
    fault: str = ""
    run: int = 0


def chapters(folder: Path = paths.NOTEBOOKS) -> dict[str, Path]:
    """Return {chapter: its source} in the order of the numbers in their names.

    >>> list(chapters())[:2]
    ['overview', 'needs']
    """
    return {p.stem.partition("_")[2]: p for p in sorted(folder.glob("[0-9][0-9]_*.md"))}


def inputs(
    slug: str, name: str, parameters: dict[str, str], engine_name: str, common: dict[str, str]
) -> dict[str, str]:
    """Return {chapter: the hash of all that its notebook is made from}. `common`: fingerprints.common."""
    own = fingerprints.common(paths.BUNDLES / slug)
    code = fingerprints.code()
    return {
        chapter: fingerprints.of(
            name,
            parameters,
            engine_name,
            [read.get(part, "") for read in (common, own) for part in ("", chapter)],
            code,
            text_of(path),
        )
        for chapter, path in chapters().items()
    }


def made(slug: str) -> dict[str, list[str]]:
    """Return {chapter: [hash of what it was made from, hash of the notebook]} of the last time it was run."""
    path = paths.BUILD / "rendered" / f"{slug}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # never run, or cut short: then it is run now
        return {}


def note(now: dict[str, list[str]], slug: str) -> None:
    """Keep what `made` returns."""
    schemas.write_text(paths.BUILD / "rendered" / f"{slug}.json", json.dumps(now, indent=1) + "\n")


def locality(
    slug: str,
    name: str,
    parameters: dict[str, str],
    target: Path,
    engine_name: str = "forked",
    common: dict[str, str] | None = None,
    pool: Executor | None = None,
) -> Rendered:
    """Run the chapters of one locality that are due and write them, all or none. A fault is returned, not raised.

    A chapter is due when anything it is made from has changed, or its notebook is not the one it was made into.
    `pool` runs chapters at once; without it, one after the other.
    """
    try:
        wanted, due = plan(slug, name, parameters, target, engine_name, common)
        texts = run({c: chapters()[c] for c in due}, name, parameters, engine_name, pool)
    except Exception as error:
        return failed(slug, target, fault_of(error))  # the others go on
    return keep(slug, target, wanted, texts)


def plan(
    slug: str,
    name: str,
    parameters: dict[str, str],
    target: Path,
    engine_name: str,
    common: dict[str, str] | None = None,
) -> tuple[dict[str, str], list[str]]:
    """Return `inputs` of a locality, and the chapters that are due."""
    common = common or fingerprints.common(paths.BUNDLES / "_common")
    wanted, before = inputs(slug, name, parameters, engine_name, common), made(slug)
    folder = target / slug
    return wanted, [c for c in wanted if before.get(c) != [wanted[c], fingerprints.of_file(folder / f"{c}.ipynb")]]


def run(
    sources: dict[str, Path], name: str, parameters: dict[str, str], engine_name: str, pool: Executor | None = None
) -> dict[str, str]:
    """Return {chapter: the text of its executed notebook}. Raises what execution.execute raises."""
    from . import execution  # takes long to load; cli.build has it loaded while findings are worked out

    def text(path: Path) -> str:
        return execution.text(path, parameters, name, engine_name)

    return dict(zip(sources, (pool.map if pool else map)(text, sources.values()), strict=True))


def keep(slug: str, target: Path, wanted: dict[str, str], texts: dict[str, str]) -> Rendered:
    """Write the notebooks that were run, take away those of no chapter, and note what each was made from."""
    folder = target / slug
    written = sum(schemas.write_text(folder / f"{chapter}.ipynb", text) for chapter, text in texts.items())
    for stale in set(folder.glob("*.ipynb")) - {folder / f"{c}.ipynb" for c in wanted}:
        stale.unlink()
    note({c: [wanted[c], fingerprints.of_file(folder / f"{c}.ipynb")] for c in wanted}, slug)
    return Rendered(slug, written, run=len(texts))


def failed(slug: str, target: Path, fault: str) -> Rendered:
    """Take away the notebooks of a locality that failed: half-written or older pages must not stand for it."""
    shutil.rmtree(target / slug, ignore_errors=True)
    return Rendered(slug, 0, fault)


def pages(parameters: dict[str, str], engine_name: str = "forked", target: Path = paths.BOOK) -> list[str]:
    """Run the notebooks that are not of one locality (no number in the name), where due; return their names in the book."""
    from . import execution

    names, before, now = [], made("_pages"), {}
    common, code = fingerprints.common(paths.BUNDLES / "_common"), fingerprints.code()
    for path in sorted(paths.NOTEBOOKS.glob("[!0-9]*.md")):
        wanted = {
            key: value for key, value in parameters.items() if key in execution.parameter_names(execution.source(path))
        }
        name = path.stem.replace("_", "-")
        names.append(name)
        there, given = (
            target / f"{name}.ipynb",
            fingerprints.of(wanted, engine_name, common, code, text_of(path)),
        )
        if before.get(name) != [given, fingerprints.of_file(there)]:
            schemas.write_text(there, execution.text(path, wanted, "", engine_name))
        now[name] = [given, fingerprints.of_file(there)]
    note(now, "_pages")
    return names


def fault_of(error: Exception) -> str:
    """Return an error in one line, with its cell or the place in the code; it may be published, so without folders."""
    return " ".join(paths.without(_words(error)).split())


def _words(error: Exception) -> str:
    if isinstance(error, DataError):
        return "; ".join(error.faults)
    from papermill.exceptions import PapermillExecutionError  # loaded where something was run

    if isinstance(error, PapermillExecutionError):
        return f"cell {error.cell_index}: {error.ename}: {error.evalue}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"


def localities(
    places: list[tuple[str, str, str]],
    parameters: dict[str, str],
    target: Path = paths.BOOK / "localities",
    engine_name: str = "forked",
    workers: int | None = None,
) -> Iterator[Rendered]:
    """Yield the outcome of each locality as it is done. `places`: (area code, slug, name) each.

    The threads only wait: each notebook runs in a process of its own, so `workers` is the number of cores used, by as
    many localities or by the chapters of one. More localities are looked at than run, so that no core waits for one.
    """
    common, workers = fingerprints.common(paths.BUNDLES / "_common"), workers or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as notebooks, ThreadPoolExecutor(4 * workers) as pool:
        waiting = [
            pool.submit(locality, slug, name, {"area_code": code, **parameters}, target, engine_name, common, notebooks)
            for code, slug, name in places
        ]
        for future in as_completed(waiting):
            yield future.result()
