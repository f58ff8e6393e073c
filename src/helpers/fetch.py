"""Get the publishers' files: the very ones that the figures were taken from, or the newest, if they still read the same.

Nothing that a server says is taken on trust: hosts are on a list, TLS is verified, sizes and times have limits, and
the SHA-256 decides whether a file is the one described.
"""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from . import catalogue, geography, readers
from .catalogue import File, Source
from .schemas import DataError, write_text
from .sources import sha256

RECORD = "fetched.json"
PAGE = (b"<!doctype html", b"<html")


@dataclass(frozen=True)
class Limits:
    """What a download may take: bytes, seconds of silence, seconds in all, attempts, longest wait between them."""

    size: int = 500_000_000
    silence: float = 60
    seconds: float = 1800
    attempts: int = 4
    wait: float = 8


@dataclass(frozen=True)
class Got:
    """A file as it came: its hash and size, and the day on which its server says it last changed ('' if unsaid)."""

    sha256: str
    size: int
    last_modified: str


def fetch(
    target: Path,
    only: list[str],
    current: bool = False,
    limits: Limits | None = None,
    trusted: ssl.SSLContext | None = None,
) -> Iterator[str]:
    """Download each source's files into `target`/<source>, and yield a line on each. Files that are right are kept.

    With `current`, a file that is not the one described is kept too, if its source's reader still reads it; what came
    is noted in `target`/<source>/fetched.json. `trusted`: the certificates to trust, the usual ones by default.
    Raises DataError for a source that is not known, a download that fails, a file whose sha256 differs (without
    `current`), or one whose layout has changed (with it).
    """
    limits, known = limits or Limits(), catalogue.sources()
    strangers = sorted(set(only) - set(known))
    if strangers:
        raise DataError([f"source {', '.join(strangers)} is not known. Use one of: {', '.join(known)}."])
    for source in known.values():
        if only and source.id not in only:
            continue
        folder = Path(target) / (source.folder or source.id)
        changed = []
        for file in source.files:
            path, name = folder / file.name, f"{source.id}/{file.name}"
            if path.exists() and sha256(path) == file.sha256 and not current:
                yield f"{name}: there already"
            elif not file.url:
                yield f"{name}: no address on record; get it by hand from {source.landing_page}"
            else:
                got = download(file, path, hosts(source), limits, trusted, current)
                note(folder, file, got)
                new = got.sha256 != file.sha256
                changed += [f"{name}: sha256 {got.sha256}, last changed {got.last_modified or 'not said'}"] * new
                yield f"{name}: " + ("a new file" if new else "downloaded")
        if changed:
            check_layout(source, folder)
            yield from (f"{line}. Put these into data/sources/{source.id}.yml, then ingest." for line in changed)


def hosts(source: Source) -> set[str]:
    """Return the hosts that a source's files may come from: those of its addresses, and those its YAML adds.

    >>> sorted(hosts(catalogue.sources()["dfe-lait"]))
    ['raw.githubusercontent.com']
    """
    return {*source.hosts, *(urlsplit(f.url).hostname for f in source.files if f.url)}


def download(
    file: File,
    path: Path,
    allowed: set[str],
    limits: Limits | None = None,
    trusted: ssl.SSLContext | None = None,
    current: bool = False,
) -> Got:
    """Download a file to `path`, whole or not at all, and return what came.

    An attempt that breaks off is taken up where it stopped, as long as the server says that the file is still the
    same; what has come is kept for the next run too. Raises DataError when it fails, or when it is not the file
    described and `current` is not asked for.
    """
    limits = limits or Limits()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    until = time.monotonic() + limits.seconds
    try:
        for attempt in Retrying(
            retry=retry_if_exception(_passing),
            stop=stop_after_attempt(limits.attempts),
            wait=wait_exponential(max=limits.wait),
            reraise=True,
        ):
            with attempt:
                last_modified = _stream(file.url, part, allowed, limits, trusted, until)
    except httpx.HTTPError as error:
        why = str(error) or type(error).__name__
        raise DataError([f"{file.url}: cannot be downloaded: {why}. Try again, or get it by hand."]) from None
    with open(part, "rb") as stream:
        start = stream.read(512).lstrip().lower()
    got = Got(sha256(part), part.stat().st_size, last_modified)
    if got.sha256 != file.sha256:
        fault = ""
        if start.startswith(PAGE) and not path.suffix.startswith(".htm"):
            fault = "the server sent a web page, not the file. Look at the address in a browser, and correct it"
        elif not current:
            fault = (
                f"sha256 is {got.sha256}, not {file.sha256}. The publisher may have released a new file: run handbook"
                " fetch --current, which keeps it if it still reads the same"
            )
        if fault:
            _forget(part)
            raise DataError([f"{file.url}: {fault}."])
    os.replace(part, path)
    _forget(part)
    return got


def _passing(error: BaseException) -> bool:
    """Whether to try again: the network failed, or the server says that it is busy."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in (408, 425, 429, 500, 502, 503, 504)
    return isinstance(error, httpx.TransportError)


def _stream(
    url: str, part: Path, allowed: set[str], limits: Limits, trusted: ssl.SSLContext | None, until: float
) -> str:
    """Write what `url` sends behind what `part` holds of it; return the day it last changed. Raises httpx.HTTPError."""
    state = part.with_name(f"{part.name}.json")
    known = json.loads(state.read_text(encoding="utf-8")) if state.exists() and part.exists() else {}
    headers = {"Accept-Encoding": "identity"}  # so that a byte on the way is a byte of the file
    if known.get("url") == url and known.get("mark"):
        headers |= {"Range": f"bytes={part.stat().st_size}-", "If-Range": known["mark"]}
    with (
        httpx.Client(timeout=limits.silence, verify=trusted or True, trust_env=False) as client,
        closing(_response(client, url, headers, allowed)) as answer,
    ):
        said = answer.headers
        if answer.status_code == 416 and "Range" in headers:  # all of it had come before; its hash will tell
            return ""
        answer.raise_for_status()
        if said.get("content-encoding", "identity") != "identity":
            raise DataError([f"{url}: the server sends it packed as {said['content-encoding']}, unasked."])
        whole = answer.status_code != 206
        if whole:  # the first time, or the file has changed since
            mark = "" if said.get("etag", "").startswith("W/") else said.get("etag", "")
            write_text(state, json.dumps({"url": url, "mark": mark or said.get("last-modified", "")}))
        size = 0 if whole else part.stat().st_size
        if size + int(said.get("content-length", "0")) > limits.size:
            _forget(part)
            raise DataError([_too_large(url, limits)])
        with open(part, "wb" if whole else "ab") as stream:
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > limits.size:
                    _forget(part)
                    raise DataError([_too_large(url, limits)])
                if time.monotonic() > until:
                    raise DataError([f"{url}: took more than {limits.seconds:g} s. Try again: it goes on from there."])
                stream.write(chunk)
        changed = said.get("last-modified", "")
        return parsedate_to_datetime(changed).date().isoformat() if changed else ""


def _response(
    client: httpx.Client, url: str, headers: dict[str, str], allowed: set[str], hops: int = 5
) -> httpx.Response:
    """Return the answer at the end of the redirects, each of which must lead to an allowed host, by https."""
    for _ in range(hops):
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.hostname not in allowed:
            raise DataError(
                [
                    f"{url}: is not an https address on a host of this source ({', '.join(sorted(allowed))})."
                    " If the publisher has moved, add the host to `hosts` in the source's YAML."
                ]
            )
        answer = client.send(client.build_request("GET", url, headers=headers), stream=True)
        if not answer.is_redirect:
            return answer
        url = urljoin(url, answer.headers["location"])
        answer.close()
    raise DataError([f"{url}: was sent on more than {hops} times."])


def _too_large(url: str, limits: Limits) -> str:
    return f"{url}: is larger than {limits.size:,} bytes, the limit. Look at it before you raise the limit."


def _forget(part: Path) -> None:
    for path in (part, part.with_name(f"{part.name}.json")):
        path.unlink(missing_ok=True)


def note(folder: Path, file: File, got: Got) -> None:
    """Keep beside the files what came, from where: fetched.json in their folder."""
    path = folder / RECORD
    record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    record[file.name] = {"url": file.url, **got.__dict__}
    write_text(path, json.dumps(record, indent=1, sort_keys=True) + "\n")


def check_layout(source: Source, folder: Path) -> None:
    """Read new files as `handbook ingest` would, and keep nothing. Raises DataError that says what has changed."""
    reader, own = readers.load(source.reader), [i for i in catalogue.indicators().values() if i.source == source.id]
    try:
        with readers.told(source.id, source.reader):
            if hasattr(reader, "pack"):
                reader.pack(folder, source)
            elif hasattr(reader, "tallies"):
                reader.tallies(folder, source)
            elif hasattr(reader, "tables"):
                reader.tables(folder, source, geography.register())
            else:
                reader.read(folder, source, own, geography.register())
    except DataError as error:
        told = f"{source.id}: the new files do not read as the old ones did; nothing was taken from them:"
        raise DataError([told, *error.faults]) from None
