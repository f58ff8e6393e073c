"""Measure the handbook against plain papermill and plain Jupyter Book, in one run, side by side.

Run it with `make bench` (about half an hour on 2 cores), or in part: `python tests/bench.py execution book growth`.
It prints Markdown tables and writes them to tests/benchmark.md, which the README quotes. It is not a test: timings
differ between machines, so read the ratios.
"""

from __future__ import annotations

import contextlib
import io
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from copy import deepcopy
from pathlib import Path

import psutil

from helpers import geography, paths
from repository import copy_of_repository, synthetic_localities

ROUNDS = 3
REPORT = paths.ROOT / "tests" / "benchmark.md"


def memory(process: psutil.Process) -> int:
    """Return the bytes that a process and all its descendants hold, shared pages divided among them (PSS)."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):  # it has just ended
            total += one.memory_full_info().pss
    return total


def measure(root: Path, command: list[str]) -> tuple[float, float, str]:
    """Return seconds, peak megabytes of all processes and what was printed, for one run of a command in `root`."""
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200"}
    start, peak = time.monotonic(), 0
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, cwd=root, env=environment, **streams)
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read()))
    reader.start()
    tree = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            peak = max(peak, memory(tree))
        time.sleep(0.3)
    reader.join()
    if process.wait():
        sys.exit("".join(said))
    return time.monotonic() - start, peak / 1e6, "".join(said)


def handbook(root: Path, *arguments: str) -> tuple[float, float, str]:
    return measure(root, [sys.executable, "-m", "helpers", *arguments])


def python(root: Path, function: str, *arguments: str) -> float:
    """Return the seconds that a function of this file took in a process of its own, without its imports."""
    return float(measure(root, [sys.executable, __file__, "--inner", function, *arguments])[2].split()[-1])


def places(number: int | None = None) -> list[str]:
    """Return the slugs of localities, spread evenly over the register."""
    slugs = geography.register().localities["slug"].tolist()
    return slugs if number is None else slugs[:: len(slugs) // number][:number]


# --- what is compared, each in a process of its own ---------------------------------------------------------------


def handbooks_way(*slugs: str) -> None:
    """All chapters of the places, as `handbook render` runs them."""
    from helpers.cli import build, shared

    shutil.rmtree(paths.BUILD / "rendered", ignore_errors=True)
    shutil.rmtree(paths.BOOK / "localities", ignore_errors=True)
    with contextlib.redirect_stdout(io.StringIO()):
        shared.out.file = io.StringIO()
        failed = build._render(shared.chosen(" ".join(slugs)), shared.parameters("", "", ""), "forked", 0)
    assert not failed, failed


def plain_papermill(*slugs: str) -> None:
    """A loop over places and chapters that calls papermill as its manual does."""
    import jupytext
    import papermill

    from helpers import render

    folder = Path(tempfile.mkdtemp())
    for chapter, path in render.chapters().items():
        jupytext.write(jupytext.read(path), folder / f"{chapter}.ipynb")
    for slug in slugs:
        code = geography.register().resolve(slug)
        for chapter in render.chapters():
            output = str(folder / f"{slug}-{chapter}.ipynb")
            parameters = {"area_code": code}
            papermill.execute_notebook(str(folder / f"{chapter}.ipynb"), output, parameters, progress_bar=False)
    shutil.rmtree(folder)


def limit(*slugs: str) -> None:
    """The same cells in one warm interpreter, and writing the notebooks: no isolation, no second process."""
    import nbformat

    from helpers import engine, render, warm  # noqa: F401

    folder = Path(tempfile.mkdtemp())
    streams = sys.stdout, sys.stderr
    shell, outputs = engine._shell()
    for slug in slugs:
        code = geography.register().resolve(slug)
        for chapter, path in render.chapters().items():
            notebook = deepcopy(render.source(path))
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    outputs.clear()
                    shell.run_cell(cell.source)
                    if "parameters" in cell.metadata.get("tags", []):
                        shell.user_ns["area_code"] = code
                    cell.outputs = [nbformat.from_dict(o) for o in outputs]
                    assert not any(o["output_type"] == "error" for o in outputs), outputs
            (folder / f"{slug}-{chapter}.ipynb").write_text(nbformat.writes(notebook))
    sys.stdout, sys.stderr = streams
    shutil.rmtree(folder)


def plain_book(root: Path, slugs: list[str]) -> float:
    """Return the seconds of `jupyter-book build` with default settings over the same notebooks, in the same order."""
    folder = root / "plain"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "localities").mkdir(parents=True)
    for slug in slugs:
        shutil.copytree(root / "book" / "localities" / slug, folder / "localities" / slug)
    toc = (root / "book" / "_toc.yml").read_text()
    kept = [line for line in toc.splitlines() if "localities/" in line or "sections:" in line or "regions/" in line]
    (folder / "_toc.yml").write_text("\n".join(["format: jb-book", "root: index", "chapters:", *kept]) + "\n")
    (folder / "index.md").write_text("# Index\n")
    for region in re.findall(r"regions/([\w-]+)", toc):
        (folder / "regions").mkdir(exist_ok=True)
        (folder / "regions" / f"{region}.md").write_text(f"# {region}\n")
    (folder / "_config.yml").write_text(
        'title: Plain\nexecute: {execute_notebooks: "off"}\nonly_build_toc_files: true\n'
    )
    tool = str(Path(sys.executable).parent / "jupyter-book")
    return measure(folder, [tool, "build", "."])[0]


# --- the tables -----------------------------------------------------------------------------------------------------


def execution() -> str:
    """Execution: this project, a plain papermill loop, and the limit; seconds a notebook and ratios, medians."""
    few, more = places(4), places(40)
    with tempfile.TemporaryDirectory() as name:
        root = copy_of_repository(Path(name))
        handbook(root, "bundle", "--only", " ".join([*few, *more]))
        ours = [python(root, "handbooks_way", *more) / len(more) / 6 for _ in range(ROUNDS)]
        best = [python(root, "limit", *more) / len(more) / 6 for _ in range(ROUNDS)]
        plain = [python(root, "plain_papermill", *few) / len(few) / 6 for _ in range(ROUNDS)]
    rows = [("this project, one process a core", ours), ("one warm interpreter, no isolation (the limit)", best)]
    rows += [("plain papermill, one after another", plain)]
    own = statistics.median(ours)
    lines = ["| execution | seconds a notebook | times this project |", "|---|---|---|"]
    lines += [f"| {name} | {statistics.median(t):.3f} | {statistics.median(t) / own:.1f} |" for name, t in rows]
    return "\n".join(lines)


def book() -> str:
    """Jupyter Book: this project against default settings at two sizes, and how each grows."""
    lines = ["| book | pages | this project | default settings | times |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as name:
        root = copy_of_repository(Path(name))
        for number in (20, 40, None):
            slugs = places(number)
            only = " ".join(slugs) if number else ""
            handbook(root, "build", "--only", only)
            ours = []
            for _ in range(ROUNDS):
                shutil.rmtree(root / "book" / "_build")
                ours.append(handbook(root, "book", "--only", only)[0])
            plain = plain_book(root, slugs)  # once: it takes minutes
            own = statistics.median(ours)
            lines.append(
                f"| {len(slugs)} localities | {len(slugs) * 6} | {own:.0f} s | {plain:.0f} s | {plain / own:.1f} |"
            )
    return "\n".join(lines)


def growth() -> str:
    """The whole build at several sizes: seconds, again with nothing changed, and peak memory of all processes."""
    lines = ["| localities | pages | whole build | again, nothing changed | peak memory |", "|---|---|---|---|---|"]
    for number in (10, 40, 218, 1000):
        with tempfile.TemporaryDirectory() as name:
            root = copy_of_repository(Path(name))
            if number > 218:
                synthetic_localities(root, number)
            only = " ".join(places(number)) if number < 218 else ""
            seconds, peak, said = handbook(root, "build", "--only", only)
            again, _, _ = handbook(root, "build", "--only", only)
            pages = re.search(r"The book has ([\d,]+) pages", said)[1]
        kind = f"{number:,} (made up)" if number > 218 else f"{number}"
        lines.append(f"| {kind} | {pages} | {seconds:.0f} s | {again:.1f} s | {peak:,.0f} MB |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main(parts: list[str]) -> None:
    told = [
        f"Measured on {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; medians of {ROUNDS}."
    ]
    for part in parts or ["execution", "book", "growth"]:
        told.append(globals()[part]())
        print(told[-1], flush=True)
    REPORT.write_text("\n\n".join(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inner"]:
        start = time.monotonic()
        globals()[sys.argv[2]](*sys.argv[3:])
        print(time.monotonic() - start)
    else:
        main(sys.argv[1:])
