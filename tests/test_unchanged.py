"""A build that would change nothing is not begun; one that would is, whatever was changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from helpers import unchanged
from repository import GOLDEN, handbook

WORDS = ("build", "--only", " ".join(GOLDEN))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def again(built, tmp_path_factory):
    """A copy of a built repository, with the times of its files."""
    root = tmp_path_factory.mktemp("again") / "repo"
    shutil.copytree(built, root, symlinks=True)
    handbook(root, *WORDS)  # other tests may have rendered into what they share
    return root


def asked(root, *words):
    """Return what `unchanged.pages` says in a repository, as text."""
    script = "import sys; from helpers import unchanged; print(unchanged.pages(sys.argv[1:]))"
    command = [sys.executable, "-c", script, *(words or WORDS)]
    return subprocess.run(
        command, env=os.environ | {"HANDBOOK_ROOT": str(root)}, cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_command_says_so_and_loads_nothing(again):
    log = again / "build" / "book.log"
    before = log.stat().st_mtime_ns
    said = handbook(again, *WORDS).stdout
    assert "Nothing has changed" in said and f"{int(asked(again)):,} pages" in said
    assert log.stat().st_mtime_ns == before
    script = (
        "import sys; from helpers.__main__ import main; main();"
        "print(sorted({'pandas', 'typer', 'sphinx', 'papermill'} & set(sys.modules)))"
    )
    environment = os.environ | {"HANDBOOK_ROOT": str(again)}
    done = subprocess.run([sys.executable, "-c", script, *WORDS], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


@pytest.mark.parametrize(
    "touched",
    [
        "data/figures/dfe-lait.csv",
        "data/local/northbeck/pack.yml",
        "data/reference/thresholds.yml",
        "notebooks/10_needs.md",
        "book/index.md",
        "book/glossary.md",
        "book/_assets/site.css",
        "src/sphinxext/handbook_sphinx.py",
        "_config.yml",
        "build/bundles/trafford/series.csv",
        "build/bundles/_common/edition.json",
        "book/localities/trafford/needs.ipynb",
        "book/_toc.yml",
        "book/_build/html/localities/trafford/needs.html",
    ],
)
def test_any_change_is_seen(again, touched):
    path = again / touched
    state, whole = path.stat(), path.read_bytes()
    assert asked(again).isdigit()
    path.write_bytes(whole + b"\n")
    assert asked(again) == "None"
    path.write_bytes(whole)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    path.rename(path.with_name("moved"))
    assert asked(again) == "None"
    path.with_name("moved").rename(path)
    assert asked(again).isdigit()


def test_a_change_in_a_pack_that_lies_elsewhere_is_seen(again, tmp_path):
    folder = again / "data" / "local" / "northbeck"
    shutil.copytree(folder, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path)  # which is not followed for ever
    (tmp_path / "elsewhere" / "nowhere").symlink_to(tmp_path / "nothing")
    folder.rename(again / "put-aside")
    folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    script = "from helpers import fingerprints, unchanged; print(fingerprints.data(), unchanged.inputs())"
    environment = os.environ | {"HANDBOOK_ROOT": str(again)}
    hashes = []
    for _ in range(2):
        told = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        hashes.append(told.stdout.split())
        with open(folder / "pack.yml", "a", encoding="utf-8") as pack:
            pack.write("\n")
    folder.unlink()
    (again / "put-aside").rename(folder)
    assert not set(hashes[0]) & set(hashes[1])


def test_other_words_are_another_build(again):
    assert asked(again).isdigit()
    assert asked(again, "build") == "None"
    assert asked(again, *WORDS, "--edition", "2025-06-01") == "None"


def test_what_was_changed_while_it_was_built_is_not_taken_for_built(tmp_path, monkeypatch):
    monkeypatch.setattr(unchanged, "NOTE", tmp_path / "note.json")
    monkeypatch.setattr(unchanged, "MADE", tmp_path / "made.json")
    unchanged.MADE.write_text('{"site": "as it was left"}')
    unchanged.keep(["build"], "what it was before")
    assert not unchanged.NOTE.exists()
    unchanged.keep(["build"], unchanged.inputs())
    assert unchanged.NOTE.exists()
