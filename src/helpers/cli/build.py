"""Commands that build and show the book: bundle | render | book | build | verify | serve."""

from __future__ import annotations

import functools
import http.server
import importlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from .. import (
    audit,
    beforehand,
    bundles,
    cluster,
    findings,
    fingerprints,
    paths,
    pictures,
    render,
    since,
    sources,
    unchanged,
)
from .. import book as site
from .. import engine as engine_module
from .. import private as private_build
from ..schemas import DataError
from .shared import (
    BaseYear,
    ComparatorSet,
    Edition,
    Engine,
    Only,
    Packs,
    Scheduler,
    Workers,
    app,
    chosen,
    err,
    locked,
    out,
    parameters,
    progress,
    told,
)


@app.command()
@told
@locked
def bundle(only: Only = "", edition: Edition = ""):
    """Write the bundle of each locality: all that its chapters read.

    Example: handbook bundle --only trafford
    """
    _bundle(chosen(only), parameters(edition, "", ""))


def _bundle(places, values: dict[str, str]) -> None:
    with progress("Bundles ") as bar:
        task = bar.add_task("", total=len(places), rate="")
        for _ in bundles.build([code for code, _, _ in places], values["edition"]):
            bar.advance(task)
    with progress("Findings") as bar:
        task = bar.add_task("", total=len(places), rate="")
        for _ in findings.write([(code, slug) for code, slug, _ in places], values, _execution):
            bar.advance(task)
    since.write([(code, slug) for code, slug, _ in places], values)
    audit.check(values["edition"], slugs={slug for _, slug, _ in places})  # another build may have left more


def _execution():
    """Load what runs chapters, which takes long: where nothing is due, or while something else is worked out."""
    return importlib.import_module("helpers.execution")


@app.command("render")
@told
@locked
def render_(
    only: Only = "",
    edition: Edition = "",
    comparator_set: ComparatorSet = "",
    price_base_year: BaseYear = "",
    engine: Engine = "forked",
    workers: Workers = 0,
    scheduler: Scheduler = "",
    to: Annotated[Path, typer.Option(help="Where to write the notebooks.")] = paths.BOOK / "localities",
):
    """Run the chapters of each locality from its bundle; write the executed notebooks.

    Example: handbook render --only "trafford E06000001" --workers 2
    """
    values = parameters(edition, comparator_set, price_base_year)
    failed = _render(chosen(only), values, engine, workers, scheduler, to)
    raise typer.Exit(1 if failed else 0)


def _render(
    places,
    parameters: dict[str, str],
    engine: str,
    workers: int,
    scheduler: str = "",
    to: Path = paths.BOOK / "localities",
) -> dict[str, str]:
    """Render with a progress bar; return {slug: fault} of the localities that failed, after printing them."""
    if engine not in (known := _execution().ENGINES):
        raise DataError([f"--engine '{engine}' is not known. Use one of: {', '.join(known)}."])
    if engine == "forked" and not engine_module.available():
        out.print(
            "This system cannot fork from a server: a stock kernel is started for each notebook, which is slower."
        )
        engine = "kernel"
    if scheduler:
        outcomes = cluster.localities(places, parameters, scheduler, to, engine)
    else:
        outcomes = render.localities(places, parameters, to, engine, workers or None)
    failed, written, run, start = {}, 0, 0, time.monotonic()
    with progress("Chapters") as bar:
        task = bar.add_task("", total=len(places), rate="")
        for done, outcome in enumerate(outcomes, 1):
            written, run = written + outcome.written, run + outcome.run
            if outcome.fault:
                failed[outcome.slug] = outcome.fault
            bar.update(task, advance=1, rate=f"{done / (time.monotonic() - start):.1f} a second")
    out.print(
        f"{len(places) - len(failed)} of {len(places)} localities rendered: {run} chapters run, {written} notebooks changed."
    )
    for slug, fault in sorted(failed.items()):
        err.print(f"error: {slug}: {fault}", markup=False)
    return failed


@app.command("book")
@told
@locked
def book_(only: Only = "", packs: Packs = False):
    """Assemble the executed chapters into the book, and check it: links, warnings, errors, unexecuted cells.

    Example: handbook book
    """
    _book(chosen(only), {}, packs)


def _book(places, failed: dict[str, str], packs: bool, seen: Callable[[], str] | None = None) -> None:
    with out.status("Book: reading the chapters") as status:
        slugs = [slug for _, slug, _ in places if slug not in failed]
        told = {"say": lambda what: status.update(f"Book: {what}"), "packs": packs, "seen": seen}
        pages = site.build(slugs, missing=failed, **told)
    out.print(f"The book has {pages:,} pages. Open {paths.shown(paths.SITE / 'index.html')}, or run: handbook serve")


@app.command()
@told
@locked
def build(
    only: Only = "",
    edition: Edition = "",
    comparator_set: ComparatorSet = "",
    price_base_year: BaseYear = "",
    engine: Engine = "forked",
    workers: Workers = 0,
    scheduler: Scheduler = "",
    packs: Packs = False,
    private: Annotated[
        bool, typer.Option("--private", help="Also results that may not be published, in build/private.")
    ] = False,
):
    """Do it all: bundles, chapters and book, for all localities or for some.

    Example: handbook build --only "trafford E06000001"
    """
    if private:
        return _private(only, edition, comparator_set, price_base_year, engine, workers)
    start, given = time.monotonic(), unchanged.inputs()
    places = chosen(only)
    values = parameters(edition, comparator_set, price_base_year)
    if engine == "forked":
        beforehand.server()
    _bundle(places, values)
    seen = beforehand.aside(fingerprints.listing, paths.SITE)  # after the findings, for which chapters wait
    if paths.SITE.exists():  # then few pictures are new, and the engine takes longer to start than they to draw
        beforehand.aside(pictures.ready)
    render.pages(values, engine)
    failed = _render(places, values, engine, workers, scheduler)
    _book(places, failed, packs, seen)
    if not failed:
        unchanged.keep(sys.argv[1:], given)
    peak = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    out.print(f"Built in {time.monotonic() - start:.0f} s; the largest process used {peak:.0f} MB.")
    raise typer.Exit(1 if failed else 0)


def _private(only: str, edition: str, comparator_set: str, price_base_year: str, engine: str, workers: int) -> None:
    """Build in build/private; without `only`, the localities that have a pack."""
    slugs = [slug for _, slug, _ in chosen(only)] if only.strip() else private_build.with_pack()
    if not slugs:
        raise DataError(["No locality has a pack in data/local. Run: handbook new-pack <place>"])
    given = {"--edition": edition, "--comparator-set": comparator_set, "--price-base-year": price_base_year}
    options = [word for option, value in given.items() if value for word in (option, value)]
    status = private_build.build(["--only", " ".join(slugs), *options, "--engine", engine, "--workers", str(workers)])
    if not status:
        place = paths.shown(private_build.root() / paths.SITE.relative_to(paths.ROOT) / "index.html")
        out.print(f"{private_build.MARK}. Open {place}; copy nothing of it to a public place.", markup=False)
    raise typer.Exit(status)


@app.command()
@told
@locked
def verify(place: Annotated[str, typer.Argument(help="Name, slug or GSS code.")], engine: Engine = "forked"):
    """Build one locality's chapters again from the figures and compare them with the book's, byte for byte.

    Example: handbook verify trafford
    """
    ((code, slug, name),) = chosen(place)
    values = parameters("", "", "")
    _bundle([(code, slug, name)], values)
    published = paths.BOOK / "localities" / slug
    with tempfile.TemporaryDirectory() as folder:
        outcome = render.locality(slug, name, {"area_code": code, **values}, Path(folder), engine)
        if outcome.fault:
            raise DataError([f"{slug}: {outcome.fault}"])
        different = []
        for chapter in render.chapters():
            again, there = Path(folder) / slug / f"{chapter}.ipynb", published / f"{chapter}.ipynb"
            same = there.exists() and sources.sha256(again) == sources.sha256(there)
            out.print(f"{'same     ' if same else 'different'}  {sources.sha256(again)}  {chapter}", markup=False)
            different += [] if same else [chapter]
    if different:
        raise DataError([f"{slug}: {', '.join(different)} differ from the book's. Run: make book ONLY={slug}"])


@app.command()
@told
def serve(
    port: Annotated[int, typer.Option(help="The port on this machine.")] = 8000,
    seconds: Annotated[int, typer.Option(help="Stop after this many seconds; 0 serves until stopped.")] = 0,
):
    """Show the built book in a browser on this machine only.

    Example: handbook serve --port 8000
    """
    if not (paths.SITE / "index.html").exists():
        raise DataError([f"{paths.shown(paths.SITE)}: no book there yet. Run: make book"])
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(paths.SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        out.print(f"The book is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl+C)")
        server.timeout = 1
        until = time.monotonic() + seconds if seconds else float("inf")
        while time.monotonic() < until:
            server.handle_request()
