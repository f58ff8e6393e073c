"""What was worked out is kept as it was, for as long as what it was worked out from is the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from helpers import worked_out
from helpers.worked_out import Memory, Rows, marked, parted, told

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


def named(table):
    """Make a table of a part of another; of "c" nothing, in columns of no type."""
    calls.append(table["name"].iloc[0])
    if table["name"].iloc[0] == "c":
        return pd.DataFrame({"name": [], "n": [], "word": []})
    return pd.DataFrame({"name": table["name"], "n": range(len(table)), "word": None if len(table) > 1 else "one"})


def parts_of(values):
    names = ["a", "b", "a", "c", "b", "d"]
    table = marked(pd.DataFrame({"name": names, "value": values}))
    parts = parted(table, pd.Series([True] * 5 + [False]), "name")
    assert list(parts) == ["a", "b", "c"]
    return [(part,) for part in parts.values()]


def test_of_many_only_what_has_changed_is_worked_out_anew_and_the_table_is_the_same(tmp_path):
    first = Memory(tmp_path).each(named, parts_of([1.0, 2, 3, 4, 5, 6]))
    assert calls == ["a", "b", "c"]
    assert first.to_dict("list") == {"name": ["a", "a", "b", "b"], "n": [0, 1, 0, 1], "word": [None] * 4}
    assert first["n"].dtype == "int64"
    calls.clear()
    changed = parts_of([1.0, 2, 3, 4, 5.5, 7])
    again = Memory(tmp_path).each(named, changed)
    assert calls == ["b"]
    pd.testing.assert_frame_equal(again, first, check_exact=True)
    pd.testing.assert_frame_equal(again, Memory(None).each(named, changed), check_exact=True)
    calls.clear()
    fewer = Memory(tmp_path).each(named, changed[1:])  # and what is not asked for any more is not kept
    assert fewer["name"].tolist() == ["b", "b"]
    Memory(tmp_path).each(named, changed)
    assert calls == ["a"]


def test_an_argument_that_many_calls_share_is_hashed_once_and_told_by_what_it_holds(tmp_path, table, monkeypatch):
    def of(shared):
        rows = [Rows(table, np.array([n])) for n in range(3)]
        return Memory(tmp_path).each(joined, [(one, shared) for one in rows])["sum"].tolist()

    first, hashed = told(pd.DataFrame({"value": [1.0, 2.0]})), []
    assert of(first) == [3.0, 3.0, 3.0] and calls == ["joined"] * 3
    monkeypatch.setattr(pd.util, "hash_pandas_object", lambda *_, **__: hashed.append(1))
    assert of(first) == [3.0, 3.0, 3.0] and calls == ["joined"] * 3 and not hashed
    monkeypatch.undo()
    assert of(told(pd.DataFrame({"value": [1.0, 3.0]}))) == [4.0, 4.0, 4.0] and calls == ["joined"] * 6


def joined(rows, shared):
    calls.append("joined")
    return pd.DataFrame({"name": rows["name"], "sum": shared["value"].sum()})


def test_each_use_of_a_function_has_a_file_and_one_cut_short_is_no_loss(tmp_path):
    memory, parts = Memory(tmp_path), parts_of([1.0, 2, 3, 4, 5, 6])
    memory.each(named, parts)
    memory.each(named, parts[:1], "_before")
    assert calls == ["a", "b", "c", "a"]
    for path in tmp_path.rglob("*.feather"):
        path.write_bytes(path.read_bytes()[:100])
    assert len(memory.each(named, parts)) == 4
    assert calls == ["a", "b", "c", "a", "a", "b", "c"]
    assert memory.each(named, []).empty
    memory.forget()
    assert len(list(tmp_path.rglob("*.feather"))) == 2
    Memory(tmp_path).forget()
    assert not list(tmp_path.rglob("*.feather"))


def summed(rows, words):
    calls.append(words)
    return {"sum": float(rows["value"].sum()), "words": words}


def test_a_record_alone_is_kept_too_and_rows_are_told_by_what_stands_in_them(tmp_path, table):
    memory = Memory(tmp_path)
    for at in ([0, 2], [0, 2], [0]):
        made = memory.call(summed, Rows(table, np.array(at)), ["a"])
        assert made == {"sum": float(table["value"].iloc[at].sum()), "words": ["a"]}
    assert len(calls) == 2
