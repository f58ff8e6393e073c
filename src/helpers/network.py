"""Who stands between others in a network of organisations, and how firmly that is known when answers are missing.

The measures are those of networkx; here they are worked out for a thousand networks at once, each with a fifth of its
ties left out. A network is a matrix of 0 and 1, the same both ways, with an empty diagonal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

RESAMPLES, LEFT_OUT, SEED = 1000, 0.2, 20260101
AT_ONCE = 125  # networks worked out together, so that little memory is used


def matrix(nodes: Sequence[str], ties: Iterable[tuple[str, str]]) -> np.ndarray:
    """Return the network of ties between nodes, in the order of `nodes`; who named whom does not matter.

    >>> matrix(["a", "b", "c"], [("a", "b"), ("b", "a")]).astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    """
    place = {node: i for i, node in enumerate(nodes)}
    out = np.zeros((len(nodes), len(nodes)))
    for one, other in ties:
        if one != other:
            out[place[one], place[other]] = out[place[other], place[one]] = 1
    return out


def betweenness(graphs: np.ndarray) -> np.ndarray:
    """Return the share of shortest paths between others that run through each node, from networks (..., n, n).

    Brandes' algorithm, from all nodes of all networks together; normalised as networkx.betweenness_centrality.
    """
    n = graphs.shape[-1]
    paths = np.zeros(graphs.shape) + np.eye(n)  # how many shortest paths run from each row to each column
    distance = np.where(np.eye(n, dtype=bool), 0, -1) + np.zeros(graphs.shape, dtype=int)
    front, step = paths, 0
    while front.any():
        step += 1
        front = np.where(distance < 0, front @ graphs, 0)
        distance = np.where(front > 0, step, distance)
        paths = paths + front
    depends = np.zeros(graphs.shape)
    for level in range(step, 0, -1):
        share = np.divide(1 + depends, paths, out=np.zeros(graphs.shape), where=distance == level)
        depends += np.where(distance == level - 1, paths * (share @ graphs), 0)
    depends = np.where(distance > 0, depends, 0)
    return depends.sum(axis=-2) / max((n - 1) * (n - 2), 1)


def constraint(graphs: np.ndarray) -> np.ndarray:
    """Return Burt's constraint of each node: high where its partners all know one another; nan without a tie.

    As networkx.constraint.
    """
    ties = graphs.sum(axis=-1, keepdims=True)
    part = np.divide(graphs, ties, out=np.zeros(graphs.shape), where=ties > 0)
    each = (part + part @ part) ** 2 * (graphs > 0)
    return np.where(ties[..., 0] > 0, each.sum(axis=-1), np.nan)


def effective_size(graphs: np.ndarray) -> np.ndarray:
    """Return how many of each node's partners are not known to its other partners; nan without a tie.

    Its number of ties less the mean number of ties among its partners, as networkx.effective_size.
    """
    ties = graphs.sum(axis=-1)
    among = ((graphs @ graphs) * graphs).sum(axis=-1)  # twice the ties among a node's partners
    return np.where(ties > 0, ties - np.divide(among, ties, out=np.zeros(ties.shape), where=ties > 0), np.nan)


def resampled(graph: np.ndarray, draws: int = RESAMPLES, left_out: float = LEFT_OUT, seed: int = SEED) -> np.ndarray:
    """Return `draws` copies of one network, each without a different share `left_out` of its ties."""
    rows, columns = np.nonzero(np.triu(graph))
    kept = len(rows) - round(left_out * len(rows))
    order = np.argsort(np.random.default_rng(seed).random((draws, len(rows))), axis=1)[:, :kept]
    out = np.zeros((draws, *graph.shape))
    which = np.arange(draws)[:, None]
    out[which, rows[order], columns[order]] = out[which, columns[order], rows[order]] = 1
    return out


def standing(graph: np.ndarray, draws: int = RESAMPLES, top: int = 3) -> dict[str, np.ndarray]:
    """Return per node its measures, the middle 95% of each over resampled ties, and how often it is in the top.

    Keys: betweenness, constraint, effective_size, each also with _lower and _upper, and top_share: the share of draws
    in which no more than `top - 1` nodes have a higher betweenness, and its own is above 0.
    """
    copies = resampled(graph, draws)
    blocks = [copies[i : i + AT_ONCE] for i in range(0, draws, AT_ONCE)]
    out = {}
    for name, measure in (("betweenness", betweenness), ("constraint", constraint), ("effective_size", effective_size)):
        found = np.concatenate([measure(block) for block in blocks])
        out[name] = measure(graph)
        with np.errstate(all="ignore"):
            lost = np.isnan(found).all(axis=0)
            limits = np.full((2, found.shape[1]), np.nan)
            limits[:, ~lost] = np.nanquantile(found[:, ~lost], [0.025, 0.975], axis=0)
        out[f"{name}_lower"], out[f"{name}_upper"] = limits
        if name == "betweenness":
            higher = (found[:, None, :] > found[:, :, None] + 1e-12).sum(axis=2)
            out["top_share"] = ((higher < top) & (found > 0)).mean(axis=0)
    return out


def steps(graph: np.ndarray) -> np.ndarray:
    """Return the number of ties on the shortest path between each two nodes; inf where there is none."""
    n = len(graph)
    out = np.where(np.eye(n, dtype=bool), 0.0, np.inf)
    reached, length = np.eye(n), 0
    while True:
        length += 1
        reached = ((reached @ graph) > 0) & np.isinf(out)
        if not reached.any():
            return out
        out[reached] = length


def layout(graph: np.ndarray, seed: int = SEED) -> np.ndarray:
    """Return a place (x, y from 0 to 1) for each node, near those that it has ties with and apart from all others."""
    import networkx as nx  # a fifth of a second, and few places have a network

    n = len(graph)
    found = nx.spring_layout(nx.from_numpy_array(graph), seed=seed % 2**32, k=1.6 / max(n, 1) ** 0.5, iterations=200)
    places = np.array([found[i] for i in range(n)]).reshape(n, 2)
    places = np.argsort(np.argsort(places, axis=0), axis=0) / max(n - 1, 1) * 0.5 + _scaled(places) * 0.5
    return np.round(places, 3)


def _scaled(places: np.ndarray) -> np.ndarray:
    span = np.ptp(places, axis=0)
    return (places - places.min(axis=0)) / np.where(span > 0, span, 1)
