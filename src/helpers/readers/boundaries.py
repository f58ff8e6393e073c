"""Shapes of the localities for the map on the landing page, from the ONS boundaries in one TopoJSON.

A TopoJSON holds every stretch of border once, as an arc, and a place as a ring of arcs. Each arc is made simpler
once, so places that touch still touch. Format: https://github.com/topojson/topojson-specification
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from ..catalogue import Source
from . import _common

FILE, LAYER = "uk-topojson_topo.json", "utla"
HEIGHT = 1600  # of the drawing; its unit is about 760 metres
PARALLELS = 51.0, 59.0  # the latitudes, near the south and the north, along which lengths are true
TOLERANCE = 0.7  # how far a border may move, in units of the drawing
Point = tuple[float, float]


def shapes(folder: Path, source: Source, recodes: Mapping[str, str]) -> dict:
    """Return {width, height, places: {area code: SVG path in whole numbers}} of the United Kingdom's localities.

    Every place stands where it lies, the northern islands too. An island that is too small to be seen is left out; a
    place never is. Where one place lies within another, the outer path has a hole: fill by the even-odd rule.
    `recodes`: {old code: new code} of places that the file knows by an old one. Raises DataError for a file or layer
    that is not there.
    """
    if FILE not in [file.name for file in source.files]:
        raise _common.fail(f"data/sources/{source.id}.yml", None, None, f"{FILE} is not listed", "List it.")
    topology = json.loads((folder / FILE).read_text(encoding="utf-8"))
    if LAYER not in topology["objects"]:
        known = ", ".join(sorted(topology["objects"]))
        raise _common.fail(FILE, None, None, f"there is no layer '{LAYER}'", f"Layers: {known}.")
    places = {}
    for geometry in topology["objects"][LAYER]["geometries"]:
        code = geometry["properties"]["areacd"]
        code = recodes.get(code, code)  # the file keeps the codes that Glasgow and North Lanarkshire had before 2019
        if "end" not in geometry["properties"]:
            if code in places:
                raise _common.fail(FILE, None, None, f"{code} has two current shapes", "Fetch the file again.")
            polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
            places[code] = [ring for polygon in polygons for ring in polygon]
    used = sorted({max(i, ~i) for rings in places.values() for ring in rings for i in ring})
    arcs, width = _project({i: _decode(topology, i) for i in used})
    simple = {i: _whole(simplify(points, TOLERANCE)) for i, points in arcs.items()}
    paths = {code: _path(rings, simple, arcs) for code, rings in sorted(places.items())}
    return {"height": HEIGHT, "places": paths, "width": width}


def _decode(topology: dict, number: int) -> list[Point]:
    """Return the longitudes and latitudes of one arc, which is stored as steps on a grid."""
    scale, start = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points = []
    for dx, dy, *_ in topology["arcs"][number]:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + start[0], y * scale[1] + start[1]))
    return points


def _project(arcs: dict[int, list[Point]]) -> tuple[dict[int, list[Point]], int]:
    """Return the arcs in units of the drawing, north at the top, and the width of the drawing.

    An equidistant conic projection: lengths are true along every meridian and along PARALLELS, so that neither
    Cornwall nor Shetland is stretched. Source: Snyder (1987), Map Projections: A Working Manual, pages 111 to 113.
    """
    south, north = (math.radians(p) for p in PARALLELS)
    cone = (math.cos(south) - math.cos(north)) / (north - south)
    apex = math.cos(south) / cone + south
    longitudes = [x for points in arcs.values() for x, _ in points]
    middle = (min(longitudes) + max(longitudes)) / 2

    def place(longitude: float, latitude: float) -> Point:
        away, turn = apex - math.radians(latitude), cone * math.radians(longitude - middle)
        return away * math.sin(turn), away * math.cos(turn)

    drawn = {i: [place(*point) for point in points] for i, points in arcs.items()}
    xs, ys = zip(*(point for points in drawn.values() for point in points), strict=True)
    left, top = min(xs), min(ys)
    unit = HEIGHT / (max(ys) - top)
    moved = {i: [((x - left) * unit, (y - top) * unit) for x, y in points] for i, points in drawn.items()}
    return moved, math.ceil((max(xs) - left) * unit)


def simplify(points: list[Point], tolerance: float) -> list[Point]:
    """Return the line with fewer points, none of the others further than `tolerance` from it; the ends stay.

    Method: Douglas and Peucker (1973), https://doi.org/10.3138/FM57-6770-U75U-7727

    >>> simplify([(0, 0), (1, 0.1), (2, 0), (3, 4)], 0.5)
    [(0, 0), (2, 0), (3, 4)]
    """
    keep, stretches = {0, len(points) - 1}, [(0, len(points) - 1)]
    while stretches:
        first, last = stretches.pop()
        (x, y), (u, v) = points[first], points[last]
        length = math.hypot(u - x, v - y)
        far, where = tolerance, None
        for i in range(first + 1, last):
            p, q = points[i]
            # from the line through the ends, or from the one point where a ring begins and ends
            away = abs((u - x) * (y - q) - (x - p) * (v - y)) / length if length else math.hypot(p - x, q - y)
            if away > far:
                far, where = away, i
        if where is not None:
            keep.add(where)
            stretches += [(first, where), (where, last)]
    return [points[i] for i in sorted(keep)]


def _whole(points: list[Point]) -> list[tuple[int, int]]:
    return [(round(x), round(y)) for x, y in points]


def _ring(numbers: list[int], arcs: dict[int, list]) -> list:
    """Return the points of a ring, the first not repeated; ~n is arc n walked backwards."""
    points = []
    for number in numbers:
        points += arcs[number] if number >= 0 else arcs[~number][::-1]
    kept = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _area(points: list) -> float:
    pairs = zip(points, [*points[1:], *points[:1]], strict=True)
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairs)) / 2


def _path(rings: list[list[int]], simple: dict[int, list], arcs: dict[int, list[Point]]) -> str:
    drawn = [ring for ring in (_ring(numbers, simple) for numbers in rings) if _area(ring) >= 1]
    if not drawn:
        # a place of islets, or a very small one: its largest ring, not made simpler
        largest = max((_ring(numbers, arcs) for numbers in rings), key=_area)
        drawn = [_ring([0], {0: _whole([*largest, largest[0]])})]
        if _area(drawn[0]) < 1:
            x, y = (round(sum(axis) / len(largest)) for axis in zip(*largest, strict=True))
            drawn = [[(x - 1, y), (x, y - 1), (x + 1, y), (x, y + 1)]]
    return "".join("M" + " ".join(f"{x} {y}" for x, y in ring) + "Z" for ring in drawn)
