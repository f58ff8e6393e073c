"""What a result was made from, as a hash: when nothing it rests on has changed, it is not made again."""

from __future__ import annotations

import hashlib
import json
import os
import sysconfig
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from . import paths
from .writing import write_text

_read: dict[str, tuple[list[int], str]] = {}  # {file: (its state, the hash of its content)}
_before: dict[str, tuple[list[int], str]] = {}  # the same, of an earlier process
READ = paths.BUILD / "read.json"


def of(*parts: object) -> str:
    """Return one hash of texts, numbers, mappings or other hashes.

    >>> of("a", 1) == of("a", 1) != of("a", 2)
    True
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def of_files(files: Iterable[Path | str], root: Path = paths.ROOT) -> str:
    """Return one hash of the names (below `root` where they are) and the contents of files, in the order of names."""
    whole, top = hashlib.sha256(), f"{root}{os.sep}"
    for path in sorted(map(str, files)):
        name = path.removeprefix(top) if path.startswith(top) else os.path.basename(path)
        whole.update(name.encode() + b"\0" + of_file(path).encode())
    return whole.hexdigest()


def listing(folder: Path, without: str = "") -> str:
    """Return one hash of the names, sizes and times of all files below a folder: quick, for trees too large to read.

    Folders of the name `without` are left out.
    """
    if not folder.is_dir():
        return ""
    states = ((name, os.lstat(f"{folder}{os.sep}{name}")) for name in sorted(paths.below(folder, without)))
    lines = "\n".join(f"{name}\0{state.st_size}\0{state.st_mtime_ns}" for name, state in states)
    return hashlib.sha256(lines.encode()).hexdigest()


def of_file(path: Path | str) -> str:
    """Return the hash of a file's content; the empty text for a file that is not there.

    A file that is as it was when this process, or one before it that was recalled, last read it is not read again,
    unless it was written within a second of that: then another content could have the same time.
    """
    try:
        state = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    stamp, name = [state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns], str(path)
    known = _read.get(name) or _before.get(name)
    if known and known[0] == stamp:
        _read[name] = known
        return known[1]
    before = time.time()
    with open(path, "rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if before - max(state.st_mtime, state.st_ctime) > 1:
        _read[name] = (stamp, found)
    return found


def recall() -> None:
    """Take over the hashes of the files that the last build read. Their times of change tell whether they still hold."""
    try:
        _before.update(json.loads(READ.read_text(encoding="utf-8")))
    except (OSError, ValueError):  # none yet, or cut short
        _before.clear()


def remember() -> None:
    """Keep, for `recall`, the hashes of all files that this process asked for."""
    write_text(READ, json.dumps(_read))


@cache
def code() -> str:
    """Return the hash of this package and of the locked set of what it uses."""
    package = Path(__file__).parent
    return of_files([*package.rglob("*.py"), *package.glob("../../requirements.txt")], package.parent)


def data() -> str:
    """Return the hash of all that bundles are made from, the code among it."""
    folders = (paths.FIGURES, paths.INDICATORS, paths.SOURCES, paths.REFERENCE, paths.DATA / "local")
    return of(code(), of_files(path for folder in folders for path in paths.files(folder)))


def packages() -> list[str]:
    """Return the packages that are installed here, with their versions."""
    return sorted(name for name in os.listdir(sysconfig.get_paths()["purelib"]) if name.endswith(".dist-info"))


@cache
def text_of(path: Path) -> str:
    """Return a chapter's text as this process first read it: one that is saved meanwhile is run by the next build, for all."""
    return path.read_text(encoding="utf-8")


STAMP = "made-from.txt"


def bundle(folder: Path, without: Iterable[str] = ()) -> str:
    """Return the hash of the files of one bundle folder but for its own stamp; folders in it are not looked into."""
    left_out = {STAMP, *without}
    with os.scandir(folder) as entries:
        return of_files((e.path for e in entries if e.name not in left_out and e.is_file()), folder)


def common(folder: Path) -> dict[str, str]:
    """Return, of a bundle or of what all share, the hash of what every chapter reads (""), and of what only one reads, by its name."""
    with os.scandir(folder) as entries:
        folders = sorted(entry.name for entry in entries if entry.is_dir())
    return {"": bundle(folder), **{name: bundle(folder / name) for name in folders}}


def stamped(folder: Path) -> list[str]:
    """Return the hashes that a folder says it was made from; none where it says nothing."""
    path = folder / STAMP
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def stamp(folder: Path, *inputs: str) -> None:
    """Say in the folder what it was made from: the last thing that is written to it."""
    write_text(folder / STAMP, "\n".join(inputs))
