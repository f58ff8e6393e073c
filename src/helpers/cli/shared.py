"""What all commands share: the options, the lock, the words for a fault, the progress bar."""

from __future__ import annotations

import functools
from typing import Annotated

import typer
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .. import evidence, geography, paths, settings
from ..geography import PlaceError
from ..schemas import DataError

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
Packs = Annotated[bool, typer.Option("--packs", help="Also print each locality's chapters as a PDF to take away.")]
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
        except OSError as error:
            where = paths.shown(error.filename) if error.filename else "a file"
            err.print(f"error: {where}: {error.strerror or error}. Mend that, and run the command again.", markup=False)
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


def chosen(only: str) -> list[tuple[str, str, str]]:
    """Return (code, slug, name) of the places that `only` names, checked before anything starts."""
    register = geography.register()
    if not only.strip():
        codes = register.places["area_code"].tolist()
    else:
        faults, codes = [], []
        for word in only.split():
            try:
                codes.append(register.resolve(word))
            except PlaceError as error:
                faults.append(str(error))
        if faults:
            raise DataError(faults)
    places = [register.place(code) for code in dict.fromkeys(codes)]
    # the name stands in titles, so a tab, a search result and a saved page say it too
    return [(p["area_code"], p["slug"], p["name"] + " (fictional)" * p["fictional"]) for p in places]


def parameters(edition: str, comparator_set: str, price_base_year: str) -> dict[str, str]:
    defaults = settings.load()
    given = {"edition": edition, "comparator_set": comparator_set, "price_base_year": price_base_year}
    values = {key: value or defaults[key] for key, value in given.items()}
    evidence.check_parameters("E00000000", **values)
    return values


def progress(what: str) -> Progress:
    return Progress(
        TextColumn(what),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=out,
    )
