"""Measure the handbook against plain papermill and plain Jupyter Book, in one run, side by side.

Run it with `make bench` (about two hours on 2 idle cores), or in part, with sizes where a part has them:
`python tests/bench.py execution book=20,40 growth=10,40 cluster=10`. It prints Markdown tables and writes each to
its section of tests/benchmark.md, and into the README between the marks that name a part. It is not a test: timings differ between machines, so read the ratios.
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
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path

import psutil

import bench_cluster
from helpers import geography, paths, render, settings
from repository import copy_of_repository, synthetic_localities

ROUNDS = 3
CHAPTERS = len(render.chapters())
CHANGED = ("trafford", "dfe-lait.csv", "low_birth_weight", "E08000009")  # a locality, and a figure of it
REPORT = paths.ROOT / "tests" / "benchmark.md"
QUOTED = r"(<!-- bench: {part} -->\n)(.*?)(\n<!-- end -->)"


def memory(process: psutil.Process) -> int:
    """Return the bytes that a process and all its descendants hold, shared pages divided among them (PSS)."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):  # it has just ended
            total += one.memory_full_info().pss
    return total


def measure(root: Path, command: list[str], look: bool = True) -> tuple[float, float, str]:
    """Return seconds, peak megabytes of all processes and what was printed, for one run of a command in `root`.

    Without `look` memory is not looked at, which takes time from what is measured: a tenth at most.
    """
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "COLUMNS": "200"}
    if (root / "src").exists():
        environment["PYTHONPATH"] = f"{root / 'src'}:{Path(__file__).parent}"  # one code for all, whatever is edited
    start, peak = time.monotonic(), 0
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, cwd=root, env=environment, **streams)
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read()))
    reader.start()
    tree = psutil.Process(process.pid)
    while look and process.poll() is None:
        looked = time.monotonic()
        with contextlib.suppress(psutil.Error):
            peak = max(peak, memory(tree))
        time.sleep(max(0.3, 10 * (time.monotonic() - looked)))  # looking takes time from what is measured
    failed, taken = process.wait(), time.monotonic() - start
    reader.join()
    if failed:
        sys.exit("".join(said))
    return taken, peak / 1e6, "".join(said)


def handbook(root: Path, *arguments: str, look: bool = True) -> tuple[float, float, str]:
    return measure(root, [sys.executable, "-m", "helpers", *arguments], look)


def python(root: Path, function: str, *arguments: str) -> float:
    """Return the seconds that a function of this file took in a process of its own, without its imports."""
    return float(measure(root, [sys.executable, __file__, "--inner", function, *arguments])[2].split()[-1])


def places(number: int | None = None) -> list[str]:
    """Return the slugs of localities, spread evenly over the register."""
    slugs = geography.register().localities["slug"].tolist()
    return slugs if number is None else slugs[:: max(1, len(slugs) // number)][:number]


# --- what is compared, each in a process of its own ---------------------------------------------------------------


def one_at_a_time(*slugs: str) -> None:
    handbooks_way(*slugs, workers=1)


def loads(*slugs: str) -> float:
    """Return the median seconds in which a chapter loads a bundle; the first is left out."""
    from helpers import evidence, warm  # noqa: F401

    taken = []
    for slug in (slugs[0], *slugs):
        start = time.perf_counter()
        evidence.load(geography.register().resolve(slug), **settings.load())
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def variations(*slugs: str) -> float:
    """Return the median processor seconds in which all variations of a locality's findings are worked out; the first is left out."""
    from helpers import evidence, stability, warm  # noqa: F401

    taken = []
    for slug in (slugs[0], *slugs):
        e = evidence.load(geography.register().resolve(slug), **settings.load())
        start = time.process_time()
        stability.of(e)
        taken.append(time.process_time() - start)
    return statistics.median(taken[1:])


def networks() -> float:
    """Return the seconds in which a thousand networks of forty organisations and their 120 ties are worked out."""
    import networkx as nx

    from helpers import network

    ties = nx.to_numpy_array(nx.gnm_random_graph(40, 120, seed=2))
    start = time.perf_counter()
    network.standing(ties)
    return time.perf_counter() - start


def small_notebook() -> float:
    """Return the seconds in which plain papermill runs a notebook that loads pandas and Altair and draws one chart."""
    import nbformat
    import papermill

    code = [
        "import altair, pandas",
        'altair.Chart(pandas.DataFrame({"x": [1, 2], "y": [3, 4]})).mark_line().encode(x="x", y="y")',
    ]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in code], metadata=about)
    start = time.perf_counter()
    papermill.execute_notebook(notebook, None, progress_bar=False)
    return time.perf_counter() - start


def handbooks_way(*slugs: str, workers: int = 0) -> None:
    """All chapters of the places, as `handbook render` runs them."""
    from helpers.cli import build, shared

    shutil.rmtree(paths.BUILD / "rendered", ignore_errors=True)
    shutil.rmtree(paths.BOOK / "localities", ignore_errors=True)
    with contextlib.redirect_stdout(io.StringIO()):
        shared.out.file = io.StringIO()
        failed = build._render(shared.chosen(" ".join(slugs)), shared.parameters("", "", ""), "forked", workers)
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

    from helpers import engine, execution, render, warm  # noqa: F401

    folder = Path(tempfile.mkdtemp())
    streams = sys.stdout, sys.stderr
    shell, outputs = engine._shell()
    for slug in slugs:
        code = geography.register().resolve(slug)
        for chapter, path in render.chapters().items():
            notebook = deepcopy(execution.source(path))
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


def in_turn(ways: dict[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Return the seconds of each way in every round: one after the other, so that what else the machine does falls on all."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(way())
    return taken


def execution(few: int = 3, more: int = 20) -> str:
    """Execution: this project, a plain papermill loop, and the limit; seconds a notebook and ratios, medians."""
    few_slugs, slugs = places(few), places(more)
    with tempfile.TemporaryDirectory() as name:
        root = copy_of_repository(Path(name))
        handbook(root, "bundle", "--only", " ".join({*few_slugs, *slugs}))
        each, each_plain = more * CHAPTERS, few * CHAPTERS
        taken = in_turn(
            {
                f"this project, one notebook a core ({os.cpu_count()})": lambda: (
                    python(root, "handbooks_way", *slugs) / each
                ),
                "this project, one notebook at a time": lambda: python(root, "one_at_a_time", *slugs) / each,
                "the same cells in one warm interpreter, and writing the notebooks (the limit)": lambda: (
                    python(root, "limit", *slugs) / each
                ),
                "a plain papermill loop": lambda: python(root, "plain_papermill", *few_slugs) / each_plain,
            }
        )
        loads = [python(root, "loads", *slugs) for _ in range(ROUNDS)]
        drawn = statistics.median(python(root, "networks") for _ in range(ROUNDS))
        varied = statistics.median(python(root, "variations", *slugs) for _ in range(ROUNDS))
    middle = {name: statistics.median(t) for name, t in taken.items()}
    own, _, best, plain = middle.values()
    lines = [
        f"| execution, {more} localities x {CHAPTERS} chapters | seconds a notebook | lowest to highest |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {middle[name]:.3f} | {min(t):.3f} to {max(t):.3f} |" for name, t in taken.items()]
    lines += [
        "",
        f"The plain loop ran {few} of the localities. This project is {plain / own:.1f} times as fast as it, and takes"
        f" {own / best:.2f} times the limit. A chapter loads its bundle in {1000 * statistics.median(loads):.1f} ms."
        f" The variations of a locality's findings take {varied:.2f} s,"
        f" and a thousand networks of forty organisations {drawn:.2f} s.",
    ]
    return "\n".join(lines)


def book(*sizes: int) -> str:
    """Jupyter Book: this project against default settings at several sizes, and how each grows."""
    lines = ["| the book alone | pages | this project | default settings | times as fast |", "|---|---|---|---|---|"]
    grown: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        root = copy_of_repository(Path(name))
        if paths.PICTURES.exists():  # they are drawn beforehand and not measured here, so those at hand will do
            shutil.copytree(paths.PICTURES, root / paths.PICTURES.relative_to(paths.ROOT))
        for number in sizes or (20, 40, 80, 160):
            slugs = places(number)
            only = " ".join(slugs)
            handbook(root, "build", "--only", only)  # pictures are drawn here, and kept

            def own(only=only) -> float:
                shutil.rmtree(root / "book" / "_build")
                return handbook(root, "book", "--only", only)[0]

            # the default takes minutes, and a quarter of an hour at 160: once is enough where it is long
            taken = in_turn(
                {"own": own, "plain": lambda slugs=slugs: plain_book(root, slugs)}, ROUNDS if number < 50 else 1
            )
            ours, plain = (statistics.median(t) for t in taken.values())
            grown.append((ours, plain))
            pages = number * CHAPTERS
            lines.append(f"| {number} localities | {pages:,} | {ours:.0f} s | {plain:.0f} s | {plain / ours:.1f} |")
            print(lines[-1], flush=True)
    for (before, plain_before), (after, plain_after), number in zip(
        grown, grown[1:], (sizes or (20, 40, 80, 160))[1:], strict=False
    ):
        lines += [
            "",
            f"To {number} localities: this project takes {after / before:.2f} times as long, the default {plain_after / plain_before:.2f} times.",
        ]
    return "\n".join(lines)


def growth(*sizes: int) -> str:
    """The whole build at several sizes: seconds; again with nothing changed; with one figure changed; peak memory."""
    lines = [
        "| localities | pages | whole build, from nothing | nothing changed | one figure changed | in small notebooks"
        " | its pages | peak memory | search index |"
    ]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    smalls: list[float] = []
    everyone = len(geography.register().localities)
    for number in sizes or (10, 40, 153, everyone, 1000):
        with tempfile.TemporaryDirectory() as name:
            root = copy_of_repository(Path(name))
            if number > everyone:
                synthetic_localities(root, number)
            chosen = list(dict.fromkeys([CHANGED[0], *places(number)]))[:number]
            only = " ".join(chosen) if number < everyone else ""  # all: also the places that packs bring
            seconds, peak, said = handbook(root, "build", "--only", only)
            again = [handbook(root, "build", "--only", only, look=False)[0] for _ in range(ROUNDS)]
            one, small, changed = [], [], 0
            for _ in range(ROUNDS):
                before = {p: p.stat().st_mtime_ns for p in (root / "book" / "_build" / "html").rglob("*.html")}
                change_a_figure(root, *CHANGED[1:])
                one.append(handbook(root, "build", "--only", only, look=False)[0])
                changed = sum(p.stat().st_mtime_ns != then for p, then in before.items())
                small.append(python(root, "small_notebook"))
            smalls += small
            change_a_figure(root, *CHANGED[1:])
            peak = max(peak, handbook(root, "build", "--only", only)[1])
            index = (root / "book" / "_build" / "html" / "searchindex.js").stat().st_size / 1e6
            pages = re.search(r"The book has ([\d,]+) pages", said)[1]
        kind = f"{number:,} (made up)" if number > everyone else f"{number}"
        lines.append(
            f"| {kind} | {pages} | {seconds:.0f} s | {statistics.median(again):.1f} s | {statistics.median(one):.1f} s"
            f" | {statistics.median(one) / statistics.median(small):.1f} | {changed} | {peak:,.0f} MB | {index:.2f} MB |"
        )
        print(lines[-1], flush=True)
    lines += [
        "",
        f"The figure: {CHANGED[2]} of {CHANGED[0]}. 'Its pages': how many pages were written anew. 'In small notebooks':"
        " as many notebooks, each of which loads pandas and Altair and draws one chart, plain papermill runs in that time."
        f" It took {statistics.median(smalls):.1f} s for one ({min(smalls):.1f} to {max(smalls):.1f}), in turns with the"
        " changed figures: a rough measure between machines. The search index is loaded by the search page alone.",
    ]
    return "\n".join(lines)


def change_a_figure(root: Path, file: str, indicator: str, area_code: str) -> None:
    """Add a hundredth to the oldest value of an indicator of one locality, and drop the limits that no longer fit it."""
    path = root / "data" / "figures" / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{indicator},{area_code},") and line.split(",")[3])
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:3], f"{1.01 * float(cells[3]):.6g}", "", "", *cells[6:]])
    path.write_text("".join(lines), encoding="utf-8")


def cluster(number: int = 20) -> str:
    """The same chapters through Dask on this machine: one worker, two, and tasks that do nothing."""
    return bench_cluster.measured(number, ROUNDS)


def quote(measured: dict[str, str], file: Path = paths.ROOT / "README.md") -> None:
    """Put what was measured where the README quotes it: between marks that name the part."""
    text = file.read_text(encoding="utf-8")
    for part, said in measured.items():
        text = re.sub(
            QUOTED.format(part=part), lambda found, said=said: f"{found[1]}{said}{found[3]}", text, flags=re.S
        )
    file.write_text(text, encoding="utf-8")


def kept(measured: dict[str, str], file: Path = REPORT) -> None:
    """Put what was measured into the report, a section each; what is there of other parts stays."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    sections = dict(re.findall(r"^## (\w+)\n\n(.*?)\n(?=\n## |\Z)", before, re.S | re.M)) | measured
    file.write_text("\n".join(f"## {part}\n\n{said}\n" for part, said in sections.items()), encoding="utf-8")


def about(part: str, load: float) -> str:
    """Return where, how and when a part was measured, in words."""
    busy = f" The machine was busy with other work (load {load:.0f} when this began), so read the ratios." * (load > 1)
    once = {"book": " Above 50 localities each ran once.", "growth": " The whole build from nothing ran once."}
    memory = (
        " Peak memory is that of all processes together, shared pages counted once; it was looked at in the build from"
        " nothing, and in one more with a changed figure."
    ) * part.startswith("growth")
    return (
        f"Measured by `tests/bench.py {part}` on {date.today()}: {os.cpu_count()} cores, {platform.system()}, Python"
        f" {platform.python_version()}, medians of {ROUNDS}.{once.get(part.partition('=')[0], '')}{memory}{busy}"
    )


def main(parts: list[str]) -> None:
    for part in parts or ["execution", "book", "growth", "cluster"]:
        name, _, sizes = part.partition("=")
        load = os.getloadavg()[0]
        said = globals()[name](*map(int, filter(None, sizes.split(","))))
        said = f"{said}\n\n{about(part, load)}"
        print(said, flush=True)
        kept({name: said})
        quote({name: said})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inner"]:
        start = time.monotonic()
        said = globals()[sys.argv[2]](*sys.argv[3:])
        print(time.monotonic() - start if said is None else said)
    else:
        main(sys.argv[1:])
