"""Run the chapters of localities with papermill, several at once, and write the executed notebooks."""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import os
import re
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import jupytext
import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from . import fingerprints, paths, schemas
from .schemas import DataError

ENGINES = {"forked": "handbook", "kernel": None}
HERE = "this locality"  # the words in a chapter's title that the locality's name replaces


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


@cache
def text_of(path: Path) -> str:
    """Return a chapter's text as this process first read it: one that is saved meanwhile is run by the next build, for all."""
    return path.read_text(encoding="utf-8")


@cache
def source(path: Path) -> nbformat.NotebookNode:
    """Return a chapter as a notebook with stable cell ids. Raises DataError without a cell tagged `parameters`."""
    notebook = jupytext.reads(text_of(path), fmt="md")
    for position, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{position:02d}"
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    if not any("parameters" in c.metadata.get("tags", []) for c in notebook.cells):
        raise DataError(
            [f"{paths.shown(path)}: no cell has the tag `parameters`. Copy that cell from another chapter."]
        )
    return notebook


def parameter_names(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the names that the cell tagged `parameters` declares."""
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    return [n.target.id for n in ast.parse(cell.source).body if isinstance(n, ast.AnnAssign)]


def execute(
    path: Path, parameters: dict[str, str], name: str = "", engine_name: str = "forked"
) -> nbformat.NotebookNode:
    """Return a chapter run with `parameters`, without anything that changes from run to run.

    `name` replaces the words "this locality" in the title. Raises DataError for a parameter the chapter does not
    have, and PapermillExecutionError for a cell that fails.
    """
    notebook = deepcopy(source(path))
    declared = parameter_names(notebook)
    unknown = sorted(set(parameters) - set(declared))
    if unknown:
        raise DataError([f"{paths.shown(path)}: no parameter {', '.join(unknown)}. Use: {', '.join(declared)}."])
    parameters = {key: parameters[key] for key in declared if key in parameters}  # one order, so one text
    if name:
        title = next(c for c in notebook.cells if c.cell_type == "markdown" and c.source.startswith("# "))
        first, _, rest = title.source.partition("\n")
        title.source = f"{first.replace(HERE, _markdown(name))}\n{rest}".rstrip()
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with _options(engine_name) as options:
        done = papermill.execute_notebook(
            notebook,
            None,
            parameters=parameters,
            engine_name=ENGINES[engine_name],
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            **options,
        )
    skipped = [i for i, c in enumerate(done.cells) if c.cell_type == "code" and c.execution_count is None]
    if skipped:
        raise DataError([f"{paths.shown(path)}: cell {skipped[0]} was not run: an earlier one left the notebook."])
    return _stable(done, parameters)


@contextlib.contextmanager
def _options(engine_name: str) -> Iterator[dict]:
    """Yield what papermill is told besides: for a stock kernel, sockets of its own to be spoken to.

    Ports could be taken by another kernel that starts at the same moment, and so could files: without a folder of its
    own, a kernel takes the first free names in the working folder, and two of them would hear each other's messages.
    """
    if engine_name != "kernel":
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder:
        sockets = {"transport": "ipc", "ip": f"{folder}/socket"}
        yield {"config": Config({"KernelManager": sockets, "AsyncKernelManager": sockets})}


def _markdown(name: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|$#])", r"\\\1", escape(" ".join(name.split()), quote=False))


def _stable(notebook: nbformat.NotebookNode, parameters: dict[str, str]) -> nbformat.NotebookNode:
    """Take out what papermill and kernels add that differs from run to run."""
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell["id"] = "parameters-used"
            tags = ["injected-parameters", "remove-cell"]  # the page prints them in words
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    notebook.metadata.pop("papermill", None)
    notebook.metadata["handbook"] = {"parameters": dict(parameters)} | (
        {"private": paths.MARK} if paths.PRIVATE else {}
    )
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


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
    """Return {chapter: the text of its executed notebook}, whatever machine this is. Raises what `execute` raises."""

    def text(path: Path) -> str:
        return nbformat.writes(execute(path, parameters, name, engine_name)) + "\n"

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
    names, before, now = [], made("_pages"), {}
    common, code = fingerprints.common(paths.BUNDLES / "_common"), fingerprints.code()
    for path in sorted(paths.NOTEBOOKS.glob("[!0-9]*.md")):
        wanted = {key: value for key, value in parameters.items() if key in parameter_names(source(path))}
        name = path.stem.replace("_", "-")
        names.append(name)
        there, given = (
            target / f"{name}.ipynb",
            fingerprints.of(wanted, engine_name, common, code, text_of(path)),
        )
        if before.get(name) != [given, fingerprints.of_file(there)]:
            schemas.write_text(there, nbformat.writes(execute(path, wanted, "", engine_name)) + "\n")
        now[name] = [given, fingerprints.of_file(there)]
    note(now, "_pages")
    return names


def fault_of(error: Exception) -> str:
    """Return an error in one line, with its cell or the place in the code; it may be published, so without folders."""
    return " ".join(paths.without(_words(error)).split())


def _words(error: Exception) -> str:
    if isinstance(error, PapermillExecutionError):
        return f"cell {error.cell_index}: {error.ename}: {error.evalue}"
    if isinstance(error, DataError):
        return "; ".join(error.faults)
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
