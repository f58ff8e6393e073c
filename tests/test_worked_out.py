"""What was worked out is kept as it was, for as long as what it was worked out from is the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from helpers import worked_out
from helpers.worked_out import Memory, marked

calls = []


def doubled(table, factor):
    calls.append(factor)
    return pd.DataFrame({"name": table["name"], "value": factor * table["value"], "n": len(table), "none": None})


@pytest.fixture(autouse=True)
def fresh():
    calls.clear()


@pytest.fixture
def table():
    return marked(pd.DataFrame({"name": ["a", "b", None], "value": [0.1 + 0.2, np.nan, 1e300]}))


def test_what_is_kept_is_what_was_made(tmp_path, table):
    first = Memory(tmp_path).call(doubled, table, 2)
    again = Memory(tmp_path).call(doubled, table, 2)
    assert calls == [2]
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    pd.testing.assert_frame_equal(first, doubled(table, 2), check_exact=True)
    empty = Memory(tmp_path).call(doubled, table.iloc[:0], 2)
    pd.testing.assert_frame_equal(empty, Memory(tmp_path).call(doubled, table.iloc[:0], 2))


@dataclass
class Places:
    codes: pd.DataFrame
    edition: str


def counted(places, table):
    calls.append(len(places.codes))
    return table[["value"]].reset_index(drop=True), {"n": np.int64(len(places.codes)), "why": None, "r": 0.1 + 0.2}


def test_a_table_with_a_record_is_kept_and_an_argument_of_several_parts_is_told_by_each(tmp_path, table):
    codes = pd.DataFrame({"code": ["E1", "E2"]})
    memory = Memory(tmp_path)
    first = memory.call(counted, Places(codes, "2026"), table)
    again = memory.call(counted, Places(codes.copy(), "2026"), table)
    assert calls == [2]
    pd.testing.assert_frame_equal(first[0], again[0], check_exact=True)
    assert first[1] == again[1] == {"n": 2, "why": None, "r": 0.1 + 0.2}
    memory.call(counted, Places(codes, "2027"), table)
    memory.call(counted, Places(codes.iloc[:1], "2026"), table)
    assert calls == [2, 2, 1]


def test_another_row_another_argument_or_other_code_is_worked_out_anew(tmp_path, table, monkeypatch):
    memory = Memory(tmp_path)
    memory.call(doubled, table, 2)
    memory.call(doubled, table, 3)
    memory.call(doubled, table.iloc[:2], 2)
    memory.call(doubled, marked(table.assign(value=[0.3, 1, 1]).drop(columns="mark")), 2)
    assert calls == [2, 3, 2, 2]
    monkeypatch.setattr(worked_out.fingerprints, "code", lambda: "other")
    memory.call(doubled, table, 2)
    assert len(calls) == 5


def test_a_file_cut_short_is_worked_out_anew_and_what_is_not_asked_for_goes(tmp_path, table):
    Memory(tmp_path).call(doubled, table, 2)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(path.read_text()[:40])
    memory = Memory(tmp_path)
    memory.call(doubled, table, 2)
    assert calls == [2, 2]
    memory.forget()
    assert path.exists()
    Memory(tmp_path).forget()
    assert not path.exists()


def test_an_argument_that_cannot_be_told_whole_is_refused(tmp_path, table):
    with pytest.raises(TypeError):
        Memory(tmp_path).call(doubled, table, object())
    assert not calls
