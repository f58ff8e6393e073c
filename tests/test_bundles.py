"""Bundles: what a chapter reads agrees with the figures, and with the publishers' own totals for a county."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from helpers import (
    bundle_of_place,
    bundles,
    catalogue,
    fingerprints,
    geography,
    local_evidence,
    outcome_trends,
    paths,
    periods,
    settings,
)
from helpers.worked_out import Memory
from repository import copy_of_repository, handbook


@pytest.fixture(scope="module")
def register():
    return geography.load()


@pytest.fixture(scope="module")
def measured(register):
    return bundles.measured(bundles.figures(settings.load()["edition"]), register)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    target = tmp_path_factory.mktemp("build") / "bundles"
    list(bundles.build(["E08000009", "E06000002", "E10000030"], settings.load()["edition"], target))
    return target


def series(built, slug):
    return pd.read_csv(built / slug / "series.csv", keep_default_na=False, na_values=[""])


def test_figures_are_measured_a_source_at_a_time_and_only_where_a_file_has_changed(
    register, measured, tmp_path, monkeypatch
):
    edition, read, released = settings.load()["edition"], [], bundles._released
    monkeypatch.setattr(
        bundles, "_released", lambda path, source, *of: (read.append(source), released(path, source, *of))[1]
    )

    def now(folder=paths.FIGURES):
        read.clear()
        found = bundles._all_measured(register, edition, folder, Memory(tmp_path / "kept")).drop(columns="mark")
        return found.sort_values(["indicator", "period", "area_code"], ignore_index=True)

    together = measured.sort_values(["indicator", "period", "area_code"], ignore_index=True)
    pd.testing.assert_frame_equal(now(), together, check_exact=True)
    assert set(read) == set(measured["source"])
    people = "ons-population-mid2023"  # which all are told: it is small
    pd.testing.assert_frame_equal(now(), together, check_exact=True)
    assert read == [people]
    known = catalogue.indicators()
    other = known | {i.id: i.model_copy(update={"method": "published"}) for i in known.values()}
    with monkeypatch.context() as patched:  # the catalogue decides how a figure is measured
        patched.setattr(catalogue, "indicators", lambda: other)
        assert set(now()["interval"]) == {"", "published"} < set(together["interval"])
    copied = tmp_path / "figures"
    shutil.copytree(paths.FIGURES, copied)
    now(copied)
    lines = (copied / "dfe-lait.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (copied / "dfe-lait.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    assert len(now(copied)) == len(together) - 1
    assert read == [people, "dfe-lait"]


def test_a_bundle_repeats_the_figures(built, measured):
    own = series(built, "trafford").dropna(subset="value").set_index(["indicator", "period"])["value"]
    figures = (
        measured[measured["area_code"] == "E08000009"]
        .dropna(subset="value")
        .set_index(["indicator", "period"])["value"]
    )
    assert len(own) == len(figures) > 900
    pd.testing.assert_series_equal(own.sort_index(), figures.sort_index(), rtol=1e-6, check_names=False)


def test_england_and_region_stand_beside_each_value(built, measured):
    row = series(built, "trafford").query("indicator == 'children_looked_after'").iloc[-1]
    wide = measured[(measured["indicator"] == "children_looked_after") & (measured["period"] == row["period"])]
    wide = wide.set_index("area_code")["value"]
    assert row["england"] == pytest.approx(wide["E92000001"])
    assert row["region"] == pytest.approx(wide["E12000002"])


def test_the_median_is_of_the_ten_neighbours(built, measured):
    place = json.loads((built / "trafford" / "place.json").read_text())
    codes = [n["area_code"] for n in place["neighbours"]["dfe"]]
    assert len(codes) == 10
    row = series(built, "trafford").query("indicator == 'children_looked_after'").iloc[-1]
    wide = measured[(measured["indicator"] == "children_looked_after") & (measured["period"] == row["period"])]
    values = wide.set_index("area_code")["value"].reindex(codes)
    assert row["dfe_n"] == values.notna().sum()
    assert row["dfe_median"] == pytest.approx(np.nanmedian(values))


def test_the_districts_of_a_county_are_summed_with_their_coverage(built, measured, register):
    """Surrey's homelessness duties are the sum of its 11 districts' published counts."""
    row = series(built, "surrey").query("indicator == 'homelessness_prevention_duty'").dropna(subset="value").iloc[-1]
    figures = bundles.figures(settings.load()["edition"])
    own = register.districts[
        (register.districts["locality_code"] == "E10000030") & (register.districts["current"] == "yes")
    ]
    assert len(own) == 11
    parts = figures[
        (figures["indicator"] == "homelessness_prevention_duty")
        & (figures["period"] == row["period"])
        & figures["area_code"].isin(own["district_code"])
    ]
    assert row["count"] == parts["count"].sum()
    assert row["value"] == pytest.approx(1000 * parts["count"].sum() / parts["denominator"].sum())
    assert row["coverage"] == f"{parts['count'].notna().sum()} of 11 districts"


def test_withheld_returns_are_a_state_and_not_a_zero(built):
    rows = series(built, "middlesbrough")
    withheld = rows[rows["indicator"].str.startswith("s251_") & (rows["period"] == periods.financial_year(2024))]
    assert len(withheld) >= 7
    assert withheld["value"].isna().all()
    assert set(withheld["status"]) == {"not_submitted"}


def test_an_earlier_edition_knows_less(register):
    old, new = bundles.figures("2025-06-01"), bundles.figures("2026-11-22")
    assert 0 < len(old) < len(new)
    assert old["release_date"].max() <= "2025-06-01"


def test_two_runs_give_the_same_bytes(built, tmp_path):
    list(bundles.build(["E08000009"], settings.load()["edition"], tmp_path))
    for name in ("series.csv", "peers.csv", "place.json"):
        assert (tmp_path / "trafford" / name).read_bytes() == (built / "trafford" / name).read_bytes()


def test_every_locality_has_ten_statistical_neighbours(register):
    from helpers import schemas

    neighbours = schemas.read(paths.FIGURES / "neighbours.csv", schemas.NEIGHBOURS)
    sizes = neighbours[neighbours["comparator"] == "dfe"].groupby("area_code").size()
    assert set(sizes.index) <= set(register.localities["area_code"])
    assert (sizes == 10).all()


def files(folder):
    """Return {path: content} of bundles, without what they say they were made from."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.name != fingerprints.STAMP
    }


def test_one_changed_figure_is_written_where_it_is_read_and_nowhere_else(built, tmp_path, monkeypatch):
    """What is kept between builds must give the bytes of a build from nothing."""
    near = pd.read_csv(paths.FIGURES / "neighbours.csv")
    near = set(near.loc[near["neighbour_code"] == "E08000009", "area_code"])
    codes, edition = ["E08000009", "E06000002", "E10000030", *sorted(near)[:8]], settings.load()["edition"]
    target, figures = tmp_path / "build" / "bundles", tmp_path / "figures"
    shutil.copytree(built, target)
    shutil.copytree(built.parent / "worked-out", target.parent / "worked-out", dirs_exist_ok=True)
    list(bundles.build(codes, edition, target))
    before = files(target)
    shutil.copytree(paths.FIGURES, figures)
    path = figures / "dfe-lait.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("low_birth_weight,E08000009,"))  # the oldest
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:3], f"{float(cells[3]) + 0.1:.1f}", "", "", *cells[6:]])
    path.write_text("".join(lines), encoding="utf-8")

    monkeypatch.setattr(fingerprints, "data", lambda: "another figure")
    many = bundles.FEW
    monkeypatch.setattr(bundles, "FEW", len(codes) + 1)  # written in this process, so that it can be counted
    written, write = [], bundle_of_place.write
    monkeypatch.setattr(bundle_of_place, "write", lambda e, code, *rest: written.append(code) or write(e, code, *rest))
    worked, of_one = [], outcome_trends.of_one
    monkeypatch.setattr(outcome_trends, "of_one", functools.wraps(of_one)(lambda *a: worked.append(a) or of_one(*a)))
    assert sorted(bundles.build(codes, edition, target, figures)) == sorted(codes)
    places = {geography.register().place(code)["slug"]: code for code in codes}
    after = files(target)
    changed = {name.partition("/")[0] for name in after if after[name] != before[name]} & places.keys()
    assert {"E08000009"} < set(written) == {places[slug] for slug in changed}  # its neighbours where a median moved
    assert near & set(codes) > set(written) - {"E08000009"}
    assert not worked  # a figure of another chapter

    written.clear()
    monkeypatch.setattr(bundles, "FEW", many)
    list(bundles.build(codes, edition, tmp_path / "from nothing" / "bundles", figures))
    assert sys.platform != "linux" or not written  # by other processes
    assert files(target) == files(tmp_path / "from nothing" / "bundles")

    written.clear()
    monkeypatch.setattr(bundles, "FEW", len(codes) + 1)
    list(bundles.build(codes, edition, target, figures))
    assert not written


def test_a_fault_in_a_process_that_writes_is_told_and_the_bundle_is_not_taken_for_whole(
    tmp_path, monkeypatch, register
):
    codes = sorted(register.localities["area_code"])[: bundles.FEW]
    broken = register.place(codes[3])["slug"]
    (tmp_path / broken).mkdir()
    (tmp_path / broken / "peers.csv").mkdir()  # where a file is to be
    with pytest.raises(OSError, match=r"peers\.csv"):
        list(bundles.build(codes, settings.load()["edition"], tmp_path))
    assert fingerprints.stamped(tmp_path / broken) == []
    (tmp_path / broken / "peers.csv").rmdir()
    assert sorted(bundles.build(codes, settings.load()["edition"], tmp_path)) == codes
    assert (tmp_path / broken / "peers.csv").is_file()


def test_the_bundle_of_a_place_that_is_no_more_goes(tmp_path):
    (tmp_path / "a-pack-that-was-taken-away").mkdir()
    list(bundles.build(["E08000009"], settings.load()["edition"], tmp_path))
    assert {folder.name for folder in tmp_path.iterdir() if folder.is_dir()} >= {"_common", "trafford"}
    assert not (tmp_path / "a-pack-that-was-taken-away").exists()


def test_the_order_of_what_a_pack_says_is_part_of_it(tmp_path, monkeypatch):
    roles = {"analyst": 1, "worker": 2}
    told = [roles, dict(reversed(roles.items()))]
    for said in told:
        monkeypatch.setattr(local_evidence, "kept", lambda *_, said=said: {"by_role": said})
        monkeypatch.setattr(fingerprints, "data", lambda said=said: json.dumps(said))
        list(bundles.build(["E08000009"], settings.load()["edition"], tmp_path))
    assert list(json.loads((tmp_path / "trafford" / "local.json").read_text())["by_role"]) == list(told[1])


@pytest.mark.slow
def test_no_chapter_reads_what_stands_in_the_folder_of_another(tmp_path):
    """A chapter is not run again for a change there, so a chapter that reads it would go stale."""
    root = copy_of_repository(tmp_path)
    handbook(root, "bundle", "--only", "trafford")
    handbook(root, "render", "--only", "trafford")
    golden = {p.name: p.read_bytes() for p in (root / "book" / "localities" / "trafford").glob("*.ipynb")}
    code = (
        "import sys, shutil; from helpers import render, paths, settings\n"
        "for folder in [p for b in ('trafford', '_common') for p in (paths.BUNDLES / b).iterdir() if p.is_dir()]:\n"
        "    if folder.name != sys.argv[1]: shutil.rmtree(folder)\n"
        "values = {'area_code': 'E08000009', **settings.load()}\n"
        "run = render.run({c: p for c, p in render.chapters().items() if c == sys.argv[1]}, 'Trafford', values, 'kernel')\n"
        "sys.stdout.write(run[sys.argv[1]])\n"
    )
    whole = tmp_path / "whole"
    shutil.copytree(root / "build" / "bundles", whole)
    for name, notebook in golden.items():
        shutil.rmtree(root / "build" / "bundles")
        shutil.copytree(whole, root / "build" / "bundles")
        environment = os.environ | {"HANDBOOK_ROOT": str(root)}
        told = subprocess.run(
            [sys.executable, "-c", code, name.removesuffix(".ipynb")], cwd=root, env=environment, capture_output=True
        )
        assert told.returncode == 0, told.stderr.decode()
        assert told.stdout == notebook, name
