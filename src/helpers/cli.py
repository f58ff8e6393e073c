"""The command line: handbook list | ingest | fetch | check | bundle | render | book | build | verify | serve."""

from __future__ import annotations

import functools
import http.server
import resource
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from . import book as site
from . import bundles, catalogue, cluster, evidence, geography, local_money, paths, render, schemas, settings, sources
from . import engine as engine_module
from . import fetch as fetching
from .geography import PlaceError
from .schemas import DataError

app = typer.Typer(
    help="Build the evidence handbook: figures, bundles, chapters, book.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Only = Annotated[
    str, typer.Option("--only", "-o", help="Names, slugs or GSS codes, separated by spaces; all when empty.")
]
Edition = Annotated[str, typer.Option(help="ISO day: only releases published on or before it. Default: _config.yml.")]
Engine = Annotated[
    str, typer.Option("--engine", help="forked: fast, from a warm process; kernel: a stock Jupyter kernel each.")
]
ComparatorSet = Annotated[str, typer.Option(help="dfe or ons.")]
BaseYear = Annotated[str, typer.Option(help="A financial year, such as 2024-25.")]
Workers = Annotated[int, typer.Option(help="Notebooks run at once; 0 is one a core.")]
Scheduler = Annotated[
    str, typer.Option(help="Run chapters on the workers of this Dask scheduler: tcp://host:port. Here when empty.")
]


def told(command):
    """Turn an error in data, a place or a parameter into plain lines and exit status 1, with no traceback."""

    @functools.wraps(command)
    def run(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except DataError as error:
            for fault in error.faults:
                err.print(f"error: {fault}", markup=False)
        except PlaceError as error:
            err.print(f"error: {error}", markup=False)
        raise typer.Exit(1)

    return run


def _lock() -> FileLock:
    paths.BUILD.mkdir(exist_ok=True)
    return FileLock(paths.BUILD / ".lock", timeout=0)


def locked(command):
    """Let one command at a time write; a second one stops with a clear word."""

    @functools.wraps(command)
    def run(*args, **kwargs):
        try:
            with _lock():
                return command(*args, **kwargs)
        except Timeout:
            err.print("error: another handbook command is writing here. Wait for it to end, then try again.")
            raise typer.Exit(1) from None

    return run


def _chosen(only: str) -> list[tuple[str, str, str]]:
    """Return (code, slug, name) of the places that `only` names, checked before anything starts."""
    register = geography.register()
    if not only.strip():
        codes = register.localities["area_code"].tolist()
    else:
        faults, codes = [], []
        for word in only.split():
            try:
                codes.append(register.resolve(word))
            except PlaceError as error:
                faults.append(str(error))
        if faults:
            raise DataError(faults)
    return [(c, register.place(c)["slug"], register.place(c)["name"]) for c in dict.fromkeys(codes)]


def _parameters(edition: str, comparator_set: str, price_base_year: str) -> dict[str, str]:
    defaults = settings.load()
    given = {"edition": edition, "comparator_set": comparator_set, "price_base_year": price_base_year}
    parameters = {key: value or defaults[key] for key, value in given.items()}
    evidence.check_parameters("E00000000", **parameters)
    return parameters


def _progress(what: str) -> Progress:
    return Progress(
        TextColumn(what),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=out,
    )


@app.command("list")
@told
def list_(region: Annotated[str, typer.Option(help="Only the localities of this region.")] = ""):
    """List the localities of this edition: GSS code, slug, name, region.

    Example: handbook list --region "North West"
    """
    places = geography.register().localities
    if region:
        names = {geography.slugify(r): r for r in places["region"].unique()}
        if geography.slugify(region) not in names:
            raise PlaceError(f"'{region}' is not a region. Use one of: {', '.join(sorted(names.values()))}.")
        places = places[places["region"] == names[geography.slugify(region)]]
    for row in places.itertuples():
        out.print(f"{row.area_code}  {row.slug:<38} {row.name} ({row.region})", markup=False)


@app.command()
@told
@locked
def ingest(
    from_: Annotated[Path, typer.Option("--from", help="The folder with the publishers' files, a folder a source.")],
    to: Annotated[Path, typer.Option(help="Where to write the figures.")] = paths.FIGURES,
):
    """Read the publishers' files and write data/figures: all of it, or nothing.

    Example: handbook ingest --from ~/publishers-files
    """
    table = Table("Source", "Rows considered", "Kept", "Dropped, and why", title="Every row is accounted for")

    def report(result: sources.Ingested) -> None:
        why = "; ".join(f"{n:,} {reason}" for reason, n in sorted(result.dropped.items())) or "none"
        table.add_row(result.source, f"{result.considered:,}", f"{result.kept:,}", why)

    sources.ingest(from_, to, report)
    out.print(table)


@app.command()
@told
def fetch(
    to: Annotated[Path, typer.Option(help="The folder to put the publishers' files in.")],
    only: Annotated[str, typer.Option("--only", help="Source ids, separated by spaces; all when empty.")] = "",
):
    """Download the publishers' files that the figures were taken from, and check their sha256.

    Example: handbook fetch --to ~/publishers-files --only "ons-els"
    """
    for line in fetching.fetch(to, only.split()):
        out.print(line, markup=False)


@app.command()
@told
def check():
    """Check the catalogue, the figures and the reference tables, and list every fault at once.

    Example: handbook check
    """
    faults = []

    def collect(call, *args):
        try:
            return call(*args)
        except DataError as error:
            faults.extend(error.faults)
            return None

    collect(settings.load)
    indicators, known = collect(catalogue.indicators), collect(catalogue.sources)
    collect(catalogue.thresholds)
    for name, schema in sources.TABLES.items():
        collect(schemas.read, paths.FIGURES / f"{name}.csv", schema)
    collect(schemas.read, paths.REFERENCE / "spend_classification.csv", schemas.CLASSIFICATION)
    releases = collect(schemas.read, paths.FIGURES / "releases.csv", schemas.RELEASES)
    for source in sorted(set(releases["source"])) if releases is not None else []:
        collect(schemas.read, paths.FIGURES / f"{source}.csv", schemas.FIGURES)
    collect(local_money.published)
    if faults:
        raise DataError(faults)
    out.print(
        f"{len(indicators)} indicators, {len(known)} sources, {len(releases)} releases of figures: no fault found."
    )


@app.command()
@told
@locked
def bundle(only: Only = "", edition: Edition = ""):
    """Write the bundle of each locality: all that its chapters read.

    Example: handbook bundle --only trafford
    """
    _bundle(_chosen(only), _parameters(edition, "", "")["edition"])


def _bundle(places, edition: str) -> None:
    with _progress("Bundles ") as progress:
        task = progress.add_task("", total=len(places), rate="")
        for _ in bundles.build([code for code, _, _ in places], edition):
            progress.advance(task)


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
    parameters = _parameters(edition, comparator_set, price_base_year)
    failed = _render(_chosen(only), parameters, engine, workers, scheduler, to)
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
    if engine not in render.ENGINES:
        raise DataError([f"--engine '{engine}' is not known. Use one of: {', '.join(render.ENGINES)}."])
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
    with _progress("Chapters") as progress:
        task = progress.add_task("", total=len(places), rate="")
        for done, outcome in enumerate(outcomes, 1):
            written, run = written + outcome.written, run + outcome.run
            if outcome.fault:
                failed[outcome.slug] = outcome.fault
            progress.update(task, advance=1, rate=f"{done / (time.monotonic() - start):.1f} a second")
    out.print(
        f"{len(places) - len(failed)} of {len(places)} localities rendered: {run} chapters run, {written} notebooks changed."
    )
    for slug, fault in sorted(failed.items()):
        err.print(f"error: {slug}: {fault}", markup=False)
    return failed


@app.command("book")
@told
@locked
def book_(only: Only = ""):
    """Assemble the executed chapters into the book, and check it: links, warnings, errors, unexecuted cells.

    Example: handbook book
    """
    _book(_chosen(only), {})


def _book(places, failed: dict[str, str]) -> None:
    with out.status("Book: reading the chapters") as status:
        slugs = [slug for _, slug, _ in places if slug not in failed]
        pages = site.build(slugs, missing=failed, say=lambda what: status.update(f"Book: {what}"))
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
):
    """Do it all: bundles, chapters and book, for all localities or for some.

    Example: handbook build --only "trafford E06000001"
    """
    start = time.monotonic()
    places = _chosen(only)
    parameters = _parameters(edition, comparator_set, price_base_year)
    _bundle(places, parameters["edition"])
    render.pages(parameters, engine)
    failed = _render(places, parameters, engine, workers, scheduler)
    _book(places, failed)
    peak = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    out.print(f"Built in {time.monotonic() - start:.0f} s; the largest process used {peak:.0f} MB.")
    raise typer.Exit(1 if failed else 0)


@app.command()
@told
@locked
def verify(place: Annotated[str, typer.Argument(help="Name, slug or GSS code.")], engine: Engine = "forked"):
    """Build one locality's chapters again from the figures and compare them with the book's, byte for byte.

    Example: handbook verify trafford
    """
    ((code, slug, name),) = _chosen(place)
    parameters = _parameters("", "", "")
    _bundle([(code, slug, name)], parameters["edition"])
    published = paths.BOOK / "localities" / slug
    with tempfile.TemporaryDirectory() as folder:
        outcome = render.locality(slug, name, {"area_code": code, **parameters}, Path(folder), engine)
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
