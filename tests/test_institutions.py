"""Who works with whom: what is planted in Northbeck comes out, and the gates refuse what cannot be known."""

from __future__ import annotations

import json
from types import SimpleNamespace

import networkx as nx
import pytest

from helpers import catalogue, institutions, institutions_page, network_page
from helpers.pack import Pack
from helpers.pack.northbeck_institutions import ORGANISATIONS, TRUTHS, tables

LIMITS = {name: record["value"] for name, record in catalogue.thresholds().items()}
MADE = tables()
FOUND = institutions.results(Pack.of("northbeck", **MADE))


def place(found):
    thresholds = {name: {"value": value} for name, value in LIMITS.items()}
    return SimpleNamespace(
        name="Northbeck",
        place={"slug": "northbeck"},
        local={"institutions": found} if found else {},
        thresholds=thresholds,
    )


def changed(**tables_):
    return institutions.results(Pack.of("northbeck", **(MADE | tables_)))


def names(found, limits=LIMITS):
    return {row["id"] for row in institutions.candidates(found, limits)[0]}


def test_the_planted_backbones_are_named_and_the_mistrusted_one_is_not():
    assert names(FOUND) == set(TRUTHS["backbones"])
    row = next(r for r in FOUND["rows"] if r["id"] == TRUTHS["not_a_backbone"])
    assert row["top_share"] >= LIMITS["backbone_top_share"]  # it stands between others as firmly
    assert row["constraint"] < FOUND["network"]["median_constraint"]
    assert "community" not in institutions.trusting(row, LIMITS)
    assert TRUTHS["not_a_backbone"] in names(FOUND, LIMITS | {"backbone_trust": 1})  # trust alone keeps it out


def test_two_sectors_are_not_enough_without_community_groups():
    sector = {row[0]: row[3] for row in ORGANISATIONS}
    high = [
        t | {"trust": 1 if sector[t["organisation"]] == "community" else 5}
        if t["works_with"] == TRUTHS["not_a_backbone"]
        else t
        for t in MADE["ties"]
    ]
    found = changed(ties=high)
    row = next(r for r in found["rows"] if r["id"] == TRUTHS["not_a_backbone"])
    assert institutions.trusting(row, LIMITS) == ["public", "voluntary"]
    assert names(found) == set(TRUTHS["backbones"])


def test_one_candidate_alone_is_none():
    ties = [t | {"trust": 1} if t["works_with"] == TRUTHS["backbones"][0] else t for t in MADE["ties"]]
    found, why = institutions.candidates(changed(ties=ties), LIMITS)
    assert found == []
    assert "two are needed" in why


def test_a_network_with_too_few_answers_is_refused():
    orgs = [o | {"answered": "no"} if i % 3 == 0 else o for i, o in enumerate(MADE["organisations"])]
    refused = changed(organisations=orgs)
    assert refused["network"]["answered"] / refused["network"]["asked"] < LIMITS["network_response"]
    assert names(refused) == set()
    page = network_page.network(place(refused))
    assert "is not drawn" in page
    assert "hb-spec" not in page
    assert "Missing bridges" not in page


def test_missing_bridges_are_those_of_networkx():
    graph = nx.Graph()
    graph.add_nodes_from(row[0] for row in ORGANISATIONS)
    graph.add_edges_from((t["organisation"], t["works_with"]) for t in MADE["ties"])
    expected = set()
    for group in {row[5] for row in ORGANISATIONS}:
        for service in {row[6] for row in ORGANISATIONS}:
            lengths = [
                nx.shortest_path_length(graph, a[0], b[0]) if nx.has_path(graph, a[0], b[0]) else 99
                for a in ORGANISATIONS
                for b in ORGANISATIONS
                if a[5] == group and b[6] == service
            ]
            if min(lengths) > 2:
                expected.add((group, service))
    found = FOUND["network"]["bridges"]["missing"]
    pairs = {(row["group"], service) for row in found for service, _ in row["services"]}
    assert pairs == expected
    assert TRUTHS["missing_bridge"] in pairs
    assert TRUTHS["no_missing_bridge"] not in pairs
    assert found[0]["group"] == "young carers"


def test_one_organisation_s_trust_in_another_is_never_shown():
    rated = [t for t in MADE["ties"] if t.get("trust")]
    sector = {row[0]: row[3] for row in ORGANISATIONS}
    for row in FOUND["rows"]:
        for name in row["trust"]:
            answers = [t for t in rated if t["works_with"] == row["id"] and sector[t["organisation"]] == name]
            assert len(answers) >= 2
    one = [
        {
            "organisation": "mill-school",
            "works_with": "debt-line",
            "trust": 5,
            "how_often": "weekly",
            "asked_on": "2025-05-12",
        }
    ]
    assert all(not row["trust"] for row in changed(ties=one)["rows"])


def test_who_was_neither_asked_nor_named_is_outside():
    more = [*MADE["organisations"], {"organisation": "z", "name": "Z", "asked": "no", "answered": "no"}]
    found = changed(organisations=more)
    assert [r["id"] for r in found["rows"]] == [r["id"] for r in FOUND["rows"]]
    assert found["network"] == FOUND["network"]


def test_small_reach_is_not_shown():
    orgs = [o | {"reach": 5} for o in MADE["organisations"]]
    found = changed(organisations=orgs)
    assert all(row["reach"] is None for row in found["rows"])
    assert "not shown: fewer than 8 people" in network_page.network(place(found))


def test_the_five_conditions():
    states = {row["condition"]: row["state"] for row in FOUND["conditions"]}
    assert [c for c, s in states.items() if s == "absent"] == list(TRUTHS["absent"])
    lowered = [row["condition"] for row in FOUND["conditions"] if row["lowered"]]
    assert lowered == list(TRUTHS["without_proof"])
    assert all(states[c] == "declared" for c in lowered)
    half = institutions.results(Pack.of(conditions=MADE["conditions"][:1]))
    assert sum(row["state"] == "not said" for row in half["conditions"]) == 4


def test_a_kind_without_a_row_is_unknown():
    found = institutions.results(Pack.of(register=MADE["register"][:1]))["register"]
    assert {row["kind"]: row["status"] for row in found} == {
        "family hub": "yes",
        "supporter team": "unknown",
        "community anchor": "unknown",
        "extended school": "unknown",
    }


@pytest.mark.parametrize("section", [network_page.short, network_page.network])
def test_the_page_draws_the_network_and_says_the_finding(section):
    page = section(place(FOUND))
    assert "Beckside Hub (2) and Northbeck Together (17) stand between the others" in page
    spec = json.loads(page.split('class="hb-spec">')[1].split("</script>")[0])
    nodes = next(layer["data"]["values"] for layer in spec["layer"] if "number" in layer["data"]["values"][0])
    used = {"x", "y", "number", "name", "sector", "size"}  # what the channels use, and nothing else
    assert all(set(node) == used for node in nodes)
    for row in FOUND["rows"]:
        assert f". {row['name']}".replace("'", "&#x27;") in page
    assert "rank" not in page.lower()
    asked = (
        "Of 21 organisations that were asked whom they work with, 19"
        if section is network_page.short
        else "19 of the 21"
    )
    assert asked in page


def test_too_few_answers_are_not_drawn_on_the_first_page_either():
    few = [o | {"answered": "yes" if i < 5 else "no"} for i, o in enumerate(MADE["organisations"])]
    page = network_page.short(place(changed(organisations=few)))
    assert "hb-spec" not in page and "hb-table" not in page and "No candidate for a backbone is named" in page


@pytest.mark.parametrize(
    "section", [network_page.short, network_page.network, institutions_page.shared, institutions_page.assets]
)
def test_without_a_pack_each_section_says_what_is_missing(section):
    page = section(place({}))
    assert "hb-gap" in page
    assert "Northbeck" in page or "handbook new-pack" in page


def test_the_first_page_names_the_register_and_the_five_conditions():
    said = institutions_page.short(place(FOUND))
    assert "The register holds 1 community anchor and 2 family hubs." in said
    assert "Whether there is an extended school is not known." in said
    assert "there is proof of common agenda; partners" in said and "are absent: continuous communication." in said
    assert "recommendations.html#area-1" in said
    nothing = institutions_page.short(place({}))
    assert "hb-gap" in nothing and "not known" in nothing


def test_pages_escape_what_a_pack_says():
    rows = [{"kind": "<b>", "name": "<i>n", "how_many": 1, "source": "<u>s", "source_date": "2025-01-01"}]
    page = institutions_page.assets(place(institutions.results(Pack.of(assets=rows))))
    assert not any(tag in page for tag in ("<b>", "<i>", "<u>"))
