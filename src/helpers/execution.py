"""Run one chapter with papermill, from its text to a notebook in which nothing differs from run to run.

Loading jupytext and papermill takes a fifth of the time in which a build loads all it needs, so render.py, which decides
what is due, imports this only where something is.
"""

from __future__ import annotations

import ast
import contextlib
import logging
import re
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from html import escape
from pathlib import Path

import jupytext
import nbformat
import papermill
from traitlets.config import Config

from . import paths
from .errors import DataError
from .fingerprints import text_of

ENGINES = {"forked": "handbook", "kernel": None}
HERE = "this locality"  # the words in a chapter's title that the locality's name replaces


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


def text(path: Path, parameters: dict[str, str], name: str = "", engine_name: str = "forked") -> str:
    """Return the text of the notebook that `execute` returns, whatever machine this is."""
    return nbformat.writes(execute(path, parameters, name, engine_name)) + "\n"


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
