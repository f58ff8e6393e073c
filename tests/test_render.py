"""Chapters run for a place, or stop with a clear word; nothing half-written stands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from helpers import execution, fingerprints, paths, render
from helpers.schemas import DataError
from repository import GOLDEN, copy_of_repository, handbook

FIVE = ("trafford", "isles-of-scilly", "sheffield", "middlesbrough", "cardiff")


def test_chapters_stand_in_the_order_of_their_numbers():
    assert list(render.chapters()) == [
        *("overview", "needs", "spend", "outcomes", "recommendations", "brief", "sources")
    ]


@pytest.mark.parametrize("path", list(render.chapters().values()), ids=lambda p: p.stem)
def test_a_chapter_is_prose_and_calls(path):
    """No function, loop, path or wrangling in a chapter; the same typed parameters with defaults in each."""
    notebook = execution.source(path)
    assert execution.parameter_names(notebook) == ["area_code", "edition", "comparator_set", "price_base_year"]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for word in ("def ", "for ", "lambda", "data/", "read_csv", "while "):
                assert word not in cell.source


def test_a_chapter_that_is_saved_while_others_run_is_run_by_the_next_build_for_all(built, monkeypatch, tmp_path):
    """What is noted of each place is what was run there, so the next build finds every one of them due."""
    path = tmp_path / "10_needs.md"
    path.write_text(render.chapters()["needs"].read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(render, "chapters", lambda: {"needs": path})
    monkeypatch.setattr(paths, "BUNDLES", built / "build" / "bundles")
    before = render.inputs("trafford", "Trafford", {}, "forked", {})
    source = execution.source(path)
    path.write_text(path.read_text(encoding="utf-8") + "\nOne line more.\n", encoding="utf-8")
    assert render.inputs("trafford", "Trafford", {}, "forked", {}) == before and execution.source(path) == source
    for read in (fingerprints.text_of, execution.source):  # as in the next process
        read.cache_clear()
    assert render.inputs("trafford", "Trafford", {}, "forked", {}) != before and execution.source(path) != source


def test_an_unknown_parameter_is_refused():
    with pytest.raises(DataError, match=r"10_needs\.md: no parameter area_kode\. Use: area_code"):
        execution.execute(paths.NOTEBOOKS / "10_needs.md", {"area_kode": "E08000009"})


def test_a_chapter_without_parameters_cell_is_refused(tmp_path):
    path = tmp_path / "10_x.md"
    path.write_text((paths.NOTEBOOKS / "10_needs.md").read_text().replace("parameters, ", ""))
    with pytest.raises(DataError, match="no cell has the tag"):
        execution.source(path)


def test_a_name_cannot_become_markup(tmp_path):
    title = execution._markdown("A [b](http://c) <script> `d`")
    assert title == r"A \[b\](http://c) &lt;script&gt; \`d\`"


def test_a_name_cannot_become_a_directive():
    """{include} in a quote published a file from outside the book; {code-cell} ran Python."""
    for attack in (
        "```{include} ../../secret.txt\n```",
        "```{code-cell}\nprint(1)\n```",
        ":::{raw} html\n:::",
        "{{ 7*7 }}",
        "$x$",
    ):
        title = execution._markdown(attack)
        assert "\n" not in title and not re.search(r"(?<!\\)[`{}$]", title)


def test_no_text_of_data_is_in_the_source_of_a_page(built):
    """Markdown cells are the chapter's own, but for the name in the title: data reach a page as output, escaped."""
    for slug in GOLDEN:
        for chapter, path in render.chapters().items():
            written = [c.source for c in execution.source(path).cells if c.cell_type == "markdown"]
            notebook = nbformat.read(built / "book" / "localities" / slug / f"{chapter}.ipynb", 4)
            shown = [c.source for c in notebook.cells if c.cell_type == "markdown"]
            first, _, rest = shown[0].partition("\n")
            assert first.startswith("# ") and shown[1:] == written[1:]
            assert rest.strip() == written[0].partition("\n")[2].strip()


@pytest.mark.parametrize(
    "error",
    [FileNotFoundError(2, "No such file", "/home/somebody/secret/quay.csv"), ValueError("in /srv/x/y.csv\n and more")],
)
def test_what_is_told_of_a_failure_names_no_folder_of_this_machine(error):
    """The landing page says why a locality is missing."""
    try:
        raise error
    except Exception as caught:
        told = render.fault_of(caught)
    assert "/home" not in told and "/srv" not in told and "\n" not in told
    assert ("quay.csv" if isinstance(error, OSError) else "y.csv") in told and "test_render.py, line" in told


def test_plain_papermill_runs_a_chapter_as_the_readme_says(built, tmp_path):
    """The line of the README, in a repository that holds only bundles."""
    out = tmp_path / "needs.ipynb"
    command = (
        f"{sys.executable} -m jupytext --to ipynb -o - notebooks/10_needs.md"
        f" | {sys.executable} -m papermill --no-progress-bar -k python3 - {out} -r area_code E08000009"
    )
    assert (
        "papermill --no-progress-bar -k python3 - needs.ipynb -r area_code E08000009"
        in (paths.ROOT / "README.md").read_text()
    )
    subprocess.run(
        command, shell=True, cwd=built, env=os.environ | {"HANDBOOK_ROOT": str(built)}, check=True, capture_output=True
    )
    ours = nbformat.read(built / "book" / "localities" / "trafford" / "needs.ipynb", 4)
    theirs = nbformat.read(out, 4)
    shown = [[o["data"] for o in c.outputs if "data" in o] for c in ours.cells if c.cell_type == "code"]
    assert shown == [[o["data"] for o in c.outputs if "data" in o] for c in theirs.cells if c.cell_type == "code"]


@pytest.mark.slow
def test_both_engines_give_the_same_bytes_for_every_chapter_of_five_localities(built, monkeypatch):
    monkeypatch.setenv("HANDBOOK_ROOT", str(built))
    script = (
        "import sys\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "from helpers import geography, render, settings\nif __name__ == '__main__':\n"
        "  def same(job):\n"
        "    (slug, chapter, path), place = job, geography.register().place(geography.register().resolve(job[0]))\n"
        "    p = {'area_code': geography.register().resolve(slug), **settings.load()}\n"
        "    text = render.run({chapter: path}, place['name'], p, 'kernel')[chapter]\n"
        "    return f'{slug}/{chapter}', text == open(f'book/localities/{slug}/{chapter}.ipynb').read()\n"
        "  jobs = [(slug, *item) for slug in sys.argv[1:] for item in render.chapters().items()]\n"
        "  with ThreadPoolExecutor(2) as pool:\n"
        "    print(*(word for pair in pool.map(same, jobs) for word in pair))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *FIVE], cwd=built, capture_output=True, text=True)
    wanted = [word for slug in FIVE for c in render.chapters() for word in (f"{slug}/{c}", "True")]
    assert done.stdout.split() == wanted, done.stderr


@pytest.mark.slow
def test_what_stands_in_a_chapters_folder_is_read_by_no_other_chapter(built, tmp_path):
    """A change there is a reason to run that chapter alone, so no other may read it."""
    shutil.copytree(built / "build" / "bundles", tmp_path / "build" / "bundles")
    for name in ("notebooks", "data", "_config.yml"):
        (tmp_path / name).symlink_to(built / name)
    folders = [p for p in (tmp_path / "build" / "bundles" / "_common").iterdir() if p.is_dir()]
    assert [p.name for p in folders] == ["outcomes"]
    shutil.rmtree(folders[0])
    script = (
        "import sys\nfrom pathlib import Path\nfrom helpers import render, settings\n"
        "for chapter, path in render.chapters().items():\n"
        "    if chapter != 'outcomes':\n"
        "        p = {'area_code': 'E08000009', **settings.load()}\n"
        "        text = render.run({chapter: path}, 'Trafford', p, 'forked')[chapter]\n"
        "        print(chapter, text == Path(sys.argv[1], f'{chapter}.ipynb').read_text())\n"
    )
    command = [sys.executable, "-c", script, built / "book" / "localities" / "trafford"]
    environment = os.environ | {"HANDBOOK_ROOT": str(tmp_path)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    wanted = [word for c in render.chapters() if c != "outcomes" for word in (c, "True")]
    assert done.stdout.split() == wanted, done.stderr


def test_a_failing_locality_does_not_stop_the_rest(tmp_path):
    root = copy_of_repository(tmp_path / "repo")
    handbook(root, "bundle", "--only", "trafford salford")
    (root / "build" / "bundles" / "salford" / "series.csv").write_text("not,a,bundle\n")
    done = handbook(root, "render", "--only", "trafford salford", check=False)
    assert done.returncode == 1
    assert "1 of 2 localities rendered" in done.stdout
    assert "error: salford: cell" in done.stderr
    assert (root / "book" / "localities" / "trafford" / "needs.ipynb").exists()
    assert not (root / "book" / "localities" / "salford").exists()


def test_a_second_run_changes_nothing(built):
    folder = built / "book" / "localities"
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*.ipynb")}
    done = handbook(built, "render", "--only", "trafford sheffield")
    assert "0 chapters run, 0 notebooks changed" in done.stdout
    assert before == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*.ipynb")}


def test_no_page_shows_another_places_chart(built):
    """Two places whose data differ have different charts in the same chapter."""

    def specs(slug):
        text = (built / "book" / "localities" / slug / "needs.ipynb").read_text()
        notebook = json.loads(text)
        html = "".join(
            "".join(o["data"].get("text/html", ""))
            for c in notebook["cells"]
            for o in c.get("outputs", [])
            if "data" in o
        )
        return {part.split('"')[0] for part in html.split('id="chart-')[1:]}, html

    trafford, words = specs("trafford")
    sheffield, other = specs("sheffield")
    assert len(trafford) > 10
    assert not trafford & sheffield
    assert "Trafford" in words and "Sheffield" in other
