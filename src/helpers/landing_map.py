"""The map of the landing page: each shape links to a locality, by pointer and by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd

from . import paths
from .geography import Register
from .schemas import DataError


def boundaries(path: Path = paths.FIGURES / "boundaries.json") -> dict:
    """Return the shapes of the map: width, height, and places {area code: SVG path}. Raises DataError."""
    name = paths.shown(path)
    if not path.exists():
        raise DataError([f"{name}: the file is missing, so the map cannot be drawn. Run: handbook ingest --from DIR"])
    try:
        shapes = json.loads(path.read_text(encoding="utf-8"))
        width, height, places = float(shapes["width"]), float(shapes["height"]), dict(shapes["places"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError([f"{name}: must hold width, height and places ({error!r}). Ingest again."]) from None
    wrong = [code for code, d in places.items() if not re.fullmatch(r"[MmLlHhVvZz0-9eE,.\s-]+", d)]
    if wrong:
        raise DataError([f"{name}: places, '{code}': is not the path of a shape. Ingest again." for code in wrong])
    return {"width": width, "height": height, "places": places}


def drawn(places: pd.DataFrame, register: Register, first: str, shapes: dict) -> str:
    """Return the map of the United Kingdom, and London larger in a frame of its own; the list beside it is its equal."""
    here = set(places["area_code"])
    drawn, london = [], []
    for row in register.localities.itertuples(index=False):
        path = shapes["places"].get(row.area_code)
        if path is None:
            continue  # a place too small to draw is in the list
        (london if row.area_code.startswith("E09") else drawn).append((row, path))
    frame = _frame([path for _, path in london])

    def mark(row, path: str, step: str = "") -> str:
        name = escape(row.name)
        if row.area_code not in here:
            return f'<path class="hb-map-off" d="{path}"><title>{name}: not in this book</title></path>\n'
        return (
            f'<a href="localities/{row.slug}/{first}.html" data-code="{row.area_code}" aria-label="{name}"{step}>'
            f'<path d="{path}"><title>{name}</title></path></a>\n'
        )

    def picture(box: str, label: str, marks: list[str]) -> str:
        return f'<svg viewBox="{box}" role="group" aria-label="{label}">\n{"".join(marks)}</svg>\n'

    # where London has a frame of its own, the keyboard stops at its boroughs there, once
    small = [mark(row, path, ' tabindex="-1"' if frame else "") for row, path in london]
    whole = picture(
        f"0 0 {shapes['width']:g} {shapes['height']:g}",
        "Map of the United Kingdom. Each shape links to a locality.",
        [mark(row, path) for row, path in drawn] + small,
    )
    larger = picture(frame, "London, larger", [mark(row, path) for row, path in london])
    inset = f'<div class="hb-map-inset"><p class="hb-map-title" aria-hidden="true">London, larger</p>\n{larger}</div>\n'
    return (
        '<div class="hb-map" data-hb-map>\n<div class="hb-map-main">\n'
        '<p class="hb-map-name" aria-hidden="true" data-hb-map-name>Or choose an area on the map</p>\n'
        '<p class="hb-hint"><a href="#all-localities">Skip the map: go to the list</a></p>\n'
        f"{whole}</div>\n{inset if frame else ''}</div>\n"
    )


def _frame(shapes: Sequence[str]) -> str:
    """Return the viewBox that holds the shapes, or nothing where a path is not in absolute coordinates."""
    if not shapes or any(re.search(r"[a-y]|[HV]", shape) for shape in shapes):
        return ""
    numbers = [float(n) for shape in shapes for n in re.findall(r"-?\d+(?:\.\d+)?", shape)]
    xs, ys = numbers[0::2], numbers[1::2]
    left, top = min(xs), min(ys)
    return f"{left:g} {top:g} {max(xs) - left:g} {max(ys) - top:g}"
