"""What the pages of the golden localities say: no effect is claimed by a page that has no design to show it."""

from __future__ import annotations

import ast
import html
import json
import re

import pytest

from helpers import bundles, catalogue, evidence, execution, paths, render, settings
from repository import GOLDEN

FORBIDDEN = re.compile(r"\b(caused|causes|saved|impact of|led to|thanks to|league table|ranked)\b", re.IGNORECASE)
# what a page may say of claims in general, without making one
ALLOWED = re.compile(r"(does not|did not|cannot|no|not|nothing|never|whether)\b[^.]{0,80}$", re.IGNORECASE)
# a definition or a caveat says what is counted, such as injuries "caused on purpose", and claims nothing of a service
TEXTS = [t for i in catalogue.indicators().values() for t in (i.definition, *i.caveats)]
DEFINED = sorted({" ".join(t.split()) for t in TEXTS}, key=len, reverse=True)
FOLDERS = [paths.ROOT / "tests" / "golden" / slug for slug in GOLDEN]


def claims(text: str) -> list[str]:
    """Return each forbidden word in a text with what stands before it, unless that denies it."""
    plain = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
    for definition in DEFINED:
        plain = plain.replace(definition, " ")
    found = []
    for match in FORBIDDEN.finditer(plain):
        lead = plain[max(0, match.start() - 100) : match.start()]
        if not ALLOWED.search(lead):
            found.append(lead[-60:] + match.group(0))
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_no_page_claims_an_effect(folder):
    pages = sorted(folder.glob("*.ipynb"))
    assert pages
    faults = []
    for page in pages:
        for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
            shown = ["".join(cell["source"])] if cell["cell_type"] == "markdown" else []
            shown += ["".join(o["data"].get("text/html", "")) for o in cell.get("outputs", []) if "data" in o]
            faults += [f"{page.stem}: {claim}" for text in shown for claim in claims(text)]
    assert not faults


def test_a_claim_would_be_seen_and_a_denial_is_not_one():
    assert claims("<p>Earlier help <b>caused</b> fewer children to need care, and saved £2 million.</p>")
    assert claims("The impact of the programme was large.")
    assert not claims("No figure here tells whether the decision caused it.")


def outputs(source: str, space: dict) -> str:
    """Run a cell and return what its last line shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), space)
    return str(eval(compile(ast.Expression(last.value), "cell", "eval"), space)) if last else ""


def test_no_page_of_programmes_without_a_strong_design_claims_an_effect(tmp_path, monkeypatch):
    """Northbeck has programmes of every level: only a natural experiment or a trial may be said to have led to something."""
    code, values = "X99000001", settings.load()
    monkeypatch.setattr(paths, "BUNDLES", tmp_path)
    list(bundles.build([code], values["edition"], tmp_path))
    rows = evidence.load(code, **values).local["programmes"]["rows"]
    assert {row["level"] for row in rows} >= {1, 2, 3, 5}
    strong = [row["name"] for row in rows if (row["level"] or 0) >= 4]
    read = 0
    for path in render.chapters().values():
        space: dict = {}
        for cell in execution.source(path).cells:
            if cell.cell_type != "code":
                continue
            if "parameters" in cell.metadata.get("tags", []):
                space |= {"area_code": code, **values}
                continue
            shown = outputs(cell.source, space)
            # each programme has a section of its own; what stands in none of them is of all
            for part in re.split(r"(?=<section|<tr|<li)", shown):
                found = claims(part)
                if any(html.escape(name) in part for name in strong):
                    found = [claim for claim in found if not claim.endswith("led to")]
                assert not found, path
                read += len(part)
    assert read > 50_000
