"""Tables that are safe one by one, and not together: each planted leak is found, and the tables are named."""

from __future__ import annotations

import json
import random
import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers import audit, cli, disclosure, paths, programmes, programmes_page
from helpers.audit import Published
from helpers.schemas import DataError
from test_disclosure import CHILDREN, TRAP, relations


def published(name, counts, sums=(), rule=None):
    """A table as it would be printed: by itself (each count by the rule), or protected with its sums."""
    shown = {cell: disclosure.shown(n) for cell, n in counts.items()} if rule is None else rule
    return Published(name, shown, list(sums))


def exactly(name, counts, hidden=(), sums=()):
    """A table of somebody who does not round: what is shown is shown to the person."""
    return Published(name, {c: None if c in hidden else n for c, n in counts.items()}, list(sums))


@pytest.fixture
def unrounded(monkeypatch):
    """Read shown counts as exact ones, as in the published examples."""
    monkeypatch.setattr(disclosure, "_limits", lambda v: (1, None) if v is None else (v, v))


def test_the_published_trap_of_four_by_four(monkeypatch):
    """Every row and column has two counts hidden, and still one of them is exact."""
    monkeypatch.setattr(disclosure, "_limits", lambda v: (0, None) if v is None else (v, v))
    hidden = {tuple(cell) for cell in TRAP["hidden"]}
    counts = {(r, c): int(CHILDREN.loc[r, c]) for r in CHILDREN.index for c in CHILDREN}
    counts |= {(r, "Total"): int(CHILDREN.loc[r].sum()) for r in CHILDREN.index}
    counts |= {("Total", c): int(CHILDREN[c].sum()) for c in CHILDREN}
    counts["Total", "Total"] = int(CHILDREN.to_numpy().sum())
    leaks = {leak.cell: leak for leak in audit.audit([exactly("4 x 4", counts, hidden, relations(CHILDREN))])}
    given_away = leaks[tuple(TRAP["given_away"]["cell"])]
    assert given_away.low == given_away.high == TRAP["given_away"]["value"]
    assert set(leaks) <= hidden


def test_a_count_hidden_in_one_chapter_and_shown_in_another():
    needs = published("needs", {("hub", "asked"): 3})
    programmes = Published("programmes", {("hub", "asked"): 10})
    (leak,) = audit.audit([needs, programmes])
    assert leak.tables == ("needs", "programmes")
    assert "needs, programmes" in str(leak)


def test_a_total_in_another_chapter_gives_a_part_away(unrounded):
    counts = {"high": 4, "low": 60}
    needs = exactly("needs", counts, hidden={"high"})
    outcomes = exactly("outcomes", {"all": 64}, sums=[("all", ["high", "low"])])
    assert not audit.audit([needs])
    (leak,) = audit.audit([needs, outcomes])
    assert (leak.cell, leak.low, leak.high, leak.tables) == ("high", 4, 4, ("needs", "outcomes"))


def test_the_edition_before_gives_a_newcomer_away(unrounded):
    """Last year's total and this year's total differ by the people who joined since, who are shown as hidden."""
    before = exactly("2025 edition", {("2025", "all"): 100})
    now = exactly(
        "2026 edition",
        {("2026", "all"): 103, "joined": 3},
        {"joined"},
        [(("2026", "all"), [("2025", "all"), "joined"])],
    )
    (leak,) = audit.audit([before, now])
    assert leak.cell == "joined" and leak.low == leak.high == 3
    assert leak.tables == ("2025 edition", "2026 edition")


def test_a_ward_within_a_district_gives_the_rest_away(unrounded):
    district = exactly("districts", {"district": 30})
    wards = exactly("wards", {"north": 28, "south": 2}, {"south"}, [("district", ["north", "south"])])
    (leak,) = audit.audit([district, wards])
    assert leak.cell == "south"


@pytest.mark.parametrize(("total", "leaks"), [(4, True), (6, True), (7, False), (20, False)])
def test_near_is_as_good_as_exact(unrounded, total, leaks):
    """Of two hidden counts that make 6, each is from 1 to 5: known to within 2 people. Of 7 it is not."""
    pair = Published("pair", {"one": None, "other": None, "both": total}, [("both", ["one", "other"])])
    assert bool(audit.audit([pair])) is leaks


@pytest.mark.parametrize("seed", range(5))
def test_what_is_protected_together_passes_and_without_it_leaks(seed):
    """Random tables of people: protected as one they pass; each protected alone, some do not."""
    chance = random.Random(seed)
    rows, columns = range(3), range(4)
    cells = {(r, c): chance.choice([0, 2, 5, 9, 14, 33, 60]) for r in rows for c in columns}
    sums = []
    for r in rows:
        cells[r, "all"] = sum(cells[r, c] for c in columns)
        sums.append(((r, "all"), [(r, c) for c in columns]))
    for c in columns:
        cells["all", c] = sum(cells[r, c] for r in rows)
        sums.append((("all", c), [(r, c) for r in rows]))
    together = disclosure.protect(cells, sums)
    assert not audit.audit([Published("whole", together, sums)])


def northbeck():
    """What the fictional pack publishes, as its bundle holds it."""
    from helpers import local_evidence

    return local_evidence.of_place("northbeck")


@pytest.fixture(scope="module")
def local():
    return northbeck()


def test_the_shipped_pack_passes_and_a_planted_number_does_not(local):
    tables = audit.of_local("northbeck", local, "2026")
    hidden = [cell for table in tables for cell, n in table.counts.items() if n is None]
    assert hidden, "nothing is hidden in the pack, so this test shows nothing"
    assert not audit.audit(tables)
    leaks = audit.audit([*tables, Published("a page that says it", {hidden[0]: 10})])
    assert [leak.cell for leak in leaks] == [hidden[0]]


def test_what_an_edition_keeps_is_what_it_published(local, tmp_path):
    tables = audit.of_local("northbeck", local, "2026-01-01")
    audit.keep(tables, tmp_path / "2026-01-01")
    assert audit.before("2026-02-01", tmp_path) == tables
    assert not audit.before("2026-01-01", tmp_path)


def test_the_check_names_both_editions(local, tmp_path):
    """The same pack in two editions: what was shown in one and is hidden in the other is given away."""
    import copy
    import json

    older = copy.deepcopy(local)
    rows = older["programmes"]["rows"]
    row, band = next((g, b) for p in rows for g in p["flow"] for b in g if b != "gate" and g[b] is None)
    row[band] = 10
    audit.keep(audit.of_local("northbeck", older, "2025-01-01"), tmp_path / "editions" / "2025-01-01")
    (tmp_path / "bundles" / "northbeck").mkdir(parents=True)
    (tmp_path / "bundles" / "northbeck" / "local.json").write_text(json.dumps(local))
    with pytest.raises(DataError, match=r"2025-01-01: flow.*2026-01-01: flow|2026-01-01: flow.*2025-01-01: flow"):
        audit.check("2026-01-01", tmp_path / "bundles", tmp_path / "editions")


def test_a_year_of_three_is_given_away_by_the_two_others(unrounded):
    """The three years together in one chapter, two of them in another: the third is what is left."""
    outcomes = exactly("three years", {"2022 to 2025": 50}, sums=[("2022 to 2025", ["2022", "2023", "2024"])])
    years = exactly("year by year", {"2022": 21, "2023": 25, "2024": 4}, {"2024"})
    (leak,) = audit.audit([outcomes, years])
    assert (leak.cell, leak.low, leak.high) == ("2024", 4, 4)
    assert leak.tables == ("three years", "year by year")


def lost_of(n, lost):
    """What a programme publishes of n people of whom some have no measure afterwards."""
    stayed = n - lost
    people = pd.DataFrame({"follow_up": [1.0] * stayed + [np.nan] * lost, "good": [1.0] * stayed + [np.nan] * lost})
    row = {"design": "before-after"}
    return {"id": "p", "flow": [], "attrition": programmes.attrition(people, people.iloc[:0], False, row)}


def leaks_among_the_lost():
    for n in range(8, 140):
        for lost in range(min(n, 10)):
            local = {"programmes": {"rows": [lost_of(n, lost)]}}
            yield from audit.audit(audit.of_local("x", local, "2026"))


def test_those_who_were_lost_are_not_given_away_by_those_who_stayed(monkeypatch):
    """101 people, one lost: 100 and 100 would tell that it is from 1 to 4. Nor do the ends of what could have been."""
    assert not list(leaks_among_the_lost())
    out = lost_of(101, 1)["attrition"]
    assert out["helped"] == {"count": None, "of": 100, "pct": None, "lower": None, "upper": None}
    assert set(out["good"].values()) == {None} and set(out["good_bounds"].values()) == {None}
    assert set(lost_of(200, 30)["attrition"]["good_bounds"].values()) != {None}
    monkeypatch.setattr(programmes, "followed", lambda group: disclosure.shown(int(group["follow_up"].notna().sum())))
    assert len(list(leaks_among_the_lost())) > 100  # the protection switched off


def test_a_hidden_count_is_in_no_table_and_in_no_chart_either(local):
    """A count goes from the table and from the chart's data with its share, and the ratio that rests on it goes too."""
    row = json.loads(json.dumps(local))["programmes"]["rows"][0]
    gate, of = row["flow"][2], row["flow"][0]["low"]

    def page_and_points():
        page = programmes_page.one(row)
        specs = re.findall(r'class="hb-spec">(.*?)</script>', page, re.DOTALL)
        return page, [p for p in re.findall(r"\{[^{}]*\}", specs[0]) if f" of {of:,}, " in p]

    gate["low"] = 4321
    page, points = page_and_points()
    before = len(points)
    assert "4,321" in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL) and any("4,321 of" in p for p in points)
    gate["low"] = None
    row["reach_ratio"] = programmes.reach(row["flow"], gate["gate"])
    page, points = page_and_points()
    assert "4,321" not in page and disclosure.HIDDEN in page
    assert len(points) == before - 1  # the point is not there at all, so neither is its share
    assert row["reach_ratio"]["value"] is None


def test_a_build_looks_at_its_own_places(tmp_path):
    """The bundle of a place that an earlier build left is published by no page of this one."""
    leaking = {"heard": {"people": 10, "by_who": [{"who": "few", "people": None, "sessions": 1}]}}
    rest = [{"who": "rest", "people": 10, "sessions": 1}]
    leaking["heard"]["by_who"] += rest
    (tmp_path / "leeds").mkdir()
    (tmp_path / "leeds" / "local.json").write_text(json.dumps({"listening": leaking}))
    nothing = tmp_path / "none"
    with pytest.raises(DataError, match="few: hidden"):
        audit.check("2026-11-22", tmp_path, nothing)
    with pytest.raises(DataError, match="few: hidden"):
        audit.check("2026-11-22", tmp_path, nothing, {"leeds"})
    assert audit.check("2026-11-22", tmp_path, nothing, {"trafford"}) == (0, 0)


def test_the_command_fails_and_names_the_tables(monkeypatch, tmp_path):
    told = CliRunner().invoke(cli.app, ["audit"]) if not paths.BUNDLES.exists() else None
    assert told is None or (told.exit_code == 1 and "no bundle stands" in told.stderr)
    (tmp_path / "leeds").mkdir()
    (tmp_path / "leeds" / "place.json").write_text("{}")
    monkeypatch.setattr(paths, "BUNDLES", tmp_path)
    counts = {"all": 10, "few": None, "rest": 10}
    planted = Published("outcomes of Leeds", counts, [("all", ["few", "rest"])])
    for tables, status in (([planted], 1), ([Published("outcomes of Leeds", counts)], 0)):
        monkeypatch.setattr(audit, "published", lambda *_, tables=tables: tables)
        told = CliRunner().invoke(cli.app, ["audit"])
        assert told.exit_code == status, told.output
        assert ("few: hidden, but lies from 1 to 4, as outcomes of Leeds tell together" in told.stderr) is bool(status)
