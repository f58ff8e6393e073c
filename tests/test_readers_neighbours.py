"""The reader of neighbour lists, against the department's other file of the same lists and cells read by eye."""

from __future__ import annotations

import pandas as pd
import pytest

import tiny
from helpers import catalogue, geography
from helpers.readers import neighbours
from helpers.schemas import NEIGHBOURS, DataError, validate


@pytest.fixture(scope="module")
def lists(raw):
    parts = []
    for name in ("dfe-neighbours", "ons-neighbours"):
        source = catalogue.sources()[name]
        parts.append(neighbours.tables(raw / source.folder, source, geography.register())["neighbours"])
    return validate(pd.concat(parts, ignore_index=True), NEIGHBOURS, "neighbours")


def _of(lists, comparator, code):
    rows = lists[(lists["comparator"] == comparator) & (lists["area_code"] == code)]
    names = geography.register().names
    return [names[c] for c in rows.sort_values("position")["neighbour_code"]]


def test_lists_are_those_that_stand_in_the_files(lists):
    assert _of(lists, "dfe", "E08000009") == [
        *("Hertfordshire", "Stockport", "Buckinghamshire", "Oxfordshire", "Surrey", "Bromley", "Cheshire East"),
        *("Cambridgeshire", "Gloucestershire", "Solihull"),
    ]
    # the Office's list also holds Vale of White Horse, Rushcliffe and other districts, which are passed over
    assert _of(lists, "ons", "E08000009")[:6] == [
        *("Stockport", "Solihull", "Windsor and Maidenhead", "Sutton", "Buckinghamshire", "Warrington"),
    ]


def test_the_department_lists_ten_for_every_locality_and_its_other_file_agrees(raw, lists):
    dfe = lists[lists["comparator"] == "dfe"]
    assert dfe.groupby("area_code").size().tolist() == [10] * 153
    register = geography.register()
    wide = pd.read_csv(raw / "dfe-csc" / "sn_model_2025_wide.csv", dtype=str, encoding="utf-8-sig").set_index(
        "old_la_code"
    )
    lookup = pd.read_csv(raw / "dfe-lait" / "la-lookup.csv", dtype=str, encoding="utf-8-sig")
    code = {n: register.recodes.get(c, c) for n, c in zip(lookup["old_la_code"], lookup["la_code"], strict=True)}
    ours = dfe.set_index(["area_code", "position"])["neighbour_code"]
    for number, row in wide.iterrows():
        for position in range(1, 11):
            assert ours[code[number], position] == code[row[f"SN_{position}"]]


def test_the_offices_list_keeps_localities_of_all_nations_and_no_districts(lists):
    """201 localities have ten; the department's list is of England only."""
    ons = lists[lists["comparator"] == "ons"]
    sizes = ons.groupby("area_code").size()
    assert len(sizes) == 218
    assert sizes.value_counts().to_dict()[10] == 201 and sizes.min() == 4
    # Orkney's nearest ten, read by eye
    assert _of(lists, "ons", "S12000023") == [
        *("Scottish Borders", "Shetland Islands", "Dumfries and Galloway", "Isle of Anglesey", "Powys"),
        *("Ceredigion", "Na h-Eileanan Siar", "Pembrokeshire", "Moray", "Isle of Wight"),
    ]
    codes = set(geography.register().localities["area_code"])
    assert set(ons["neighbour_code"]) <= codes and set(lists["area_code"]) == codes
    assert set(lists.loc[lists["comparator"] == "dfe", "area_code"].str[0]) == {"E"}


def test_positions_run_on_and_nobody_is_its_own_neighbour(lists):
    for _, rows in lists.groupby(["comparator", "area_code"]):
        assert sorted(rows["position"]) == list(range(1, len(rows) + 1))
    assert (lists["area_code"] != lists["neighbour_code"]).all()
    assert {"E08000038", "E08000039"} <= set(lists["neighbour_code"])


# --- tiny files that must be refused -------------------------------------------------------------------------------


class Tiny:
    """A register of three localities, one of which was Barnsley under an old code."""

    localities = pd.DataFrame({"area_code": ["E08000009", "E08000038", "E06000049"]})
    recodes = {"E08000016": "E08000038"}  # noqa: RUF012
    names = {"E08000009": "Trafford", "E08000038": "Barnsley", "E06000049": "Cheshire East"}  # noqa: RUF012


WIDE = [
    "AREACD,1,2",
    "E08000009,E07000208,E06000049",
    "E08000016,E06000049,E08000009",
    "E06000049,W06000015,E08000016",
    "E47000001,E47000002,",
]


def _read(folder, lines=WIDE, **reads):
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    file = tiny.file("a.csv")
    source = tiny.source("neighbours", [{**file, "reads": {"comparator": "ons", "layout": "wide", "take": 2, **reads}}])
    return neighbours.tables(folder, source, Tiny)["neighbours"]


def _refused(folder, *parts, **arguments):
    with pytest.raises(DataError) as caught:
        _read(folder, **arguments)
    for part in parts:
        assert part in str(caught.value)


def test_districts_and_wales_are_passed_over_and_the_rest_move_up(tmp_path):
    rows = _read(tmp_path)
    assert rows.to_dict("split")["data"] == [
        ["ons", "E06000049", 1, "E08000038"],
        ["ons", "E08000009", 1, "E06000049"],
        ["ons", "E08000038", 1, "E06000049"],
        ["ons", "E08000038", 2, "E08000009"],
    ]
    assert len(_read(tmp_path, take=1)) == 3


def test_a_bad_file_is_refused_with_file_row_and_column(tmp_path):
    def line(old, new):
        return [row.replace(old, new) for row in WIDE]

    _refused(tmp_path, "a.csv: row 3", "'Trafford'", lines=line("E06000049,E08000009", "E06000049,Trafford"))
    _refused(tmp_path, "a.csv: row 4", "'' (neighbour 1)", lines=line("W06000015", ""))
    _refused(tmp_path, "a.csv", "E08000038 (Barnsley) has no neighbours", lines=[*WIDE[:2], *WIDE[3:]])
    _refused(tmp_path, "a.csv: row 3", "is there twice", lines=line("E06000049,E08000009", "E06000049,E06000049"))
    _refused(tmp_path, "a.csv: row 2", "is itself", lines=line("E08000009,E07000208", "E08000009,E08000009"))
    _refused(tmp_path, "a.csv: row 1, column 'AREACD'", "missing", lines=line("AREACD", "CODE"))
    _refused(tmp_path, "a.csv: row 1, column '3'", "missing", take=3)
    _refused(tmp_path, "a.csv", "layout: 'tall'", "long, wide", layout="tall")


def test_the_long_layout_is_ranked_by_its_own_column(tmp_path):
    lines = [
        "la_code,SN,SN_code",
        "E08000009,2,E08000016",
        "E08000009,1,E06000049",
        "E06000049,1,E08000009",
        "E08000016,1,E08000009",
    ]
    rows = _read(tmp_path, lines, layout="long", comparator="dfe")
    assert rows[rows["area_code"] == "E08000009"]["neighbour_code"].tolist() == ["E06000049", "E08000038"]
    _refused(
        tmp_path, "a.csv: row 2, column 'SN'", "'first'", lines=[lines[0], "E08000009,first,E08000016"], layout="long"
    )
