"""The commands as a person runs them: help with an example, clear words, a non-zero exit for what fails."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from helpers import geography, paths
from helpers.cli import app
from repository import GOLDEN, handbook

COMMANDS = [
    "audit",
    "list",
    "ingest",
    "fetch",
    "check",
    "bundle",
    "render",
    "book",
    "build",
    "verify",
    "serve",
    "pdf",
    "publish",
    "what-if",
    "release",
]
run = CliRunner()


def test_help_lists_every_command():
    told = run.invoke(app, ["--help"])
    assert told.exit_code == 0
    for command in COMMANDS:
        assert f" {command} " in told.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_shows_an_example(command):
    told = run.invoke(app, [command, "--help"])
    assert told.exit_code == 0
    assert f"Example: handbook {command}" in told.stdout


def test_list_names_every_locality():
    assert len(run.invoke(app, ["list"]).stdout.splitlines()) == len(geography.register().places) >= 218
    assert len(run.invoke(app, ["list", "--region", "london"]).stdout.splitlines()) == 33
    assert len(run.invoke(app, ["list", "--region", "Northern Ireland"]).stdout.splitlines()) == 11


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["list", "--region", "Wessex"], "'Wessex' is not a region"),
        (["render", "--only", "E08000019"], "Use E08000039 (Sheffield)"),
        (["build", "--only", "trafford sheffeild E07000223"], "Did you mean: sheffield"),
        (["bundle", "--edition", "2026"], "edition='2026': write an ISO day"),
        (["render", "--only", "trafford", "--comparator-set", "cipfa"], "use one of: dfe, ons"),
        (["render", "--only", "trafford", "--price-base-year", "2024"], "write a financial year"),
        (["render", "--only", "trafford", "--engine", "fast"], "--engine 'fast' is not known"),
        (["ingest", "--from", "nowhere"], "not found"),
        (["fetch", "--to", "x", "--only", "dfe"], "source dfe is not known"),
    ],
)
def test_what_is_wrong_is_said_before_anything_starts(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = run.invoke(app, arguments)
    assert told.exit_code == 1
    assert says in told.stderr
    assert "Traceback" not in told.output
    assert not list(tmp_path.iterdir())


def test_all_wrong_places_are_told_at_once():
    told = run.invoke(app, ["build", "--only", "sheffeild E07000223"])
    assert "sheffield" in told.stderr and "E10000032" in told.stderr


def test_check_finds_no_fault_in_the_clone():
    told = run.invoke(app, ["check"])
    assert told.exit_code == 0, told.output
    assert "no fault found" in told.stdout


def test_check_names_a_planted_fault(tmp_path):
    from repository import copy_of_repository

    root = copy_of_repository(tmp_path / "repo")
    figures = root / "data" / "figures" / "dfe-lait.csv"
    lines = figures.read_text().splitlines()
    lines.insert(7, lines[6])
    figures.write_text("\n".join(lines) + "\n")
    (root / "data" / "indicators" / "rereferrals.yml").write_text("polarityy: x\n")
    done = handbook(root, "check", check=False)
    assert done.returncode == 1
    assert "data/figures/dfe-lait.csv: row 8" in done.stderr and "stands twice" in done.stderr
    assert "rereferrals.yml: key 'polarityy' is not known" in done.stderr


def test_a_second_writer_stops_with_a_clear_word(tmp_path):
    from filelock import FileLock

    from helpers import cli

    paths.BUILD.mkdir(exist_ok=True)
    with FileLock(paths.BUILD / ".lock"):
        told = run.invoke(cli.app, ["bundle", "--only", "trafford"])
    assert told.exit_code == 1
    assert "another handbook command is writing" in told.stderr


def test_verify_says_the_same_and_then_different(built):
    assert handbook(built, "verify", "sheffield").stdout.count("same ") == len(
        list(paths.NOTEBOOKS.glob("[0-9][0-9]_*.md"))
    )
    page = built / "book" / "localities" / "isles-of-scilly" / "needs.ipynb"
    page.write_text(page.read_text().replace("Isles of Scilly", "Isles of Silly", 1))
    try:
        done = handbook(built, "verify", "isles-of-scilly", check=False)
        assert done.returncode == 1
        assert "needs differ" in done.stderr
    finally:
        handbook(built, "render", "--only", "isles-of-scilly")


def test_the_build_says_where_to_open_the_book(built):
    said = (built / "said").read_text()
    assert f"{len(GOLDEN)} of {len(GOLDEN)} localities rendered" in said
    assert "Open book/_build/html/index.html, or run: handbook serve" in said
