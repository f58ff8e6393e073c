"""Bad files are refused with file, row, column and remedy; good ones survive a round trip byte for byte."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import paths, schemas
from helpers.schemas import DataError

HEADER = ",".join(schemas.FIGURES.columns)
GOOD = "low_birth_weight,E08000009,2023-01-01/P1Y,6.5,,,,,pct,final"


def refused(tmp_path, *lines) -> str:
    path = tmp_path / "figures.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        schemas.read(path, schemas.FIGURES)
    return str(error.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (GOOD.replace("pct", "percent"), ["row 3", "'unit'", "'percent'"]),
        (GOOD.replace(",pct,", ",,"), ["row 3", "'unit'"]),
        (GOOD.replace("6.5", ""), ["row 3", "'value'", "a reason it is missing"]),
        (GOOD.replace("final", "suppressed"), ["row 3", "'status'", "says missing"]),
        (GOOD.replace("E08000009", "Trafford"), ["row 3", "'area_code'", "Trafford"]),
        (GOOD.replace("2023-01-01/P1Y", "2023"), ["row 3", "'period'", "2023"]),
        (GOOD.replace("6.5,,", "6.5,7,8"), ["row 3", "does not surround"]),
    ],
)
def test_a_bad_row_is_named(tmp_path, line, says):
    message = refused(tmp_path, GOOD.replace("2023", "2022"), line)
    assert message.startswith("figures.csv:")
    for words in says:
        assert words in message


def test_a_duplicate_key_is_named(tmp_path):
    message = refused(tmp_path, GOOD, GOOD)
    assert "row 3" in message and "stands twice" in message


def test_text_in_a_number_column_is_refused(tmp_path):
    assert "cannot be read" in refused(tmp_path, GOOD.replace("6.5", "n/k"))


def test_an_unknown_column_is_named(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text(HEADER.replace("status", "state") + "\n" + GOOD + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 1.*missing: \['status'\].*not known: \['state'\]"):
        schemas.read(path, schemas.FIGURES)


def test_all_faults_are_told_at_once(tmp_path):
    message = refused(tmp_path, GOOD.replace("pct", "a"), GOOD.replace("pct", "b").replace("2023", "2022"))
    assert len(message.splitlines()) == 2


def test_a_refused_frame_writes_nothing(tmp_path):
    frame = pd.DataFrame([dict(zip(schemas.FIGURES.columns, GOOD.split(","), strict=True))])
    with pytest.raises(DataError):
        schemas.write(frame, schemas.FIGURES, tmp_path / "out.csv")
    assert not list(tmp_path.iterdir())


def test_an_unchanged_file_is_not_touched(tmp_path):
    path = tmp_path / "a.txt"
    assert schemas.write_text(path, "x")
    before = path.stat().st_mtime_ns
    assert not schemas.write_text(path, "x")
    assert path.stat().st_mtime_ns == before


FIGURES = sorted(p for p in paths.FIGURES.glob("*.csv") if p.name.startswith(("dfe-", "mhclg-", "ohid-", "ons-")))


@pytest.mark.parametrize("path", FIGURES, ids=lambda p: p.name)
def test_the_committed_figures_round_trip(path, tmp_path):
    schemas.write(schemas.read(path, schemas.FIGURES), schemas.FIGURES, tmp_path / path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_a_fault_survives_the_way_between_processes():
    import pickle

    assert pickle.loads(pickle.dumps(DataError(["one", "two"]))).faults == ["one", "two"]
