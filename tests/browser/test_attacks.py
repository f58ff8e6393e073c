"""Strings that attack web pages, put into every text that comes from data: the book shows them, and runs none."""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from helpers import paths
from repository import copy_of_repository, handbook

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CORPUS = json.loads((paths.ROOT / "tests" / "published" / "attacks.json").read_text(encoding="utf-8"))
# words of people and publishers; codes, dates and addresses are checked by schemas and refused there
TEXTS = {
    "title", "short_title", "definition", "caveats", "publisher", "quality_reason", "next_release", "attribution",
    "release_date_basis", "words", "about", "part", "region", "districts", "old_name",
}  # fmt: skip
# the words of a locality's own pack; other strings there are words of our own lists, or ids that tables are joined by
PACK_TEXTS = {
    "name", "who_for", "provider", "funder", "outcome", "good", "note", "definition", "department", "evidence",
    "next_move", "next_step", "owner", "rule", "services", "source", "who", "place", "cashable", "social", "role",
    "series", "title",
}  # fmt: skip
PLACES = "trafford isles-of-scilly northbeck"
WATCH = """
window.ran = [];
for (const name of ['alert', 'prompt', 'confirm', 'open']) window[name] = what => { window.ran.push(name + ' ' + what); };
"""


class Poison:
    """Hands out the corpus, one string after another, and remembers what was handed out."""

    def __init__(self):
        self.strings, self.used = itertools.cycle(CORPUS["attacks"] + CORPUS["formulas"]), set()
        self.known: dict[str, str] = {}  # a name that stands twice stays one name

    def __call__(self, text):
        attack = next(self.strings)
        self.used.add(attack)
        return f"{attack} {text} {attack}"

    def pack(self, value, key=""):
        if isinstance(value, dict):
            return {k: self.pack(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.pack(v, key) for v in value]
        if not isinstance(value, str) or not value or key not in PACK_TEXTS:
            return value
        if value not in self.known:
            self.known[value] = self(value)
        return self.known[value]

    def within(self, value, key=""):
        if isinstance(value, dict):
            # the parts of a breakdown are codes, but for the categories, which are the council's own words
            kept = {"reads"} if value.get("breakdown", "category") == "category" else {"reads", "part"}
            return {k: v if k in kept else self.within(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.within(v, key) for v in value]
        return self(value) if isinstance(value, str) and key in TEXTS else value


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    """A repository whose bundles and register hold attacks in every text, with what was put there."""
    root = copy_of_repository(tmp_path_factory.mktemp("poisoned"))
    poison = Poison()
    register = root / "data" / "figures" / "localities.csv"
    with open(register, newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["slug"] in ("trafford", "isles-of-scilly"):
            row["name"] = poison(row["name"])
    with open(register, "w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    handbook(root, "bundle", "--only", PLACES)
    bundles = root / "build" / "bundles"
    for path in [bundles / "_common" / n for n in ("indicators.json", "sources.json", "expected_models.json")] + [
        bundles / slug / name for slug in ("trafford", "isles-of-scilly") for name in ("place.json", "money.json")
    ]:
        if path.exists():
            path.write_text(json.dumps(poison.within(json.loads(path.read_text()))))
    own = bundles / "northbeck" / "local.json"
    own.write_text(json.dumps(poison.pack(json.loads(own.read_text()))))
    assert len(poison.known) > 100
    handbook(root, "render", "--only", PLACES)
    _run(root, "from helpers import render; render.pages(parameters('', '', ''))")  # `build` would bundle anew
    return root, poison


def _run(root, lines):
    """Run lines of Python in a repository at `root`, with the command line's parameters at hand."""
    done = subprocess.run(
        [sys.executable, "-c", f"from helpers.cli.shared import parameters\n{lines}"],
        cwd=root,
        env=os.environ | {"HANDBOOK_ROOT": str(root)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr


def test_the_book_of_a_poisoned_bundle_passes_the_gates_and_runs_nothing(poisoned, chromium):
    root, poison = poisoned
    assert len(poison.used & set(CORPUS["attacks"])) >= 100
    handbook(root, "book", "--only", PLACES)  # the gates find no script, handler, style or stray link
    site = root / "book" / "_build" / "html"
    pages = [p for p in site.rglob("*.html") if "_static" not in p.parts]
    said = ""
    # from files, and with the policy of the pages off: so it is the escaping that is tested
    context = chromium.new_context(bypass_csp=True, viewport={"width": 1300, "height": 900})
    context.add_init_script(WATCH)
    for path in pages:
        page = context.new_page()
        page.goto(path.as_uri() + ("?q=alert" if path.name == "search.html" else ""))
        page.wait_for_load_state("load")
        for link in page.locator("a[href^='javascript']").all():
            raise AssertionError(f"{path.name}: {link.get_attribute('href')}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.evaluate("document.querySelectorAll('a.hb-num').forEach(a => a.dispatchEvent(new FocusEvent('focus')))")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(300)
        assert page.evaluate("window.ran") == [], path
        strange = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on')) || ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'AUDIO', 'VIDEO', 'META'].includes(e.tagName) && !e.closest('head')).map(e => e.outerHTML.slice(0, 200))"
        assert page.evaluate(strange) == [], path
        said += page.inner_text("body")
        page.close()
    context.close()
    shown = {a for a in CORPUS["attacks"] if " ".join(a.split()) in " ".join(said.split())}
    assert len(shown) >= 60  # they were there, as words


def test_tables_notebooks_and_the_search_index_hold_words_only(poisoned):
    root, _ = poisoned
    site = root / "book" / "_build" / "html"
    files = list((site / "localities").rglob("*.csv"))
    assert len(files) > 20
    for path in files:
        with open(path, encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    plain = cell.lstrip(" \u00a0\ufeff\u200b")
                    formula = (
                        plain.startswith(("=", "+", "-", "@")) and not plain.lstrip("+-").replace(".", "", 1).isdigit()
                    )
                    assert not formula or "e-" in plain, (path.name, cell)
    for path in (root / "book" / "localities").rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                html = "".join(output.get("data", {}).get("text/html", ""))
                assert "<script>" not in html and "<svg><script" not in html and "<img src=x" not in html
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert "<script" not in index.lower() and "<img" not in index.lower()


def test_with_the_escaping_switched_off_the_build_stops(poisoned):
    """The same bundles with wording.text doing nothing: so the tests above could have failed."""
    root, _ = poisoned
    module = root / "src" / "helpers" / "wording.py"
    on, off = "return escape(str(value), quote=True)", "return str(value)"
    assert module.read_text().count(on) == 1
    module.write_text(module.read_text().replace(on, off))
    shutil.rmtree(root / "book" / "localities")
    environment = os.environ | {"HANDBOOK_ROOT": str(root), "PYTHONPATH": str(root / "src")}
    command = [sys.executable, "-m", "helpers"]
    for step in ("render", "book"):
        done = subprocess.run(
            [*command, step, "--only", "trafford"],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
    assert done.returncode == 1
    assert re.search(r"needs\.html: line \d+: has a script", done.stderr)
