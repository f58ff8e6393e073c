"""The findings as documents: their published schema, each item's trace, and what stands beside the pages."""

from __future__ import annotations

import csv
import io
import json

import jsonschema
import pytest

from helpers import bundles, evidence, findings, paths, recommendations, rules, settings, stability
from helpers.wording import text

CODES = {"E08000009": "trafford", "E06000053": "isles-of-scilly", "E06000001": "hartlepool"}
SCHEMA = json.loads(findings.SCHEMA.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(list(CODES), settings.load()["edition"], target))
    return target


@pytest.fixture
def written(folder, monkeypatch):
    monkeypatch.setattr(paths, "BUNDLES", folder)
    list(findings.write(CODES.items(), settings.load()))
    return {slug: json.loads((folder / slug / "findings.json").read_text(encoding="utf-8")) for slug in CODES.values()}


@pytest.mark.parametrize("slug", CODES.values())
def test_the_document_has_the_published_form(written, slug):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(written[slug], SCHEMA)
    assert {f["area"] for f in written[slug]["findings"]} == {1, 2, 3, 4, 5}


def test_a_document_of_another_form_is_refused(written):
    broken = json.loads(json.dumps(written["trafford"]))
    broken["findings"][0]["score"] = 7
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


@pytest.mark.parametrize("code", CODES)
def test_each_item_can_be_followed_to_its_rows(written, code):
    e = evidence.load(code, **settings.load())
    for finding in written[CODES[code]]["findings"]:
        for row in finding["trace"]:
            page, _, anchor = row["page"].partition("#")
            assert page.endswith(".html") and anchor
            if row["id"] in e.indicators:
                assert row["value"] == pytest.approx(e.latest(row["id"]).value, abs=1e-5) or row["value"] is None


def test_every_recommendation_has_evidence_an_owner_a_day_and_what_would_change_it(written):
    for content in written.values():
        for finding in content["findings"]:
            if finding["recommends"]:
                assert finding["trace"] and finding["owner"] and finding["review"] > content["edition"]
                assert finding["flip"] and finding["heard"], finding["key"]


def test_the_csv_says_the_same(written):
    rows = list(csv.DictReader(io.StringIO(findings.csv_text(written["hartlepool"]))))
    assert [r["key"] for r in rows] == [f["key"] for f in written["hartlepool"]["findings"]]
    assert rows[0]["area_code"] == "E06000001"
    assert rows[-1]["trace"].split() == [t["id"] for t in written["hartlepool"]["findings"][-1]["trace"]]


def test_what_stands_is_not_worked_out_again_but_other_parameters_are(written, folder, monkeypatch):
    worked = []
    monkeypatch.setattr(findings, "_write", lambda code, values: worked.append(code) or code)
    assert set(findings.write(CODES.items(), settings.load())) == set(CODES) and not worked
    list(findings.write(CODES.items(), settings.load() | {"comparator_set": "ons"}))
    assert set(worked) == set(CODES)


def test_only_the_place_whose_bundle_has_changed_is_worked_out_again(written, folder, monkeypatch):
    worked = []
    monkeypatch.setattr(findings, "_write", lambda code, values: worked.append(code) or code)
    path = folder / "hartlepool" / "peers.csv"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + "\n", encoding="utf-8")
    assert set(findings.write(CODES.items(), settings.load())) == set(CODES)
    path.write_text(whole, encoding="utf-8")
    (folder / "trafford" / "changes.json").write_text("{}", encoding="utf-8")  # made from findings, and not the reverse
    assert worked == ["E06000001"]
    list(findings.write(CODES.items(), settings.load()))
    (folder / "trafford" / "changes.json").unlink()
    assert worked == ["E06000001"] * 2  # as it was before is another change


def test_the_page_takes_stability_from_the_bundle_and_works_it_out_where_it_must(written, monkeypatch):
    e = evidence.load("E06000001", **settings.load())
    monkeypatch.setattr(findings.stability, "of", lambda e: pytest.fail("worked out while a chapter ran"))
    kept = findings.steady(e)
    assert kept.keys() == {f.key for f in recommendations.findings(e)}
    monkeypatch.undo()
    monkeypatch.setattr(paths, "BUNDLES", paths.BUNDLES)


def test_they_stand_beside_the_page_with_their_schema(written, tmp_path):
    assert findings.publish(CODES.values(), tmp_path) == 3
    folder = tmp_path / "localities" / "trafford" / "recommendations"
    assert json.loads((folder / "findings.json").read_text()) == written["trafford"]
    assert (folder / "findings.csv").read_text().startswith("area_code,name,edition,key")
    assert json.loads((tmp_path / "findings.schema.json").read_text()) == SCHEMA


@pytest.mark.parametrize("code", CODES)
def test_the_page_says_all_that_the_contract_asks_for(written, code):
    e = evidence.load(code, **settings.load())
    page = "".join(recommendations.area(e, n) for n in range(1, 6))
    for finding in recommendations.findings(e):
        assert f'id="{recommendations.anchor(finding.key)}"' in page
    for part in page.split("<section")[1:]:
        if "We recommend" in part:
            for words in ("It rests on", "Who answers for it", "Look again on", "People told us", "How sure", "href="):
                assert words in part
    silent = recommendations.not_recommended(e)
    assert all(recommendations.anchor(f.key) in silent for f in recommendations.findings(e) if not f.recommends)
    looked = rules.needs.judged(e, stability.given(e))
    assert looked and all(text(j.need) in silent for j in looked if j.need)
    assert all(text(why) in silent for f in recommendations.findings(e) for _, why in f.considered)
    assert " style=" not in page and "<script" not in page


def test_no_rule_claims_an_effect_from_what_cannot_show_it(written):
    banned = ("caused", "saved", "impact of", "league", "ranked")
    for content in written.values():
        for finding in content["findings"]:
            said = json.dumps({k: finding[k] for k in ("words", "settles", "flip", "heard", "money")}).lower()
            assert not [w for w in banned if w in said and finding["level"] < 4], said
    assert len(rules.rules()) >= 5


def test_findings_that_did_not_reach_the_site_are_missed(tmp_path, monkeypatch):
    """A build that is cut short between the files to take away and the findings has written no findings."""
    monkeypatch.setattr(paths, "BUNDLES", tmp_path / "bundles")
    for slug in ("trafford", "leeds"):
        (paths.BUNDLES / slug).mkdir(parents=True)
    assert findings.absent(["trafford", "leeds"], tmp_path) == []  # neither has any
    (paths.BUNDLES / "trafford" / findings.NAME).write_text("{}")
    assert findings.absent(["trafford", "leeds"], tmp_path) == ["trafford"]
    page = tmp_path / "localities" / "trafford" / "recommendations"
    page.mkdir(parents=True)
    (page / "findings.json").touch()
    assert findings.absent(["trafford"], tmp_path) == ["trafford"]
    (page / "findings.csv").touch()
    assert findings.absent(["trafford"], tmp_path) == []
