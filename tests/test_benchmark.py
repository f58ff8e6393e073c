"""What the README says of speed is what was measured: it quotes the report of one run, and nobody's memory."""

from __future__ import annotations

import re

import pytest

import bench
from helpers import geography, paths
from repository import copy_of_repository, handbook, synthetic_localities

PARTS = ("growth", "execution", "book", "cluster")
NOT_YET = "Not measured yet with the code as it is"


@pytest.mark.parametrize("part", PARTS)
def test_the_readme_quotes_the_report(part):
    found = re.findall(bench.QUOTED.format(part=part), (paths.ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    assert len(found) == 1
    said = found[0][1]
    if said and not said.startswith(NOT_YET):
        assert said in bench.REPORT.read_text(encoding="utf-8")


def test_what_is_measured_goes_where_it_is_quoted_and_nowhere_else(tmp_path):
    file = tmp_path / "README.md"
    file.write_text("a\n<!-- bench: book -->\nold\n<!-- end -->\n<!-- bench: growth -->\nkept\n<!-- end -->\n")
    bench.quote({"book": r"| \\1 new |", "cluster": "nowhere"}, file)
    text = file.read_text()
    assert text == "a\n<!-- bench: book -->\n| \\\\1 new |\n<!-- end -->\n<!-- bench: growth -->\nkept\n<!-- end -->\n"


def test_a_part_that_is_measured_anew_leaves_the_others_as_they_were(tmp_path):
    report = tmp_path / "benchmark.md"
    bench.kept({"book": "| a |\n\nonce", "growth": "| b |"}, report)
    bench.kept({"book": "| c |\n\nand again"}, report)
    assert report.read_text() == "## book\n\n| c |\n\nand again\n\n## growth\n\n| b |\n"


@pytest.mark.slow
def test_a_made_up_locality_has_pages_like_any_other(tmp_path):
    """Copies of the first two of the register, so that `make bench` can build a thousand."""
    root = copy_of_repository(tmp_path / "repo")
    synthetic_localities(root, len(geography.register().localities) + 2)
    register = geography.load(root / "data" / "figures", root / "data" / "local")
    first, second = register.localities[register.localities["area_code"].str.startswith("X")].to_dict("records")
    handbook(root, "bundle", "--only", f"{first['slug']} {second['slug']}")
    done = handbook(root, "render", "--only", first["slug"])
    assert "1 of 1 localities rendered" in done.stdout and first["name"].endswith("(made up 1)")
    assert first["name"] in (root / "book" / "localities" / first["slug"] / "needs.ipynb").read_text(encoding="utf-8")


def test_a_changed_figure_is_one_number_of_one_locality(tmp_path):
    name = f"data/figures/{bench.CHANGED[1]}"
    before = (paths.ROOT / name).read_text(encoding="utf-8").splitlines()
    (tmp_path / "data" / "figures").mkdir(parents=True)
    (tmp_path / name).write_text("\n".join(before) + "\n", encoding="utf-8")
    bench.change_a_figure(tmp_path, *bench.CHANGED[1:])
    after = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    ((old, new),) = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert old.split(",")[:3] == new.split(",")[:3] and old.split(",")[6:] == new.split(",")[6:]
    assert float(new.split(",")[3]) == pytest.approx(1.01 * float(old.split(",")[3]), rel=1e-5)
