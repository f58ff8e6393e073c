"""Rules that are in the way: what is advised, what is hidden, and the same rule in several places."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from helpers import barriers, barriers_page
from helpers.pack import Pack
from helpers.pack.northbeck_institutions import TRUTHS, tables

FOUND = barriers.results(Pack.of("northbeck", **tables()))
LEVELS = ("local", "contract", "guidance", "regulation", "law", "not known")
STATUSES = ("found", "asked", "agreed", "changed", "waived", "refused", "kept")


def place(found, edition="2026-11-22"):
    return SimpleNamespace(
        changes={},
        name="Northbeck",
        place={"slug": "northbeck", "edition": edition},
        local={"barriers": found} if found else {},
    )


def test_the_planted_actions_come_out():
    assert {row["barrier"]: row["action"] for row in FOUND["rows"]} == TRUTHS["actions"]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("level", LEVELS)
def test_what_protects_rights_is_never_changed(level, status):
    assert barriers.action(level, "yes", status) == "keep"
    assert barriers.action(level, "not known", status) in ("find out", "keep", "done")


def test_a_law_is_never_waived_here():
    assert {barriers.action("law", "no", s) for s in STATUSES} == {"government", "done", "keep"}


@pytest.mark.parametrize("number", range(1, 8))
def test_small_numbers_are_not_shown(number):
    rows = [{"barrier": "b", "rule": "r", "legal_level": "local", "status": "found", "cases": 40, "people": number}]
    (row,) = barriers.results(Pack.of(barriers=[rows[0] | {"hours": 13}]))["rows"]
    assert (row["people"], row["hours"], row["cases"]) == ("few", "few", 40)
    assert "fewer than 8" in barriers_page.barriers(place({"rows": [row]}))


def test_what_nobody_counted_is_said_so():
    (row,) = barriers.results(Pack.of(barriers=[{"barrier": "b", "rule": "r"}]))["rows"]
    assert (row["cases"], row["people"], row["hours"]) == ("not counted",) * 3


def test_only_https_links_are_shown():
    for link, kept in (("https://example.org/a", "https://example.org/a"), ("javascript:alert(1)", ""), ("x", "")):
        (row,) = barriers.results(Pack.of(barriers=[{"barrier": "b", "rule": "r", "link": link}]))["rows"]
        assert row["link"] == kept


def test_text_from_a_pack_is_escaped():
    row = {"barrier": "b", "rule": "<b>r", "owner": "<i>o", "next_move": "<u>m", "due": "2027-01-01"}
    for link in ("", 'https://example.org/"><script>'):
        page = barriers_page.barriers(place(barriers.results(Pack.of(barriers=[row | {"link": link}]))))
        assert not any(tag in page for tag in ("<b>", "<i>", "<u>", "<script>"))


def test_moves_past_their_date_are_named_and_undated_ones_too():
    page = barriers_page.barriers(place(FOUND))
    assert (
        "6 moves have a date, from 1 September 2025 to 30 April 2029. 2 are past it" in page
    )  # b01 and b08; b06 is changed already
    assert "31 March 2026 (past)" in page
    assert "No date is set for: Only a doctor" in page  # what is kept needs none
    assert "8 rules are in the register: 1 to keep" in page
    assert "years ahead" not in page
    soon = [row | {"due": "2027-01-01"} for row in FOUND["rows"]]
    assert "None is dated 3 years ahead or more" in barriers_page.barriers(place({"rows": soon}))
    found = [row | {"due": ""} for row in FOUND["rows"]]
    assert "No date is set for" in barriers_page.barriers(place({"rows": found}))


def test_without_a_pack_the_page_says_not_yet_asked():
    assert "Not yet asked" in barriers_page.barriers(place({}))


def of(slug, rules, fictional=False):
    rows = [
        {"rule": rule, "link": link, "department": department, "action": "waiver"} for rule, link, department in rules
    ]
    return {"name": slug.title(), "slug": slug, "fictional": fictional, "rows": rows}


def test_the_same_rule_is_counted_once_a_place_by_department():
    packs = [
        of("a", [("Refer anew", "", "Families"), ("refer  ANEW", "", "Families"), ("Other", "", "Work")]),
        of("b", [("Refer Anew", "", "Families")]),
        of("c", [("In other words", "https://example.org/x", "Work")]),
        of("d", [("Said so here", "https://example.org/x", "Work")]),
        of("northbeck", [("Refer anew", "", "Families")], fictional=True),
    ]
    found = {(r["department"], r["rule"]): [p["slug"] for p in r["places"]] for r in barriers.rolled_up(packs)}
    assert found == {
        ("Families", "Refer anew"): ["a", "b"],
        ("Work", "In other words"): ["c", "d"],
        ("Work", "Other"): ["a"],
    }
    assert barriers.rolled_up([of("northbeck", [("R", "", "W")], fictional=True)]) == []


def test_the_page_across_localities(monkeypatch, tmp_path):
    (tmp_path / "_common").mkdir()
    (tmp_path / "_common" / "barriers.json").write_text("[]")
    monkeypatch.setattr(barriers_page.paths, "BUNDLES", tmp_path)
    assert "No locality has supplied" in barriers_page.everywhere()
    import json

    rule = ("<b>R", "https://example.org/x", "Families")
    packs = [of("a", [rule]), of("b", [rule])]
    (tmp_path / "_common" / "barriers.json").write_text(json.dumps(packs))
    page = barriers_page.everywhere()
    assert "2 localities supplied a register. 1 of 1 rules" in page
    assert 'href="localities/a/recommendations.html"' in page
    assert "<b>" not in page


def test_only_real_packs_are_rolled_up(tmp_path):
    """Two packs with the same rule; one says that it is made up, and is not even read."""
    for slug, code, fictional in (("leeds", "E08000035", "false"), ("northbeck", "X99000001", "true")):
        folder = tmp_path / slug
        folder.mkdir()
        about = (
            f"place:\n  slug: {slug}\n  code: {code}\n  name: {slug.title()}\nfictional: {fictional}\nagreement: []\n"
        )
        (folder / "pack.yml").write_text(about)
        head = "barrier,rule,owner,department,legal_level,link,cases,hours,people,period,evidence,status,protects_rights,next_move,due\n"
        row = "b01,Help ends at five,Council,none,local,,34,210,29,2024-25,Log,asked,no,,\n"
        (folder / "barriers.csv").write_text(head + row)
    found = barriers.of_all(tmp_path)
    assert [one["slug"] for one in found] == ["leeds"]
    assert found[0]["rows"][0]["cases"] == 35
    assert barriers.of_all(tmp_path / "nothing") == []


def test_what_moved_since_the_edition_before_is_said():
    e = place(FOUND)
    assert "from the next edition on" in barriers_page.barriers(e)
    e.changes = {"since": "2025-11-22", "barriers": []}
    assert "Nothing in the register moved" in barriers_page.barriers(e)
    e.changes["barriers"] = [
        {"barrier": "b", "rule": "<b>Form</b>", "what": "by when", "before": "", "now": "2027-01-01"}
    ]
    page = barriers_page.barriers(e)
    assert "1 entry of the register moved" in page and "2027-01-01" in page
    assert "<b>Form" not in page
