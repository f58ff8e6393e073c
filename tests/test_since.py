"""The loop end to end on real figures: freeze, plant changes, and read on the page what changed and why."""

from __future__ import annotations

import gzip
import json

import pytest

from helpers import bundles, due, editions, evidence, findings, freshness, paths, settings, since, since_page
from helpers.schemas import DataError

PLACES = [("E08000009", "trafford"), ("E06000001", "hartlepool")]
DAY = "2026-05-22"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build([code for code, _ in PLACES], settings.load()["edition"], target))
    return target


@pytest.fixture
def built(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLES", folder)
    monkeypatch.setattr(editions, "EDITIONS", tmp_path / "editions")
    monkeypatch.setattr(editions.before, "__defaults__", (tmp_path / "editions",))
    list(findings.write(PLACES, settings.load()))
    return folder


def frozen(tmp_path, plant=lambda figures, about, said: None):
    """Freeze the present edition under an earlier day, after `plant` has altered what it says."""
    present, _ = since.present(settings.load()["edition"], [slug for _, slug in PLACES])
    target = editions.freeze(present, tmp_path / "editions")
    (target.parent / DAY).mkdir()
    figures, about, said = (
        present.figures.copy(),
        json.loads((target / "edition.json").read_text()),
        present.findings.copy(),
    )
    plant(figures, about, said)
    (target.parent / DAY / "figures.csv.gz").write_bytes(gzip.compress(figures.to_csv(index=False).encode()))
    (target.parent / DAY / "edition.json").write_text(json.dumps(about | {"edition": DAY}))
    said.to_csv(target.parent / DAY / "findings.csv", index=False)


def load(code="E06000001"):
    return evidence.load(code, **settings.load())


def test_without_an_earlier_edition_the_page_says_that_it_is_the_first(built):
    assert since.write(PLACES, settings.load()) == ""
    assert "first edition" in since_page.of_place(load()) and "first edition" in since_page.overall()


def test_nothing_changed_is_said(built, tmp_path):
    frozen(tmp_path)
    assert since.write(PLACES, settings.load()) == DAY
    assert "No figure and no finding changed for Hartlepool" in since_page.of_place(load())
    assert "No figure and no finding changed in 2 localities" in since_page.overall()


def test_planted_changes_are_named_on_the_page_of_the_place_and_of_all(built, tmp_path):
    def plant(figures, about, said):
        mine = figures["area_code"] == "E06000001"
        figures.loc[mine & (figures["indicator"] == "rereferrals"), "series"] = "00000000"
        about["definitions"]["adult_obesity"]["meaning"] = "another"
        about["thresholds"]["late_spend_studentised"] = 2.5
        said.loc[(said["area_code"] == "E06000001") & (said["key"] == "learning:rebalance"), "status"] = "watch"

    frozen(tmp_path, plant)
    since.write(PLACES, settings.load())
    changes = load().changes
    assert {(c["indicator"], c["kind"]) for c in changes["figures"]} == {
        ("rereferrals", "revised"),
        ("adult_obesity", "redefined"),
    }
    (flip,) = changes["findings"]
    assert (flip["before"], flip["after"], flip["why"]) == ("watch", "test", "revised")
    page, whole = since_page.of_place(load()), since_page.overall()
    assert "<td>Test</td>" in page and "revised, in an earlier period" in page and "redefined" in page
    assert "<td>Test</td>" in whole and "2 localities" in whole
    assert [c["kind"] for c in load("E08000009").changes["figures"]] == ["redefined"]


def test_a_bundle_without_findings_or_of_another_edition_is_refused(built):
    with pytest.raises(DataError, match="not of edition 2020-01-01"):
        since.present("2020-01-01", ["trafford"])
    with pytest.raises(DataError, match=r"findings\.json: not built"):
        since.present(settings.load()["edition"], ["nowhere"])


def test_every_source_has_an_age_and_an_honest_next_release(built):
    found = {f.source: f for f in due.of(load())}
    yearly = found["dfe-csc"]
    assert yearly.gap == 12 and yearly.due == due.later(yearly.released, 12)
    assert yearly.state == ("a newer release may be out" if yearly.due <= settings.load()["edition"] else "in time")
    single = [f for f in found.values() if not f.gap]
    assert all(f.state == "not known" and not f.due for f in single)
    table = freshness.table(load())
    assert "our reckoning" in table and "months" in table
