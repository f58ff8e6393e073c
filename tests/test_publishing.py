"""A published edition stays as it was; addresses at the top are those of the newest; the workflow runs nothing unnamed."""

from __future__ import annotations

import re

import pytest
import yaml

from helpers import paths, publishing
from helpers.schemas import DataError


@pytest.fixture
def site(tmp_path):
    def make(words):
        folder = tmp_path / f"site-{words}"
        (folder / "localities" / "leeds").mkdir(parents=True)
        (folder / "index.html").write_text(words)
        (folder / "localities" / "leeds" / "needs.html").write_text(words)
        return folder

    return make


def test_the_newest_is_at_the_top_and_older_ones_are_kept(tmp_path, site):
    to = tmp_path / "www"
    assert publishing.publish("2026-11-22", to, site("one")) == ["2026-11-22"]
    assert publishing.publish("2027-05-01", to, site("two")) == ["2027-05-01", "2026-11-22"]
    assert (to / "localities/leeds/needs.html").read_text() == "two"
    assert (to / "editions/2026-11-22/localities/leeds/needs.html").read_text() == "one"
    assert (to / "editions/index.html").read_text().count("<li>") == 2
    assert (to / ".nojekyll").exists()


def test_pages_at_the_top_lead_to_all_editions_and_kept_ones_stay_as_they_were_built(tmp_path, site):
    to = tmp_path / "www"
    publishing.publish("2026-11-22", to, site(publishing.PLACE))
    assert '<a href="editions/index.html">All editions</a>' in (to / "index.html").read_text()
    assert '<a href="../../editions/index.html">' in (to / "localities/leeds/needs.html").read_text()
    assert (to / "editions/2026-11-22/index.html").read_text() == publishing.PLACE


def test_a_page_that_is_gone_is_gone_at_the_top_and_stays_in_its_edition(tmp_path, site):
    to, first = tmp_path / "www", site("one")
    (first / "old.html").write_text("x")
    publishing.publish("2026-11-22", to, first)
    publishing.publish("2027-05-01", to, site("two"))
    assert not (to / "old.html").exists() and (to / "editions/2026-11-22/old.html").exists()


def test_an_older_edition_does_not_take_the_place_of_the_newest(tmp_path, site):
    to = tmp_path / "www"
    publishing.publish("2027-05-01", to, site("two"))
    publishing.publish("2026-11-22", to, site("one"))
    assert (to / "index.html").read_text() == "two"


def test_a_published_edition_is_not_altered(tmp_path, site):
    to = tmp_path / "www"
    publishing.publish("2026-11-22", to, site("one"))
    publishing.publish("2026-11-22", to, tmp_path / "site-one")  # the same bytes: nothing to say
    with pytest.raises(DataError, match="published already and says something else"):
        publishing.publish("2026-11-22", to, site("other"))


def test_the_parts_of_an_edition_are_kept_beside_it(tmp_path, site):
    to, parts = tmp_path / "www", tmp_path / "sbom.json"
    publishing.publish("2026-11-22", to, site("one"), parts)
    assert not (to / "editions/2026-11-22.sbom.json").exists()
    parts.write_text("{}")
    assert publishing.publish("2027-05-01", to, site("two"), parts) == ["2027-05-01", "2026-11-22"]
    assert (to / "editions/2027-05-01.sbom.json").read_text() == "{}"
    assert publishing.publish("2027-05-01", to, tmp_path / "site-two", parts) == ["2027-05-01", "2026-11-22"]


def test_a_folder_of_other_things_is_left_alone(tmp_path, site):
    to = tmp_path / "home"
    to.mkdir()
    (to / "letter.txt").write_text("x")
    with pytest.raises(DataError, match="not a published handbook"):
        publishing.publish("2026-11-22", to, site("one"))
    assert (to / "letter.txt").read_text() == "x"


def test_the_workflow_names_actions_by_hash_and_asks_for_few_rights():
    text = (paths.ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    flow = yaml.safe_load(text)
    used = re.findall(r"uses: (\S+)", text)
    assert used and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", name) for name in used)
    assert flow["permissions"] == {}
    assert flow["jobs"]["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert "pull_request_target" not in text
