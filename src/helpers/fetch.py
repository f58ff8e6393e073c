"""Download the publishers' files that the figures were taken from; a file that is not the one described is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from . import catalogue
from .schemas import DataError
from .sources import sha256

SECONDS = 60


def fetch(target: Path, only: list[str]) -> Iterator[str]:
    """Download each source's files into `target`/<source>, and yield a line on each. Files that are right are kept.

    Raises DataError for a source that is not known, a download that fails, or a file whose sha256 differs.
    """
    known = catalogue.sources()
    strangers = sorted(set(only) - set(known))
    if strangers:
        raise DataError([f"source {', '.join(strangers)} is not known. Use one of: {', '.join(known)}."])
    for source in known.values():
        if only and source.id not in only:
            continue
        folder = Path(target) / (source.folder or source.id)
        for file in source.files:
            path = folder / file.name
            if path.exists() and sha256(path) == file.sha256:
                yield f"{source.id}/{file.name}: there already"
            elif not file.url:
                yield f"{source.id}/{file.name}: no address on record; get it by hand from {source.landing_page}"
            else:
                download(file.url, path, file.sha256)
                yield f"{source.id}/{file.name}: downloaded"


def download(url: str, path: Path, expected: str) -> None:
    """Download `url` to `path`, whole or not at all. Raises DataError when it fails or is not the expected file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        _stream(url, part)
        found = sha256(part)
        if found != expected:
            raise DataError(
                [
                    f"{url}: sha256 is {found}, not {expected}. The publisher may have released a new file: look at it, then put"
                    " its sha256 and release_date into the source's YAML."
                ]
            )
        os.replace(part, path)
    except httpx.HTTPError as error:
        raise DataError(
            [f"{url}: cannot be downloaded: {error or type(error).__name__}. Try again, or get it by hand."]
        ) from None
    finally:
        part.unlink(missing_ok=True)


@retry(
    retry=retry_if_exception_type(httpx.TransportError),
    stop=stop_after_attempt(3),
    wait=wait_exponential(max=8),
    reraise=True,
)
def _stream(url: str, path: Path) -> None:
    with httpx.stream("GET", url, timeout=SECONDS, follow_redirects=False) as response, open(path, "wb") as stream:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            stream.write(chunk)
