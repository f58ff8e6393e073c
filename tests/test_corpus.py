"""Every hostile table gives the right figures, or a fault that says where and what to do; none is silently wrong."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
import subprocess
import tarfile

import pandas as pd
import pytest

from corpus import CASES, TABLE
from helpers import tabular
from helpers.tabular import Column, Table


def outcome(case, folder):
    """Return ("right" | "refused" | what is silently wrong)."""
    path = folder / f"sample{case.ending}"
    case.write(path)
    read = tabular.read(path, TABLE)
    assert read.rows == read.kept + read.blank + read.totals + read.above + read.refused, read.account
    if read.faults:
        for fault in read.faults:
            assert path.name in fault and fault.rstrip().endswith((".", "?")), fault
        return "refused", read
    return ("right" if case.rows is not None and same(read.frame, case.rows) else "silently wrong"), read


def same(frame, rows):
    if len(frame) != len(rows):
        return False
    for (_, got), want in zip(frame.iterrows(), rows, strict=True):
        for name, value in want.items():
            if isinstance(value, float) and math.isnan(value):
                if not math.isnan(got[name]):
                    return False
            elif got[name] != value:
                return False
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_right_or_refused_with_the_place(case, tmp_path):
    how, read = outcome(case, tmp_path)
    if case.rows is not None:
        assert how == "right", read.faults or read.frame.to_dict("records")
    else:
        assert how == "refused", read.frame.to_dict("records")
        for words in case.refused:
            parts = words.split("|")
            where = [p for p in parts if re.match(r"row \d|column '", p)]
            what = [p for p in parts if p not in where] or [""]
            assert any(all(w in f for w in where) and any(w in f for w in what) for f in read.faults), read.faults


def test_the_corpus_is_large_and_a_plain_reader_fails_on_it(tmp_path):
    """The files are hostile: pandas as it comes, which must not be the judge, is silently wrong on many."""
    assert len(CASES) >= 80
    assert len({c.name for c in CASES}) == len(CASES)
    silently_wrong = 0
    for case in CASES:
        if case.name == "a zip that unpacks to a gigabyte" or case.ending != ".csv":
            continue
        path = tmp_path / "sample.csv"
        case.write(path)
        try:
            frame = pd.read_csv(path)
            known = {c: c for c in frame.columns if c in TABLE.names}
            good = case.rows is not None and set(known) >= {n for r in case.rows for n in r} and same(frame, case.rows)
        except Exception:
            continue  # it said so: that is no silent error
        silently_wrong += not good
    assert silently_wrong > 40


def test_a_large_file_is_read_and_a_larger_one_refused(tmp_path):
    path = tmp_path / "sample.csv"
    path.write_text("place,value\n" + "".join(f"P{n},{n}\n" for n in range(100_000)))
    read = tabular.read(path, TABLE)
    assert not read.faults and read.kept == 100_000
    with open(path, "ab") as stream:
        stream.truncate(60_000_000)
    assert "larger than 50 MB" in tabular.read(path, TABLE).faults[0]


# --- public collections, taken from their packages; they are not ours to keep here ---

PACKAGES = {"csv-spectrum": "2.0.0", "big-list-of-naughty-strings": "1.0.0"}


def package(name, folder):
    """Return {file: content} of a package of the npm registry, or skip, saying why."""
    if not shutil.which("npm"):
        pytest.skip("npm is not here, and this public collection comes from its registry")
    done = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{PACKAGES[name]}"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    packed = sorted(folder.glob("*.tgz"))
    if done.returncode or not packed:
        pytest.skip(f"the npm registry does not give {name} here")
    with tarfile.open(packed[0]) as archive:
        files = [m for m in archive.getmembers() if m.isfile()]
        return {m.name.removeprefix("package/"): archive.extractfile(m).read() for m in files}


def test_csv_spectrum(tmp_path):
    files = package("csv-spectrum", tmp_path)
    names = [n.removeprefix("csvs/").removesuffix(".csv") for n in files if n.startswith("csvs/")]
    assert len(names) >= 12
    for name in names:
        wanted = json.loads(files[f"json/{name}.json"])
        wanted = wanted if isinstance(wanted, list) else [wanted]
        columns = tuple(Column(c, "text", "Any text") for c in wanted[0])
        path = tmp_path / f"{name}.csv"
        path.write_bytes(files[f"csvs/{name}.csv"])
        read = tabular.read(path, Table("spectrum", "Any.", columns))
        if name == "location_coordinates":  # its degree signs were lost before it was published
            assert len(read.faults) == 1 and "the text is damaged" in read.faults[0]
            continue
        # a text is kept in one line: what a line break divides is divided by a space
        plain = [{k: " ".join(str(v).split()) for k, v in row.items()} for row in wanted]
        assert not read.faults, (name, read.faults)
        assert read.frame.to_dict("records") == plain, name


def test_naughty_strings_stay_what_they_are_or_are_refused(tmp_path):
    strings = json.loads(package("big-list-of-naughty-strings", tmp_path)["blns.json"])
    assert len(strings) > 400
    columns = (Column("number", "id", "Its number", needed=True), Column("text", "text", "Any text"))
    stream = io.StringIO()
    lines = csv.writer(stream)
    lines.writerow(["number", "text"])
    lines.writerows([f"n{i}", text] for i, text in enumerate(strings))
    path = tmp_path / "strings.csv"
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    read = tabular.read(path, Table("strings", "Any.", columns))
    assert read.rows == read.kept + read.refused + read.blank + read.totals == len(strings)
    from helpers.tabular.files import clean

    for row in read.frame.itertuples():
        assert row.text == clean(strings[int(row.number[1:])])
    assert read.kept > 300
