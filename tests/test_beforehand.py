"""What stands ready before it is asked for: hashes of an earlier run, a process beside the build, Jupyter Book itself."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx import builders
from sphinx.environment import CONFIG_CHANGED, CONFIG_OK
from sphinx.util import parallel
from sphinx.writers.html5 import HTML5Translator

from helpers import beforehand, jupyter_book_run, paths


def hashed(path, root, script=""):
    """Return the hash of a file, and whether it was read for that, in a process that recalls and remembers."""
    code = (
        "import hashlib, json, sys; from helpers import fingerprints\n"
        "read, digest = [], hashlib.file_digest\n"
        "hashlib.file_digest = lambda *a: read.append(a) or digest(*a)\n"
        f"fingerprints.recall(); found = fingerprints.of_file(sys.argv[1]); {script or 'fingerprints.remember()'}\n"
        "print(json.dumps([found, bool(read)]))"
    )
    environment = os.environ | {"HANDBOOK_ROOT": str(root)}
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_file_is_read_again_only_when_it_was_written_since(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("value\n1.5\n")
    first, read = hashed(path, tmp_path)
    assert read and hashed(path, tmp_path) == [first, True]  # just written: the same time may not mean the same content
    time.sleep(1.1)
    assert hashed(path, tmp_path) == [first, True]
    assert hashed(path, tmp_path) == [first, False]
    state = path.stat()
    path.write_text("value\n2.5\n")  # of the same size, and by its clock of the same time
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert path.stat().st_mtime_ns == state.st_mtime_ns and path.stat().st_ino == state.st_ino
    second, read = hashed(path, tmp_path)
    assert read and second != first
    path.unlink()
    assert hashed(path, tmp_path) == ["", False]


def test_hashes_cut_short_are_no_hashes(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("value\n")
    time.sleep(1.1)
    first = hashed(path, tmp_path)
    kept = tmp_path / "build" / "read.json"
    kept.write_text(kept.read_text()[:20])
    assert hashed(path, tmp_path) == first == [first[0], True]


ASIDE = """
import os
from helpers import beforehand, schemas
here = beforehand.aside(os.getpid)
assert here() == os.getpid()  # nothing was started: it is called here
beforehand.server()
one, other = beforehand.aside(os.getpid), beforehand.aside(os.getppid)
assert os.getpid() not in (one(), other())
assert one() == beforehand.aside(os.getpid)()
try:
    beforehand.aside(schemas.read, "no such file.csv", schemas.DEFLATOR)()
except schemas.DataError as error:
    print("told:", error.faults)
"""


def test_what_is_asked_for_aside_is_done_in_one_process_and_a_fault_comes_back(tmp_path):
    done = subprocess.run([sys.executable, "-c", ASIDE], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no such file.csv" in done.stdout.partition("told:")[2]


def test_jupyter_book_loads_no_pandas():
    """It is loaded while a build loads pandas and all else on the other core: half a second for each that it needs too."""
    code = (
        "import sys; from helpers import takeaway, trust; import handbook_builder, handbook_sphinx;"
        "print(sorted({'pandas', 'pandera', 'numpy', 'pydantic', 'altair', 'papermill'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(paths.FRAME)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_jupyter_book_loads_nothing_that_runs_notebooks():
    """Chapters arrive run. What could run them brings a database library: three tenths of all that Jupyter Book loads."""
    code = (
        "import sys; from helpers.jupyter_book_run import without_runners; without_runners();"
        "import jupyter_book.sphinx, myst_nb.sphinx_ext;"
        "print(sorted({'sqlalchemy', 'nbclient', 'jupyter_cache.cache.db'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_build_that_decides_what_is_due_has_not_loaded_what_runs_chapters_fits_models_or_downloads():
    """Each takes long, and where one figure has changed chapters are run later, and nothing is fitted or fetched."""
    code = "import sys, helpers.cli; print(sorted({'papermill', 'jupytext', 'formulaic', 'httpx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


STATISTICS = """
import sys
from helpers import later
later.load("scipy.stats", "scipy.optimize")
import helpers.cli
from helpers import measures, standing
loaded = lambda: "norm" in vars(sys.modules["scipy.stats"]) or "linprog" in vars(sys.modules["scipy.optimize"])
v = [20.0 + n for n in range(12)]
standing.against(v, [x - 2 for x in v], [x + 2 for x in v], 21, "value")
print(loaded(), round(float(measures.proportion(81, 263, 1).lower), 4), loaded())
"""


def test_the_tests_of_scipy_are_loaded_where_something_needs_them_and_are_the_same_then():
    done = subprocess.run([sys.executable, "-c", STATISTICS], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "0.2553", "True"], done.stdout + done.stderr  # Newcombe (1998)


def test_code_is_coloured_ahead_as_it_is_asked_for_when_the_page_is_written(tmp_path, monkeypatch):
    """Else every process that writes pages would colour all of it again."""
    monkeypatch.syspath_prepend(str(paths.FRAME))
    from handbook_builder import Builder

    block = nodes.literal_block("x = 1", "x = 1", language="ipython3", classes=["code"])
    page = tmp_path / "localities" / "a" / "needs.doctree"
    page.parent.mkdir(parents=True)
    page.write_bytes(pickle.dumps(nodes.container("", block)))
    asked: list[tuple] = []

    def coloured(source, language, location, **options):
        asked.append((source, language, options))
        return ""

    builder = SimpleNamespace(
        env=SimpleNamespace(
            all_docs=["index", "localities/a/brief", "localities/a/needs", "localities/b/needs"],  # one has gone
            config_status=CONFIG_OK,
        ),
        doctreedir=tmp_path,
        srcdir=tmp_path,
        config=SimpleNamespace(highlight_options={}, html_codeblock_linenos_style=""),
        highlighter=SimpleNamespace(highlight_block=coloured),
        starttag=lambda *_, **__: "",
        body=[],
    )
    Builder.ahead(builder)
    with pytest.raises(nodes.SkipNode):
        HTML5Translator.visit_literal_block(builder, block)
    assert asked == [asked[0]] * 2
    builder.env.config_status = CONFIG_CHANGED
    page.write_bytes(b"of other packages")
    Builder.ahead(builder)
    builder.env.config_status, builder.env.all_docs = CONFIG_OK, ["index"]  # a book without localities
    Builder.ahead(builder)


@pytest.mark.parametrize(("pages", "way"), [(5, "one by one"), (6, "at once"), (200, "at once"), (201, "one by one")])
def test_some_pages_are_written_at_once_and_many_are_not_held_in_memory(monkeypatch, pages, way):
    monkeypatch.setattr(builders, "ParallelTasks", builders.ParallelTasks)  # put back afterwards, as is
    monkeypatch.setattr(builders, "make_chunks", builders.make_chunks)
    monkeypatch.setattr(builders.Builder, "_write_serial", lambda self, names: told.append(("one by one", len(names))))
    builder = SimpleNamespace(
        app=SimpleNamespace(is_parallel_allowed=lambda what: what == "write"),
        _write_parallel=lambda names, parts: told.append(("at once", len(names))),
    )
    told = []
    jupyter_book_run.writer(lambda: told.append("asked"))(builder, ["page"] * pages)
    assert told == ["asked", (way, pages)]
    assert issubclass(builders.ParallelTasks, parallel.ParallelTasks)


def test_a_frame_that_is_saved_while_the_build_runs_is_no_longer_what_was_read_ahead(tmp_path, monkeypatch):
    """Jupyter Book loads the frame as the build begins, and the book is said to be made from it as the pages are written."""
    monkeypatch.setattr(beforehand, "ENVIRONMENT", tmp_path / "environment.pickle")
    monkeypatch.setattr(beforehand, "UNFINISHED", tmp_path / "unfinished")
    monkeypatch.setattr(paths, "FRAME", tmp_path / "frame")
    paths.FRAME.mkdir()
    assert beforehand._state() == ""
    beforehand.ENVIRONMENT.touch()
    (paths.FRAME / "layout.html").write_text("one")
    before = beforehand._state()
    (paths.FRAME / "layout.html").write_text("two")
    assert "" != before != beforehand._state()
