"""How far coders who read the same passages agree: Krippendorff's alpha.

Alpha is 1 where they agree on everything, and 0 where they agree as often as by chance. Krippendorff (Content
Analysis, 2004, page 241) rests conclusions on alpha of .800 and more, and tentative ones on .667 and more.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

FIRM, TENTATIVE = 0.800, 0.667
LEAST_UNITS = 10  # passages read by two coders, below which nothing is said
RESAMPLES, SEED = 1000, 20260101


def differs(one: Hashable, other: Hashable) -> float:
    """Return 0 for the same value and 1 for another: the distance of names."""
    return float(one != other)


def overlap(one: frozenset, other: frozenset) -> float:
    """Return how far two sets of themes lie apart: 0 for the same, 1 for nothing in common (Jaccard's distance).

    >>> overlap(frozenset("ab"), frozenset("b")), overlap(frozenset("a"), frozenset("b"))
    (0.5, 1.0)
    """
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def alpha(
    units: Sequence[Sequence[Hashable]], distance: Callable[[Hashable, Hashable], float] = differs
) -> dict[str, float]:
    """Return {alpha, lower, upper, units} of units that hold the values that their coders gave, missing ones left out.

    Units with fewer than two values say nothing of agreement. The interval is the middle 95% of 1,000 draws of units.
    Alpha is nan where there is no such unit, or only one value in all of them: then nothing could have differed.

    >>> alpha([["a", "a"], ["b", "b"], ["a", "b"]])["alpha"].__round__(3)
    0.444
    """
    paired = [list(values) for values in units if len(values) > 1]
    values = list(dict.fromkeys(value for unit in paired for value in unit))
    place = {value: i for i, value in enumerate(values)}
    counts = np.zeros((len(paired), len(values)))
    for row, unit in enumerate(paired):
        for value in unit:
            counts[row, place[value]] += 1
    apart = np.array([[distance(a, b) for b in values] for a in values]).reshape(len(values), len(values))
    sizes = counts.sum(axis=1)
    observed = ((counts @ apart) * counts).sum(axis=1) / np.maximum(sizes - 1, 1)  # disagreement within each unit

    def of(weights: np.ndarray) -> np.ndarray:
        total, pooled = weights @ sizes, weights @ counts
        expected = ((pooled @ apart) * pooled).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return 1 - (weights @ observed) * (total - 1) / expected

    if not paired:
        return {"alpha": float("nan"), "lower": float("nan"), "upper": float("nan"), "units": 0}
    found = float(of(np.ones((1, len(paired))))[0])
    draws = np.random.default_rng(SEED).multinomial(len(paired), [1 / len(paired)] * len(paired), RESAMPLES)
    again = of(draws.astype(float))
    again = again[np.isfinite(again)]
    low, high = np.quantile(again, [0.025, 0.975]) if len(again) else (np.nan, np.nan)
    return {
        "alpha": found if np.isfinite(found) else float("nan"),
        "lower": float(low),
        "upper": float(high),
        "units": len(paired),
    }


def verdict(found: dict[str, float]) -> str:
    """Return what an alpha lets one rest on it: firm, tentative, not yet or cannot tell.

    >>> [verdict({"alpha": a, "units": 40}) for a in (0.8, 0.7, 0.5)], verdict({"alpha": 1.0, "units": 9})
    (['firm', 'tentative', 'not yet'], 'cannot tell')
    """
    if found["units"] < LEAST_UNITS or found["alpha"] != found["alpha"]:
        return "cannot tell"
    return "firm" if found["alpha"] >= FIRM else "tentative" if found["alpha"] >= TENTATIVE else "not yet"
