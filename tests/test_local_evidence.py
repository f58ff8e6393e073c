"""What leaves a pack: only what may, in every analysis, and the net beneath holds when an analysis lets go."""

from __future__ import annotations

import json
import types

import pandas as pd
import pytest

from helpers import fast, local_evidence, local_notice, pack, paths, publishing
from helpers.pack import Pack, templates
from helpers.schemas import DataError
from helpers.worked_out import Memory
from test_pack import PERSON, PROGRAMME, fill

AGREED = "\nagreement:\n- {table: participants, who: Council, role: controller, when: 2025-04-23, for_what: counts}"
SAID = "We were told to come back on a day when nobody was there"


@pytest.fixture
def local(tmp_path):
    """A folder of packs with one, in which one programme has 40 people."""
    templates.write(tmp_path / "trafford", "E08000009", "Trafford")
    folder = tmp_path / "trafford"
    fill(folder, "programmes", PROGRAMME)
    fill(folder, "participants", *(PERSON | {"person": f"secret{n}"} for n in range(40)))
    fill(
        folder,
        "sessions",
        {
            "session": "s1",
            "date": "2025-04-03",
            "place": "North",
            "method": "walk",
            "people": "9",
            "who": "parents",
            "consent": "themes only",
        },
    )
    row = {"session": "s1", "passage": "1", "theme": "opening hours", "direction": "need", "coder": "a"}
    fill(folder, "listening", row | {"quote": SAID})
    return tmp_path


def agree(local):
    path = local / "trafford" / "pack.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("\nagreement: []", AGREED), encoding="utf-8")


def of(local, **options):
    return local_evidence.of_place("trafford", folder=local, **options)


def test_no_pack_no_evidence(tmp_path):
    assert local_evidence.of_place("trafford", folder=tmp_path) == {}


def test_a_pack_is_read_again_only_where_it_has_changed(local, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOCAL", local)
    read, whole = [], pack.read
    monkeypatch.setattr(pack, "read", lambda folder: read.append(folder) or whole(folder))
    memory = Memory(tmp_path / "worked-out")

    def kept(slug="trafford"):
        return local_evidence.kept(slug, False, "E08000009", memory)

    first, again = kept(), kept()
    assert first == again == json.loads(json.dumps(of(local, code="E08000009"))) and len(read) == 2
    path = local / "trafford" / "pack.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")
    kept()
    assert len(read) == 3 and kept("nowhere") == {}


def test_an_untouched_pack_builds(tmp_path):
    templates.write(tmp_path / "trafford", "E08000009", "Trafford")
    found = of(tmp_path)
    assert found["supplied"] == [] and found["burden"] == {}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_public_build_holds_nothing_of_people_without_an_agreement(local):
    found = of(local)
    assert found["withheld"] == ["participants"]
    agree(local)
    assert of(local)["withheld"] == []


def test_analyses_never_see_what_they_may_not_use(local, monkeypatch):
    seen = []
    spy = types.SimpleNamespace(results=lambda own: seen.append(len(own.table("participants"))) or {})
    monkeypatch.setattr(local_evidence, "analyses", lambda: {"spy": spy})
    of(local)
    agree(local)
    of(local)
    monkeypatch.setattr(paths, "PRIVATE", True)
    of(local, private=True)
    assert seen == [0, 40, 40]


def test_a_private_build_only_in_its_own_place(local, monkeypatch):
    with pytest.raises(DataError, match="build --private"):
        of(local, private=True)
    monkeypatch.setattr(paths, "PRIVATE", True)
    found = of(local, private=True)
    assert found["private"] is True and found["withheld"] == []
    assert "not for publication" in local_notice.notice(types.SimpleNamespace(local=found, name="Trafford"))


@pytest.mark.parametrize("leak", [SAID, f"They said: {SAID}!", "secret7"])
def test_the_net_beneath_holds_what_an_analysis_lets_out(local, monkeypatch, leak):
    agree(local)
    bad = types.SimpleNamespace(results=lambda own: {"rows": [{"text": leak}]})
    monkeypatch.setattr(local_evidence, "analyses", lambda: {"bad": bad})
    with pytest.raises(DataError, match="would hold"):
        of(local)
    monkeypatch.setattr(local_evidence, "_hold", lambda found, own: None)  # switched off, it would leave
    assert leak in json.dumps(of(local))


def test_no_table_can_go_into_a_bundle(local, monkeypatch):
    bad = types.SimpleNamespace(results=lambda own: {"rows": own.table("programmes")})
    monkeypatch.setattr(local_evidence, "analyses", lambda: {"bad": bad})
    with pytest.raises(TypeError, match="DataFrame"):
        of(local)


def test_a_pack_of_another_place_is_refused(local):
    path = local / "trafford" / "pack.yml"
    path.write_text("place: {code: E08000001, name: Bolton}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(DataError, match="E08000001"):
        of(local, code="E08000009")


def test_a_pack_with_faults_stops_the_build_with_all_of_them(local):
    fill(local / "trafford", "programmes", PROGRAMME | {"design": "magic"}, PROGRAMME | {"theme": ""})
    with pytest.raises(DataError) as error:
        of(local)
    assert len(error.value.faults) >= 2


def steps(values, **more):
    about = {"series": "Calls", "indicator": "rereferrals", "unit": "families", "counts": "yes", "better": "low"}
    return [about | {"period": f"2024-{n:02d}", "value": v} | more for n, v in enumerate(values, 1)]


def series(rows):
    (one,) = fast.results(Pack.of(fast=rows))["series"]
    return one


def test_a_fast_series_is_charted_from_what_is_published():
    values = [41, 43, 38, 40, 42, 39, 41, 40, 38, 43, 41, 40]
    rows = [*steps(values), *(r | {"period": "2025-01", "value": 95} for r in steps([0]))]
    one = series(rows)
    assert [p["value"] for p in one["points"]][:3] == [40, 45, 40]  # rounded to the nearest 5
    assert one["word"] == "special cause" and one["points"][-1]["marks"][0] == "outside"
    assert one["points"][-1]["direction"] == 1
    # mean and limits follow from the published numbers alone
    shown = pd.Series([p["value"] for p in one["points"]], dtype=float)
    assert one["mean"] == pytest.approx(shown.mean())


def test_small_numbers_of_a_fast_series_are_not_shown_and_end_the_chart():
    one = series([*steps([40] * 12), *(r | {"period": "2025-01", "value": 3} for r in steps([0]))])
    assert one["points"][-1]["value"] is None and "fewer than 8" in one["points"][-1]["why"]
    assert one["word"] == "too few points" and one["charted_from"] == ""


def test_a_month_that_is_missing_is_a_gap_that_is_said():
    rows = steps([40.5] * 12, counts="no")
    one = series([r for r in rows if r["period"] != "2024-05"])
    gap = one["points"][4]
    assert (gap["period"], gap["value"], gap["why"]) == ("2024-05", None, "not counted")
    assert one["charted_from"] == "2024-06"


def test_the_mark_of_a_shared_measure():
    entry = {"indicator": "rereferrals", "agreed_on": "2025-01-15", "who": "Council & NHS"}
    e = types.SimpleNamespace(local={"shared_measures": [entry]}, name="Trafford")
    assert "Shared by partners here" in local_notice.shared(e, "rereferrals")
    assert "Council &amp; NHS" in local_notice.shared(e, "rereferrals")
    assert local_notice.shared(e, "infant_mortality") == ""


def test_a_private_build_cannot_be_published(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text(f"<p>{paths.MARK}</p>")
    with pytest.raises(DataError, match="not for publication"):
        publishing.publish("2026-11-22", tmp_path / "to", site)
    assert not (tmp_path / "to").exists()
