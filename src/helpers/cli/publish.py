"""Commands on what leaves this machine: pdf | publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import paths, pdf, publishing, render, settings
from .shared import app, chosen, locked, out, told


@app.command("pdf")
@told
@locked
def pdf_(
    place: Annotated[str, typer.Argument(help="Name, slug or GSS code.")],
    to: Annotated[Path, typer.Option(help="The folder to write to.")] = paths.BUILD / "pdf",
):
    """Print one locality's chapters from the built book as a PDF, with contents and page numbers.

    Example: handbook pdf trafford
    """
    ((code, slug, name),) = chosen(place)
    edition = settings.load()["edition"]
    target = to / f"{slug}-pack-{edition}.pdf"
    pages = pdf.write(slug, name, code, list(render.chapters()), edition, target)
    out.print(f"{pages} pages: {paths.shown(target)}")


@app.command()
@told
@locked
def publish(to: Annotated[Path, typer.Option(help="The folder that is served, or that is sent to the server.")]):
    """Put the built book into a folder to be served: the newest at the top, every edition kept under editions/.

    Example: handbook publish --to ~/www/handbook
    """
    editions = publishing.publish(settings.load()["edition"], to, parts=paths.BUILD / "sbom.json")
    out.print(f"The newest edition is {editions[0]}; {len(editions)} kept.")
