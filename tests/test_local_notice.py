"""What pages say about a locality's own evidence: which indicators its partners share, what staff write down."""

from __future__ import annotations

import dataclasses
import re
from functools import partial
from types import SimpleNamespace

import pytest

from helpers import accounts, evidence, local_notice, outcomes, settings
from helpers.pack import Pack, burden

SHARED = [{"indicator": "rereferrals", "agreed_on": "2025-01-15", "who": "Council & <NHS>"}]
MARK = "shared by partners"


@pytest.fixture(scope="module")
def trafford():
    """The evidence of a real place whose partners share a measure of needs, one of outcomes and one of spend."""
    e = evidence.load("E08000009", **settings.load())
    own = [SHARED[0] | {"indicator": i} for i in ("rereferrals", "attainment_8", "s251_family_support")]
    return dataclasses.replace(e, local=e.local | {"shared_measures": own})


@pytest.mark.parametrize(
    ("table", "title"),
    [
        (outcomes.trend_table, "Attainment 8"),
        (partial(accounts.line_table, account="s251"), "Family support"),
    ],
    ids=["outcomes", "spend"],
)
def test_a_shared_measure_is_marked_in_every_chapter_that_shows_it(trafford, table, title):
    page = table(trafford)
    assert page.count("hb-shared-mark") == 1
    before = re.sub(r"<[^>]+>", "", page.split(' <span class="hb-shared-mark">')[0])
    assert before.endswith(title)


def test_an_indicator_is_marked_only_where_partners_share_it():
    e = SimpleNamespace(local={"shared_measures": SHARED})
    assert MARK in local_notice.mark(e, "rereferrals") and local_notice.mark(e, "absence") == ""
    said = local_notice.shared(e, "rereferrals")
    assert "Council &amp; &lt;NHS&gt;" in said and "15 January 2025" in said


def test_the_burden_is_said_in_whole_sentences():
    items = [
        {"item": "Score", "asked_of": "family worker", "times_a_year": 240, "minutes": 2, "held_elsewhere": ""},
        {"item": "Date", "asked_of": "family worker", "times_a_year": 240, "held_elsewhere": "Case system"},
    ]
    said = local_notice.burden(SimpleNamespace(local={"burden": burden(Pack.of(data_items=items))}))
    assert "2 items (family worker, 2). 1 of them is held by no other system. 1 is held elsewhere already" in said
    assert "about 8 hours a year; 1 item without a time is left out." in said
    assert "hb-gap" in local_notice.burden(SimpleNamespace(local={}))
