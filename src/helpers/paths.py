"""Where things are. The only module that knows the layout of the repository."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(os.environ.get("HANDBOOK_ROOT") or Path(__file__).resolve().parents[2])

DATA = ROOT / "data"
FIGURES = DATA / "figures"
SOURCES = DATA / "sources"
INDICATORS = DATA / "indicators"
REFERENCE = DATA / "reference"
LOCAL = DATA / "local"
NOTEBOOKS = ROOT / "notebooks"
CONFIG = ROOT / "_config.yml"
BOOK = ROOT / "book"
FRAME = ROOT / "src" / "sphinxext"
BUILD = ROOT / "build"
BUNDLES = BUILD / "bundles"
SITE = BOOK / "_build" / "html"
PRIVATE = ROOT.parts[-2:] == ("build", "private")  # a private build has a root of its own, inside build/
MARK = "Private build: not for publication"  # on every page and in every notebook of it
EARLIER = "neighbours.csv"  # in the folder of one chapter in a bundle: the neighbours' figures of earlier periods
PICTURES = ROOT / ".cache" / "pictures"


def below(folder: Path | str, without: str = "") -> Iterator[str]:
    """Yield the files below a folder, by their path from it, with slashes. Quick: a built book has 60,000 files.

    Folders of the name `without` are left out.
    """
    waiting = [""]
    while waiting:
        here = waiting.pop()
        with os.scandir(os.path.join(folder, here)) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting += [f"{here}{entry.name}/"] * (entry.name != without)
                else:
                    yield f"{here}{entry.name}"


def files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, behind links to other folders too: a pack may lie elsewhere.

    Each folder is entered once, for a link may lead back up, and Python's own (`__pycache__`) are left out.

    >>> sorted(path.name for path in files(ROOT / "src" / "sphinxext" / "handbook_theme"))
    ['layout.html', 'search.html', 'theme.toml']
    >>> list(files(ROOT / "nowhere"))
    []
    """
    seen = {os.path.realpath(folder)}
    for here, below, names in os.walk(folder, followlinks=True):
        real = {name: os.path.realpath(os.path.join(here, name)) for name in sorted(below) if name != "__pycache__"}
        below[:] = [name for name, path in real.items() if path not in seen]
        seen.update(real.values())
        yield from (path for path in (Path(here, name) for name in names) if path.is_file())


def shown(path: Path | str) -> str:
    """Return `path` as a reader of the repository would write it, never as an absolute path.

    >>> shown(ROOT / "data" / "figures" / "dfe-lait.csv")
    'data/figures/dfe-lait.csv'
    >>> shown("elsewhere/file.csv")
    'elsewhere/file.csv'
    """
    path = Path(path)
    try:
        return path.relative_to(ROOT).as_posix()
    except ValueError:
        return path.as_posix() if not path.is_absolute() else path.name


def without(text: str) -> str:
    """Return a message without the folders of this machine, for it may be published: files keep their names.

    >>> without(f"No such file: '{ROOT}/build/a.csv', see /usr/lib/x/y.py and https://example.org/a/b")
    "No such file: 'build/a.csv', see y.py and https://example.org/a/b"
    """
    return re.sub(r"(?<![\w.:/<])/(?:[^\s/'\"<>]+/)+", "", text.replace(f"{ROOT}{os.sep}", ""))


def slugify(name: str) -> str:
    """Return the name as it stands in addresses and file names.

    >>> slugify("Bournemouth, Christchurch and Poole")
    'bournemouth-christchurch-and-poole'
    >>> slugify("St. Helens")
    'st-helens'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
