"""The one-page brief: every line leads to a finding that is there, and the lanes of money stay apart."""

from __future__ import annotations

import re

import pytest

from helpers import brief, bundles, evidence, recommendations, settings
from helpers.wording import Html

CODES = ["E06000001", "E08000009", "E06000053"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build(CODES, settings.load()["edition"], target))
    return target


@pytest.mark.parametrize("code", CODES)
def test_each_part_says_something_and_leads_on(folder, monkeypatch, code):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    e = evidence.load(code, **settings.load())
    page = "".join(part(e) for part in (brief.needs, brief.money, brief.asks, brief.unknown))
    there = {recommendations.anchor(f.key) for f in recommendations.findings(e)}
    assert set(re.findall(r'recommendations\.html#([^"]+)"', page)) <= there
    assert all(isinstance(part(e), Html) and len(part(e)) > 40 for part in (brief.needs, brief.money, brief.asks))
    assert len(re.sub(r"<[^>]+>", "", page).split()) < 600  # one page
    assert " style=" not in page


def test_the_lanes_stand_apart(folder, monkeypatch):
    monkeypatch.setattr(evidence.paths, "BUNDLES", folder)
    page = brief.asks(evidence.load("E06000001", **settings.load()))
    assert "<li>Cashable: £0 to" in page and "<li>Other public: not known" in page and "<li>Social: not known" in page
