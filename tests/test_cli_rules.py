"""what-if and release as a person runs them."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from helpers import bundles, editions, findings, paths, settings
from helpers.cli import app
from helpers.cli import rules as commands

run = CliRunner()
PLACES = [("E06000001", "hartlepool", "Hartlepool"), ("E08000009", "trafford", "Trafford")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("bundles")
    list(bundles.build([code for code, *_ in PLACES], settings.load()["edition"], target))
    return target


@pytest.fixture
def built(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLES", folder)
    monkeypatch.setattr(paths, "BUILD", tmp_path)  # the lock
    monkeypatch.setattr(commands, "chosen", lambda only: [p for p in PLACES if not only or p[1] in only.split()])
    list(findings.write([p[:2] for p in PLACES], settings.load()))


def test_what_if_prints_exactly_what_flips(built):
    told = run.invoke(app, ["what-if", "--set", "late_spend_studentised=9", "--only", "hartlepool"])
    assert told.exit_code == 0
    assert "hartlepool  learning:rebalance  Test -> Watch" in told.output
    assert told.output.strip().endswith("1 locality: 1 of learning.")
    same = run.invoke(app, ["what-if", "--set", "programme_scale=0.8"])
    assert same.output.strip() == "2 localities: nothing flips."


@pytest.mark.parametrize(
    ("word", "says"), [("late=1", "threshold 'late' is not known"), ("late", "write a threshold and a number")]
)
def test_a_threshold_that_is_not_known_or_not_a_number_is_refused(built, word, says):
    told = run.invoke(app, ["what-if", "--set", word])
    assert told.exit_code == 1 and says in told.output


def test_release_freezes_once(built, monkeypatch, tmp_path):
    monkeypatch.setattr(editions.freeze, "__defaults__", (tmp_path / "editions",))
    day = settings.load()["edition"]
    for _ in range(2):
        told = run.invoke(app, ["release", day])
        assert told.exit_code == 0 and "2 localities" in told.output
    assert editions.read(tmp_path / "editions" / day).edition == day
    assert "is not of edition 2031-01-01" in run.invoke(app, ["release", "2031-01-01"]).output
