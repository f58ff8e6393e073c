"""A module imports only from lower rungs, so that the code has one direction of flow."""

from __future__ import annotations

import ast

import pytest

from helpers import paths

RUNGS = [
    {
        "paths",
        "periods",
        "disclosure",
        "guard",
        "orphans",
        "writing",
        "wording",
        "errors",
        "licences",
        "yaml_files",
        "later",
    },
    {"schemas", "tabular", "fingerprints"},
    {"catalogue", "settings", "own_places", "unchanged", "worked_out", "bundle_texts", "beforehand", "locality"},
    {"geography", "pack", "checks"},
    {"readers"},
    {
        "sources",
        "measures",
        "appraisal",
        "benchmarks",
        "funnel",
        "shrinkage",
        "trends",
        "spend",
        "expected",
        "local_money",
        "agreement",
        "network",
        "need_checks",
        "effects",
        "bounds",
        "participants",
    },
    {"appraised", "corrections"},
    {"spend_tables", "casemix", "worth", "funnels", "outcome_trends", "outcome_lists", "change_pairs"},
    {"outcome_bundle", "integrity"},
    {"listening", "institutions", "barriers", "programmes", "standing", "improved", "fast", "downloads"},
    {"local_evidence"},
    {"bundle_of_place", "bundle_in_common"},
    {"bundles", "evidence", "fetch", "due"},
    {"rules", "decisions"},
    {"stability", "editions"},
    {"findings", "audit", "barrier_moves"},
    {"narrative", "since"},
    {"local_notice"},
    {"tables", "charts", "breaks", "programmes_words", "england_only", "elsewhere"},
    {"charts_spend", "charts_programmes", "network_chart", "charts_outcomes", "charts_needs", "fast_page"},
    {"freshness", "corrections_page", "decisions_page", "since_page", "improved_page", "appraisal_page"},
    {
        "council",
        "given_need",
        "volumes",
        "prevention",
        "payments",
        "listening_page",
        "institutions_page",
        "barriers_page",
        "programmes_page",
        "integrity_page",
    },
    {"network_page", "outcomes", "funnel_page", "framework"},
    {"accounts", "cards", "recommendations", "provenance", "across", "grants", "contracts"},
    {"spine"},
    {"build_on"},
    {"standout"},
    {"demand", "factors", "peer_sets"},
    {"overview", "brief", "reconciled"},
    {"warm"},
    {"svg", "vega", "table_numbers", "place_pages", "landing_map", "source_list"},
    {"traced"},
    {"engine", "gates", "links", "jupyter_book", "landing", "pictures", "trust", "takeaway", "pdf", "publishing"},
    {"execution"},
    {"render", "book", "papermill_engine", "private", "jupyter_book_run"},
    {"cluster"},
    {"cli"},
    {"__main__"},
]
RUNG = {name: number for number, names in enumerate(RUNGS) for name in names}
FILES = sorted((paths.ROOT / "src" / "helpers").rglob("*.py"))


def module_of(path) -> str:
    return path.relative_to(paths.ROOT / "src" / "helpers").parts[0].removesuffix(".py")


def imported(path) -> set[str]:
    """Return the top-level modules of helpers that a file imports."""
    found = set()
    inside = path.relative_to(paths.ROOT / "src" / "helpers").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            up = len(inside) - node.level
            if node.level and up == 0:
                names = [node.module] if node.module else [a.name for a in node.names]
                found |= {n.split(".")[0] for n in names}
            elif not node.level and (node.module or "").split(".")[0] == "helpers":
                found |= {node.module.split(".")[1]} if "." in node.module else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("helpers.")}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(paths.ROOT / "src").as_posix())
def test_imports_only_from_lower_rungs(path):
    own = module_of(path)
    if own == "__init__":
        return
    assert own in RUNG, f"{own} has no rung: add it to RUNGS in tests/test_ladder.py, where it belongs"
    higher = sorted(m for m in imported(path) - {own} if RUNG.get(m, 99) >= RUNG[own])
    assert not higher, f"{own} imports {higher}, which is not on a lower rung"


def test_no_module_is_a_drawer_for_anything():
    assert not [p for p in FILES if p.stem in {"utils", "helpers", "misc", "common"}]
