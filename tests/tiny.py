"""A source and an indicator of a tiny file that a test writes: what the readers' tests share."""

from __future__ import annotations

from helpers import catalogue


def file(name: str, **reads) -> dict:
    """Return the record of a file in a source; `reads` is what the reader must know of its layout."""
    about = {"name": name, "sha256": "0" * 64, "release_date": "2025-02-01", "release_date_basis": "invented"}
    return {**about, "reads": reads} if reads else about


def source(reader: str, files: list[dict]) -> catalogue.Source:
    """Return a source of made-up files for a reader."""
    words = dict.fromkeys(["publisher", "title", "attribution", "quality_reason"], "-")
    page = "https://example.org"
    return catalogue.Source(
        id="tiny", landing_page=page, licence="OGL-UK-3.0", reader=reader, quality=3, files=files, **words
    )


def indicator(name: str, select: dict, **changes) -> catalogue.Indicator:
    """Return an indicator of the tiny source that selects from its file."""
    usual = {"title": "-", "short_title": "-", "chapter": "needs", "theme": "family", "life_stage": "all ages"}
    given = usual | {"source": "tiny", "definition": "x" * 20, "select": select} | changes
    return catalogue.Indicator(id=name, **given)
