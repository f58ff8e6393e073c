"""Network measures against a published answer and against networkx, one network at a time and many together."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import yaml

from helpers import network, paths

(MEDICI,) = yaml.safe_load((paths.ROOT / "tests" / "published" / "network.yml").read_text(encoding="utf-8"))
FLORENCE = nx.florentine_families_graph()
GRAPHS = {
    "Florence": FLORENCE,
    "dense": nx.gnm_random_graph(18, 60, seed=3),
    "in pieces": nx.gnm_random_graph(20, 14, seed=1),
    "a line": nx.path_graph(6),
    "a star": nx.star_graph(5),
}


def test_the_medici_stand_between_others_as_published():
    found = network.standing(nx.to_numpy_array(FLORENCE), draws=200)
    place = list(FLORENCE).index(MEDICI["family"])
    assert round(found["betweenness"][place], 3) == MEDICI["betweenness"]
    assert found["top_share"][place] > 0.9
    assert found["betweenness"].argmax() == place


@pytest.mark.parametrize("name", GRAPHS)
def test_measures_are_those_of_networkx(name):
    graph = GRAPHS[name]
    one = nx.to_numpy_array(graph)
    many = np.stack([one, np.zeros_like(one), one])
    for measure, theirs in (
        (network.betweenness, nx.betweenness_centrality),
        (network.constraint, nx.constraint),
        (network.effective_size, nx.effective_size),
    ):
        expected = np.array(list(theirs(graph).values()), dtype=float)
        np.testing.assert_allclose(measure(one), expected, atol=1e-12)
        np.testing.assert_allclose(measure(many)[2], expected, atol=1e-12)
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    expected = [[lengths[a].get(b, np.inf) for b in graph] for a in graph]
    np.testing.assert_array_equal(network.steps(one), expected)


def test_each_draw_leaves_out_a_fifth_of_the_ties():
    one = nx.to_numpy_array(GRAPHS["dense"])
    copies = network.resampled(one, draws=50)
    assert set(copies.sum(axis=(1, 2))) == {2 * (60 - 12)}
    assert (copies <= one).all()
    assert (copies == copies.transpose(0, 2, 1)).all()
    assert len({c.tobytes() for c in copies}) == 50


def test_a_line_of_three_has_one_in_the_middle_and_no_other_is_ever_in_the_top():
    found = network.standing(nx.to_numpy_array(nx.path_graph(3)), draws=50)
    assert found["betweenness"].tolist() == [0, 1, 0]
    assert found["top_share"][[0, 2]].tolist() == [0, 0]


def test_places_are_the_same_every_time_and_apart():
    one = nx.to_numpy_array(FLORENCE)
    places = network.layout(one)
    assert (places == network.layout(one)).all()
    assert places.min() >= 0
    assert places.max() <= 1
    apart = np.linalg.norm(places[:, None] - places[None, :], axis=2)[np.triu_indices(len(places), 1)]
    assert apart.min() > 0.03
