"""The register of an edition is kept, and the next edition says what moved, rule by rule."""

from __future__ import annotations

import json

from helpers import barrier_moves

ROW = {
    "barrier": "b1",
    "rule": "Two forms for one family",
    "status": "raised",
    "due": "2026-06-01",
    "next_move": "Ask for a waiver",
    "owner": "The council",
}


def bundle(folder, slug, rows):
    (folder / slug).mkdir(parents=True, exist_ok=True)
    (folder / slug / "local.json").write_text(json.dumps({"barriers": {"rows": rows}}))


def test_each_move_is_named_with_what_it_was_and_is(tmp_path):
    bundle(tmp_path / "then", "aford", [ROW, ROW | {"barrier": "b2", "rule": "A target"}])
    barrier_moves.keep(tmp_path / "editions" / "2025-11-22", tmp_path / "then")
    now = [ROW | {"status": "waived", "due": "2027-01-01"}, ROW | {"barrier": "b3", "rule": "A new rule"}]
    bundle(tmp_path / "now", "aford", now)
    moves = barrier_moves.since("2025-11-22", "aford", tmp_path / "now", tmp_path / "editions")
    assert [(m["rule"], m["what"], m["before"], m["now"]) for m in moves] == [
        ("Two forms for one family", "where it stands", "raised", "waived"),
        ("Two forms for one family", "by when", "2026-06-01", "2027-01-01"),
        ("A target", barrier_moves.GONE, "", ""),
        ("A new rule", barrier_moves.NEW, "", ""),
    ]


def test_a_register_that_stood_still_says_nothing(tmp_path):
    bundle(tmp_path / "then", "aford", [ROW | {"cases": 35}])
    barrier_moves.keep(tmp_path / "editions" / "2025-11-22", tmp_path / "then")
    bundle(tmp_path / "now", "aford", [ROW | {"cases": 40}])
    assert barrier_moves.since("2025-11-22", "aford", tmp_path / "now", tmp_path / "editions") == []
    assert barrier_moves.since("2024-11-22", "aford", tmp_path / "now", tmp_path / "editions") == []
