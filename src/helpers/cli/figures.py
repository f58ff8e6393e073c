"""Commands on figures: list | ingest | fetch | check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from .. import appraisal, catalogue, corrections, geography, local_money, paths, place_pages, schemas, settings, sources
from ..geography import PlaceError
from ..schemas import DataError
from . import packs
from .shared import app, locked, out, told


@app.command("list")
@told
def list_(region: Annotated[str, typer.Option(help="Only the localities of this region or nation.")] = ""):
    """List the localities of this edition: GSS code, slug, name, region.

    Example: handbook list --region "North West"
    """
    places = place_pages.labelled(geography.register().places)
    if region:
        names = {paths.slugify(r): r for r in places["region"].unique()}
        if paths.slugify(region) not in names:
            raise PlaceError(f"'{region}' is not a region or nation. Use one of: {', '.join(sorted(names.values()))}.")
        places = places[places["region"] == names[paths.slugify(region)]]
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
    sources.packs(from_, paths.LOCAL if to == paths.FIGURES else to / "local", report)
    out.print(table)


@app.command()
@told
def fetch(
    to: Annotated[Path, typer.Option(help="The folder to put the publishers' files in.")],
    only: Annotated[str, typer.Option("--only", help="Source ids, separated by spaces; all when empty.")] = "",
    current: Annotated[
        bool, typer.Option("--current", help="Take newer files too, if they still read the same.")
    ] = False,
):
    """Download the publishers' files that the figures were taken from, and check their sha256.

    Example: handbook fetch --to ~/publishers-files --only "ons-els"
    """
    from .. import fetch as fetching  # what speaks to publishers, which no other command loads

    for line in fetching.fetch(to, only.split(), current):
        out.print(line, markup=False)


@app.command()
@told
def check(
    pack: Annotated[
        Path | None, typer.Argument(help="The folder of a locality's own evidence; the catalogue without.")
    ] = None,
):
    """Check the catalogue, the figures and the reference tables, or one pack, and list every fault at once.

    Example: handbook check data/local/trafford
    """
    if pack is not None:
        return packs.check(pack)
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
    collect(appraisal.register)
    collect(corrections.read)
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
