"""A still picture of each chart, drawn once: what readers see on paper, without JavaScript, and before a chart wakes.

A picture is an SVG file named by the chart's id, which is a hash of its specification. Nearly all the time goes into
measuring text, so a label is measured once, and only if it will be shown; starting the engine costs half a second, so
a process a core draws many. Turning each kind of chart into Vega once, and only filling
in figures, would save a tenth: it is not done.
"""

from __future__ import annotations

import hashlib
import json
import math
import multiprocessing
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from importlib.metadata import version
from pathlib import Path

from . import beforehand, orphans, paths, schemas, svg, vega
from .schemas import DataError

NARROW, WIDE = 340, 720  # pixels: what a card and a phone hold, and what a page of a laptop holds
CARD, CARD_ENDS = '<article class="hb-card"', "</article>"  # a chart in a card needs no wide picture
FONT = (
    "Liberation Sans"  # its letters are as wide as Arial's, and vl-convert brings it, so layout is the same everywhere
)
LETTER = 6.0  # pixels, of an average letter of 12 pixels
POUNDS = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["£", ""]}
FEW = 24  # charts; more processes would take longer to start than these take to draw
CACHE_FILES = 80_000  # pictures of earlier runs are kept up to this: about half a gigabyte
FIGURE = re.compile(
    r'<figure class="hb-chart" id="chart-([0-9a-f]{12})">.*?<script type="application/json" class="hb-spec">(.*?)</script>',
    re.DOTALL,
)
SIZE = re.compile(r'^<svg [^>]*?width="(\d+)" height="(\d+)"')

Sizes = dict[str, list[list[int]]]  # {id: [width, height] of each of its pictures, the narrow one first}


@cache
def drawing() -> str:
    """Return a hash of all that decides how a given specification is drawn."""
    made_of = [Path(module).read_bytes() for module in (__file__, svg.__file__, vega.__file__)]
    return hashlib.sha256(b"\0".join([*made_of, version("vl-convert-python").encode()])).hexdigest()[:12]


def specifications(notebook: Path) -> dict[str, tuple[str, int]]:
    """Return {id: (specification as JSON text, how many pictures it needs)} of an executed notebook's charts.

    A chart in a card needs one picture, a chart that has the page to itself also a wide one. Raises DataError.
    """
    text = notebook.read_text(encoding="utf-8")
    if "hb-chart" not in text:
        return {}
    found = {}
    for cell in json.loads(text)["cells"]:
        for output in cell.get("outputs", []):
            html = "".join(output.get("data", {}).get("text/html", ""))
            for figure in FIGURE.finditer(html):
                name, body = figure.groups()
                if hashlib.sha256(body.encode()).hexdigest()[:12] != name:
                    raise DataError(
                        [f"{paths.shown(notebook)}: chart-{name} is not the hash of its chart. Render it again."]
                    )
                in_card = html.count(CARD, 0, figure.start()) > html.count(CARD_ENDS, 0, figure.start())
                found[name] = (body, max(1 if in_card else 2, found.get(name, (body, 1))[1]))
    return found


def files(name: str, count: int) -> list[str]:
    """Return where the pictures of a chart are, from the folder of all pictures.

    >>> files("0123456789ab", 2)
    ['01/0123456789ab.svg', '01/0123456789ab-wide.svg']
    """
    return [f"{name[:2]}/{name}{end}.svg" for end in ("", "-wide")[:count]]


def still(spec: dict, width: int) -> dict:
    """Return a specification of a still picture `width` pixels wide. Raises ValueError where it would read a file."""
    spec = json.loads(json.dumps(spec))
    spec["width"] = width
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    config = spec.setdefault("config", {})
    config |= {"font": FONT, "aria": False}  # the figure carries the alternative text
    config["axis"] = {**config.get("axis", {}), "labelLimit": 0, "titleLimit": 0}  # a limit measures a label twice
    config["legend"] = {**config.get("legend", {}), "labelLimit": 0}
    for layer in _encoded(spec):
        encoding = layer["encoding"]
        for channel in ("tooltip", "href", "url", "description"):
            encoding.pop(channel, None)
        _few_labels(encoding, width)
        for channel in ("color", "strokeDash", "shape"):
            _rows_of_legend(encoding.get(channel), width)
    return spec


def _encoded(part) -> Iterable[dict]:
    """Yield the parts of a specification that have an encoding."""
    if isinstance(part, list):
        for item in part:
            yield from _encoded(item)
    elif isinstance(part, dict):
        if "url" in (part.get("data") or {}):
            raise ValueError("its data are in another file; a chart must hold what it shows")
        if isinstance(part.get("encoding"), dict):
            yield part
        for name in ("layer", "concat", "hconcat", "vconcat", "spec"):
            yield from _encoded(part.get(name))


def _few_labels(encoding: dict, width: int) -> None:
    """Name only as many periods as fit, the last always: Vega measures all, then drops every other, often the last."""
    channel = encoding.get("x") or {}
    domain = (channel.get("scale") or {}).get("domain")
    axis = channel.get("axis", {})
    if channel.get("type") != "ordinal" or not isinstance(domain, list) or axis is None or "values" in axis:
        return
    each = max((len(str(label)) for label in domain), default=0) * LETTER + 14
    step = max(1, math.ceil(len(domain) * each / (width - 40)))
    both_ends = next((s for s in range(step, step + 3) if (len(domain) - 1) % s == 0), step)
    channel["axis"] = {**axis, "values": domain[::-1][::both_ends][::-1], "labelOverlap": False}


def _rows_of_legend(channel: dict | None, width: int) -> None:
    """Break a legend whose names do not fit one row, which Vega would let run out of the picture."""
    domain = ((channel or {}).get("scale") or {}).get("domain")
    if not isinstance(domain, list) or channel.get("legend", {}) is None:
        return
    each = [len(str(name)) * LETTER + 30 for name in domain]
    columns = next(
        n
        for n in range(len(each) or 1, 0, -1)
        if n == 1 or sum(max(each[column::n]) for column in range(n)) <= width - 30
    )
    if columns < len(each):
        channel["legend"] = {**channel.get("legend", {}), "columns": columns}


def picture(body: str, count: int = 1) -> list[str]:
    """Return the pictures of a chart as SVG text, the narrow one first. Raises ValueError with what the engine said."""
    spec = json.loads(body)
    drawn = []
    for width in (NARROW, WIDE)[:count]:
        raw = vega.engine().vegalite_to_svg(still(spec, width), format_locale=POUNDS, allowed_base_urls=[])
        drawn.append(svg.slim(raw))
    return drawn


def _draw(notebook: Path, wanted: list[str], folder: Path) -> tuple[Sizes, list[str]]:
    """Draw some charts of a notebook into `folder`; return what was drawn, and the faults."""
    sizes, faults = {}, []
    found = specifications(notebook)
    for name in wanted:
        try:
            texts = picture(*found[name])
            for file, text in zip(files(name, len(texts)), texts, strict=True):
                schemas.write_text(folder / file, text)
            sizes[name] = [_size(text) for text in texts]
        except Exception as error:
            first = str(error).partition("\n    at ")[0].replace("\n", " ")
            faults.append(
                f"{paths.shown(notebook)}: chart-{name} could not be drawn: {first} Mend the chart, and render it again."
            )
    return sizes, faults


def _size(text: str) -> list[int]:
    found = SIZE.match(text)
    if not found:
        raise ValueError("the picture does not say its size.")
    return [int(n) for n in found.groups()]


def draw(
    notebooks: Sequence[Path],
    folder: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
    workers: int | None = None,
) -> Sizes:
    """Draw each distinct chart of `notebooks` that is not in the cache, and return all with their sizes.

    `folder`: the cache. `say` is told how far it is. Raises DataError that names each chart that cannot be drawn, and
    its notebook; what was drawn is kept.
    """
    folder = (folder or paths.PICTURES) / drawing()
    memory = folder / "read.json"
    known = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    there = _names(folder)
    read, sizes, waiting = {}, {}, {}
    for notebook in notebooks:
        key, state = os.path.relpath(notebook, paths.ROOT), os.stat(notebook)
        read[key] = known.get(key, {})
        if read[key].get("stamp") != [state.st_mtime_ns, state.st_size]:
            counts = {name: count for name, (_, count) in specifications(notebook).items()}
            read[key] = {"stamp": [state.st_mtime_ns, state.st_size], "sizes": {n: [[]] * c for n, c in counts.items()}}
        for name, of in read[key]["sizes"].items():
            if len(sizes.get(name, [])) < len(of):  # not seen yet, or seen in a card only
                sizes[name] = of
                if not there.issuperset(files(name, len(of))):
                    waiting.setdefault(notebook, []).append(name)
    drawn, faults = _draw_all(waiting, folder, say, workers) if waiting else ({}, [])
    if faults:
        raise DataError(sorted(faults))
    sizes |= drawn
    for name, of in sizes.items():
        if not all(of):  # drawn for an earlier notebook
            sizes[name] = [_size((folder / file).read_text(encoding="utf-8")) for file in files(name, len(of))]
    for entry in read.values():
        entry["sizes"] = {name: sizes[name][: len(of)] for name, of in entry["sizes"].items()}
    others = {key: entry for key, entry in known.items() if key not in read and (paths.ROOT / key).exists()}
    schemas.write_text(memory, json.dumps({**others, **read}))
    if len(drawn) > FEW:  # fewer would take less time to draw than the cache to look through
        _trim(folder.parent, {f"{folder.name}/{file}" for name, of in sizes.items() for file in files(name, len(of))})
    return sizes


def ready() -> None:
    """Start the engine."""
    vega.engine()


def _draw_all(waiting: Mapping[Path, list[str]], folder: Path, say, workers: int | None) -> tuple[Sizes, list[str]]:
    """Draw a notebook's charts at a time: a few aside, many by a pool of processes. Each process starts the engine once."""
    total, sizes, faults = sum(map(len, waiting.values())), {}, []
    try:
        for more, wrong in (_few if total <= FEW else _many)(waiting, folder, workers):
            sizes |= {name: of for name, of in more.items() if len(of) > len(sizes.get(name, []))}
            faults += wrong
            say(f"drawing pictures of charts, {len(sizes):,} of {total:,}")
    except BrokenProcessPool:
        raise DataError(["A process that draws charts was ended from outside (for memory?). Try again."]) from None
    return sizes, faults


def _few(waiting: Mapping[Path, list[str]], folder: Path, workers: int | None) -> Iterator[tuple[Sizes, list[str]]]:
    for done in [beforehand.aside(_draw, notebook, names, folder) for notebook, names in waiting.items()]:
        yield done()


def _many(waiting: Mapping[Path, list[str]], folder: Path, workers: int | None) -> Iterator[tuple[Sizes, list[str]]]:
    # the engine has threads, which a plain fork would not survive
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    workers = min(workers or os.cpu_count() or 1, len(waiting))
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=orphans.follow) as pool:
        try:
            tasks = [pool.submit(_draw, notebook, names, folder) for notebook, names in waiting.items()]
            yield from (task.result() for task in as_completed(tasks))
        finally:
            pool.shutdown(cancel_futures=True)


def _trim(cache: Path, used: set[str], limit: int = CACHE_FILES) -> None:
    """Remove the oldest pictures that are not `used` until the cache is within `limit`, and what killed runs left."""
    kept = {f"{of}/{name}" for of in os.listdir(cache) for name in _names(cache / of)}
    for name in [name for name in kept if name.rpartition("/")[2].startswith(".writing-")]:
        (cache / name).unlink()
        kept.remove(name)
    too_many = len(kept) - limit
    if too_many > 0:
        oldest = sorted(kept - used, key=lambda name: os.stat(cache / name).st_mtime_ns)
        for name in oldest[:too_many]:
            (cache / name).unlink()


def _names(folder: Path) -> set[str]:
    """Return the pictures in a folder, as `files` names them; pathlib would take ten times as long to list thousands."""
    if not folder.exists():
        return set()
    below = [name for name in os.listdir(folder) if len(name) == 2]
    return {f"{name}/{file}" for name in below for file in os.listdir(folder / name)}


def write_way(folder: Path = paths.BOOK) -> None:
    """Write book/_generated/drawing.json: how pictures are drawn, which the page frame asks before they are."""
    schemas.write_text(folder / "_generated" / "drawing.json", json.dumps(drawing()) + "\n")


def write_index(sizes: Sizes, folder: Path = paths.BOOK) -> bool:
    """Write book/_generated/pictures.json, from which the page frame (src/sphinxext) knows each picture's size."""
    index = dict(sorted(sizes.items()))
    return schemas.write_text(folder / "_generated" / "pictures.json", json.dumps(index, separators=(",", ":")) + "\n")


def publish(sizes: Sizes, site: Path = paths.SITE, folder: Path | None = None) -> None:
    """Copy the pictures in use from the cache into the built site, each whole or not at all, and remove all others."""
    source, target = (folder or paths.PICTURES) / drawing(), site / "pictures"
    mark = target / f"drawn-by-{drawing()}"
    if not mark.exists():
        shutil.rmtree(target, ignore_errors=True)  # the same names, drawn otherwise
    wanted = {file for name, of in sizes.items() for file in files(name, len(of))}
    there = _names(target)
    for file in there - wanted:
        (target / file).unlink()
    for file in sorted(wanted - there):
        path = target / file
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, path.with_suffix(".part"))
        os.replace(path.with_suffix(".part"), path)
    if wanted:
        mark.touch()
