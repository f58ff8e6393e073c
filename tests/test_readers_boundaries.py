"""The map: every locality is drawn, neighbours touch, and they cover each nation as another layer draws it."""

from __future__ import annotations

import itertools
import json
import math
import re

import pytest

from helpers import catalogue, geography, paths
from helpers.readers import boundaries
from helpers.schemas import DataError

CITY, SCILLY, TRAFFORD, MANCHESTER = "E09000001", "E06000053", "E08000009", "E08000003"
LEICESTER, LEICESTERSHIRE, CORNWALL, NORFOLK = "E06000016", "E10000018", "E06000052", "E10000020"
SHETLAND, BELFAST, CARDIFF = "S12000027", "N09000003", "W06000015"
NORTHUMBERLAND, WIGHT, SHEFFIELD, BARNSLEY = "E06000057", "E06000046", "E08000039", "E08000038"


def source():
    return catalogue.load_source(paths.SOURCES / "geography.yml")


@pytest.fixture(scope="module")
def folder(raw):
    return raw / "geography"


@pytest.fixture(scope="module")
def drawing(folder):
    return boundaries.shapes(folder, source(), geography.load().recodes)


def rings(path):
    """Return the rings of an SVG path as lists of points."""
    found = []
    for part in re.findall(r"M([^MZ]*)Z", path):
        numbers = [int(n) for n in part.split()]
        found.append(list(zip(numbers[::2], numbers[1::2], strict=True)))
    return found


def signed(ring):
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def area(path):
    """Return the area; a hole runs the other way round than the ring that it lies in."""
    return abs(sum(signed(ring) for ring in rings(path)))


def borders(path):
    """Return the stretches of a path's border, whichever way they are walked."""
    return {frozenset(pair) for ring in rings(path) for pair in zip(ring, [*ring[1:], ring[0]], strict=True)}


def distance(point, stretch):
    """Return how far a point is from a straight stretch."""
    (x, y), ((a, b), (c, d)) = point, stretch
    along = ((x - a) * (c - a) + (y - b) * (d - b)) / ((c - a) ** 2 + (d - b) ** 2)
    along = min(1, max(0, along))
    return math.hypot(x - a - along * (c - a), y - b - along * (d - b))


def middle(path):
    points = max(rings(path), key=lambda ring: abs(signed(ring)))
    return tuple(sum(axis) / len(points) for axis in zip(*points, strict=True))


def test_every_locality_has_a_shape_and_nothing_else_has(drawing):
    assert list(drawing["places"]) == sorted(geography.load().localities["area_code"])


def test_paths_are_whole_numbers_within_the_drawing(drawing):
    for code, path in drawing["places"].items():
        assert re.fullmatch(r"(M\d+ \d+( \d+ \d+){2,}Z)+", path), code
        for ring in rings(path):
            assert all(0 <= x <= drawing["width"] and 0 <= y <= drawing["height"] for x, y in ring), code
    assert drawing["height"] == boundaries.HEIGHT


def test_the_smallest_places_can_be_seen(drawing):
    assert all(area(path) >= 2 for path in drawing["places"].values())
    assert area(drawing["places"][CITY]) >= 2
    assert len(rings(drawing["places"][SCILLY])) > 1


def test_the_whole_is_small_enough_for_a_page(drawing):
    assert len(json.dumps(drawing)) < 160_000


@pytest.mark.parametrize(("one", "other"), [(TRAFFORD, MANCHESTER), (LEICESTER, LEICESTERSHIRE), (SHEFFIELD, BARNSLEY)])
def test_neighbours_share_their_border(drawing, one, other):
    assert len(borders(drawing["places"][one]) & borders(drawing["places"][other])) >= 3


def test_a_city_within_a_county_is_a_hole_in_it(drawing):
    assert borders(drawing["places"][LEICESTER]) <= borders(drawing["places"][LEICESTERSHIRE])


def test_north_is_up_and_west_is_left(drawing):
    at = {code: middle(path) for code, path in drawing["places"].items()}
    assert at[CORNWALL][0] < at[TRAFFORD][0] < at[NORFOLK][0]
    assert at[SHETLAND][1] < at[NORTHUMBERLAND][1] < at[TRAFFORD][1] < at[WIGHT][1]
    assert at[BELFAST][0] < at[CARDIFF][0] < at[TRAFFORD][0]


def test_the_places_cover_each_nation_as_the_layer_of_countries_draws_it(folder, drawing):
    topology = json.loads((folder / boundaries.FILE).read_text(encoding="utf-8"))
    nations = {
        shape["properties"]["areacd"]: [
            ring
            for polygon in (shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]])
            for ring in polygon
        ]
        for shape in topology["objects"]["ctry"]["geometries"]
    }
    used = {max(n, ~n) for rings_of in nations.values() for ring in rings_of for n in ring}
    arcs, _ = boundaries._project({i: boundaries._decode(topology, i) for i in used})
    assert sorted(nations) == ["E92000001", "N92000002", "S92000003", "W92000004"]
    for nation, outlines in nations.items():
        whole = abs(sum(signed(boundaries._ring(ring, arcs)) for ring in outlines))
        covered = sum(area(path) for code, path in drawing["places"].items() if code[0] == nation[0])
        assert covered == pytest.approx(whole, rel=0.01), nation


def test_lengths_are_as_on_the_ground_from_cornwall_to_shetland(folder, drawing):
    """What the drawing makes of a square kilometre is the same wherever it lies. Sizes: mySociety's register."""
    square_km = {CORNWALL: 3_545, NORTHUMBERLAND: 5_020, "S12000017": 25_653}  # Highland
    scale = {code: area(drawing["places"][code]) / size for code, size in square_km.items()}
    for code in scale:
        assert scale[code] == pytest.approx(scale[NORTHUMBERLAND], rel=0.04), code


def test_two_runs_draw_the_same(folder, drawing):
    assert json.dumps(boundaries.shapes(folder, source(), geography.load().recodes)) == json.dumps(drawing)


def test_a_simpler_line_keeps_its_ends_and_stays_close():
    line = [(i, (i * 7919 % 13) / 10) for i in range(60)]
    simple = boundaries.simplify(line, 0.5)
    assert (simple[0], simple[-1]) == (line[0], line[-1])
    assert len(simple) < len(line)
    for point in line:
        assert min(distance(point, pair) for pair in itertools.pairwise(simple)) <= 0.5


def test_a_ring_that_begins_where_it_ends_keeps_its_far_corners():
    ring = [(0, 0), (5, 0.1), (10, 0), (10, 10), (0, 10), (0, 0)]
    assert boundaries.simplify(ring, 0.5) == [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]


def small(tmp_path, layer="utla", codes=("E06000001",)):
    square = [[0, 0], [9, 0], [0, 9], [-9, 0], [0, -9]]
    shapes = [{"type": "Polygon", "arcs": [[0]], "properties": {"areacd": code}} for code in codes]
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.001, 0.001], "translate": [-1, 52]},
        "objects": {layer: {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": [square],
    }
    (tmp_path / boundaries.FILE).write_text(json.dumps(topology), encoding="utf-8")
    return tmp_path


def test_a_small_file_is_drawn(tmp_path):
    drawing = boundaries.shapes(small(tmp_path), source(), {})
    assert area(drawing["places"]["E06000001"]) == pytest.approx(boundaries.HEIGHT * drawing["width"], rel=0.01)


def test_a_place_too_small_for_the_drawing_is_a_mark_of_four_points(tmp_path):
    folder = small(tmp_path, codes=["E06000001", "E06000002"])
    topology = json.loads((folder / boundaries.FILE).read_text(encoding="utf-8"))
    topology["arcs"].append([[0, 0], [1, 0], [0, 1], [-1, -1]])
    topology["arcs"][0] = [[0, 0], [9000, 0], [0, 9000], [-9000, 0], [0, -9000]]
    topology["objects"]["utla"]["geometries"][1]["arcs"] = [[1]]
    (folder / boundaries.FILE).write_text(json.dumps(topology), encoding="utf-8")
    path = boundaries.shapes(folder, source(), geography.load().recodes)["places"]["E06000002"]
    assert [len(ring) for ring in rings(path)] == [4]
    assert area(path) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layer": "cty"}, "there is no layer 'utla'. Layers: cty."),
        ({"codes": ["E06000001", "E06000001"]}, "E06000001 has two current shapes"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, change, said):
    with pytest.raises(DataError) as error:
        boundaries.shapes(small(tmp_path, **change), source(), {})
    assert f"{boundaries.FILE}: {said}" in str(error.value)


def test_a_source_that_does_not_list_the_file_is_refused(tmp_path):
    other = source().model_copy(update={"files": ()})
    with pytest.raises(DataError, match=r"data/sources/geography\.yml: uk-topojson_topo\.json is not listed"):
        boundaries.shapes(tmp_path, other, {})
