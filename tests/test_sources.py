"""From publishers' files to figures: a unit that changed stops the run, and no reader ends in a traceback."""

from __future__ import annotations

import pandas as pd
import pytest

import workbooks
from helpers import catalogue, fetch, readers, sources
from helpers.readers import _sheets
from helpers.schemas import DataError


def figures(by_period):
    rows = [(p, f"E0800000{n}", value * (1 + n / 10)) for p, value in by_period.items() for n in range(1, 6)]
    return pd.DataFrame(rows, columns=["period", "area_code", "value"])


@pytest.mark.parametrize(
    ("factor", "stops"), [(1000, True), (100, True), (0.01, True), (0.001, True), (3, False), (1, False)]
)
def test_a_jump_of_a_hundred_or_a_thousand_is_a_change_of_unit(factor, stops):
    """£ for £ thousand, a share for a percentage: in whichever period it begins."""
    for at in (1, 2):
        values = dict.fromkeys(("2021-04-01/P1Y", "2022-04-01/P1Y", "2023-04-01/P1Y"), 40.0)
        for period in list(values)[at:]:
            values[period] *= factor
        faults = sources._jumps(figures(values), "data/figures/x.csv", "spend")
        assert bool(faults) is stops
        assert not stops or ("change of unit" in faults[0] and list(values)[at] in faults[0])


def test_what_a_reader_does_not_foresee_is_an_error_with_its_place(monkeypatch, tmp_path):
    """Not a traceback: the source, the reader, what it stopped at and where."""

    class Surprised:
        @staticmethod
        def read(*_):
            return {}["a column of last year"]

    source = next(s for s in catalogue.sources().values() if s.reader == "lait")
    monkeypatch.setattr(readers, "load", lambda name: Surprised)
    with pytest.raises(DataError) as refused:
        fetch.check_layout(source, tmp_path)
    told = str(refused.value)
    assert source.id in told and "the reader lait stopped" in told
    assert "KeyError: 'a column of last year'" in told and "test_sources.py, line" in told


@pytest.mark.parametrize("ending", [".xlsx", ".ods"])
def test_a_publishers_workbook_that_is_damaged_is_told(tmp_path, ending):
    make = workbooks.ods if ending == ".ods" else workbooks.xlsx
    path = make(tmp_path / f"file{ending}", {"S": [["a"], [1]]})
    assert _sheets.rows(path, "S") == [["a"], [1.0]]
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError, match=rf"file\{ending}: the workbook cannot be opened \(\w+Error\)"):
        _sheets.rows(path, "S")
